"""`rapidjwt doctor`: which half is in use and why, versions, machine. The first lines of every bug report."""

from __future__ import annotations

import sys
from typing import Any, Final

from rapidjwt.cli import exits
from rapidjwt.cli.arguments import Arguments, Commands, add_command
from rapidjwt.cli.terminal import Terminal, printable, to_json

_CPUINFO: Final = "/proc/cpuinfo"
_FEATURES: Final = {
    *("ssse3", "sse4_1", "avx", "avx2", "fma", "bmi2", "adx", "aes", "pclmulqdq", "sha_ni", "vaes", "vpclmulqdq"),
    *("avx512f", "avx512bw", "avx512vl", "avx512ifma", "avx512_vbmi"),
    *("asimd", "pmull", "sha1", "sha2", "sha3", "sha512", "sve", "sve2"),
}
"""Features of x86-64 and ARMv8 that make hashing, big integers, base64 or JSON faster."""


def declare(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "doctor", run, help="tell which half is in use and why, versions and CPU features")
    parser.add_argument("--json", action="store_true", help="write one JSON object")


def run(args: Arguments, terminal: Terminal) -> int:
    """Write what is known."""
    facts = collect()
    if args.json:
        terminal.put(to_json(facts))
    else:
        width = max(map(len, facts))
        terminal.put("\n".join(f"{name:<{width}}  {printable(_words(value))}" for name, value in facts.items()))
    return exits.OK


def collect() -> dict[str, Any]:
    """Every fact, in the order of its use to somebody who reads a bug report."""
    import platform

    from rapidjwt import __version__
    from rapidjwt._impl import IMPL, IMPL_WHY, crypto_state, describe

    state = crypto_state(test=True)
    return {
        "rapidjwt": __version__,
        "impl": IMPL,
        "why": IMPL_WHY,
        "engine": describe(),
        "crypto": state.pop("choice"),
        "crypto_paths": {name: f"{path} ({why})" for name, (path, why) in state.pop("paths").items()},
        "crypto_state": state,
        "cryptography": _installed("cryptography"),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "abi": _abi(),
        "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
        "executable": sys.executable,
        "package": __file__.removesuffix("doctor.py"),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": _cpu_field("model name"),
        "cpu_features": _cpu_features(),
    }


def _abi() -> str:
    import sysconfig

    return str(sysconfig.get_config_var("SOABI") or "unknown")


def _installed(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cpu_field(*names: str) -> str:
    try:
        with open(_CPUINFO, encoding="utf-8", errors="replace") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name.strip() in names:
                    return value.strip()
    except OSError:
        pass
    return "unknown"


def _cpu_features() -> list[str] | str:
    flags = _cpu_field("flags", "Features")
    return "unknown" if flags == "unknown" else sorted(_FEATURES.intersection(flags.split()))


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not installed" if value is None else str(value)
