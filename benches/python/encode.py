"""Claims in, a signed token out: each library with its key parsed beforehand, wherever it lets the caller do so."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import parts
import peers
import proof
import tokens
from peers import Unsupported, optional
from rounds import Timed

PAYLOADS = 16
"""Few, as an RSA signature takes a millisecond."""
HEADERS = {"kid": tokens.KID, "typ": "at+jwt"}

Names = dict[str, Any]


def _rapidjwt(keys: tokens.Keys) -> Names:
    rapidjwt = optional("rapidjwt")
    if rapidjwt.IMPL != "native":
        raise Unsupported("the native half is not in force")
    key = (
        rapidjwt.Key.from_secret(keys.signing, algorithm="HS256", kid=tokens.KID)
        if keys.algorithm == "HS256"
        else rapidjwt.Key.from_pem(_pem(keys), algorithm=keys.algorithm, kid=tokens.KID)
    )
    return {"signer": rapidjwt.Signer(key, expires_in=None, typ="at+jwt")}


def _ryjwt(keys: tokens.Keys) -> Names:
    ryjwt = optional("ryjwt")
    key = (
        ryjwt.SecretKey(keys.signing, algorithms=["HS256"])
        if keys.algorithm == "HS256"
        else ryjwt.PrivateKey(_pem(keys), algorithms=[keys.algorithm])
    )
    return {"key": key, "headers": HEADERS}


def _oxyjwt(keys: tokens.Keys) -> Names:
    oxyjwt = optional("oxyjwt")
    made = oxyjwt.EncodingKey
    make = {"HS256": made.from_secret, "RS256": made.from_rsa_pem, "ES256": made.from_ec_pem, "EdDSA": made.from_ed_pem}
    key = make[keys.algorithm](keys.signing if keys.algorithm == "HS256" else _pem(keys))
    return {"jwt": oxyjwt, "key": key, "algorithm": keys.algorithm, "headers": HEADERS}


def _webtoken(keys: tokens.Keys) -> Names:
    key = keys.signing if keys.algorithm == "HS256" else _pem(keys).decode()
    return {"jwt": optional("webtoken"), "key": key, "algorithm": keys.algorithm, "headers": HEADERS}


def _pyjwt(keys: tokens.Keys) -> Names:
    return {"jwt": jwt, "key": keys.signing, "algorithm": keys.algorithm, "headers": HEADERS}


def _joserfc(keys: tokens.Keys) -> Names:
    jwk, jws = optional("joserfc.jwk"), optional("joserfc.jws")
    make = {"HS256": jwk.OctKey, "RS256": jwk.RSAKey, "ES256": jwk.ECKey, "EdDSA": jwk.OKPKey}
    return {
        "jwt": optional("joserfc.jwt"),
        "key": make[keys.algorithm].import_key(keys.signing if keys.algorithm == "HS256" else _pem(keys)),
        "headers": {"alg": keys.algorithm, **HEADERS},
        "registry": jws.JWSRegistry(algorithms=[keys.algorithm]),
    }


def _python_jose(keys: tokens.Keys) -> Names:
    if keys.algorithm == "EdDSA":
        raise Unsupported("it has no EdDSA")
    key = optional("jose.jwk").construct(
        keys.signing if keys.algorithm == "HS256" else _pem(keys).decode(), keys.algorithm
    )
    return {"jwt": optional("jose.jwt"), "key": key, "algorithm": keys.algorithm, "headers": HEADERS}


_LIKE_PYJWT = "token = jwt.encode(claims, key, algorithm, headers=headers)"
SIGNERS: dict[str, tuple[str, Callable[[tokens.Keys], Names]]] = {
    peers.NATIVE: ("token = signer.sign(claims)", _rapidjwt),
    "ryjwt": ("token = key.encode(claims, header=headers)", _ryjwt),
    "oxyjwt": (_LIKE_PYJWT, _oxyjwt),
    "webtoken": (_LIKE_PYJWT, _webtoken),
    "PyJWT": (_LIKE_PYJWT, _pyjwt),
    "joserfc": ("token = jwt.encode(headers, claims, key, registry=registry)", _joserfc),
    "python-jose": (_LIKE_PYJWT, _python_jose),
}


def _encode(algorithm: str, size: str) -> parts.Prepared:
    cell = tokens.kept_cell(algorithm, size)
    payloads = cell.claims[:PAYLOADS]
    read = next(peer for peer in peers.PEERS if peer.name == "PyJWT")
    decode = peers.compile_contender(read, cell).decode
    timed, absent, answers = [], {}, 0
    for name, (statement, prepare) in SIGNERS.items():
        try:
            names = prepare(cell.keys)
        except Unsupported as error:
            absent[name] = str(error)
            continue
        sign, loop = peers.compile_statement(statement, names, takes="claims", gives="token")
        try:
            answers += proof.prove_signing(sign, decode, payloads)
        except proof.Unequal as error:
            raise proof.Unequal(f"{name}, {cell.name}: {error}") from None
        timed.append(Timed(name, loop, payloads))
    return parts.Prepared(parts.describe(cell), timed, answers, absent)


def _pem(keys: tokens.Keys) -> bytes:
    pem: bytes = keys.signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem


ENCODE = parts.Part(
    "encode",
    "claims in, a token out",
    {name: statement for name, (statement, _) in SIGNERS.items()},
    {
        f"{algorithm}-{size}": functools.partial(_encode, algorithm, size)
        for algorithm in tokens.ALGORITHMS
        for size in (("small", "gateway") if algorithm == "HS256" else ("gateway",))
    },
)
