"""`verify_many` and `verify_stream`: one result a token, in order, whatever the number of tokens, threads and batches."""

from __future__ import annotations

import itertools
import threading

import pytest

import forge

GOOD = forge.token()
BAD = forge.token({**forge.CLAIMS, "exp": 1})


def tokens(count):
    return [forge.token({**forge.CLAIMS, "n": n}) if n % 3 else BAD for n in range(count)]


def told(results):
    return [result.get("n") if result.ok else result.code for result in results]


WANTED = [n if n % 3 else "expired" for n in range(200)]


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 200])
@pytest.mark.parametrize("threads", [None, 1, 2, 7, 10**30])
def test_order_is_kept(verifier, count, threads):
    results = verifier().verify_many(tokens(count), threads=threads)
    assert isinstance(results, list)
    assert told(results) == WANTED[:count]


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_threads_verify_every_algorithm(verifier, algorithm):
    good = forge.token(algorithm=algorithm)
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    results = verifier(algorithm).verify_many([good, forged] * 40, threads=2)
    assert [result.ok for result in results] == [True, False] * 40


@pytest.mark.parametrize("batch", [1, 7, 1024, 10**30])
@pytest.mark.parametrize("threads", [None, 2])
def test_a_stream_gives_the_same_results(verifier, batch, threads):
    stream = verifier().verify_stream(iter(tokens(200)), threads=threads, batch=batch)
    assert iter(stream) is stream
    assert told(stream) == WANTED
    assert list(stream) == []


def test_a_stream_takes_no_more_than_a_batch_ahead(verifier):
    taken = itertools.count()
    endless = (GOOD for _ in iter(lambda: next(taken), -1))
    stream = verifier().verify_stream(endless, batch=10)
    assert next(taken) == 0
    for _ in range(25):
        assert next(stream).ok
    assert next(taken) <= 31


def test_what_ends_the_tokens_comes_after_the_results(verifier):
    def some():
        yield GOOD
        yield BAD
        raise KeyError("gone")

    stream = verifier().verify_stream(some())
    assert [next(stream).ok, next(stream).ok] == [True, False]
    with pytest.raises(KeyError):
        next(stream)
    assert list(stream) == []
    stream = verifier().verify_stream([GOOD, 5, GOOD])
    assert next(stream).ok
    with pytest.raises(TypeError, match="token must be str or bytes, not int"):
        next(stream)


def test_the_clock_is_asked_once_for_many(verifier):
    asked = []
    check = verifier(clock=lambda: asked.append(0) or forge.NOW)
    assert all(check.verify_many([GOOD] * 50))
    assert len(asked) == 1
    assert all(check.verify_stream([GOOD] * 50, batch=20))
    assert len(asked) == 4


def test_own_checks_run_for_each_token(verifier):
    seen = []
    results = verifier(checks=[lambda token: seen.append(token.subject)]).verify_many([GOOD] * 30, threads=3)
    assert all(results)
    assert len(seen) == 30


@pytest.mark.parametrize("name", ["verify_many", "verify_stream"])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"threads": 0}, ValueError, "threads must be at least 1"),
        ({"threads": -(10**30)}, ValueError, "threads must be at least 1"),
        ({"threads": True}, TypeError, "threads must be an int, not bool"),
        ({"threads": "2"}, TypeError, "threads must be an int, not str"),
        ({"threads": 2.0}, TypeError, "threads must be an int, not float"),
        ({"batch": 0}, ValueError, "batch must be at least 1"),
        ({"batch": None}, TypeError, "batch must be an int, not NoneType"),
    ],
)
def test_numbers_that_make_no_sense(verifier, name, options, error, message):
    if name == "verify_many" and "batch" in options:
        error, message = TypeError, "batch"
    with pytest.raises(error, match=message):
        getattr(verifier(), name)([], **options)


def test_what_cannot_be_iterated(verifier):
    for name in ("verify_many", "verify_stream"):
        with pytest.raises(TypeError, match="not iterable"):
            getattr(verifier(), name)(5)


def test_keys_may_change_under_a_stream(verifier, key):
    check = verifier("HS256", "HS512", keys=key("HS256"))
    stream = check.verify_stream([GOOD] * 20, batch=10)
    assert next(stream).ok
    check.replace_keys(key("HS512"))
    assert told(stream)[8:] == [None] + ["key_unknown"] * 10


def test_python_goes_on_while_many_are_verified(verifier):
    # The native half is outside the GIL: another thread counts on while it works.
    check = verifier("ES256")
    batch, done, counted = [forge.token(algorithm="ES256")] * 300, threading.Event(), []

    def count():
        while not done.is_set():
            counted.append(None)

    other = threading.Thread(target=count)
    other.start()
    try:
        assert all(check.verify_many(batch, threads=2))
    finally:
        done.set()
        other.join()
    assert counted
