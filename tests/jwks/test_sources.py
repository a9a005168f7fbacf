"""Sources that need no network, and the options of those that do."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys

import pytest
from origin import URL, jwk
from slot import Slot

from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwks import Network, Rules, open_source


def document(*kids):
    return {"keys": [jwk(kid, number) for number, kid in enumerate(kids)]}


# ---- given keys


@pytest.mark.parametrize("form", [lambda text: text, str.encode, json.loads])
def test_a_set_that_is_given_is_there_at_once_and_never_fetched(form):
    slot = Slot()
    source = open_source(slot, jwks=form(json.dumps(document("a"))))
    assert slot.keys.get("a") is not None
    assert (slot.due, slot.dead) == (math.inf, math.inf)
    assert source.find("b") is False
    assert asyncio.run(source.afind("b")) is False
    source.due()
    source.start()
    source.close()
    health = source.health()
    assert (health.keys, health.fresh, health.fetches) == (1, True, 0)


@pytest.mark.parametrize("wrong", [{}, {"keys": 1}, {"keys": [object()]}, "", b"\xff", '{"keys":[]}', "\ud800"])
def test_a_given_set_without_keys_is_an_error(wrong):
    with pytest.raises(PyJWTError):
        open_source(Slot(), jwks=wrong)


# ---- files


class File:
    """A file, a source of it, and its clock."""

    def __init__(self, path, clock):
        self.path, self.clock, self.slot, self.events = path, clock, Slot(), []
        self.source = open_source(self.slot, jwks_file=path, on_event=self.events.append, clock=clock)

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
        {"jwks_url": URL, "jwks": document("a")},
        {"discovery": True, "jwks_url": URL},
        {"discovery": True},
        {"discovery": "saml", "issuer": "https://a.example"},
        {"discovery": True, "issuer": "http://a.example"},
        {"discovery": True, "issuer": "urn:issuer"},
        {"discovery": True, "issuer": "https://a.example/?x"},
        {"jwks_url": "http://a.example/"},
        {"jwks_url": URL, "network": {"refresh": "always"}},
        {"jwks_url": URL, "network": {"timeout": 0}},
        {"jwks_url": URL, "network": {"timeout": math.inf}},
        {"jwks_url": URL, "network": {"max_bytes": 0}},
        {"jwks_url": URL, "network": {"headers": {"Host": "x"}}},
        {"jwks_url": URL, "network": {"headers": {"If-None-Match": "x"}}},
        {"jwks_url": URL, "network": {"headers": {"X": "a\r\nY: b"}}},
        {"jwks_url": URL, "network": {"rules": Rules(miss_burst=0)}},
    ],
)
def test_options_that_make_no_sense(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own text
        open_source(Slot(), **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks_url": 7},
        {"jwks": 7},
        {"discovery": 7, "issuer": "https://a.example"},
        {"jwks_url": URL, "network": {"tiemout": 3}},
        {"jwks_url": URL, "network": {"timeout": "3"}},
        {"jwks_url": URL, "network": {"max_bytes": True}},
        {"jwks_url": URL, "network": {"allow_http": "no"}},
        {"jwks_url": URL, "network": {"redirects": 1}},
        {"jwks_url": URL, "network": {"allowed_hosts": "a.example"}},
        {"jwks_url": URL, "network": {"headers": {"X": 1}}},
        {"jwks_url": URL, "network": {"transport": 7}},
        {"jwks_url": URL, "network": {"rules": {"max_stale": 1}}},
    ],
)
def test_options_of_the_wrong_type(wrong):
    with pytest.raises(TypeError):
        open_source(Slot(), **wrong)


def test_network_options_as_a_mapping_or_as_they_are():
    for network in ({"timeout": 2}, Network(timeout=2)):
        assert open_source(Slot(), jwks_url=URL, network=network)._parts.timeout == 2


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
    code = f"from rapidjwt.jwks import open_source\nfrom types import SimpleNamespace\nopen_source(SimpleNamespace(), jwks_url={URL!r})"
    assert not {"asyncio", "aiohttp", "httpx"} & imported(code)


def test_every_public_name_is_there():
    import rapidjwt.jwks

    for name in rapidjwt.jwks.__all__:
        assert name in dir(rapidjwt.jwks)
        assert getattr(rapidjwt.jwks, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rapidjwt.jwks.nothing  # noqa: B018
