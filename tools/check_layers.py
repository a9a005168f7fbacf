"""The walls of the house: reads the source text, reports each place where a layer sees what it must not, and exits 1.

    python tools/check_layers.py [ROOT]

Each rule stands with its reason in its function's docstring, which is what the report shows. tests/python/test_layers.py proves
that every rule can fail.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Breach(NamedTuple):
    place: str
    what: str


Rule = Callable[[Path], Iterator[Breach]]

PROVIDERS = ("aws_lc_rs", "aws_lc_sys", "ring", "openssl", "rsa", "p256", "ed25519_dalek")
FRAMEWORKS = {
    **{
        name: name
        for name in ("aiohttp", "django", "falcon", "fastapi", "flask", "litestar", "sanic", "starlette", "tornado")
    },
    "asgiref": "django",
    "rest_framework": "rest_framework",
    "werkzeug": "flask",
}
"""Packages, and the file that may import them."""
GRAB_BAGS = ("base", "common", "helper", "helpers", "misc", "shared", "stuff", "util", "utils")
LONGEST = 600

# Names that are not ours to choose.
NAMED_BY_OTHERS = {
    "python/rapidjwt/jwt/utils.py": "PyJWT's module, imported by that name",
}
# Modules of the engine that have no twin of the same name in _fallback/, and the other way round.
NATIVE_ONLY = {
    "lib": "the map of the crate",
    "python": "the binding",
    "error": "the pure half raises the classes of exceptions.py directly",
}
PURE_ONLY = {
    "frozen": "what #[pyclass(frozen)] gives the binding",
    "options": "what src/python/policy.rs does with the Verifier's arguments",
}
# Tables and vectors: long because there is much of one kind, not because two things live together.
LONG_ON_PURPOSE = {
    "python/rapidjwt/_native.pyi": "the contract, in one piece",
}


def _files(root: Path, *folders: str, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and "target" not in path.parts and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path


def _rust_lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        code = line.split("//", 1)[0]
        if code.strip():
            yield number, code


def _rust_mentions(root: Path, crates: Iterable[str], allowed: tuple[str, ...]) -> Iterator[Breach]:
    pattern = re.compile(
        rf"\b({'|'.join(crates)})\s*::|\buse\s+({'|'.join(crates)})\b|extern crate ({'|'.join(crates)})\b"
    )
    for name, path in _files(root, "src", suffixes=(".rs",)):
        if not name.startswith(allowed):
            for number, code in _rust_lines(path):
                if found := pattern.search(code):
                    yield Breach(f"{name}:{number}", f"names {next(filter(None, found.groups()))}")


def _run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        node = ast.Module(node.orelse, [])
    for child in ast.iter_child_nodes(node):
        yield from _run_time_nodes(child)


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module name that an import statement could load at run time, with its line."""
    for node in _run_time_nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            for alias in node.names:
                yield node.lineno, f"{module.rstrip('.')}.{alias.name}"


def python_stays_in_the_binding(root: Path) -> Iterator[Breach]:
    """pyo3 only in src/python/: a core that cannot see Python can be tested, fuzzed and measured without it."""
    return _rust_mentions(root, ["pyo3", "pyo3_ffi"], ("src/python/",))


def one_seam_to_the_provider(root: Path) -> Iterator[Breach]:
    """Crypto providers only under src/crypto/ and src/keys/: who changes or audits the provider reads two folders."""
    return _rust_mentions(root, PROVIDERS, ("src/crypto/", "src/crypto.rs", "src/keys/", "src/keys.rs"))


def one_switch_between_the_halves(root: Path) -> Iterator[Breach]:
    """_native is imported by _impl.py only: a second place could choose the other half, and swallow its absence."""
    for name, path in _files(root, "python", suffixes=(".py",)):
        if name != "python/rapidjwt/_impl.py":
            for number, module in _imports(path):
                if "_native" in module.split("."):
                    yield Breach(f"{name}:{number}", "imports _native")


def frameworks_in_their_own_file(root: Path) -> Iterator[Breach]:
    """A web framework only in web/<its name>.py: nobody pays for, or breaks on, a framework that he does not use."""
    for name, path in _files(root, "python", suffixes=(".py",)):
        for number, module in _imports(path):
            framework = module.split(".")[0]
            if framework in FRAMEWORKS and name != f"python/rapidjwt/web/{FRAMEWORKS[framework]}.py":
                yield Breach(f"{name}:{number}", f"imports {framework}")


def steps_are_mirrored(root: Path) -> Iterator[Breach]:
    """A step has the same name in src/ and _fallback/: who changes a decision in one half finds its twin at once."""
    native = {path.stem for path in (root / "src").glob("*") if path.suffix in ("", ".rs")}
    binding = {path.stem for path in (root / "src/python").glob("*.rs")}
    pure = {path.stem for path in (root / "python/rapidjwt/_fallback").glob("*") if path.suffix in ("", ".py")}
    pure -= {"__init__", "__pycache__"}
    for step in sorted(native - pure - set(NATIVE_ONLY)):
        yield Breach(f"src/{step}", "has no twin in python/rapidjwt/_fallback/")
    for step in sorted(pure - native - binding - set(PURE_ONLY)):
        yield Breach(f"python/rapidjwt/_fallback/{step}", "has no twin in src/")


def names_say_what_is_inside(root: Path) -> Iterator[Breach]:
    """No grab-bag names: a file whose name says nothing collects whatever has no better place."""
    for name, path in _files(
        root, "src", "python", "tests", "benches", "fuzz", "tools", suffixes=(".rs", ".py", ".pyi")
    ):
        for part in (*path.relative_to(root).parts[:-1], path.stem):
            if part.strip("_") in GRAB_BAGS and name not in NAMED_BY_OTHERS:
                yield Breach(name, f"is called {part}")


def files_stay_readable(root: Path) -> Iterator[Breach]:
    """At most 600 lines, and a hard look at 400: a file should be held in the head whole."""
    for name, path in _files(
        root, "src", "python", "tests", "benches", "fuzz", "tools", suffixes=(".rs", ".py", ".pyi")
    ):
        length = len(path.read_text("utf-8").splitlines())
        if length > LONGEST and name not in LONG_ON_PURPOSE:
            yield Breach(name, f"has {length} lines")


RULES: tuple[Rule, ...] = (
    python_stays_in_the_binding,
    one_seam_to_the_provider,
    one_switch_between_the_halves,
    frameworks_in_their_own_file,
    steps_are_mirrored,
    names_say_what_is_inside,
    files_stay_readable,
)


def breaches(root: Path) -> list[tuple[Rule, Breach]]:
    """Every breach of every rule below `root`, in the order of RULES."""
    return [(rule, breach) for rule in RULES for breach in rule(root)]


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = breaches(root)
    for rule, breach in found:
        print(f"{breach.place}: {breach.what}\n    {rule.__doc__}", file=sys.stderr)
    if not found:
        print(f"layers: {len(RULES)} rules hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
