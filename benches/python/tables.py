"""Write the tables of README.md and docs/performance.md from the committed results, between their markers.

python benches/python/tables.py            write them anew
python benches/python/tables.py --check    only say whether they agree with the results; 1 if not
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benches" / "results" / "decode.json"
DROP_IN_RESULTS = RESULTS.with_name("drop_in.json")
PAGES = (ROOT / "README.md", ROOT / "docs" / "performance.md")
_BLOCK = re.compile(
    r"(?P<begin><!-- benchmark:begin (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- benchmark:end (?P=name) -->)", re.DOTALL
)

NATIVE, PROOF, PURE = "rapidjwt", "rapidjwt verify", "rapidjwt pure"
OURS = (NATIVE, PROOF, PURE)
DROP_IN, VERIFIER, PYJWT = "rapidjwt.jwt", "Verifier.decode", "PyJWT"

Result = dict[str, Any]
Blocks = dict[str, Callable[[Result], str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check all pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a page disagrees")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    parser.add_argument("--drop-in-results", type=Path, default=DROP_IN_RESULTS, metavar="FILE")
    options = parser.parse_args(arguments)
    result, drop_in = (
        json.loads(file.read_text(encoding="utf-8")) for file in (options.results, options.drop_in_results)
    )
    stale = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fresh = render(render(text, result), drop_in, DROP_IN_BLOCKS)
        if fresh != text:
            stale.append(page)
            if not options.check:
                page.write_text(fresh, encoding="utf-8")
    for page in stale:
        print(f"{page.relative_to(ROOT)}: {'disagrees with the results' if options.check else 'written'}")
    return 1 if options.check and stale else 0


def render(text: str, result: Result, blocks: Blocks | None = None) -> str:
    """Fill the blocks of a page that show one file of results, those of decode.json unless others are given."""
    mine = BLOCKS if blocks is None else blocks

    def fill(block: re.Match[str]) -> str:
        name = block["name"]
        if name not in BLOCKS | DROP_IN_BLOCKS:
            raise KeyError(name)
        return f"{block['begin']}{mine[name](result)}\n{block['end']}" if name in mine else block[0]

    return _BLOCK.sub(fill, text)


def _decode(result: Result) -> str:
    libraries = list(result["libraries"])
    head = ["", *(_label(name) for name in libraries), "times as fast as ryjwt", "times as fast as PyJWT"]
    rows = []
    for cell in result["cells"]:
        found = cell["results"]
        ratios = found.get(NATIVE, {}).get("times_as_fast_as", {})
        times = [_microseconds(found[name]["median_us"]) if name in found else "-" for name in libraries]
        faster = [f"{ratios[other]['of_medians']:.2f}" if other in ratios else "-" for other in ("ryjwt", "PyJWT")]
        rows.append([_cell(cell), *times, *faster])
    return _table(head, rows)


def _lost(result: Result) -> str:
    """Where another library was faster; said by the numbers, not by us."""
    native, pure = _faster_than(result, NATIVE), _faster_than(result, PURE)
    lines = [
        f"Faster than `rapidjwt` in this run: {'; '.join(native) or 'none of them'}.",
        f"Faster than its pure half: {'; '.join(pure) or 'none of them'}.",
    ]
    starts = result.get("startup", {}).get("results", {})
    ours = starts.get("import rapidjwt (native)")
    sooner = [
        f"`{name}` ({one['over_bare_ms']:.1f} ms)"
        for name, one in starts.items()
        if ours and name.startswith("import ") and "rapidjwt" not in name and one["over_bare_ms"] < ours["over_bare_ms"]
    ]
    if sooner:
        lines.append(
            f"Sooner imported than `rapidjwt` ({ours['over_bare_ms']:.1f} ms over the bare interpreter): {', '.join(sooner)}."
        )
    return "\n".join(lines)


def _faster_than(result: Result, ours: str) -> list[str]:
    """One phrase a library: in which cells its median was lower than ours, and how many times."""
    phrases = []
    for name in (name for name in result["libraries"] if name not in OURS):
        both = [cell for cell in result["cells"] if ours in cell["results"] and name in cell["results"]]
        times = {_cell(cell): cell["results"][ours]["median_us"] / cell["results"][name]["median_us"] for cell in both}
        lost = {cell: ratio for cell, ratio in times.items() if ratio > 1}
        if lost and len(lost) == len(both) > 1:
            phrases.append(f"{name} in every cell ({min(lost.values()):.2f} to {max(lost.values()):.2f} times)")
        elif lost:
            phrases.append(f"{name} with {', '.join(f'{cell} ({ratio:.2f} times)' for cell, ratio in lost.items())}")
    return phrases


def _conditions(result: Result) -> str:
    machine, method, python = result["machine"], result["method"], result["machine"]["python"]
    virtual = ", virtual machine" if machine["virtual"] else ""
    guided = {True: "built with profile guidance", False: "built without profile guidance", None: ""}[
        python["profile_guided"]
    ]
    facts = [
        f"{machine['cpu']} ({machine['cores']} cores{virtual}; {' '.join(machine['flags'])}), {machine['os']}",
        f"{python['implementation']} {python['version']} ({', '.join(filter(None, [python['compiler'], guided]))})",
        *([machine["rustc"].split(" (")[0]] if machine["rustc"] else []),
        f"{method['rounds']} interleaved rounds of {method['tokens_per_cell']} different tokens"
        + (", pinned to one core" if method["pinned_to_one_core"] else ", not pinned to a core"),
        f"for {_held(result):.0f} % of the time other programs held the core",
        *_load(result),
        result["date"][:10],
    ]
    return "; ".join(facts) + "."


def _load(result: Result) -> list[str]:
    """The load average of one minute, where the results have it."""
    load = result.get("load_average", {})
    return [f"load average {load['before'][0]} before, {load['after'][0]} after"] if load.get("before") else []


def _held(result: Result) -> float:
    """The share of wall time that was not this process's CPU time, in per cent: near 0 on an idle machine."""
    timed = [one for cell in result["cells"] + result.get("encode", []) for one in cell["results"].values()]
    own: float = sum(one["cpu_median_us"] for one in timed) / sum(one["median_us"] for one in timed)
    return 100 * max(0.0, 1 - own)


