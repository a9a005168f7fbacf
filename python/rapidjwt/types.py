"""Plain result types and aliases that both halves share. Data only: nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias

from rapidjwt.unverified import UnverifiedToken

if TYPE_CHECKING:
    from rapidjwt._native import KeySlot, VerifiedToken

__all__ = [
    "AlgorithmName",
    "AlgorithmRow",
    "Check",
    "CheckCallable",
    "Claims",
    "Clock",
    "Explanation",
    "JWKDict",
    "KeySource",
    "Observer",
    "SkippedKey",
    "TokenCacheInfo",
    "UnverifiedToken",
    "Verification",
]

AlgorithmName: TypeAlias = Literal[
    "HS256", "HS384", "HS512",
    "RS256", "RS384", "RS512",
    "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES256K",
    "EdDSA", "Ed25519",
]  # fmt: skip
"""Names of the `alg` header parameter that rapidjwt knows (RFC 7518, RFC 8037, RFC 8812, RFC 9864)."""

Claims: TypeAlias = dict[str, Any]
"""A JWT Claims Set (RFC 7519 section 4)."""

JWKDict: TypeAlias = Mapping[str, Any]
"""A JSON Web Key as a mapping (RFC 7517 section 4)."""

Clock: TypeAlias = Callable[[], float]
"""Returns the time in seconds since the epoch, as `time.time` does."""

CheckCallable: TypeAlias = "Callable[[VerifiedToken], bool | None]"
"""An own check: returns None or True to accept; returns anything else or raises to refuse."""


class KeySource(Protocol):
    """Gets the keys of an issuer, and keeps them fresh by its own rules. A verifier never fetches; it asks its source.

    The methods are called from any thread, several at once. What they raise refuses at most the token that was about to be refused.
    """

    @property
    def slot(self) -> KeySlot:
        """Where it puts the keys: always the same slot, which starts without keys."""
        ...

    def find(self, kid: str | None) -> bool:
        """A token named a key that is not there, or there are no keys, or they are too old (`dead`).

        It may fetch or not, and wait or not; it must not wait for the network where an event loop runs in the thread. True: the
        slot changed, so that the token is tried once more. Any Exception refuses the token as `keys_unavailable`.

        Args:
            kid: the one that the token names, if it names one. It comes from a token that nobody verified.
        """
        ...

    async def afind(self, kid: str | None) -> bool:
        """The same for `Verifier.adecode` and `averify`, which wait for it."""
        ...

    def due(self) -> None:
        """The slot's `due` has come. Called with each token until `replace` sets another; it must return at once. An Exception of it
        is dropped: a good token is not refused for it.
        """


class AlgorithmRow(NamedTuple):
    """One row of the algorithm table (RFC 7518 section 3.1)."""

    name: str
    """The `alg` value."""
    family: Literal["HMAC", "RSA-PKCS1", "RSA-PSS", "ECDSA", "EdDSA"]
    hash: str
    """`SHA-256`, `SHA-384` or `SHA-512`."""
    kty: Literal["oct", "RSA", "EC", "OKP"]
    curve: str | None
    """The JWK `crv`, for elliptic curves."""
    signature_bytes: int | None
    """Fixed signature length in bytes; None for RSA, where it is the modulus's."""
    min_key_bits: int
    """Smallest key accepted without `allow_weak`, in bits."""


class SkippedKey(NamedTuple):
    """A member of a JWK Set that could not be used, and why."""

    position: int
    """Place in the set's `keys` array, from 0."""
    code: str
    """The error code, see `rapidjwt.exceptions.CODES`."""


class TokenCacheInfo(NamedTuple):
    """Numbers of a `TokenCache`, since it was made."""

    hits: int
    """Tokens that were found and accepted."""
    misses: int
    """Tokens that had to be verified, or were refused although they had been accepted before."""
    evictions: int
    """Tokens that went to make room."""
    entries: int
    """Tokens in the cache."""
    bytes: int
    """About how much memory they take."""


class Verification(NamedTuple):
    """What came of one token. Of a refused one nothing is in it that the token says: names are the program's own, or of closed lists."""

    ok: bool
    """Accepted, own checks and `into` included."""
    issuer: str | None
    """The issuer whose policy judged it, as configured: for a template the template. Where a verifier has one policy: its issuer, if
    that is exactly one. None: no issuer of the verifier, or none that could be told.
    """
    algorithm: str | None
    """The token's `alg`; None where it was refused before its header was admitted."""
    code: str | None
    """Why it was refused, see `rapidjwt.exceptions.CODES`; own checks may raise others. None when it was not."""
    reason: str | None
    """One of `rapidjwt.exceptions.REASONS`, with the same exception; None when it was not refused."""
    seconds: float
    """How long it kept the calling thread; of a batch the mean. The wait for keys counts where the thread waited, so not that of
    `adecode` and `averify`.
    """
    cached: bool
    """The signature was not looked at: the `TokenCache` answered for it."""
    token: VerifiedToken | None
    """The proof, as an object of its own; None when it was refused."""


class Observer(Protocol):
    """Is told what a verifier decided. It decides nothing: what it raises, as an Exception, is logged under `rapidjwt`."""

    def on_verification(self, event: Verification) -> object:
        """A token was verified or refused. Called before the caller has the answer, in his thread, so it must not take long; from any
        thread, several at once.
        """
        ...


class Check(NamedTuple):
    """One line of `Verifier.explain`."""

    name: str
    """What was checked: a step (`compact`, `header`, `signature`, ...) or a claim."""
    ok: bool | None
    """True, False, or None where an earlier failure left nothing to look at."""
    code: str | None
    """The error code when `ok` is False."""
    message: str | None
    """The error's sentence when `ok` is False."""


class Explanation(NamedTuple):
    """Everything that is right and wrong with a token. For people: nothing in it may be trusted."""

    ok: bool
    """True when every check passed; `Verifier.decode` would accept the token."""
    checks: tuple[Check, ...]
    header: dict[str, Any] | None
    """The unverified header, where it could be read."""
    claims: dict[str, Any] | None
    """The unverified claims, where they could be read."""
