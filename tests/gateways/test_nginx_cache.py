"""nginx's cache of decisions: its key holds everything that a decision is made of, and how long an answer is kept is the service's to say."""

from __future__ import annotations

import itertools

import gateway_tokens as tokens
import pytest
from echo_api import wsgi_api
from gateway_configs import NGINX_CACHED
from gateway_stack import running_gateway, whole_stack
from raw_http import request, send

import loopback

BASE = {
    "Authorization": "Bearer a.b.c",
    "Cookie": "a=1; b=2",
    "Origin": "https://app.example",
    "Sec-Fetch-Site": "same-origin",
    "X-CSRF-Token": "1",
    "Access-Control-Request-Method": "PUT",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Counter:
    """A forward-auth service that allows everything, and says the number of the call as the subject."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.lines = {"X-Accel-Expires": "60", "Cache-Control": "private, no-store", "Vary": "*", "Set-Cookie": "a=b"}

    def __call__(self, connection, head: bytes) -> None:
        self.heads.append(head)
        connection.sendall(loopback.page(b"", **self.lines, X_Auth_Subject=str(len(self.heads))))


@pytest.fixture
def counter():
    return Counter()


@pytest.fixture
def cached(counter, tmp_path):
    """`cached(target, **headers)`: the number of the call in which the request was decided, as the API was told."""
    with loopback.running() as service, wsgi_api() as api:
        service.on("/verify", counter)
        ports = {"service": service.port, "api": api.port}
        with running_gateway(NGINX_CACHED, tmp_path, **ports, ready=200) as port:

            def ask(target="/orders/1", *, headers=BASE, **more):
                answer = send(port, request(target, *headers.items(), **more))
                assert answer.status == 200, answer
                return int(dict(api.seen[-1]["headers"])["X_AUTH_SUBJECT"])

            yield ask


def test_the_same_request_is_decided_once(cached):
    assert cached() == cached() == cached()
    assert cached(method="POST", body=b"a=1") == cached(method="POST", body=b"a=2")


@pytest.mark.parametrize("name", BASE)
def test_each_header_that_decides_is_in_the_key(cached, name):
    first = cached()
    changed = BASE | {name: BASE[name] + "x"}
    absent = {key: value for key, value in BASE.items() if key != name}
    second, third = cached(headers=changed), cached(headers=absent)
    assert len({first, second, third}) == 3
    assert (cached(), cached(headers=changed), cached(headers=absent)) == (first, second, third)


@pytest.mark.parametrize(
    "other",
    [
        {"target": "/orders/2"},
        {"target": "/orders/1?a=b"},
        {"target": "/orders/%31"},
        {"target": "/Orders/1"},
        {"target": "//orders/1"},
        {"method": "DELETE"},
        {"method": "POST"},
        {"method": "HEAD"},
        {"host": "other.example"},
        {"host": "api.example:81"},
    ],
    ids=str,
)
def test_the_request_line_and_the_host_are_in_the_key(cached, other):
    first = cached()
    assert cached(**other) != first
    assert cached() == first


def test_no_value_flows_into_the_next(cached):
    """`a` and `bc` are not `ab` and `c`, whatever stands between them."""
    splits = [("x", "yz"), ("xy", "z"), ("xyz", ""), ("", "xyz")]
    for between in " |,;:/":
        splits += [(f"x{between}y", "z"), ("x", f"y{between}z")]
    pairs = list(itertools.pairwise(BASE))
    seen = {cached(headers=BASE | {one: left, other: right}) for one, other in pairs for left, right in splits}
    assert len(seen) == len(pairs) * len(splits)


def test_what_decides_nothing_is_not_in_the_key(cached):
    first = cached()
    assert (
        cached(headers=BASE | {"User-Agent": "another", "Accept": "text/html", "X-Forwarded-Uri": "/public"}) == first
    )


def test_nothing_is_sent_that_is_not_in_the_key(cached, counter):
    cached(headers=BASE | {"X-Forwarded-Uri": "/public", "X-Auth-Subject": "evil", "Forwarded": "for=a", "DPoP": "a"})
    names = {line.split(b":")[0].decode().lower() for line in counter.heads[-1].split(b"\r\n")[1:] if line}
    decide = {name.lower() for name in BASE} | {
        "x-original-method",
        "x-original-uri",
        "x-original-host",
        "x-forwarded-proto",
    }
    assert names == decide | {"host", "x-forwarded-for", "x-request-id"}


@pytest.mark.parametrize(
    "lines",
    [{}, {"X-Accel-Expires": "0"}, {"Cache-Control": "max-age=60"}, {"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"}],
    ids=str,
)
def test_only_the_service_can_have_an_answer_kept(cached, counter, lines):
    counter.lines = lines
    assert cached("/never") != cached("/never")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with whole_stack(NGINX_CACHED, wsgi_api, tmp_path_factory.mktemp("nginx"), nginx_cache=True) as one:
        yield one


def test_the_service_allows_it_and_refusals_are_not_kept(stack):
    for _ in range(3):
        assert stack.send(request("/orders/1", tokens.bearer(sub="kept"))).status == 200
        assert stack.send(request("/orders/1")).status == 401
        assert stack.send(request("/admin/1", tokens.bearer(sub="kept"))).status == 403
    assert [dict(told["headers"])["X_AUTH_SUBJECT"] for told in stack.api.seen] == ["kept"] * 3
