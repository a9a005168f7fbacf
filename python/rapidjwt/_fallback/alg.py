"""The one table of algorithms (RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864). A name is resolved here once; below this
everybody gets the row. `none` has no row.
"""

from __future__ import annotations

from typing import Final

from rapidjwt.types import AlgorithmRow

__all__ = ["HASHES", "TABLE", "from_name"]

# fmt: off
TABLE: Final[tuple[AlgorithmRow, ...]] = (
    AlgorithmRow("HS256",   "HMAC",      "SHA-256", "oct", None,        32,   256),
    AlgorithmRow("HS384",   "HMAC",      "SHA-384", "oct", None,        48,   384),
    AlgorithmRow("HS512",   "HMAC",      "SHA-512", "oct", None,        64,   512),
    AlgorithmRow("RS256",   "RSA-PKCS1", "SHA-256", "RSA", None,        None, 2048),
    AlgorithmRow("RS384",   "RSA-PKCS1", "SHA-384", "RSA", None,        None, 2048),
    AlgorithmRow("RS512",   "RSA-PKCS1", "SHA-512", "RSA", None,        None, 2048),
    AlgorithmRow("PS256",   "RSA-PSS",   "SHA-256", "RSA", None,        None, 2048),
    AlgorithmRow("PS384",   "RSA-PSS",   "SHA-384", "RSA", None,        None, 2048),
    AlgorithmRow("PS512",   "RSA-PSS",   "SHA-512", "RSA", None,        None, 2048),
    AlgorithmRow("ES256",   "ECDSA",     "SHA-256", "EC",  "P-256",     64,   256),
    AlgorithmRow("ES384",   "ECDSA",     "SHA-384", "EC",  "P-384",     96,   384),
    AlgorithmRow("ES512",   "ECDSA",     "SHA-512", "EC",  "P-521",     132,  521),
    AlgorithmRow("ES256K",  "ECDSA",     "SHA-256", "EC",  "secp256k1", 64,   256),
    AlgorithmRow("EdDSA",   "EdDSA",     "SHA-512", "OKP", "Ed25519",   64,   256),
    AlgorithmRow("Ed25519", "EdDSA",     "SHA-512", "OKP", "Ed25519",   64,   256),
)
# fmt: on

_BY_NAME: Final = {row.name: row for row in TABLE}

HASHES: Final = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
"""The hashes of the table, as hashlib calls them."""


def from_name(name: str) -> AlgorithmRow | None:
    """Find an `alg` value, exactly as written."""
    return _BY_NAME.get(name)
