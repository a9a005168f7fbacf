"""Compare `rapidjwt.jwt` with PyJWT, called alike, and with `Verifier.decode`: equal answers first, then interleaved rounds in this process.

python benches/python/drop_in.py                 writes benches/results/drop_in.json
python benches/python/drop_in.py --quick         few short rounds, to see that all of it works; the numbers mean nothing

Keys are given as applications have them, as PEM text or a secret, in every call. `Verifier` has its key parsed and its policy stated
before: what `jwt.decode` takes longer is the price of asking anew each time. The calls that prove the answers come first, so what can be
remembered of a key is remembered when the clock starts, on all sides.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import importlib
import json
import os
import random
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import machine
import peers
import proof
import rapidjwt
import rounds
import tokens
from rapidjwt import jwt

RESULTS = Path(__file__).parents[1] / "results" / "drop_in.json"
DECODED = ("HS256", "RS256", "PS256", "ES256", "EdDSA")
ENCODED = ("HS256", "RS256", "ES256", "EdDSA")
PAYLOADS = 8
"""Few, as reading an RSA private key takes tens of milliseconds."""
RANDOMISED = ("PS256", "ES256")
"""Whose signatures never come twice (RFC 8017 section 8.1, FIPS 186-5 section 6.4)."""

OURS, VERIFIER, THEIRS = "rapidjwt.jwt", "Verifier.decode", "PyJWT"
DECODE = "claims = jwt.decode(token, key, algorithms=[algorithm], audience=audience, issuer=issuer)"
ENCODE = "token = jwt.encode(claims, key, algorithm=algorithm)"


class _Jwt:
    """A module with PyJWT's interface."""

    statement = DECODE

    def __init__(self, name: str, distribution: str, module: str) -> None:
        self.name = name
        self.distribution = distribution
        self.module: Any = importlib.import_module(module)

    def prepare(self, cell: tokens.Cell) -> dict[str, Any]:
        return {
            "jwt": self.module,
            "key": cell.keys.verifying.decode(),
            "algorithm": cell.keys.algorithm,
            "audience": tokens.AUDIENCE,
            "issuer": tokens.ISSUER,
        }

    def refusal(self) -> type[Exception]:
        found: type[Exception] = self.module.InvalidTokenError
        return found


