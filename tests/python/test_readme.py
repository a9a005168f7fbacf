"""The pages say what is true: their examples run on both halves, their links lead somewhere, and the table of errors is the code's.

`python tests/python/test_readme.py` writes docs/reference/errors.md anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rapidjwt.exceptions import CODES, REASONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "guide").rglob("*.md"))]
ERRORS = ROOT / "docs" / "reference" / "errors.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def code_of(page: Path, language: str) -> str:
    """All blocks of one language as one text, each line where it stands on the page, so that tracebacks name the page's lines."""
    text = page.read_text(encoding="utf-8")
    code = [""] * text.count("\n")
    for block in _BLOCK.finditer(text):
        if block[1] == language:
            first = text.count("\n", 0, block.start(2))
            lines = block[2].splitlines()
            code[first : first + len(lines)] = lines
    return "\n".join(code)


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if code_of(page, language).strip()]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages_with("python"), ids=name)
def test_examples_in_python(page: Path, half: str, tmp_path: Path):
    script = tmp_path / f"{page.stem}.py"
    script.write_text(code_of(page, "python"), encoding="utf-8")
    run([sys.executable, "-W", "error", script.name], half, tmp_path)


@pytest.mark.parametrize("page", pages_with("sh"), ids=name)
def test_examples_for_the_shell(page: Path, half: str, tmp_path: Path):
    script = tmp_path / f"{page.stem}.sh"
    command = f'rapidjwt() {{ "{sys.executable}" -m rapidjwt "$@"; }};'
    script.write_text(f"set -eu; {command}{code_of(page, 'sh')}", encoding="utf-8")
    run(["sh", script.name], half, tmp_path)


def run(command: list[str], half: str, folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"RAPIDJWT_IMPL": half},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_example_is_short():
    block = next(block for block in _BLOCK.finditer((ROOT / "README.md").read_text("utf-8")) if block[1] == "python")
    assert len([line for line in block[2].splitlines() if line.strip()]) <= 10


@pytest.mark.parametrize("page", [*PAGES, ERRORS], ids=name)
def test_links_lead_somewhere(page: Path):
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            found = (page.parent / path).resolve() if path else page
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_no_page_is_lost():
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target).resolve() for target in _LINK.findall(index.read_text(encoding="utf-8"))}
    assert {page for page in [*PAGES, ERRORS] if page.name not in ("README.md", "index.md")} <= linked


def test_the_table_of_errors_is_the_codes():
    assert ERRORS.read_text(encoding="utf-8") == errors_page()


def errors_page() -> str:
    classes = "\n".join(
        f"| `{cls.__name__}` | {', '.join(f'`{base.__name__}`' for base in cls.__bases__)} | {first_line(cls)} |"
        for cls in dict.fromkeys(spec.cls for spec in CODES.values())
    )
    codes = "\n".join(
        f"| `{code}` | `{spec.cls.__name__}` | `{spec.reason}` | {message(spec.message)} |"
        for code, spec in CODES.items()
    )
    unused = ", ".join(f"`{reason}`" for reason in sorted(REASONS - {spec.reason for spec in CODES.values()}))
    return f"""# Errors

Written from `rapidjwt.exceptions.CODES` by `tests/python/test_readme.py`; a test fails when they disagree.

Every error about a token, a key or a key set is a `PyJWTError` and has

- `code`: fine-grained, stable, the first column below;
- `reason`: coarse, one of a closed list, for metrics, audit logs and HTTP answers;
- `claim`: the name of the claim at fault, or `None`.

Codes and reasons do not change; the sentences may. No sentence repeats a value that a token or a key supplied. A refused token is an
`InvalidTokenError`. Wrong types of arguments are `TypeError`, wrong values `ValueError`, both when the object is made.

## Codes

| code | class | reason | sentence |
|---|---|---|---|
{codes}

Reasons that no code of this version has: {unused}. They are kept for later parts and for what stands around rapidjwt.

## Classes

Classes that PyJWT has too carry PyJWT's names. They are no subclasses of PyJWT's.

| class | is a | meaning |
|---|---|---|
{classes}
"""


def first_line(cls: type) -> str:
    return (cls.__doc__ or "").splitlines()[0]


def message(template: str) -> str:
    return 'Token is missing the "sub" claim' if template == "{claim}" else template.replace("{limit}", "N")


if __name__ == "__main__":
    ERRORS.write_text(errors_page(), encoding="utf-8")
