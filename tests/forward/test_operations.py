"""What operators do to a running service: another configuration, a stop, a worker that dies, keys that are not there; under load."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import signal
import socket
import stat
import threading
import time

import pytest
import serving

import forge
import loopback
from rapidjwt import decode_unverified


@contextlib.contextmanager
def load(service: serving.Running, *, threads: int = 3):
    """Calls without a pause, each thread on one connection; counts what comes back."""
    seen: collections.Counter[object] = collections.Counter()
    done = threading.Event()
    good = serving.token()

    def ask() -> None:
        with contextlib.closing(service.connect()) as connection:
            while not done.is_set():
                try:
                    seen[service.call("/any", good, connection=connection).status] += 1
                except Exception as error:
                    seen[type(error).__name__] += 1
                    connection.close()

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in running:
            thread.join(20)


def until(check, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "never came true"
        time.sleep(0.05)


def test_another_configuration_under_load(tmp_path):
    text = serving.configuration(tmp_path, server="workers = 2")
    with serving.running(tmp_path, text) as service:
        workers = service.workers()
        with load(service) as seen:
            until(lambda: seen[200] > 50)
            # A mistake: the old one stays.
            service.path.write_text(text.replace('prefix = "/any"', 'prefix = "any"'))
            service.process.send_signal(signal.SIGHUP)
            service.wait_for("the old one stays in force")
            assert "gateway.toml:24: rules[4]: the path of a rule must begin with /" in service.said
            # Another rule, in force in both workers.
            service.path.write_text(text.replace('prefix = "/orders"', 'prefix = "/new"').replace("orders:read", "new"))
            service.process.send_signal(signal.SIGHUP)
            service.wait_for("configuration 1 is in force", 2)
            assert {service.call("/new", serving.token(scope="new")).status for _ in range(20)} == {200}
            assert {service.call("/orders", serving.token()).status for _ in range(20)} == {403}
            before = seen[200]
            until(lambda: seen[200] > before + 50)
        assert set(seen) == {200}
        assert service.workers() == workers
        assert service.stop() == 0
    assert "Traceback" not in service.said


def standing(service: serving.Running) -> dict[str, object] | None:
    return json.loads(service.get("/readyz").body)["standing"]


def standings(service: serving.Running) -> tuple[float, ...]:
    """The same from the metrics: current, behind, missing, refused."""
    page = service.get("/metrics").body.decode()
    names = [f'jwt_workers{{state="{state}"}}' for state in ("current", "behind", "missing")]
    found = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return tuple(float(found.get(name, -1)) for name in [*names, "jwt_configuration_refused"])


@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_cannot_take_a_configuration_is_seen(tmp_path, workers):
    """The check passes, and in one worker something is in the way: whichever worker is asked tells of it."""
    pytest.importorskip("prometheus_client")
    text = serving.configuration(tmp_path, server=f"workers = {workers}")
    with serving.running(tmp_path, text) as service:
        good = {"workers": workers, "missing": 0, "behind": 0, "refused": False}
        until(lambda: standing(service) == good)
        assert standings(service) == (workers, 0, 0, 0)
        unlucky = service.workers()[0]
        in_the_way = tmp_path / f"audit-{unlucky}.jsonl"
        in_the_way.mkdir()
        service.path.write_text(text + f'[audit]\nfile = "{tmp_path}/audit-{{pid}}.jsonl"\n')
        service.process.send_signal(signal.SIGHUP)
        service.wait_for(f"worker {unlucky}: configuration 1 is not taken, the old one stays in force")
        behind = {**good, "behind": 1}
        until(lambda: all(standing(service) == behind for _ in range(20)))
        assert standings(service) == (workers - 1, 1, 0, 0)
        assert service.get("/readyz").status == 200
        assert {service.call("/any", serving.token()).status for _ in range(20)} == {200}
        # The next one does not get so far, and changes nothing of that.
        service.path.write_text("[server]\n")
        service.process.send_signal(signal.SIGHUP)
        until(lambda: all(standing(service) == {**behind, "refused": True} for _ in range(20)))
        assert standings(service) == (workers - 1, 1, 0, 1)
        in_the_way.rmdir()
        service.path.write_text(text)
        service.process.send_signal(signal.SIGHUP)
        until(lambda: all(standing(service) == good for _ in range(20)))
        assert standings(service) == (workers, 0, 0, 0)
    assert "Traceback" not in service.said


def test_an_issuer_that_stays_keeps_its_keys(tmp_path):
    """Its key source is down at the time of the reload; nobody notices."""
    with loopback.running() as server:
        public = {"keys": [forge.material("ES256").jwk(kid="ES256", alg="ES256")]}
        url = server.page("/jwks", json.dumps(public).encode(), Cache_Control="max-age=3600")
        file = str(serving.jwks(tmp_path))
        text = serving.configuration(tmp_path).replace(f'jwks_file = "{file}"', f'jwks_url = "{url}"')
        with serving.running(tmp_path, text) as service:
            until(lambda: service.get("/readyz").status == 200)
            server.page("/jwks", b"", "500 Internal Server Error")
            service.path.write_text(text.replace("/orders", "/new"))
            service.process.send_signal(signal.SIGHUP)
            service.wait_for("configuration 1 is in force")
            assert service.call("/new", serving.token()).status == 200
            assert service.get("/readyz").status == 200


def test_keys_that_are_not_there_yet(tmp_path):
    with loopback.running() as server:
        url = server.page("/jwks", b"", "500 Internal Server Error")
        file = str(serving.jwks(tmp_path))
        text = serving.configuration(tmp_path).replace(f'jwks_file = "{file}"', f'jwks_url = "{url}"')
        with serving.running(tmp_path, text) as service:
            assert service.get("/healthz").status == 200
            told = json.loads(service.get("/readyz").body)
            assert (told["ready"], told["keys_missing"]) == (False, [serving.ISS])
            answer = service.call("/any", serving.token())
            assert (answer.status, answer["retry-after"]) == (503, "5")
            assert set(answer.owned().values()) == {""}
            server.page("/jwks", json.dumps({"keys": [forge.material("ES256").jwk(kid="ES256")]}).encode())
            # Nobody has to call for that.
            until(lambda: service.get("/readyz").status == 200)
            assert service.call("/any", serving.token()).status == 200


def test_workers_share_the_key_of_assertions(tmp_path):
    with serving.running(tmp_path, serving.configuration(tmp_path, server="workers = 3")) as service:
        (key,) = json.loads(service.get("/.well-known/jwks.json").body)["keys"]
        kids, who = set(), set()
        for at in range(60):
            answer = service.call("/any", serving.token(sub=f"user-{at}"))
            kids.add(decode_unverified(answer["x-auth-assertion"]).header["kid"])
            who.add(service.get("/.well-known/jwks.json")["etag"])
        assert kids == {key["kid"]}
        assert len(who) == 1


def test_a_worker_that_dies_is_replaced(tmp_path):
    with serving.running(tmp_path, serving.configuration(tmp_path, server="workers = 2")) as service:
        first, second = service.workers()
        (kid,) = [key["kid"] for key in json.loads(service.get("/.well-known/jwks.json").body)["keys"]]
        os.kill(first, signal.SIGKILL)
        service.wait_for("another one takes its place")
        until(lambda: (standing(service) or {}).get("missing") == 1)
        until(lambda: len(service.workers()) == 2)
        assert second in service.workers()
        until(lambda: service.call("/any", serving.token()).status == 200)
        found = {service.get("/.well-known/jwks.json")["etag"] for _ in range(20)}
        assert len(found) == 1
        assert kid in service.get("/.well-known/jwks.json").body.decode()
        until(lambda: all((standing(service) or {}).get("missing") == 0 for _ in range(20)))


def test_workers_end_when_nobody_is_left_to_tell_them(tmp_path):
    with serving.running(tmp_path, serving.configuration(tmp_path, server="workers = 2")) as service:
        workers = service.workers()
        service.process.kill()
        service.process.wait(20)
        until(lambda: not any(_lives(pid) for pid in workers))


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_stop_answers_what_is_running(tmp_path, number, code):
    """A key source that hangs keeps one call waiting; it is answered, and nobody new is let in."""
    with loopback.running() as server:
        entered, leave = threading.Event(), threading.Event()
        public = json.dumps({"keys": [forge.material("ES256").jwk(kid="ES256")]}).encode()

        def slowly(connection, head):
            entered.set()
            leave.wait(20)
            connection.sendall(loopback.page(public))

        url = server.on("/jwks", slowly)
        file = str(serving.jwks(tmp_path))
        text = serving.configuration(tmp_path, server="workers = 2").replace(
            f'jwks_file = "{file}"', f'jwks_url = "{url}"'
        )
        with serving.running(tmp_path, text) as service:
            entered.wait(20)
            workers = service.workers()
            statuses: list[int] = []
            waiting = threading.Thread(target=lambda: statuses.append(service.call("/any", serving.token()).status))
            waiting.start()
            time.sleep(0.5)
            service.process.send_signal(number)
            until(lambda: _refuses(service.port))
            leave.set()
            waiting.join(20)
            assert statuses == [200]
            assert service.process.wait(20) == code
            assert not any(_lives(pid) for pid in workers)
    assert "Traceback" not in service.said


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def test_a_stop_is_bounded(tmp_path):
    with loopback.running() as server:
        entered = threading.Event()

        def never(connection, head):
            entered.set()
            server.stopping.wait(20)

        file = str(serving.jwks(tmp_path))
        text = serving.configuration(tmp_path, server="drain = 1").replace(
            f'jwks_file = "{file}"', f'jwks_url = "{server.on("/jwks", never)}"\ntimeout = 30'
        )
        with serving.running(tmp_path, text) as service:
            entered.wait(20)
            waiting = threading.Thread(target=lambda: _quietly(service))
            waiting.start()
            time.sleep(0.3)
            assert service.stop() == 0
            waiting.join(20)


def _quietly(service: serving.Running) -> None:
    with contextlib.suppress(Exception):
        service.call("/any", serving.token())


def test_ctrl_c_at_a_terminal(tmp_path):
    """It reaches every process of the group at once."""
    with serving.running(tmp_path, serving.configuration(tmp_path, server="workers = 2")) as service:
        workers = service.workers()
        os.killpg(service.process.pid, signal.SIGINT)
        assert service.process.wait(20) == 130
        assert not any(_lives(pid) for pid in workers)
    assert "Traceback" not in service.said
    assert "error" not in service.said.lower()


def test_a_unix_socket(tmp_path):
    path = tmp_path / "s"
    text = serving.configuration(tmp_path).replace("127.0.0.1:0", f"unix:{path}")
    with serving.running(tmp_path, text) as service:
        assert service.address == f"unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK")
        assert "already in use" in _second(tmp_path, text)
        service.stop()
        assert not path.exists()


def test_a_unix_socket_that_a_crash_left(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    text = serving.configuration(tmp_path).replace("127.0.0.1:0", f"unix:{path}")
    with serving.running(tmp_path, text):
        pass
    path.write_text("a file is no socket")
    assert "in use" in _second(tmp_path, text)
    assert path.read_text() == "a file is no socket"


def _second(folder, text) -> str:
    with pytest.raises(AssertionError) as caught:
        serving.start(folder, text)
    return str(caught.value)


def test_an_address_that_is_taken(services, tmp_path):
    text = serving.configuration(tmp_path).replace("127.0.0.1:0", f"127.0.0.1:{services('nginx').port}")
    assert "error: 127.0.0.1:" in _second(tmp_path, text)
