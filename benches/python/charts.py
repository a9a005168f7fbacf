"""The charts: results in, SVG text out, for light and for dark pages; the same bytes for the same results.

Written here and not by a plotting library, which would bring fonts, ids and versions of its own into the bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from blocks import NATIVE, PROOF, PURE, Results, cell_name, microseconds

WIDTH = 880
COLUMNS = 2
COLUMN = WIDTH // COLUMNS
GAP = 24
LABEL = 168
"""Where the bars of a column begin."""
LONGEST = COLUMN - GAP - LABEL - 44
ROW = 22
BAR = 14
PANEL_HEAD = 34
TOP = 62
BOTTOM = 34
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Theme:
    text: str
    faint: str
    rule: str
    ours: str
    theirs: str


THEMES = {
    "light": Theme(text="#1f2328", faint="#59636e", rule="#d1d9e0", ours="#c2410c", theirs="#a3b1bf"),
    "dark": Theme(text="#f0f6fc", faint="#9198a1", rule="#3d444d", ours="#fb923c", theirs="#57626e"),
}


@dataclass(frozen=True)
class Bar:
    label: str
    microseconds: float
    ours: bool


@dataclass(frozen=True)
class Panel:
    title: str
    bars: Sequence[Bar]


def draw(results: Results) -> dict[str, str]:
    """All charts, by file name."""
    machine, python = results["decode"]["machine"], results["decode"]["machine"]["python"]
    where = f"{machine['cpu']}, {python['implementation']} {python['version']}, one thread unless it says two"
    charts = {
        "decode": ("One gateway token to a dict, all checks", _libraries(results)),
        "ways": ("A gateway token, way by way", _ways(results)),
    }
    return {
        f"{name}-{theme}.svg": _chart(title, where, panels, colours)
        for name, (title, panels) in charts.items()
        for theme, colours in THEMES.items()
    }


def _libraries(results: Results) -> list[Panel]:
    """What each library takes."""
    labels = {NATIVE: "rapidjwt", PROOF: "rapidjwt verify, no dict", PURE: "rapidjwt, pure Python"}
    return [
        _panel(cell, {name: labels.get(name, name) for name in results["decode"]["statements"]})
        for cell in results["decode"]["cells"]
        if cell["size"] == "gateway"
    ]


def _ways(results: Results) -> list[Panel]:
    """What the ways of rapidjwt take, beside the fastest other library. All but the batches are of one part, so of the same rounds."""
    once = {"ryjwt": "ryjwt", NATIVE: "decode", PROOF: "verify"}
    again = {"rapidjwt, cached": "decode, cached", "rapidjwt verify, cached": "verify, cached"}
    many = {
        "batch of 1,024, 1 thread": "verify_many of 1,024",
        "batch of 1,024, 2 threads": "the same on two threads",
    }
    batches = {cell["cell"]: cell for cell in results["batches"]["cells"]}
    panels = []
    for cell in results["cache"]["cells"]:
        if cell["cell"].endswith("-hit"):
            batch = batches[f"{cell['algorithm']}-gateway"]
            bars = [*_panel(cell, once).bars, *_panel(batch, many).bars, *_panel(cell, again).bars]
            panels.append(Panel(cell_name(cell), bars))
    return panels


def _panel(cell: dict[str, Any], names: dict[str, str]) -> Panel:
    bars = [
        Bar(label, cell["results"][name]["median_us"], name.startswith(("rapidjwt", "batch")))
        for name, label in names.items()
        if name in cell["results"]
    ]
    return Panel(cell_name(cell), bars)


def _chart(title: str, where: str, panels: Sequence[Panel], theme: Theme) -> str:
    rows = [panels[start : start + COLUMNS] for start in range(0, len(panels), COLUMNS)]
    heights = [PANEL_HEAD + ROW * max(len(panel.bars) for panel in row) for row in rows]
    height = TOP + sum(heights) + BOTTOM
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}" font-size="12" fill="{theme.text}">',
        f"<title>{escape(title)}: {escape(_spoken(panels))}</title>",
        _text(0, 20, title, size=16, weight=600),
        _text(0, 40, "microseconds a token, median; shorter is better", fill=theme.faint),
    ]
    top = TOP
    for row, tall in zip(rows, heights, strict=True):
        for column, panel in enumerate(row):
            lines += _bars(panel, column * COLUMN, top, theme)
        top += tall
    lines += [_text(0, height - 10, where, fill=theme.faint, size=11), "</svg>"]
    return "\n".join(lines) + "\n"


def _bars(panel: Panel, left: int, top: int, theme: Theme) -> list[str]:
    """Each panel has a scale of its own: algorithms differ by more than libraries do."""
    longest = max((bar.microseconds for bar in panel.bars), default=1)
    lines = [
        f'<line x1="{left}" y1="{top}" x2="{left + COLUMN - GAP}" y2="{top}" stroke="{theme.rule}"/>',
        _text(left, top + 20, panel.title, weight=600),
    ]
    for row, bar in enumerate(panel.bars):
        y = top + PANEL_HEAD + row * ROW - 6
        width = max(1.0, LONGEST * bar.microseconds / longest)
        colour = theme.ours if bar.ours else theme.theirs
        lines += [
            _text(left + LABEL - 8, y + 11, bar.label, anchor="end"),
            f'<rect x="{left + LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colour}"/>',
            _text(left + LABEL + width + 6, y + 11, microseconds(bar.microseconds), fill=theme.faint),
        ]
    return lines


def _spoken(panels: Sequence[Panel]) -> str:
    """The numbers for whoever has the picture read to them."""
    return "; ".join(
        f"{panel.title}: {', '.join(f'{bar.label} {microseconds(bar.microseconds)}' for bar in panel.bars)}"
        for panel in panels
    )


def _text(x: float, y: float, text: str, *, anchor: str = "", fill: str = "", size: int = 0, weight: int = 0) -> str:
    given = {"text-anchor": anchor, "fill": fill, "font-size": size, "font-weight": weight}
    attributes = "".join(f' {name}="{value}"' for name, value in given.items() if value)
    return f'<text x="{x:g}" y="{y:g}"{attributes}>{escape(text)}</text>'
