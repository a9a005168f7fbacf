"""The benchmarks work, prove answers before they time them, and the pages show what was measured. Nothing here looks at a time."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "benches" / "python"
RESULTS = ROOT / "benches" / "results" / "decode.json"
DROP_IN_RESULTS = RESULTS.with_name("drop_in.json")
CELLS = [f"{algorithm}-{size}" for algorithm in ("HS256", "RS256", "ES256", "EdDSA") for size in ("small", "gateway")]


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAMS / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)


DROP_IN_CELLS = [
    f"{algorithm}-{size}"
    for algorithm in ("HS256", "RS256", "PS256", "ES256", "EdDSA")
    for size in ("small", "gateway")
]
ENCODE_CELLS = [
    "HS256-encode",
    *(f"{algorithm}-encode{kept}" for algorithm in ("RS256", "ES256", "EdDSA") for kept in ("", "-keeping")),
]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch):
    """Import a module of benches/python by name."""
    monkeypatch.syspath_prepend(str(PROGRAMS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == PROGRAMS:
            del sys.modules[name]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of a quick run with what is installed here."""
    out = tmp_path_factory.mktemp("bench") / "quick.json"
    done = run("run.py", "--quick", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def quick_drop_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same of the drop-in."""
    out = tmp_path_factory.mktemp("bench") / "quick.json"
    done = run("drop_in.py", "--quick", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_bench_of_key_sets_works():
    done = run("key_sets.py", "--quick")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["tokens_of_strangers"] == 200
    assert result["fetches"] >= 1


def test_the_pages_agree_with_the_results():
    done = run("tables.py", "--check")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nwrite them anew: python benches/python/tables.py"


def test_disagreement_is_noticed(tmp_path: Path):
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    result["cells"][0]["results"]["rapidjwt"]["median_us"] *= 2
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(result), encoding="utf-8")
    done = run("tables.py", "--check", "--results", str(changed))
    assert done.returncode == 1
    assert "README.md: disagrees" in done.stdout


def test_disagreement_with_the_drop_in_is_noticed(tmp_path: Path):
    result = json.loads(DROP_IN_RESULTS.read_text(encoding="utf-8"))
    result["encode"][0]["results"]["PyJWT"]["cpu_median_us"] *= 2
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(result), encoding="utf-8")
    done = run("tables.py", "--check", "--drop-in-results", str(changed))
    assert done.returncode == 1
    assert "performance.md: disagrees" in done.stdout
    assert "README.md" not in done.stdout


def test_the_committed_results_of_the_drop_in_are_whole():
    result = json.loads(DROP_IN_RESULTS.read_text(encoding="utf-8"))
    assert [cell["cell"] for cell in result["cells"]] == DROP_IN_CELLS
    assert [cell["cell"] for cell in result["encode"]] == ENCODE_CELLS
    assert result["half"] == "native"
    assert result["method"]["rounds"] >= 15
    assert result["method"]["pinned_to_one_core"]
    assert result["machine"]["python"]["version"].startswith("3.13.")
    assert result["load_average"].keys() == {"before", "after"}
    for cell in result["cells"] + result["encode"]:
        assert set(cell["results"]) == {"rapidjwt.jwt", "PyJWT"} | ({"Verifier.decode"} if "size" in cell else set())
        for one in cell["results"].values():
            assert len(one["rounds_us"]) == result["method"]["rounds"]


def test_the_committed_results_are_whole():
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert [cell["cell"] for cell in result["cells"]] == CELLS
    assert result["method"]["rounds"] >= 15
    assert result["method"]["pinned_to_one_core"]
    assert result["machine"]["python"]["version"].startswith("3.13.")
    for cell in result["cells"]:
        missing = {"python-jose"} if cell["algorithm"] == "EdDSA" else set()
        assert set(cell["results"]) == set(result["libraries"]) - missing
        for one in cell["results"].values():
            assert len(one["rounds_us"]) == result["method"]["rounds"]


@pytest.mark.parametrize("file", [RESULTS, DROP_IN_RESULTS], ids=lambda file: file.stem)
def test_the_committed_results_do_not_tell_where_they_were_made(file: Path):
    text = file.read_text(encoding="utf-8")
    assert socket.gethostname() not in text
    assert not re.search(r"/(home|root|tmp|work|Users|usr)/", text)


def test_a_quick_run(quick: dict[str, Any]):
    assert [cell["cell"] for cell in quick["cells"]] == CELLS
    for cell in quick["cells"]:
        assert set(cell["results"]) | set(cell["absent"]) == set(quick["libraries"])
        assert "rapidjwt pure" in cell["results"]
        assert cell["answers_checked"] > 64
        ours = cell["results"]["rapidjwt pure"]
        assert ours["median_us"] > 0
        assert set(ours["times_as_fast_as"]) == {"ryjwt", "PyJWT"} & set(cell["results"])
    assert quick["startup"]["results"]["bare interpreter"]["over_bare_ms"] == 0


def test_every_block_of_the_pages_can_be_filled(quick: dict[str, Any], bench: Any):
    tables = bench("tables")
    blocks = "".join(f"<!-- benchmark:begin {name} -->\n<!-- benchmark:end {name} -->\n" for name in tables.BLOCKS)
    filled = tables.render(blocks, quick)
    assert "| HS256, 240 bytes |" in filled
    assert re.search(r"begin (\S+) -->\n\n?<!-- benchmark:end", filled) is None
    assert tables.render(filled, quick) == filled


def test_a_quick_run_of_the_drop_in(quick_drop_in: dict[str, Any]):
    assert [cell["cell"] for cell in quick_drop_in["cells"]] == DROP_IN_CELLS
    assert [cell["cell"] for cell in quick_drop_in["encode"]] == ENCODE_CELLS
    for cell in quick_drop_in["cells"]:
        assert cell["answers_checked"] == 3 * (64 + 4 * 8 + 64 + 63 + 8) + 2 * (4 * 8 + 64 + 63 + 8)
        assert cell["ratios"].keys() == {"times_the_verifier", "times_as_fast_as_PyJWT"}
    for cell in quick_drop_in["encode"]:
        assert cell["claims"] == 10
        assert cell["private_keys_kept"] == cell["cell"].endswith("-keeping")
        assert cell["ratios"].keys() == {"times_as_fast_as_PyJWT"}


def test_every_block_of_the_drop_in_can_be_filled(quick_drop_in: dict[str, Any], bench: Any):
    tables = bench("tables")
    blocks = "".join(
        f"<!-- benchmark:begin {name} -->\n<!-- benchmark:end {name} -->\n" for name in tables.DROP_IN_BLOCKS
    )
    filled = tables.render(blocks, quick_drop_in, tables.DROP_IN_BLOCKS)
    assert "| PS256, 539 bytes |" in filled
    assert re.search(r"begin (\S+) -->\n\n?<!-- benchmark:end", filled) is None
    assert tables.render(filled, {}) == filled


def test_a_block_that_nothing_fills(bench: Any):
    with pytest.raises(KeyError, match="startupp"):
        bench("tables").render("<!-- benchmark:begin startupp -->\n<!-- benchmark:end startupp -->", {})


def test_only_known_cells():
    done = run("run.py", "--quick", "--only", "HS512")
    assert done.returncode == 1
    assert "the cells are HS256-small" in done.stderr


class TestProof:
    """A library that answers otherwise is never timed."""

    @pytest.fixture
    def proof(self, bench: Any) -> ModuleType:
        return bench("proof")

    @pytest.fixture
    def cell(self, bench: Any) -> Any:
        tokens = bench("tokens")
        return tokens.make_cell(tokens.make_keys("HS256"), "gateway")

    @pytest.fixture
    def honest(self, bench: Any, cell: Any) -> Any:
        peers = bench("peers")
        peer = next(peer for peer in peers.PEERS if peer.name == "rapidjwt pure")
        return peers.compile_contender(peer, cell)

    def test_equal_answers(self, proof: ModuleType, cell: Any, honest: Any):
        assert proof.prove(honest, cell) == 64 + 4 * 8 + 64 + 63

    def test_other_claims(self, proof: ModuleType, cell: Any, honest: Any):
        lying = dataclasses.replace(honest, decode=lambda token: honest.decode(token) | {"sub": "admin"})
        with pytest.raises(proof.Unequal, match="claims differ"):
            proof.prove(lying, cell)

    def test_other_order(self, proof: ModuleType, cell: Any, honest: Any):
        sorting = dataclasses.replace(honest, decode=lambda token: dict(sorted(honest.decode(token).items())))
        with pytest.raises(proof.Unequal, match="claims differ"):
            proof.prove(sorting, cell)

    @pytest.mark.parametrize(
        "what",
        ["expired", "not yet valid", "wrong audience", "wrong issuer", "signature changed", "claims changed"],
    )
    def test_a_bad_token_that_is_accepted(self, proof: ModuleType, cell: Any, honest: Any, what: str):
        bad = set(cell.refused[what])
        blind = dataclasses.replace(honest, decode=lambda token: {} if token in bad else honest.decode(token))
        with pytest.raises(proof.Unequal, match=f"accepted a token with: {what}"):
            proof.prove(blind, cell)

    def test_a_refusal_that_is_another_error(self, proof: ModuleType, cell: Any, honest: Any):
        def broken(token: str) -> dict[str, Any]:
            if token in cell.tokens:
                return honest.decode(token)
            raise TypeError

        with pytest.raises(TypeError):
            proof.prove(dataclasses.replace(honest, decode=broken), cell)


class TestProofOfTheDropIn:
    """Nor is one that refuses in other words, or writes another token."""

    @pytest.fixture
    def proof(self, bench: Any) -> ModuleType:
        return bench("proof")

    def test_other_words(self, proof: ModuleType, bench: Any):
        tokens, peers, drop_in = bench("tokens"), bench("peers"), bench("drop_in")
        cell = tokens.make_cell(drop_in._keys("HS256"), "small")
        ours, theirs = (peers.compile_contender(module, cell) for module in drop_in._MODULES)
        assert proof.prove_same_refusals(ours, theirs, cell) == 4 * 8 + 64 + 63

        def otherwise(token: str) -> Any:
            try:
                return ours.decode(token)
            except ours.refusal as error:
                raise type(error)(f"{error}!") from None

        with pytest.raises(proof.Unequal, match="a token with: expired"):
            proof.prove_same_refusals(dataclasses.replace(ours, decode=otherwise), theirs, cell)

    @pytest.mark.parametrize("randomised", [False, True])
    def test_other_tokens(self, proof: ModuleType, randomised: bool):
        import jwt

        secret = "a secret of at least thirty-two bytes"
        payloads = [{"sub": "user-1"}]

        def decode(token: str) -> Any:
            return jwt.decode(token, secret, algorithms=["HS256"])

        theirs = lambda claims: jwt.encode(claims, secret), decode
        other = lambda claims: jwt.encode(claims, secret, headers={"kid": "1"}), decode
        deaf = theirs[0], lambda token: {}
        assert proof.prove_encoding(theirs, theirs, payloads, randomised=randomised) == 4
        with pytest.raises(proof.Unequal, match="tokens differ"):
            proof.prove_encoding(other, theirs, payloads, randomised=randomised)
        with pytest.raises(proof.Unequal, match="read otherwise"):
            proof.prove_encoding(theirs, deaf, payloads, randomised=randomised)


def test_ratios(bench: Any):
    rounds = bench("rounds")
    assert rounds.ratio([4.0, 6.0, 5.0], [2.0, 2.0, 2.0]) == {"of_medians": 2.5, "paired_median": 2.5}
    assert rounds.ratio([1.0, 100.0, 3.0], [1.0, 50.0, 1.0]) == {"of_medians": 3.0, "paired_median": 2.0}
    assert rounds.quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == (2.0, 4.0)
