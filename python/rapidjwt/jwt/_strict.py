"""`PyJWT(strict=True)`: PyJWT's call, answered by `rapidjwt.Verifier`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from rapidjwt._impl import Key, KeySet, Verifier
from rapidjwt.jwt import _claims
from rapidjwt.jwt.api_jwk import PyJWK, PyJWKSet
from rapidjwt.jwt.utils import base64url_decode, force_bytes, is_pem_format, is_ssh_key

if TYPE_CHECKING:
    from rapidjwt.jwt.types import FullOptions

__all__ = ["StrictTier"]

MOST: Final = 64
"""How many verifiers are kept: one for each set of arguments."""


class StrictTier:
    """Verifiers, made once for each set of arguments."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[object, ...], tuple[object, Verifier]] = OrderedDict()
        self._lock = Lock()

    def decode_complete(
        self,
        jwt: str | bytes,
        key: Any,
        algorithms: Any,
        options: FullOptions,
        detached_payload: bytes | None,
        audience: Any,
        issuer: Any,
        subject: str | None,
        leeway: float | timedelta,
    ) -> dict[str, Any]:
        """As `PyJWT.decode_complete`.

        Raises:
            InvalidTokenError: the token is refused.
            InvalidKeyError: the key cannot be read, or is weak.
            ValueError: a check is switched off, which the strict tier does not do, or an argument makes no sense.
            TypeError: an argument has the wrong type.
        """
        _refuse_switched_off(options, detached_payload)
        names = (key.algorithm_name,) if isinstance(key, PyJWK) and not algorithms else _strings(algorithms)
        policy = {
            "algorithms": names or (),
            "audience": _strings(audience),
            "issuer": _strings(issuer),
            "subject": subject,
            "leeway": leeway.total_seconds() if isinstance(leeway, timedelta) else leeway,
            "require": tuple(dict.fromkeys(("exp", *options["require"]))),
        }
        proof = self._verifier(key, policy).verify(jwt)
        claims = proof.to_dict()
        if options["strict_aud"]:
            _claims.audience(claims, audience, strict=True)
        return {"payload": claims, "header": proof.header, "signature": _signature(jwt)}

    def _verifier(self, key: Any, policy: dict[str, Any]) -> Verifier:
        # An object is itself only: it is kept with its verifier, so that its address is not given to another.
        identity = (type(key), key) if type(key) in (str, bytes) else (type(key), id(key))
        name = (*identity, *policy.values(), type(policy["leeway"]))
        with self._lock:
            known = self._made.get(name)
            if known is not None:
                self._made.move_to_end(name)
                return known[1]
        verifier = Verifier(_engine_keys(key, policy["algorithms"]), **policy)
        with self._lock:
            self._made[name] = (key, verifier)
            if len(self._made) > MOST:
                self._made.popitem(last=False)
        return verifier


def _refuse_switched_off(options: FullOptions, detached_payload: object) -> None:
    for name, value in options.items():
        if name.startswith("verify_") and not value:
            raise ValueError(f"options must not switch off {name} of a strict PyJWT")
    if detached_payload is not None:
        raise ValueError("detached_payload must be None for a strict PyJWT")


def _strings(value: str | Iterable[str] | None) -> Any:
    """Several as a tuple, which can be remembered; what is not iterable is left for the Verifier to refuse."""
    if value is None or isinstance(value, str) or not isinstance(value, Iterable):
        return value
    return tuple(value)


def _signature(token: str | bytes) -> bytes:
    return base64url_decode(force_bytes(token).rpartition(b".")[2])


def _engine_keys(key: Any, algorithms: tuple[str, ...]) -> Key | KeySet | list[Key]:
    """The keys of the engine. Private ones are reduced to their public part, as PyJWT does."""
    if isinstance(key, (Key, KeySet)):
        return key
    if isinstance(key, PyJWKSet):
        return [_public(_from_jwk(one)) for one in key.keys]
    if isinstance(key, PyJWK):
        return _public(_from_jwk(key))
    if isinstance(key, (str, bytes)):
        return _from_text(key, algorithms)
    return _public(_from_object(key))


def _from_jwk(key: PyJWK) -> Key:
    return Key.from_jwk(key._jwk_data, algorithm=key.algorithm_name)


def _from_text(text: str | bytes, algorithms: tuple[str, ...]) -> Key | list[Key]:
    raw = force_bytes(text)
    if is_ssh_key(raw):
        return Key.from_openssh(raw)
    if is_pem_format(raw):
        return _public(Key.from_pem(raw))
    return [Key.from_secret(raw, algorithm=name) for name in algorithms if name.startswith("HS")]


def _from_object(key: Any) -> Key:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key() if hasattr(key, "private_bytes") else key
    if not hasattr(public, "public_bytes"):
        raise TypeError(f"key must be str, bytes, a PyJWK or a key object, not {type(key).__name__}")
    return Key.from_der(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _public(key: Key) -> Key:
    return key.public() if key.is_private and key.kty != "oct" else key
