"""No message, repr or exception repeats what a token, a key or a password says."""

from __future__ import annotations

import contextlib
import json
import traceback
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

import forge
from rapidjwt.exceptions import PyJWTError
from rapidjwt.observe import AuditLog, Observers, PrometheusMetrics

MARK = "s3cretM4RK"


def everything(error: BaseException) -> str:
    """What a log would show of it, with causes and notes, and what hangs on it."""
    parts = [
        repr(error),
        str(error),
        repr(error.args),
        repr(vars(error)),
        "".join(traceback.format_exception_only(error)),
    ]
    for inner in (error.__cause__, error.__context__ if not error.__suppress_context__ else None):
        if inner is not None:
            parts.append(everything(inner))
    return "\n".join(parts)


def refuse(ask: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(PyJWTError) as caught:
        ask(*arguments, **options)
    return everything(caught.value)


def tokens() -> list[str | bytes]:
    claims = {"exp": forge.NOW + 9, "sub": MARK}
    return [
        MARK, f"{MARK}.{MARK}.{MARK}", f"{MARK}.é.x", forge.token(header={"alg": MARK}), forge.token(header={"alg": [MARK]}), forge.token(header={"kid": {MARK: 1}}),
        forge.token(header={"kid": MARK}), forge.token(header={"typ": MARK}), forge.token(header={"typ": [MARK]}), forge.token(header={"crit": [MARK], MARK: 1}),
        forge.token(header={"crit": MARK}), forge.token(header=f'{{"alg":"HS256","{MARK}":1,"{MARK}":2}}'.encode()), forge.token(header=MARK.encode()),
        forge.tampered(forge.token(claims)), forge.token(MARK.encode()), forge.token(f'{{"{MARK}":1,"{MARK}":1}}'.encode()), forge.token(json.dumps(MARK).encode()),
        *[forge.token(claims | {name: value}) for name in ("exp", "nbf", "iat", "iss", "aud", "sub", "jti") for value in ([MARK, 1], {MARK: MARK})],
        *[forge.token(claims | {name: MARK}) for name in ("exp", "nbf", "iat", "iss", "aud")], forge.token(claims | {"exp": 1}),
        f"{MARK}\ud800", MARK.encode() + b"\xff", forge.token(claims, algorithm="HS512"), forge.token(MARK.encode() + b"\xff"),
    ]  # fmt: skip


def test_tokens(verifier: Any, key: Any) -> None:
    for policy in (
        {"issuer": "i", "audience": "a", "typ": "t"},
        {"subject": "s"},
        {"max_age": 1},
        {"keys": [key("HS256", kid="k"), key("HS256", 1, kid="l")]},
        {},
    ):
        judge = verifier(**policy)
        for token in tokens():
            for ask in (judge.decode, judge.verify):
                try:
                    ask(token)
                except PyJWTError as error:
                    assert MARK not in everything(error)
            (result,) = judge.verify_many([token])
            assert MARK not in repr(result)
            assert MARK not in repr(judge)
            for check in judge.explain(token).checks:
                assert MARK not in f"{check.message}{check.code}"


def test_decode_unverified(impl: Any) -> None:
    for token in tokens():
        try:
            impl.decode_unverified(token)
        except PyJWTError as error:
            assert MARK not in everything(error)


def test_proofs(verifier: Any) -> None:
    proof = verifier().verify(forge.token(forge.CLAIMS | {"sub": MARK, "iss": MARK}, header={"kid": MARK, "typ": MARK}))
    assert MARK not in f"{proof!r}{proof}"
    assert proof.subject == MARK


def test_keys_show_no_material(impl: Any) -> None:
    for algorithm in forge.ALGORITHMS:
        material = forge.material(algorithm)
        jwk = material.jwk(private=True)
        key = impl.Key.from_jwk(jwk, algorithm=algorithm, kid="a")
        shown = f"{key!r} {key} {impl.KeySet([key])!r} {impl.KeySet([key])} {key:}"
        for name in ("k", "d", "p", "q", "dp", "dq", "qi"):
            if name in jwk:
                assert jwk[name][:12] not in shown
        if key.kty == "oct":
            assert material.secret.hex()[:12] not in shown
        for attribute in ("__dict__", "secret", "k", "d", "private", "_secret"):
            assert not hasattr(key, attribute)
        if key.kty != "oct":
            assert not any(name in key.to_jwk() for name in ("d", "p", "q", "dp", "dq", "qi", "k"))


def test_bad_jwks(impl: Any) -> None:
    """PyJWT's text contained the whole JWK, private parts included."""
    for algorithm in ("HS256", "RS256", "ES256", "EdDSA"):
        good = forge.material(algorithm).jwk(private=True)
        for name in good:
            for value in (MARK, [MARK], {MARK: MARK}, None, good[name] + "=" + MARK, 7):
                for form in (
                    good | {name: value},
                    json.dumps(good | {name: value}),
                    json.dumps(good | {name: value}).encode(),
                ):
                    try:
                        impl.Key.from_jwk(form)
                    except PyJWTError as error:
                        shown = everything(error)
                        assert MARK not in shown
                        assert not any(
                            isinstance(part, str) and len(part) > 8 and part[:12] in shown for part in good.values()
                        )
                    try:
                        impl.KeySet.from_jwks({"keys": [form]})
                    except PyJWTError as error:
                        assert MARK not in everything(error)


def test_bad_texts_of_keys(impl: Any) -> None:
    for read, text in [
        (impl.Key.from_pem, f"-----BEGIN {MARK}-----\n{MARK}\n-----END {MARK}-----"),
        (impl.Key.from_pem, f"-----BEGIN PUBLIC KEY-----\n{MARK}\n-----END PUBLIC KEY-----"),
        (impl.Key.from_pem, MARK),
        (impl.Key.from_der, MARK.encode() * 9),
        (impl.Key.from_openssh, f"ssh-rsa {MARK} {MARK}"),
        (impl.Key.from_openssh, f"ssh-{MARK} AAAA"),
        (impl.Key.from_jwk, MARK),
        (impl.Key.from_jwk, f'{{"{MARK}":1,"{MARK}":2}}'),
        (impl.KeySet.from_jwks, MARK),
        (impl.KeySet.from_jwks, {"keys": [{"kty": MARK}]}),
    ]:
        assert MARK not in refuse(read, text)
    assert MARK not in refuse(impl.Key.from_secret, MARK, algorithm="HS256")
    assert MARK not in refuse(impl.Key.from_secret, f'{{"kty":"{MARK}"}}', algorithm="HS256")


def test_passwords(impl: Any) -> None:
    locked = forge.material("ES256").pem(password=b"right")
    assert MARK not in refuse(impl.Key.from_pem, locked, password=MARK)
    assert MARK not in refuse(impl.Key.from_pem, locked[:200], password=MARK)
    assert MARK not in refuse(impl.Key.from_pem, b"-----BEGIN X-----", password=MARK)
    with pytest.raises(TypeError) as caught:
        impl.Key.from_pem(locked, password=[MARK])
    assert MARK not in everything(caught.value)


def test_type_errors_name_types_only(impl: Any, verifier: Any) -> None:
    for call in (
        lambda: verifier().decode([MARK]),
        lambda: impl.Key.from_secret([MARK], algorithm="HS256"),
        lambda: impl.Key.from_jwk([MARK]),
        lambda: impl.Key.from_pem({MARK: 1}),
        lambda: impl.decode_unverified({MARK}),
        lambda: impl.KeySet([MARK]),
        lambda: impl.sign_compact(MARK, "HS256", b"{}", b"{}"),
    ):
        with pytest.raises(TypeError) as caught:
            call()
        assert MARK not in everything(caught.value)


def test_what_an_observer_hears(verifier: Any, key: Any) -> None:
    heard: list[Any] = []
    events: list[Any] = []
    metrics = PrometheusMetrics(CollectorRegistry())
    observer = Observers([metrics, AuditLog(events.append), SimpleNamespace(on_verification=heard.append)])
    for policy in ({"issuer": "i", "audience": "a", "typ": "t"}, {"subject": "s"}, {"max_age": 1}):
        judge = verifier(**policy, observer=observer)
        for token in tokens():
            judge.verify_many([token])
            with contextlib.suppress(PyJWTError):
                judge.decode(token)
    assert len(heard) == len(events) > 200
    assert not any(event.ok for event in heard)
    assert MARK not in repr(heard) + repr(events) + metrics.render()[0].decode()
