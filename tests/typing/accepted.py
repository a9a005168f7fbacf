"""What a type checker must accept, and the types that it must find. Read by mypy, never run."""

import sys
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, TypeVar, assert_type

import rapidjwt
from rapidjwt import (
    Issuer,
    Key,
    KeySet,
    KeySlot,
    Rejection,
    Signer,
    UnverifiedToken,
    VerifiedToken,
    Verifier,
    decode_unverified,
    web,
)
from rapidjwt.exceptions import CheckFailedError, InvalidTokenError, PyJWTError
from rapidjwt.observe import Alert, AuditLog, Detectors, Observer, Observers, StreamSink
from rapidjwt.types import AlgorithmName, Check, Explanation, SkippedKey, Verification


class Claims(TypedDict):
    sub: str


@dataclass
class Account:
    sub: str


def make(secret: bytes, path: str) -> Verifier:
    assert_type(Key.from_secret(secret, algorithm="HS256"), Key)
    assert_type(Key.from_file(path, kid="k", password=b"x"), Key)
    assert_type(Key.from_jwk({"kty": "oct"}), Key)
    assert_type(KeySet.from_jwks("{}").skipped, tuple[SkippedKey, ...])
    key = Key.generate("ES256", bits=None)
    assert_type(key.kty, Literal["oct", "RSA", "EC", "OKP"])
    assert_type(key.to_jwk(), dict[str, Any])
    Verifier(KeySet([key]), algorithms=("ES256",), issuer=["a", "b"], audience="c", leeway=0.5, max_age=3)
    Verifier((each for each in [key]), algorithms=["ES256"], issuer=None, audience=None, clock=lambda: 0)
    return Verifier(key, algorithms=["ES256"], issuer="i", audience=None, checks=[check, refuse])


def check(token: VerifiedToken) -> bool | None:
    return token.scope == "read"


def refuse(token: VerifiedToken) -> None:
    raise CheckFailedError(token.algorithm)


class Vault:
    """A source of keys, by its methods alone."""

    slot = KeySlot()

    def find(self, kid: str | None) -> bool:
        return kid is None

    async def afind(self, kid: str | None) -> bool:
        return self.find(kid)

    def due(self) -> None:
        self.slot.replace(None, due=1.5, dead=2)


async def issuers(key: Key, token: str) -> VerifiedToken:
    staff = Issuer("https://staff.example/", source=Vault(), algorithms=["ES256"], audience="a", profile="at+jwt")
    shop = Issuer("https://shop.example/{tenant}", keys=[key], algorithms=("ES256",), audience=None, allow=str.isalpha)
    both = Verifier(issuers=[staff, shop], checks=[check], clock=lambda: 0)
    claims: dict[str, Any] = await both.adecode(token)
    del claims
    return await both.averify(token)


def decode(verifier: Verifier, token: str) -> None:
    assert_type(verifier.decode(token), dict[str, Any])
    assert_type(verifier.decode(token, into=None), dict[str, Any])
    assert_type(verifier.decode(token.encode(), into=Claims), Claims)
    assert_type(verifier.decode(token, into=Account), Account)
    assert_type(verifier.decode(token, into=Account).sub, str)


T = TypeVar("T")


def decode_as(verifier: Verifier, token: str, into: type[T]) -> T:
    return verifier.decode(token, into=into)


def verify(verifier: Verifier, token: str) -> None:
    proof = verifier.verify(token)
    assert_type(proof, VerifiedToken)
    assert_type(proof.claims, dict[str, Any])
    assert_type(proof.audience, tuple[str, ...])
    assert_type(proof.expires_at, int | None)
    assert_type(proof.get("scope", ""), Any)
    assert_type(proof.ok, Literal[True])


def narrow(verifier: Verifier, tokens: list[str | bytes]) -> list[str]:
    """All ways to tell a proof from a rejection are known to the checker; pyright does not know the first."""
    reasons = []
    for result in verifier.verify_many(tokens):
        assert_type(result, VerifiedToken | Rejection)
        if result.ok:
            assert_type(result, VerifiedToken)
        else:
            assert_type(result, Rejection)
            assert_type(result.error, PyJWTError)
            reasons.append(result.reason)
        if result.ok is True:
            assert_type(result, VerifiedToken)
        else:
            assert_type(result, Rejection)
        if result:
            assert_type(result, VerifiedToken)
        else:
            assert_type(result, Rejection)
    return reasons


def explain(verifier: Verifier, token: str) -> None:
    explanation = verifier.explain(token)
    assert_type(explanation, Explanation)
    assert_type(explanation.checks, tuple[Check, ...])
    assert_type(explanation.checks[0].ok, bool | None)


def unverified(token: str) -> None:
    assert_type(decode_unverified(token), UnverifiedToken)
    header, claims = decode_unverified(token)
    assert_type(header, dict[str, Any])
    assert_type(claims, dict[str, Any])


def sign(key: Key) -> str:
    name: AlgorithmName = "RS256"
    assert_type(rapidjwt.IMPL, Literal["native", "pure"])
    assert_type(Signer(key, expires_in=None, algorithm=name, jti=lambda: "id").sign({"sub": "x"}), str)
    return Signer(lambda text: b"", expires_in=1.5, algorithm="ES256", headers={"x": 1}).sign({}, headers={"y": 2})


def errors(verifier: Verifier, token: str) -> str | None:
    try:
        verifier.decode(token)
    except InvalidTokenError as error:
        assert_type(error.code, str)
        return error.claim
    return None


class Counting:
    """An observer by its method alone."""

    count = 0

    def on_verification(self, event: Verification) -> int:
        assert_type(event.token, VerifiedToken | None)
        assert_type(event.issuer, str | None)
        self.count += 1
        return self.count


class Paging(Observer):
    def on_alert(self, alert: Alert) -> None:
        assert_type(alert.seen, int)


def observe(key: Key, issuer: Issuer) -> Verifier:
    audit = AuditLog(StreamSink(sys.stderr), lambda event: event["seq"], record="decisions")
    several = Observers([audit, Paging(), Detectors(Paging().on_alert, max_failures=3), Counting()])
    Verifier(issuers=[issuer], observer=several)
    return Verifier(key, algorithms=["RS256"], issuer=None, audience=None, observer=Counting())


def decided(request: web.Request, decision: web.Decision) -> None:
    AuditLog(record="decisions").on_decision(request, decision, 1e-6)
