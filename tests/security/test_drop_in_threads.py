"""`rapidjwt.jwt.decode` in many threads, with many keys that come and go: every answer right, and nothing grows.

2 seconds for each half; RAPIDJWT_SECONDS=10 (`make threads`) says otherwise.
"""

from __future__ import annotations

import json
import os

import pytest

import forge
from program import told

SECONDS = float(os.environ.get("RAPIDJWT_SECONDS", "2"))

PROGRAM = """
import gc, json, os, sys, threading, time
from pathlib import Path
from rapidjwt import jwt
from rapidjwt.jwt._caches import cache_clear

given = json.loads(Path(GIVEN).read_text())
keys, SECONDS = given["keys"], given["seconds"]
PLAIN = {"algorithms": ["HS256", "RS256", "ES256", "EdDSA"], "audience": "a"}
wrong, done, fresh, asked = [], threading.Event(), [0] * 8, [0] * 8

def resident():
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0

def work(number):
    step = number * 7
    try:
        while not done.is_set():
            step += 1
            asked[number] += 1
            one, other = keys[step % len(keys)], keys[(step * 31 + 1) % len(keys)]
            claims = jwt.decode(one["token"], one["key"], **PLAIN)
            if claims != {"sub": one["name"], "aud": "a", "list": [1, {"b": None}]}:
                wrong.append(claims)
            claims["list"].append(claims)  # whoever gets these claims next must not see it
            if step % 5 == 0 and one["alg"] == other["alg"] and one is not other:
                try:
                    wrong.append(jwt.decode(one["token"], other["key"], **PLAIN))
                except jwt.InvalidSignatureError:
                    pass
            if step % 3 == 0:  # a key that nobody has seen, and that nobody sees again
                fresh[number] += 1
                key = os.urandom(32)
                claims = jwt.decode(jwt.encode({"n": step}, key), key, algorithms=["HS256"])
                if claims != {"n": step}:
                    wrong.append(claims)
            if step % 997 == 0:
                cache_clear()
    except BaseException as error:
        wrong.append(repr(error))
        raise

def let_run(seconds):
    done.clear()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads: thread.start()
    time.sleep(seconds)
    done.set()
    for thread in threads: thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    cache_clear()
    gc.collect()

sys.setswitchinterval(1e-4)
let_run(SECONDS / 4)
blocks, bytes_before, fresh_before = sys.getallocatedblocks(), resident(), sum(fresh)
let_run(SECONDS * 3 / 4)
print(json.dumps({
    "wrong": wrong[:5], "asked": sum(asked), "every_thread": min(asked), "fresh": sum(fresh) - fresh_before,
    "blocks": sys.getallocatedblocks() - blocks, "bytes": resident() - bytes_before,
}))
"""


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """50 keys with a token each, made without rapidjwt."""
    keys = []
    for number in range(50):
        algorithm = ("RS256", "ES256", "EdDSA")[number % 3] if number < 6 else "HS256"
        secret = f"{number:032}"
        hmac = algorithm == "HS256"
        material = forge.Material(secret.encode()) if hmac else forge.material(algorithm, number // 3)
        claims = {"sub": f"user-{number}", "aud": "a", "list": [1, {"b": None}]}
        key = secret if hmac else material.pem().decode()
        token = forge.token(claims, algorithm=algorithm, key=material)
        keys.append({"name": f"user-{number}", "alg": algorithm, "key": key, "token": token})
    path = tmp_path_factory.mktemp("threads") / "given.json"
    path.write_text(json.dumps({"keys": keys, "seconds": SECONDS}))
    return path


@pytest.mark.timeout(max(120, int(SECONDS) * 4))
def test_threads_and_keys_that_come_and_go(half, impl, given):
    answer = told(f"GIVEN = {str(given)!r}\n{PROGRAM}", RAPIDJWT_IMPL=half)
    assert answer["wrong"] == []
    assert answer["every_thread"] > 10
    assert answer["fresh"] > 100
    # What one fresh key left behind for good would be a block or more each, and about a hundred bytes.
    assert answer["blocks"] < 500 + answer["fresh"] // 20, answer
    assert answer["bytes"] < 2**22 + answer["fresh"] * 20, answer