_MODULES = (_Jwt(OURS, "rapidjwt", "rapidjwt.jwt"), _Jwt(THEIRS, "PyJWT", "jwt"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 when an answer is not PyJWT's."""
    options = _parse(arguments)
    load = {"before": _load()}
    pinned = rounds.pin() is not None
    half = peers.NATIVE if rapidjwt.IMPL == "native" else peers.PURE
    verifier = next(peer for peer in peers.PEERS if peer.name == half)
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": f"python benches/python/drop_in.py --rounds {options.rounds} --target-ms {options.target_ms:g}",
        "machine": machine.describe(),
        "method": {
            "rounds": options.rounds,
            "target_ms": options.target_ms,
            "tokens_per_cell": tokens.TOKENS,
            "pinned_to_one_core": pinned,
        },
        "half": rapidjwt.IMPL,
        "versions": {name: peers.version(name) for name in ("rapidjwt", "PyJWT", "cryptography")},
        "statements": {"decode": DECODE, VERIFIER: verifier.statement, "encode": ENCODE},
        "cells": [],
        "encode": [],
    }
    seconds = options.target_ms / 1_000
    keys = {algorithm: _keys(algorithm) for algorithm in DECODED}
    try:
        for algorithm in DECODED:
            for size in tokens.SIZES:
                cell = _with_forged(tokens.make_cell(keys[algorithm], size))
                result["cells"].append(_decode(cell, verifier, options.rounds, seconds))
                _print(result["cells"][-1])
        for algorithm in ENCODED:
            for keeping in (False, True)[: 1 if algorithm == "HS256" else 2]:
                result["encode"].append(_encode(keys[algorithm], options.rounds, seconds, keeping=keeping))
                _print(result["encode"][-1])
    except proof.Unequal as error:
        print(f"not timed: {error}", file=sys.stderr)
        return 1
    result["load_average"] = load | {"after": _load()}
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"written: {options.out}")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each cell (31)")
    parser.add_argument("--target-ms", type=float, metavar="MS", help="about how long each loop is to take (5)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of one pass")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"where to write the results ({RESULTS.name} of a whole run)"
    )
    options = parser.parse_args(arguments)
    if options.out is None and not options.quick:
        options.out = RESULTS
    for name, whole, quick in (("rounds", 31, 3), ("target_ms", 5.0, 0.0)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


def _load() -> list[float] | None:
    """How many processes want a core, over 1, 5 and 15 minutes; None where the system does not say."""
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else None


def _keys(algorithm: str) -> tokens.Keys:
    """Keys whose verifying half is text: a secret in an application's settings is a str."""
    if algorithm != "HS256":
        return tokens.make_keys(algorithm)
    secret = secrets.token_urlsafe(32).encode()
    return tokens.Keys(algorithm, secret, secret)


def _signing_text(keys: tokens.Keys) -> str:
    if keys.algorithm == "HS256":
        return keys.verifying.decode()
    pem: bytes = keys.signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def _with_forged(cell: tokens.Cell) -> tokens.Cell:
    """The cell, and tokens that somebody else signed."""
    other = _keys(cell.keys.algorithm)
    forged = tuple(tokens.sign(other, cell.size, claims) for claims in cell.claims[:8])
    return dataclasses.replace(cell, refused={**cell.refused, "another's signature": forged})


def _decode(cell: tokens.Cell, verifier: peers.Peer, times: int, seconds: float) -> dict[str, Any]:
    ours, theirs = (peers.compile_contender(module, cell) for module in _MODULES)
    contenders = {OURS: ours, VERIFIER: peers.compile_contender(verifier, cell), THEIRS: theirs}
    answers = sum(proof.prove(contender, cell) for contender in contenders.values())
    answers += 2 * proof.prove_same_refusals(ours, theirs, cell)
    timings = rounds.time_cell(list(contenders.values()), cell, times, seconds)
    lengths = [len(token) for token in cell.tokens]
    return {
        "cell": cell.name,
        "algorithm": cell.keys.algorithm,
        "size": cell.size,
        "token_bytes": [min(lengths), max(lengths)],
        "claim_values": tokens.count_values(cell.claims[0]),
        **_results(dict(zip(contenders, timings, strict=True)), answers),
    }


def _encode(keys: tokens.Keys, times: int, seconds: float, *, keeping: bool) -> dict[str, Any]:
    """One algorithm; `keeping` private keys, which is off unless an application asks for it."""
    jwt.cache_private_keys(keeping)
    algorithm, key = keys.algorithm, _signing_text(keys)
    payloads = _payloads()
    calls, loops = [], []
    for module in _MODULES:
        names = {"jwt": module.module, "key": key, "algorithm": algorithm}
        encode, loop = peers.compile_statement(ENCODE, names, takes="claims", gives="token")
        cell = tokens.Cell(keys, "encode", (), (), {})
        calls.append((encode, peers.compile_contender(module, cell).decode))
        loops.append(loop)
    try:
        answers = proof.prove_encoding(*calls, payloads, randomised=algorithm in RANDOMISED)
    except proof.Unequal as error:
        raise proof.Unequal(f"encode, {algorithm}: {error}") from None
    timings = rounds.time_loops(loops, payloads, times, seconds)
    lengths = [len(calls[0][0](payload)) for payload in payloads]
    return {
        "cell": f"{algorithm}-encode{'-keeping' if keeping else ''}",
        "algorithm": algorithm,
        "token_bytes": [min(lengths), max(lengths)],
        "claims": len(payloads[0]),
        "payloads": len(payloads),
        "private_keys_kept": keeping,
        **_results(dict(zip((OURS, THEIRS), timings, strict=True)), answers),
    }


def _payloads() -> list[tokens.Claims]:
    """Ten claims each, as an application issues them."""
    rng = random.Random("encode")
    now = int(time.time())
    return [
        {
            "iss": tokens.ISSUER,
            "sub": f"user-{rng.randrange(10**6):06}",
            "aud": tokens.AUDIENCE,
            "exp": now + 86_400 + rng.randrange(3_600),
            "nbf": now,
            "iat": now,
            "jti": f"{rng.getrandbits(128):032x}",
            "scope": "openid profile orders:read",
            "roles": rng.sample(["reader", "writer", "auditor", "admin"], 2),
            "fresh": rng.random() < 0.5,
        }
        for _ in range(PAYLOADS)
    ]


def _results(timings: dict[str, rounds.Timing], answers: int) -> dict[str, Any]:
    ours = timings[OURS]
    pairs = {"times_as_fast_as_PyJWT": (timings[THEIRS], ours)}
    if VERIFIER in timings:
        pairs["times_the_verifier"] = (ours, timings[VERIFIER])
    ratios = {
        name: {"wall": rounds.ratio(one.wall, other.wall), "cpu": rounds.ratio(one.cpu, other.cpu)}
        for name, (one, other) in pairs.items()
    }
    return {
        "answers_checked": answers,
        "results": {name: rounds.summary(timing) for name, timing in timings.items()},
        "ratios": ratios,
    }


def _print(cell: dict[str, Any]) -> None:
    low, high = cell["token_bytes"]
    print(f"{cell['cell']}: {low} to {high} bytes; {cell['answers_checked']} answers checked")
    for name, one in cell["results"].items():
        (first, third), (cpu_first, cpu_third) = one["quartiles_us"], one["cpu_quartiles_us"]
        print(
            f"  {name:<16} {one['median_us']:9.3f} us  [{first:.3f}, {third:.3f}]"
            f"  cpu {one['cpu_median_us']:.3f} [{cpu_first:.3f}, {cpu_third:.3f}]"
        )
    for name, clocks in cell["ratios"].items():
        said = (f"{clock} {one['of_medians']:.2f} ({one['paired_median']:.2f})" for clock, one in clocks.items())
        print(f"  {name.replace('_', ' ')}, of medians (round by round): {', '.join(said)}")


if __name__ == "__main__":
    sys.exit(main())
