"""TOML text in; `Settings` out, or every mistake in it with its line. Looks at names, types and bounds; what the values mean is checked
where they are used (`building`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from rapidjwt.forward.mistakes import ConfigurationError, Mistake, closest, written
from rapidjwt.forward.places import Path, line_of, lines
from rapidjwt.forward.schema import REQUIRED, SCHEMA, Field, Section
from rapidjwt.forward.settings import Settings

__all__ = ["LARGEST", "Configuration", "read"]

LARGEST: Final = 1 << 20
"""Bytes; a larger file is no configuration."""
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)")


class Configuration:
    """A configuration as it was read: the settings, and where each of them stands.

    Raises:
        ConfigurationError: with every mistake.
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self._lines: dict[Path, int] = {}
        self._mistakes: list[Mistake] = []
        document = self._parsed(text)
        self._lines = lines(text)
        values = {name: self._section(name, section, document) for name, section in SCHEMA.items()}
        for name in document:
            if name not in SCHEMA:
                self._mistake((name,), "unknown section", closest(name, SCHEMA))
        if not document.get("issuers"):
            self._mistake(("issuers",), "no issuer: whose tokens are accepted?", "add [[issuers]]")
        if self._mistakes:
            raise ConfigurationError(self._mistakes)
        self.settings: Final = Settings(**values)

    def mistake(self, path: Path, message: str, hint: str | None = None) -> Mistake:
        """A mistake at a place of this configuration."""
        return Mistake(line_of(path, self._lines), written(path), message, hint)

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            words = _AT_LINE.sub("", str(error))
            raise ConfigurationError([Mistake(int(at[1]) if at else None, "", f"no TOML: {words}")]) from None
        except RecursionError:
            raise ConfigurationError([Mistake(None, "", "no TOML: nested too deeply")]) from None

    def _section(self, name: str, section: Section, document: Mapping[str, Any]) -> Any:
        if name not in document:
            if section.repeated:
                return ()
            return None if section.optional else self._record((name,), section, {})
        found = document[name]
        if not section.repeated:
            return self._record((name,), section, found)
        if not isinstance(found, list):
            self._mistake((name,), "must be an array of tables", f"write [[{name}]]")
            return ()
        return tuple(self._record((name, place), section, one) for place, one in enumerate(found))

    def _record(self, path: Path, section: Section, table: Any) -> Any:
        if not isinstance(table, dict):
            self._mistake(path, "must be a table", f"write [{path[0]}]")
            return None
        for key in table:
            if key not in section.fields:
                self._mistake((*path, key), "unknown key", closest(key, section.fields))
        values = {key: self._value((*path, key), field, table) for key, field in section.fields.items()}
        return section.record(**values)

    def _value(self, path: Path, field: Field, table: dict[str, Any]) -> Any:
        key = path[-1]
        if key not in table:
            if field.default is REQUIRED:
                self._mistake(path, "missing", field.about)
                return None
            return field.default
        try:
            return field.kind(table[str(key)])
        except ValueError as error:
            self._mistake(path, str(error))
            return None

    def _mistake(self, path: Path, message: str, hint: str | None = None) -> None:
        self._mistakes.append(self.mistake(path, message, hint))


def read(path: str) -> Configuration:
    """Read a file.

    Raises:
        ConfigurationError: as for `Configuration`; also for bytes that are no UTF-8.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ConfigurationError([Mistake(None, "", f"longer than {LARGEST:,} bytes")])
    try:
        return Configuration(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([Mistake(line, "", "no UTF-8")]) from None
