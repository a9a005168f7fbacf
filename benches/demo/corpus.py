"""The corpus on disk: per issuer a stream of tokens, the planted verdict of every line, and a JWK Set. Kept while it is fresh."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt

import plan
from issuers import ISSUERS, Issuer, SigningKey, make_keys
from minting import Mint

_CHUNK = 500
_KEPT_SECONDS = 6 * 3_600
"""Good tokens live for at least twice as long."""

_mints: dict[str, Mint] = {}


class Corpus:
    """The files of one corpus."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tokens(self, issuer: Issuer) -> Path:
        """One token a line."""
        return self.folder / f"{issuer.name}.tokens"

    def jwks(self, issuer: Issuer) -> Path:
        """The issuer's published keys."""
        return self.folder / f"{issuer.name}.jwks.json"

    def taken_by_pyjwt(self, issuer: Issuer) -> int:
        """How many lines PyJWT is known to take."""
        return sum(plan.KINDS[kind].pyjwt_takes for kind in plan.lines_of(issuer.name))

    def verdicts(self, issuer: Issuer) -> list[str]:
        """What must become of each line."""
        return [plan.KINDS[kind].verdict for kind in plan.lines_of(issuer.name)]


def obtain(folder: Path) -> Corpus:
    """Take the corpus in `folder`, or make it anew where there is none or an old one."""
    corpus = Corpus(folder)
    stamp = folder / "corpus.json"
    identity = _identity()
    if _is_fresh(stamp, identity) and all(corpus.tokens(issuer).exists() for issuer in ISSUERS):
        print(f"corpus: kept from before in {folder}")
        return corpus
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    made_at = int(time.time())
    start = time.perf_counter()
    size = _make(corpus, made_at)
    total = plan.LINES * len(ISSUERS)
    stamp.write_text(json.dumps({"identity": identity, "made_at": made_at}))
    print(f"corpus: PyJWT {jwt.__version__} signed {total:,} tokens in {time.perf_counter() - start:.1f} s,", end=" ")
    print(f"{size / total:,.0f} bytes each on average, in {folder}")
    return corpus


def _identity() -> str:
    sources = [
        Path(__file__).with_name(f"{name}.py").read_bytes()
        for name in ("plan", "issuers", "people", "minting", "corpus")
    ]
    return hashlib.sha256(b"\0".join([*sources, jwt.__version__.encode()])).hexdigest()


def _is_fresh(stamp: Path, identity: str) -> bool:
    try:
        known = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    return bool(known.get("identity") == identity and 0 <= time.time() - known["made_at"] < _KEPT_SECONDS)


def _make(corpus: Corpus, made_at: int) -> int:
    made = {issuer: make_keys(issuer) for issuer in ISSUERS}
    for issuer, (_, jwks) in made.items():
        _write_private(corpus.jwks(issuer), json.dumps(jwks, indent=2))
    keys = {issuer: signing for issuer, (signing, _) in made.items()}
    size = 0
    with multiprocessing.Pool(min(os.cpu_count() or 1, 8), _start_worker, (keys, made_at)) as pool:
        for issuer in ISSUERS:
            with corpus.tokens(issuer).open("wb") as file:
                for done, lines in enumerate(pool.imap(_mint, list(_jobs(issuer))), 1):
                    size += file.write(lines)
                    _progress(issuer, done * _CHUNK)
    _progress(None, 0)
    return size


def _jobs(issuer: Issuer) -> Iterator[tuple[str, int, list[str]]]:
    kinds = plan.lines_of(issuer.name)
    for start in range(0, len(kinds), _CHUNK):
        yield issuer.name, start, kinds[start : start + _CHUNK]


def _start_worker(keys: dict[Issuer, list[SigningKey]], made_at: int) -> None:
    loaded = {issuer: [(key.kid, key.load()) for key in own] for issuer, own in keys.items()}
    for issuer, own in loaded.items():
        others = {other: theirs for other, theirs in loaded.items() if other != issuer}
        _mints[issuer.name] = Mint(issuer, own, others, made_at)


def _mint(job: tuple[str, int, list[str]]) -> bytes:
    name, start, kinds = job
    # A generator a line: the claims do not depend on how the work is cut up.
    lines = [
        _mints[name].make(kind, random.Random(f"{plan.SEED}/{name}/{start + at}")) for at, kind in enumerate(kinds)
    ]
    return b"".join(line + b"\n" for line in lines)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _progress(issuer: Issuer | None, done: int) -> None:
    if not sys.stderr.isatty():
        return
    text = "" if issuer is None else f"signing: {issuer.name} {issuer.algorithm} {done:,} of {plan.LINES:,}"
    sys.stderr.write(f"\r{text}\x1b[K")
    sys.stderr.flush()


def planted(verdicts: list[str]) -> dict[str, Any]:
    """Counts by reason, and of good tokens, in the form of rapidjwt's summary."""
    reasons = {name: verdicts.count(name) for name in sorted(set(verdicts) - {"valid"})}
    return {"lines": len(verdicts), "valid": verdicts.count("valid"), "reasons": reasons}
