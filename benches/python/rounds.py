"""Interleaved rounds in one process: each round times every library once, in an order that moves on from round to round."""

from __future__ import annotations

import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from peers import Contender
from tokens import Cell

Loop = Callable[[Sequence[Any]], None]


@dataclass
class Timing:
    """What one library took in one cell, in microseconds a token, round by round."""

    tokens_per_round: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def pin() -> int | None:
    """Keep this process on one core, the last it may use; None where the system has no such call."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def time_cell(contenders: Sequence[Contender], cell: Cell, rounds: int, target_seconds: float) -> list[Timing]:
    """Time all libraries in one cell. The result stands in the order of `contenders`."""
    return time_loops([contender.loop for contender in contenders], cell.tokens, rounds, target_seconds)


def time_loops(loops: Sequence[Loop], inputs: Sequence[Any], rounds: int, target_seconds: float) -> list[Timing]:
    """Time loops over the same inputs, tokens or what a token is made of. The result stands in the order of `loops`."""
    batches = [_calibrate(loop, inputs, target_seconds) for loop in loops]
    timings = [Timing(len(batch)) for batch in batches]
    collecting = gc.isenabled()
    gc.disable()
    try:
        for round_ in range(rounds):
            for place in range(len(loops)):
                index = (round_ + place) % len(loops)
                wall, cpu = _time(loops[index], batches[index])
                timings[index].wall.append(wall)
                timings[index].cpu.append(cpu)
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return timings


def summary(timing: Timing) -> dict[str, Any]:
    """What the results keep of one library in one cell; each round as well."""
    return {
        "median_us": round(statistics.median(timing.wall), 4),
        "quartiles_us": [round(one, 4) for one in quartiles(timing.wall)],
        "cpu_median_us": round(statistics.median(timing.cpu), 4),
        "cpu_quartiles_us": [round(one, 4) for one in quartiles(timing.cpu)],
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
    cpu = time.thread_time_ns()
    wall = time.perf_counter_ns()
    loop(batch)
    wall = time.perf_counter_ns() - wall
    cpu = time.thread_time_ns() - cpu
    return wall / len(batch) / 1_000, cpu / len(batch) / 1_000


def _calibrate(loop: Loop, inputs: Sequence[Any], target_seconds: float) -> list[Any]:
    """Repeat the inputs, all of them equally often, so that one loop takes about the target. Warms up as well."""
    loop(inputs)
    seconds = min(_time(loop, inputs)[0] for _ in range(3)) * len(inputs) / 1e6
    return list(inputs) * max(1, math.ceil(target_seconds / seconds))
