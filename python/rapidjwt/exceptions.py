"""The errors of rapidjwt: one tree, one table of codes, used by both halves.

    PyJWTError                          everything we raise about a token, a key or a key set
    |-- InvalidTokenError               the token is refused
    |   |-- DecodeError                 it cannot be read
    |   |   `-- InvalidSignatureError
    |   |-- ExpiredSignatureError       |-- ImmatureSignatureError
    |   |-- InvalidAudienceError        |-- InvalidIssuerError
    |   |-- InvalidIssuedAtError        |-- InvalidAlgorithmError
    |   |-- InvalidSubjectError         |-- InvalidJTIError
    |   |-- MissingRequiredClaimError   |-- InvalidTypeError
    |   |-- UnknownKeyError             |-- AmbiguousKeyError
    |   |-- KeysUnavailableError
    |   |-- TokenTooOldError            |-- TokenLifetimeError
    |   |-- ClaimsTypeError
    |   `-- CheckFailedError
    |       |-- RevokedTokenError       |-- ReplayedTokenError
    |       `-- BindingMismatchError    `-- StoreUnavailableError
    |-- InvalidKeyError                 a key cannot be read, or not be used so
    |-- PyJWKError                      a JWK cannot be read
    |   `-- MissingCryptographyError    the pure half needs the extra `crypto`
    |-- PyJWKSetError                   a JWK Set cannot be read
    `-- KeyFetchError                   a key set cannot be fetched

Classes that PyJWT has too carry PyJWT's names. `code` is fine-grained and stable, `reason` is the coarse label
for metrics, audit and HTTP answers; the sentence may change. No message repeats a value that a token or a key supplied.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

__all__ = [
    "CODES",
    "REASONS",
    "AmbiguousKeyError",
    "BindingMismatchError",
    "CheckFailedError",
    "ClaimsTypeError",
    "DecodeError",
    "ErrorSpec",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidIssuedAtError",
    "InvalidIssuerError",
    "InvalidJTIError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidSubjectError",
    "InvalidTokenError",
    "InvalidTypeError",
    "KeyFetchError",
    "KeysUnavailableError",
    "MissingCryptographyError",
    "MissingRequiredClaimError",
    "PyJWKError",
    "PyJWKSetError",
    "PyJWTError",
    "ReplayedTokenError",
    "RevokedTokenError",
    "StoreUnavailableError",
    "TokenLifetimeError",
    "TokenTooOldError",
    "UnknownKeyError",
    "build",
]


class PyJWTError(Exception):
    """Root of everything rapidjwt raises about a token, a key or a key set."""

    code: str = "error"
    """Stable name of the failure, lower snake case."""
    reason: str = "malformed"
    """One of `REASONS`: the coarse label for metrics, audit and HTTP answers."""
    claim: str | None = None
    """Name of the claim at fault, where one is."""


class InvalidTokenError(PyJWTError):
    """The token is refused."""


class DecodeError(InvalidTokenError):
    """The token cannot be read."""


class InvalidSignatureError(DecodeError):
    """The signature does not verify (RFC 7515 section 5.2)."""

    code: str = "bad_signature"
    reason: str = "bad_signature"


class ExpiredSignatureError(InvalidTokenError):
    """`exp` is not in the future (RFC 7519 section 4.1.4)."""

    code: str = "expired"
    reason: str = "expired"
    claim: str | None = "exp"


class ImmatureSignatureError(InvalidTokenError):
    """`nbf` or `iat` is in the future (RFC 7519 sections 4.1.5 and 4.1.6)."""

    code: str = "nbf_in_future"
    reason: str = "not_yet_valid"


class InvalidAudienceError(InvalidTokenError):
    """`aud` is malformed or names somebody else (RFC 7519 section 4.1.3)."""

    code: str = "aud_mismatch"
    reason: str = "wrong_audience"
    claim: str | None = "aud"


class InvalidIssuerError(InvalidTokenError):
    """`iss` is malformed or not an accepted issuer (RFC 7519 section 4.1.1)."""

    code: str = "iss_mismatch"
    reason: str = "unknown_issuer"
    claim: str | None = "iss"


class InvalidIssuedAtError(InvalidTokenError):
    """`iat` is not a NumericDate (RFC 7519 section 4.1.6)."""

    code: str = "iat_invalid"
    reason: str = "claim_invalid"
    claim: str | None = "iat"


class InvalidAlgorithmError(InvalidTokenError):
    """The token's `alg` is absent, unknown or not allowed (RFC 8725 section 3.1)."""

    code: str = "alg_not_allowed"
    reason: str = "alg_not_allowed"


