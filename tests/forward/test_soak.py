"""Mixed load while the key source goes and comes and the service is reloaded: no wrong decision, nothing but documented answers, flat memory.
RAPIDJWT_SECONDS says for how long (default 6): `make soak` takes ten minutes.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import serving

import forge
import loopback

SECONDS = float(os.environ.get("RAPIDJWT_SECONDS", "6"))


class Load:
    """Calls of every kind, each with the only answer that is right."""

    def __init__(self, service: serving.Running) -> None:
        self.service = service
        self.done = threading.Event()
        self.answered: collections.Counter[int] = collections.Counter()
        self.wrong: list[str] = []
        good = [serving.token(lifetime=7200, sub=f"user-{at}", jti=f"{at}") for at in range(300)]
        unknown = forge.token({"iss": serving.ISS, "aud": serving.AUD}, algorithm="ES256", header={"kid": "unknown"})
        self.kinds = [
            *[(one, "/any/1", 200) for one in good],
            *[(forge.tampered(one), "/any/1", 401) for one in good[:50]],
            *[(one, "/orders/1", 200) for one in good[:50]],
            *[(one, "/elsewhere", 403) for one in good[:20]],
            *[(one, "/any//1", 401) for one in good[:20]],
            *[(serving.token(now=time.time() - 7200), "/any/1", 401)] * 30,
            *[(serving.token(scope="profile", lifetime=7200), "/orders/1", 403)] * 30,
            *[(None, "/any/1", 401)] * 30,
            *[(unknown, "/any/1", 401)] * 10,
        ]

    def run(self, seed: int) -> None:
        chance = random.Random(seed)
        with contextlib.closing(self.service.connect()) as connection:
            while not self.done.is_set():
                token, path, status = chance.choice(self.kinds)
                answer = self.service.call(path, token, connection=connection)
                self.answered[answer.status] += 1
                subject = answer["x-auth-subject"]
                if answer.status != status or bool(subject) != (status == 200):
                    self.wrong.append(f"{path}: {answer.status} in place of {status}, {answer.body!r}")

    def garbage(self) -> None:
        while not self.done.wait(0.2):
            serving.raw(self.service.port, random.randbytes(500) + b"\r\n\r\n", seconds=2)


def memory(pids: list[int]) -> int:
    """Bytes that the processes have to themselves."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_"):
                total += int(line.split()[1]) * 1024
    return total


def test_mixed_load(tmp_path):
    with loopback.running() as server:
        keys = json.dumps({"keys": [forge.material("ES256").jwk(kid="ES256", alg="ES256")]}).encode()
        url = server.page("/jwks", keys, Cache_Control="max-age=60")
        file = str(serving.jwks(tmp_path))
        text = serving.configuration(tmp_path, server="workers = 2").replace(
            f'jwks_file = "{file}"', f'jwks_url = "{url}"'
        )
        with serving.running(tmp_path, text) as service:
            end = time.monotonic() + 20
            while service.get("/readyz").status != 200 and time.monotonic() < end:
                time.sleep(0.1)
            load = Load(service)
            threads = [threading.Thread(target=load.run, args=(seed,)) for seed in range(3)]
            threads.append(threading.Thread(target=load.garbage))
            for thread in threads:
                thread.start()
            try:
                time.sleep(SECONDS / 3)
                before = memory(service.workers())
                server.page("/jwks", b"", "500 Internal Server Error")
                _reload(service, text + "\n", 1)
                time.sleep(SECONDS / 3)
                server.page("/jwks", keys, Cache_Control="max-age=60")
                _reload(service, text + '[answers]\nrealm = "x"\n', 2)
                time.sleep(SECONDS / 3)
                after = memory(service.workers())
            finally:
                load.done.set()
                for thread in threads:
                    thread.join(30)
            workers = service.workers()
            assert service.stop() == 0
    assert load.wrong == []
    assert load.answered[200] > 100
    assert set(load.answered) <= {200, 401, 403}
    assert len(workers) == 2
    assert after - before < 16_000_000, (before, after)
    assert "Traceback" not in service.said
    print(f"{sum(load.answered.values())} calls, {before} to {after} bytes in two workers")


def _reload(service: serving.Running, text: str, number: int) -> None:
    service.path.write_text(text)
    service.process.send_signal(signal.SIGHUP)
    service.wait_for(f"configuration {number} is in force", 2)
