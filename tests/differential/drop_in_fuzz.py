"""PyJWT and `rapidjwt.jwt`, asked the same many times: `python drop_in_fuzz.py --calls 200000`. RAPIDJWT_IMPL names the half.

Sessions of some calls share keys, tokens and objects, so that what is remembered is asked for again. A difference names its
session; `--session` runs that one alone.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # for forge

from drop_in_calls import next_call
from drop_in_compare import Difference, Tally, compare
from drop_in_sides import SetClock, Side, drop_in, real, set_clock
from drop_in_world import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NOW = 1_800_000_000.0
CALLS_A_SESSION = 60
REGISTERING = 0.06
"""The last part of the sessions puts algorithms of its own into the global objects, after which no shortcut need be taken any more."""


def session(
    theirs: Side, ours: Side, clock: Any, name: str, calls: int, tally: Tally, *, registering: bool
) -> Iterator[Difference]:
    """The calls of one session, as its name decides."""
    r = random.Random(name)
    world = World(r, name, registering=registering)
    for side in (theirs, ours):
        side.kept.clear()
    if isinstance(clock, SetClock):
        clock.now = NOW + r.randrange(4000) / 4
    defaults = [(side, side.algorithms.get_default_algorithms()) for side in (theirs, ours)] if registering else []
    for number in range(calls):
        if isinstance(clock, SetClock) and r.random() < 0.2:
            clock.now += r.choice((0.25, 1, 30, 3600))
        if r.random() < 0.005:
            ours.forget()
        call = next_call(world, r)
        difference = compare(theirs, ours, call, tally, rounds=r.choice((2, 2, 2, 3)))
        if difference is not None and not isinstance(clock, SetClock) and _of_time(difference):
            tally.unexplained.remove(difference)  # the clock went on between two calls, unless it is still so
            difference = compare(theirs, ours, call, tally)
        if difference is not None:
            yield difference._replace(when=f"session {name}, call {number}, {difference.when}")
    for side, algorithms in defaults:
        _put_back(side, algorithms)


def _of_time(difference: Difference) -> bool:
    return "ExpiredSignatureError" in repr(difference) or "ImmatureSignatureError" in repr(difference)


def _put_back(side: Side, algorithms: dict[Any, Any]) -> None:
    """The global objects as they were, as far as their names go."""
    for name in (*algorithms, "custom", "reversed", "yes", "x", 5):
        with contextlib.suppress(KeyError):
            side.jwt.unregister_algorithm(name)
    for name, algorithm in algorithms.items():
        side.jwt.register_algorithm(name, algorithm)
    side.jwt.api_jwt._jwt_global_obj.options.update(side.jwt.PyJWT().options)


def run(
    theirs: Side, ours: Side, clock: Any, *, seed: str, calls: int, patience: int = 40
) -> tuple[Tally, list[Difference]]:
    """That many calls. Ends early after that many differences."""
    tally = Tally()
    found: list[Difference] = []
    sessions = max(1, calls // CALLS_A_SESSION)
    for number in range(sessions):
        registering = number >= sessions * (1 - REGISTERING)
        tally.is_open &= registering or ours.is_open()
        name = f"{seed}/{'registering/' if registering else ''}{number}"
        found += session(theirs, ours, clock, name, CALLS_A_SESSION, tally, registering=registering)
        if number % 500 == 499:
            print(f"{tally.calls} calls, {len(found)} unexplained", file=sys.stderr, flush=True)
        if len(found) >= patience:
            break
    return tally, found


def search(theirs: Side, ours: Side, examples: int) -> None:
    """The same calls, chosen by Hypothesis, which raises the shortest session with a difference that it finds."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(r=st.randoms(use_true_random=False), calls=st.integers(1, 4))
    def check(r: random.Random, calls: int) -> None:
        for side in (theirs, ours):
            side.kept.clear()
        world = World(r, "Hypothesis")
        for _ in range(calls):
            difference = compare(theirs, ours, next_call(world, r))
            assert difference is None, f"\n{difference}"

    check()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--session", help="only this one, as a difference names it")
    parser.add_argument("--against", default="rapidjwt.jwt", metavar="MODULE")
    parser.add_argument(
        "--system-clock", action="store_true", help="the clock of the system, read where each side reads it"
    )
    parser.add_argument("--patience", type=int, default=40, help="differences after which to stop")
    parser.add_argument("--examples", type=int, default=0, help="let Hypothesis try so many sessions as well")
    parser.add_argument(
        "--by-function", action="store_true", help="how often each function was called, and had a result"
    )
    chosen = parser.parse_args(arguments)
    theirs, ours, clock = (
        (real(), drop_in(chosen.against), None) if chosen.system_clock else set_clock(chosen.against, NOW)
    )
    if chosen.session:
        tally = Tally()
        registering = "/registering/" in chosen.session
        found = list(session(theirs, ours, clock, chosen.session, CALLS_A_SESSION, tally, registering=registering))
    else:
        tally, found = run(theirs, ours, clock, seed=chosen.seed, calls=chosen.calls, patience=chosen.patience)
    seen: dict[Any, list[Difference]] = {}
    for one in found:
        seen.setdefault(one.gist(), []).append(one)
    for alike in sorted(seen.values(), key=len):
        print(f"{len(alike)} like this: {alike[0]}")
    if chosen.by_function:
        for name, count in tally.by_op.most_common():
            print(f"  {count:8} {name}, {tally.values[name]} with a result")
    half = getattr(sys.modules.get("rapidjwt._impl"), "IMPL", "")
    print(f"remembered at the end: {ours.remembers()}")
    print("the shortcut was open" if tally.is_open else "there was no shortcut")
    print(f"PyJWT and {chosen.against} {half}: {tally}")
    if chosen.examples:
        search(theirs, ours, chosen.examples)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
