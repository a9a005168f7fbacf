"""Where `rapidjwt.jwt` does something else than PyJWT 2.15.1, on purpose. Each test asks both, so that the difference is known to exist.

What PyJWT refuses is refused here too, everywhere; what differs is that the error is in PyJWT's tree, or that a bound is kept.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt as pyjwt
import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from rapidjwt import jwt

SECRET = "a-secret-of-thirty-two-bytes-or-more"
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
OCT_JWK = {"kty": "oct", "k": "YS1zZWNyZXQtb2YtdGhpcnR5LXR3by1ieXRlcy1vci1tb3Jl", "kid": "good"}
RSA_JWK = {**jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "rsa", "alg": "RS256"}


def private_pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def refusals(call, *foreign):
    """What `call` raises with PyJWT, which must be foreign to PyJWT's tree, and with the drop-in, which must not."""
    with pytest.raises(foreign or Exception) as theirs:
        call(pyjwt)
    assert not isinstance(theirs.value, pyjwt.PyJWTError)
    with pytest.raises(jwt.PyJWTError) as ours:
        call(jwt)
    return theirs.value, ours.value


# ---- tokens


@pytest.mark.parametrize("token", ["\ud800", "e30.e30.\udfff", "\ud800.e30.e30"])
@pytest.mark.parametrize("read", ["decode", "get_unverified_header"])
def test_a_token_with_a_lone_surrogate(token, read):
    arguments = (SECRET, ["HS256"]) if read == "decode" else ()
    _, ours = refusals(lambda m: getattr(m, read)(token, *arguments), UnicodeEncodeError)
    assert type(ours) is jwt.DecodeError


@pytest.mark.parametrize("alg", [["HS256"], {"a": 1}])
@pytest.mark.parametrize("algorithms", [{"HS256"}, frozenset({"HS256"}), {"HS256": 1}, "HS256"])
def test_an_alg_that_cannot_be_looked_for(alg, algorithms):
    header = pyjwt.utils.base64url_encode(json.dumps({"alg": alg}).encode()).decode()
    _, ours = refusals(lambda m: m.decode(f"{header}.e30.", SECRET, algorithms), TypeError)
    assert type(ours) is jwt.InvalidAlgorithmError
    assert str(ours) == "The specified alg value is not allowed"


@pytest.mark.parametrize(
    "mistake",
    [
        {"algorithms": 5},
        {"algorithms": b"HS256"},
        {"algorithms": True},
        {"audience": 5},
        {"leeway": "10"},
    ],
    ids=repr,
)
def test_an_argument_of_a_type_that_it_cannot_have(mistake):
    """A mistake of the caller, which any good token shows: PyJWT's own TypeError. No difference."""
    token = jwt.encode({"exp": time.time() + 100}, SECRET)
    said = []
    for module in (pyjwt, jwt):
        with pytest.raises(TypeError) as caught:
            module.decode(token, SECRET, **({"algorithms": ["HS256"]} | mistake))
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize("algorithms", [5, b"HS256", True, object])
def test_algorithms_that_are_no_container(algorithms):
    """They are an error of the caller's with a good token; one that is refused for its `alg` is refused for it all the same."""
    header = pyjwt.utils.base64url_encode(b'{"alg":["HS256"]}').decode()
    _, ours = refusals(lambda m: m.decode(f"{header}.e30.", SECRET, algorithms), TypeError)
    assert type(ours) is jwt.InvalidAlgorithmError


@pytest.mark.parametrize("leeway", [math.nan, math.inf, -math.inf])
def test_a_leeway_that_is_no_number_of_seconds(leeway):
    token = jwt.encode({"exp": 1}, SECRET)
    with pytest.raises(jwt.DecodeError, match="finite"):
        jwt.decode(token, SECRET, ["HS256"], leeway=leeway)


def test_the_same_leeway_with_pyjwt():
    token = jwt.encode({"exp": 1}, SECRET)
    assert pyjwt.decode(token, SECRET, ["HS256"], leeway=math.inf) == {"exp": 1}
    assert pyjwt.decode(token, SECRET, ["HS256"], leeway=math.nan) == {"exp": 1}


@pytest.mark.parametrize("leeway", [0, -5, 1.5, timedelta(seconds=3), True])
def test_any_other_leeway_is_taken(leeway):
    token = jwt.encode({"exp": time.time() + 100}, SECRET)
    assert jwt.decode(token, SECRET, ["HS256"], leeway=leeway) == pyjwt.decode(token, SECRET, ["HS256"], leeway=leeway)


