"""The table of requests a second: each way of protecting one application beside the bare one, and beside the same way on PyJWT. The machine's
speed changes from second to second, so a rate is compared with the others of its own round.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

ROWS = {
    "uvicorn bare": "uvicorn, application unprotected",
    "uvicorn rapidjwt_cached": "uvicorn, middleware, token cache",
    "uvicorn rapidjwt_uncached": "uvicorn, middleware",
    "uvicorn pyjwt": "uvicorn, the same middleware on PyJWT",
    "granian bare": "granian, application unprotected",
    "granian rapidjwt_cached": "granian, middleware, token cache",
    "granian rapidjwt_uncached": "granian, middleware",
    "granian pyjwt": "granian, the same middleware on PyJWT",
    "nginx rapidjwt_serve": "nginx, `rapidjwt serve`",
    "nginx rapidjwt_serve_no_metrics": "nginx, `rapidjwt serve`, metrics off",
    "nginx rapidjwt_serve_uncached": "nginx, `rapidjwt serve` without its cache",
    "nginx pyjwt_service": "nginx, a service on PyJWT",
    "envoy jwt_authn": "Envoy's own `jwt_authn`",
}


def table(result: dict[str, Any]) -> str:
    """As Markdown."""
    algorithms = list(result["results"])
    head = [
        "one server core",
        *(f"{name}: {what}" for name in algorithms for what in ("requests/s", "of bare", "times PyJWT", "p99")),
    ]
    lines = [f"| {' | '.join(head)} |", f"| --- | {' | '.join('---:' for _ in head[1:])} |"]
    for name, about in ROWS.items():
        if not any(name in result["results"][algorithm] for algorithm in algorithms):
            continue
        cells = [cell for algorithm in algorithms for cell in _cells(result["results"][algorithm], name)]
        lines.append(f"| {about} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(rates: dict[str, Any], name: str) -> list[str]:
    if name not in rates:
        return ["-"] * 4
    place = name.split(maxsplit=1)[0]
    bare = rates.get(f"{place} bare")
    peer = rates.get(f"{place} pyjwt") or rates.get(f"{place} pyjwt_service")
    share = "-" if bare is None else _share(_ratios(rates[name], bare))
    times = "-" if peer is None else f"{statistics.median(_ratios(rates[name], peer)):.1f}"
    return [f"{rates[name]['requests_per_second']:,}", share, times, f"{rates[name]['p99_us'] / 1000:.1f} ms"]


def _ratios(one: dict[str, Any], other: dict[str, Any]) -> list[float]:
    """Of each round, in order of size."""
    return sorted(rate / beside for rate, beside in zip(one["rounds"], other["rounds"], strict=True))


def _share(ratios: list[float]) -> str:
    """The median, and between which two of the ratios it lies in nineteen of twenty such runs (its binomial interval)."""
    if ratios[0] == ratios[-1]:
        return f"{100 * ratios[0]:.0f} %"
    reach = math.ceil(0.98 * len(ratios) ** 0.5)
    low, high = ratios[max(0, len(ratios) // 2 - reach)], ratios[min(len(ratios) - 1, (len(ratios) - 1) // 2 + reach)]
    return f"{100 * statistics.median(ratios):.0f} % ({100 * low:.0f} to {100 * high:.0f})"
