"""The build backend: hands every hook of PEP 517 and PEP 660 to maturin (native wheel) or to hatchling (pure wheel).

RAPIDJWT_PURE_PYTHON=1, or an interpreter other than CPython, chooses hatchling. A Rust build that fails stays an error:
installers keep what they built, so a wheel that was pure by accident would go unnoticed for ever.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module
from typing import Any

_WISH = os.environ.get("RAPIDJWT_PURE_PYTHON", "")
if _WISH not in ("", "0", "1"):
    raise SystemExit(f"rapidjwt: RAPIDJWT_PURE_PYTHON must be 0 or 1, not {_WISH!r}")
_PURE = _WISH == "1" or sys.implementation.name != "cpython"
_WAY_OUT = "RAPIDJWT_PURE_PYTHON=1 installs the pure-Python half instead, which takes the same decisions, slower."


def _need_cargo() -> None:
    if shutil.which(os.environ.get("CARGO", "cargo")) is None:
        raise SystemExit(f"rapidjwt: cargo not found; the native engine needs Rust 1.95 or newer. {_WAY_OUT}")


def _requires(*for_pure: str) -> list[str]:
    if _PURE:
        return ["hatchling>=1.27", *for_pure]
    _need_cargo()
    return ["maturin>=1.16,<2"]


def _run(hook: str, *arguments: object) -> Any:
    if _PURE:
        return getattr(import_module("hatchling.build"), hook)(*arguments)
    _need_cargo()
    try:
        return getattr(import_module("maturin"), hook)(*arguments)
    except (Exception, SystemExit):
        print(f"rapidjwt: the native engine did not build, for the reason above. {_WAY_OUT}", file=sys.stderr)
        raise


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    return _requires()


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    return _requires()


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    return _requires("editables>=0.5")


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> Any:
    return _run("build_wheel", wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: Any = None) -> Any:
    return _run("build_sdist", sdist_directory, config_settings)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> Any:
    return _run("build_editable", wheel_directory, config_settings, metadata_directory)


# Without these two an installer builds the wheel only to read its metadata. Hatchling's wheels take no time, so it has none for pip.
if not _PURE:

    def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Any = None) -> Any:
        return _run("prepare_metadata_for_build_wheel", metadata_directory, config_settings)

    def prepare_metadata_for_build_editable(metadata_directory: str, config_settings: Any = None) -> Any:
        return _run("prepare_metadata_for_build_editable", metadata_directory, config_settings)