class InvalidSubjectError(InvalidTokenError):
    """`sub` is malformed or not the expected one (RFC 7519 section 4.1.2)."""

    code: str = "sub_mismatch"
    reason: str = "wrong_subject"
    claim: str | None = "sub"


class InvalidJTIError(InvalidTokenError):
    """`jti` is not a string (RFC 7519 section 4.1.7)."""

    code: str = "jti_invalid"
    reason: str = "claim_invalid"
    claim: str | None = "jti"


class MissingRequiredClaimError(InvalidTokenError):
    """A claim that the policy requires is absent or null."""

    code: str = "claim_missing"
    reason: str = "missing_claim"

    def __init__(self, claim: str) -> None:
        super().__init__(claim)
        self.claim: str | None = claim

    def __str__(self) -> str:
        return f'Token is missing the "{self.claim}" claim'


class InvalidTypeError(InvalidTokenError):
    """`typ` is not the expected one (RFC 8725 section 3.11)."""

    code: str = "typ_mismatch"
    reason: str = "wrong_type"


class UnknownKeyError(InvalidTokenError):
    """No key of the set fits the token's `kid` and `alg`."""

    code: str = "key_unknown"
    reason: str = "unknown_key"


class AmbiguousKeyError(InvalidTokenError):
    """More keys fit the token than may be tried."""

    code: str = "key_ambiguous"
    reason: str = "key_ambiguous"


class KeysUnavailableError(InvalidTokenError):
    """The keys of the token's issuer are not there yet, or too old to be used. The token may be as good as any."""

    code: str = "keys_unavailable"
    reason: str = "keys_unavailable"


class TokenTooOldError(InvalidTokenError):
    """The token was issued longer ago than `max_age` allows."""

    code: str = "too_old"
    reason: str = "too_old"
    claim: str | None = "iat"


class TokenLifetimeError(InvalidTokenError):
    """`exp` - `iat` is more than `max_lifetime` allows."""

    code: str = "lifetime_too_long"
    reason: str = "lifetime_too_long"
    claim: str | None = "exp"


class ClaimsTypeError(InvalidTokenError):
    """The claims of a genuine token do not fit the type asked for with `into=`."""

    code: str = "claims_type"
    reason: str = "claim_invalid"


class CheckFailedError(InvalidTokenError):
    """A callable of `checks=` refused the token. Raise it, or a subclass, in your own check."""

    code: str = "check_failed"
    reason: str = "claim_invalid"


class RevokedTokenError(CheckFailedError):
    """The token was revoked."""

    code: str = "revoked"
    reason: str = "revoked"


class ReplayedTokenError(CheckFailedError):
    """The token was used before and may be used once."""

    code: str = "replayed"
    reason: str = "replayed"


class BindingMismatchError(CheckFailedError):
    """The token is bound to another client, key or connection."""

    code: str = "binding_mismatch"
    reason: str = "binding_mismatch"


class StoreUnavailableError(CheckFailedError):
    """A store that has to be asked cannot be reached."""

    code: str = "store_unavailable"
    reason: str = "store_unavailable"


class InvalidKeyError(PyJWTError):
    """A key cannot be read, or cannot be used in this way."""

    code: str = "key_malformed"
    reason: str = "keys_unavailable"


class PyJWKError(PyJWTError):
    """A JWK cannot be read (RFC 7517 section 4)."""

    code: str = "jwk_invalid"
    reason: str = "keys_unavailable"


class MissingCryptographyError(PyJWKError):
    """The pure half needs `cryptography` for everything but HMAC."""

    code: str = "cryptography_missing"
    reason: str = "keys_unavailable"


class PyJWKSetError(PyJWTError):
    """A JWK Set cannot be read (RFC 7517 section 5)."""

    code: str = "jwks_invalid"
    reason: str = "keys_unavailable"


