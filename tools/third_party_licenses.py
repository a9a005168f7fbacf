"""Writes THIRD_PARTY_LICENSES: the crates that are linked into the native module, and the texts of their licences.

    python tools/third_party_licenses.py [--check]

In: Cargo.lock and the crates' sources, as `cargo metadata` finds them. Build tools, proc macros and test dependencies are left
out: nothing of them is in the wheel. All targets are in, so that one file is right for every wheel. --check writes
nothing and exits 1 when the file is not what would be written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY_LICENSES"

# Where the licences leave the choice we take the first of these that is offered.
PREFERENCE = ("LICENSE-MIT", "LICENSE-ISC", "LICENSE", "LICENSE.md", "LICENSE.txt", "LICENSE-APACHE")
# C sources that a crate brings along under terms of their own, below the crate's folder.
BUNDLED = {"aws-lc-sys": ["aws-lc/third_party/fiat/LICENSE"]}
# Linked in without being a crate of Cargo.lock.
STANDARD_LIBRARY = ("the Rust standard library", "MIT OR Apache-2.0", "Copyright (c) The Rust Project Contributors")
# Crates that declare MIT and ship no text, with the copyright line that their authors use in the same repository.
WITHOUT_TEXT = {"base64-simd": "Copyright (c) 2022 Nugine", "vsimd": "Copyright (c) 2022 Nugine"}

INTRODUCTION = """\
Third-party software in rapidjwt's native module
================================================

The compiled wheels of rapidjwt contain code of the crates listed here and of the Rust standard library. The pure-Python wheel
contains none of it. Generated from Cargo.lock by tools/third_party_licenses.py.
"""


def _linked(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    packages = {package["id"]: package for package in metadata["packages"]}
    edges = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    found: dict[str, dict[str, Any]] = {}
    queue = [root]
    while queue:
        name = queue.pop()
        package = packages[name]
        if name in found or any("proc-macro" in target["kind"] for target in package["targets"]):
            continue
        found[name] = package
        queue += [edge["pkg"] for edge in edges[name] if any(kind["kind"] is None for kind in edge["dep_kinds"])]
    del found[root]
    return sorted(found.values(), key=lambda package: (package["name"], package["version"]))


def _mit(copyright_line: str) -> str:
    own = (ROOT / "LICENSE").read_text("utf-8")
    return f"MIT License\n\n{copyright_line}\n\n{own[own.index('Permission is hereby granted') :].strip()}"


def _texts(package: dict[str, Any]) -> list[str]:
    folder = Path(package["manifest_path"]).parent
    chosen = next((folder / name for name in PREFERENCE if (folder / name).is_file()), None)
    if chosen is not None:
        texts = [chosen.read_text("utf-8")]
    elif package["name"] in WITHOUT_TEXT and package["license"] == "MIT":
        texts = [_mit(WITHOUT_TEXT[package["name"]])]
    else:
        raise SystemExit(f"{package['name']} {package['version']} ({package['license']}) ships no licence text")
    texts += [(folder / name).read_text("utf-8") for name in BUNDLED.get(package["name"], [])]
    # Line ends, trailing blanks and a byte order mark are no difference in terms.
    return ["\n".join(line.rstrip() for line in text.lstrip("\ufeff").strip().splitlines()) for text in texts]


def render() -> str:
    """The text of the file for the present Cargo.lock."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    packages = _linked(json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout))
    name, terms, copyright_line = STANDARD_LIBRARY
    users: dict[str, list[str]] = {_mit(copyright_line): [name]}
    for package in packages:
        for text in _texts(package):
            users.setdefault(text, []).append(f"{package['name']} {package['version']}")

    parts = [INTRODUCTION, f"{name} ({terms})"]
    parts += [f"{package['name']} {package['version']} ({package['license']})" for package in packages]
    for text, names in users.items():
        parts += ["", "=" * 100, "Applies to: " + ", ".join(names), "=" * 100, "", text]
    return "\n".join(parts) + "\n"


def main() -> int:
    text = render()
    if sys.argv[1:] == ["--check"]:
        if not TARGET.is_file() or TARGET.read_text("utf-8") != text:
            print("THIRD_PARTY_LICENSES is out of date: make licenses", file=sys.stderr)
            return 1
        print(f"third-party licences: {len(re.findall('^Applies to', text, re.MULTILINE))} texts, up to date")
        return 0
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
