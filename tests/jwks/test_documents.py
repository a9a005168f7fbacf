"""What is read out of answers: keys, and a reason for each member that is left out; and where metadata and keys may be."""

from __future__ import annotations

import contextlib
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from origin import jwk

import forge
from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwks import address, discovery, document

LIMITS = address.Limits()
METADATA = "http://localhost/.well-known/openid-configuration"


def read(*members):
    return document.read(json.dumps({"keys": members}).encode())


def skipped(found):
    return [tuple(one) for one in found.skipped]


def test_every_kind_of_public_key_is_read():
    names = ("RS256", "PS384", "ES256", "ES384", "ES512", "ES256K", "EdDSA")
    found = read(*(forge.material(name).jwk(kid=name) for name in names))
    assert [key.kid for key in found.keys] == list(names)
    assert found.kids == frozenset(names)
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (None, "jwk_invalid"),
        ([], "jwk_invalid"),
        ({}, "jwk_invalid"),
        ({"kty": 7}, "jwk_invalid"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "jwk_invalid"),
        ({"kty": "EC", "crv": "P-192", "x": "AA", "y": "AA"}, "key_unsupported"),
        ({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, "key_unsupported"),
        ({"kty": "oct", "k": "A" * 43}, "key_private"),
        (jwk("p") | {"d": "AA"}, "key_private"),
        (jwk("p") | {"d": None}, "key_private"),
        (jwk("p") | {"kid": 7}, "jwk_invalid"),
        (jwk("p") | {"kid": "\ud800"}, "jwk_invalid"),
        (jwk("p") | {"alg": "RS256"}, "key_algorithm"),
        (forge.material("RS256").jwk() | {"e": "AQ"}, "key_invalid"),
    ],
)  # fmt: skip
def test_a_bad_member_is_left_out_with_its_reason_and_spoils_nothing(member, code):
    found = read(jwk("a"), member, jwk("b", 1))
    assert [key.kid for key in found.keys] == ["a", "b"]
    assert skipped(found) == [(1, code)]


def test_a_member_with_a_name_twice_is_left_out():
    twice = json.dumps(jwk("b", 1))[:-1] + ',"kid":"other"}'
    found = document.read(f'{{"keys":[{json.dumps(jwk("a"))},{twice}]}}'.encode())
    assert found.kids == {"a"}
    assert skipped(found) == [(1, "jwk_invalid")]


def test_the_same_key_twice_is_one_and_two_keys_of_one_kid_are_two():
    assert len(read(jwk("a"), jwk("a")).keys) == 1
    assert len(read(jwk("a"), jwk("a", 1)).keys) == 2
    # One that may not verify, or is another issuer's, must not hide one that may.
    assert len(read(jwk("a") | {"use": "enc"}, jwk("a")).keys) == 2
    assert len(read(jwk("a", issuer="x"), jwk("a", issuer="y")).keys) == 2


def test_a_long_integer_is_refused_whatever_cpython_would_convert():
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        assert document.parse(b'{"x":%s}' % (b"1" * 640), "jwks_invalid")
        with pytest.raises(PyJWTError) as caught:
            document.parse(b'{"x":%s}' % (b"1" * 641), "jwks_invalid")
    finally:
        sys.set_int_max_str_digits(limit)
    assert caught.value.code == "jwks_invalid"


def test_keys_for_encryption_are_kept_and_never_verify():
    found = read(jwk("a") | {"use": "enc"}, jwk("b"))
    assert {key.kid: key.use for key in found.keys} == {"a": "enc", "b": "sig"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kty", "crv", "x", "y", "n", "e", "k", "d", "kid", "alg", "use", "keys", "issuer"]), inner
        )
    ),
    max_leaves=10,
)


@pytest.mark.property
@given(st.lists(_JSON, max_size=4))
def test_any_members_are_keys_or_our_error(members):
    try:
        read(*members, jwk("a"))
    except PyJWTError as error:
        assert error.code in {"jwks_invalid", "jwks_empty"}


