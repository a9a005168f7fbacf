"""One side of request_time.py: answers its requests, and times them, on whatever `import jwt` gives in this process.

Reads one JSON line a question from stdin, writes one a answer to stdout.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

Ask = Callable[[str], Any]
"""Takes a token, gives what the application made of it."""


def flask_case(algorithm: str, secret: str, public: str) -> tuple[Ask, Ask]:
    """A route behind `jwt_required`, and the same route without."""
    import flask
    import flask_jwt_extended

    app = flask.Flask("bench")
    app.config |= {"JWT_ALGORITHM": algorithm, "JWT_SECRET_KEY": secret or None, "JWT_PUBLIC_KEY": public or None}
    flask_jwt_extended.JWTManager(app)

    @app.get("/protected")
    @flask_jwt_extended.jwt_required()  # type: ignore[untyped-decorator, unused-ignore]
    def protected() -> dict[str, Any]:
        return {"sub": flask_jwt_extended.get_jwt_identity(), "claims": flask_jwt_extended.get_jwt()}

    @app.get("/open")
    def unprotected() -> dict[str, Any]:
        return {"sub": "nobody", "claims": {}}

    client = app.test_client()

    def ask(token: str) -> Any:
        answer = client.get("/protected", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_data(as_text=True)

    def ask_open(token: str) -> Any:
        answer = client.get("/open", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_data(as_text=True)

    return ask, ask_open


def simplejwt_case(algorithm: str, secret: str, public: str) -> tuple[Ask, Ask]:
    """The authentication class that asks no database, on a request of Django REST framework; and the request's making alone."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY="not used",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "rest_framework_simplejwt"],
        SIMPLE_JWT={"ALGORITHM": algorithm, "SIGNING_KEY": secret, "VERIFYING_KEY": public},
    )  # fmt: skip
    import django

    django.setup()
    from rest_framework.exceptions import APIException
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory
    from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

    factory = APIRequestFactory()
    authentication = JWTStatelessUserAuthentication()

    def request(token: str) -> Request:
        return Request(factory.get("/", HTTP_AUTHORIZATION=f"Bearer {token}"))

    def ask(token: str) -> Any:
        try:
            user, validated = authentication.authenticate(request(token))
        except APIException as error:
            return error.status_code, str(error.detail)
        return user.id, validated.payload

    return ask, lambda token: request(token).method


def main() -> None:
    """Answer until stdin ends."""
    setting = json.loads(sys.stdin.readline())
    case = {"flask-jwt-extended": flask_case, "simplejwt": simplejwt_case}[setting["application"]]
    ask, ask_open = case(setting["algorithm"], setting["secret"], setting["public"])
    import jwt

    good, bad = setting["good"], setting["bad"]
    half = sys.modules["rapidjwt._impl"].IMPL if "rapidjwt._impl" in sys.modules else None
    say({"jwt": jwt.__name__, "half": half, "answers": [ask(token) for token in [*good, *bad, *good]]})
    for line in sys.stdin:
        say(timed({"ask": ask, "open": ask_open}[line.strip()], good, setting["seconds"]))


def timed(ask: Ask, tokens: list[str], seconds: float) -> tuple[float, float]:
    """Microseconds a call, on the clock and of this process: whole passes through the tokens, for about so many seconds."""
    gc.collect()
    gc.disable()
    passes, taken, begin, cpu = 0, 0.0, time.perf_counter(), time.process_time()
    while taken < seconds:
        for token in tokens:
            ask(token)
        passes, taken = passes + 1, time.perf_counter() - begin
    cpu = time.process_time() - cpu
    gc.enable()
    return taken / passes / len(tokens) * 1e6, cpu / passes / len(tokens) * 1e6


def say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
