"""What a bug report should say: `python -m rapidjwt.jwt.help`."""

from __future__ import annotations

import json
import platform
import sys

from rapidjwt.jwt import __version__ as pyjwt_version

__all__ = ["info", "main"]

try:
    from cryptography import __version__ as cryptography_version
except ModuleNotFoundError:
    cryptography_version = ""


def info() -> dict[str, dict[str, str]]:
    """Names and versions of the system, the interpreter, `cryptography` and this interface."""
    return {
        "platform": _platform(),
        "implementation": _implementation(platform.python_implementation()),
        "cryptography": {"version": cryptography_version},
        "pyjwt": {"version": pyjwt_version},
    }


def _platform() -> dict[str, str]:
    try:
        return {"system": platform.system(), "release": platform.release()}
    except OSError:
        return dict.fromkeys(("system", "release"), "Unknown")


def _implementation(name: str) -> dict[str, str]:
    version = "Unknown"
    if name == "CPython":
        version = platform.python_version()
    elif name == "PyPy":
        major, minor, micro, level, *_ = sys.pypy_version_info  # type: ignore[attr-defined]
        version = f"{major}.{minor}.{micro}{'' if level == 'final' else level}"
    return {"name": name, "version": version}


def main() -> None:
    """Print `info()` as JSON."""
    sys.stdout.write(json.dumps(info(), sort_keys=True, indent=2) + "\n")


if __name__ == "__main__":
    main()
