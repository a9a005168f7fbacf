"""JSON Web Signature, compact form (RFC 7515), with unencoded detached payloads (RFC 7797)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from rapidjwt.jwt import _hmac_lane
from rapidjwt.jwt._compose import json_bytes, new_header, plain_header
from rapidjwt.jwt._jws_rules import allowed_algorithm, check_critical, decoded_segment, payload_elsewhere, token_bytes
from rapidjwt.jwt._notices import further_arguments, short_key
from rapidjwt.jwt.algorithms import Algorithm, get_default_algorithms, has_crypto, requires_cryptography
from rapidjwt.jwt.api_jwk import PyJWK
from rapidjwt.jwt.exceptions import (  # noqa: F401  # code that was written for PyJWT finds more than is used here
    DecodeError,
    InvalidAlgorithmError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
)
from rapidjwt.jwt.utils import base64url_decode, base64url_encode  # noqa: F401
from rapidjwt.jwt.warnings import InsecureKeyLengthWarning, RemovedInPyjwt3Warning  # noqa: F401

if TYPE_CHECKING:
    from rapidjwt.jwt.algorithms import AllowedPrivateKeys, AllowedPublicKeys
    from rapidjwt.jwt.types import SigOptions

__all__ = [
    "PyJWS",
    "decode",
    "decode_complete",
    "encode",
    "get_algorithm_by_name",
    "get_unverified_header",
    "register_algorithm",
    "unregister_algorithm",
]

_ALGORITHM_UNSET: Any = object()
"""Stands for: HS256, or the algorithm of a PyJWK."""


class PyJWS:
    """Signs bytes and verifies them, with its own register of algorithms.

    Args:
        algorithms: names of the default algorithms to keep; None: all.
        options: see `SigOptions`.
    """

    header_typ = "JWT"

    _supported_crit: set[str] = {"b64"}  # noqa: RUF012
    """Header extensions that are understood (RFC 7515 section 4.1.11)."""

    def __init__(self, algorithms: Sequence[str] | None = None, options: SigOptions | None = None) -> None:
        known = get_default_algorithms()
        self._valid_algs = set(known) if algorithms is None else set(algorithms)
        self._algorithms = {name: known[name] for name in known if name in self._valid_algs}
        self.options: SigOptions = self._get_default_options()
        if options is not None:
            self.options = {**self.options, **options}
        self._verified: Callable[[str, Algorithm, Any, Any, str | None], object] | None = None
        """Told of every key that verified a signature: `alg`, its object, the key as given and prepared, what is said of its length."""
        self._plain_header: Callable[[Any], dict[str, Any] | None] | None = None
        """Reads the header of a token of good form; None leaves it to `_load`."""
        self._algorithms_changed: Callable[[str], object] | None = None
        """Told the name of an algorithm that was registered or unregistered."""

    @staticmethod
    def _get_default_options() -> SigOptions:
        return {"verify_signature": True, "enforce_minimum_key_length": False}

    # ---- the register

    def register_algorithm(self, alg_id: str, alg_obj: Algorithm) -> None:
        """Make an algorithm known under a name. ValueError when the name is taken, TypeError when it is no `Algorithm`."""
        if alg_id in self._algorithms:
            raise ValueError("Algorithm already has a handler.")
        if not isinstance(alg_obj, Algorithm):
            raise TypeError("Object is not of type `Algorithm`")
        self._algorithms[alg_id] = alg_obj
        self._valid_algs.add(alg_id)
        self._tell_of_change(alg_id)

    def unregister_algorithm(self, alg_id: str) -> None:
        """Forget the algorithm of a name. KeyError when there is none."""
        if alg_id not in self._algorithms:
            raise KeyError("The specified algorithm could not be removed because it is not registered.")
        del self._algorithms[alg_id]
        self._valid_algs.remove(alg_id)
        self._tell_of_change(alg_id)

    def _tell_of_change(self, alg_id: str) -> None:
        if self._algorithms_changed is not None:
            self._algorithms_changed(alg_id)

    def get_algorithms(self) -> list[str]:
        """The names that are allowed, in no order."""
        return list(self._valid_algs)

    def get_algorithm_by_name(self, alg_name: str) -> Algorithm:
        """The algorithm of a name. NotImplementedError when there is none."""
        try:
            return self._algorithms[alg_name]
        except KeyError as error:
            sentence = "Algorithm not supported"
            if not has_crypto and alg_name in requires_cryptography:
                sentence = f"Algorithm '{alg_name}' could not be found. Do you have cryptography installed?"
            raise NotImplementedError(sentence) from error

    # ---- signing

    def encode(
        self,
        payload: bytes,
        key: AllowedPrivateKeys | PyJWK | str | bytes,
        algorithm: str | None = _ALGORITHM_UNSET,
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
        is_payload_detached: bool = False,
        sort_headers: bool = True,
    ) -> str:
        """Sign bytes.

        Args:
            payload: what to sign.
            key: a secret, a private key as PEM text or object, or a PyJWK.
            algorithm: the `alg`; unset: the PyJWK's, or else HS256; None: the PyJWK's, or else none.
            headers: further header members; they win over what is set otherwise, `alg` too.
            json_encoder: writes the header.
            is_payload_detached: leave the payload out of the token, and sign it unencoded (RFC 7797).
            sort_headers: write the header's members in the order of their names.

        Raises:
            NotImplementedError: the algorithm is unknown.
            InvalidKeyError: the key does not fit it, or is too short where that is enforced.
            InvalidTokenError: a header member has the wrong type.
        """
        detached = bool(is_payload_detached)
        name = algorithm if headers is None and type(algorithm) is str else _signing_algorithm(algorithm, headers, key)
        if headers is None and json_encoder is None and not detached and type(self.header_typ) is type(name) is str:
            json_header = plain_header(self.header_typ, name, bool(sort_headers))
        else:
            if headers:
                self._validate_headers(headers, encoding=True)
            header = new_header(self.header_typ, name, headers, detached)
            detached = "b64" in header
            json_header = json_bytes(header, json_encoder, sort_headers)

        # A subclass may do as it likes, so it always goes the long way.
        if type(self) is PyJWS and type(payload) is bytes and not detached:
            short_way = _hmac_lane.find(self._algorithms, name, key)
            if short_way is not None:
                return short_way(json_header, payload)

        signed = payload if detached else base64url_encode(payload)
        signing_input = b".".join([base64url_encode(json_header), signed])
        alg_obj = self.get_algorithm_by_name(name)
        prepared_key = alg_obj.prepare_key(key.key if isinstance(key, PyJWK) else key)
        key_length_msg = alg_obj.check_key_length(prepared_key)
        if key_length_msg:
            short_key(key_length_msg, self.options, stacklevel=3)
        signature = alg_obj.sign(signing_input, prepared_key)
        if not key_length_msg:
            _hmac_lane.learn(name, alg_obj, key)
        if detached:
            signing_input = base64url_encode(json_header) + b"."
        return (signing_input + b"." + base64url_encode(signature)).decode("utf-8")

    # ---- verifying

    def decode_complete(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
        detached_payload: bytes | None = None,
        **kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        """Verify a token and return its parts: `payload` and `signature` as bytes, `header` as dict.

        Arguments and errors as for `decode`.
        """
        if kwargs:
            further_arguments("decode_complete", kwargs)
        merged: SigOptions = self.options if options is None else {**self.options, **options}
        verify = cast("Mapping[str, object]", merged)["verify_signature"]
        if verify and not algorithms and not isinstance(key, PyJWK):
            raise DecodeError(
                'It is required that you pass in a value for the "algorithms" argument when calling decode().'
            )
        payload, signing_input, header, signature = self._load(jwt)
        self._validate_headers(header)
        elsewhere = payload_elsewhere(header, detached_payload)
        if elsewhere is not None:
            payload = elsewhere
            signing_input = b".".join([signing_input.rsplit(b".", 1)[0], payload])
        if verify:
            self._verify_signature(signing_input, header, signature, key, algorithms, options=merged)
        return {"payload": payload, "header": header, "signature": signature}

    def decode(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
        detached_payload: bytes | None = None,
        **kwargs: dict[str, Any],
    ) -> Any:
        """Verify a token and return its payload, bytes.

        Args:
            jwt: the token.
            key: a secret, a public key as PEM text or object, or a PyJWK.
            algorithms: the `alg` names that are accepted (RFC 8725 section 3.1); may be absent with a PyJWK.
            options: win over the instance's.
            detached_payload: the payload of a token that was signed without it (RFC 7797).
            kwargs: ignored, with a warning.

        Raises:
            InvalidTokenError: the token is refused.
            InvalidKeyError: the key does not fit the algorithm, or is too short where that is enforced.
        """
        if kwargs:
            further_arguments("decode", kwargs)
        return self.decode_complete(jwt, key, algorithms, options, detached_payload=detached_payload)["payload"]

    def get_unverified_header(self, jwt: str | bytes) -> dict[str, Any]:
        """The header, which proves nothing. InvalidTokenError when the token cannot be read."""
        known = None if self._plain_header is None else self._plain_header(jwt)
        if known is not None:
            return known
        header = self._load(jwt)[2]
        self._validate_headers(header)
        return header

    @staticmethod
    def _decode_base64url_segment(segment: bytes, name: str) -> bytes:
        return decoded_segment(segment, name)

    def _load(self, jwt: str | bytes) -> tuple[bytes, bytes, dict[str, Any], bytes]:
        """Payload, signing input, header and signature of a token."""
        token = token_bytes(jwt)
        head, _, rest = token.partition(b".")
        body, dot, tail = rest.rpartition(b".")
        if not dot:
            raise DecodeError("Not enough segments") from ValueError("a token has three segments")
        try:
            header = json.loads(self._decode_base64url_segment(head, "header"))
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"Invalid header string: {error}") from error
        if not isinstance(header, dict):
            raise DecodeError("Invalid header string: must be a json object")
        if header.get("b64", True) is False:
            # Never decoded: it would be work for whoever sends anything.
            if body:
                raise DecodeError("Payload segment must be empty when 'b64' is false.")
            payload = b""
        else:
            payload = self._decode_base64url_segment(body, "payload")
        return payload, head + b"." + body, header, self._decode_base64url_segment(tail, "crypto")

    def _verify_signature(
        self,
        signing_input: bytes,
        header: dict[str, Any],
        signature: bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
    ) -> None:
        alg = allowed_algorithm(header, key, algorithms)
        if isinstance(key, PyJWK):
            alg_obj, material = key.Algorithm, key.key
        else:
            alg_obj, material = self._known_algorithm(alg), key
        prepared_key = alg_obj.prepare_key(material)
        key_length_msg = alg_obj.check_key_length(prepared_key)
        if key_length_msg:
            short_key(key_length_msg, self.options if options is None else options, stacklevel=5)
        if not alg_obj.verify(signing_input, prepared_key, signature):
            raise InvalidSignatureError("Signature verification failed")
        if self._verified is not None:
            self._verified(alg, alg_obj, key, prepared_key, key_length_msg)

    def _known_algorithm(self, alg: str) -> Algorithm:
        try:
            return self.get_algorithm_by_name(alg)
        except NotImplementedError as error:
            raise InvalidAlgorithmError("Algorithm not supported") from error

    # ---- the header

    def _validate_headers(self, headers: dict[str, Any], *, encoding: bool = False) -> None:
        if "kid" in headers:
            self._validate_kid(headers["kid"])
        if "crit" in headers and not encoding:
            self._validate_crit(headers)

    def _validate_kid(self, kid: Any) -> None:
        if not isinstance(kid, str):
            raise InvalidTokenError("Key ID header parameter must be a string")

    def _validate_crit(self, headers: dict[str, Any]) -> None:
        check_critical(headers, self._supported_crit)


def _signing_algorithm(algorithm: str | None, headers: dict[str, Any] | None, key: object) -> str:
    asked = headers.get("alg") if headers else None
    if asked:
        name: str = asked
        return name
    if algorithm is not _ALGORITHM_UNSET and algorithm is not None:
        return algorithm
    if isinstance(key, PyJWK):
        return key.algorithm_name
    return "none" if algorithm is None else "HS256"


_jws_global_obj = PyJWS()
encode: Final = _jws_global_obj.encode
decode_complete: Final = _jws_global_obj.decode_complete
decode: Final = _jws_global_obj.decode
register_algorithm: Final = _jws_global_obj.register_algorithm
unregister_algorithm: Final = _jws_global_obj.unregister_algorithm
get_algorithm_by_name: Final = _jws_global_obj.get_algorithm_by_name
get_unverified_header: Final = _jws_global_obj.get_unverified_header
