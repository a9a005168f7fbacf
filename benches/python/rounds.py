"""Interleaved rounds in one process: each round times every contender once, in an order that moves on from round to round."""

from __future__ import annotations

import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Loop = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Timed:
    """A loop and what it goes through."""

    name: str
    loop: Loop
    inputs: Sequence[Any]
    tokens_each: int = 1
    """How many tokens one input is: a batch is more than one."""


@dataclass
class Timing:
    """What one contender took in one cell, in microseconds a token, round by round."""

    tokens_per_round: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def pin(cores: set[int] | None = None) -> set[int] | None:
    """Keep this process on these cores, or on one, the last it may use; returns those it had, None where the system has no such call."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or {max(before)})
    return before


def time_loops(timed: Sequence[Timed], rounds: int, target_seconds: float) -> list[Timing]:
    """Time the contenders of one cell. The result stands in their order."""
    batches = [_calibrate(one, target_seconds) for one in timed]
    timings = [Timing(len(batch) * one.tokens_each) for one, batch in zip(timed, batches, strict=True)]
    collecting = gc.isenabled()
    gc.disable()
    try:
        for round_ in range(rounds):
            for place in range(len(timed)):
                index = (round_ + place) % len(timed)
                wall, cpu = _time(timed[index].loop, batches[index])
                timings[index].wall.append(wall / timings[index].tokens_per_round)
                timings[index].cpu.append(cpu / timings[index].tokens_per_round)
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return timings


def summary(timing: Timing) -> dict[str, Any]:
    """What the results keep of one contender in one cell; each round as well."""
    return {
        "median_us": round(statistics.median(timing.wall), 4),
        "quartiles_us": [round(one, 4) for one in quartiles(timing.wall)],
        "cpu_median_us": round(statistics.median(timing.cpu), 4),
        "tokens_per_round": timing.tokens_per_round,
        "rounds_us": [round(one, 4) for one in timing.wall],
    }


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third quartile of the rounds."""
    if len(values) < 2:
        return values[0], values[0]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """How many times as fast ours is: from the two medians, and the median of the ratios round by round."""
    paired = [one / other for one, other in zip(theirs, ours, strict=True)]
    return {
        "of_medians": round(statistics.median(theirs) / statistics.median(ours), 4),
        "paired_median": round(statistics.median(paired), 4),
    }


def _time(loop: Loop, batch: Sequence[Any]) -> tuple[float, float]:
    """Microseconds of the clock, and of this process on any core: batches work in threads."""
    cpu = time.process_time_ns()
    wall = time.perf_counter_ns()
    loop(batch)
    wall = time.perf_counter_ns() - wall
    cpu = time.process_time_ns() - cpu
    return wall / 1_000, cpu / 1_000


def _calibrate(timed: Timed, target_seconds: float) -> list[Any]:
    """Repeat the inputs, all of them equally often, so that one loop takes about the target. Warms up as well."""
    timed.loop(timed.inputs)
    if not target_seconds:
        return list(timed.inputs)
    seconds = min(_time(timed.loop, timed.inputs)[0] for _ in range(3)) / 1e6
    return list(timed.inputs) * max(1, math.ceil(target_seconds / seconds))
