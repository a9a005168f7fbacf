"""Our own keys: a ring whose rotations break no verifier, and the endpoint that publishes them."""

from __future__ import annotations

import asyncio
import io
import json
import random
import wsgiref.util
import wsgiref.validate

import pytest
from clock import START

from rapidjwt import Key, KeySet, Verifier
from rapidjwt.exceptions import InvalidKeyError
from rapidjwt.jwks import Schedule, SigningKeyRing, asgi_app, wsgi_app
from rapidjwt.jwks.publishing import answer
from rapidjwt.jwks.ring import RingKey

T = START
SCHEDULE = Schedule(token_lifetime=900, max_age=3600, publish_ahead=7200, leeway=300)


def key(kid):
    return Key.generate("ES256", kid=kid)


def kids(ring, now):
    return [one.kid for one in ring.public_keys(now)]


def ring_of(*names, at=T):
    ring = SigningKeyRing(SCHEDULE)
    for number, name in enumerate(names):
        ring.rotate(key(name), at + number * 100_000)
    return ring


def test_the_first_key_signs_at_once():
    ring = ring_of("a")
    assert ring.signing_key(T).kid == "a"
    assert kids(ring, T) == ["a"]


def test_a_rotation_publishes_then_signs_then_retires_then_drops():
    ring = ring_of("a")
    now = T + 1000
    planned = ring.rotate(key("b"), now)
    assert (planned.publish, planned.activate) == (now, now + 7200)
    assert kids(ring, now) == ["a", "b"]
    assert ring.signing_key(now + 7199).kid == "a"
    assert ring.signing_key(now + 7200).kid == "b"
    assert kids(ring, now + 7200 + 1199) == ["a", "b"]
    assert kids(ring, now + 7200 + 1200) == ["b"]
    assert [one.key.kid for one in ring.prune(now + 7200 + 1200)] == ["a"]
    assert [one.key.kid for one in ring.plan] == ["b"]


def test_a_rotation_can_be_planned_for_later():
    ring = ring_of("a")
    planned = ring.rotate(key("b"), T, at=T + 50_000)
    assert (planned.publish, planned.activate) == (T + 42_800, T + 50_000)
    assert kids(ring, T + 42_799) == ["a"]
    assert ring.max_age(T + 42_799) == 1
    assert ring.max_age(T + 40_000) == 2800
    assert ring.max_age(T) == 3600


def test_a_verifier_that_keeps_to_the_headers_never_meets_a_token_it_cannot_verify():
    chance = random.Random(7)
    ring, now, published = ring_of("k0"), T, []
    cached_at, cached_for, cached = -1e18, 0, KeySet([])
    for number in range(1, 40):
        ring.rotate(key(f"k{number}"), now, at=now + chance.uniform(0, 30_000))
        for _ in range(40):
            now += chance.uniform(1, 1200)
            token = ring.signer(now, expires_in=900, clock=lambda at=now: at).sign({})
            published.append((now, token))
            verified_at = now + chance.uniform(0, 899)
            if verified_at >= cached_at + cached_for:
                cached_at, cached_for, cached = verified_at, ring.max_age(verified_at), ring.public_keys(verified_at)
            policy = {"algorithms": ["ES256"], "issuer": None, "audience": None}
            Verifier(cached, clock=lambda at=verified_at: at, **policy).decode(token)
            now = max(now, cached_at)
    assert len(published) == 39 * 40
    assert len({ring_key.key.kid for ring_key in ring.plan}) < 40


def test_a_key_that_leaked_goes_at_once_and_the_next_one_signs():
    ring = ring_of("a")
    ring.rotate(key("b"), T)
    ring.revoke("a", T + 10)
    assert kids(ring, T + 10) == ["b"]
    assert ring.signing_key(T + 10).kid == "b"
    with pytest.raises(LookupError):
        ring.revoke("b", T + 20)
    with pytest.raises(LookupError):
        ring.revoke("x", T + 20)


def test_an_empty_ring_signs_nothing_and_is_not_to_be_kept():
    ring = SigningKeyRing(SCHEDULE)
    assert (kids(ring, T), ring.max_age(T)) == ([], 0)
    with pytest.raises(LookupError):
        ring.signing_key(T)


def test_a_ring_is_made_again_from_its_plan():
    ring = ring_of("a", "b")
    again = SigningKeyRing(ring.schedule, ring.plan)
    assert again.plan == ring.plan
    assert repr(again) == "<SigningKeyRing of 2 keys>"


@pytest.mark.parametrize(
    "wrong",
    [
        {"publish_ahead": 3599}, {"token_lifetime": -1}, {"leeway": float("inf")}, {"max_age": float("nan")},
    ],
)  # fmt: skip
def test_schedules_that_would_break_verifiers_are_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011
        SigningKeyRing(SCHEDULE._replace(**wrong))
    with pytest.raises(TypeError):
        SigningKeyRing(SCHEDULE._replace(**dict.fromkeys(wrong, "1")))


