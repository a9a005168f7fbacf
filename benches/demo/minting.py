"""One planted token: signed by PyJWT, then spoilt where the plan says so. Never uses rapidjwt."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any, TypeAlias

import jwt

from issuers import Issuer
from people import claims_of

DAY = 86_400

Keys: TypeAlias = list[tuple[str, Any]]
"""Key IDs and keys of one issuer: two published ones and a stranger."""


class Mint:
    """Makes the tokens of one issuer; `others` are the issuers whose tokens stray into its stream."""

    def __init__(self, issuer: Issuer, keys: Keys, others: dict[Issuer, Keys], now: int) -> None:
        self._issuer = issuer
        self._published, self._stranger = keys[:2], keys[2]
        self._others = others
        self._now = now

    def make(self, kind: str, rng: random.Random) -> bytes:
        """The line of a token of this kind; the draw of `rng` makes it one of its own."""
        return _MAKERS[kind](self, rng)

    def good(self, rng: random.Random, **changes: Any) -> bytes:
        """A good token, or one whose claims are changed before it is signed; None leaves a claim out."""
        return self._sign(self._claims(rng) | changes, rng.choice(self._published))

    def expired(self, rng: random.Random) -> bytes:
        """A token of last month."""
        issued = self._now - rng.randrange(2 * DAY, 30 * DAY)
        return self.good(rng, iat=issued, nbf=issued, exp=issued + rng.randrange(900, DAY))

    def another_issuers(self, rng: random.Random) -> bytes:
        """A good token of another issuer, who uses another algorithm."""
        other, keys = rng.choice(list(self._others.items()))
        return Mint(other, keys, {}, self._now).good(rng)

    def names_another_issuer(self, rng: random.Random) -> bytes:
        """Signed by the right key in another issuer's name."""
        return self.good(rng, iss=rng.choice(list(self._others)).issuer)

    def tampered(self, rng: random.Random) -> bytes:
        """Somebody else's subject and roles under a signature that was made for others; the base64url stays canonical."""
        header, payload, signature = self.good(rng).split(b".")
        claims = json.loads(_decode(payload)) | {"sub": "admin", "roles": ["platform:owner"]}
        return b".".join((header, _encode(json.dumps(claims).encode()), signature))

    def unknown_key(self, rng: random.Random) -> bytes:
        """Signed by a key that the issuer does not publish (any more)."""
        return self._sign(self._claims(rng), self._stranger)

    def alg_none(self, rng: random.Random) -> bytes:
        """Not signed at all."""
        no_key: Any = None
        return jwt.encode(self._claims(rng), no_key, algorithm=None, headers={"kid": self._published[0][0]}).encode()

    def garbage(self, rng: random.Random) -> bytes:
        """Something that is no token in one of many ways."""
        return rng.choice(_GARBAGE)(self.good(rng), rng)

    def padded(self, rng: random.Random) -> bytes:
        """A good token with padding on its signature: another spelling of the same token."""
        head, _, signature = self.good(rng).rpartition(b".")
        return head + b"." + signature + b"=" * (-len(signature) % 4)

    def oversized(self, rng: random.Random) -> bytes:
        """Longer than the default limit of 262,144 bytes."""
        return self.good(rng, padding="x" * 200_000)

    def _claims(self, rng: random.Random) -> dict[str, Any]:
        return claims_of(self._issuer, rng, self._now)

    def _sign(self, claims: dict[str, Any], signer: tuple[str, Any]) -> bytes:
        kid, key = signer
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, key, algorithm=self._issuer.algorithm, headers={"kid": kid}).encode()


def _decode(segment: bytes) -> bytes:
    return base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _with_header(token: bytes, header: bytes) -> bytes:
    return b".".join((_encode(header), *token.split(b".")[1:]))


def _plus_in_payload(token: bytes) -> bytes:
    header, payload, signature = token.split(b".")
    return b".".join((header, payload[:-4] + b"+" + payload[-3:], signature))


_GARBAGE: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda token, rng: b"",
    lambda token, rng: b"null",
    lambda token, rng: b"GET /orders/%d HTTP/1.1" % rng.randrange(10_000),
    lambda token, rng: rng.randbytes(400).replace(b"\n", b"\x00"),
    lambda token, rng: token[: token.index(b".") + rng.randrange(1, 300)],
    lambda token, rng: token.rpartition(b".")[0],
    lambda token, rng: token + b"." + token.rpartition(b".")[2],
    lambda token, rng: b"Bearer " + token,
    lambda token, rng: b'"' + token + b'"',
    lambda token, rng: _plus_in_payload(token),
    lambda token, rng: _with_header(token, b"not json"),
    lambda token, rng: _with_header(token, b'{"typ":"JWT"}'),
    lambda token, rng: _with_header(token, b'{"alg":"HS256","alg":"none"}'),
    lambda token, rng: _with_header(token, b'{"alg":"ES256","kid":"\xff\xfe"}'),
)

_MAKERS: dict[str, Callable[[Mint, random.Random], bytes]] = {
    "good": lambda mint, rng: mint.good(rng),
    "expired": Mint.expired,
    "wrong audience": lambda mint, rng: mint.good(rng, aud=f"api://somebody-else-{rng.randrange(100)}"),
    "another issuer's token": Mint.another_issuers,
    "names another issuer": Mint.names_another_issuer,
    "tampered payload": Mint.tampered,
    "unknown key": Mint.unknown_key,
    "not yet valid": lambda mint, rng: mint.good(rng, nbf=mint._now + 30 * DAY, exp=mint._now + 31 * DAY),
    "never expires": lambda mint, rng: mint.good(rng, exp=None),
    "alg none": Mint.alg_none,
    "garbage": Mint.garbage,
    "padded": Mint.padded,
    "oversized": Mint.oversized,
}
