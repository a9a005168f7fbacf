"""Each reason to its status and challenge, for everybody who may stand in front (RFC 6750 section 3, RFC 9728 section 5.1)."""

from __future__ import annotations

import json

import pytest

from rapidjwt.exceptions import REASONS
from rapidjwt.web import Answers
from rapidjwt.web._answers import PROFILES, ROUTING

STATUS = {
    "insufficient_scope": 403,
    "csrf_failed": 403,
    "no_rule": 403,
    "multiple_tokens": 400,
    "path_refused": 400,
    "keys_unavailable": 503,
    "store_unavailable": 503,
}
NGINX = STATUS | {"multiple_tokens": 401, "path_refused": 401}
ERROR = {
    "missing": None,
    "insufficient_scope": "insufficient_scope",
    "multiple_tokens": "invalid_request",
    "path_refused": "invalid_request",
}
NO_CHALLENGE = {"csrf_failed", "no_rule", "keys_unavailable", "store_unavailable"}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("reason", sorted(REASONS | ROUTING))
def test_every_reason(profile, reason):
    answer = Answers(profile).to(reason)
    headers = dict(answer.headers)
    assert len(headers) == len(answer.headers)
    assert answer.status == (NGINX if profile == "nginx" else STATUS).get(reason, 401)
    assert json.loads(answer.body)["reason"] == reason
    assert headers["cache-control"] == "no-store"
    assert headers.get("retry-after") == ("5" if answer.status == 503 else None)
    challenge = headers.get("www-authenticate")
    if reason in NO_CHALLENGE:
        assert challenge is None
    elif reason == "missing":
        assert challenge == "Bearer"
    else:
        error = ERROR.get(reason, "invalid_token")
        assert challenge.startswith(f'Bearer error="{error}", error_description="')
        assert json.loads(answer.body)["error"] == error


def test_only_what_nginx_passes_on():
    answers = Answers("nginx")
    assert {answers.to(reason).status for reason in REASONS | ROUTING} == {401, 403, 503}


def test_a_bare_challenge():
    """RFC 6750 section 3.1: without a token no error is told."""
    assert dict(Answers().to("missing").headers)["www-authenticate"] == "Bearer"
    body = json.loads(Answers().to("missing").body)
    assert body == {
        "error": "unauthorized",
        "error_description": "The request has no access token",
        "reason": "missing",
    }


def test_realm_and_metadata_in_every_challenge():
    answers = Answers(realm="shop", resource_metadata="https://api.example/m")
    assert dict(answers.to("missing").headers)["www-authenticate"] == (
        'Bearer realm="shop", resource_metadata="https://api.example/m"'
    )
    assert dict(answers.to("expired").headers)["www-authenticate"] == (
        'Bearer realm="shop", resource_metadata="https://api.example/m", error="invalid_token", '
        'error_description="The access token expired"'
    )


def test_scope_is_told():
    challenge = dict(Answers().to("insufficient_scope", "orders:read orders:write").headers)["www-authenticate"]
    assert challenge == (
        'Bearer error="insufficient_scope", error_description="The access token does not allow this", '
        'scope="orders:read orders:write"'
    )


def test_quoting():
    """RFC 9110 section 5.6.4."""
    headers = dict(Answers(realm='a "b" \\c').to("missing").headers)
    assert headers["www-authenticate"] == 'Bearer realm="a \\"b\\" \\\\c"'


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: b=c", "é", "a\x00", "\x7f"])
def test_what_cannot_be_quoted(text):
    with pytest.raises(ValueError, match="printable ASCII"):
        Answers(realm=text)
    with pytest.raises(ValueError, match="printable ASCII"):
        Answers(resource_metadata=text)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="profile must be one of origin, nginx, traefik, caddy, envoy"):
        Answers("apache")
    with pytest.raises(TypeError, match="must be strings, not int"):
        Answers(realm=1)


def test_an_answer_is_made_once():
    answers = Answers(retry_after=30)
    assert answers.to("expired") is answers.to("expired")
    assert dict(answers.to("keys_unavailable").headers)["retry-after"] == "30"


def test_headers_are_fit_for_the_wire():
    answers = Answers(realm="shop", resource_metadata="https://api.example/m")
    for reason in REASONS | ROUTING:
        for name, value in answers.to(reason, "a b").headers:
            assert name == name.lower()
            assert value.isascii()
            assert value.isprintable()
