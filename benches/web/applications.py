"""The ASGI applications that are compared: the same one bare, behind rapidjwt's middleware, and behind the same middleware on PyJWT.

`BENCH_WORLD` names a JSON file with the algorithm, the public key as PEM, issuer and audience. uvicorn or granian serves one of
`bare`, `rapidjwt_cached`, `rapidjwt_uncached`, `pyjwt`; and `pyjwt_service`, a forward-auth service on PyJWT.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

WORLD = json.loads(Path(os.environ["BENCH_WORLD"]).read_text("utf-8"))
SCOPE = "orders:read"
_BODY = b'{"orders":[]}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"13")]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Answers each request with the same 13 bytes."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


async def _live(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def _guarded(cache: bool) -> Any:
    from rapidjwt import Key, TokenCache, Verifier
    from rapidjwt.web import ASGIMiddleware, Guard, Rule

    verifier = Verifier(
        Key.from_pem(WORLD["public"], kid=WORLD["kid"]),
        algorithms=[WORLD["algorithm"]],
        issuer=WORLD["issuer"],
        audience=WORLD["audience"],
        cache=TokenCache(max_bytes=128 << 20) if cache else None,
    )
    return ASGIMiddleware(
        bare, Guard(verifier, [Rule(prefix="/orders", scopes=[SCOPE]), Rule(prefix="/admin", scopes=["admin"])])
    )


class OnPyJWT:
    """What the middleware does, as one would write it on PyJWT: the same rule, the same answers, the key parsed beforehand."""

    def __init__(self, app: Any) -> None:
        import jwt
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        self._app, self._jwt = app, jwt
        self._key: Any = load_pem_public_key(WORLD["public"].encode())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            status = self._judge(scope)
            if status != 200:
                challenge = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": status, "headers": challenge})
                await send({"type": "http.response.body", "body": b""})
                return
        await self._app(scope, receive, send)

    def _judge(self, scope: Any) -> int:
        values = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(values) != 1 or values[0][:7].lower() != b"bearer ":
            return 401 if len(values) < 2 else 400
        try:
            claims = self._jwt.decode(
                values[0][7:],
                self._key,
                algorithms=[WORLD["algorithm"]],
                issuer=WORLD["issuer"],
                audience=WORLD["audience"],
                options={"require": ["exp"]},
            )
        except self._jwt.InvalidTokenError:
            return 401
        if not scope["path"].startswith("/orders/") or SCOPE not in claims.get("scope", "").split():
            return 403
        scope["claims"] = claims
        return 200


async def pyjwt_service(scope: Any, receive: Any, send: Any) -> None:
    """What nginx asks: 200 with the identity in headers, or 401. As short as one would write it."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    original = dict(scope["headers"]).get(b"x-original-uri", b"").decode("latin-1")
    asked = {"type": "http", "path": original.partition("?")[0], "headers": scope["headers"]}
    status = _SERVICE._judge(asked)
    headers = [(b"content-length", b"0")]
    if status == 200:
        claims = asked["claims"]
        headers += [(b"x-auth-subject", claims["sub"].encode()), (b"x-auth-scope", claims["scope"].encode())]
    else:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


_SERVICE = OnPyJWT(bare)


def __getattr__(name: str) -> Any:
    match name:
        case "rapidjwt_cached" | "rapidjwt_uncached":
            return _guarded(name.endswith("_cached"))
        case "pyjwt":
            return OnPyJWT(bare)
        case _:
            raise AttributeError(name)
