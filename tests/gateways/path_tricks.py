"""Request targets that one server reads in another way than the next, as bytes, and what becomes of each behind each gateway.

Rules: everybody may read below /public; below /admin a scope is needed that no token of the tests has. So whatever reaches /admin by
way of /public is a hole. The service refuses (400, under nginx 401) every target that could be read in two ways; what a gateway does with it
before the service is asked stands in `OTHERWISE`.
"""

from __future__ import annotations

from typing import Final

ALLOWED: Final = {
    "plain": b"/public/x",
    "percent-encoded letter": b"/%70ublic/x",
    "percent-encoded dot in a name": b"/public/x%2e",
    "percent-encoded space": b"/public/%20x",
    "percent-encoded UTF-8": b"/public/%c3%a9",
    "three dots": b"/public/...",
    "hidden file": b"/public/.hidden",
    "dots in the query": b"/public/x?y=/../admin/1",
    "all of it query": b"/public?/../admin/1",
    "quotes and brackets": b'/public/x"y<>^`{|}',
    "absolute form": b"http://api.example/public/x",
}
"""Read in one way only, and below /public: 200 everywhere, without a token."""

FORBIDDEN: Final = {
    "plain": b"/admin/1",
    "percent-encoded letter": b"/%61dmin/1",
    "the other in the query": b"/admin/1?/public",
    "absolute form": b"http://api.example/admin/1",
    "absolute form, other host": b"http://public/admin/1",
}
"""Read in one way only, and below /admin: 401 without a token everywhere, and 403 with one."""

TRICKS: Final = {
    "dot segments": b"/public/../admin/1",
    "dot segments, encoded": b"/public/%2e%2e/admin/1",
    "dot segments, half encoded": b"/public/.%2E/admin/1",
    "dot segments, encoded with their slash": b"/public/%2e%2e%2fadmin/1",
    "dot segments behind an encoded slash": b"/public%2f..%2fadmin/1",
    "dot segments with a parameter": b"/public/..;/admin/1",
    "dot segments with a parameter of their own": b"/public/..;x=1/admin/1",
    "dot segments at the end": b"/public/..",
    "dot segments from the root": b"/../admin/1",
    "dot segments twice encoded": b"/public/%252e%252e/admin/1",
    "dot segments in overlong UTF-8": b"/public/%c0%ae%c0%ae/admin/1",
    "dot segments in %u": b"/public/%u002e%u002e/admin/1",
    "dot segments in absolute form": b"http://api.example/public/../admin/1",
    "one dot": b"/public/./x",
    "one dot at the end": b"/public/.",
    "double slash": b"/public//x",
    "double slash first": b"//admin/1",
    "double slash and dots": b"/public//../admin/1",
    "encoded slash": b"/public/%2fadmin",
    "encoded slash, twice encoded": b"/public/%252fadmin",
    "overlong slash": b"/public/..%c0%afadmin/1",
    "backslash": b"/public\\..\\admin\\1",
    "encoded backslash": b"/public/%5c..%5cadmin",
    "parameter": b"/public/x;y=1",
    "encoded parameter": b"/public/x%3by=1",
    "NUL": b"/public/\x00",
    "encoded NUL": b"/public/x%00.html",
    "line feed, encoded": b"/public/%0d%0aX-Auth-Subject:%20evil",
    "tab": b"/public/\tx",
    "space": b"/public/ x",
    "DEL": b"/public/\x7f",
    "encoded DEL": b"/public/%7f",
    "bad UTF-8": b"/public/\xff",
    "encoded bad UTF-8": b"/public/%ff",
    "raw UTF-8": b"/public/\xc3\xa9",
    "cut encoding": b"/public/%",
    "wrong encoding": b"/public/%zz",
    "fragment": b"/public/x#/../admin/1",
    "encoded fragment": b"/public/x%23y",
    "encoded question mark": b"/public/x%3fy",
    "no slash": b"admin/1",
    "query only": b"?/public",
    "asterisk": b"*",
    "nothing": b"",
}
"""None of these may reach the API as it stands."""

REFUSES: Final = "refuses"
"""By itself, with 400."""
NOT_FOUND: Final = "not found"
"""By itself, with 404."""
CLEANS: Final = "cleans"
"""Sends both the service and the API another path, without dot segments and double slashes, which is decided on like any other."""
ENCODES: Final = "encodes"
"""Sends both the service and the API the same bytes percent-encoded."""

OTHERWISE: Final[dict[str, dict[str, str]]] = {
    "nginx": dict.fromkeys(
        (
            "dot segments from the root", "dot segments in %u", "NUL", "encoded NUL", "tab", "space", "DEL", "cut encoding",
            "wrong encoding", "no slash", "query only", "asterisk", "nothing",
        ),
        REFUSES,
    ),
    "envoy": dict.fromkeys(
        (
            "NUL", "tab", "space", "DEL", "bad UTF-8", "raw UTF-8", "fragment", "no slash", "query only", "asterisk", "nothing",
        ),
        REFUSES,
    ),
    "traefik": {
        **dict.fromkeys(
            (
                "dot segments in %u", "NUL", "tab", "space", "DEL", "cut encoding", "wrong encoding", "fragment", "no slash", "query only",
                "nothing",
            ),
            REFUSES,
        ),
        "asterisk": NOT_FOUND,
        "raw UTF-8": ENCODES,
        **dict.fromkeys(
            (
                "dot segments", "dot segments, encoded", "dot segments, half encoded", "dot segments at the end",
                "dot segments from the root", "dot segments in absolute form", "one dot", "one dot at the end", "double slash",
                "double slash first", "double slash and dots",
            ),
            CLEANS,
        ),
    },
    "caddy": {
        **dict.fromkeys(
            (
                "dot segments in %u", "NUL", "tab", "space", "DEL", "cut encoding", "wrong encoding", "no slash", "query only", "nothing",
            ),
            REFUSES,
        ),
        "raw UTF-8": ENCODES,
    },
}  # fmt: skip
