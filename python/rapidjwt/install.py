"""Runs what was written for PyJWT on `rapidjwt.jwt`, unchanged: `import jwt` then gives the drop-in, submodules included.

Nothing is imported or copied by `install_as_jwt`: it puts one finder in front of `sys.meta_path`, which answers for the name
`jwt` and for everything below it with the module of the same name below `rapidjwt.jwt`. A module is therefore one object under
both names, and whoever never imports `jwt` pays nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

__all__ = ["install_as_jwt", "uninstall_as_jwt"]

_ALIAS = "jwt"
_PACKAGE = "rapidjwt.jwt"

_lock = Lock()


def install_as_jwt(*, replace: bool = False) -> None:
    """Make `import jwt`, `from jwt.exceptions import ...` and the like find `rapidjwt.jwt`, in this process, from now on.

    Call it before the first `import jwt` of the program, which is before the imports of all packages that use it. Calling it again
    changes nothing. What `importlib.metadata` says of PyJWT stays as it is, and so do child processes, unless they are forked.

    Parameters
    ----------
    replace
        Go on when another package is already imported as `jwt`. It is set aside until `uninstall_as_jwt`. Modules that have imported
        it keep it, with its exception classes: their `except jwt.InvalidTokenError` does not catch what `rapidjwt.jwt` raises.

    Raises
    ------
    RuntimeError
        Another package is already imported as `jwt`, and `replace` is false.
    """
    with _lock:
        if _installed() is not None:
            return
        aside = {name: module for name, module in list(sys.modules.items()) if _is_alias(name)}
        if aside and not replace:
            raise RuntimeError(
                f"{_whose(aside)} is already imported as jwt. Call rapidjwt.install_as_jwt() before the first `import jwt`, "
                "for instance first thing in the main module, or start the program with `python -m rapidjwt.run`. "
                "replace=True goes on all the same; the modules that have imported the other one then keep it"
            )
        # In this order a thread that imports jwt meanwhile gets one package or the other, whole.
        sys.meta_path.insert(0, _Finder(aside))
        for name in aside:
            sys.modules.pop(name, None)


def uninstall_as_jwt() -> None:
    """Take back `install_as_jwt`: the next `import jwt` finds what it found before. Without effect when nothing is installed.

    Modules that have imported `jwt` meanwhile hold on to `rapidjwt.jwt`, and work as before.
    """
    with _lock:
        finder = _installed()
        if finder is None:
            return
        sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if _is_alias(name) and module is sys.modules.get(_target(name)):
                del sys.modules[name]
        for name, module in finder.aside.items():
            sys.modules.setdefault(name, module)


class _Finder:
    """Answers for `jwt` and all below it. Also the loader, which hands out the module that is there already."""

    def __init__(self, aside: dict[str, ModuleType]) -> None:
        self.aside = aside

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _is_alias(fullname):
            return None
        there = find_spec(_target(fullname))
        if there is None:
            return None
        is_package = there.submodule_search_locations is not None
        # No subclass of importlib.abc.Loader: to import that costs more than all of this.
        spec = ModuleSpec(fullname, self, origin=there.origin, is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = there.has_location
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(_target(spec.name))
        # The import system is about to put the other spec in its place.
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put the module's own spec back: `importlib.reload` and `pickle` go by it. Nothing is executed a second time."""
        spec = module.__spec__
        if spec is not None and isinstance(spec.loader, _Finder):
            module.__spec__ = spec.loader_state
        if module.__name__ == _PACKAGE:
            for name, loaded in list(sys.modules.items()):
                if name.startswith(f"{_PACKAGE}."):
                    sys.modules.setdefault(_ALIAS + name.removeprefix(_PACKAGE), loaded)

    def get_code(self, fullname: str) -> CodeType | None:
        """For `python -m jwt.help`, which runs a module anew as `__main__`."""
        there = find_spec(_target(fullname))
        code: CodeType | None = there.loader.get_code(there.name)  # type: ignore[union-attr]
        return code


def _installed() -> _Finder | None:
    return next((finder for finder in sys.meta_path if isinstance(finder, _Finder)), None)


def _is_alias(name: str) -> bool:
    return name == _ALIAS or name.startswith(f"{_ALIAS}.")


def _target(name: str) -> str:
    return _PACKAGE + name.removeprefix(_ALIAS)


def _whose(modules: dict[str, ModuleType]) -> str:
    """What stands there under the name, as well as it can be told."""
    module = modules.get(_ALIAS)
    version, place = getattr(module, "__version__", None), getattr(module, "__file__", None)
    what = f"{getattr(module, '__title__', 'another package')}{f' {version}' if version else ''}"
    return f"{what} ({place})" if place else what
