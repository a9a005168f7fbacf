"""`rapidjwt.jwt` answers as PyJWT 2.15.1 does: results, errors, messages and warnings. `make compat-fuzz` asks more often.

What may differ stands in `drop_in_compare.EXPLAINED`, and nowhere else.
"""

from __future__ import annotations

import importlib
import inspect
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import drop_in_fuzz
import pytest
from drop_in_compare import EXPLAINED
from drop_in_sides import Side, drop_in, real, set_clock

import rapidjwt

FUZZ = Path(drop_in_fuzz.__file__)


def test_the_same_calls(half: str, impl: SimpleNamespace) -> None:
    """In a process of its own: it sets the clock and puts algorithms into the global objects. `impl` says if the half is missing."""
    path = os.pathsep.join([str(Path(rapidjwt.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(FUZZ), "--calls=2000", "--examples=15"],
        env={**os.environ, "RAPIDJWT_IMPL": half, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"rapidjwt.jwt {half}: " in done.stdout
    assert "unexplained 0" in done.stdout
    assert ("the shortcut was open" in done.stdout) == (half == "native")


def test_each_explained_difference_has_a_test_of_its_own() -> None:
    written = (Path(__file__).parent.parent / "python" / "test_drop_in_differences.py").read_text("utf-8")
    assert [one for one in EXPLAINED if f"def {one.test}(" not in written] == []


def test_each_explained_difference_has_its_rows_in_the_page() -> None:
    """tests/python/test_migrate.py has the other way round: what the page says, some test tries."""
    page = (Path(__file__).parents[2] / "docs" / "migrate-from-pyjwt.md").read_text("utf-8")
    table = page.partition("\n## What differs\n")[2].partition("\n## ")[0]
    told = [row for one in EXPLAINED for row in one.rows]
    assert [row for row in told if table.count(f"\n| {row}") != 1] == []
    assert len(set(told)) == len(told)


# ---- the comparison itself: it finds mistakes

MISTAKES = {
    "exp at the very second": ("api_jwt.py", "if exp <= (now - leeway):", "if exp < (now - leeway):"),
    "leeway for nbf": ("api_jwt.py", "if nbf > (now + leeway):", "if nbf > now:"),
    "an audience claim of another type": ("api_jwt.py", "if any(not isinstance(c, str) for c in audience_claims)", "if False"),
    "jti before sub": ("api_jwt.py", 'if options["verify_sub"]:', 'if options["verify_jti"]:\n            self._validate_jti(payload)\n        if options["verify_sub"]:'),
    "a message": ("api_jwt.py", "Invalid audience (strict)", "Invalid audience"),
    "no cause": ("api_jws.py", 'raise DecodeError("Not enough segments") from err', 'raise DecodeError("Not enough segments") from None'),
    "other trailing bits": ("api_jws.py", "if base64url_encode(decoded) != stripped:", "if False:"),
    "kid of any type": ("api_jws.py", "if not isinstance(kid, str):", "if kid is None:"),
    "a PyJWK for any algorithm": ("api_jws.py", "if alg != key.algorithm_name:", "if False:"),
    "the file of a warning": ("api_jws.py", "stacklevel=4", "stacklevel=3"),
    "a dict given out twice": ("api_jwt.py", "        decoded[\"payload\"] = payload\n", "        decoded[\"payload\"] = self.__dict__.setdefault('kept', {}).setdefault(repr((decoded['signature'], payload)), payload)\n"),
    "a signature seen before": ("api_jws.py", "if not alg_obj.verify(signing_input, prepared_key, signature):", "if signing_input not in self.__dict__.setdefault('kept', set()) and not (alg_obj.verify(signing_input, prepared_key, signature) and not self.kept.add(signing_input)):"),
    "the caller's options": ("api_jwt.py", 'merged_options = cast("Options", dict(options))', "merged_options = options"),
    "the order of members": ("api_jwt.py", "return payload\n", "return dict(sorted(payload.items()))\n"),
    "1.0 for 1": ("api_jwt.py", 'json.loads(decoded["payload"])', 'json.loads(decoded["payload"], parse_int=float)'),
    "JSON in UTF-8 only": ("api_jwt.py", 'json.loads(decoded["payload"])', 'json.loads(decoded["payload"].decode())'),
    "JSON as secret": ("algorithms.py", 'if "kty" in obj:', "if False:"),
    "any curve": ("algorithms.py", "if not isinstance(key.curve, self.expected_curve):", "if False:"),
    "a private key in to_jwk": ("algorithms.py", '"key_ops": ["sign"],', '"key_ops": ["verify"],'),
    "an unknown JWK": ("api_jwk.py", "# skip unusable keys\n                continue", "raise"),
}  # fmt: skip
"""Mistakes planted in a copy of PyJWT: file, text, what is put in its place."""

QUICK = (
    "exp at the very second", "the file of a warning", "the caller's options", "a dict given out twice", "a PyJWK for any algorithm", "the order of members",
    "1.0 for 1", "JSON in UTF-8 only",
)  # fmt: skip
"""Those that are found at once. `make compat-fuzz` plants all."""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`planted(name, mistake)`: a copy of PyJWT to import."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name: str, *mistake: str) -> None:
        shutil.copytree(real().folder, tmp_path / name)
        if mistake:
            file, text, instead = mistake
            path = tmp_path / name / file
            source = path.read_text("utf-8")
            assert text in source
            path.write_text(source.replace(text, instead), "utf-8")
        importlib.invalidate_caches()

    return make


def differences(name: str, monkeypatch: pytest.MonkeyPatch, calls: int) -> list[Any]:
    """What the comparison finds in a copy of PyJWT, up to the first."""
    monkeypatch.setattr(time, "time", time.time)
    monkeypatch.setattr(real().jwt.api_jwt, "datetime", real().jwt.api_jwt.datetime)
    theirs, ours, clock = set_clock(name, drop_in_fuzz.NOW)
    return drop_in_fuzz.run(theirs, ours, clock, seed="planted", calls=calls, patience=1)[1]


def test_no_mistake_no_difference(planted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planted("pyjwt_as_it_is")
    assert differences("pyjwt_as_it_is", monkeypatch, 300) == []


@pytest.mark.parametrize("mistake", MISTAKES if "RAPIDJWT_EXAMPLES" in os.environ else QUICK)
def test_mistakes_are_found(planted: Any, monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    name = f"pyjwt_{list(MISTAKES).index(mistake)}"
    planted(name, *MISTAKES[mistake])
    assert differences(name, monkeypatch, 30_000) != []


# ---- what can be seen without a call


@pytest.fixture(scope="module")
def sides() -> tuple[Side, Side]:
    return real(), drop_in()


def public_callables(side: Side) -> dict[str, Any]:
    """Every public function, class and method, by its name."""
    found: dict[str, Any] = {}
    for part, module in {"": side.jwt, "algorithms.": side.algorithms, "utils.": side.utils}.items():
        names = module.__all__ if not part else [name for name in vars(module) if not name.startswith("_")]
        for name in names:
            one = getattr(module, name)
            where = getattr(one, "__module__", None) or ""
            if not callable(one) or (part and where != module.__name__):
                continue
            found[part + name] = one
            if isinstance(one, type) and not issubclass(one, BaseException):
                methods = [method for method in dir(one) if not method.startswith("_") or method == "__init__"]
                found |= {f"{part}{name}.{method}": getattr(one, method) for method in methods}
    return found


def signature(one: Any) -> list[tuple[str, str, str]] | None:
    """Names, kinds and defaults; None where there is none to see."""
    try:
        parameters = inspect.signature(one).parameters.values()
    except (TypeError, ValueError):
        return None
    return [
        (each.name, each.kind.name, "object" if repr(each.default).startswith("<object") else repr(each.default))
        for each in parameters
    ]


def test_public_names(sides: tuple[Side, Side]) -> None:
    theirs, ours = sides
    assert sorted(ours.jwt.__all__) == sorted(theirs.jwt.__all__)
    assert set(public_callables(theirs)) <= set(public_callables(ours))


def test_signatures(sides: tuple[Side, Side]) -> None:
    """The same arguments in the same order. Ours may have more, by name only and with a default."""
    theirs, ours = map(public_callables, sides)
    for name, one in theirs.items():
        wanted = signature(one)
        found = signature(ours[name])
        if wanted is None:
            continue
        assert found is not None, name
        assert [each for each in found if each in wanted or each[1] != "KEYWORD_ONLY"] == wanted, name
        assert all("inspect._empty" not in default for _, kind, default in found if kind == "KEYWORD_ONLY"), name


def test_tree_of_errors(sides: tuple[Side, Side]) -> None:
    """The same names, each caught by the same."""
    theirs, ours = sides
    assert set(theirs.tree) <= set(ours.tree)
    for name in theirs.tree:
        caught = [{other for other in theirs.tree if issubclass(side.tree[name], side.tree[other])} for side in sides]
        assert caught[0] == caught[1], name
    for name in ("InsecureKeyLengthWarning", "RemovedInPyjwt3Warning"):
        bases = [[base.__name__ for base in getattr(side.warnings, name).__mro__] for side in sides]
        assert bases[0] == bases[1]
