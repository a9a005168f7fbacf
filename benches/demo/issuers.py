"""Four issuers as one meets them behind a gateway, each with its algorithm, two published keys and one that is not published."""

from __future__ import annotations

import json
import secrets
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt import algorithms


class Issuer(NamedTuple):
    """One issuer and the audience that its tokens are for."""

    name: str
    algorithm: str
    issuer: str
    audience: str


ISSUERS = (
    Issuer("orders", "HS256", "https://tokens.orders.example/", "orders-internal"),
    Issuer("workforce", "RS256", "https://sso.workforce.example/realms/main", "https://api.workforce.example"),
    Issuer("shop", "ES256", "https://login.shop.example/", "https://shop.example/api/v2"),
    Issuer("devices", "EdDSA", "https://id.devices.example/oauth2/default", "api://telemetry"),
)


class SigningKey(NamedTuple):
    """A private key or secret in a form that reaches another process, and its key ID."""

    kid: str
    material: bytes

    def load(self) -> Any:
        """The key as PyJWT takes it; reading an RSA key checks its primes and costs more than signing does."""
        return load_pem_private_key(self.material, None) if self.material.startswith(b"-----BEGIN") else self.material


def make_keys(issuer: Issuer) -> tuple[list[SigningKey], dict[str, Any]]:
    """Two published keys, a stranger's key, and the JWK Set of the published ones."""
    pairs = [_key_pair(issuer.algorithm) for _ in range(3)]
    kids = [f"{issuer.name}-2026-{month}" for month in ("09", "10")] + [f"{issuer.name}-retired"]
    jwks = [
        {**_jwk(issuer.algorithm, pairs[at][1]), "kid": kids[at], "use": "sig", "alg": issuer.algorithm}
        for at in (0, 1)
    ]
    return [SigningKey(kid, material) for kid, (material, _) in zip(kids, pairs, strict=True)], {"keys": jwks}


def _key_pair(algorithm: str) -> tuple[bytes, Any]:
    if algorithm == "HS256":
        secret = secrets.token_bytes(32)
        return secret, secret
    private: Any = {
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), private.public_key()


def _jwk(algorithm: str, key: Any) -> dict[str, Any]:
    writers: dict[str, Any] = {
        "HS256": algorithms.HMACAlgorithm,
        "RS256": algorithms.RSAAlgorithm,
        "ES256": algorithms.ECAlgorithm,
        "EdDSA": algorithms.OKPAlgorithm,
    }
    jwk: dict[str, Any] = json.loads(writers[algorithm].to_jwk(key))
    return {name: value for name, value in jwk.items() if name not in ("key_ops", "use", "alg", "kid")}
