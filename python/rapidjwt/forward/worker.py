"""A worker: serves on the socket that it was given, by the configuration that it was given, takes another one while it serves, and drains
when it is told to stop or nobody is left to tell it.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import uvicorn

from rapidjwt.forward import pipe, readiness, signing_keys
from rapidjwt.forward.app import App
from rapidjwt.forward.assertion import Asserter
from rapidjwt.forward.bounded_http import bounded
from rapidjwt.forward.building import Listeners, Parts, build_parts
from rapidjwt.forward.configuration import Configuration
from rapidjwt.forward.mistakes import ConfigurationError
from rapidjwt.forward.service import Service
from rapidjwt.forward.settings import Server
from rapidjwt.forward.standing import Standing
from rapidjwt.forward.watching import Ear, Watch
from rapidjwt.jwks import SigningKeyRing

__all__ = ["Worker"]

_IDLE: Final = 3700
"""Seconds that an idle connection stays open: longer than gateways keep theirs (nginx 60, Go 90, Envoy 3,600), or they would write to
one that we close at that moment."""
_FIRST_KEYS: Final = 5.0
"""Seconds that a reload waits for the keys of new issuers."""


class Worker:
    """One process's service.

    Args:
        message: `{"text": ..., "plan": ..., "hash_key": ...}`: the configuration, the keys that sign assertions (`signing_keys.plan_of`),
            and the key of hashes in audit and alerts.

    Raises:
        ConfigurationError: something changed since it was checked.
    """

    def __init__(self, message: dict[str, Any]) -> None:
        self._ear: Final = Ear()
        made = self._made(message, None, None)
        self._parts, self._watch = made.parts, made.watch
        self._ear.watch = self._watch
        self.app: Final = App(made.service, made.ring, made.watch.metrics)

    def run(self, listener: socket.socket, end: socket.socket) -> None:
        """Serve until a signal, or the end of the other side."""
        # What uvicorn restores when it is done, and raises again.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve(listener, end))

    async def _serve(self, listener: socket.socket, end: socket.socket) -> None:
        server = uvicorn.Server(_config(self.app, self._parts.settings.server))
        reader, writer = await asyncio.open_unix_connection(sock=end)
        readiness.start(self.app.issuers)
        tasks = [
            asyncio.create_task(self._obey(server, reader, writer)),
            asyncio.create_task(readiness.keep_fetching(self.app)),
        ]
        try:
            await server.serve(sockets=[listener])
        finally:
            for task in tasks:
                task.cancel()
            writer.close()
            readiness.close(self.app.issuers)

    async def _obey(self, server: uvicorn.Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take new configurations, and how all workers stand, until nobody is left who sends them."""
        with contextlib.suppress(OSError):
            await pipe.asend(writer, {"serving": True})
            while (message := await pipe.areceive(reader)) is not None:
                if "standing" in message:
                    self.app.stand(Standing(*message["standing"]))
                    continue
                try:
                    await self._reload(message)
                except Exception as error:
                    # Whoever sent it has tried it, so files changed since: as good a reason to go on as a mistake.
                    await pipe.asend(writer, {"failed": message["number"], "why": _told(error)})
                else:
                    await pipe.asend(writer, {"reloaded": message["number"]})
        server.should_exit = True

    async def _reload(self, message: dict[str, Any]) -> None:
        old = self._parts
        parts, ring, service, watch = self._made(message, old, self._watch)
        new = [issuer for issuer in parts.issuers.values() if issuer not in old.issuers.values()]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(readiness.fetch(new), _FIRST_KEYS)
        readiness.start(new)
        self.app.put(service, ring, watch.metrics)
        self._watch.close(watch)
        self._parts, self._watch, self._ear.watch = parts, watch, watch
        readiness.close(issuer for issuer in old.issuers.values() if issuer not in parts.issuers.values())

    def _made(self, message: dict[str, Any], before: Parts | None, watch_before: Watch | None) -> _Made:
        configuration = Configuration(message["text"])
        settings = configuration.settings
        watch = Watch(settings, bytes.fromhex(message["hash_key"]), watch_before)
        with contextlib.ExitStack() as undone:
            undone.callback(watch.close, watch_before)
            listeners = Listeners(watch.decisions, watch.verifications, self._ear.on_keys)
            parts = build_parts(configuration, before, listeners)
            ring = None if settings.assertion is None else signing_keys.from_plan(settings.assertion, message["plan"])
            service = Service(parts, Asserter(settings.assertion, ring))
            undone.pop_all()
        # Last of all: what could fail has not, and a configuration that stays in force goes on being read.
        if watch.metrics is not None:
            if before is not None:
                watch.metrics.unwatch(*_read_at_a_scrape(before))
            watch.metrics.watch(*_read_at_a_scrape(parts))
        return _Made(parts, ring, service, watch)


class _Made(NamedTuple):
    parts: Parts
    ring: SigningKeyRing | None
    service: Service
    watch: Watch


def _read_at_a_scrape(parts: Parts) -> list[object]:
    return [parts.guard.verifier, *([] if parts.cache is None else [parts.cache])]


def _told(error: Exception) -> str:
    if isinstance(error, ConfigurationError):
        return "; ".join(mistake.told("configuration") for mistake in error.mistakes)
    return str(error) or type(error).__name__


def _config(app: App, server: Server) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded(server.max_header_bytes),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        # Client addresses are read by our own rules.
        proxy_headers=False,
        server_header=False,
        # nginx wants its X-Accel-Expires first.
        date_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=max(1, round(server.drain)),
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
