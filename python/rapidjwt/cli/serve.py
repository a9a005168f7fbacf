"""`rapidjwt serve`: the forward-auth service for a gateway, from a configuration that is checked whole before anything is opened."""

from __future__ import annotations

import os
import sys

from rapidjwt.cli import exits
from rapidjwt.cli.arguments import Arguments, Commands, add_command
from rapidjwt.cli.exits import InputOutputFailed, Problem, UsageProblem, system_message
from rapidjwt.cli.terminal import Terminal, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt.forward.loading import Loaded


class _Mistaken(Problem):
    """The configuration cannot be used; what is wrong was said line by line."""


def declare(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "serve", run, help="answer a gateway's questions about requests (forward-auth)")
    parser.add_argument("--config", metavar="FILE", required=True, help="the configuration, in TOML")
    parser.add_argument("--check", action="store_true", help="check the configuration and end")


def run(args: Arguments, terminal: Terminal) -> int:
    """Serve until SIGTERM or SIGINT."""
    if not args.check:
        _need_server()
    loaded = _loaded(args.config, terminal)
    if args.check:
        terminal.put("ok")
        return exits.OK
    import signal

    from rapidjwt.forward.supervisor import Supervisor

    _log_to_stderr()
    try:
        ended = Supervisor(args.config, loaded, lambda address: terminal.say(f"rapidjwt: serving on {address}")).run()
    except OSError as error:
        raise InputOutputFailed(f"{loaded.server.listen}: {system_message(error)}") from None
    if ended == 0:
        raise InputOutputFailed("no worker could start")
    return exits.INTERRUPTED if ended == signal.SIGINT else exits.OK


def _loaded(path: str, terminal: Terminal) -> Loaded:
    from rapidjwt.forward.loading import load
    from rapidjwt.forward.mistakes import ConfigurationError

    try:
        return load(path)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            terminal.say(printable(mistake.told(path)), "red")
        count = len(error.mistakes)
        raise _Mistaken(f"{path}: {count} mistake{'' if count == 1 else 's'}") from None
    except OSError as error:
        raise InputOutputFailed(f"{path}: {system_message(error)}") from None


def _need_server() -> None:
    if not hasattr(os, "fork"):
        raise UsageProblem("serve needs a POSIX system")
    try:
        import httptools  # type: ignore[import-not-found, unused-ignore] # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageProblem(f"serve needs {error.name}", "pip install 'rapidjwt[serve]'") from None


def _log_to_stderr() -> None:
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("rapidjwt: %(levelname)s: %(message)s [%(process)d]"))
    for name, level in (("rapidjwt", logging.INFO), ("uvicorn", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(level)
