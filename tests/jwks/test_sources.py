"""Sources that need no network, and the options of those that do."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys

import pytest
from origin import ISSUER, URL, jwk
from slot import Slot

from rapidjwt.jwks import Rules, open_source


def document(*kids):
    return {"keys": [jwk(kid, number) for number, kid in enumerate(kids)]}


# ---- files


class File:
    """A file, a source of it, and its clock."""

    def __init__(self, path, clock):
        self.path, self.clock, self.slot, self.events = path, clock, Slot(), []
        self.source = open_source(ISSUER, slot=self.slot, jwks_file=path, on_event=self.events.append, clock=clock)

    def has(self, kid):
        if self.clock() >= self.slot.due:
            self.source.due()
        return self.slot.keys is not None and self.slot.keys.get(kid) is not None


@pytest.fixture
def file(tmp_path, clock):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(document("a")))
    return File(path, clock)


def test_a_file_is_read_at_once_and_again_when_it_changes(file):
    assert file.has("a")
    keys = file.slot.keys
    file.clock.forward(5)
    assert file.has("a")
    assert file.slot.keys is keys
    file.path.write_text(json.dumps(document("a", "b")))
    assert not file.has("b")  # not yet due
    file.clock.forward(1)
    assert file.has("b")
    assert [(event.kind, event.added) for event in file.events] == [("fetched", ("a",)), ("fetched", ("b",))]


def test_a_missing_key_has_the_file_looked_at_now(file):
    assert file.source.find("b") is False
    file.path.write_text(json.dumps(document("b")))
    assert file.source.find("b") is True
    assert not file.has("a")
    assert asyncio.run(file.source.afind("c")) is False


def test_a_file_that_is_replaced_is_noticed_even_with_the_same_size_and_time(file):
    status = file.path.stat()
    other = file.path.with_suffix(".new")
    other.write_text(json.dumps(document("b")))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert other.stat().st_size == status.st_size
    other.replace(file.path)
    assert file.source.find("b") is True


def test_a_change_within_the_coarseness_of_file_times_is_noticed(file):
    status = file.path.stat()
    file.path.write_text(json.dumps(document("b")))
    os.utime(file.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.source.find("b") is True


def test_an_old_file_is_not_read_again(file):
    os.utime(file.path, (1, 1))
    assert file.source.find("x") is False
    fetches = file.source.health().fetches
    file.path.chmod(0o600)
    assert file.source.find("x") is False
    assert file.source.health().fetches == fetches


def test_a_file_from_the_future_is_not_read_for_each_unknown_kid(file, monkeypatch):
    os.utime(file.path, (1 << 33, 1 << 33))
    assert file.source.find("x") is False
    monkeypatch.setattr("builtins.open", lambda *args: pytest.fail("the file was read again"))
    assert file.source.find("x") is False


@pytest.mark.parametrize("bad", [b"", b"<html>", b'{"keys":[]}', b"\xff", b" " * ((1 << 20) + 1)])
def test_a_bad_file_leaves_the_keys_as_they_are(file, bad):
    file.path.write_bytes(bad)
    for _ in range(3):
        file.clock.forward(1)
        assert file.has("a")
    health = file.source.health()
    assert (health.usable, health.fresh) == (True, False)
    assert health.last_error in {"jwks_invalid", "jwks_empty", "key_too_large"}
    assert [event.kind for event in file.events] == ["fetched", "failed"]  # told once
    file.path.write_text(json.dumps(document("b")))
    file.clock.forward(1)
    assert file.has("b")
    assert file.source.health().last_error is None


def test_a_file_that_is_not_there_yet(tmp_path, clock):
    file = File(tmp_path / "keys.json", clock)
    assert file.source.health().last_error == "file_unreadable"
    assert file.source.find("a") is False
    file.path.write_text(json.dumps(document("a")))
    assert file.source.find("a") is True
    file.path.unlink()
    file.clock.forward(1)
    assert file.has("a")
    assert file.source.health().last_error == "file_unreadable"


# ---- options


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"jwks_url": URL, "jwks_file": "keys.json"},
        {"jwks_url": URL, "discovery": True},
        {"iss": "http://a.example", "discovery": True},
        {"iss": "urn:issuer", "discovery": True},
        {"iss": "https://a.example/?x", "discovery": True},
        {"iss": "https://a.example/{tenantid}", "discovery": True},
        {"discovery": "saml"},
        {"discovery": "http://a.example/metadata"},
        {"jwks_url": "http://a.example/"},
        {"jwks_url": URL, "refresh": "always"},
        {"jwks_url": URL, "timeout": 0},
        {"jwks_url": URL, "timeout": math.inf},
        {"jwks_url": URL, "max_bytes": 0},
        {"jwks_url": URL, "headers": {"Host": "x"}},
        {"jwks_url": URL, "headers": {"If-None-Match": "x"}},
        {"jwks_url": URL, "headers": {"X": "a\r\nY: b"}},
        {"jwks_url": URL, "rules": Rules(miss_burst=0)},
    ],
)
def test_options_that_make_no_sense(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own text
        open_source(**{"iss": ISSUER, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks_url": 7},
        {"discovery": 7},
        {"jwks_url": URL, "tiemout": 3},
        {"jwks_file": "keys.json", "timeout": 3},
        {"jwks_url": URL, "timeout": "3"},
        {"jwks_url": URL, "max_bytes": True},
        {"jwks_url": URL, "allow_http": "no"},
        {"jwks_url": URL, "redirects": 1},
        {"jwks_url": URL, "allowed_hosts": "a.example"},
        {"jwks_url": URL, "headers": {"X": 1}},
        {"jwks_url": URL, "transport": 7},
        {"jwks_url": URL, "rules": {"max_stale": 1}},
    ],
)
def test_options_of_the_wrong_type(wrong):
    with pytest.raises(TypeError):
        open_source(**{"iss": ISSUER, **wrong})


# ---- imports


def imported(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(' '.join(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def test_importing_rapidjwt_or_the_package_brings_in_nothing_of_it():
    brought = imported("import rapidjwt, rapidjwt.jwks")
    assert {name for name in brought if name.startswith("rapidjwt.jwks.")} == set()
    assert not {"asyncio", "urllib.request", "ssl", "http.client", "socket"} & brought


def test_a_source_brings_in_asyncio_only_for_who_uses_it():
    code = f"from rapidjwt.jwks import open_source\nopen_source('https://a.example', jwks_url={URL!r})"
    assert not {"asyncio", "aiohttp", "httpx"} & imported(code)


def test_every_public_name_is_there():
    import rapidjwt.jwks

    for name in rapidjwt.jwks.__all__:
        assert name in dir(rapidjwt.jwks)
        assert getattr(rapidjwt.jwks, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rapidjwt.jwks.nothing  # noqa: B018
