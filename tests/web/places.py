"""Where the conformance suite is played: every adapter on its own framework, behind a real server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

import app_servers

from rapidjwt import IMPL


class Adapter(NamedTuple):
    """How an adapter is run: the server, the module and function that make the application, and the packages it takes."""

    server: Callable[[Any], Any]
    module: str
    make: str = "make"
    needs: tuple[str, ...] = ()


ADAPTERS = {
    "asgi": Adapter(app_servers.uvicorn, "on_asgi", needs=("uvicorn",)),
    "asgi-httptools": Adapter(
        partial(app_servers.uvicorn, http="httptools"), "on_asgi", needs=("uvicorn", "httptools")
    ),
    "fastapi": Adapter(app_servers.uvicorn, "on_fastapi", needs=("uvicorn", "fastapi")),
    "starlette": Adapter(app_servers.uvicorn, "on_starlette", needs=("uvicorn", "starlette")),
    "litestar": Adapter(app_servers.uvicorn, "on_litestar", needs=("uvicorn", "litestar")),
    "django-asgi": Adapter(app_servers.uvicorn, "on_django", "make_asgi", needs=("uvicorn", "django")),
    "wsgi": Adapter(app_servers.waitress, "on_wsgi", needs=("waitress",)),
    "wsgiref": Adapter(app_servers.wsgiref, "on_wsgi"),
    "flask": Adapter(app_servers.waitress, "on_flask", needs=("waitress", "flask")),
    "django": Adapter(app_servers.waitress, "on_django", "make_wsgi", needs=("waitress", "django")),
    "rest_framework": Adapter(
        app_servers.waitress, "on_django", "make_rest_framework", needs=("waitress", "django", "rest_framework")
    ),
}


ON_BOTH_HALVES: Final = ("asgi", "wsgi")
"""The others do the same with what the engine says: the half that is in use is enough for them."""

_OTHER: Final = "pure" if IMPL == "native" else "native"
PLACES: Final = [(name, IMPL) for name in ADAPTERS] + [(name, _OTHER) for name in ON_BOTH_HALVES]
