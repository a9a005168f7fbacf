"""What all tests share: the fixture `impl`, which runs the same case on both halves, keys made without rapidjwt, and a fixed clock.

`--impl=native|pure|all` says which halves are asked (default all). The half that is not wanted is deselected, visibly. A half that
is wanted and not there is an error, never a skip.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for forge, halves and expect

import forge
import halves

HALVES = ("native", "pure")

pytest.register_assert_rewrite("expect")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--impl", choices=(*HALVES, "all"), default="all", help="which halves to test (default: all)")


def pytest_report_header(config: pytest.Config) -> str:
    return f"rapidjwt halves under test: {config.getoption('--impl')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--impl")
    if wanted == "all":
        return
    out = [item for item in items if not _needed_halves(item) <= {wanted}]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if _needed_halves(item) <= {wanted}]


def _needed_halves(item: pytest.Item) -> set[str]:
    """The halves that a test asks; none for a test that is about neither."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if "both" in fixtures:
        return set(HALVES)
    callspec = getattr(item, "callspec", None)
    one = {callspec.params["half"]} if callspec is not None and "half" in callspec.params else set()
    return one | (fixtures & set(HALVES))


@pytest.fixture(params=HALVES)
def half(request: pytest.FixtureRequest) -> str:
    """The name of the half that the test is about."""
    return request.param


@pytest.fixture
def impl(half: str) -> SimpleNamespace:
    """The half itself: every name of the contract, and `Signer`."""
    return _load(half)


@pytest.fixture(scope="session")
def native() -> SimpleNamespace:
    """The native half."""
    return _load("native")


@pytest.fixture(scope="session")
def pure() -> SimpleNamespace:
    """The pure half."""
    return _load("pure")


@pytest.fixture(scope="session")
def both(native: SimpleNamespace, pure: SimpleNamespace) -> tuple[SimpleNamespace, SimpleNamespace]:
    """Both halves, for tests that compare them."""
    return native, pure


def _load(half: str) -> SimpleNamespace:
    try:
        return halves.load(half)
    except ModuleNotFoundError as error:
        if error.name != halves.MODULES[half]:
            raise
        pytest.fail(f"the {half} half is not installed (--impl leaves a half out, visibly)", pytrace=False)


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of public test vectors that RAPIDJWT_VECTORS names."""
    folder = os.environ.get("RAPIDJWT_VECTORS")
    if not folder:
        pytest.skip("RAPIDJWT_VECTORS names no folder of test vectors")
    return Path(folder)


@pytest.fixture
def key(impl: SimpleNamespace) -> Callable[..., Any]:
    """`key("RS256", number=0, **options)`: a key of this half that verifies what `forge` signs; public, or a secret."""

    def make(algorithm: str, number: int = 0, **options: Any) -> Any:
        material = forge.material(algorithm, number)
        if algorithm.startswith("HS"):
            return impl.Key.from_secret(material.secret, algorithm=algorithm, **options)
        return impl.Key.from_pem(material.pem(), algorithm=algorithm, **options)

    return make


@pytest.fixture
def signing_key(impl: SimpleNamespace) -> Callable[..., Any]:
    """As `key`, with the private part."""

    def make(algorithm: str, number: int = 0, **options: Any) -> Any:
        material = forge.material(algorithm, number)
        if algorithm.startswith("HS"):
            return impl.Key.from_secret(material.secret, algorithm=algorithm, **options)
        return impl.Key.from_pem(material.pem(private=True), algorithm=algorithm, **options)

    return make


@pytest.fixture
def verifier(impl: SimpleNamespace, key: Callable[..., Any]) -> Callable[..., Any]:
    """`verifier("ES256", ..., **policy)`: accepts what `forge` signs by these algorithms (HS256 when none is named), at NOW."""

    def make(*algorithms: str, keys: Any = None, **policy: Any) -> Any:
        names = algorithms or ("HS256",)
        if keys is None:
            keys = [key(name) for name in names]
        options = {"issuer": None, "audience": None, "clock": lambda: forge.NOW} | policy
        return impl.Verifier(keys, algorithms=list(names), **options)

    return make
