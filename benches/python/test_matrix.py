"""The cells of run.py under pytest-benchmark, for people: to compare, to save, to draw a histogram. No published figure comes from here.

    make bench-people PYTHON=python3.13
    make bench-people BENCH_ARGS="-k 'decode and HS256' --benchmark-compare"

A time here is one pass through the tokens of a cell; `extra_info` tells how many those are. Answers are proved equal before that.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import parts
import run

CASES = [
    pytest.param(part, cell, contender, id=f"{part.name}-{cell}-{contender}".replace(" ", "_"))
    for part in run.PARTS.values()
    if part.statements
    for cell in part.cells
    for contender in part.statements
]


@functools.lru_cache(maxsize=1)
def prepared(part: str, cell: str) -> parts.Prepared:
    """The cell of the last call is kept: the cases of a cell follow one another."""
    return run.PARTS[part].cells[cell]()


@pytest.mark.parametrize(("part", "cell", "contender"), CASES)
def test_matrix(benchmark: Any, part: parts.Part, cell: str, contender: str) -> None:
    made = prepared(part.name, cell)
    timed = next((one for one in made.timed if one.name == contender), None)
    if timed is None:
        pytest.skip(made.absent.get(contender, "not in this cell"))
    benchmark.group = f"{part.name}: {cell}"
    benchmark.extra_info["tokens"] = len(timed.inputs) * timed.tokens_each
    benchmark(timed.loop, timed.inputs)
