"""Names of a package that are imported when somebody first asks for them (PEP 562): the name and where each stands in, its value out. For
the `__getattr__` of packages, which import this no earlier themselves: `import rapidjwt` pays for nothing of it.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ["imported"]


def imported(name: str, package: dict[str, object], /, **modules: tuple[str, ...]) -> object:
    """The value of a name, which the package has from now on.

    Args:
        package: its `globals()`.
        modules: the modules of the package, each with the names that it is asked for. `if TYPE_CHECKING:` says the same to type checkers.

    Raises:
        AttributeError: no module has it.
    """
    own = package["__name__"]
    for module, names in modules.items():
        if name in names:
            value = package[name] = getattr(import_module(f"{own}.{module}"), name)
            return value
    raise AttributeError(f"module {own!r} has no attribute {name!r}")
