"""`rapidjwt decode`: what a token says of itself, without a key and without believing any of it."""

from __future__ import annotations

import time

from rapidjwt.cli import exits, times, tokens
from rapidjwt.cli.arguments import Arguments, Commands, add_command, add_limits, add_now
from rapidjwt.cli.terminal import Terminal, to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GOOD = ("current", "no expiry")


def declare(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "decode", run, aliases=("inspect",), help="show a token without verifying it")
    parser.add_argument("token", nargs="?", metavar="TOKEN", help="the token; - or nothing reads it from stdin")
    parser.add_argument("--json", action="store_true", help="write one JSON object")
    parser.add_argument("--check", action="store_true", help="end with 1 if the token is expired or not yet valid")
    add_now(parser)
    add_limits(parser)


def run(args: Arguments, terminal: Terminal) -> int:
    """Show the token; the exit code says only whether it could be read, unless --check."""
    from rapidjwt.cli import repairs

    raw = tokens.read_one(args.token, args.max_token_bytes)
    reading = repairs.read(
        raw,
        max_token_bytes=args.max_token_bytes,
        max_header_bytes=args.max_header_bytes,
        max_depth=args.max_depth,
    )
    now = time.time() if args.now is None else args.now
    for repair in reading.repairs:
        terminal.say(f"rapidjwt: repaired: {repair}")
    terminal.say("rapidjwt: SIGNATURE NOT CHECKED: anybody can have written this", "yellow")
    status = None if reading.claims is None else times.status(reading.claims, now)
    show = _show_json if args.json else _show
    show(reading, status, now, terminal)
    return exits.REJECTED if args.check and status not in _GOOD else exits.OK


def _show(reading: Any, status: str | None, now: float, terminal: Terminal) -> None:
    blocks = []
    if reading.header is not None:
        blocks.append("header\n" + to_json(reading.header, indent=2))
    if reading.claims is not None:
        blocks.append("claims\n" + to_json(reading.claims, indent=2))
        lines = [
            f"  {name:<9}  {line['iso'] or '-':<20}  {line['relative']}"
            for name, line in times.describe(reading.claims, now).items()
        ]
        blocks.append("\n".join([f"status: {status}", *lines]))
    terminal.put("\n".join(blocks))


def _show_json(reading: Any, status: str | None, now: float, terminal: Terminal) -> None:
    terminal.put(
        to_json(
            {
                "header": reading.header,
                "claims": reading.claims,
                "times": times.describe(reading.claims or {}, now),
                "status": status,
                "signature_checked": False,
                "repairs": reading.repairs,
            }
        )
    )
