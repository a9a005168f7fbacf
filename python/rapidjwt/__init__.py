"""rapidjwt verifies JSON Web Tokens at gateway volume: few keys, very many tokens.

The hot names are bound straight from the half in use (`IMPL`), with no Python frame between them and the engine. What
verifying does not need is imported on its first use: importing `typing` alone takes as long as all of the rest.
"""

from __future__ import annotations

from rapidjwt._impl import IMPL, Key, KeySet, KeySlot, Rejection, TokenCache, VerifiedToken, Verifier, decode_unverified
from rapidjwt.exceptions import InvalidKeyError, InvalidTokenError, PyJWTError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt.install import install_as_jwt, uninstall_as_jwt
    from rapidjwt.issuer import Issuer
    from rapidjwt.signer import Signer
    from rapidjwt.types import Check, Explanation, SkippedKey
    from rapidjwt.unverified import UnverifiedToken

__all__ = [
    "IMPL",
    "Check",
    "Explanation",
    "InvalidKeyError",
    "InvalidTokenError",
    "Issuer",
    "Key",
    "KeySet",
    "KeySlot",
    "PyJWTError",
    "Rejection",
    "Signer",
    "SkippedKey",
    "TokenCache",
    "UnverifiedToken",
    "VerifiedToken",
    "Verifier",
    "__version__",
    "decode_unverified",
    "install_as_jwt",
    "uninstall_as_jwt",
]

__version__ = "0.1.0"

if not TYPE_CHECKING:
    _ON_FIRST_USE = {
        "Issuer": "rapidjwt.issuer",
        "Signer": "rapidjwt.signer",
        "UnverifiedToken": "rapidjwt.unverified",
        **dict.fromkeys(("Check", "Explanation", "SkippedKey"), "rapidjwt.types"),
        **dict.fromkeys(("install_as_jwt", "uninstall_as_jwt"), "rapidjwt.install"),
    }

    def __getattr__(name: str) -> object:
        if name not in _ON_FIRST_USE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_ON_FIRST_USE[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ON_FIRST_USE})
