"""Arguments of wrong types and values: the same TypeError or ValueError, in the same words, from both halves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import strategies
from hypothesis import given
from hypothesis import strategies as st
from outcome import Halves, same

import forge

JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 2**64, 10**400, 1.5, -0.5, float("inf"), float("nan"), "", "x", "HS256", "\ud800", b"", b"x", [], ["x"], ["HS256"], [None], ["HS256", 1],
    ("HS256",), {"HS256"}, frozenset(["HS256"]), {}, {"x": 1}, [""], ["\ud800"], [[]], bytearray(b"x"), memoryview(b"x"), object, len, iter([]), range(3), 1j, ...,
]  # fmt: skip

junk = st.sampled_from(JUNK)
OPTIONS = [
    "algorithms", "issuer", "audience", "subject", "leeway", "require", "typ", "max_age", "max_lifetime", "checks", "clock", "max_token_bytes", "max_header_bytes",
    "max_depth", "allow_padding", "crypto",
]  # fmt: skip


def one_key(half: SimpleNamespace) -> Any:
    return strategies.key(half.IMPL, "HS256", 0, True, None, "{}")


@given(given_options=st.dictionaries(st.sampled_from(OPTIONS), junk, min_size=1, max_size=3))
def test_policies(both: Halves, given_options: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"algorithms": ["HS256"], "issuer": None, "audience": None}
    same(both, lambda half: half.Verifier(one_key(half), **usual | given_options))


@given(keys=st.one_of(junk, st.lists(junk, max_size=2)), replace=st.booleans())
def test_keys_of_a_verifier(both: Halves, keys: Any, replace: bool) -> None:
    def ask(half: SimpleNamespace) -> Any:
        verifier = half.Verifier(one_key(half) if replace else keys, algorithms=["HS256"], issuer=None, audience=None)
        return verifier.replace_keys(keys) if replace else verifier

    if type(keys).__name__ != "list_iterator":
        same(both, ask)
        same(both, lambda half: half.KeySet(keys))


@given(mixed=st.lists(st.sampled_from([*JUNK, "key"]), max_size=3))
def test_iterables_of_keys(both: Halves, mixed: list[Any]) -> None:
    same(both, lambda half: half.KeySet([one_key(half) if item == "key" else item for item in mixed]))


RS256 = forge.material("RS256")
CALLS: dict[str, Any] = {
    "from_pem": RS256.pem(), "from_der": RS256.der(), "from_openssh": RS256.openssh(), "from_jwk": RS256.jwk(), "from_secret": b"s" * 64, "from_file": "/dev/null",
}  # fmt: skip


@given(
    name=st.sampled_from(list(CALLS)),
    own=st.one_of(st.just("own"), junk),
    given_options=st.dictionaries(st.sampled_from(["algorithm", "kid", "password", "allow_weak"]), junk, max_size=2),
)
def test_constructors(both: Halves, name: str, own: Any, given_options: dict[str, Any]) -> None:
    if name in ("from_openssh", "from_jwk", "from_secret"):
        given_options.pop("password", None)
    if name == "from_secret":
        given_options.setdefault("algorithm", "HS256")
    if name == "from_file" and own != "own":
        own = [own]  # a number would be an open file
    same(both, lambda half: getattr(half.Key, name)(CALLS[name] if own == "own" else own, **given_options))


@given(name=st.sampled_from(["decode", "verify", "verify_many", "explain"]), token=junk)
def test_tokens(both: Halves, name: str, token: Any) -> None:
    if type(token).__name__ == "list_iterator":
        return
    if name == "verify_many" and not hasattr(token, "__iter__"):
        return  # the interpreter's own words
    same(
        both,
        lambda half: getattr(
            half.Verifier(one_key(half), algorithms=["HS256"], issuer=None, audience=None, clock=lambda: 0), name
        )(token),
    )


@given(
    token=junk,
    limits=st.dictionaries(st.sampled_from(["max_token_bytes", "max_header_bytes", "max_depth"]), junk, max_size=2),
)
def test_decode_unverified(both: Halves, token: Any, limits: dict[str, Any]) -> None:
    same(both, lambda half: half.decode_unverified(token, **limits))


@given(document=junk, allow_weak=st.sampled_from([False, True, None, 1, "x"]))
def test_key_sets(both: Halves, document: Any, allow_weak: Any) -> None:
    same(both, lambda half: half.KeySet.from_jwks(document, allow_weak=allow_weak))


@given(answer=junk, name=st.sampled_from(["decode", "verify", "explain"]))
def test_clocks(both: Halves, answer: Any, name: str) -> None:
    same(
        both,
        lambda half: getattr(
            half.Verifier(one_key(half), algorithms=["HS256"], issuer=None, audience=None, clock=lambda: answer), name
        )(forge.token()),
    )


@given(
    algorithm=st.one_of(st.sampled_from(["HS256", "HS512", "RS256", "ES256", "EdDSA"]), junk),
    header=st.one_of(st.binary(max_size=9), junk),
    payload=st.one_of(st.binary(max_size=9), junk),
    signer=st.one_of(st.sampled_from(["HS256", "RS256", "EdDSA", "public"]), junk),
)
def test_sign_compact(both: Halves, algorithm: Any, header: Any, payload: Any, signer: Any) -> None:
    """HMAC, RSASSA-PKCS1-v1_5 and Ed25519 leave no choice: the same text."""

    def ask(half: SimpleNamespace) -> Any:
        own = signer
        if signer == "public":
            own = half.Key.from_jwk(RS256.jwk())
        elif isinstance(signer, str) and signer in forge.ALGORITHMS:
            own = half.Key.from_jwk(forge.material(signer).jwk(private=True))
        return half.sign_compact(own, algorithm, header, payload)

    same(both, ask)


@given(
    algorithm=st.one_of(st.sampled_from(forge.ALGORITHMS), junk),
    answer=st.one_of(
        junk, st.sampled_from([0, 1, 63, 64, 65, 96, 127, 128, 132, 255, 256, 1024, 1025, 2048]).map(bytes)
    ),
    header=st.one_of(st.just(b"{}"), junk),
)
def test_sign_compact_with(both: Halves, algorithm: Any, answer: Any, header: Any) -> None:
    same(both, lambda half: half.sign_compact_with(lambda _: answer, algorithm, header, b"{}"))


@given(name=st.sampled_from(["HS256", *[one for one in JUNK if isinstance(one, str)]]), value=junk)
def test_small_methods(both: Halves, name: str, value: Any) -> None:
    same(both, lambda half: half.KeySet([one_key(half)]).get(value))
    same(both, lambda half: one_key(half).thumbprint(hash=value))
    same(both, lambda half: one_key(half).to_jwk(private=value))
    same(both, lambda half: half.KeySet([one_key(half)]).to_jwks(private=value))
    same(both, lambda half: half.Key.generate(value).algorithms)
    if name == "HS256":
        same(both, lambda half: half.algorithm_table())
