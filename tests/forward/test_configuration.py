"""Configurations: every mistake is found, all in one go, each with its line and a hint."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import serving

import forge
from rapidjwt.forward.configuration import Configuration
from rapidjwt.forward.loading import load, needs_restart
from rapidjwt.forward.mistakes import ConfigurationError
from rapidjwt.forward.places import line_of, lines
from rapidjwt.forward.schema import SCHEMA

GOOD = """\
[server]
profile = "nginx"

[[issuers]]
iss = "https://issuer.example/"
audience = "api"
algorithms = ["ES256"]
jwks_file = "{jwks}"
"""


@pytest.fixture
def check(tmp_path):
    """`check(text)`: the mistakes of a configuration, as lines."""
    jwks = serving.jwks(tmp_path, "ES256")

    def mistakes(text: str) -> list[str]:
        path = tmp_path / "gateway.toml"
        path.write_text(text.replace("{jwks}", str(jwks)))
        try:
            load(str(path))
        except ConfigurationError as error:
            return [mistake.told("f") for mistake in error.mistakes]
        return []

    return mistakes


def test_the_smallest_one(check):
    assert check(GOOD) == []


MISTAKES = [
    # text that is added or takes the place of GOOD, what is told
    ('profile = "nginx"', 'profil = "nginx"', ["f:1: server.profile: missing", "f:2: server.profil: unknown key (did you mean profile?)"]),
    ('"nginx"', '"apache"', ["f:2: server.profile: must be one of nginx, traefik, caddy, envoy"]),
    ('"nginx"', "5", ["f:2: server.profile: must be one of nginx, traefik, caddy, envoy"]),
    ('"nginx"', '"nginx"\nworkers = "2"', ["f:3: server.workers: must be a whole number"]),
    ('"nginx"', '"nginx"\nworkers = 0', ["f:3: server.workers: must be a whole number from 1 to 256"]),
    ('"nginx"', '"nginx"\nworkers = true', ["f:3: server.workers: must be a whole number"]),
    ('"nginx"', '"nginx"\ndrain = nan', ["f:3: server.drain: must be a number from 0 to 3,600"]),
    ('"nginx"', '"nginx"\nlisten = "0.0.0.0:80"', ["f:3: server.listen: listen must be on this machine"]),
    ('"nginx"', '"nginx"\nlisten = "[::]:80"', ["f:3: server.listen: listen must be on this machine"]),
    ('"nginx"', '"nginx"\nlisten = "gateway:80"', ["f:3: server.listen: listen must name an IP address"]),
    ('"nginx"', '"nginx"\nlisten = "127.0.0.1"', ["f:3: server.listen: listen must be HOST:PORT"]),
    ('"nginx"', '"nginx"\nlisten = "unix:run/x"', ["f:3: server.listen: listen must be unix: and an absolute path"]),
    ('"nginx"', '"nginx"\ntrusted_proxies = ["10.0.0.1/8"]', ["f:3: server.trusted_proxies: 10.0.0.1/8 has host bits set"]),
    ("[server]", "[sever]", ["f: server.profile: missing", "f:1: sever: unknown section (did you mean server?)"]),
    ("[[issuers]]", "[issuers]", ["f:4: issuers: must be an array of tables (write [[issuers]])"]),
    ("[[issuers]]", "[[issuer]]", ["f: issuers: no issuer", "f:4: issuer: unknown section (did you mean issuers?)"]),
    ('audience = "api"', "", ["f:4: issuers[1].audience: say audience, or no_audience = true"]),
    ('audience = "api"', "audience = []", ["f:6: issuers[1].audience: must be a string or an array of strings"]),
    ('audience = "api"', 'audience = "api"\nno_audience = true', ["f:6: issuers[1].audience: say audience, or"]),
    ('["ES256"]', '["ES257"]', ["f:7: issuers[1].algorithms: algorithms has an unknown name"]),
    ('["ES256"]', '["HS256"]', ["f:7: issuers[1].algorithms"]),
    ('["ES256"]', '"ES256"', ["f:7: issuers[1].algorithms: must be an array of strings"]),
    ('jwks_file = "{jwks}"', "", ["f:4: issuers[1]: say exactly one of jwks_url"]),
    ('jwks_file = "{jwks}"', 'jwks_url = "http://idp.example/jwks"', ["f:8: issuers[1].jwks_url: jwks_url must be https"]),
    ('jwks_file = "{jwks}"', 'jwks_file = "{jwks}"\ndiscovery = true', ["f:4: issuers[1]: say exactly one of"]),
    ('jwks_file = "{jwks}"', 'jwks_file = "{jwks}"\nleeway = -1', ["f:9: issuers[1].leeway: must be a number, 0 or more"]),
    ('jwks_file = "{jwks}"', 'jwks_file = "{jwks}"\nsecret = "s"', ["f:9: issuers[1].secret: unknown key"]),
    ('jwks_file = "{jwks}"', 'secret_file = "/nowhere/at/all"', ["f:4: issuers[1]: /nowhere/at/all: No such file"]),
    ('jwks_file = "{jwks}"', 'secret_file = "{jwks}"', ["f:7: issuers[1].algorithms: algorithms must be exactly one of HS"]),
    ("", '[[rules]]\npath = "/a/../b"', ["f:9: rules[1]: the path of a rule must begin with / and be plain"]),
    ("", '[[rules]]\npath = "/a"\nprefix = "/b"', ["f:9: rules[1]: a rule has a path or a prefix"]),
    ("", '[[rules]]\nprefix = "/"\nscope = ["a"]', ["f:11: rules[1].scope: unknown key (did you mean scopes?)"]),
    ("", '[[rules]]\nprefix = "/"\nscopes = ["a b"]', ["f:9: rules[1]: a scope must be printable ASCII"]),
    ("", '[[rules]]\nprefix = "/"\nroles = { groups = "admin" }', ["f:11: rules[1].roles: must be an array of strings"]),
    ("", '[[rules]]\nprefix = "/"\naccess = "public"\nscopes = ["a"]', ["f:11: rules[1].access: access public looks"]),
    ("", '[[rules]]\nprefix = "/"\nissuers = ["x"]', ["f:11: rules[1].issuers: names an issuer that is not there"]),
    ("", '[tokens]\ncookie = "access"\norigins = ["https://a.example"]', ["f:9: tokens: the name of a cookie must begin"]),
    ("", '[tokens]\ncookie = "__Host-a"', ["f:9: tokens.origins: origins must be like https://app.example"]),
    ("", '[tokens]\norigins = ["https://a.example"]', ["f:10: tokens.origins: origins are for a cookie"]),
    ("", "[tokens]\nheader = false", ["f:9: tokens: a token must be allowed to stand somewhere"]),
    ("", '[answers]\nrealm = "ü"', ["f:10: answers.realm: realm and resource_metadata must be printable ASCII"]),
    ("", '[assertion]\nissuer = "me"', ["f:9: assertion.audience: missing"]),
    ("", '[assertion]\nissuer = "me"\naudience = "b"\nkey_file = "/nowhere"', ["f:12: assertion.key_file: No such file"]),
    ("", '[assertion]\nissuer = "me"\naudience = "b"\nkey_file = "{jwks}"', ["f:12: assertion.key_file: "]),
    ("", '[assertion]\nissuer = "me"\naudience = "b"\nalgorithm = "HS256"', ["f:12: assertion.algorithm: must be one of"]),
    ("", '[identity]\nsubject = "X Y"', ["f:9: identity: a header's name must be letters, digits"]),
    ("", '[identity]\nsubject = "X_Y"', ["f:9: identity: a header's name must be letters, digits"]),
    ("", '[identity]\nsubject = "Content-Length"', ["f:9: identity: a header's name must be letters, digits"]),
    ("", '[identity]\nsubject = "X-Auth-Issuer"', ["f:9: identity: two headers must not have the same name"]),
    ("", "[cache]\nmax_bytes = -1", ["f:10: cache.max_bytes: must be a whole number from 0"]),
    ("", "a = 1", ["f:9: a: unknown section"]),
    ("", "server = 1", ["f:9: no TOML: "]),
    ("", '[answers]\nrealm = "', ["f:10: no TOML: "]),
    ("", "x" * 2_000_000, ["f: longer than 1,048,576 bytes"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake(check, old, new, told):
    # A key without a section stands before the first one in TOML, a new section behind all others.
    text = GOOD.replace(old, new, 1) if old else f"{GOOD}{new}\n" if new[0] == "[" or len(new) > 99 else ""
    if not text:
        text, told = f"{new}\n{GOOD}", [line.replace("f:9:", "f:1:" if "unknown" in line else "f:2:") for line in told]
    found = check(text)
    assert len(found) == len(told), found
    for line, expected in zip(found, told, strict=True):
        assert line.startswith(expected), found


def test_every_mistake_is_told_at_once(check):
    text = GOOD.replace("nginx", "apache").replace("ES256", "ES999") + '[[rules]]\npath = "a"\n[caches]\n'
    assert [line.split(" ")[0] for line in check(text)] == ["f:2:", "f:11:"]
    text = text.replace("apache", "nginx").replace("[caches]", "")
    assert [line.split(" ")[0] for line in check(text)] == ["f:7:", "f:9:"]


def test_only_nginx_has_its_cache(check):
    assert check(f"{GOOD}[answers]\nnginx_cache = 1\n") == []
    (line,) = check(GOOD.replace('"nginx"', '"caddy"') + "[answers]\nnginx_cache = 1\n")
    assert line.startswith("f:10: answers.nginx_cache: only nginx has such a cache")


def test_a_secret_comes_from_a_file(check, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(forge.material("HS256").secret + b"\n")
    text = GOOD.replace("ES256", "HS256").replace('jwks_file = "{jwks}"', f'secret_file = "{secret}"')
    assert check(text) == []
    secret.write_text("short")
    (line,) = check(text)
    assert line.startswith("f:4: issuers[1]: ")
    assert "short]" not in line


def test_lines_are_found_whatever_stands_between():
    text = (
        '# [x]\n[a] # b = 1\nb = """\n[c]\nd = 1\n"""\ne.f = [\n  "]", # ]\n  {g = "#"},\n]\n'
        "\"h i\" = '''\n'\n'''\n[[j]]\n[[j]]\nk = 'l'\n[j.m]\nn = 1\n[[j]]\nk = 2\n[o.'p']\nq=1"
    )
    found = lines(text)
    assert found["a", "b"] == 3
    assert found["a", "e", "f"] == 7
    assert found["a", "h i"] == 11
    assert [found["j", at] for at in range(3)] == [14, 15, 19]
    assert found["j", 1, "k"] == 16
    assert found["j", 1, "m", "n"] == 18
    assert found["o", "p", "q"] == 22
    assert line_of(("j", 1, "m", "z"), found) == 17
    assert line_of(("z",), found) is None


def test_the_records_have_the_keys_of_the_schema():
    for name, section in SCHEMA.items():
        assert set(section.record._fields) == set(section.fields), name


def test_what_a_reload_cannot_change(tmp_path):
    text = serving.configuration(tmp_path, server="workers = 1")
    one = Configuration(text).settings.server
    other = Configuration(text.replace("workers = 1", "workers = 2\ndrain = 1")).settings.server
    assert needs_restart(one, one) == []
    assert needs_restart(one, other) == ["workers", "drain"]


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rapidjwt", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_check(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text(serving.configuration(tmp_path))
    done = serve("--config", str(path), "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
    path.write_text("[server]\nprofile = 'x'\n")
    done = serve("--config", str(path), "--check")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}:2: server.profile: must be one of" in done.stderr
    assert done.stderr.endswith(f"rapidjwt: error: {path}: 2 mistakes\n")
    path.unlink()
    done = serve("--config", str(path), "--check")
    assert done.returncode == 5
    assert "No such file" in done.stderr


def test_a_configuration_with_mistakes_is_not_served(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text("")
    assert serve("--config", str(path)).returncode == 2


def test_the_reference_is_what_the_schema_says():
    root = Path(__file__).parents[2]
    tool = root / "tools" / "configuration_reference.py"
    done = subprocess.run(
        [sys.executable, str(tool), "--check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_guide(check):
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "forward-auth.md").read_text()
    example = guide.partition("```toml\n")[2].partition("```")[0]
    assert check(example) == ["f:28: assertion.key_file: No such file or directory"]


def test_the_extra_and_the_group_of_the_tests_are_one():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["optional-dependencies"]["serve"] == project["dependency-groups"]["serve"]