def _versions(result: Result) -> str:
    rows = [
        [name, one["version"] or "not installed", "<br>".join(f"`{line}`" for line in one["statement"].splitlines())]
        for name, one in result["libraries"].items()
    ]
    table = _table(["", "version", "what is timed for each token"], rows)
    others = ", ".join(f"{name} {version or 'not installed'}" for name, version in result["also_installed"].items())
    reasons = {
        f"{name}, {cell['algorithm']}: {why}" for cell in result["cells"] for name, why in cell["absent"].items()
    }
    absent = f"\n\nNot measured: {'; '.join(sorted(reasons))}." if reasons else ""
    return f"{table}\n\nAlso installed: {others}.{absent}"


def _spread(result: Result) -> str:
    rows = []
    for cell in result["cells"]:
        for name, one in cell["results"].items():
            ratios = one["times_as_fast_as"]
            rows.append(
                [
                    _cell(cell),
                    name,
                    _microseconds(one["median_us"]),
                    " to ".join(map(_microseconds, one["quartiles_us"])),
                    _microseconds(one["cpu_median_us"]),
                    *(f"{ratios[other]['of_medians']:.2f}" if other in ratios else "-" for other in ("ryjwt", "PyJWT")),
                ]
            )
    head = ["", "", "median", "quartiles", "median CPU time", "times as fast as ryjwt", "times as fast as PyJWT"]
    return _table(head, rows, left=2)


def _startup(result: Result) -> str:
    measured = result["startup"]
    rows = [
        [
            f"`{name}`" if " " in name else name,
            f"{one['median_ms']:.1f}",
            " to ".join(f"{ms:.1f}" for ms in one["quartiles_ms"]),
            f"{one['over_bare_ms']:.1f}",
        ]
        for name, one in measured["results"].items()
    ]
    table = _table(["process", "median ms", "quartiles", "over the bare interpreter"], rows)
    absent = "".join(f"\n\nNot measured: {name}, {why}." for name, why in measured["absent"].items())
    return table + absent


def _drop_in_decode(result: Result) -> str:
    names = (DROP_IN, VERIFIER, PYJWT)
    ratios = ("times_the_verifier", "times_as_fast_as_PyJWT")
    head = ["", *(f"`{name}`" for name in (f"{DROP_IN}.decode", VERIFIER)), PYJWT]
    return _drop_in([*head, f"times `{VERIFIER}`", f"times as fast as {PYJWT}"], result["cells"], names, ratios)


def _drop_in_encode(result: Result) -> str:
    head = ["", f"`{DROP_IN}.encode`", PYJWT, f"times as fast as {PYJWT}"]
    return _drop_in(head, result["encode"], (DROP_IN, PYJWT), ("times_as_fast_as_PyJWT",))


# By CPU time: unlike the other results, these may come from a machine that was not idle.
def _drop_in(head: list[str], cells: list[Result], names: Sequence[str], ratios: Sequence[str]) -> str:
    rows = []
    for cell in cells:
        found = [cell["results"][name] for name in names]
        times = [
            f"{_microseconds(one['cpu_median_us'])} ({' to '.join(map(_microseconds, one['cpu_quartiles_us']))})"
            for one in found
        ]
        kept = ", key kept" if cell.get("private_keys_kept") else ""
        rows.append(
            [_cell(cell) + kept, *times, *(f"{cell['ratios'][ratio]['cpu']['of_medians']:.2f}" for ratio in ratios)]
        )
    return _table(head, rows)


BLOCKS: Blocks = {
    "decode": _decode,
    "lost": _lost,
    "conditions": _conditions,
    "versions": _versions,
    "spread": _spread,
    "startup": _startup,
}
DROP_IN_BLOCKS: Blocks = {
    "drop-in-conditions": _conditions,
    "drop-in-decode": _drop_in_decode,
    "drop-in-encode": _drop_in_encode,
}


def _label(name: str) -> str:
    return {NATIVE: "**rapidjwt**", PROOF: "`verify`, no dict", PURE: "pure Python half"}.get(name, name)


def _cell(cell: Result) -> str:
    low, high = cell["token_bytes"]
    middle = (low + high) // 2
    return f"{cell['algorithm']}, {middle} bytes" if middle < 1_000 else f"{cell['algorithm']}, {middle / 1_000:.1f} kB"


def _microseconds(value: float) -> str:
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _table(head: list[str], rows: list[list[str]], left: int = 1) -> str:
    rule = ["---" if place < left else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


if __name__ == "__main__":
    sys.exit(main())
