"""Any bytes in, only our errors out, at every door; and a token with any bit changed is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

import forge
from rapidjwt.exceptions import CODES, InvalidTokenError, PyJWTError

pytestmark = pytest.mark.property

any_text = st.text(st.characters(exclude_categories=[]), max_size=200)
any_bytes = st.binary(max_size=300)


def only_ours(call: Any, *arguments: Any, kind: type = PyJWTError, **options: Any) -> Any:
    """What the call returns; None when it raises an error of ours. Anything else goes through, and fails the test."""
    try:
        return call(*arguments, **options)
    except PyJWTError as error:
        assert isinstance(error, kind)
        assert type(error) is CODES[error.code].cls
        return None


segments = st.one_of(
    strategies.hostile_json.map(forge.b64),
    any_bytes.map(forge.b64),
    st.sampled_from([forge.b64(forge.dump({"alg": name})) for name in ("HS256", "RS256", "ES256", "EdDSA", "none")]),
    st.text("AZaz09-_=.+/ ", max_size=30),
)
tokens = st.one_of(
    any_text,
    any_bytes,
    st.lists(segments, min_size=1, max_size=5).map(".".join),
    st.tuples(st.just("eyJhbGciOiJIUzI1NiJ9"), segments, segments).map(".".join),
    st.sampled_from(forge.ALGORITHMS).flatmap(
        lambda name: strategies.damaged(st.just(forge.token(algorithm=name).encode()))
    ),
    st.binary(max_size=200).map(lambda payload: forge.token(payload)),
    strategies.hostile_json.map(lambda payload: forge.token(payload)),
    strategies.hostile_json.map(lambda header: forge.token(header=header)),
)


def everything(half: str, impl: Any) -> Any:
    """A verifier for all algorithms, with a named key of each kind and one without a name."""
    names = ("HS512", "RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA")
    keys = [strategies.key(half, name, 0, False, name, "{}") for name in names]
    keys.append(strategies.key(half, "HS256", 0, True, None, "{}"))
    return impl.Verifier(
        keys,
        algorithms=forge.ALGORITHMS,
        issuer=None,
        audience=["a"],
        require=[],
        max_age=1e9,
        typ=None,
        clock=lambda: forge.NOW,
        allow_padding=True,
    )


@given(token=tokens)
def test_verifier(half: str, impl: Any, token: str | bytes) -> None:
    verifier = everything(half, impl)
    claims = only_ours(verifier.decode, token, kind=InvalidTokenError)
    proof = only_ours(verifier.verify, token, kind=InvalidTokenError)
    (result,) = verifier.verify_many([token])
    assert bool(proof) is result.ok is verifier.explain(token).ok
    if proof:
        assert proof.claims == claims
        assert json.loads(proof.payload) == claims
        assert proof.header["alg"] == proof.algorithm


@given(token=tokens)
def test_decode_unverified(impl: Any, token: str | bytes) -> None:
    found = only_ours(impl.decode_unverified, token, kind=InvalidTokenError)
    assert found is None or (type(found.header), type(found.claims)) == (dict, dict)


key_texts = st.one_of(
    any_text,
    any_bytes,
    strategies.hostile_json,
    strategies.damaged(st.sampled_from([forge.material(name).der() for name in ("RS256", "ES256", "EdDSA")])),
    strategies.damaged(
        st.sampled_from([forge.material(name).pem(private=True) for name in ("RS256", "ES256", "EdDSA")])
    ),
    strategies.damaged(
        st.sampled_from(
            [forge.dump(forge.material(name).jwk(private=True)) for name in ("HS256", "RS256", "ES256", "EdDSA")]
        )
    ),
    strategies.damaged(st.sampled_from([forge.material(name).openssh() for name in ("RS256", "ES256", "EdDSA")])),
    any_bytes.map(lambda data: forge.pem("PUBLIC KEY", data)),
    any_bytes.map(lambda data: forge.pem("CERTIFICATE", data)),
)


@given(text=key_texts, password=st.sampled_from([None, b"", "pw"]))
def test_keys(impl: Any, text: str | bytes, password: Any) -> None:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    made = [
        only_ours(impl.Key.from_pem, text, password=password),
        only_ours(impl.Key.from_der, raw, password=password),
        only_ours(impl.Key.from_openssh, text),
        only_ours(impl.Key.from_jwk, text),
        only_ours(impl.Key.from_secret, text, algorithm="HS256"),
    ]
    for key in filter(None, made):
        again = impl.Key.from_jwk(key.to_jwk(private=key.is_private), allow_weak=True)
        assert again.thumbprint() == key.thumbprint()
        if key.kty != "oct":
            assert impl.Key.from_pem(key.to_pem(private=key.is_private)).thumbprint() == key.thumbprint()


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text, st.binary(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(any_text, st.sampled_from(["kty", "keys", "k", "x", "crv", "alg"])), inner, max_size=4
        ),
    ),
    max_leaves=10,
)


@given(
    document=st.one_of(
        key_texts,
        st.dictionaries(st.sampled_from(["keys", "kty", "alg", "k", "x"]), json_values, max_size=4),
        st.lists(json_values, max_size=4).map(lambda keys: {"keys": keys}),
    )
)
def test_key_sets(impl: Any, document: Any) -> None:
    keys = only_ours(impl.KeySet.from_jwks, document)
    assert keys is None or len(keys) > 0
    only_ours(impl.Key.from_jwk, document)


GOOD = {name: forge.token({"exp": forge.NOW + 9, "aud": "a", "iat": 1}, algorithm=name) for name in forge.ALGORITHMS}


@given(algorithm=st.sampled_from(forge.ALGORITHMS), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_bit_changed(half: str, impl: Any, algorithm: str, place: int, bit: int) -> None:
    """base64url is canonical: another character is another token, and none of them verifies."""
    token = bytearray(GOOD[algorithm].encode())
    verifier = impl.Verifier(
        strategies.key(half, algorithm, 0, True, None, "{}"),
        algorithms=[algorithm],
        issuer=None,
        audience="a",
        clock=lambda: forge.NOW,
    )
    assert verifier.decode(bytes(token))["aud"] == "a"
    token[place % len(token)] ^= 1 << bit
    assert not verifier.verify_many([bytes(token)])[0]


@given(algorithm=st.sampled_from(forge.ALGORITHMS), token=st.data())
def test_any_other_text(half: str, impl: Any, algorithm: str, token: Any) -> None:
    """However a token is damaged: what is accepted is the token itself."""
    good = GOOD[algorithm].encode()
    other = token.draw(strategies.damaged(st.just(good)))
    verifier = impl.Verifier(
        strategies.key(half, algorithm, 0, True, None, "{}"),
        algorithms=[algorithm],
        issuer=None,
        audience="a",
        clock=lambda: forge.NOW,
    )
    assert verifier.verify_many([other])[0].ok is (other == good)
