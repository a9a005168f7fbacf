"""What Cargo.lock may hold, and that every place that tells the version tells the same one."""

import re
import tomllib
from pathlib import Path

import pytest

import rapidjwt

ROOT = Path(__file__).resolve().parents[2]
# Advisories that a fixed version ended, each with the first version without them. The database itself is asked by `make advisories`.
AT_LEAST = {
    "pyo3": ((0, 29), "RUSTSEC-2026-0176, RUSTSEC-2026-0177"),
    "aws-lc-sys": ((0, 39), "RUSTSEC-2026-0044 to 0048"),
}
NEVER = {
    "rsa": "RUSTSEC-2023-0071 has no fixed version",
    "jsonwebtoken": "claims are checked by our own code (CVE-2026-25537)",
    "lru": "RUSTSEC-2026-0002, RUSTSEC-2026-0253",
}


def toml(name: str) -> dict:
    return tomllib.loads((ROOT / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def locked() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for package in toml("Cargo.lock")["package"]:
        versions.setdefault(package["name"], set()).add(package["version"])
    return versions


@pytest.mark.parametrize("crate", AT_LEAST)
def test_crates_are_newer_than_their_advisories(locked, crate):
    least, advisories = AT_LEAST[crate]
    assert locked[crate], advisories
    for version in locked[crate]:
        assert tuple(int(part) for part in version.split(".")[:2]) >= least, advisories


@pytest.mark.parametrize("crate", NEVER)
def test_crates_that_must_not_come_in(locked, crate):
    assert crate not in locked, NEVER[crate]


def test_every_crate_comes_from_the_registry():
    sources = {package.get("source") for package in toml("Cargo.lock")["package"] if package["name"] != "rapidjwt"}
    assert sources == {"registry+https://github.com/rust-lang/crates.io-index"}


def test_the_licence_texts_are_of_the_locked_crates(locked):
    text = (ROOT / "THIRD_PARTY_LICENSES").read_text("utf-8")
    named = re.findall(r"^([a-z0-9_-]+) (\d\S*) \(", text, re.MULTILINE)
    assert {"aws-lc-sys", "pyo3"} <= {name for name, _ in named}
    assert [(name, version) for name, version in named if version not in locked.get(name, ())] == []


def test_one_version_everywhere(locked):
    assert (
        rapidjwt.__version__ == toml("pyproject.toml")["project"]["version"] == toml("Cargo.toml")["package"]["version"]
    )
    assert locked["rapidjwt"] == {rapidjwt.__version__}
    assert f"## [{rapidjwt.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_dependency_is_required():
    assert toml("pyproject.toml")["project"]["dependencies"] == []