class KeyFetchError(PyJWTError):
    """A key set, or the metadata that tells where it is, cannot be fetched or not be trusted."""

    code: str = "fetch_failed"
    reason: str = "keys_unavailable"


REASONS: Final = frozenset(
    """
    missing malformed too_large unsupported_alg alg_not_allowed unknown_issuer unknown_key keys_unavailable bad_signature
    expired not_yet_valid issued_in_future lifetime_too_long wrong_audience wrong_type missing_claim insufficient_scope
    revoked replayed binding_mismatch store_unavailable multiple_tokens claim_invalid wrong_subject key_ambiguous too_old
    crit_unsupported csrf_failed
    """.split()
)
"""Every reason that an error, a metric or an audit event can carry: a closed list."""


class ErrorSpec:
    """One row of the table: what a code means."""

    __slots__ = ("claim", "cls", "message", "reason")

    def __init__(self, cls: type[PyJWTError], reason: str, message: str, claim: str | None = None) -> None:
        self.cls: Final = cls
        self.reason: Final = reason
        self.message: Final = message
        self.claim: Final = claim


CODES: Final[dict[str, ErrorSpec]] = {
    # 1 compact
    "token_too_large": ErrorSpec(DecodeError, "too_large", "Token is longer than max_token_bytes={limit}"),
    "segment_count": ErrorSpec(DecodeError, "malformed", "Token must be three segments separated by two dots"),
    "header_too_large": ErrorSpec(DecodeError, "too_large", "Header segment is longer than max_header_bytes={limit}"),
    "header_base64": ErrorSpec(DecodeError, "malformed", "Header segment is not canonical base64url"),
    "payload_base64": ErrorSpec(DecodeError, "malformed", "Payload segment is not canonical base64url"),
    "signature_base64": ErrorSpec(DecodeError, "malformed", "Signature segment is not canonical base64url"),
    # issuer.route
    "issuer_unknown": ErrorSpec(
        InvalidIssuerError, "unknown_issuer", "The token's issuer is none of the verifier's (iss)", "iss"
    ),
    # 2 header
    "header_utf8": ErrorSpec(DecodeError, "malformed", "Header is not valid UTF-8"),
    "header_json": ErrorSpec(DecodeError, "malformed", "Header is not valid JSON"),
    "header_not_object": ErrorSpec(DecodeError, "malformed", "Header is not a JSON object"),
    "header_duplicate": ErrorSpec(DecodeError, "malformed", "Header has a member name twice"),
    "header_too_deep": ErrorSpec(DecodeError, "too_large", "Header is nested deeper than max_depth={limit}"),
    "alg_missing": ErrorSpec(InvalidAlgorithmError, "malformed", "Header has no alg"),
    "alg_invalid": ErrorSpec(InvalidAlgorithmError, "malformed", "Header member alg is not a string"),
    "kid_invalid": ErrorSpec(InvalidTokenError, "malformed", "Header member kid is not a string"),
    "typ_invalid": ErrorSpec(InvalidTokenError, "malformed", "Header member typ is not a string"),
    "crit_invalid": ErrorSpec(
        InvalidTokenError, "malformed", "Header member crit is not a non-empty array of names of header members"
    ),
    # 3 policy.admit
    "alg_unsupported": ErrorSpec(InvalidAlgorithmError, "unsupported_alg", "The token's alg is not supported"),
    "alg_not_allowed": ErrorSpec(
        InvalidAlgorithmError, "alg_not_allowed", "The token's alg is not an allowed algorithm"
    ),
    "crit_unsupported": ErrorSpec(
        InvalidTokenError, "crit_unsupported", "The token depends on a header extension that is not supported"
    ),
    "typ_mismatch": ErrorSpec(InvalidTypeError, "wrong_type", "The token's typ is not the expected one"),
    # 4 keys.select
    "keys_unavailable": ErrorSpec(
        KeysUnavailableError, "keys_unavailable", "The keys of the token's issuer are not available"
    ),
    "key_unknown": ErrorSpec(UnknownKeyError, "unknown_key", "No key fits the token's kid and alg"),
    "key_ambiguous": ErrorSpec(AmbiguousKeyError, "key_ambiguous", "More than one key fits the token's kid and alg"),
    # 5 crypto.verify
    "bad_signature": ErrorSpec(InvalidSignatureError, "bad_signature", "Signature verification failed"),
    # 6 claims.read
    "payload_utf8": ErrorSpec(DecodeError, "malformed", "Payload is not valid UTF-8"),
    "payload_json": ErrorSpec(DecodeError, "malformed", "Payload is not valid JSON"),
    "payload_not_object": ErrorSpec(DecodeError, "malformed", "Payload is not a JSON object"),
    "payload_duplicate": ErrorSpec(DecodeError, "malformed", "Payload has a member name twice"),
    "payload_too_deep": ErrorSpec(DecodeError, "too_large", "Payload is nested deeper than max_depth={limit}"),
    # 7 policy.check
    "claim_missing": ErrorSpec(MissingRequiredClaimError, "missing_claim", "{claim}"),
    "iat_invalid": ErrorSpec(InvalidIssuedAtError, "claim_invalid", "Claim iat is not a NumericDate", "iat"),
    "iat_in_future": ErrorSpec(
        ImmatureSignatureError, "issued_in_future", "The token is issued in the future (iat)", "iat"
    ),
    "nbf_invalid": ErrorSpec(DecodeError, "claim_invalid", "Claim nbf is not a NumericDate", "nbf"),
    "nbf_in_future": ErrorSpec(ImmatureSignatureError, "not_yet_valid", "The token is not yet valid (nbf)", "nbf"),
    "exp_invalid": ErrorSpec(DecodeError, "claim_invalid", "Claim exp is not a NumericDate", "exp"),
    "expired": ErrorSpec(ExpiredSignatureError, "expired", "The token has expired (exp)", "exp"),
    "iss_invalid": ErrorSpec(InvalidIssuerError, "claim_invalid", "Claim iss is not a string", "iss"),
    "iss_mismatch": ErrorSpec(InvalidIssuerError, "unknown_issuer", "The token's issuer is not accepted (iss)", "iss"),
    "aud_invalid": ErrorSpec(
        InvalidAudienceError, "claim_invalid", "Claim aud is neither a string nor an array of strings", "aud"
    ),
    "aud_unexpected": ErrorSpec(
        InvalidAudienceError, "wrong_audience", "The token has an audience and none is expected (aud)", "aud"
    ),
    "aud_mismatch": ErrorSpec(
        InvalidAudienceError, "wrong_audience", "The token is meant for another audience (aud)", "aud"
    ),
    "sub_invalid": ErrorSpec(InvalidSubjectError, "claim_invalid", "Claim sub is not a string", "sub"),
    "sub_mismatch": ErrorSpec(
        InvalidSubjectError, "wrong_subject", "The token's subject is not the expected one (sub)", "sub"
    ),
    "jti_invalid": ErrorSpec(InvalidJTIError, "claim_invalid", "Claim jti is not a string", "jti"),
    "too_old": ErrorSpec(TokenTooOldError, "too_old", "The token was issued too long ago (iat, max_age)", "iat"),
    "lifetime_too_long": ErrorSpec(
        TokenLifetimeError, "lifetime_too_long", "The token's lifetime is too long (exp - iat, max_lifetime)", "exp"
    ),
    "profile_mismatch": ErrorSpec(
        InvalidTypeError, "wrong_type", "The token is not of the kind that its profile asks for"
    ),
    "claims_type": ErrorSpec(ClaimsTypeError, "claim_invalid", "The claims do not fit the type asked for"),
    "check_failed": ErrorSpec(CheckFailedError, "claim_invalid", "A check refused the token"),
    "revoked": ErrorSpec(RevokedTokenError, "revoked", "The token was revoked"),
    "replayed": ErrorSpec(ReplayedTokenError, "replayed", "The token was used before"),
    "binding_mismatch": ErrorSpec(BindingMismatchError, "binding_mismatch", "The token is bound to another client"),
    "store_unavailable": ErrorSpec(
        StoreUnavailableError, "store_unavailable", "A store that has to be asked is unavailable"
    ),
    # keys
    "key_malformed": ErrorSpec(InvalidKeyError, "keys_unavailable", "The key cannot be read"),
    "key_unsupported": ErrorSpec(InvalidKeyError, "keys_unavailable", "This kind of key is not supported"),
    "key_invalid": ErrorSpec(InvalidKeyError, "keys_unavailable", "The key's numbers are not a valid key"),
    "key_algorithm": ErrorSpec(InvalidKeyError, "keys_unavailable", "The key does not fit the algorithm"),
    "key_weak": ErrorSpec(
        InvalidKeyError, "keys_unavailable", "The key is too short for its algorithm (allow_weak=True admits it)"
    ),
    "key_too_large": ErrorSpec(InvalidKeyError, "keys_unavailable", "The key is larger than any key that is accepted"),
    "key_private": ErrorSpec(
        InvalidKeyError, "keys_unavailable", "A private key was given where a public key belongs (use its public part)"
    ),
    "key_public": ErrorSpec(InvalidKeyError, "keys_unavailable", "A public key was given where a private key belongs"),
    "key_encrypted": ErrorSpec(InvalidKeyError, "keys_unavailable", "The key is encrypted and needs its password"),
    "key_password": ErrorSpec(InvalidKeyError, "keys_unavailable", "The password does not open the key"),
    "secret_empty": ErrorSpec(InvalidKeyError, "keys_unavailable", "An HMAC secret must not be empty"),
    "secret_is_key": ErrorSpec(
        InvalidKeyError, "keys_unavailable", "A key, certificate or JWK cannot be used as the text of an HMAC secret"
    ),
    "external_signature": ErrorSpec(
        InvalidKeyError, "keys_unavailable", "The external signer did not return a signature of the algorithm's form"
    ),
    "jwk_invalid": ErrorSpec(PyJWKError, "keys_unavailable", "The JWK lacks a member or has one of the wrong type"),
    "jwks_invalid": ErrorSpec(PyJWKSetError, "keys_unavailable", "The document is not a JWK Set"),
    "jwks_empty": ErrorSpec(PyJWKSetError, "keys_unavailable", "The JWK Set holds no usable key"),
    # fetching
    "fetch_failed": ErrorSpec(KeyFetchError, "keys_unavailable", "The connection failed"),
    "fetch_timeout": ErrorSpec(KeyFetchError, "keys_unavailable", "The answer did not come in time"),
    "fetch_status": ErrorSpec(KeyFetchError, "keys_unavailable", "The answer has another status than 200"),
    "fetch_redirect": ErrorSpec(
        KeyFetchError, "keys_unavailable", "The answer is a redirect that must not be followed"
    ),
    "fetch_encoded": ErrorSpec(KeyFetchError, "keys_unavailable", "The answer is compressed, unasked"),
    "fetch_too_large": ErrorSpec(KeyFetchError, "keys_unavailable", "The answer is longer than max_bytes={limit}"),
    "fetch_insecure": ErrorSpec(KeyFetchError, "keys_unavailable", "The metadata names an address that is not https"),
    "fetch_host": ErrorSpec(KeyFetchError, "keys_unavailable", "The metadata names a host that is not allowed"),
    "discovery_invalid": ErrorSpec(KeyFetchError, "keys_unavailable", "The document is not the metadata of an issuer"),
    "discovery_issuer": ErrorSpec(KeyFetchError, "keys_unavailable", "The metadata belongs to another issuer"),
    "snapshot_unsafe": ErrorSpec(
        KeyFetchError, "keys_unavailable", "The snapshot is no plain file that only its owner, who we are, can use"
    ),
    "snapshot_invalid": ErrorSpec(KeyFetchError, "keys_unavailable", "The snapshot is damaged, or of another key set"),
    "file_unreadable": ErrorSpec(KeyFetchError, "keys_unavailable", "The file cannot be read or written"),
    "cryptography_missing": ErrorSpec(
        MissingCryptographyError,
        "keys_unavailable",
        "This needs the package cryptography: pip install 'rapidjwt[crypto]'",
    ),
}
"""Every code: its class, reason and sentence. Both halves build their errors from these rows."""


def build(code: str, *, claim: str | None = None, limit: int | None = None) -> PyJWTError:
    """Make the error of one row of `CODES`; `claim` and `limit` fill its sentence."""
    spec = CODES[code]
    error = spec.cls(spec.message.format(claim=claim, limit=limit))
    error.code, error.reason = code, spec.reason
    error.claim = claim if spec.claim is None else spec.claim
    return error
