"""`rapidjwt jwks`: look at a key set, fetch one, check how one is published. Only the address that the user names is asked, and with
--discovery the one that its metadata names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from rapidjwt._impl import Key
from rapidjwt.cli import exits, keyfiles
from rapidjwt.cli.arguments import Arguments, Commands, Parser, add_command, duration
from rapidjwt.cli.exits import KeyUnusable, UsageProblem
from rapidjwt.cli.terminal import Terminal, printable, to_json
from rapidjwt.exceptions import CODES, PyJWTError

if TYPE_CHECKING:
    from rapidjwt.cli.arguments import Run
    from rapidjwt.jwks.driving import Failure
    from rapidjwt.jwks.once import Look
    from rapidjwt.types import SkippedKey

_COLORS = {"ok": "green", "warn": "yellow", "FAIL": "red"}


class Finding(NamedTuple):
    """One line of `check`."""

    verdict: str
    """ok, warn or FAIL."""
    subject: str
    words: str


def declare(commands: Commands) -> None:
    """Add the command and its verbs."""
    parser = commands.add_parser(
        "jwks", help="look at key sets and fetch them", description="Look at key sets and fetch them."
    )
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True, parser_class=Parser, prog="rapidjwt jwks")
    show = _declare(verbs, "show", _show, "list the keys of a set", "FILE|URL", "JWK Set file, or its address")
    show.add_argument("--json", action="store_true", help="write one JSON object")
    fetch = _declare(verbs, "fetch", _fetch, "fetch a set and write its usable keys", "URL", "address of a JWK Set")
    fetch.add_argument("--out", metavar="FILE", help="write to a new file")
    fetch.add_argument("--force", action="store_true", help="take the place of an existing file")
    check = _declare(verbs, "check", _check, "check how a set is published", "URL", "address of a JWK Set")
    check.add_argument("--json", action="store_true", help="write one JSON object")


def _declare(verbs: Commands, name: str, run: Run, help: str, metavar: str, what: str) -> Parser:
    parser = add_command(verbs, name, run, help=help)
    parser.add_argument("place", metavar=metavar, help=what)
    network = parser.add_argument_group("network")
    network.add_argument(
        "--discovery", choices=("oidc", "oauth"), help="the URL is an issuer: ask its metadata for the address"
    )
    network.add_argument("--timeout", type=duration, default=5, metavar="TIME", help="for all requests together (5s)")
    network.add_argument("--allow-http", action="store_true", help="admit http to other machines")
    network.add_argument("--redirects", action="store_true", help="follow redirects to the same host")
    return parser


def _show(args: Arguments, terminal: Terminal) -> int:
    keys, skipped = _read(args, terminal)
    if args.json:
        body = {"keys": [_facts(key) for key in keys], "skipped": [one._asdict() for one in skipped]}
        terminal.put(to_json(body))
        return exits.OK
    rows = [("kid", "type", "alg", "use", "thumbprint"), *map(_row, keys)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        terminal.put("  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[4]]))
    for member in skipped:
        terminal.warn(f"{args.place}: {_left_out(member)}")
    return exits.OK


def _fetch(args: Arguments, terminal: Terminal) -> int:
    document = _look(args).document
    for member in document.skipped:
        terminal.warn(f"{args.place}: {_left_out(member)}")
    data = (to_json(document.keys.to_jwks()) + "\n").encode()
    if args.out is None:
        terminal.put_bytes(data)
        return exits.OK
    from rapidjwt.cli import outfiles

    outfiles.write(args.out, data, private=False, force=args.force)
    terminal.say(f"rapidjwt: wrote {printable(args.out)}")
    return exits.OK


def _check(args: Arguments, terminal: Terminal) -> int:
    findings = list(_findings(_look(args, conditional=True)))
    failed = any(finding.verdict == "FAIL" for finding in findings)
    if args.json:
        terminal.put(to_json({"ok": not failed, "findings": [finding._asdict() for finding in findings]}))
    else:
        for finding in findings:
            terminal.put(_line(finding, terminal))
    return exits.KEY_UNUSABLE if failed else exits.OK


def _findings(seen: Look) -> Iterator[Finding]:
    keys = seen.document.keys
    plural = "" if len(keys) == 1 else "s"
    yield Finding("ok", "answer", f"{len(keys)} usable key{plural} after {round(seen.seconds * 1000)} ms")
    yield _lifetime(seen.fetched.lifetime)
    yield _unchanged(seen)
    for member in seen.document.skipped:
        verdict = "FAIL" if member.code == "key_private" else "warn"
        yield Finding(verdict, "member", _left_out(member))
    yield from _about_keys(list(keys))


def _lifetime(seconds: float | None) -> Finding:
    if seconds is None:
        return Finding("warn", "lifetime", "no Cache-Control says how long it is fresh: 300 s are assumed")
    if seconds < 60:
        return Finding("warn", "lifetime", f"fresh for {seconds:g} s only: 60 s are taken")
    if seconds > 86_400:
        return Finding("warn", "lifetime", f"fresh for {seconds:g} s: a withdrawn key stays in use for a day")
    return Finding("ok", "lifetime", f"fresh for {seconds:g} s")


def _unchanged(seen: Look) -> Finding:
    if seen.answers_unchanged is None:
        return Finding("warn", "refresh", "no ETag or Last-Modified: each refresh sends the whole set")
    if not seen.answers_unchanged:
        return Finding("warn", "refresh", "a conditional request got the whole set again")
    return Finding("ok", "refresh", "a conditional request is answered with 304")


def _about_keys(keys: list[Key]) -> Iterator[Finding]:
    for place, key in enumerate(keys):
        if key.kid is None and len(keys) > 1:
            yield Finding("warn", "kid", f"usable key {place} has none: tokens cannot name it")
        if key.algorithm is None:
            yield Finding("warn", "alg", f"usable key {place} does not say it, and fits {len(key.algorithms)}")
    named = [(key.kid, name) for key in keys for name in key.algorithms if key.kid is not None]
    if len(set(named)) < len(named):
        yield Finding("FAIL", "kid", "several keys have the same: tokens that name it are refused")


def _line(finding: Finding, terminal: Terminal) -> str:
    import sys

    verdict = terminal.paint(f"{finding.verdict:<4}", _COLORS[finding.verdict], sys.stdout)
    return verdict + printable(f"  {finding.subject:<8}  {finding.words}")


def _read(args: Arguments, terminal: Terminal) -> tuple[list[Key], tuple[SkippedKey, ...]]:
    if "://" in args.place:
        document = _look(args).document
        return list(document.keys), document.skipped
    if args.discovery is not None:
        raise UsageProblem("--discovery is for a URL, and this is a file")
    keys = keyfiles.read_key_set(args.place)
    return list(keys), keys.skipped


def _look(args: Arguments, *, conditional: bool = False) -> Look:
    from rapidjwt.jwks.driving import Failure
    from rapidjwt.jwks.network import Network
    from rapidjwt.jwks.once import look

    try:
        network = Network(timeout=args.timeout, allow_http=args.allow_http, redirects=args.redirects)
        return look(args.place, discovery=args.discovery, network=network, conditional=conditional)
    except ValueError as error:
        what, _, admitted = str(error).partition(" (allow_http")
        raise UsageProblem(f"{args.place}: {what}", "--allow-http admits http" if admitted else None) from None
    except Failure as failure:
        raise KeyUnusable(f"{args.place}: {failure.error} [{failure.error.code}]", _cause(failure)) from None
    except PyJWTError as error:
        raise KeyUnusable(f"{args.place}: {error} [{error.code}]") from None


def _cause(failure: Failure) -> str | None:
    """What the system or the origin says of it."""
    if failure.status is not None:
        return f"HTTP status {failure.status}"
    cause: Any = failure.error.__cause__
    cause = getattr(cause, "reason", cause)
    words = getattr(cause, "strerror", None) or (None if cause is None else type(cause).__name__)
    return None if words is None else str(words)


def _left_out(member: SkippedKey) -> str:
    return f"member {member.position} of the set is left out: {CODES[member.code].message} [{member.code}]"


def _row(key: Key) -> tuple[str, ...]:
    kind = f"{key.kty} {key.curve or key.bits}"
    return (
        printable(key.kid or "-"),
        kind,
        key.algorithm or "any",
        printable(key.use or "-"),
        "-" if key.kty == "oct" else key.thumbprint(),
    )


def _facts(key: Key) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "kty": key.kty,
        "crv": key.curve,
        "bits": key.bits,
        "algorithms": list(key.algorithms),
        "use": key.use,
        "thumbprint": None if key.kty == "oct" else key.thumbprint(),
    }
