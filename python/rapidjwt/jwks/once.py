"""One fetch, without keeping anything: for the command line and for programs that want to look. Blocks at most until the deadline."""

from __future__ import annotations

import time
from typing import Literal, NamedTuple

from rapidjwt.jwks import driving
from rapidjwt.jwks.document import Document, read
from rapidjwt.jwks.fetching import Fetched, conversation
from rapidjwt.jwks.network import Network

__all__ = ["Look", "look"]


class Look(NamedTuple):
    """What was there."""

    fetched: Fetched
    document: Document
    seconds: float
    answers_unchanged: bool | None
    """Whether the origin answers a conditional request with 304; None: it gives nothing to make one with, or was not asked."""


def look(
    url: str,
    *,
    discovery: Literal["oidc", "oauth"] | None = None,
    network: Network | None = None,
    conditional: bool = False,
) -> Look:
    """Fetch a key set.

    Args:
        url: of the JWK Set; with `discovery` the issuer.
        conditional: ask a second time, whether anything changed.

    Raises:
        Failure: with our error, and the HTTP status where there is one.
        PyJWTError: the answer is no key set, or has no usable key.
        ValueError: the address is not safe to fetch from.
    """
    options = (network or Network()).checked()
    target = options.target(url, None if discovery else url, discovery or False)
    transport, tuning, began = options.blocking_transport(), options.tuning(), time.monotonic()
    fetched = driving.blocking(conversation(target, tuning, None), transport, options.timeout)
    seconds = time.monotonic() - began
    document = read(fetched.body or b"")
    again: bool | None = None
    if conditional and fetched.validator is not None:
        talk = conversation(target, tuning, fetched.validator)
        again = driving.blocking(talk, transport, options.timeout).body is None
    return Look(fetched, document, seconds, again)
