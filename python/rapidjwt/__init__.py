"""rapidjwt verifies JSON Web Tokens at gateway volume: few keys, very many tokens.

The hot names are bound straight from the half in use (`IMPL`), with no Python frame between them and the engine. What
verifying does not need is imported on its first use: importing `typing` alone takes as long as all of the rest.
"""

from __future__ import annotations

from rapidjwt._impl import IMPL, Key, KeySet, KeySlot, Rejection, TokenCache, VerifiedToken, Verifier, decode_unverified
from rapidjwt.exceptions import InvalidKeyError, InvalidTokenError, PyJWTError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt._impl import crypto_state
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
    "crypto_state",
    "decode_unverified",
    "install_as_jwt",
    "uninstall_as_jwt",
]

__version__ = "0.1.0"

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from rapidjwt._on_first_use import imported

        return imported(
            name,
            globals(),
            _impl=("crypto_state",),
            install=("install_as_jwt", "uninstall_as_jwt"),
            issuer=("Issuer",),
            signer=("Signer",),
            types=("Check", "Explanation", "SkippedKey"),
            unverified=("UnverifiedToken",),
        )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
