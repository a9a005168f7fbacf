"""What the numbers were made on: processor, system, interpreter, compiler. No host name, no path, no user."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

_FLAGS = (
    "sha_ni",
    "aes",
    "vaes",
    "avx2",
    "bmi2",
    "adx",
    "avx512f",
    "avx512ifma",
    "avx512_vbmi",
    "asimd",
    "sha2",
    "sha512",
)
"""What the kernels of the cryptographic libraries look for, on x86-64 and on ARM."""


def describe() -> dict[str, Any]:
    """The machine as a JSON object."""
    cpu = _cpuinfo()
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    return {
        "cpu": cpu.get("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "virtual": "hypervisor" in flags,
        "flags": [flag for flag in _FLAGS if flag in flags],
        "os": _os_name(),
        "kernel": platform.release(),
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "compiler": platform.python_compiler(),
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "profile_guided": _is_profile_guided(),
            "allocator": os.environ.get("PYTHONMALLOC", "default"),
        },
        "rustc": _rustc(),
    }


def load() -> list[float] | None:
    """How many processes want a core, over 1, 5 and 15 minutes; None where the system does not say."""
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else None


def _cpuinfo() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def _os_name() -> str:
    if sys.platform == "linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except (OSError, KeyError):
            return "Linux"
    return f"{platform.system()} {platform.release()}"


def _is_profile_guided() -> bool | None:
    arguments = sysconfig.get_config_var("CONFIG_ARGS")
    return None if arguments is None else "--enable-optimizations" in arguments


def _rustc() -> str | None:
    """The compiler at hand, which built a native half that was built here."""
    if shutil.which("rustc") is None:
        return None
    done = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None
