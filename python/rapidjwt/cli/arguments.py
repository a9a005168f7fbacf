"""Options that several commands share, and the types that turn an argument's text into a value."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable

from rapidjwt.cli import times
from rapidjwt.cli.exits import TABLE, UsageProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeAlias

    from rapidjwt.cli.terminal import Terminal

Arguments: TypeAlias = argparse.Namespace
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
Run: TypeAlias = "Callable[[Arguments, Terminal], int]"


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse makes one for each argument and asks shutil for the width, whose import costs a sixth of our start-up."""

    def __init__(self, prog: str, **options: Any) -> None:
        options.setdefault("width", _columns() - 2)
        super().__init__(prog, **options)


def _columns() -> int:
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


class Parser(argparse.ArgumentParser):
    """argparse with one line for a mistake, and no guessing of abbreviated options."""

    def __init__(self, **options: Any) -> None:
        if sys.version_info >= (3, 14):
            options.setdefault("suggest_on_error", True)
        super().__init__(allow_abbrev=False, epilog=TABLE, formatter_class=_HelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        """Leave with one line; `program.main` prints it and ends with code 2."""
        raise UsageProblem(message, f"see {self.prog} --help")


def add_command(commands: Commands, name: str, run: Run, *, aliases: tuple[str, ...] = (), help: str) -> Parser:
    """Add one command with the options that every command has."""
    parser = commands.add_parser(name, aliases=aliases, help=help, description=help[0].upper() + help[1:] + ".")
    parser.set_defaults(run=run)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours: auto (default), always, never"
    )
    return parser


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the limits on what is looked at."""
    limits = parser.add_argument_group("limits")
    limits.add_argument(
        "--max-token-bytes", type=positive, default=262_144, metavar="N", help="longest token looked at (262144)"
    )
    limits.add_argument(
        "--max-header-bytes", type=positive, default=16_384, metavar="N", help="longest header looked at (16384)"
    )
    limits.add_argument("--max-depth", type=positive, default=128, metavar="N", help="deepest nesting, 1 to 512 (128)")


def add_now(parser: argparse.ArgumentParser) -> None:
    """Add the clock as an argument."""
    parser.add_argument(
        "--now", type=instant, metavar="SECONDS", help="take this as the time, in seconds since 1970 (UTC)"
    )


def algorithm(text: str) -> str:
    """The name of an algorithm of the table."""
    from rapidjwt._impl import algorithm_table

    names = [row.name for row in algorithm_table()]
    if text not in names:
        raise argparse.ArgumentTypeError(f"unknown algorithm {text!r} (known: {' '.join(names)})")
    return text


def duration(text: str) -> float:
    """A length of time in seconds."""
    try:
        return times.seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def instant(text: str) -> float:
    """A time in seconds since the epoch."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"not a number of seconds: {text!r}")
    return int(value) if value.is_integer() else value


def positive(text: str) -> int:
    """A whole number above zero."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"not a whole number above zero: {text!r}")
    return int(text)
