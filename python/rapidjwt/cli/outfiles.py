"""Files that hold keys: made anew and never written over by accident; private ones are readable by their owner only."""

from __future__ import annotations

import os

from rapidjwt.cli.exits import InputOutputFailed, UsageProblem, system_message


def write(path: str, data: bytes, *, private: bool, force: bool) -> None:
    """Write a new file; with `force` take the place of an old one, in one step."""
    target = f"{path}.{os.getpid()}.new" if force else path
    try:
        _create(target, data, 0o600 if private else 0o644)
        if force:
            os.replace(target, path)
    except FileExistsError:
        raise UsageProblem(f"{path} exists", "--force takes its place") from None
    except OSError as error:
        if force and os.path.lexists(target):
            os.unlink(target)
        raise InputOutputFailed(f"{path}: {system_message(error)}") from None


def _create(path: str, data: bytes, mode: int) -> None:
    # O_EXCL also refuses a symbolic link that somebody laid out for us.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
