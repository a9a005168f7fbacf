"""`rapidjwt verify`: the full library path for one token, or for a stream with one token a line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rapidjwt.cli import exits, policy, times, tokens
from rapidjwt.cli.arguments import Arguments, Commands, add_command
from rapidjwt.cli.exits import UsageProblem
from rapidjwt.cli.terminal import Terminal, printable, to_json
from rapidjwt.exceptions import InvalidTokenError

if TYPE_CHECKING:
    from rapidjwt._impl import VerifiedToken, Verifier
    from rapidjwt.types import Check, Explanation


def declare(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "verify", run, help="verify a token, or a stream of them")
    parser.add_argument(
        "token", nargs="?", metavar="TOKEN", help="one token; - or nothing reads stdin, one token a line"
    )
    policy.add_policy(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="write one JSON object (a stream always writes JSON)")
    output.add_argument("--explain", action="store_true", help="show every check of one token, passed or failed")
    output.add_argument("--no-claims", action="store_true", help="stream: leave the claims out")
    output.add_argument("--quiet", "-q", action="store_true", help="stream: no summary")
    output.add_argument("--summary-json", metavar="FILE", help="stream: write the summary to FILE as JSON")


def run(args: Arguments, terminal: Terminal) -> int:
    """Verify; ends with 1 when anything is refused."""
    verifier = policy.verifier_from(args, terminal)
    if args.explain:
        return _explain(verifier, args, terminal)
    token = tokens.given(args.token)
    if token is not None:
        return _verify_one(verifier, token, args, terminal)
    from rapidjwt.cli.stream import verify_stream

    return verify_stream(verifier, args, terminal)


def _verify_one(verifier: Verifier, token: bytes, args: Arguments, terminal: Terminal) -> int:
    try:
        verified = verifier.verify(token)
    except InvalidTokenError as error:
        _show_refusal(error, args.json, terminal)
        return exits.REJECTED
    _show_verified(verified, time.time() if args.now is None else args.now, args.json, terminal)
    return exits.OK


def _show_refusal(error: InvalidTokenError, as_json: bool, terminal: Terminal) -> None:
    if as_json:
        body = {"code": error.code, "reason": error.reason, "message": str(error)}
        terminal.put(to_json({"valid": False, "error": body}))
    else:
        terminal.say(f"rapidjwt: rejected: {printable(str(error))} [{error.code}]", "red")


def _show_verified(token: VerifiedToken, now: float, as_json: bool, terminal: Terminal) -> None:
    dates = times.describe(token.claims, now)
    if as_json:
        body: dict[str, Any] = {"valid": True, "claims": token.claims, "header": token.header, "times": dates}
        terminal.put(to_json(body))
        return
    terminal.put(to_json(token.claims, indent=2))
    lifetime = dates["exp"]["relative"] if "exp" in dates else "no expiry"
    key = "" if token.kid is None else f", key {printable(token.kid)}"
    terminal.say(f"rapidjwt: valid: {token.algorithm}{key}, {lifetime}", "green")


def _explain(verifier: Verifier, args: Arguments, terminal: Terminal) -> int:
    token = tokens.read_one(args.token, args.max_token_bytes).removesuffix(b"\n").removesuffix(b"\r")
    if b"\n" in token:
        raise UsageProblem("--explain takes one token, and there are several lines")
    explanation = verifier.explain(token)
    if args.json:
        terminal.put(to_json(_explanation_object(explanation)))
    else:
        for check in explanation.checks:
            terminal.put(_check_line(check, terminal))
    return exits.OK if explanation.ok else exits.REJECTED


def _explanation_object(explanation: Explanation) -> dict[str, Any]:
    return {
        "valid": explanation.ok,
        "checks": [check._asdict() for check in explanation.checks],
        "unverified": {"header": explanation.header, "claims": explanation.claims},
    }


def _check_line(check: Check, terminal: Terminal) -> str:
    import sys

    verdict, color = {True: ("ok", "green"), False: ("FAIL", "red"), None: ("-", None)}[check.ok]
    words = f"  {check.message} [{check.code}]" if check.ok is False else ""
    return terminal.paint(f"{verdict:<4}", color, sys.stdout) + printable(f"  {check.name}{words}")
