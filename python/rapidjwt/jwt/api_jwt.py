"""JSON Web Token (RFC 7519): claims, on top of signatures."""

from __future__ import annotations

import json
import math
import sys
import warnings
from calendar import timegm
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union, cast

from rapidjwt.jwt import _claims, _shortcut
from rapidjwt.jwt._compose import json_bytes
from rapidjwt.jwt._notices import further_arguments
from rapidjwt.jwt._strict import StrictTier
from rapidjwt.jwt.api_jws import _ALGORITHM_UNSET, PyJWS, _jws_global_obj
from rapidjwt.jwt.exceptions import (  # noqa: F401  # code that was written for PyJWT finds them here too
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidJTIError,
    InvalidSubjectError,
    MissingRequiredClaimError,
)
from rapidjwt.jwt.warnings import RemovedInPyjwt3Warning  # noqa: F401

if TYPE_CHECKING:
    from rapidjwt.jwt.algorithms import AllowedPrivateKeys, AllowedPublicKeys
    from rapidjwt.jwt.api_jwk import PyJWK
    from rapidjwt.jwt.types import FullOptions, Options, SigOptions

    AllowedPrivateKeyTypes: TypeAlias = Union[AllowedPrivateKeys, PyJWK, str, bytes]  # noqa: UP007
    AllowedPublicKeyTypes: TypeAlias = Union[AllowedPublicKeys, PyJWK, str, bytes]  # noqa: UP007

__all__ = ["PyJWT", "decode", "decode_complete", "encode"]

_CLAIM_CHECKS = ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti")
_DATES = ("exp", "iat", "nbf")


