"""The tables: results in, Markdown out. Everything that a page says in numbers is said here, also where others were faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import web_block

Result = dict[str, Any]
Results = Mapping[str, Result]

NATIVE, PROOF, PURE = "rapidjwt", "rapidjwt verify", "rapidjwt pure"
OURS = (NATIVE, PROOF, PURE)
DROP_IN, VERIFIER, PYJWT = "rapidjwt.jwt", "Verifier.decode", "PyJWT"
PARTS = ("decode", "refused", "encode", "cache", "batches", "key_sets", "drop_in", "startup")


def _by_library(result: Result, wanted: Callable[[Result], bool] = lambda cell: True) -> str:
    libraries = list(result["statements"])
    head = ["", *(_label(name) for name in libraries), "times as fast as ryjwt", "times as fast as PyJWT"]
    rows = []
    for cell in filter(wanted, result["cells"]):
        found = cell["results"]
        ratios = found.get(NATIVE, {}).get("times_as_fast_as", {})
        times = [_median(found, name) for name in libraries]
        faster = [f"{ratios[other]['of_medians']:.2f}" if other in ratios else "-" for other in ("ryjwt", PYJWT)]
        rows.append([cell_name(cell), *times, *faster])
    return _table(head, rows)


def _lost(results: Results) -> str:
    """Where another library was faster; said by the numbers, not by us."""
    result = results["decode"]
    native, pure = _faster_than(result, NATIVE), _faster_than(result, PURE)
    lines = [
        f"Faster than `rapidjwt` in this run: {'; '.join(native) or 'none of them'}.",
        f"Faster than its pure half: {'; '.join(pure) or 'none of them'}.",
    ]
    starts = _over_bare(results["startup"])
    ours = starts.get("import rapidjwt (native)")
    sooner = [
        f"`{name}` ({one:.1f} ms)"
        for name, one in starts.items()
        if ours and name.startswith("import ") and "rapidjwt" not in name and one < ours
    ]
    if sooner:
        lines.append(f"Sooner imported than `rapidjwt` ({ours:.1f} ms over the bare interpreter): {', '.join(sooner)}.")
    return "\n".join(lines)


def _faster_than(result: Result, ours: str) -> list[str]:
    """One phrase a library: in which cells its median was lower than ours, and how many times."""
    phrases = []
    for name in (name for name in result["statements"] if name not in OURS):
        both = [cell for cell in result["cells"] if ours in cell["results"] and name in cell["results"]]
        times = {
            cell_name(cell): cell["results"][ours]["median_us"] / cell["results"][name]["median_us"] for cell in both
        }
        lost = {cell: ratio for cell, ratio in times.items() if ratio > 1}
        if lost and len(lost) == len(both) > 1:
            phrases.append(f"{name} in every cell ({min(lost.values()):.2f} to {max(lost.values()):.2f} times)")
        elif lost:
            phrases.append(f"{name} with {', '.join(f'{cell} ({ratio:.2f} times)' for cell, ratio in lost.items())}")
    return phrases


def _conditions(results: Results) -> str:
    result = results["decode"]
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
        result["date"][:10],
    ]
    return "; ".join(facts) + "."


def _runs(results: Results) -> str:
    rows = []
    for name in PARTS:
        result, method = results[name], results[name]["method"]
        load = " to ".join(str(method[when][0]) if method[when] else "?" for when in ("load_before", "load_after"))
        held = f"{_held(result):.0f} %" if method["pinned_to_one_core"] and name != "startup" else "-"
        build = (result["build"]["native_sha256"] or "no native half")[:12]
        rows.append([f"`{name}`", f"{method['rounds']}", held, load, f"`{build}`", result["date"][:10]])
    head = [
        "part",
        "rounds",
        "time that others held the core",
        "load before and after",
        "digest of the native half",
        "date",
    ]
    return _table(head, rows)


def _held(result: Result) -> float:
    """The share of wall time that was not this process's CPU time, in per cent: near 0 on an idle machine."""
    timed = [one for cell in result["cells"] for one in cell["results"].values()]
    own: float = sum(one["cpu_median_us"] for one in timed) / sum(one["median_us"] for one in timed)
    return 100 * max(0.0, 1 - own)


