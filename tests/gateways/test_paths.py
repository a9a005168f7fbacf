"""Paths that could be read in two ways, sent as raw bytes through each gateway: the API sees nothing that was not decided on."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

import gateway_tokens as tokens
import pytest
from path_tricks import ALLOWED, CLEANS, ENCODES, FORBIDDEN, NOT_FOUND, OTHERWISE, REFUSES, TRICKS
from raw_http import request

BEARER = tokens.bearer()


@pytest.mark.parametrize("trick", ALLOWED)
def test_what_anybody_may_read(stack, api, trick):
    assert stack.send(request(ALLOWED[trick])).status == 200
    (told,) = api.seen
    assert is_public(told["path"])
    sent = ALLOWED[trick].decode().removeprefix("http://api.example")
    assert unquote(told["path"]) == unquote(sent)
    # Traefik and Caddy spell the encoding in their own way.
    assert told["path"] == sent or stack.name in ("traefik", "caddy")


@pytest.mark.parametrize("trick", FORBIDDEN)
def test_what_nobody_may_read(stack, api, trick):
    assert stack.send(request(FORBIDDEN[trick])).status == 401
    assert stack.send(request(FORBIDDEN[trick], BEARER)).status == 403
    assert api.seen == []


@pytest.mark.parametrize("target", [b"/ADMIN/1", b"/Admin", b"/admiN/1", b"/%41dmin/1", b"/Public/x"])
def test_in_another_case_it_is_another_path(stack, api, target):
    """And what no rule fits is refused, whatever the API would make of it."""
    for headers in ((), (BEARER,)):
        assert stack.send(request(target, *headers)).status == 403
    assert api.seen == []


def test_paths_keep_their_case(stack, api):
    assert stack.send(request(b"/public/AbC/%41")).status == 200
    (told,) = api.seen
    assert unquote(told["path"]) == "/public/AbC/A"


@pytest.mark.parametrize("headers", [(), (BEARER,)], ids=["no token", "token"])
@pytest.mark.parametrize("trick", TRICKS)
def test_tricks(stack, api, trick, headers):
    answer = stack.send(request(TRICKS[trick], *headers))
    match OTHERWISE[stack.name].get(trick):
        case None:
            assert answer.status == (401 if stack.name == "nginx" else 400)
            assert b"more than one way" in answer.body or stack.name == "nginx"
        case "refuses":
            assert answer.status == 400
            assert b"more than one way" not in answer.body
        case "not found":
            assert answer.status == 404
        case "encodes":
            assert answer.status == 200
        case "cleans":
            assert answer.status in (200, 401, 403)
    assert (len(api.seen) == 1) == (answer.status == 200)
    for told in api.seen:
        assert is_public(told["path"])


def is_public(target: str) -> bool:
    """Whoever reads it, decoded once or twice and cleaned or not, is below /public."""
    path = target.partition("?")[0]
    readings = {unquote(path), unquote(unquote(path))}
    return all(posixpath.normpath(reading).startswith("/public") and "//" not in reading for reading in readings)


def test_the_table_speaks_of_tricks_that_are_there():
    for found in OTHERWISE.values():
        assert set(found) <= set(TRICKS)
        assert set(found.values()) <= {REFUSES, NOT_FOUND, CLEANS, ENCODES}