class PyJWT:
    """Signs claims and verifies tokens, with its own options and algorithms.

    Args:
        options: see `Options`; what is not given has its default.
        strict: decide as `rapidjwt.Verifier` does: `exp` is required, weak keys, duplicate members, NaN, dates as text and the
            like are refused, with the errors of rapidjwt. `encode` refuses weak keys.
    """

    def __init__(self, options: Options | None = None, *, strict: bool = False) -> None:
        self._options_lent: Callable[[], object] | None = None
        """Told when the options are handed out, or set: from then on somebody else may change them."""
        self._options = self._get_default_options()
        if options is not None:
            self._options = self._merge_options(options)
        self._strict = StrictTier() if strict else None
        if strict:
            self._options["enforce_minimum_key_length"] = True
        self._jws = PyJWS(options=self._get_sig_options())

    # ---- options

    @property
    def options(self) -> FullOptions:
        """The options of the instance; a call's win over them."""
        if self._options_lent is not None:
            self._options_lent()
        return self._options

    @options.setter
    def options(self, options: FullOptions) -> None:
        if self._options_lent is not None:
            self._options_lent()
        self._options = options

    @staticmethod
    def _get_default_options() -> FullOptions:
        return cast(
            "FullOptions",
            {
                "verify_signature": True,
                **dict.fromkeys(_CLAIM_CHECKS, True),
                "require": [],
                "strict_aud": False,
                "enforce_minimum_key_length": False,
            },
        )

    def _get_sig_options(self) -> SigOptions:
        return {
            "verify_signature": self._options["verify_signature"],
            "enforce_minimum_key_length": self._options.get("enforce_minimum_key_length", False),
        }

    def _merge_options(self, options: Options | None = None) -> FullOptions:
        """The instance's options with a call's. Who does not want the signature checked does not want the claims checked."""
        if options is None:
            return self._options
        given = dict(options)
        if not given.get("verify_signature", True):
            given = {**dict.fromkeys(_CLAIM_CHECKS, False), **given}
        return cast("FullOptions", {**self._options, **given})

    # ---- signing

    def encode(
        self,
        payload: dict[str, Any],
        key: AllowedPrivateKeyTypes,
        algorithm: str | None = _ALGORITHM_UNSET,
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
        sort_headers: bool = True,
    ) -> str:
        """Sign claims.

        Args:
            payload: the claims; `exp`, `iat` and `nbf` may be datetimes, of which one without a zone is taken as UTC.
            key: a secret, a private key as PEM text or object, or a PyJWK.
            algorithm: the `alg`; unset: the PyJWK's, or else HS256; None: the PyJWK's, or else none.
            headers: further header members; they win over what is set otherwise, `alg` too.
            json_encoder: writes claims and header.
            sort_headers: write the header's members in the order of their names.

        Raises:
            TypeError: the payload is no dict, `iss` is no string, or a value has a type that JSON does not have.
            NotImplementedError: the algorithm is unknown.
            InvalidKeyError: the key does not fit it, or is too short where that is enforced.
            InvalidTokenError: a header member has the wrong type.
        """
        if not isinstance(payload, dict):
            raise TypeError("Expecting a dict object, as JWT only supports JSON objects as payloads.")
        payload = payload.copy()
        for claim in _DATES:
            if claim in payload and isinstance(payload[claim], datetime):
                payload[claim] = timegm(payload[claim].utctimetuple())
        if "iss" in payload and not isinstance(payload["iss"], str):
            raise TypeError("Issuer (iss) must be a string.")
        json_payload = self._encode_payload(payload, headers=headers, json_encoder=json_encoder)
        return self._jws.encode(json_payload, key, algorithm, headers, json_encoder, sort_headers=sort_headers)

    def _encode_payload(
        self,
        payload: dict[str, Any],
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
    ) -> bytes:
        """From claims to what is signed. To be overridden, for instance to compress."""
        return json_bytes(payload, json_encoder)

    # ---- verifying

    def decode_complete(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeyTypes = "",
        algorithms: Sequence[str] | None = None,
        options: Options | None = None,
        verify: bool | None = None,
        detached_payload: bytes | None = None,
        audience: str | Iterable[str] | None = None,
        issuer: str | Container[str] | None = None,
        subject: str | None = None,
        leeway: float | timedelta = 0,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Verify a token and return its parts: `payload`, the claims; `header`, a dict; `signature`, bytes.

        Arguments and errors as for `decode`, in another order.
        """
        if kwargs:
            further_arguments("decode_complete", kwargs)
        verify_signature = True if options is None else options.get("verify_signature", True)
        if verify is not None and verify != verify_signature:
            warnings.warn(
                "The `verify` argument to `decode` does nothing in PyJWT 2.0 and newer. "
                "The equivalent is setting `verify_signature` to False in the `options` dictionary. "
                "This invocation has a mismatch between the kwarg and the option entry.",
                category=DeprecationWarning,
                stacklevel=2,
            )
        merged = self._merge_options(options)
        if self._strict is not None:
            return self._strict.decode_complete(
                jwt, key, algorithms, merged, detached_payload, audience, issuer, subject, leeway
            )
        decoded = self._jws.decode_complete(
            jwt,
            key=key,
            algorithms=algorithms,
            options={
                "verify_signature": verify_signature,
                "enforce_minimum_key_length": merged.get("enforce_minimum_key_length", False),
            },
            detached_payload=detached_payload,
        )
        payload = self._decode_payload(decoded)
        self._validate_claims(payload, merged, audience=audience, issuer=issuer, leeway=leeway, subject=subject)
        decoded["payload"] = payload
        return decoded

    def decode(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeyTypes = "",
        algorithms: Sequence[str] | None = None,
        options: Options | None = None,
        verify: bool | None = None,
        detached_payload: bytes | None = None,
        audience: str | Iterable[str] | None = None,
        subject: str | None = None,
        issuer: str | Container[str] | None = None,
        leeway: float | timedelta = 0,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Verify a token and return its claims.

        Args:
            jwt: the token.
            key: a secret, a public key as PEM text or object, or a PyJWK.
            algorithms: the `alg` names that are accepted (RFC 8725 section 3.1), never taken from the token. May be absent with a
                PyJWK.
            options: see `Options`; they win over the instance's.
            verify: does nothing; a warning when it contradicts `options["verify_signature"]`.
            detached_payload: the payload of a token that was signed without it (RFC 7797).
            audience: accepted `aud` values, one match is enough; None: the token must have no `aud`.
            subject: the accepted `sub`, if the token has one.
            issuer: the accepted `iss`, or a container of them; None: not checked.
            leeway: seconds of clock difference that are forgiven, or a timedelta.
            kwargs: ignored, with a warning.

        Raises:
            InvalidTokenError: the token is refused.
            InvalidKeyError: the key does not fit the algorithm, or is too short where that is enforced.
            TypeError: `audience` has the wrong type.
        """
        if kwargs:
            further_arguments("decode", kwargs)
        decoded = self.decode_complete(
            jwt,
            key,
            algorithms,
            options,
            verify=verify,
            detached_payload=detached_payload,
            audience=audience,
            subject=subject,
            issuer=issuer,
            leeway=leeway,
        )
        return cast("dict[str, Any]", decoded["payload"])

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """From what was signed, under `payload`, to claims. To be overridden, for instance to decompress."""
        try:
            payload = json.loads(decoded["payload"])
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"Invalid payload string: {error}") from error
        if not isinstance(payload, dict):
            raise DecodeError("Invalid payload string: must be a json object")
        return payload

    # ---- claims: the order decides which error is seen

    def _validate_claims(
        self,
        payload: dict[str, Any],
        options: FullOptions,
        audience: Iterable[str] | str | None = None,
        issuer: Container[str] | str | None = None,
        subject: str | None = None,
        leeway: float | timedelta = 0,
    ) -> None:
        seconds = leeway.total_seconds() if isinstance(leeway, timedelta) else leeway
        if isinstance(seconds, float) and not math.isfinite(seconds):
            raise DecodeError("leeway must be a finite number of seconds")
        if audience is not None and not isinstance(audience, (str, Iterable)):
            raise TypeError("audience must be a string, iterable or None")
        self._validate_required_claims(payload, options["require"])
        now = datetime.now(tz=UTC).timestamp()
        dates = {"iat": self._validate_iat, "nbf": self._validate_nbf, "exp": self._validate_exp}
        for claim, check in dates.items():
            if claim in payload and options[f"verify_{claim}"]:  # type: ignore[literal-required]  # one of three
                check(payload, now, seconds)
        if options["verify_iss"]:
            self._validate_iss(payload, issuer)
        if options["verify_aud"]:
            self._validate_aud(payload, audience, strict=options.get("strict_aud", False))
        if options["verify_sub"]:
            self._validate_sub(payload, subject)
        if options["verify_jti"]:
            self._validate_jti(payload)

    def _validate_required_claims(self, payload: dict[str, Any], claims: Iterable[str]) -> None:
        _claims.required(payload, claims)

    def _validate_iat(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        _claims.not_yet("iat", payload, now, leeway)

    def _validate_nbf(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        _claims.not_yet("nbf", payload, now, leeway)

    def _validate_exp(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        _claims.expired(payload, now, leeway)

    def _validate_iss(self, payload: dict[str, Any], issuer: Container[str] | str | None) -> None:
        _claims.issuer(payload, issuer)

    def _validate_aud(
        self, payload: dict[str, Any], audience: str | Iterable[str] | None, *, strict: bool = False
    ) -> None:
        _claims.audience(payload, audience, strict)

    def _validate_sub(self, payload: dict[str, Any], subject: str | None = None) -> None:
        _claims.subject(payload, subject)

    def _validate_jti(self, payload: dict[str, Any]) -> None:
        _claims.jwt_id(payload)


_jwt_global_obj = PyJWT()
_jwt_global_obj._jws = _jws_global_obj
encode: Final = _jwt_global_obj.encode
decode_complete: Final = _jwt_global_obj.decode_complete
decode: Final = _jwt_global_obj.decode
if not TYPE_CHECKING:
    # The same, with no Python frame between it and the engine where the call is ordinary.
    decode = _shortcut.take(_jwt_global_obj, _jws_global_obj, sys.modules[__name__])
