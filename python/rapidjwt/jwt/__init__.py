"""PyJWT 2.15.1, drop in: `from rapidjwt import jwt` where `import jwt` was.

The same names, results, errors, messages and warnings. `__version__` is the version of PyJWT whose behaviour this is. What it
does differently on purpose is listed in docs/migrate-from-pyjwt.md. Four names are ours: `cache_clear`, `cache_info`,
`cache_private_keys` and `cache_tokens`.
"""

from __future__ import annotations

from rapidjwt.jwt._caches import cache_clear as cache_clear
from rapidjwt.jwt._caches import cache_info as cache_info
from rapidjwt.jwt._caches import cache_private_keys as cache_private_keys
from rapidjwt.jwt._caches import cache_tokens as cache_tokens
from rapidjwt.jwt.api_jwk import PyJWK, PyJWKSet
from rapidjwt.jwt.api_jws import (
    PyJWS,
    get_algorithm_by_name,
    get_unverified_header,
    register_algorithm,
    unregister_algorithm,
)
from rapidjwt.jwt.api_jwt import PyJWT, decode, decode_complete, encode
from rapidjwt.jwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
    MissingRequiredClaimError,
    PyJWKClientConnectionError,
    PyJWKClientError,
    PyJWKError,
    PyJWKSetError,
    PyJWTError,
)
from rapidjwt.jwt.jwks_client import PyJWKClient
from rapidjwt.jwt.warnings import InsecureKeyLengthWarning

__version__ = "2.15.1"
__title__ = "PyJWT"
__description__ = "The interface of PyJWT on rapidjwt"
__url__ = __uri__ = "https://pyjwt.readthedocs.io"
__author__ = "The rapidjwt authors"
__email__ = ""
__license__ = "MIT"
__copyright__ = "The rapidjwt authors"

__all__ = [
    "DecodeError",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InsecureKeyLengthWarning",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidIssuedAtError",
    "InvalidIssuerError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "MissingRequiredClaimError",
    "PyJWK",
    "PyJWKClient",
    "PyJWKClientConnectionError",
    "PyJWKClientError",
    "PyJWKError",
    "PyJWKSet",
    "PyJWKSetError",
    "PyJWS",
    "PyJWT",
    "PyJWTError",
    "decode",
    "decode_complete",
    "encode",
    "get_algorithm_by_name",
    "get_unverified_header",
    "register_algorithm",
    "unregister_algorithm",
]