# ---- keys


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "EdDSA"])
def test_a_key_with_a_lone_surrogate(alg):
    _, ours = refusals(lambda m: m.encode({}, "\ud800" * 32, alg), UnicodeEncodeError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, ValueError)


def test_an_eddsa_key_that_is_not_utf8():
    _, ours = refusals(lambda m: m.encode({}, b"\xff\xfe", "EdDSA"), UnicodeDecodeError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, ValueError)


@pytest.mark.parametrize("key", [private_pem(RSA), RSA], ids=["pem", "object"])
@pytest.mark.parametrize("alg", ["RS256", "PS512"])
def test_a_private_rsa_key_does_not_verify(key, alg):
    token = pyjwt.encode({}, RSA, alg)
    _, ours = refusals(lambda m: m.decode(token, key, [alg]), AttributeError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, AttributeError)


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")], ids=["rsa", "ec", "okp"])
def test_a_public_key_does_not_sign(key, alg):
    _, ours = refusals(lambda m: m.encode({}, public_pem(key), alg), AttributeError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, AttributeError)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("key", [object, "text", None, SECRET.encode()], ids=["class", "str", "None", "bytes"])
def test_what_is_no_key_is_no_half_of_one(alg, key):
    """Given to the algorithm itself, past `prepare_key`: PyJWT's AttributeError, which names what is missing."""
    for act in (lambda one: one.sign(b"m", key), lambda one: one.verify(b"m", key, b"s" * 64)):
        said = []
        for module in (pyjwt, jwt):
            with pytest.raises(AttributeError) as caught:
                act(module.algorithms.get_default_algorithms()[alg])
            said.append((type(caught.value), str(caught.value)))
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("ES256", "garbage"),
        ("EdDSA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        ("EdDSA", "ssh-ed25519 AAAA"),
    ],
)
def test_a_key_text_that_is_none(alg, key):
    theirs, ours = refusals(lambda m: m.encode({}, key, alg), ValueError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, ValueError)
    assert str(ours) == str(theirs)


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (EC, "ES256")], ids=["rsa", "ec"])
def test_an_encrypted_key(key, alg):
    pem = private_pem(key, BestAvailableEncryption(b"password"))
    theirs, ours = refusals(lambda m: m.encode({}, pem, alg), TypeError)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert isinstance(ours, TypeError)
    assert str(ours) == str(theirs)


# brainpoolP256r1 by `openssl ecparam -param_enc explicit`: the curve is in the key, and could be anybody's (CVE-2020-0601).
EXPLICIT_EC = """\
-----BEGIN PUBLIC KEY-----
MIIBMzCB7AYHKoZIzj0CATCB4AIBATAsBgcqhkjOPQEBAiEAqftX26Huqbw+ZgqQ
nYONcm479iPVJiAoIBNIHR9uU3cwRAQgfVoJdfwsMFfu9nUwQXr/5/uAVcEm3Fxs
6UpLRPMwtdkEICbcXGzpSktE8zC12bvXfL+VhBYpXPfhzmvM3Bj/jAe2BEEEi9Ku
uct+V8ssS0gv/IG3r7neJ+HjvSPCOkRTvZrOMmJUfvg1w9rE/Zf4RhoUYR3JwndF
Ey3tjlRcHVTHLwRplwIhAKn7V9uh7qm8PmYKkJ2DjXGMOXqjtWGm95AeDoKXSFan
AgEBA0IABBQvpeZ5n3TJb8vUTleQXrFMjUVvplKf/DlJj6UxnGCHU2gklHFrTmHH
t8opJ4ahyIuAThu56Jy9eTVBxZCUaHQ=
-----END PUBLIC KEY-----
"""


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
def test_an_ec_key_with_explicit_parameters(alg):
    theirs, ours = refusals(lambda m: m.encode({}, EXPLICIT_EC, alg), UnsupportedAlgorithm)
    assert isinstance(ours, jwt.InvalidKeyError)
    assert str(ours) == str(theirs)


def test_the_sentence_about_another_family_names_the_types():
    with pytest.raises(pyjwt.InvalidKeyError, match="Expected one of <generator object"):
        pyjwt.encode({}, EC, "EdDSA")
    with pytest.raises(
        jwt.InvalidKeyError, match=r"Expected one of Ed25519PrivateKey, Ed25519PublicKey, .*, got: ECPriv"
    ):
        jwt.encode({}, EC, "EdDSA")


# ---- JWKs