def _versions(results: Results) -> str:
    result = results["decode"]
    distributions = {name: "rapidjwt" if name in OURS else name for name in result["statements"]}
    rows = [
        [
            name,
            result["versions"][distributions[name]] or "not installed",
            "<br>".join(f"`{line}`" for line in statement.splitlines()),
        ]
        for name, statement in result["statements"].items()
    ]
    table = _table(["", "version", "what is timed for each token"], rows)
    others = ", ".join(
        f"{name} {version or 'not installed'}"
        for name, version in result["versions"].items()
        if name not in distributions.values()
    )
    reasons = {
        f"{name}, {cell['algorithm']}: {why}" for cell in result["cells"] for name, why in cell["absent"].items()
    }
    absent = f"\n\nNot measured: {'; '.join(sorted(reasons))}." if reasons else ""
    return f"{table}\n\nAlso installed: {others}.{absent}"


def _laxer(results: Results) -> str:
    result = results["decode"]
    rows = []
    for what in result["doubtful"]:
        reasons = {name: why[what] for name, why in result["laxer"].items() if what in why}
        rows.append([what, ", ".join(reasons) or "nobody", next(iter(reasons.values()), "")])
    return _table(["a good signature, and", "accepted by", "who accepts it"], rows, left=3)


def _spread(results: Results) -> str:
    rows = []
    for cell in results["decode"]["cells"]:
        if cell["size"] != "gateway":
            continue
        for name, one in cell["results"].items():
            ratios = one["times_as_fast_as"]
            rows.append(
                [
                    cell_name(cell),
                    name,
                    microseconds(one["median_us"]),
                    " to ".join(map(microseconds, one["quartiles_us"])),
                    microseconds(one["cpu_median_us"]),
                    *(
                        f"{ratios[other]['paired_median']:.2f}" if other in ratios else "-"
                        for other in ("ryjwt", PYJWT)
                    ),
                ]
            )
    head = ["", "", "median", "quartiles", "median CPU time", "ratio to ryjwt, round by round", "to PyJWT"]
    return _table(head, rows, left=2)


def _startup(results: Results) -> str:
    (cell,) = results["startup"]["cells"]
    over = _over_bare(results["startup"])
    rows = [
        [
            f"`{name}`",
            f"{one['median_us'] / 1000:.1f}",
            " to ".join(f"{us / 1000:.1f}" for us in one["quartiles_us"]),
            f"{over[name]:.1f}",
        ]
        for name, one in cell["results"].items()
    ]
    table = _table(["process", "median ms", "quartiles", "over the bare interpreter"], rows)
    return table + "".join(f"\n\nNot measured: {name}, {why}." for name, why in cell["absent"].items())


def _over_bare(result: Result) -> dict[str, float]:
    """Milliseconds over the bare interpreter, from the medians."""
    (cell,) = result["cells"]
    bare = cell["results"]["bare interpreter"]["median_us"]
    return {name: (one["median_us"] - bare) / 1_000 for name, one in cell["results"].items()}


def _refused(results: Results) -> str:
    libraries = list(results["refused"]["statements"])
    rows = [
        [f"{cell_name(cell)}, {cell['tokens']}", *(_median(cell["results"], name) for name in libraries)]
        for cell in results["refused"]["cells"]
    ]
    return _table(["", *map(_label, libraries)], rows)


def _cache_hits(results: Results) -> str:
    head = ["", "`decode`", "`verify`", "`decode`, no cache", "`verify`, no cache", "ryjwt", "ryjwt, HS256"]
    names = ("rapidjwt, cached", "rapidjwt verify, cached", NATIVE, PROOF, "ryjwt", "ryjwt, HS256")
    rows = [
        [cell_name(cell), *(_median(cell["results"], name) for name in names)]
        for cell in _cells(results["cache"], "-hit")
    ]
    return _table(head, rows)


def _floor(results: Results) -> str:
    rows = []
    for cell in _cells(results["cache"], "-hit"):
        found = cell["results"]
        over = found["rapidjwt, cached"]["median_us"] - found["display"]["median_us"]
        times = (_median(found, name) for name in ("rapidjwt, cached", "display", "dict(zip)"))
        rows.append([cell_name(cell), *times, f"{over:+.2f}"])
    head = ["", "cached `decode`", "dict display", "`dict(zip(names, values))`", "cached `decode` over the display"]
    return _table(head, rows)


def _zipf(results: Results) -> str:
    rows = []
    for cell in [*_cells(results["cache"], "-zipf"), *_cells(results["cache"], "-zipf-all")]:
        found = cell["results"]
        names = ("rapidjwt, cached", "rapidjwt verify, cached", NATIVE, PROOF, "ryjwt")
        room = "all tokens" if cell["room_for"] > 1 else f"{cell['room_for']:.0%} of them"
        rate = f"{100 * cell['hit_rate']['rapidjwt verify, cached']:.1f} %"
        rows.append([cell_name(cell), room, rate, *(_median(found, name) for name in names)])
    head = [
        "",
        "room for",
        "hits",
        "`decode`, cached",
        "`verify`, cached",
        "`decode`, no cache",
        "`verify`, no cache",
        "ryjwt",
    ]
    return _table(head, rows, left=2)


