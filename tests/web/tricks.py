"""Paths that servers, routers and rules have been known to read in different ways. All of them begin below `/public`, where anybody may
go; whoever lets one of them pass would serve, or could be made to serve, something else.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Trick(NamedTuple):
    """A request target that must not be served."""

    name: str
    target: str
    only_as_sent: bool = False
    """It can be told from an innocent path only by one who sees what was sent; decoded, it names one thing."""
    method: str = "GET"


TRICKS: Final = (
    Trick("dot segments", "/public/../admin"),
    Trick("dot segments at the end", "/public/.."),
    Trick("one dot", "/public/./x"),
    Trick("one dot at the end", "/public/."),
    Trick("encoded dots", "/public/%2e%2e/admin"),
    Trick("encoded dots, upper case", "/public/%2E%2E/admin"),
    Trick("mixed dots", "/public/.%2e/admin"),
    Trick("mixed dots, the other way", "/public/%2e./admin"),
    Trick("one encoded dot", "/public/%2e/x"),
    Trick("encoded dots and slash", "/public/%2e%2e%2fadmin"),
    Trick("dots and encoded slash", "/public/..%2fadmin"),
    Trick("two slashes", "/public//admin"),
    Trick("two slashes at the start", "//public/x"),
    Trick("two slashes at the end", "/public/x//"),
    Trick("slash and encoded slash", "/public/%2fadmin"),
    Trick("encoded slash", "/public%2fx", only_as_sent=True),
    Trick("encoded slash, upper case", "/public%2Fx", only_as_sent=True),
    Trick("backslash", "/public\\..\\admin"),
    Trick("backslash in a segment", "/public/a\\b"),
    Trick("encoded backslash", "/public/..%5c..%5cadmin"),
    Trick("encoded backslash, upper case", "/public/a%5Cb"),
    Trick("NUL", "/public/x%00"),
    Trick("NUL before a suffix", "/public/x%00.png"),
    Trick("parameter", "/public/x;y=1"),
    Trick("parameter of a dot segment", "/public/..;/admin"),
    Trick("encoded semicolon", "/public/..%3b/admin"),
    Trick("bad UTF-8", "/public/%ff"),
    Trick("cut UTF-8", "/public/%c3"),
    Trick("overlong dot", "/public/%c0%ae%c0%ae/admin"),
    Trick("overlong slash", "/public/..%c0%afadmin"),
    Trick("overlong slash in three bytes", "/public/%e0%80%af"),
    Trick("surrogate in UTF-8", "/public/%ed%a0%80"),
    Trick("double encoding", "/public/%252e%252e/admin"),
    Trick("double encoding of a slash", "/public/..%252fadmin"),
    Trick("triple encoding", "/public/%25252e"),
    Trick("percent sign without digits", "/public/%", only_as_sent=True),
    Trick("percent sign with one digit", "/public/%2", only_as_sent=True),
    Trick("percent sign with letters", "/public/%zz", only_as_sent=True),
    Trick("IIS's %u", "/public/%u002e%u002e/admin", only_as_sent=True),
    Trick("line feed", "/public/a%0ab"),
    Trick("carriage return and line feed", "/public/a%0d%0aSet-Cookie:%20a=b"),
    Trick("tab", "/public/a%09b"),
    Trick("delete", "/public/a%7fb"),
    Trick("encoded question mark", "/public/a%3fb"),
    Trick("encoded number sign", "/public/a%23b"),
    Trick("a scheme and a dot segment", "http://api.example/public/../admin"),
    Trick("no slash at the start", "public/x"),
    Trick("asterisk form", "*", method="OPTIONS"),
)

INNOCENT: Final = (
    "/public",
    "/public/",
    "/public/a.b",
    "/public/..a",
    "/public/a..",
    "/public/...",
    "/public/.well-known",
    "/public/a%20b",
    "/public/100%25",
    "/public/%E2%82%AC",
    "/public/a+b,c:d@e=f&g~h!i$j'k(l)m*n",
    "/public/%41%2d%7e",
)
"""Paths that look odd and say one thing only."""
