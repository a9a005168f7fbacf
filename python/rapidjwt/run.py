"""Runs a Python program that was written for PyJWT on `rapidjwt.jwt`, without a change to it.

    python -m rapidjwt.run script.py [ARGUMENT ...]       a file, or a folder or zip file with a __main__.py
    python -m rapidjwt.run -m MODULE [ARGUMENT ...]       python -m rapidjwt.run -m pytest
    python -m rapidjwt.run -c PROGRAM [ARGUMENT ...]

It calls `rapidjwt.install_as_jwt()` and then does what `python` does: the program finds itself in `__main__`, with its own
`sys.argv` and `sys.path`. Processes that the program starts are not covered, unless they are forked.
"""

from __future__ import annotations

import builtins
import os
import sys
from importlib.machinery import BuiltinImporter, ModuleSpec, SourceFileLoader
from importlib.util import find_spec
from io import open_code
from pkgutil import get_importer
from types import CodeType, ModuleType

from rapidjwt.install import install_as_jwt

__all__ = ["main"]


class _Unusable(Exception):
    """What was asked for cannot be run. The exit code is python's."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def main(arguments: list[str]) -> None:
    """Run what the command line's `arguments` name; whatever it raises comes out, SystemExit too."""
    try:
        if not arguments or arguments[0] in ("-h", "--help"):
            sys.stdout.write(__doc__ or "")
            sys.exit(0 if arguments else 2)
        try:
            install_as_jwt()
        except RuntimeError as error:
            raise _Unusable(str(error), 1) from None
        code, names = _prepare(arguments)
    except _Unusable as error:
        sys.stderr.write(f"rapidjwt.run: {error}\n")
        sys.exit(error.code)
    program = ModuleType("__main__")
    vars(program).update(names)
    # For good, as python does it: threads and atexit functions of the program may outlive the call below.
    sys.modules["__main__"] = program
    exec(code, vars(program))  # noqa: S102


def _prepare(arguments: list[str]) -> tuple[CodeType, dict[str, object]]:
    """The program, and the names that its `__main__` starts with. Sets `sys.argv` and `sys.path`."""
    first, *rest = arguments
    if first in ("-m", "-c"):
        if not rest:
            raise _Unusable(f"argument expected for {first}", 2)
        what, *rest = rest
        sys.argv[:] = [first, *rest]
        if first == "-m":
            return _of_spec(_module(what))
        _set_folder("")
        return compile(what, "<string>", "exec", dont_inherit=True), {
            "__loader__": BuiltinImporter,
            "__builtins__": builtins,
        }
    if first.startswith("-"):
        raise _Unusable(f"unknown option {first}; options of python stand before -m rapidjwt.run", 2)
    sys.argv[:] = arguments
    return _file(first)


def _module(name: str) -> ModuleSpec:
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            name += ".__main__"
            spec = find_spec(name)
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        # A package above it may be absent, no package, or broken.
        raise _Unusable(f"cannot find {name} ({type(error).__name__}: {error})", 1) from error
    if spec is None:
        raise _Unusable(f"no module named {name}", 1)
    if spec.origin is not None:
        sys.argv[0] = spec.origin
    return spec


def _file(path: str) -> tuple[CodeType, dict[str, object]]:
    place = os.path.join(os.getcwd(), path)
    importer = get_importer(place)
    if importer is not None:  # a folder or an archive: its __main__
        sys.path[: not sys.flags.safe_path] = [place]  # python leaves that out for nothing
        spec = importer.find_spec("__main__")
        if spec is None:
            raise _Unusable(f"cannot find a __main__ module in {path}", 1)
        return _of_spec(spec)
    _set_folder(os.path.dirname(os.path.realpath(path)))
    try:
        with open_code(place) as file:
            text = file.read()
    except OSError as error:
        raise _Unusable(f"cannot open {path}: {error.strerror}", 2) from error
    loader = SourceFileLoader("__main__", place)
    names: dict[str, object] = {"__file__": place, "__cached__": None, "__loader__": loader, "__builtins__": builtins}
    return compile(text, place, "exec", dont_inherit=True), names


def _of_spec(spec: ModuleSpec) -> tuple[CodeType, dict[str, object]]:
    code: CodeType | None = spec.loader.get_code(spec.name) if hasattr(spec.loader, "get_code") else None  # type: ignore[union-attr]
    if code is None:
        raise _Unusable(f"{spec.name} has no Python code to run", 1)
    return code, {
        "__file__": spec.origin,
        "__cached__": spec.cached,
        "__loader__": spec.loader,
        "__package__": spec.parent,
        "__spec__": spec,
        "__builtins__": builtins,
    }


def _set_folder(folder: str) -> None:
    """Put `folder` where `python -m` has put the current folder, unless python was told to put nothing there (-P, -I)."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


if __name__ == "__main__":
    main(sys.argv[1:])
