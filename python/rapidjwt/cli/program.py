"""The program: arguments in, an exit code out. Nothing that a user can get wrong ends in a traceback."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from rapidjwt._impl import IMPL
from rapidjwt.cli import exits
from rapidjwt.cli.arguments import Parser
from rapidjwt.cli.exits import InputOutputFailed, KeyUnusable, Problem, UsageProblem, system_message
from rapidjwt.cli.terminal import Terminal
from rapidjwt.exceptions import PyJWTError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_COMMANDS: Final = {
    **dict.fromkeys(("decode", "inspect"), "decode"),
    "verify": "verify",
    **dict.fromkeys(("sign", "encode"), "sign"),
    "key": "key",
    "jwks": "jwks",
    "serve": "serve",
    "doctor": "doctor",
}
"""Every name of a command, and its module."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` is without the program's name and defaults to the process's own."""
    terminal = Terminal()
    try:
        return _run(argv, terminal)
    except KeyboardInterrupt:
        terminal.say("rapidjwt: interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:
        return exits.PIPE_CLOSED
    except Exception as error:
        problem = _as_problem(error)
        if problem is None:
            raise
        terminal.complain(problem)
        return problem.exit_code


def build_parser(command: str | None = None) -> Parser:
    """The whole command line, or the part of it that one command needs."""
    from rapidjwt import __version__

    parser = Parser(prog="rapidjwt", description="Read, verify and sign JSON Web Tokens, and handle their keys.")
    parser.add_argument("--version", action="version", version=f"rapidjwt {__version__} ({IMPL})")
    commands = parser.add_subparsers(
        metavar="COMMAND", dest="command", required=True, parser_class=Parser, prog="rapidjwt"
    )
    modules = [_COMMANDS[command]] if command in _COMMANDS else dict.fromkeys(_COMMANDS.values())
    for module in modules:
        importlib.import_module(f"rapidjwt.cli.{module}").declare(commands)
    return parser


def _run(argv: Sequence[str] | None, terminal: Terminal) -> int:
    try:
        arguments = sys.argv[1:] if argv is None else argv
        args = build_parser(arguments[0] if arguments else None).parse_args(arguments)
        terminal.use_color(args.color)
        code: int = args.run(args, terminal)
    except SystemExit as end:  # argparse, after --help and --version
        code = end.code if isinstance(end.code, int) else exits.OK
    _flush_stdout()
    return code


def _as_problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, PyJWTError):
        kind = KeyUnusable if error.reason == "keys_unavailable" else UsageProblem
        return kind(f"{error} [{error.code}]")
    if isinstance(error, OSError):
        return InputOutputFailed(system_message(error))
    return None


def _flush_stdout() -> None:
    """Bring out what argparse printed."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        # The interpreter flushes again when it ends, and would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
