"""The process that `rapidjwt serve` is: checks the configuration, makes the key, opens the socket, starts workers and replaces those that
end. SIGHUP: a new configuration is checked here and handed to all of them. SIGTERM and SIGINT: they drain. It answers no request.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, Final

from rapidjwt.forward import listening, pipe, signing_keys
from rapidjwt.forward.counting import counting_together
from rapidjwt.forward.loading import Loaded, load, needs_restart
from rapidjwt.forward.mistakes import ConfigurationError
from rapidjwt.forward.standing import Standing

__all__ = ["Supervisor"]

_log: Final = logging.getLogger("rapidjwt.forward")
_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_PAUSE: Final = 1.0
"""Seconds before the place of a worker that ended is taken, so that one that cannot start does not start all the time."""
_GRACE: Final = 3.0
"""Seconds beyond `drain` before a worker is killed."""


class _Child:
    def __init__(self, pid: int, end: socket.socket) -> None:
        self.pid = pid
        self.end = end
        self.serving = False
        self.behind = False
        self.told: Standing | None = None


class Supervisor:
    """Runs a checked configuration.

    Args:
        path: of the configuration, read again at SIGHUP.
        loaded: what it says now.
        announce: is called with the address when all workers serve.
    """

    def __init__(self, path: str, loaded: Loaded, announce: Callable[[str], None]) -> None:
        self._path: Final = path
        self._loaded = loaded
        self._announce: Final = announce
        self._hash_key: Final = os.urandom(32)
        self._number = 0
        self._refused = False
        self._announced = False
        self._children: dict[int, _Child] = {}
        self._vacant: list[float] = []
        self._stopping: int | None = None
        self._selector: Final = selectors.DefaultSelector()

    def run(self) -> int:
        """Serve until a signal. The number of the signal; 0 where no worker could start.

        Raises:
            OSError: the address cannot be opened.
        """
        self._listener = listening.listen(self._loaded.place, self._loaded.server.socket_mode)
        woken, waker = socket.socketpair()
        metrics = self._loaded.server.workers > 1 and self._loaded.configuration.settings.metrics.enabled
        with self._listener, woken, waker, _signals_to(waker), counting_together(metrics):
            self._woken, self._waker = woken, waker
            self._selector.register(woken, selectors.EVENT_READ)
            try:
                for _ in range(self._loaded.server.workers):
                    self._start()
                while self._stopping is None:
                    self._step()
                self._drain()
            finally:
                self._kill_all()
                listening.remove(self._loaded.place)
        return self._stopping

    # ---- one turn

    def _step(self) -> None:
        now = time.monotonic()
        wait = min((at - now for at in self._vacant), default=None)
        for key, _ in self._selector.select(None if wait is None else max(0.0, wait)):
            if key.fileobj is self._woken:
                for number in set(self._woken.recv(4096)):
                    self._signalled(number)
            else:
                self._heard(key.data)
        while self._stopping is None and self._vacant and self._vacant[0] <= time.monotonic():
            self._vacant.pop(0)
            self._start()
        if self._announced and self._stopping is None:
            self._tell_standing()

    def _signalled(self, number: int) -> None:
        if number == signal.SIGCHLD:
            self._reap()
        elif number == signal.SIGHUP:
            self._reload()
        elif number in (signal.SIGTERM, signal.SIGINT):
            self._stopping = number

    def _heard(self, child: _Child) -> None:
        message = pipe.receive(child.end)
        if message is None:
            self._selector.unregister(child.end)
        elif "serving" in message:
            child.serving = True
            if not self._announced and all(one.serving for one in self._children.values()):
                self._announced = True
                self._announce(listening.told(self._loaded.place, self._listener))
        elif "failed" in message:
            child.behind = True
            what = "worker %d: configuration %d is not taken, the old one stays in force: %s"
            _log.error(what, child.pid, message["failed"], message["why"])
        else:
            child.behind = False
            _log.info("worker %d: configuration %d is in force", child.pid, message["reloaded"])

    def _tell_standing(self) -> None:
        serving = [child for child in self._children.values() if child.serving]
        workers = len(self._children) + len(self._vacant)
        behind = sum(child.behind for child in serving)
        standing = Standing(workers, workers - len(serving), behind, self._refused)
        for child in serving:
            if child.told != standing:
                child.told = standing
                _send(child, {"standing": standing})

    # ---- workers

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._be_worker(theirs)
        theirs.close()
        ours.settimeout(5)
        child = self._children[pid] = _Child(pid, ours)
        self._selector.register(ours, selectors.EVENT_READ, child)

    def _be_worker(self, end: socket.socket) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            # A sibling learns by the end of its pipe that nobody is left: no other process may hold it open.
            self._selector.close()
            for child in self._children.values():
                child.end.close()
            self._woken.close()
            self._waker.close()
            from rapidjwt.forward.worker import Worker

            Worker(self._message()).run(self._listener, end)
            code = 0
        except ConfigurationError as error:
            for mistake in error.mistakes:
                _log.error("%s", mistake.told(self._path))
        except Exception:
            _log.exception("a worker failed")
        finally:
            logging.shutdown()
            os._exit(code)

    def _message(self) -> dict[str, Any]:
        plan = signing_keys.plan_of(self._loaded.ring)
        text = self._loaded.configuration.text
        return {"text": text, "plan": plan, "hash_key": self._hash_key.hex(), "number": self._number}

    def _reap(self) -> None:
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            child = self._children.pop(pid, None)
            if child is None:
                continue
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.end)
            child.end.close()
            if self._stopping is None:
                self._replace(child, os.waitstatus_to_exitcode(status))

    def _replace(self, child: _Child, code: int) -> None:
        if not self._announced and not child.serving:
            _log.error("worker %d could not start (exit code %d)", child.pid, code)
            self._stopping = 0
            return
        _log.error("worker %d ended (exit code %d): another one takes its place", child.pid, code)
        self._vacant.append(time.monotonic() + _PAUSE)

    # ---- another configuration

    def _reload(self) -> None:
        self._refused = True
        try:
            loaded = load(self._path, self._loaded)
        except ConfigurationError as error:
            for mistake in error.mistakes:
                _log.error("%s", mistake.told(self._path))
            _log.error("the configuration is not taken; the old one stays in force")
            return
        except OSError as error:
            _log.error("%s: %s; the old configuration stays in force", self._path, error.strerror)
            return
        self._refused = False
        for name in needs_restart(self._loaded.server, loaded.server):
            _log.warning("server.%s takes effect at the next start", name)
        # Where we listen does not change before that.
        self._loaded = loaded._replace(place=self._loaded.place)
        self._number += 1
        _log.info("configuration %d is checked and goes to the workers", self._number)
        message = self._message()
        for child in self._children.values():
            _send(child, message)

    # ---- the end

    def _drain(self) -> None:
        self._listener.close()
        listening.remove(self._loaded.place)
        for pid in self._children:
            _signal(pid, signal.SIGTERM)
        until = time.monotonic() + self._loaded.server.drain + _GRACE
        while self._children and (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                else:
                    self._heard(key.data)
            self._reap()
        if self._children:
            _log.error("%d workers did not end in time", len(self._children))

    def _kill_all(self) -> None:
        for pid in self._children:
            _signal(pid, signal.SIGKILL)
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        for child in self._children.values():
            child.end.close()
        self._children.clear()


@contextlib.contextmanager
def _signals_to(waker: socket.socket) -> Any:
    """Have the numbers of our signals written to a socket while entered."""
    waker.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    wakeup = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)


def _send(child: _Child, message: Any) -> None:
    try:
        pipe.send(child.end, message)
    except OSError:
        _log.error("worker %d does not listen: it is replaced", child.pid)
        _signal(child.pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
