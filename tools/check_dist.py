"""Looks into the built distributions: what must be inside, what must not, and that both wheels tell installers the same.

    python tools/check_dist.py FOLDER [--pure]

FOLDER holds one sdist, one pure wheel and, unless --pure, one native wheel.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "python" / "rapidjwt"


def _sources(folder: Path) -> set[str]:
    """The files of a source folder, without what a build leaves there."""
    kept = (path for path in folder.rglob("*") if path.is_file() and path.suffix in (".py", ".pyi", ".rs", ".typed"))
    return {path.relative_to(folder.parent).as_posix() for path in kept}


def _metadata(wheel: Path) -> set[tuple[str, str]]:
    """What an installer reads, whatever the order in which a builder writes it. Round brackets mean nothing where markers are joined by
    `and` alone, and one builder sets them.
    """
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        message = Parser().parsestr(archive.read(name).decode())
    brackets = str.maketrans("", "", "() ")
    fields = {(key, value.translate(brackets) if key == "Requires-Dist" else value) for key, value in message.items()}
    return fields | {("", str(message.get_payload()).strip())}


def _wheel(path: Path, *, native: bool) -> list[str]:
    with ZipFile(path) as archive:
        names = set(archive.namelist())
    inside = {name for name in names if ".dist-info/" not in name}
    modules = {name for name in inside if name.endswith((".so", ".pyd", ".dylib"))}
    legal = {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name}
    faults = [f"lacks {name}" for name in sorted(_sources(PACKAGE) - inside)]
    faults += [f"contains {name}" for name in sorted(inside - _sources(PACKAGE) - modules)]
    faults += [f"lacks the text {name}" for name in sorted({"LICENSE", "THIRD_PARTY_LICENSES"} - legal)]
    if len(modules) != native:
        faults.append(f"has {len(modules)} native modules")
    if native and not any("/sboms/" in name for name in names):
        faults.append("has no bill of materials")
    return [f"{path.name} {fault}" for fault in faults]


def _sdist(path: Path) -> list[str]:
    top = path.name.removesuffix(".tar.gz") + "/"
    with tarfile.open(path) as archive:
        names = {member.name.removeprefix(top) for member in archive.getmembers() if member.isfile()}
    needed = {f"python/{name}" for name in _sources(PACKAGE)} | _sources(ROOT / "src")
    needed |= {"Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY_LICENSES"}
    needed |= {"CHANGELOG.md", "SECURITY.md", "tools/build_backend/backend.py"}
    return [f"{path.name} lacks {name}" for name in sorted(needed - names)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the sdist and the wheels in a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pure", action="store_true", help="there is no native wheel")
    arguments = parser.parse_args()

    (sdist,) = arguments.folder.glob("*.tar.gz")
    (pure,) = arguments.folder.glob("*-py3-none-any.whl")
    natives = [wheel for wheel in arguments.folder.glob("*.whl") if wheel != pure]
    faults = _sdist(sdist) + _wheel(pure, native=False)
    if len(natives) != (0 if arguments.pure else 1):
        faults.append(f"{arguments.folder} holds {len(natives)} native wheels")
    for wheel in natives:
        faults += _wheel(wheel, native=True)
        faults += [
            f"only one wheel says {key}: {value[:200]}" for key, value in sorted(_metadata(wheel) ^ _metadata(pure))
        ]

    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("distributions: contents and metadata are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
