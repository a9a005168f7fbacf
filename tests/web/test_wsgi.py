"""The WSGI middleware: what it makes of an environ (PEP 3333), and what the application finds there."""

from __future__ import annotations

from typing import Any

import pytest
import stage

from rapidjwt.web import WSGIMiddleware
from rapidjwt.web.wsgi import request_of


def environ(path: str = "/me", **more: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": ""} | more


@pytest.mark.parametrize(
    ("more", "seen", "sent"),
    [
        ({}, "/me", None),
        ({"PATH_INFO": ""}, "/", None),
        ({"PATH_INFO": "/\xc3\xa9"}, "/é", None),
        ({"PATH_INFO": "/\xff"}, "/\udcff", None),
        ({"RAW_URI": "/me?a=b"}, "/me", "/me"),
        ({"REQUEST_URI": "/me?a=/b"}, "/me", "/me"),
        ({"REQUEST_URI": "http://api.example/me?a"}, "/me", "/me"),
        ({"REQUEST_URI": "HTTP://api.example"}, "/me", "/"),
        ({"REQUEST_URI": "http://[/me"}, "/me", "/me"),
        ({"REQUEST_URI": "http:/me"}, "/me", "http:/me"),
        ({"REQUEST_URI": "*"}, "/me", "*"),
        ({"REQUEST_URI": "//api.example/me"}, "/me", "//api.example/me"),
        ({"SCRIPT_NAME": "/api", "REQUEST_URI": "/api/me"}, "/me", "/api/me"),
    ],
)
def test_the_path_of_an_environ(more: dict[str, str], seen: str, sent: str | None):
    request = request_of(environ(**more))
    assert (request.path, request.raw_path) == (seen, sent)


def test_the_facts_of_an_environ():
    request = request_of(environ(HTTP_SEC_FETCH_SITE="none", HTTP_X="\xe9", REMOTE_ADDR="192.0.2.1", QUERY_STRING="a"))
    assert (request.method, request.query, request.client, request.websocket) == ("GET", "a", "192.0.2.1", False)
    assert request.value(b"sec-fetch-site") == b"none"
    assert request.value(b"x") == b"\xe9"


def test_the_handshake_of_a_websocket_is_one():
    """Behind a cookie it has rules of its own: pages of other sites can open one."""
    assert request_of(environ(HTTP_UPGRADE="WebSocket")).websocket
    assert request_of(environ(HTTP_SEC_WEBSOCKET_KEY="a")).websocket
    assert not request_of(environ(HTTP_UPGRADE="h2c")).websocket


def test_what_is_not_of_this_encoding_is_let_through_nowhere():
    request = request_of(environ("/me\u20ac", HTTP_AUTHORIZATION="Bearer \u20ac"))
    assert request.path == "/me?"
    assert request.value(b"authorization") == b"Bearer ?"


def serve(impl: Any, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    seen: dict[str, Any] = {}
    said: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    list(WSGIMiddleware(app, stage.guard(impl))(asked, lambda status, headers: said.append(status)))
    return said[0], seen


def test_what_the_application_finds(impl: Any):
    status, seen = serve(impl, environ(HTTP_AUTHORIZATION=f"Bearer {stage.GOOD}"))
    assert status == "204 No Content"
    assert seen["rapidjwt"].subject == seen["REMOTE_USER"] == "user-1"


def test_a_user_whom_we_do_not_know_is_forgotten(impl: Any):
    _, seen = serve(impl, environ("/public", REMOTE_USER="somebody"))
    assert seen["rapidjwt"] is None
    assert "REMOTE_USER" not in seen


def test_a_token_without_a_subject_is_no_user(impl: Any):
    _, seen = serve(impl, environ(HTTP_AUTHORIZATION=f"Bearer {stage.token(sub=None)}", REMOTE_USER="somebody"))
    assert seen["rapidjwt"].issuer == stage.LOGIN
    assert "REMOTE_USER" not in seen


def test_a_header_cannot_name_the_proof(impl: Any):
    assert serve(impl, environ(HTTP_RAPIDJWT="x"))[0] == "401 Unauthorized"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (environ(), "401 Unauthorized"),
        (environ("/nowhere"), "403 Forbidden"),
        (environ("/a//b"), "400 Bad Request"),
        (environ(HTTP_AUTHORIZATION=f"Bearer {stage.LOST}"), "503 Service Unavailable"),
    ],
)
def test_statuses(impl: Any, asked: dict[str, Any], status: str):
    said, seen = serve(impl, asked)
    assert (said, seen) == (status, {})
