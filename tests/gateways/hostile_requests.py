"""Requests that want to break something. Each is the bytes of one connection; none may reach /admin, which hides in some of them."""

from __future__ import annotations

from typing import Final

import gateway_tokens as tokens

_BEARER: Final = ": ".join(tokens.bearer()).encode()
_HIDDEN: Final = b"GET /admin/1 HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n"
_LARGE: Final = 10_000_000


def _get(
    *lines: bytes, target: bytes = b"/orders/1", method: bytes = b"GET", token: bool = True, close: bool = True
) -> bytes:
    own = [b"Host: api.example", *([_BEARER] if token else []), *lines, *([b"Connection: close"] if close else [])]
    return b"\r\n".join([method + b" " + target + b" HTTP/1.1", *own]) + b"\r\n\r\n"


def _post(*lines: bytes, body: bytes) -> bytes:
    return _get(*lines, method=b"POST", close=False) + body


TOO_MUCH: Final = {
    "10 MB of a header": _get(b"X-Large: " + b"a" * _LARGE),
    "10 MB of a name": _get(b"X" * _LARGE + b": a"),
    "10 MB of a token": _get(b"Authorization: Bearer " + b"a" * _LARGE, token=False),
    "10 MB of a target": _get(target=b"/" + b"a" * _LARGE),
    "10 MB of a method": _get(method=b"A" * _LARGE),
    "10 MB without a line": b"A" * _LARGE,
    "10,000 headers": _get(*(b"X-%d: a" % number for number in range(10_000))),
    "10,000 times a header": _get(*[b"X-Same: a"] * 10_000),
    "10,000 Authorization headers": _get(*[_BEARER] * 10_000, token=False),
    "1,000 headers in 100 kB": _get(*(b"X-%d: %s" % (number, b"a" * 90) for number in range(1_000))),
    "100 kB of a token": _get(b"Authorization: Bearer " + b"a" * 100_000, token=False),
}
"""Refused by whatever stands in front."""

BROKEN: Final = {
    "NUL in a value": _get(b"X-Other: a\0b"),
    "NUL in a token": _get(b"Authorization: Bearer a\0b", token=False),
    "NUL in a name": _get(b"X-\0: a"),
    "space in a name": _get(b"X Other: a"),
    "garbage": bytes(range(256)) * 40 + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500 + b"\r\n\r\n",
    "another version": b"GET /orders/1 HTTP/9.9\r\nHost: api.example\r\n\r\n",
    "no version": b"GET /orders/1\r\n\r\n",
    "not HTTP": b"EHLO api.example\r\nMAIL FROM:<a@api.example>\r\n\r\n",
    "a length that is none": _post(b"Content-Length: +1", body=b"a"),
    "a negative length": _post(b"Content-Length: -1", body=b""),
    "two lengths": _post(b"Content-Length: 0", b"Content-Length: %d" % len(_HIDDEN), body=_HIDDEN),
    "an unknown coding": _post(b"Transfer-Encoding: xchunked", b"Content-Length: 0", body=_HIDDEN),
    "a coding with a space before the colon": _post(b"Transfer-Encoding : chunked", b"Content-Length: 0", body=_HIDDEN),
}
"""No HTTP, or a request in which two servers could see different ones (RFC 9112 section 11.2)."""

ODD: Final = {
    "non-ASCII in a value": _get("X-Other: h\u00e9\u0142".encode()),
    "non-ASCII in a name": _get("X-\u00e9: a".encode()),
    "non-ASCII in a token": _get("Authorization: Bearer h\u00e9".encode(), token=False),
    "bytes of no encoding in a token": _get(b"Authorization: Bearer \xff\xfe", token=False),
    "two Authorization headers": _get(_BEARER),
    "one is good": _get(b"Authorization: Bearer x"),
    "one is of another scheme": _get(b"Authorization: Basic dTpw"),
    "two tokens in one header": _get(_BEARER + b", " + _BEARER[15:], token=False),
    "half of a token": _get(_BEARER[:200], token=False),
    "a token in the query": _get(target=b"/orders/1?access_token=" + _BEARER[22:], token=False),
    "no colon": _get(b"X-Other"),
    "two hosts": _get(b"Host: b.example"),
    "line feeds only": _get().replace(b"\r", b""),
    "pipelined garbage": _get(close=False) + b"\x00\x01garbage\r\n\r\n" * 50,
    "pipelined requests": _get(close=False) * 50 + _HIDDEN,
    "a body in GET": _get(b"Content-Length: %d" % len(_HIDDEN)) + _HIDDEN,
    "length and chunks": _post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + _HIDDEN),
    "HTTP/2 by prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 200,
    "upgrade to h2c": _get(
        b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk", close=False
    )
    + _HIDDEN,
    "CONNECT": _get(method=b"CONNECT", target=b"api.example:80"),
    "TRACE": _get(method=b"TRACE"),
    "an unknown method": _get(method=b"FROBNICATE"),
    "a body that does not come": _post(b"Content-Length: 10", body=b"a"),
    "nothing": b"",
    "half of a request": _get()[:40],
}
"""What servers differ about: any answer will do but one that hides behind it, and they must live on."""

SILENT: Final = frozenset(
    (
        "TLS",
        "nothing",
        "half of a request",
        "a body that does not come",
        "HTTP/2 by prior knowledge",
        "upgrade to h2c",
        "garbage",
    )
)
"""To these the answer may be silence, for which nobody needs to wait long."""
