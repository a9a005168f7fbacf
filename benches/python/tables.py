"""Write the tables of README.md and docs/performance.md, between their markers, and the charts, from the committed results.

python benches/python/tables.py            write them anew
python benches/python/tables.py --check    only say whether they agree with the results; 1 if not
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import blocks
import charts

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benches" / "results"
PAGES = (ROOT / "README.md", ROOT / "docs" / "performance.md")
CHARTS = ROOT / "docs" / "charts"
_BLOCK = re.compile(
    r"(?P<begin><!-- benchmark:begin (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- benchmark:end (?P=name) -->)", re.DOTALL
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check all pages and charts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when one disagrees")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER")
    options = parser.parse_args(arguments)
    results = load(options.results)
    fresh = {page: render(page.read_text(encoding="utf-8"), results) for page in PAGES}
    fresh |= {CHARTS / name: text for name, text in charts.draw(results).items()}
    stale = [file for file, text in fresh.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for file in stale:
        if not options.check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(fresh[file], encoding="utf-8")
        print(f"{file.relative_to(ROOT)}: {'disagrees with the results' if options.check else 'written'}")
    return 1 if options.check and stale else 0


def load(folder: Path) -> blocks.Results:
    """All results of a folder, by their names."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def render(text: str, results: blocks.Results) -> str:
    """Fill the blocks of a page. KeyError for a block that nothing fills."""
    return _BLOCK.sub(lambda block: f"{block['begin']}{blocks.BLOCKS[block['name']](results)}\n{block['end']}", text)


if __name__ == "__main__":
    sys.exit(main())
