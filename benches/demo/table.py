"""The demo's two tables, as plain text."""

from __future__ import annotations

from typing import Any

import plan
from corpus import Corpus, planted
from issuers import ISSUERS

_REASONS = ["valid", *dict.fromkeys(kind.verdict for kind in plan.KINDS.values() if kind.verdict != "valid")]


def counts(corpus: Corpus, rows: list[dict[str, Any]]) -> str:
    """Per issuer and reason what was planted, and after it what a half counted where that is another number."""
    head = ["planted = counted", *(row["issuer"].name for row in rows), "all"]
    expected = {issuer.name: _flat(planted(corpus.verdicts(issuer))) for issuer in ISSUERS}
    body = []
    for reason in _REASONS:
        cells = [_cell(reason, expected[row["issuer"].name], row) for row in rows]
        total = sum(expected[row["issuer"].name].get(reason, 0) for row in rows)
        body.append([reason, *cells, f"{total:,}"])
    body.append(["lines", *(f"{plan.LINES:,}" for _ in rows), f"{plan.LINES * len(rows):,}"])
    return _layout([head, *body])


def _cell(reason: str, expected: dict[str, int], row: dict[str, Any]) -> str:
    should = expected.get(reason, 0)
    text = f"{should:,}"
    for impl in ("native", "pure"):
        if impl in row and (found := _flat(row[impl]).get(reason, 0)) != should:
            text += f" {impl}: {found:,}!"
    return text


def _flat(summary: dict[str, Any]) -> dict[str, int]:
    return {"valid": summary.get("valid", 0), **summary.get("reasons", {})}


def speeds(rows: list[dict[str, Any]], halves: list[str]) -> str:
    """Tokens a second. rapidjwt reads a file and writes JSON with all claims; PyJWT loops in memory and writes nothing."""
    head = ["tokens a second", "alg", *halves, "PyJWT", *(f"{impl} / PyJWT" for impl in halves)]
    return _layout([head, *(_speed(row, halves) for row in rows)])


def _speed(row: dict[str, Any], halves: list[str]) -> list[str]:
    issuer, run = row["issuer"], row["peer"]
    own = [row[impl].get("lines_per_second", 0.0) for impl in halves]
    return [
        issuer.name,
        issuer.algorithm,
        *(f"{speed:,.0f}" for speed in own),
        f"{run.per_second:,.0f}",
        *(f"{speed / run.per_second:.1f}x" for speed in own),
    ]


def _layout(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join(["", lines[0], "-" * len(lines[0]), *lines[1:], ""])
