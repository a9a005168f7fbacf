"""What PyJWT 2.15.1 refuses, we refuse: never the other way round. The few explained exceptions stand in a table."""

from __future__ import annotations

import datetime
import json
import warnings
from typing import Any

import jwt
import jwt.api_jwt
import pytest
import strategies
from hypothesis import event, given
from hypothesis import strategies as st

import forge
from rapidjwt.exceptions import PyJWTError

EXPLAINED = {"Ed25519": "PyJWT does not know this name of EdDSA (RFC 9864)"}
"""Algorithms with which we accept what PyJWT refuses, and why."""


class Clock(datetime.datetime):
    """What PyJWT reads the time from."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(forge.NOW, tz)


@pytest.fixture(autouse=True)
def _same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwt.api_jwt, "datetime", Clock)


def pyjwt_accepts(token: str | bytes, algorithm: str, number: int, allowed: list[str], policy: dict[str, Any]) -> bool:
    jwk = forge.material(algorithm, number).jwk(alg=algorithm)
    options = {"require": list(policy.get("require", ["exp"])), "enforce_minimum_key_length": True}
    audience = policy["audience"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jwt.decode(
                token,
                jwt.PyJWK(jwk).key,
                algorithms=[name for name in allowed if name not in EXPLAINED],
                issuer=policy["issuer"],
                audience=list(audience) if isinstance(audience, set) else audience,
                subject=policy.get("subject"),
                leeway=policy.get("leeway", 0),
                options=options,
            )
    except (jwt.PyJWTError, UnicodeEncodeError):
        return False
    return True


# What PyJWT has no option for is left alone.
COMMON = {"issuer", "audience", "subject", "leeway", "require"}


@given(case=strategies.cases())
def test_tokens(half: str, impl: Any, case: tuple[list[Any], dict[str, Any], bytes]) -> None:
    """One key, which both libraries hold, and the options that both have."""
    specs, policy, token = case
    algorithm, number = specs[0][:2]
    if algorithm in EXPLAINED:
        return
    chosen = {name: value for name, value in policy.items() if name in COMMON}
    allowed = [algorithm, *policy["algorithms"]]
    verifier = impl.Verifier(
        strategies.key(half, algorithm, number, True, None, "{}"),
        algorithms=allowed,
        clock=lambda: forge.NOW,
        max_depth=512,
        **chosen,
    )
    try:
        verifier.decode(token)
    except PyJWTError as error:
        event(f"refused: {error.code}")
        return
    event("accepted")
    assert pyjwt_accepts(token, algorithm, number, allowed, chosen)


good = st.builds(
    lambda algorithm, claims, header: (algorithm, claims, header),
    st.sampled_from([name for name in forge.ALGORITHMS if name not in EXPLAINED]),
    strategies.claims,
    strategies.good_headers,
)


@given(found=good, policy=strategies.policies)
def test_genuine_tokens(
    half: str, impl: Any, found: tuple[str, dict[str, Any], dict[str, Any]], policy: dict[str, Any]
) -> None:
    """Good signatures, any claims: the claim checks alone decide."""
    algorithm, claims, header = found
    chosen = {name: value for name, value in policy.items() if name in COMMON} | {"require": []}
    token = forge.token(claims, algorithm=algorithm, header=header)
    keys = strategies.key(half, algorithm, 0, True, None, "{}")
    (result,) = impl.Verifier(keys, algorithms=[algorithm], clock=lambda: forge.NOW, **chosen).verify_many([token])
    theirs = pyjwt_accepts(token, algorithm, 0, [algorithm], chosen)
    event(f"ours {result.ok}, theirs {theirs}")
    assert theirs or not result.ok


@given(secret=st.one_of(st.binary(min_size=64, max_size=120), strategies.hostile_json.map(lambda text: text.ljust(64))))
def test_secrets(impl: Any, secret: bytes) -> None:
    """A secret that PyJWT takes for a key is none for us."""
    try:
        impl.Key.from_secret(secret, algorithm="HS256")
    except PyJWTError:
        return
    assert jwt.get_algorithm_by_name("HS256").prepare_key(secret) == secret


DISGUISES = [
    b"ssh-rsa\tAAAAB3NzaC1yc2E", b"ssh-rsa-cert-v01@openssh.com AAAA", b"ssh-ed25519-cert-v01@openssh.com AAAA", b"ssh-dss\tAAAA", b"ssh-rsaAAAA", b"ecdsa-sha2-nistp256\tAAAA",
    b"ssh-ed25519\tAAAA", b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", b"---- BEGIN PUBLIC KEY ----\n---- END PUBLIC KEY ----",
    b"x-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", b'{"a":{"kty":"RSA"}}', b'[["\\u006bty"],{"\\u006bty":1}]',
]  # fmt: skip


@pytest.mark.parametrize("secret", DISGUISES, ids=range(len(DISGUISES)))
def test_disguised_keys(impl: Any, secret: bytes) -> None:
    for text in (secret.ljust(80), secret + b"A" * 80):
        try:
            jwt.get_algorithm_by_name("HS256").prepare_key(text)
        except jwt.InvalidKeyError:
            with pytest.raises(PyJWTError):
                impl.Key.from_secret(text, algorithm="HS256")


def test_every_algorithm_both_ways(half: str, impl: Any) -> None:
    """PyJWT verifies what we sign, and we what PyJWT signs."""
    for algorithm in forge.ALGORITHMS:
        if algorithm in EXPLAINED:
            continue
        material = forge.material(algorithm)
        jwk = material.jwk(private=True)
        theirs = jwt.encode(forge.CLAIMS, jwt.PyJWK(jwk, algorithm).key, algorithm=algorithm)
        keys = strategies.key(half, algorithm, 0, True, None, "{}")
        verifier = impl.Verifier(keys, algorithms=[algorithm], issuer=None, audience=None, clock=lambda: forge.NOW)
        assert verifier.decode(theirs) == forge.CLAIMS
        own = impl.sign_compact(
            impl.Key.from_jwk(jwk),
            algorithm,
            json.dumps({"alg": algorithm}).encode(),
            json.dumps(forge.CLAIMS).encode(),
        )
        assert pyjwt_accepts(own, algorithm, 0, [algorithm], {"issuer": None, "audience": None})
