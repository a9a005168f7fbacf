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

    def __getattr__(name: str) -> object:
        from rapidjwt._on_first_use import imported

        return imported(
            name,
            globals(),
            _answers=("Answer", "Answers"),
            _bearer=("Decision", "Guard"),
            _cookies=("Cookie",),
            _credentials=("Sources",),
            _request=("Request",),
            _rules=("Requirement", "Rule"),
            asgi=("ASGIMiddleware",),
            wsgi=("WSGIMiddleware",),
        )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
