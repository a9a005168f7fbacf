"""The program: arguments in, an exit code out. Nothing that a user can get wrong ends in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rapidjwt._impl import IMPL
from rapidjwt.cli import decode, doctor, exits, key, sign, verify
from rapidjwt.cli.arguments import Parser
from rapidjwt.cli.exits import InputOutputFailed, KeyUnusable, Problem, UsageProblem, system_message
from rapidjwt.cli.terminal import Terminal
from rapidjwt.exceptions import PyJWTError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` is without the program's name and defaults to the process's own."""
    terminal = Terminal()
    try:
        return _run(argv, terminal)
    except KeyboardInterrupt:
        terminal.say("rapidjwt: interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()
        return exits.PIPE_CLOSED
    except Exception as error:
        problem = _as_problem(error)
        if problem is None:
            raise
        terminal.complain(problem)
        return problem.exit_code


def build_parser() -> Parser:
    """The whole command line."""
    from rapidjwt import __version__

    parser = Parser(prog="rapidjwt", description="Read, verify and sign JSON Web Tokens, and handle their keys.")
    parser.add_argument("--version", action="version", version=f"rapidjwt {__version__} ({IMPL})")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True, parser_class=Parser)
    for command in (decode, verify, sign, key, doctor):
        command.declare(commands)
    return parser


def _run(argv: Sequence[str] | None, terminal: Terminal) -> int:
    try:
        args = build_parser().parse_args(argv)
        terminal.use_color(args.color)
        code: int = args.run(args, terminal)
    except SystemExit as end:  # argparse, after --help and --version
        code = end.code if isinstance(end.code, int) else exits.OK
    if sys.stdout is not None:
        sys.stdout.flush()
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


def _drop_stdout() -> None:
    # The interpreter flushes stdout at exit and would complain about the closed pipe a second time.
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