@pytest.mark.parametrize(
    ("jwk", "foreign", "ours"),
    [
        ({**OCT_JWK, "alg": "none"}, NotImplementedError, jwt.InvalidKeyError),
        ({"kty": "oct"}, KeyError, jwt.InvalidKeyError),
        ({**OCT_JWK, "alg": ["HS256"]}, TypeError, jwt.PyJWKError),
        ("not a dict", AttributeError, jwt.InvalidKeyError),
        (None, AttributeError, jwt.InvalidKeyError),
    ],
    ids=["none", "no k", "list", "text", "None"],
)
def test_a_bad_jwk(jwk, foreign, ours):
    _, error = refusals(lambda m: m.PyJWK(jwk), foreign)
    assert type(error) is ours


@pytest.mark.parametrize("bad", [{**OCT_JWK, "alg": "none"}, {"kty": "oct"}, {**OCT_JWK, "alg": ["HS256"]}])
def test_a_bad_jwk_does_not_take_its_set_down(bad):
    document = {"keys": [bad, OCT_JWK]}
    with pytest.raises((NotImplementedError, KeyError, TypeError)):
        pyjwt.PyJWKSet.from_dict(document)
    assert [key.key_id for key in jwt.PyJWKSet.from_dict(document)] == ["good"]


@pytest.mark.parametrize("kind", ["PyJWK", "PyJWKSet"])
@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, b"\xff", "1" * 5000], ids=["empty", "open", "deep", "bytes", "digits"]
)
def test_json_that_is_none(kind, text):
    _, ours = refusals(lambda m: getattr(m, kind).from_json(text), ValueError, RecursionError)
    assert isinstance(ours, getattr(jwt, f"{kind}Error"))
    assert isinstance(ours, ValueError)


@pytest.mark.parametrize(("kind", "error"), [("PyJWK", jwt.InvalidKeyError), ("PyJWKSet", jwt.PyJWKSetError)])
@pytest.mark.parametrize("text", ["[]", "1", '"a"', "null"])
def test_json_that_is_no_object(kind, error, text):
    for read in ("from_json", "from_dict"):
        value = text if read == "from_json" else json.loads(text)
        _, ours = refusals(lambda m: getattr(getattr(m, kind), read)(value), AttributeError)  # noqa: B023
        assert type(ours) is error


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("text", ["[]", "1", "null", "[" * 100_000], ids=["list", "number", "null", "deep"])
def test_from_jwk_of_no_object(alg, text):
    foreign = (AttributeError, RecursionError)
    _, ours = refusals(lambda m: m.algorithms.get_default_algorithms()[alg].from_jwk(text), *foreign)
    assert type(ours) is jwt.InvalidKeyError
    assert str(ours) == "Key is not valid JSON"


@pytest.mark.parametrize(
    "jwk", [{"k": "c2VjcmV0"}, {"kty": "OKP", "d": "c2VjcmV0"}, {"kty": "oct", "k": "c2VjcmV0", "alg": "X"}]
)
def test_no_error_shows_a_jwk(jwk):
    with pytest.raises(pyjwt.PyJWTError) as theirs:
        pyjwt.PyJWK(jwk)
    with pytest.raises(jwt.PyJWTError) as ours:
        jwt.PyJWK(jwk)
    assert "c2VjcmV0" in str(theirs.value)
    assert "c2VjcmV0" not in str(ours.value)
    assert str(theirs.value).startswith(str(ours.value))
    assert type(theirs.value).__name__ == type(ours.value).__name__


# ---- the client