@pytest.mark.property
@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_our_error(raw):
    for text in (raw, b'{"keys":[' + raw + b"]}"):
        with pytest.raises(PyJWTError):
            document.read(text)


# ---- where things are


@pytest.mark.parametrize(
    ("issuer", "kind", "url"),
    [
        ("https://a.example", "oidc", "https://a.example/.well-known/openid-configuration"),
        ("https://a.example/", "oidc", "https://a.example/.well-known/openid-configuration"),
        ("https://a.example/t/1", "oidc", "https://a.example/t/1/.well-known/openid-configuration"),
        ("https://a.example/t/1/", "oidc", "https://a.example/t/1/.well-known/openid-configuration"),
        ("https://a.example", "oauth", "https://a.example/.well-known/oauth-authorization-server"),
        ("https://a.example/t/1", "oauth", "https://a.example/.well-known/oauth-authorization-server/t/1"),
        ("https://a.example:8443/t", "oauth", "https://a.example:8443/.well-known/oauth-authorization-server/t"),
    ],
)
def test_well_known_addresses(issuer, kind, url):
    assert discovery.well_known(issuer, kind) == url


@pytest.mark.parametrize("issuer", ["https://a.example/?x=1", "https://a.example/#f", "https://a.example/?"])
def test_an_issuer_with_a_query_or_fragment_has_none(issuer):
    with pytest.raises(ValueError, match="query or fragment"):
        discovery.well_known(issuer, "oidc")


GOOD = [
    "https://a.example/jwks", "https://a.example:8443/jwks?x=1", "http://localhost/jwks", "http://127.0.0.1:80/",
    "http://127.8.8.8/", "http://[::1]:8080/", "HTTPS://A.example/",
]  # fmt: skip
BAD = [
    "", "jwks", "//a.example/", "http://a.example/", "http://10.0.0.1/", "http://localhost.example/", "ftp://a.example/",
    "file:///etc/passwd", "https://", "https:///x", "https://u:p@a.example/", "https://a.example/#f", "https://a.example/ x",
    "https://a.example\n/", "https://a.example:0/", "https://a.example:99999/", "https://[::1/", "https://ä.example/",
    "https://a.example\\@b.example/", "http://0.0.0.0/", "http://[::]/", "http://127.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_addresses_that_are_taken(url):
    assert address.configured("jwks_url", url, LIMITS) == url
    assert address.named_by_metadata(url, METADATA, LIMITS) == url


@pytest.mark.parametrize("url", BAD)
def test_addresses_that_are_refused(url):
    with pytest.raises(ValueError, match=r"^jwks_url must be "):
        address.configured("jwks_url", url, LIMITS)
    with pytest.raises(PyJWTError):
        address.named_by_metadata(url, METADATA, LIMITS)


@pytest.mark.parametrize("url", ["http://localhost/", "http://127.0.0.1:6379/", "http://[::1]/"])
def test_a_provider_elsewhere_cannot_send_us_to_what_listens_here(url):
    for limits in (LIMITS, address.Limits(allow_http=True)):
        with pytest.raises(PyJWTError) as refused:
            address.named_by_metadata(url, "https://evil.example/metadata", limits)
        assert refused.value.code == "fetch_insecure"
        assert address.named_by_metadata(url, METADATA, limits) == url


def test_http_elsewhere_has_to_be_allowed():
    assert address.configured("jwks_url", "http://10.0.0.1/", address.Limits(allow_http=True))


def test_hosts_are_compared_without_case_and_trailing_dot():
    limits = address.Limits(allowed_hosts=address.hosts(["A.example."]))
    assert address.named_by_metadata("https://a.EXAMPLE./jwks", METADATA, limits)
    for other in ("https://b.a.example/", "https://a.example.evil/", "https://xa.example/"):
        with pytest.raises(PyJWTError) as refused:
            address.named_by_metadata(other, METADATA, limits)
        assert refused.value.code == "fetch_host"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    for url in (text, "https://" + text):
        with contextlib.suppress(PyJWTError):
            assert address.named_by_metadata(url, METADATA, LIMITS) == url
        address.same_origin(url, "https://a.example/")
