"""Writes the tables of docs/guide/forward-auth.md that list every section and key of a configuration.

    python tools/configuration_reference.py [--check]

In: the schema that configurations are checked with. --check writes nothing and exits 1 when the page is not what would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rapidjwt.forward.kinds import permissions
from rapidjwt.forward.schema import REQUIRED, SCHEMA, Field, Section

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "forward-auth.md"
BEGIN = "<!-- The tables are made by tools/configuration_reference.py. -->\n"
END = "<!-- End of the tables. -->\n"


def reference() -> str:
    """All tables."""
    return "\n".join(_table(name, section) for name, section in SCHEMA.items())


def _table(name: str, section: Section) -> str:
    title = f"[[{name}]]" if section.repeated else f"[{name}]"
    rows = [
        f"| `{key}` | {field.kind.__doc__} | {_default(field)} | {field.about} |"
        for key, field in section.fields.items()
    ]
    head = ["| key | value | default | |", "| --- | --- | --- | --- |"]
    return "\n".join([f"### `{title}`", "", section.about, "", *head, *rows, ""])


def _default(field: Field) -> str:
    value = field.default
    if field.kind is permissions:
        return f"`0o{value:o}`"
    if value is REQUIRED:
        return "needed"
    if value is None or value in ((), {}):
        return "-"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(_quoted, value))}]`"
    return f"`{_quoted(value)}`" if isinstance(value, str) else f"`{value:,}`".replace(",", "_")


def _quoted(text: str) -> str:
    return f'"{text}"'


def rewritten(page: str) -> str:
    """The page with the tables of now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{reference()}\n{END}{after}"


def main() -> int:
    page = PAGE.read_text("utf-8")
    new = rewritten(page)
    if new == page:
        return 0
    if "--check" in sys.argv[1:]:
        print(f"{PAGE.name} is not what the schema says: run tools/configuration_reference.py", file=sys.stderr)
        return 1
    PAGE.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