def test_keys_that_cannot_be_in_a_ring():
    ring = ring_of("a")
    for wrong, code in ((key("b").public(), "key_public"), (Key.generate("HS256", kid="b"), "key_unsupported")):
        with pytest.raises(InvalidKeyError) as refused:
            ring.rotate(wrong, T)
        assert refused.value.code == code
    for wrong in (key(None), key("a")):
        with pytest.raises(ValueError, match="kid"):
            ring.rotate(wrong, T)
    with pytest.raises(ValueError, match="order"):
        SigningKeyRing(SCHEDULE, [RingKey(key("a"), 2, 1)])


# ---- the endpoint


def test_the_answer_holds_public_parts_and_headers_that_follow_the_schedule():
    ring = ring_of("a")
    told = answer(ring, "GET", None, T)
    headers = dict(told.headers)
    assert told.status == 200
    assert headers["content-type"] == "application/jwk-set+json"
    assert headers["cache-control"] == "public, max-age=3600"
    assert headers["content-length"] == str(len(told.body))
    (jwk,) = json.loads(told.body)["keys"]
    assert jwk["kid"] == "a"
    assert "d" not in jwk
    ring.rotate(key("b"), T + 1)
    changed = answer(ring, "GET", headers["etag"], T + 1)
    assert changed.status == 200
    assert dict(changed.headers)["etag"] != headers["etag"]
    drop = ring.plan[0].drop
    assert dict(answer(ring, "GET", None, drop - 10).headers)["cache-control"] == "public, max-age=10"


def test_conditional_requests_heads_and_other_methods():
    ring = ring_of("a")
    good = answer(ring, "GET", None, T)
    etag = dict(good.headers)["etag"]
    for condition in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        unchanged = answer(ring, "GET", condition, T)
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert dict(unchanged.headers)["etag"] == etag
        assert "cache-control" in dict(unchanged.headers)
    for condition in ("", '"x"', etag.strip('"'), "W/*x"):
        assert answer(ring, "GET", condition, T).status == 200
    head = answer(ring, "HEAD", None, T)
    assert (head.status, head.body, head.headers) == (200, b"", good.headers)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "get"):
        refused = answer(ring, method, None, T)
        assert (refused.status, dict(refused.headers)["allow"]) == (405, "GET, HEAD")


def test_a_set_without_a_ring_hides_private_parts_and_secrets():
    keys = KeySet([key("a"), Key.generate("HS256", kid="s")])
    told = answer(keys, "GET", None, T, max_age=60)
    (jwk,) = json.loads(told.body)["keys"]
    assert not {"d", "k"} & set(jwk)
    assert dict(told.headers)["cache-control"] == "public, max-age=60"


def asgi(app, path="/.well-known/jwks.json", method="GET", headers=(), root_path="", type="http"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": type, "method": method, "path": path, "root_path": root_path, "headers": list(headers)}
    asyncio.run(app(scope, None, send))
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"]


def test_asgi():
    app = asgi_app(ring_of("a"), clock=lambda: T)
    status, headers, body = asgi(app)
    assert (status, headers[b"content-type"]) == (200, b"application/jwk-set+json")
    assert json.loads(body)["keys"][0]["kid"] == "a"
    assert asgi(app, headers=[(b"if-none-match", headers[b"etag"])])[0] == 304
    assert asgi(app, method="HEAD")[2] == b""
    assert asgi(app, method="POST")[0] == 405
    assert asgi(app, path="/other")[0] == 404
    assert asgi(app, path="/auth/.well-known/jwks.json", root_path="/auth")[0] == 200
    assert asgi(asgi_app(ring_of("a"), path=None, clock=lambda: T), path="/keys")[0] == 200
    with pytest.raises(ValueError, match="http only"):
        asgi(app, type="websocket")


def wsgi(app, path="/.well-known/jwks.json", method="GET", script="", **environ):
    given = {"PATH_INFO": path, "REQUEST_METHOD": method, "SCRIPT_NAME": script, "QUERY_STRING": "", **environ}
    wsgiref.util.setup_testing_defaults(given)
    given["wsgi.input"] = io.BytesIO()
    told = []

    def start_response(status, headers, exc_info=None):
        told.extend((status, dict(headers)))
        return lambda data: None

    answered = wsgiref.validate.validator(app)(given, start_response)
    body = b"".join(answered)
    answered.close()
    return *told, body


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")
def test_wsgi():
    app = wsgi_app(ring_of("a"), clock=lambda: T)
    status, headers, body = wsgi(app)
    assert (status, headers["Content-Type"]) == ("200 OK", "application/jwk-set+json")
    assert json.loads(body)["keys"][0]["kid"] == "a"
    assert wsgi(app, HTTP_IF_NONE_MATCH=headers["Etag"])[0] == "304 Not Modified"
    assert wsgi(app, method="HEAD")[2] == b""
    assert wsgi(app, method="POST")[0] == "405 Method Not Allowed"
    assert wsgi(app, path="/other")[0] == "404 Not Found"
    assert wsgi(app, path="/jwks.json", script="/.well-known")[0] == "200 OK"
