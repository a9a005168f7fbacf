"""`jwt.encode` of the drop-in is PyJWT's, byte for byte, also where it goes a shorter way; and what it remembers is bounded."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta, timezone

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from rapidjwt import jwt
from rapidjwt.jwt import _hmac_lane, _prepared

SECRET = "a-secret-of-sixty-four-bytes-or-more-for-every-hash-that-there-is-now"
CLAIMS = {"iss": "me", "sub": "user-1", "n": [1, 2.5, None, True, {"ä": "\ud800"}], "exp": 2**40}


@pytest.fixture(autouse=True)
def _forget():
    jwt.cache_clear()


class Text(str):
    """A str that may say otherwise than its characters."""

    __slots__ = ()


CALLS = {
    "plain": ((SECRET,), {}),
    "bytes": ((SECRET.encode(), "HS512"), {}),
    "subclass": ((Text(SECRET), Text("HS256")), {}),
    "unset": ((SECRET,), {}),
    "kid": ((SECRET, "HS384"), {"headers": {"kid": "a", "typ": "at+jwt"}}),
    "no typ": ((SECRET, "HS256"), {"headers": {"typ": None}}),
    "empty headers": ((SECRET, "HS256"), {"headers": {}}),
    "alg by header": ((SECRET, "RS256"), {"headers": {"alg": "HS256"}}),
    "unsorted": ((SECRET, "HS256"), {"headers": {"z": 1, "a": 2}, "sort_headers": False}),
    "encoder": ((SECRET, "HS256"), {"json_encoder": json.JSONEncoder}),
    "detached": ((SECRET, "HS256"), {"headers": {"b64": False, "crit": ["x"]}}),
    "b64 true": ((SECRET, "HS256"), {"headers": {"b64": True}}),
    "none": ((None, None), {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_same_bytes_the_first_time_and_the_second(name):
    arguments, keywords = CALLS[name]
    wanted = pyjwt.encode(CLAIMS, *arguments, **keywords)
    for _ in range(3):
        assert jwt.encode(CLAIMS, *arguments, **keywords) == wanted


MOMENTS = [
    datetime(2030, 1, 2, 3, 4, 5, 999999),  # noqa: DTZ001
    datetime(2030, 1, 2, tzinfo=UTC),
    datetime(2030, 1, 2, tzinfo=timezone(timedelta(hours=5))),
]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
def test_datetimes(moment, claim):
    assert jwt.encode({claim: moment}, SECRET) == pyjwt.encode({claim: moment}, SECRET)


def cycle():
    members: dict[str, object] = {}
    members["a"] = [members]
    return members


BAD = [
    ({"a": datetime(2030, 1, 1, tzinfo=UTC)}, {}),
    ({"a": object()}, {}),
    ({"iss": 1}, {}),
    ({("a",): 1}, {}),
    (cycle(), {}),
    ([], {}),
    ({}, {"headers": {"kid": 1}}),
    ({}, {"headers": {"crit": "a", "b64": False}}),
    ({}, {"algorithm": "HS1024"}),
    ({}, {"algorithm": []}),
    ({}, {"headers": {"a": {1}}}),
]


@pytest.mark.parametrize(("claims", "keywords"), BAD)
def test_the_same_refusals(claims, keywords):
    for _ in range(2):
        with pytest.raises(Exception) as wanted:  # noqa: PT011
            pyjwt.encode(claims, SECRET, **keywords)
        with pytest.raises(Exception) as got:  # noqa: PT011
            jwt.encode(claims, SECRET, **keywords)
        assert type(got.value).__name__ == type(wanted.value).__name__
        assert str(got.value) == str(wanted.value)
        jwt.encode({}, SECRET)


def test_a_short_secret_is_warned_of_every_time():
    for _ in range(3):
        with pytest.warns(jwt.InsecureKeyLengthWarning, match="5 bytes long"):
            jwt.encode({}, "short")


def test_an_algorithm_of_ones_own_is_asked_every_time():
    class Loud(jwt.algorithms.HMACAlgorithm):
        def sign(self, msg, key):
            return b"loud"

    jws = jwt.PyJWS()
    jws.encode(b"", SECRET)
    jws.encode(b"", SECRET)
    jws.unregister_algorithm("HS256")
    jws.register_algorithm("HS256", Loud(Loud.SHA256))
    assert jws.encode(b"", SECRET).endswith(".bG91ZA")
    other = jwt.PyJWS()
    other.unregister_algorithm("HS256")
    other.register_algorithm("HS256", jwt.algorithms.HMACAlgorithm(Loud.SHA512))
    theirs = pyjwt.PyJWS()
    theirs.unregister_algorithm("HS256")
    theirs.register_algorithm("HS256", pyjwt.algorithms.HMACAlgorithm(Loud.SHA512))
    assert other.encode(b"", SECRET) == theirs.encode(b"", SECRET)


def test_what_is_remembered_is_bounded():
    for number in range(300):
        jwt.encode({}, SECRET + str(number))
    assert jwt.cache_info()["secrets"] == _hmac_lane.MOST
    assert jwt.cache_info()["keys"] == _prepared.MOST
    jwt.cache_clear()
    assert jwt.cache_info() == {"keys": 0, "most": _prepared.MOST, "secrets": 0, "engine_keys": 0, "engine_plans": 0}


def test_the_key_that_was_not_used_goes_first():
    made = []
    for number in (*range(_prepared.MOST), 0, _prepared.MOST, 0, 1):
        _prepared.prepared("test", b"%d" % number, made.append)
    assert made.count(b"0") == 1
    assert made.count(b"1") == 2


def test_private_keys_and_large_ones_are_not_remembered():
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm = jwt.get_algorithm_by_name("RS256")
    algorithm.prepare_key(private)
    jwt.get_algorithm_by_name("HS256").prepare_key(b"k" * 20_000)
    assert jwt.cache_info()["keys"] == 0
    assert algorithm.prepare_key(public) is algorithm.prepare_key(public)


def test_the_same_bytes_for_two_kinds_of_key_are_two_keys():
    public = rsa.generate_private_key(65537, 2048).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwt.get_algorithm_by_name("RS256").prepare_key(pem)
    for name in ("HS256", "ES256", "EdDSA"):
        with pytest.raises(jwt.InvalidKeyError):
            jwt.get_algorithm_by_name(name).prepare_key(pem)


def test_many_threads():
    wanted = {number: pyjwt.encode({"n": number}, SECRET + str(number % 100)) for number in range(400)}
    wrong = []

    def work():
        wrong.extend(
            number for number, token in wanted.items() if jwt.encode({"n": number}, SECRET + str(number % 100)) != token
        )

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
