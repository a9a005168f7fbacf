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
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "benches" / "python"
RESULTS = ROOT / "benches" / "results"
ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")
PARTS = {
    "decode": [f"{algorithm}-{size}" for algorithm in ALGORITHMS for size in ("small", "gateway", "large")],
    "refused": [f"{algorithm}-{what}" for algorithm in ALGORITHMS for what in ("expired", "forged")],
    "encode": ["HS256-small", *(f"{algorithm}-gateway" for algorithm in ALGORITHMS)],
    "cache": [*(f"{algorithm}-{how}" for how in ("hit", "zipf") for algorithm in ALGORITHMS), "HS256-zipf-all"],
    "batches": ["HS256-small", *(f"{algorithm}-gateway" for algorithm in ALGORITHMS)],
    "key_sets": list(ALGORITHMS),
    "drop_in": [
        *(f"{one}-{size}" for one in ("HS256", "RS256", "PS256", "ES256", "EdDSA") for size in ("small", "gateway")),
        "HS256-encode",
        *(f"{one}-encode{kept}" for one in ("RS256", "ES256", "EdDSA") for kept in ("", "-keeping")),
    ],
    "startup": ["startup"],
}
NOT_THERE = {("python-jose", "EdDSA")}


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAMS / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


def committed(name: str) -> dict[str, Any]:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


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
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The results of a quick run of all parts with what is installed here, and the committed ones of the rest."""
    out = tmp_path_factory.mktemp("bench")
    done = run("run.py", "--quick", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    made = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in out.glob("*.json")}
    assert made.keys() == PARTS.keys()
    return made


def test_the_bench_of_fetched_keys_works():
    done = run("fetched_keys.py", "--quick")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["tokens_of_strangers"] == 200
    assert result["fetches"] >= 1


def test_the_pages_and_charts_agree_with_the_results():
    done = run("tables.py", "--check")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nwrite them anew: python benches/python/tables.py"


@pytest.mark.parametrize(
    ("part", "cell", "contender", "stale"),
    [
        ("decode", "HS256-gateway", "rapidjwt", ["README.md", "performance.md", "decode-light.svg", "decode-dark.svg"]),
        ("refused", "ES256-forged", "PyJWT", ["performance.md"]),
        ("cache", "RS256-hit", "rapidjwt, cached", ["performance.md", "ways-light.svg", "ways-dark.svg"]),
        ("drop_in", "HS256-encode", "PyJWT", ["performance.md"]),
    ],
)
def test_disagreement_is_noticed(tmp_path: Path, part: str, cell: str, contender: str, stale: list[str]):
    for file in RESULTS.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    result = committed(part)
    (changed,) = (one for one in result["cells"] if one["cell"] == cell)
    changed["results"][contender]["median_us"] *= 2
    (tmp_path / f"{part}.json").write_text(json.dumps(result), encoding="utf-8")
    done = run("tables.py", "--check", "--results", str(tmp_path))
    assert done.returncode == 1
    for name in stale:
        assert f"{name}: disagrees with the results" in done.stdout
    if "README.md" not in stale:
        assert "README.md" not in done.stdout


@pytest.mark.parametrize("part", PARTS)
def test_the_committed_results_are_whole(part: str):
    result = committed(part)
    assert [cell["cell"] for cell in result["cells"]] == PARTS[part]
    assert result["method"]["rounds"] >= 15
    assert result["method"]["pinned_to_one_core"] is (part != "batches")
    assert result["machine"]["python"]["version"].startswith("3.13.")
    assert result["build"]["native_sha256"]
    for cell in result["cells"]:
        assert {(name, cell["algorithm"]) for name in cell["absent"]} <= NOT_THERE
        for one in cell["results"].values():
            assert len(one["rounds_us"]) == result["method"]["rounds"]


@pytest.mark.parametrize("file", sorted(RESULTS.glob("*.json")), ids=lambda file: file.stem)
def test_the_committed_results_do_not_tell_where_they_were_made(file: Path):
    text = file.read_text(encoding="utf-8")
    assert socket.gethostname() not in text
    assert not re.search(r"/(home|root|tmp|work|Users|usr)/", text)


def test_charts_are_the_same_bytes_again_and_well_formed(bench: Any):
    charts, tables = bench("charts"), bench("tables")
    drawn = charts.draw(tables.load(RESULTS))
    assert drawn == charts.draw(tables.load(RESULTS))
    assert {name.rpartition("-")[2] for name in drawn} == {"light.svg", "dark.svg"}
    for name, text in drawn.items():
        assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
        assert (tables.CHARTS / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("part", PARTS)
def test_a_quick_run(quick: dict[str, dict[str, Any]], part: str):
    result = quick[part]
    assert [cell["cell"] for cell in result["cells"]] == PARTS[part]
    for cell in result["cells"]:
        if result["statements"]:
            assert set(cell["results"]) | set(cell["absent"]) <= set(result["statements"])
        for one in cell["results"].values():
            assert one["median_us"] > 0
            assert set(one["times_as_fast_as"]) == {"ryjwt", "PyJWT"} & set(cell["results"])


def test_the_quick_decode_run_proved_its_answers(quick: dict[str, dict[str, Any]]):
    for cell in quick["decode"]["cells"]:
        assert cell["answers_checked"] == len(cell["results"]) * (64 + 64 + 3 * 8 + 64 + 63)
        assert "rapidjwt pure" in cell["results"]
    for cell in quick["drop_in"]["cells"]:
        if "size" in cell:
            assert cell["answers_checked"] == 3 * (64 + 64 + 3 * 8 + 64 + 63 + 8) + 2 * (64 + 3 * 8 + 64 + 63 + 8)
        else:
            assert cell["private_keys_kept"] == cell["cell"].endswith("-keeping")


def test_every_block_of_the_pages_can_be_filled(bench: Any):
    blocks, tables = bench("blocks"), bench("tables")
    page = "".join(f"<!-- benchmark:begin {name} -->\n<!-- benchmark:end {name} -->\n" for name in blocks.BLOCKS)
    results = tables.load(RESULTS)
    filled = tables.render(page, results)
    assert "| HS256, 240 bytes |" in filled
    assert re.search(r"begin (\S+) -->\n\n?<!-- benchmark:end", filled) is None
    assert tables.render(filled, results) == filled


def test_every_block_stands_on_a_page(bench: Any):
    text = "".join(page.read_text(encoding="utf-8") for page in bench("tables").PAGES)
    assert {name for name in bench("blocks").BLOCKS if f"benchmark:begin {name} -->" not in text} == set()


def test_a_block_that_nothing_fills(bench: Any):
    with pytest.raises(KeyError, match="startupp"):
        bench("tables").render("<!-- benchmark:begin startupp -->\n<!-- benchmark:end startupp -->", {})


def test_only_known_parts_and_cells():
    done = run("run.py", "--quick", "decode", "--only", "HS512")
    assert done.returncode == 1
    assert "the cells of decode are HS256-small" in done.stderr
    done = run("run.py", "decoding")
    assert done.returncode == 2
    assert "no such part: decoding" in done.stderr


def test_a_part_that_is_done_is_not_run_again(tmp_path: Path):
    quick = ("run.py", "encode", "--quick", "--out", str(tmp_path))
    assert "written" in run(*quick).stdout
    assert run(*quick, "--resume").stdout == "encode: done before\n"
    assert "written" in run(*quick, "--resume", "--rounds", "1").stdout


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
        assert proof.prove(honest, cell) == 64 + 64 + 3 * 8 + 64 + 63

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

    def test_a_batch_out_of_order(self, proof: ModuleType, bench: Any, cell: Any):
        verifier = bench("peers").PEERS[5].prepare(cell)["verifier"]
        answers = sum(map(len, cell.refused.values())) + 64
        assert proof.prove_batches(verifier.verify_many, cell) == answers
        with pytest.raises(proof.Unequal, match="accepts or refuses otherwise"):
            proof.prove_batches(lambda tokens: verifier.verify_many(tokens)[::-1], cell)
        swapped = [*cell.tokens[1:], cell.tokens[0]]
        other = dict(zip(cell.tokens, swapped, strict=True))
        with pytest.raises(proof.Unequal, match="claims of a batch differ"):
            proof.prove_batches(lambda tokens: verifier.verify_many([other.get(one, one) for one in tokens]), cell)

    def test_what_is_accepted_beyond_equal_answers_is_named(
        self, proof: ModuleType, bench: Any, honest: Any, monkeypatch: pytest.MonkeyPatch
    ):
        tokens, decode, peers = bench("tokens"), bench("decode"), bench("peers")
        doubtful = tokens.doubtful(tokens.make_keys("HS256"))
        assert {what for named in peers.LAXER.values() for what in named} == set(doubtful)
        assert proof.laxer(honest, doubtful) == []
        blind = dataclasses.replace(honest, decode=lambda token: {})
        assert proof.laxer(blind, doubtful) == list(doubtful)
        monkeypatch.setitem(peers.LAXER, "PyJWT", {})
        with pytest.raises(proof.Unequal, match="PyJWT: accepts"):
            decode.DECODE.facts()


class TestProofOfTheDropIn:
    """Nor is one that refuses in other words, or writes another token."""

    @pytest.fixture
    def proof(self, bench: Any) -> ModuleType:
        return bench("proof")

    def test_other_words(self, proof: ModuleType, bench: Any):
        tokens, peers, drop_in = bench("tokens"), bench("peers"), bench("drop_in")
        cell = tokens.make_cell(drop_in.kept_keys("HS256"), "small")
        ours, theirs = (peers.compile_contender(module, cell) for module in drop_in._MODULES)
        assert proof.prove_same_refusals(ours, theirs, cell) == 64 + 3 * 8 + 64 + 63

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
