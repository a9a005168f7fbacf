"""The options of `decode`, and two aliases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict

__all__ = ["FullOptions", "HashlibHash", "JWKDict", "Options", "SigOptions"]

JWKDict: TypeAlias = dict[str, Any]
"""A JSON Web Key as a dict (RFC 7517 section 4)."""

HashlibHash: TypeAlias = Callable[..., Any]
"""A constructor of `hashlib`, such as `hashlib.sha256`."""


class SigOptions(TypedDict, total=False):
    """What `PyJWS` can be told."""

    verify_signature: bool
    """Check the signature (default True)."""
    enforce_minimum_key_length: bool
    """Refuse a short key with InvalidKeyError where otherwise a warning is given (default False)."""


class Options(SigOptions, total=False):
    """What `PyJWT` and `jwt.decode` can be told. The `verify_*` of claims follow `verify_signature` where they are absent."""

    require: list[str]
    """Claims that must be there and not be null (default none). Says nothing about their values."""
    strict_aud: bool
    """`aud` and `audience` are each one string, and equal (default False)."""
    verify_aud: bool
    """Check `aud` against `audience` (RFC 7519 section 4.1.3)."""
    verify_exp: bool
    """Check that `exp` is in the future (RFC 7519 section 4.1.4)."""
    verify_iat: bool
    """Check that `iat` is a number and not in the future (RFC 7519 section 4.1.6)."""
    verify_iss: bool
    """Check `iss` against `issuer` (RFC 7519 section 4.1.1)."""
    verify_jti: bool
    """Check that `jti` is a string (RFC 7519 section 4.1.7)."""
    verify_nbf: bool
    """Check that `nbf` is not in the future (RFC 7519 section 4.1.5)."""
    verify_sub: bool
    """Check that `sub` is a string, and `subject` where that is given (RFC 7519 section 4.1.2)."""


class FullOptions(TypedDict):
    """`Options` with every member present: what an instance keeps."""

    verify_signature: bool
    enforce_minimum_key_length: bool
    require: list[str]
    strict_aud: bool
    verify_aud: bool
    verify_exp: bool
    verify_iat: bool
    verify_iss: bool
    verify_jti: bool
    verify_nbf: bool
    verify_sub: bool