def _batches(results: Results) -> str:
    result = results["batches"]
    many = [name for name in result["statements"] if name.startswith("batch")]
    sizes = list(dict.fromkeys(name.rsplit(", ", 1)[0] for name in many))
    rows = []
    for cell in result["cells"]:
        found = cell["results"]
        for threads in ("1 thread", "2 threads"):
            times = [_median(found, f"{size}, {threads}") for size in sizes]
            alone = [_median(found, name) if threads == "1 thread" else "" for name in (PROOF, "ryjwt")]
            rows.append([cell_name(cell), threads, *alone, *times])
    return _table(["", "", "`verify`, one by one", "ryjwt, one by one", *sizes], rows, left=2)


def _key_sets(results: Results) -> str:
    result = results["key_sets"]
    columns = {
        "1 key": "1 key, one",
        "10, to one": "10 keys, one",
        "10, to all": "10 keys, all",
        "1,000, to one": "1,000 keys, one",
        "1,000, to all": "1,000 keys, all",
    }
    rows = []
    for cell in result["cells"]:
        found = cell["results"]
        for call in ("decode", "verify"):
            times = [_median(found, f"{call}, {which}") for which in columns.values()]
            many = _ratio(found, f"{call}, 1,000 keys, one", f"{call}, 1 key, one")
            rows.append([cell_name(cell), f"`{call}`", *times, f"{many:.2f}" if many else "-"])
    return _table(["", "", *columns, "1,000, to one, over 1"], rows, left=2)


def _drop_in_decode(results: Results) -> str:
    names = (DROP_IN, VERIFIER, PYJWT)
    head = ["", f"`{DROP_IN}.decode`", f"`{VERIFIER}`", PYJWT, f"times `{VERIFIER}`", f"times as fast as {PYJWT}"]
    pairs = ((DROP_IN, VERIFIER), (PYJWT, DROP_IN))
    return _drop_in(head, [cell for cell in results["drop_in"]["cells"] if "size" in cell], names, pairs)


def _drop_in_encode(results: Results) -> str:
    head = ["", f"`{DROP_IN}.encode`", PYJWT, f"times as fast as {PYJWT}"]
    cells = [cell for cell in results["drop_in"]["cells"] if "size" not in cell]
    return _drop_in(head, cells, (DROP_IN, PYJWT), ((PYJWT, DROP_IN),))


