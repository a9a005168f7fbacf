"""Hostile requests through each gateway, and at the service itself: a clean refusal, and everybody lives on."""

from __future__ import annotations

import re

import gateway_tokens as tokens
import pytest
from hostile_requests import BROKEN, ODD, SILENT, TOO_MUCH
from raw_http import exchange, is_whole, request, send
from service_process import running_service

BEARER = tokens.bearer()
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)


def statuses(port: int, name: str, data: bytes) -> list[int]:
    """Of each answer on the connection, until it is closed or said to be, or nothing more comes."""
    received = exchange(port, data, seconds=0.5 if name in SILENT else 10, enough=is_last)
    return [int(status) for status in _STATUS.findall(received)]


def is_about_tokens(name: str) -> bool:
    return "token" in name or "Authorization" in name or name.startswith("one ")


def is_last(received: bytes) -> bool:
    """Envoy says that it closes, and closes a second later."""
    last = received[received.rfind(b"HTTP/1.") :]
    return is_whole(last) and b"\r\nconnection: close" in last.lower()


@pytest.fixture
def lives_on(stack, api):
    yield
    assert all(told["path"].startswith("/orders/1") for told in api.seen)
    assert stack.service.is_healthy()
    assert stack.send(request("/orders/1", BEARER)).status == 200


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_by_the_gateway(stack, api, lives_on, name):
    # Nobody must read ten million bytes to the end: the connection may be closed first.
    found = statuses(stack.port, name, TOO_MUCH[name])
    assert found in ([], [400], [405], [413], [414], [431])
    assert api.seen == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_request_is_refused_by_the_gateway(stack, api, lives_on, name):
    found = statuses(stack.port, name, BROKEN[name])
    assert len(found) < 2
    assert all(400 <= status < 500 or status in (501, 505) for status in found), found
    assert api.seen == []


@pytest.mark.parametrize("name", ODD)
def test_odd_requests_hide_nothing(stack, api, lives_on, name):
    found = statuses(stack.port, name, ODD[name])
    assert all(status < 500 or status in (501, 505) for status in found), found
    if is_about_tokens(name):
        assert len(found) == 1
        assert found[0] in (400, 401)
        assert api.seen == []


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Alone. Under Envoy's profile a call is a request line below /verify, so the same requests can be sent to it."""
    with running_service("envoy", tmp_path_factory.mktemp("service")) as one:
        yield one


def asked(service, name: str, data: bytes) -> list[int]:
    """The statuses of the service's answers, which must live on."""
    found = statuses(service.port, name, re.sub(rb" (/orders/1|/admin/1)", rb" /verify\1", data))
    assert service.is_healthy()
    assert send(service.port, request("/verify/orders/1", BEARER)).status == 200
    return found


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_by_the_service(service, name):
    assert asked(service, name, TOO_MUCH[name]) in ([], [400], [431])


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_request_is_refused_by_the_service(service, name):
    found = asked(service, name, BROKEN[name])
    assert len(found) < 2
    assert all(400 <= status < 500 for status in found), found


@pytest.mark.parametrize("name", ODD)
def test_odd_requests_are_no_way_in(service, name):
    found = asked(service, name, ODD[name])
    assert all(status < 500 for status in found), found
    if is_about_tokens(name):
        assert len(found) == 1
        assert found[0] in (400, 401)
