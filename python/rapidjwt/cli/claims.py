"""Claims and header members as a user writes them: `name=text`, `name:=json`, or a JSON object. Strict JSON only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from rapidjwt.cli.exits import InputOutputFailed, UsageProblem, system_message
from rapidjwt.cli.terminal import standard_stream
from rapidjwt.cli.tokens import read_stdin

_MOST: Final = 1_048_576
"""Largest JSON text of claims, in bytes."""


def assignments(texts: Iterable[str], option: str) -> dict[str, Any]:
    """Read every `name=text` and `name:=json`; the last one of a name counts."""
    return dict(_assignment(text, option) for text in texts)


def json_object(path: str) -> dict[str, Any]:
    """Read a JSON object from a file, or from stdin for `-`."""
    try:
        text = _read(path).decode()
    except UnicodeDecodeError:
        raise UsageProblem(f"--json {path}: not UTF-8") from None
    value = _parse(text, f"--json {path}")
    if not isinstance(value, dict):
        raise UsageProblem(f"--json {path}: not a JSON object")
    return value


def _assignment(text: str, option: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    is_json = name.endswith(":")
    name = name.removesuffix(":")
    if not equals or not name:
        raise UsageProblem(f"{option} takes name=text or name:=json, not {text!r}")
    return name, _parse(value, f"{option} {name}") if is_json else value


def _read(path: str) -> bytes:
    try:
        if path == "-":
            data = read_stdin(standard_stream(sys.stdin, "input").fileno(), _MOST + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(_MOST + 1)
    except OSError as error:
        raise InputOutputFailed(f"{path}: {system_message(error)}") from None
    if len(data) > _MOST:
        raise UsageProblem(f"--json {path}: longer than {_MOST} bytes")
    return data


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError:
        raise UsageProblem(f"{where}: nested too deep") from None
    except ValueError as error:
        raise UsageProblem(f"{where}: not valid JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("an object has a member name twice")
    return found
