"""THE CONTRACT: every name that the native half and its pure twin both offer, documented once.

`rapidjwt._impl` takes these names from `rapidjwt._native` (Rust) or `rapidjwt._fallback` (Python). Same decisions, same
exception class, code and message on both. How the steps work is written in docs/design/001-verification.md.
"""

import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar, final, overload

from rapidjwt.exceptions import InvalidTokenError, PyJWTError
from rapidjwt.issuer import Issuer
from rapidjwt.types import (
    AlgorithmRow,
    CheckCallable,
    Claims,
    Clock,
    Explanation,
    JWKDict,
    KeySource,
    Observer,
    SkippedKey,
    TokenCacheInfo,
    UnverifiedToken,
)

__all__ = [
    "Admission",
    "IssuerPolicy",
    "Key",
    "KeySet",
    "KeySlot",
    "Rejection",
    "Shortcut",
    "TokenCache",
    "VerifiedToken",
    "Verifier",
    "algorithm_table",
    "crypto_state",
    "decode_unverified",
    "describe",
    "sign_compact",
    "sign_compact_with",
]

_T = TypeVar("_T")

@final
class Key:
    """A key, parsed, validated and prepared once, bound to its family and, where told, to one algorithm.

    Made by the `from_*` methods and `generate`. Immutable, safe to share between threads, not picklable, shows no key
    material in its repr. Private and secret material is zeroised when the native object goes away.
    """

    @staticmethod
    def from_pem(
        pem: str | bytes,
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read the first key of a PEM text (RFC 7468).

        Knows `PUBLIC KEY` (SPKI), `RSA PUBLIC KEY`, `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` (PKCS#8, PBES2), `RSA PRIVATE
        KEY` (PKCS#1), `EC PRIVATE KEY` (SEC1; `EC PARAMETERS` before it are ignored) and `CERTIFICATE` (its public key;
        the certificate itself is not validated), and OpenSSH public key lines.

        Args:
            algorithm: the one `alg` this key may be used with. None: inferred for EC keys; any of the family for RSA
                and Ed25519.
            kid: key ID (RFC 7517 section 4.5).
            password: opens an encrypted private key; a `str` is taken as UTF-8.
            allow_weak: also admit RSA public keys of 1024 to 2047 bits, for RS256 and RS512 only.

        Raises:
            InvalidKeyError: codes `key_malformed`, `key_unsupported`, `key_invalid`, `key_algorithm`, `key_weak`,
                `key_too_large`, `key_encrypted`, `key_password`.
            ValueError: `algorithm` is not a name of the table.
            TypeError: an argument has the wrong type.
        """
    @staticmethod
    def from_der(
        der: bytes,
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read a DER key: SPKI, PKCS#1 public or private, PKCS#8 (plain or PBES2), SEC1 or X.509 certificate.

        Arguments and errors as for `from_pem`.
        """
    @staticmethod
    def from_openssh(
        line: str | bytes, *, algorithm: str | None = None, kid: str | None = None, allow_weak: bool = False
    ) -> Key:
        """Read one OpenSSH public key line (`ssh-rsa`, `ssh-ed25519`, `ecdsa-sha2-nistp256/384/521`; RFC 4253 section 6.6).

        Arguments and errors as for `from_pem`.
        """
    @staticmethod
    def from_jwk(
        jwk: JWKDict | str | bytes, *, algorithm: str | None = None, kid: str | None = None, allow_weak: bool = False
    ) -> Key:
        """Read a JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2), from JSON text or a mapping.

        The JWK's own `alg` binds the key; `algorithm` must then be the same. `kid` replaces the JWK's. Private RSA keys need
        all of `n e d p q dp dq qi`. `allow_weak` also admits HMAC secrets shorter than the hash.

        Raises:
            PyJWKError: code `jwk_invalid`.
            InvalidKeyError: as for `from_pem`, and `secret_empty`.
        """
    @staticmethod
    def from_secret(secret: str | bytes, *, algorithm: str, kid: str | None = None, allow_weak: bool = False) -> Key:
        """Take an HMAC secret (RFC 7518 section 3.2) for HS256, HS384 or HS512; a `str` is taken as UTF-8.

        Raises:
            InvalidKeyError: `secret_empty`; `secret_is_key` when the bytes are a PEM, DER, OpenSSH or JWK key;
                `key_weak` when shorter than the hash and not `allow_weak`; `key_algorithm` when `algorithm` is not HS*.
        """
    @staticmethod
    def from_file(
        path: str | os.PathLike[str],
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read a key file of at most 1 MiB: PEM, DER, JWK or OpenSSH, told apart by content.

        With an HS* `algorithm` a file that is not a JWK is the raw secret, less one line end at its end.

        Raises:
            OSError: the file cannot be read.
            InvalidKeyError, PyJWKError: as for the other constructors; `key_too_large` above 1 MiB.
        """
    @staticmethod
    def generate(algorithm: str, *, kid: str | None = None, bits: int | None = None) -> Key:
        """Make a new private key or secret for `algorithm` from the operating system's randomness.

        Args:
            bits: RSA: 2048 (default), 3072, 4096 or 8192. HMAC: a multiple of 8, at least the hash's length (default).
                Fixed by the algorithm otherwise, where only None is accepted.

        Raises:
            ValueError: unknown `algorithm`, or `bits` that do not fit it.
        """
    @property
    def kty(self) -> Literal["oct", "RSA", "EC", "OKP"]:
        """Key type (RFC 7517 section 4.1)."""
    @property
    def curve(self) -> str | None:
        """JWK curve name: P-256, P-384, P-521, secp256k1 or Ed25519; None for `oct` and `RSA`."""
    @property
    def algorithm(self) -> str | None:
        """The one `alg` the key is bound to, or None where the key fits several."""
    @property
    def algorithms(self) -> tuple[str, ...]:
        """Every `alg` the key may be used with, in the order of the algorithm table."""
    @property
    def kid(self) -> str | None:
        """Key ID."""
    @property
    def use(self) -> str | None:
        """The JWK's `use` (RFC 7517 section 4.2); None when absent or not from a JWK."""
    @property
    def key_ops(self) -> tuple[str, ...] | None:
        """The JWK's `key_ops` (RFC 7517 section 4.3); None when absent or not from a JWK."""
    @property
    def issuer(self) -> str | None:
        """The JWK's `issuer`: whose tokens the key is for (Microsoft Entra; in no RFC). None when absent or not from a JWK."""
    @property
    def bits(self) -> int:
        """Size in bits: the modulus, the curve's field or the secret."""
    @property
    def is_private(self) -> bool:
        """True when the key can sign. An `oct` key always can."""
    def public(self) -> Key:
        """The public part, with the same kid and algorithm; a public key returns an equal one.

        Raises:
            InvalidKeyError: `key_unsupported` for an `oct` key, which has none.
        """
    def to_pem(self, *, private: bool = False) -> str:
        """Write SPKI (`PUBLIC KEY`), or with `private=True` PKCS#8 unencrypted (`PRIVATE KEY`).

        Raises:
            InvalidKeyError: `key_unsupported` for `oct`; `key_public` when `private=True` and the key has no private part.
        """
    def to_der(self, *, private: bool = False) -> bytes:
        """As `to_pem`, without the text armour."""
    def to_jwk(self, *, private: bool = False) -> dict[str, Any]:
        """Write a JWK with `kty`, the key's members, and `kid`, `alg`, `use`, `key_ops`, `issuer` where known.

        Raises:
            InvalidKeyError: `key_public` when `private=True` and there is no private part; `key_private` for an `oct` key
                without `private=True`.
        """
    def thumbprint(self, *, hash: Literal["SHA-256", "SHA-384", "SHA-512"] = "SHA-256") -> str:
        """The JWK thumbprint in base64url (RFC 7638 section 3). ValueError for another hash name."""
    def __repr__(self) -> str: ...

@final
class KeySet:
    """An immutable set of keys in order, looked up by kid, alg, use and key_ops."""

    def __new__(cls, keys: Iterable[Key]) -> KeySet:
        """Collect keys. An empty set is allowed: it refuses every token."""
    @staticmethod
    def from_jwks(document: Mapping[str, Any] | str | bytes, *, allow_weak: bool = False) -> KeySet:
        """Read a JWK Set (RFC 7517 section 5). A member that cannot be used is skipped and reported in `skipped`.

        Raises:
            PyJWKSetError: `jwks_invalid` when the document is not a JWK Set, `jwks_empty` when no usable key is left.
        """
    @staticmethod
    def from_file(path: str | os.PathLike[str], *, allow_weak: bool = False) -> KeySet:
        """Read a JWK Set file of at most 1 MiB. OSError when it cannot be read; `key_too_large` above 1 MiB."""
    @property
    def skipped(self) -> tuple[SkippedKey, ...]:
        """Members of the document that were left out, with the error code of each."""
    def get(self, kid: str) -> Key | None:
        """The first key with this kid, or None."""
    def to_jwks(self, *, private: bool = False) -> dict[str, list[dict[str, Any]]]:
        """Write a JWK Set of the public parts; `oct` keys are left out unless `private=True`.

        Raises:
            InvalidKeyError: `key_public` when `private=True` and a key has no private part.
        """
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Key]: ...
    def __repr__(self) -> str: ...

@final
class KeySlot:
    """The keys in force of one issuer. A source puts them in, whole; verifiers read them without a lock. Thread-safe.

    HMAC keys come into a slot only where it was made with some: what a source fetches never is a secret.
    """

    def __new__(cls, keys: KeySet | None = None) -> KeySlot:
        """A slot with these keys for good, or with none as yet.

        Raises:
            InvalidKeyError: `key_private`.
        """
    @property
    def keys(self) -> KeySet | None:
        """Whatever is in the slot, usable or not."""
    def replace(self, keys: KeySet | None, *, due: float | None = None, dead: float | None = None) -> None:
        """Put other keys in force, whole: each token is verified with the old ones or the new ones.

        Args:
            keys: None: there are none. The same set again keeps what verifiers remember of its tokens' headers.
            due: from when the source wants to be told, in seconds since the epoch; None: never.
            dead: from when the keys must not be used any more; None: never.

        Raises:
            ValueError: `keys` has an HMAC key and the slot was made without one; a time is not a number.
            InvalidKeyError: `key_private`. The old keys then stay.
        """
    def __repr__(self) -> str: ...

@final
class IssuerPolicy:
    """The engine's part of an `Issuer`, which makes it and says what the arguments mean."""

    def __new__(
        cls,
        iss: str,
        slot: KeySlot,
        source: KeySource | None,
        *,
        template: bool,
        tenants: Sequence[str] | None,
        untyped: bool,
        algorithms: Sequence[str],
        audience: str | Sequence[str] | None,
        subject: str | None,
        leeway: float,
        require: Sequence[str],
        typ: str | Sequence[str] | None,
        max_age: float | None,
        max_lifetime: float | None,
        checks: Sequence[CheckCallable],
    ) -> IssuerPolicy:
        """Prepare a policy.

        Args:
            template: `iss` has a placeholder in braces.
            untyped: a token without `typ` is accepted too.
        """
    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, as given."""
    def __repr__(self) -> str: ...

@final
class VerifiedToken:
    """Proof that a token passed every check of a `Verifier`. Truthy, immutable; made by the engine only; not picklable."""

    @property
    def ok(self) -> Literal[True]:
        """Always True; see `Rejection.ok`."""
    @property
    def claims(self) -> Claims:
        """The claims, built on first use; the same dict each time."""
    @property
    def header(self) -> dict[str, Any]:
        """The JOSE header, a fresh dict each time."""
    @property
    def payload(self) -> bytes:
        """The decoded payload, as it was signed."""
    @property
    def algorithm(self) -> str:
        """The `alg` that verified."""
    @property
    def kid(self) -> str | None:
        """The token's `kid`."""
    @property
    def issuer(self) -> str | None:
        """`iss`."""
    @property
    def subject(self) -> str | None:
        """`sub`."""
    @property
    def audience(self) -> tuple[str, ...]:
        """`aud` as a tuple, empty when absent."""
    @property
    def jwt_id(self) -> str | None:
        """`jti`."""
    @property
    def scope(self) -> str | None:
        """`scope` (RFC 8693 section 4.2) when it is a string, else None."""
    @property
    def expires_at(self) -> int | None:
        """`exp` in whole seconds since the epoch, rounded down."""
    @property
    def issued_at(self) -> int | None:
        """`iat` in whole seconds since the epoch, rounded down."""
    @property
    def not_before(self) -> int | None:
        """`nbf` in whole seconds since the epoch, rounded down."""
    def get(self, name: str, default: Any = None) -> Any:
        """One claim, or `default`; a list or dict is a fresh one each time.

        This and the properties read what was signed: a change of the dict in `claims` does not reach them.

        Raises:
            TypeError: `name` is no string.
        """
    def to_dict(self) -> Claims:
        """The claims as a fresh dict that the caller owns and may pickle."""
    def __bool__(self) -> Literal[True]: ...
    def __repr__(self) -> str: ...

@final
class Rejection:
    """A refused token in the results of `Verifier.verify_many`. Falsy."""

    @property
    def ok(self) -> Literal[False]:
        """Always False. `if result:` and `if result.ok is True:` tell every type checker which of the two it has."""
    @property
    def code(self) -> str:
        """Fine-grained error code, see `rapidjwt.exceptions.CODES`."""
    @property
    def reason(self) -> str:
        """Coarse reason, one of `rapidjwt.exceptions.REASONS`."""
    @property
    def error(self) -> PyJWTError:
        """The exception that `Verifier.verify` would have raised."""
    def __bool__(self) -> Literal[False]: ...
    def __repr__(self) -> str: ...

@final
class Verifier:
    """A policy and its keys, or several issuers, prepared once; then any number of tokens. Thread-safe.

    `Verifier(keys, algorithms=..., issuer=..., audience=...)` has one policy and keys of its own; immutable but for `replace_keys`.
    `Verifier(issuers=[Issuer(...), ...])` judges each token by the policy and keys of the issuer that its `iss` names.
    """

    @overload
    def __new__(
        cls,
        *,
        issuers: Sequence[Issuer],
        checks: Sequence[CheckCallable] = (),
        clock: Clock | None = None,
        max_token_bytes: int = 262_144,
        max_header_bytes: int = 16_384,
        max_depth: int = 128,
        allow_padding: bool = False,
        cache: TokenCache | None = None,
        observer: Observer | None = None,
    ) -> Verifier: ...
    @overload
    def __new__(
        cls,
        keys: Key | KeySet | Iterable[Key],
        *,
        algorithms: Sequence[str],
        issuer: str | Sequence[str] | None,
        audience: str | Sequence[str] | None,
        subject: str | None = None,
        leeway: float = 0,
        require: Sequence[str] = ("exp",),
        typ: str | Sequence[str] | None = None,
        max_age: float | None = None,
        max_lifetime: float | None = None,
        checks: Sequence[CheckCallable] = (),
        clock: Clock | None = None,
        max_token_bytes: int = 262_144,
        max_header_bytes: int = 16_384,
        max_depth: int = 128,
        allow_padding: bool = False,
        cache: TokenCache | None = None,
        crypto: Literal["library", "portable", "ifma", "auto"] = "auto",
        observer: Observer | None = None,
    ) -> Verifier:
        """Prepare a policy (RFC 7519 section 7.2, RFC 8725 section 3).

        Args:
            issuers: in place of everything down to `max_lifetime`, which each Issuer says for itself.
            keys: public keys, HMAC secrets, or a set of them. Private asymmetric keys are refused: pass `key.public()`.
            algorithms: the `alg` names that are accepted (RFC 8725 section 3.1). `EdDSA` and `Ed25519` are two names.
            issuer: accepted `iss` values; None says that it is not checked.
            audience: accepted `aud` values, one match is enough; None says that tokens must not carry `aud`.
            subject: the only accepted `sub`; then required.
            leeway: seconds of clock difference that are forgiven in exp, nbf, iat and max_age.
            require: names of claims that must be present and not null.
            typ: accepted `typ` values, compared without case and without `application/` (RFC 8725 section 3.11).
            max_age: seconds since `iat` at most; requires iat.
            max_lifetime: seconds from `iat` to `exp` at most; requires both.
            checks: own callables, run last, in order. Each gets the VerifiedToken and returns None or True to accept;
                one that returns anything else, or raises an Exception, refuses the token.
            clock: returns the time in seconds since the epoch. None: the system's.
            max_token_bytes: longest token looked at, in bytes.
            max_header_bytes: longest encoded header looked at, in bytes.
            max_depth: deepest nesting of arrays and objects in header and payload, 1 to 512.
            allow_padding: accept segments with a correct number of trailing `=`, as AWS ALB sends them.
            cache: remembers accepted tokens for `decode` and `verify`. Several verifiers may share one.
            crypto: which arithmetic verifies signatures: "library" the crypto library alone, "portable" tables of keys that are
                hot, "ifma" the same in AVX-512 IFMA where the machine has it, and RSA in that or in AVX2 with FMA, "auto" what
                `RAPIDJWT_CRYPTO` says, else the fastest that the machine has. Decisions are the same. `RAPIDJWT_CRYPTO` speaks for the whole process and only takes
                away: with "library" there it is "library", with "portable" it is "portable" or "library", whatever a verifier asks
                for. The pure half always uses the library.
            observer: is told, once for each token that is verified or refused by `decode`, `verify`, their forms for event loops,
                `verify_many` and `verify_stream`, what came of it; from the cache too. Of a batch when all its results are certain.
                A call that ends in anything but an answer, as a TypeError, and `explain`, tell nothing.

        Raises:
            ValueError: an argument has the right type and a value that makes no sense (no algorithms, an unknown one,
                an empty issuer list, a negative leeway, keys of which none fits the algorithms, two issuers of one name, ...).
            TypeError: an argument has the wrong type; `algorithms` or `require` as a plain string too; without `issuers`, one of
                `keys`, `algorithms`, `issuer` and `audience` is missing; with it, an argument is given that belongs to the Issuer.
            InvalidKeyError: `key_private`.
        """
    @property
    def keys(self) -> KeySet:
        """The keys in force.

        Raises:
            AttributeError: the verifier has issuers; each has its own.
        """
    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The issuers, as given; empty where the verifier has keys of its own."""
    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, each once, as given."""
    def replace_keys(self, keys: Key | KeySet | Iterable[Key]) -> None:
        """Put other keys in force, atomically: each token is verified with the old set or the new one.

        Raises:
            InvalidKeyError: `key_private`; the old keys then stay.
            AttributeError: the verifier has issuers; each has its own.
        """
    @overload
    def decode(self, token: str | bytes, *, into: type[_T]) -> _T: ...
    @overload
    def decode(self, token: str | bytes, *, into: None = None) -> Claims:
        """Verify a token and return its claims.

        Args:
            token: a JWS in compact serialisation (RFC 7515 section 3.1).
            into: a TypedDict (returns the dict, unchecked), dataclass, msgspec.Struct or pydantic model to build.

        Raises:
            InvalidTokenError: the token is refused; `code` and `reason` tell why.
            TypeError: `token` is neither str nor bytes, or `into` is no such type.
        """
    def verify(self, token: str | bytes) -> VerifiedToken:
        """Verify a token and return the proof, without building its claims. Errors as for `decode`."""
    @overload
    def adecode(self, token: str | bytes, *, into: type[_T]) -> Coroutine[Any, Any, _T]: ...
    @overload
    def adecode(self, token: str | bytes, *, into: None = None) -> Coroutine[Any, Any, Claims]:
        """`decode` for an event loop: waits, without holding the loop up, where keys have to be fetched first."""
    def averify(self, token: str | bytes) -> Coroutine[Any, Any, VerifiedToken]:
        """`verify` for an event loop; see `adecode`."""
    def verify_many(
        self, tokens: Iterable[str | bytes], *, threads: int | None = None
    ) -> list[VerifiedToken | Rejection]:
        """Verify tokens; one result each, in order. A bad token gives a Rejection, never an exception.

        The clock is asked once, and the native half leaves the GIL once, for all of them.

        Args:
            tokens: all are taken before the first is verified.
            threads: how many threads work; they end before this returns. None: as many as pay for so many tokens on this
                machine. The pure half works in the calling thread alone.

        Raises:
            TypeError: an item is neither str nor bytes.
            ValueError: `threads` is less than 1.
        """
    def verify_stream(
        self, tokens: Iterable[str | bytes], *, threads: int | None = None, batch: int = 1024
    ) -> Iterator[VerifiedToken | Rejection]:
        """Verify an endless number of tokens in bounded memory: `verify_many` for each `batch` of them, one result at a time.

        What the iterable raises, or a TypeError for an item of it, comes after the results of the tokens before it.

        Args:
            tokens: at most `batch` of them are taken ahead of the results.
            threads: as for `verify_many`.
            batch: tokens that are verified together.

        Raises:
            TypeError: `tokens` cannot be iterated; later: an item is neither str nor bytes.
            ValueError: `threads` or `batch` is less than 1.
        """
    def explain(self, token: str | bytes) -> Explanation:
        """Report every check with pass or fail, all failures at once. For people; nothing in it may be trusted."""
    def __repr__(self) -> str: ...

@final
class TokenCache:
    """Accepted tokens, so that the same bearer token need not be hashed and checked again at every request.

    A hit compares all bytes of the token. Its keys must still be those that the token would be tried with; policy, claims, times
    and own checks are asked again, against the clock. Each caller gets objects of its own. Refused tokens are never kept, and
    let no other go. THE TOKENS STAY IN MEMORY until they go; their bytes are cleared then. Bounded, thread-safe, not picklable;
    after a fork each process goes on with its own.
    """

    def __new__(cls, *, max_bytes: int = 16_777_216) -> TokenCache:
        """An empty cache.

        Args:
            max_bytes: about how much memory its tokens may take; a token counts with what may be built of it, some ten times
                its payload. Those that were not asked for lately go first.

        Raises:
            ValueError: `max_bytes` is less than 1.
        """
    def clear(self) -> None:
        """Forget all tokens."""
    def info(self) -> TokenCacheInfo:
        """Numbers since the cache was made."""
    def __repr__(self) -> str: ...

@final
class Admission:
    """What stands before `rapidjwt.web.Guard`: ordinary requests go straight to the engine, about all others it says nothing.

    An ordinary request has a method in capitals, a path of harmless ASCII characters, and one `Authorization: Bearer` (RFC 6750
    section 2.1); the first rule about it wants a token. Silence is no refusal: the guard then decides. See
    docs/design/008-web.md. Thread-safe; the pure half is always silent.
    """

    def __new__(cls, verifier: Verifier, rules: Iterable[Any]) -> Admission:
        """For a verifier and rules.

        Args:
            rules: objects like `rapidjwt.web.Rule`, with `methods`, `path`, `prefix` and `requirement`, of which `access` and
                `only_scopes` are looked at. What is changed of them afterwards is not seen.

        Raises:
            TypeError, AttributeError: the verifier is none, or a rule is not like that.
        """
    def decide(
        self, method: str, path: str | None, raw_path: str | bytes | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[VerifiedToken | InvalidTokenError, Any, bool] | None:
        """Decide about one request. Asks no source of keys: a refusal that one could help says so, as that of `Verifier._verify`.

        Args:
            method: e.g. `GET`.
            path: decoded; None: what `raw_path` says.
            raw_path: as sent, percent-encoded, without the query.
            headers: names in lower case, and values.

        Returns:
            The proof or the refusal of the token, the rule that is about the request, and whether the proof is known to meet
            its requirement; where that is False the requirement is still to be asked. None: nothing was decided.
        """

@final
class Shortcut:
    """What stands behind `rapidjwt.jwt.decode`: ordinary calls go straight to the engine, all others to `otherwise`.

    An ordinary call has arguments of plain types, a key that was learned, and a token that the engine accepts. The engine's
    silence is no refusal: `otherwise` then decides, and raises. See docs/design/003-drop-in.md. Thread-safe.
    """

    def __new__(
        cls,
        otherwise: Callable[..., Claims],
        seams: Sequence[tuple[dict[str, Any], str]],
        guards: Sequence[type | dict[str, Any]],
        jwk_type: type,
    ) -> Shortcut:
        """Start without keys.

        Args:
            otherwise: called with the arguments as they came.
            seams: namespaces and names; when a name stands for another object than now, no call is ordinary.
            guards: classes and namespaces; when an attribute of a class was changed since, or a namespace has more or fewer
                names, no call is ordinary.
            jwk_type: the class of keys that carry `_shortcut`, a tuple of the bytes that `learn_jwk` was told, and
                `key`, `algorithm_name`, `Algorithm`, which must still be the object's own.

        Raises:
            KeyError: a namespace has no such name.
        """
    @property
    def decode(self) -> Callable[..., Claims]:
        """PyJWT's `decode`: verify a token and return its claims; raises whatever `otherwise` raises.

        It takes jwt, key="", algorithms=None, options=None, verify=None, detached_payload=None, audience=None, subject=None,
        issuer=None, leeway=0, and further keywords.
        """
    def header(self, jwt: str | bytes) -> dict[str, Any] | None:
        """The unverified header of a token of good form, a fresh dict; None says nothing about the token."""
    def learn(self, key: str | bytes, algorithm: str, prepare: Callable[[], Key]) -> None:
        """Remember what a key, given as text or bytes, is with an algorithm: at most 256 keys, those asked for lately.

        `prepare` is called if that is new; what it raises passes through, and nothing is remembered.

        Raises:
            ValueError: `algorithm` is not a name of the table.
        """
    def learn_jwk(self, key: bytes, algorithm: str, prepare: Callable[[], Key]) -> None:
        """The same for a key that comes as an object of `jwk_type`."""
    def remember(self, cache: TokenCache | None) -> None:
        """Keep accepted tokens in a cache, or nowhere, which is the beginning. The pure half keeps none.

        Raises:
            TypeError: `cache` is something else.
        """
    def disable(self) -> None:
        """Leave every call to `otherwise` from now on, and forget the keys."""
    def clear(self) -> None:
        """Forget all keys and plans, and empty the cache."""
    def sizes(self) -> tuple[int, int]:
        """How many keys and how many plans (combinations of arguments) are remembered."""

def decode_unverified(
    token: str | bytes, *, max_token_bytes: int = 262_144, max_header_bytes: int = 16_384, max_depth: int = 128
) -> UnverifiedToken:
    """Read a token WITHOUT verifying anything. Never base a decision on the result.

    Raises:
        DecodeError: the token is not a compact JWS with two JSON objects.
        TypeError: `token` is neither str nor bytes.
    """

def sign_compact(key: Key, algorithm: str, header: bytes, payload: bytes) -> str:
    """Sign `base64url(header) . base64url(payload)` and return the compact JWS (RFC 7515 section 5.1).

    Raises:
        InvalidKeyError: `key_public`, `key_algorithm`.
        ValueError: `algorithm` is not a name of the table.
    """

def sign_compact_with(signer: Callable[[bytes], bytes], algorithm: str, header: bytes, payload: bytes) -> str:
    """As `sign_compact`, with a callable (KMS, HSM) that gets the signing input and returns the raw JWS signature.

    Whatever the callable raises passes through.

    Raises:
        InvalidKeyError: `external_signature` when the answer is not bytes of the algorithm's length.
        ValueError: `algorithm` is not a name of the table, or is HS*.
    """

def algorithm_table() -> tuple[AlgorithmRow, ...]:
    """The algorithms, in table order."""

def crypto_state(*, test: bool = False) -> dict[str, Any]:
    """Which arithmetic verifies signatures in this process, for `rapidjwt doctor` and for metrics.

    Args:
        test: first have AVX-512 IFMA or AVX2 with FMA, where there is some and `RAPIDJWT_CRYPTO` does not forbid it, decide the
            stored signatures of each algorithm, which else waits for the algorithm's first hot key. Some milliseconds, once a
            process.

    Returns:
        `choice`: what is asked for by `RAPIDJWT_CRYPTO`. `paths`: for each algorithm the path ("library", "portable",
        "fma" or "ifma") of hot keys at this moment and why; the last two only when they have passed the test with this algorithm.
        `tables`, `table_bytes`, `budget_bytes`: tables of hot keys, what they take and may take, in bytes. `checks`: decisions
        by tables that the library checked. `disagreements`: those in which it said otherwise; then tables are off.

    Raises:
        TypeError: `test` is no bool.
    """

def describe() -> dict[str, str]:
    """Names and versions of what this half is made of, for `rapidjwt doctor`."""