@contextmanager
def endpoint(answer):
    """A server whose every answer is what `answer(handler)` writes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests += 1
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests, server.daemon_threads, server.block_on_close = 0, True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body(content, *, length=None):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xff", b"{", b"[" * 200_000])
def test_a_body_that_is_not_json(content):
    with endpoint(body(content)) as server:
        _, ours = refusals(lambda m: m.PyJWKClient(server.url).get_jwk_set(), ValueError, RecursionError)
    assert type(ours) is jwt.PyJWKClientError
    assert str(ours) == "The JWKS endpoint did not return a JSON object"


LARGE = json.dumps({"keys": [OCT_JWK], "x": "a" * (1 << 20)}).encode()


def test_a_large_body_is_not_read():
    with endpoint(body(LARGE)) as server:
        assert len(pyjwt.PyJWKClient(server.url).get_jwk_set().keys) == 1
        with pytest.raises(jwt.PyJWKClientError, match="more than 1048576 bytes"):
            jwt.PyJWKClient(server.url).get_jwk_set()


def test_a_body_without_end_is_not_read():
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            pass

    with endpoint(endless) as server, pytest.raises(jwt.PyJWKClientError, match="more than 1048576 bytes"):
        jwt.PyJWKClient(server.url).get_jwk_set()


def test_a_body_of_the_largest_size_is_read():
    content = json.dumps({"keys": [OCT_JWK]}).encode()
    with endpoint(body(content + b" " * ((1 << 20) - len(content)))) as server:
        assert len(jwt.PyJWKClient(server.url).get_jwk_set().keys) == 1


def drip(handler, first, drop):
    handler.wfile.write(first)
    try:
        for _ in range(30):
            time.sleep(0.1)
            handler.wfile.write(drop)
    except OSError:
        pass


DRIPS = {
    "header": (b"HTTP/1.0 200 OK\r\n", b"X-A: b\r\n"),
    "body": (b"HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
    "body of unknown length": (b"HTTP/1.0 200 OK\r\n\r\n", b" "),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("where", DRIPS)
def test_the_timeout_is_for_all_of_the_answer(where):
    with endpoint(lambda handler: drip(handler, *DRIPS[where])) as server:
        client = jwt.PyJWKClient(server.url, timeout=0.5)
        start = time.monotonic()
        with pytest.raises(jwt.PyJWKClientConnectionError, match="timed out"):
            client.get_jwk_set()
        assert 0.4 < time.monotonic() - start < 1.5


def test_without_a_timeout_there_is_no_deadline():
    content = json.dumps({"keys": [OCT_JWK]}).encode()
    with endpoint(body(content)) as server:
        assert len(jwt.PyJWKClient(server.url, timeout=None).get_jwk_set().keys) == 1


def test_a_body_that_ends_early_is_an_error_of_the_connection():
    with endpoint(body(b'{"keys":', length=100)) as server:
        for module in (pyjwt, jwt):
            with pytest.raises(module.PyJWKClientConnectionError):
                module.PyJWKClient(server.url).get_jwk_set()


def test_a_connection_that_is_reset():
    def reset(handler):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.1)
        # Closed with nothing lingering, a connection is reset.
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.rfile.close()
        handler.wfile.close()
        handler.connection.close()

    with endpoint(reset) as server:
        _, ours = refusals(lambda m: m.PyJWKClient(server.url).get_jwk_set(), ConnectionResetError)
    assert type(ours) is jwt.PyJWKClientConnectionError


def key_sets(*documents):
    """An endpoint that gives one document after the other, and the last one for ever."""
    rest = list(documents)

    def answer(handler):
        document = rest.pop(0) if len(rest) > 1 else rest[0]
        body(json.dumps(document).encode())(handler)

    return answer


BOTH = {"keys": [OCT_JWK, RSA_JWK]}
ONE = {"keys": [RSA_JWK]}


def test_a_withdrawn_key_dies_with_its_set():
    for module in (pyjwt, jwt):
        with endpoint(key_sets(BOTH, ONE)) as server:
            client = module.PyJWKClient(server.url, cache_keys=True, cooldown_duration=0)
            assert client.get_signing_key("good").key_id == "good"
            client.get_jwk_set(refresh=True)
            if module is pyjwt:
                assert client.get_signing_key("good").key_id == "good"
            else:
                with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
                    client.get_signing_key("good")


def test_a_cached_key_lives_as_long_as_a_set_does(monkeypatch):
    now = [1000.0]
    with endpoint(key_sets(BOTH, ONE)) as server:
        client = jwt.PyJWKClient(server.url, cache_keys=True, cache_jwk_set=False, lifespan=60)
        monkeypatch.setattr("rapidjwt.jwt._key_cache.time.monotonic", lambda: now[0])
        client.get_signing_key("good")
        now[0] += 59
        client.get_signing_key("good")
        assert (server.requests, client.get_signing_key.cache_info()[:2]) == (1, (1, 1))
        now[0] += 2
        with pytest.raises(jwt.PyJWKClientError, match="Unable to find"):
            client.get_signing_key("good")


def test_other_keys_stay_cached_when_a_set_comes():
    with endpoint(key_sets(BOTH)) as server:
        client = jwt.PyJWKClient(server.url, cache_keys=True, cache_jwk_set=False)
        for _ in range(3):
            client.get_signing_key("good")
            client.get_signing_key("rsa")
        assert server.requests == 2
        assert client.get_signing_key.cache_info() == (4, 2, 16, 2)
        client.get_signing_key.cache_clear()
        client.get_signing_key(kid="rsa")
        assert server.requests == 3


def test_a_key_with_new_numbers_replaces_the_cached_one():
    changed = {"keys": [{**OCT_JWK, "k": "b" * 43}]}
    with endpoint(key_sets(BOTH, changed)) as server:
        client = jwt.PyJWKClient(server.url, cache_keys=True)
        old = client.get_signing_key("good").key
        client.get_jwk_set(refresh=True)
        assert client.get_signing_key("good").key != old
