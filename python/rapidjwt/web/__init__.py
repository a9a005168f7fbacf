"""Who may make a request: rules, tokens and answers for web servers and gateways. docs/guide/web.md tells how, docs/design/008-web.md why.

Each name is imported when it is first used; a framework is imported only by the module that carries its name.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt.web._answers import Answer, Answers
    from rapidjwt.web._bearer import Decision, Guard
    from rapidjwt.web._cookies import Cookie
    from rapidjwt.web._credentials import Sources
    from rapidjwt.web._request import Request
    from rapidjwt.web._rules import Requirement, Rule
    from rapidjwt.web.asgi import ASGIMiddleware
    from rapidjwt.web.wsgi import WSGIMiddleware

__all__ = [
    "ASGIMiddleware",
    "Answer",
    "Answers",
    "Cookie",
    "Decision",
    "Guard",
    "Request",
    "Requirement",
    "Rule",
    "Sources",
    "WSGIMiddleware",
]

if not TYPE_CHECKING:
    _ON_FIRST_USE = {
        **dict.fromkeys(("Answer", "Answers"), "_answers"),
        **dict.fromkeys(("Decision", "Guard"), "_bearer"),
        "Cookie": "_cookies",
        "Sources": "_credentials",
        "Request": "_request",
        **dict.fromkeys(("Requirement", "Rule"), "_rules"),
        "ASGIMiddleware": "asgi",
        "WSGIMiddleware": "wsgi",
    }

    def __getattr__(name: str) -> object:
        if name not in _ON_FIRST_USE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ON_FIRST_USE})
