"""Both halves side by side in one process, whatever RAPIDJWT_IMPL says: each with every name of the contract and with a `Signer`
and an `Issuer` that use it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import rapidjwt._impl

MODULES: Final = {"native": "rapidjwt._native", "pure": "rapidjwt._fallback"}

SHARED: Final = {"rapidjwt.signer": "Signer", "rapidjwt.issuer": "Issuer"}

NAMES: Final = tuple(name for name in rapidjwt._impl.__all__ if not name.startswith("IMPL"))
"""Every name that a half offers."""


@functools.cache
def load(half: str) -> SimpleNamespace:
    """One half. ModuleNotFoundError when it is not installed: whoever asked for it must hear of that."""
    module = importlib.import_module(MODULES[half])
    names = {name: getattr(module, name) for name in NAMES}
    shared = {name: getattr(_copy(module, names), name) for module, name in SHARED.items()}
    return SimpleNamespace(IMPL=half, module=module, **shared, **names)


def _copy(shared: str, names: dict[str, Any]) -> ModuleType:
    """A second copy of a module that both halves share, which finds this half where the first finds the one of `_impl`."""
    stand_in = ModuleType("rapidjwt._impl")
    vars(stand_in).update(names)
    spec = importlib.util.find_spec(shared)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    switch = sys.modules["rapidjwt._impl"]
    sys.modules["rapidjwt._impl"] = stand_in
    try:
        spec.loader.exec_module(copy)
    finally:
        sys.modules["rapidjwt._impl"] = switch
    return copy
