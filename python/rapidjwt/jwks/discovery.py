"""Where an issuer's metadata is, and what of it counts: OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from rapidjwt.exceptions import build
from rapidjwt.jwks.document import parse

__all__ = ["KINDS", "jwks_uri", "well_known"]

KINDS: Final = ("oidc", "oauth")


def well_known(issuer: str, kind: str) -> str:
    """The address of the metadata.

    Args:
        issuer: an https address without query and fragment.
        kind: `oidc` appends to the issuer's path, `oauth` goes before it.

    Raises:
        ValueError: the issuer has a query or fragment (RFC 8414 section 2).
    """
    parts = urlsplit(issuer)
    if parts.query or parts.fragment or "?" in issuer or "#" in issuer:
        raise ValueError("an issuer with a query or fragment has no address for its metadata")
    path = parts.path.rstrip("/")
    if kind == "oidc":
        path = f"{path}/.well-known/openid-configuration"
    else:
        path = f"/.well-known/oauth-authorization-server{path}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def jwks_uri(text: bytes, issuer: str) -> object:
    """The address of the keys, not yet checked. The metadata must name exactly the issuer that was asked for (RFC 8414 section 3.3).

    Raises:
        KeyFetchError: `discovery_invalid`, `discovery_issuer`.
    """
    metadata = parse(text, "discovery_invalid")
    if metadata.get("issuer") != issuer:
        raise build("discovery_issuer")
    return metadata.get("jwks_uri")
