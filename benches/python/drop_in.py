"""`rapidjwt.jwt` and PyJWT, called alike, and `Verifier.decode` beside them.

Keys are given as applications have them, as PEM text or a secret, in every call. `Verifier` has its key parsed and its policy stated
before: what `jwt.decode` takes longer is the price of asking anew each time. The calls that prove the answers come first, so what can be
remembered of a key is remembered when the clock starts, on all sides.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import random
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import parts
import peers
import proof
import rapidjwt
import tokens
from rapidjwt import jwt
from rounds import Timed

DECODED = ("HS256", "RS256", "PS256", "ES256", "EdDSA")
ENCODED = ("HS256", "RS256", "ES256", "EdDSA")
PAYLOADS = 8
"""Few, as reading an RSA private key takes tens of milliseconds."""
RANDOMISED = ("PS256", "ES256")
"""Whose signatures never come twice (RFC 8017 section 8.1, FIPS 186-5 section 6.4)."""

OURS, VERIFIER, THEIRS = "rapidjwt.jwt", "Verifier.decode", "PyJWT"
DECODE = "claims = jwt.decode(token, key, algorithms=[algorithm], audience=audience, issuer=issuer)"
ENCODE = "token = jwt.encode(claims, key, algorithm=algorithm)"
HALF = peers.NATIVE if rapidjwt.IMPL == "native" else peers.PURE


class _Jwt:
    """A module with PyJWT's interface."""

    statement = DECODE

    def __init__(self, name: str, distribution: str, module: str) -> None:
        self.name = name
        self.distribution = distribution
        self.module: Any = importlib.import_module(module)

    def prepare(self, cell: tokens.Cell) -> dict[str, Any]:
        return {
            "jwt": self.module,
            "key": cell.keys.verifying.decode(),
            "algorithm": cell.keys.algorithm,
            "audience": tokens.AUDIENCE,
            "issuer": tokens.ISSUER,
        }

    def refusal(self) -> type[Exception]:
        found: type[Exception] = self.module.InvalidTokenError
        return found


_MODULES = (_Jwt(OURS, "rapidjwt", "rapidjwt.jwt"), _Jwt(THEIRS, "PyJWT", "jwt"))


@functools.cache
def kept_keys(algorithm: str) -> tokens.Keys:
    """The keys of this run."""
    return _keys(algorithm)


def _keys(algorithm: str) -> tokens.Keys:
    """Keys whose verifying half is text: a secret in an application's settings is a str."""
    if algorithm != "HS256":
        return tokens.make_keys(algorithm)
    secret = secrets.token_urlsafe(32).encode()
    return tokens.Keys(algorithm, secret, secret)


def _signing_text(keys: tokens.Keys) -> str:
    if keys.algorithm == "HS256":
        return keys.verifying.decode()
    pem: bytes = keys.signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def _with_forged(cell: tokens.Cell) -> tokens.Cell:
    """The cell, and tokens that somebody else signed."""
    other = _keys(cell.keys.algorithm)
    forged = tuple(tokens.sign(other, cell.size, claims) for claims in cell.claims[:8])
    return dataclasses.replace(cell, refused={**cell.refused, "another's signature": forged})


def _decode(algorithm: str, size: str) -> parts.Prepared:
    cell = _with_forged(tokens.make_cell(kept_keys(algorithm), size))
    verifier = next(peer for peer in peers.PEERS if peer.name == HALF)
    ours, theirs = (peers.compile_contender(module, cell) for module in _MODULES)
    contenders = {OURS: ours, VERIFIER: peers.compile_contender(verifier, cell), THEIRS: theirs}
    answers = sum(proof.prove(contender, cell) for contender in contenders.values())
    answers += 2 * proof.prove_same_refusals(ours, theirs, cell)
    timed = [Timed(name, contender.loop, cell.tokens) for name, contender in contenders.items()]
    return parts.Prepared(parts.describe(cell), timed, answers)


def _encode(algorithm: str, *, keeping: bool) -> parts.Prepared:
    """One algorithm; `keeping` private keys, which is off unless an application asks for it."""
    jwt.cache_private_keys(keeping)
    keys = kept_keys(algorithm)
    key = _signing_text(keys)
    payloads = _payloads()
    calls, timed = [], []
    for module in _MODULES:
        names = {"jwt": module.module, "key": key, "algorithm": algorithm}
        encode, loop = peers.compile_statement(ENCODE, names, takes="claims", gives="token")
        cell = tokens.Cell(keys, "encode", (), (), {})
        calls.append((encode, peers.compile_contender(module, cell).decode))
        timed.append(Timed(module.name, loop, payloads))
    try:
        answers = proof.prove_encoding(*calls, payloads, randomised=algorithm in RANDOMISED)
    except proof.Unequal as error:
        raise proof.Unequal(f"encode, {algorithm}: {error}") from None
    facts = {"claims": len(payloads[0]), "payloads": len(payloads), "private_keys_kept": keeping}
    written = [calls[0][0](payload) for payload in payloads]
    return parts.Prepared({"algorithm": algorithm, **parts.lengths(written), **facts}, timed, answers)


def _payloads() -> list[tokens.Claims]:
    """Ten claims each, as an application issues them."""
    rng = random.Random("encode")
    now = int(time.time())
    return [
        {
            "iss": tokens.ISSUER,
            "sub": f"user-{rng.randrange(10**6):06}",
            "aud": tokens.AUDIENCE,
            "exp": now + 86_400 + rng.randrange(3_600),
            "nbf": now,
            "iat": now,
            "jti": f"{rng.getrandbits(128):032x}",
            "scope": "openid profile orders:read",
            "roles": rng.sample(["reader", "writer", "auditor", "admin"], 2),
            "fresh": rng.random() < 0.5,
        }
        for _ in range(PAYLOADS)
    ]


DROP_IN = parts.Part(
    "drop_in",
    "rapidjwt.jwt and PyJWT, called alike",
    {OURS: DECODE, VERIFIER: peers.DECODE, THEIRS: DECODE},
    {
        f"{algorithm}-{size}": functools.partial(_decode, algorithm, size)
        for algorithm in DECODED
        for size in ("small", "gateway")
    }
    | {
        f"{algorithm}-encode{'-keeping' if keeping else ''}": functools.partial(_encode, algorithm, keeping=keeping)
        for algorithm in ENCODED
        for keeping in ((False,) if algorithm == "HS256" else (False, True))
    },
    facts=lambda: {"half": rapidjwt.IMPL, "encode_statement": ENCODE},
)