def _drop_in(head: list[str], cells: list[Result], names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> str:
    rows = []
    for cell in cells:
        found = cell["results"]
        times = [
            f"{_median(found, name)} ({' to '.join(map(microseconds, found[name]['quartiles_us']))})" for name in names
        ]
        kept = ", key kept" if cell.get("private_keys_kept") else ""
        rows.append([cell_name(cell) + kept, *times, *(f"{_ratio(found, *pair):.2f}" for pair in pairs)])
    return _table(head, rows)


def _goals(results: Results) -> str:
    """What was aimed at, and what came out, in one run each."""
    decode = {cell["cell"]: cell["results"] for cell in results["decode"]["cells"]}
    cache = {cell["cell"]: cell["results"] for cell in results["cache"]["cells"]}
    batches = {cell["cell"]: cell["results"] for cell in results["batches"]["cells"]}
    key_sets = {cell["cell"]: cell["results"] for cell in results["key_sets"]["cells"]}
    many = batches["HS256-gateway"]
    small, gateway = decode["HS256-small"], decode["HS256-gateway"]
    rows = [
        ["HS256 to a dict, small token, against ryjwt", "1.0 times", _times(_ratio(small, "ryjwt", NATIVE))],
        ["HS256 to a dict, gateway token, against ryjwt", "1.1 times", _times(_ratio(gateway, "ryjwt", NATIVE))],
        ["HS256 `verify`, gateway token, against ryjwt", "3.2 times", _times(_ratio(gateway, "ryjwt", PROOF))],
        [
            "HS256 `verify_many` of 1,024, gateway token, one thread, against ryjwt",
            "3.5 times",
            _times(_ratio(many, "ryjwt", "batch of 1,024, 1 thread")),
        ],
    ]
    for algorithm in ("HS256", "RS256", "ES256", "EdDSA"):
        found = cache[f"{algorithm}-hit"]
        theirs = "ryjwt" if algorithm == "HS256" else "ryjwt, HS256"
        over = found["rapidjwt, cached"]["median_us"] - found["display"]["median_us"]
        rows += [
            [
                f"{algorithm} `verify` from the cache against ryjwt's HS256",
                "8 times",
                _times(_ratio(found, theirs, "rapidjwt verify, cached")),
            ],
            [f"{algorithm} to a dict from the cache, over building the dict", "+0.5 us", f"{over:+.2f} us"],
        ]
    for algorithm in ("RS256", "ES256", "EdDSA"):
        found = batches[f"{algorithm}-gateway"]
        twice = _ratio(found, "batch of 1,024, 1 thread", "batch of 1,024, 2 threads")
        rows.append([f"{algorithm} `verify_many` of 1,024 on 2 threads against one", "1.8 times", _times(twice)])
    for algorithm, found in key_sets.items():
        more = _ratio(found, "verify, 1,000 keys, one", "verify, 1 key, one")
        rows.append([f"{algorithm} `verify` with 1,000 keys, traffic to one, over one key", "+5 %", _percent(more)])
    return _table(["", "aim", "this run"], rows)


def _languages(results: Results) -> str:
    result = results["languages"]
    rows = [
        [name, *(_median(cell["results"], name) for cell in result["cells"]), what]
        for name, what in result["contenders"].items()
    ]
    table = _table(["", *map(cell_name, result["cells"]), "what it is"], rows)
    absent = "".join(f"\n\nNot measured: {name}, {why}." for name, why in result["absent"].items())
    tools = ", ".join(result["versions"][name] for name in ("node", "go", "rust") if name in result["versions"])
    method = result["method"]
    return f"{table}{absent}\n\nNode {tools}; {result['date'][:10]}; load {method['load_before'][0]} before, {method['load_after'][0]} after."


def _instructions(results: Results) -> str:
    counts = results["instructions"]["instructions"]
    rows = [
        [f"`{what}`" if " " not in what else what, "engine" if where == "engine" else f"from {where}", f"{count:,}"]
        for where, steps in counts.items()
        for what, count in steps.items()
    ]
    made = ", ".join(results["instructions"]["conditions"].values())
    return f"{_table(['', '', 'instructions a call'], rows, left=2)}\n\nBy {made}."


def _cells(result: Result, ending: str) -> list[Result]:
    return [cell for cell in result["cells"] if cell["cell"].endswith(ending)]


def _median(found: Mapping[str, Any], name: str) -> str:
    return microseconds(found[name]["median_us"]) if name in found else "-"


def _ratio(found: Mapping[str, Any], theirs: str, ours: str) -> float:
    """Of the two medians; 0 where one is not there."""
    if theirs not in found or ours not in found:
        return 0
    ratio: float = found[theirs]["median_us"] / found[ours]["median_us"]
    return ratio


def _times(ratio: float) -> str:
    return f"{ratio:.2f} times" if ratio else "-"


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f} %" if ratio else "-"


def _label(name: str) -> str:
    return {NATIVE: "**rapidjwt**", PROOF: "`verify`, no dict", PURE: "pure Python half"}.get(name, name)


def cell_name(cell: Result) -> str:
    """The algorithm and the length of a cell's tokens."""
    low, high = cell["token_bytes"]
    middle = (low + high) // 2
    return f"{cell['algorithm']}, {middle} bytes" if middle < 1_000 else f"{cell['algorithm']}, {middle / 1_000:.1f} kB"


def microseconds(value: float) -> str:
    """Three digits."""
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    rule = ["---" if place < left else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


BLOCKS: dict[str, Callable[[Results], str]] = {
    "conditions": _conditions,
    "runs": _runs,
    "goals": _goals,
    "decode": lambda results: _by_library(results["decode"]),
    "decode-gateway": lambda results: _by_library(results["decode"], lambda cell: cell["size"] == "gateway"),
    "lost": _lost,
    "versions": _versions,
    "laxer": _laxer,
    "refused": _refused,
    "encode": lambda results: _by_library(results["encode"]),
    "cache-hits": _cache_hits,
    "cache-floor": _floor,
    "cache-zipf": _zipf,
    "batches": _batches,
    "key-sets": _key_sets,
    "drop-in-decode": _drop_in_decode,
    "drop-in-encode": _drop_in_encode,
    "spread": _spread,
    "startup": _startup,
    "languages": _languages,
    "instructions": _instructions,
    "web": lambda results: web_block.table(results["web"]),
}
