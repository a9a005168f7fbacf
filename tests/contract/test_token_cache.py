"""`TokenCache`: a hit saves the signature check and nothing else. Each test is a way in which such caches went wrong."""

from __future__ import annotations

import contextlib
import copy
import os
import threading

import pytest

import forge
from rapidjwt.exceptions import PyJWTError, RevokedTokenError


@contextlib.contextmanager
def refused(code):
    """The body must be refused with this code, or accepted when that is None."""
    if code is None:
        yield
        return
    with pytest.raises(PyJWTError) as caught:
        yield
    assert caught.value.code == code


CLAIMS = {**forge.CLAIMS, "list": [1, {"a": [2]}], "object": {"b": {}}}
GOOD = forge.token(CLAIMS)


@pytest.fixture
def cache(impl):
    return impl.TokenCache()


@pytest.fixture
def counted(cache):
    """hits and misses since the last call."""
    before = [0, 0]

    def since():
        info = cache.info()
        told = (info.hits - before[0], info.misses - before[1])
        before[:] = info.hits, info.misses
        return told

    return since


def test_a_second_look_is_a_hit(verifier, cache, counted):
    check = verifier(cache=cache)
    for read in (check.decode, check.verify, check.decode, check.verify):
        read(GOOD)
    assert counted() == (3, 1)
    assert check.decode(GOOD.encode()) == CLAIMS
    assert counted() == (1, 0)
    proof = check.verify(GOOD)
    assert (proof.subject, proof.claims, proof.get("object")) == (CLAIMS["sub"], CLAIMS, CLAIMS["object"])


def test_off_by_default(verifier, impl):
    check = verifier()
    assert check.decode(GOOD) == check.decode(GOOD)


def test_every_byte_of_the_token_counts(verifier, cache, impl):
    check = verifier(cache=cache)
    check.verify(GOOD)
    head, payload, signature = GOOD.split(".")
    other = forge.token({**CLAIMS, "sub": "other"}).split(".")[1]
    for forged in (
        f"{head}.{payload}.{signature[::-1]}",
        f"{head}.{other}.{signature}",
        f"{forge.token(CLAIMS, header={'x': 1}).split('.')[0]}.{payload}.{signature}",
        GOOD + "=",
        GOOD[:-1],
    ):
        assert not check.verify_many([forged])[0]
        with pytest.raises(PyJWTError):
            check.verify(forged)
    assert check.verify(GOOD)


def test_times_are_asked_at_every_hit(verifier, cache):
    clock = [forge.NOW]
    check = verifier(cache=cache, clock=lambda: clock[0], max_age=10**6)
    token = forge.token({**CLAIMS, "exp": forge.NOW + 100, "nbf": forge.NOW - 50, "iat": forge.NOW - 50})
    check.decode(token)
    for seconds, code in [
        (99, None),
        (100, "expired"),
        (-51, "iat_in_future"),
        (0, None),
        (10**6, "expired"),
        (0, None),
    ]:
        clock[0] = forge.NOW + seconds
        for read in (check.decode, check.verify):
            with refused(code):
                read(token)


def test_an_expired_token_without_iat_is_refused(verifier, cache):
    clock = [forge.NOW]
    check = verifier(cache=cache, clock=lambda: clock[0])
    token = forge.token({"exp": forge.NOW + 1})
    check.decode(token)
    clock[0] += 1
    with refused("expired"):
        check.decode(token)


def test_verifiers_that_share_a_cache_do_not_share_their_answers(verifier, cache, key):
    token = forge.token({**forge.CLAIMS, "aud": "a", "iss": "i"})
    assert verifier(cache=cache, audience="a", issuer="i").decode(token)
    for policy, code in [
        ({"audience": "b", "issuer": "i"}, "aud_mismatch"),
        ({"audience": "a", "issuer": "j"}, "iss_mismatch"),
        ({"audience": "a", "issuer": "i", "require": ["tenant"]}, "claim_missing"),
        ({"audience": "a", "issuer": "i", "typ": "at+jwt"}, "typ_mismatch"),
        ({"audience": "a", "issuer": "i", "max_token_bytes": 20}, "token_too_large"),
        ({"audience": "a", "issuer": "i", "keys": key("HS512")}, "alg_not_allowed"),
    ]:
        names = ("HS512",) if "keys" in policy else ("HS256",)
        with refused(code):
            verifier(*names, cache=cache, **policy).decode(token)


def test_an_entry_dies_with_its_key_and_not_at_a_refresh(verifier, cache, counted, impl):
    one, other = (impl.Key.from_secret(bytes([byte] * 32), algorithm="HS256", kid="k") for byte in (1, 2))
    again = impl.Key.from_secret(bytes([1] * 32), algorithm="HS256", kid="k")
    more = impl.Key.from_secret(bytes([3] * 32), algorithm="HS256", kid="l")
    token = impl.sign_compact(one, "HS256", b'{"alg":"HS256","kid":"k"}', b'{"exp":99999999999}')
    check = verifier(keys=one, cache=cache)
    check.decode(token)
    check.decode(token)
    assert counted() == (1, 1)
    check.replace_keys([more, again])
    check.decode(token)
    assert counted() == (1, 0), "the same key, read again"
    for keys, code in [
        ([more], "key_unknown"),
        (other, "bad_signature"),
        ([again], None),
        (impl.KeySet([]), "key_unknown"),
    ]:
        check.replace_keys(keys)
        for read in (check.verify, check.decode):
            with refused(code):
                read(token)


def test_own_checks_run_at_every_hit(verifier, cache):
    revoked, seen = set(), []

    def check(token):
        seen.append(token)
        if token.subject in revoked:
            raise RevokedTokenError("gone")

    strict = verifier(cache=cache, checks=[check])
    strict.decode(GOOD)
    strict.verify(GOOD)
    assert len(seen) == 2
    revoked.add(CLAIMS["sub"])
    for read in (strict.decode, strict.verify):
        with refused("revoked"):
            read(GOOD)
    revoked.clear()
    strict.decode(GOOD)


def test_each_caller_has_its_own_objects(verifier, cache):
    check = verifier(cache=cache)
    one, two = check.decode(GOOD), check.decode(GOOD)
    assert one == two == CLAIMS
    one["list"][1]["a"].append("mine")
    one["object"]["b"]["c"] = "mine"
    one.update(sub="somebody else")
    assert two == check.decode(GOOD) == CLAIMS
    proof, other = check.verify(GOOD), check.verify(GOOD)
    assert proof is not other
    proof.claims["list"][1]["a"].append("mine")
    proof.get("object")["b"] = 1
    proof.header["alg"] = "none"
    assert other.claims == other.to_dict() == check.verify(GOOD).claims == check.decode(GOOD) == CLAIMS
    assert check.verify(GOOD).header["alg"] == "HS256"


def test_refused_tokens_are_not_kept_and_let_no_other_go(verifier, impl):
    cache = impl.TokenCache(max_bytes=200_000)
    check = verifier(cache=cache)
    check.decode(GOOD)
    entries = cache.info().entries
    for number in range(500):
        bad = forge.token({**CLAIMS, "exp": 1, "n": number})
        assert not check.verify_many([bad])[0]
        with pytest.raises(PyJWTError, match="expired"):
            check.decode(bad)
        with pytest.raises(PyJWTError, match="Signature"):
            check.decode(bad[:-10] + "A" * 10)
    info = cache.info()
    assert (info.entries, info.evictions, entries) == (1, 0, 1)
    check.decode(GOOD)
    assert cache.info().hits == info.hits + 1


def test_bounded_in_bytes(verifier, impl):
    cache = impl.TokenCache(max_bytes=300_000)
    check = verifier(cache=cache)
    for number in range(400):
        check.decode(forge.token({**CLAIMS, "n": number}))
        assert cache.info().bytes <= 300_000
    info = cache.info()
    assert info.evictions > 100
    assert 10 < info.entries < 300
    assert repr(cache) == f"<TokenCache entries={info.entries} bytes={info.bytes}>"
    huge = forge.token({**CLAIMS, "x": "x" * 100_000})
    assert check.decode(huge) == check.decode(huge)
    assert cache.info().evictions == info.evictions
    cache.clear()
    assert (cache.info().entries, cache.info().bytes) == (0, 0)
    long = forge.token(header={"x": "x" * 4_000})
    check.decode(long)
    assert cache.info().bytes > len(long) + 4_000


def test_only_accepted_sizes(impl):
    with pytest.raises(ValueError, match="max_bytes must be at least 1"):
        impl.TokenCache(max_bytes=0)
    with pytest.raises(TypeError, match="max_bytes must be an int, not float"):
        impl.TokenCache(max_bytes=1.0)
    with pytest.raises(TypeError, match="cache must be a TokenCache or None, not dict"):
        impl.Verifier([], algorithms=["HS256"], issuer=None, audience=None, cache={})


def test_the_order_and_kinds_of_claims_survive(verifier, cache):
    text = (
        b'{"z":1,"a":[],"exp":99999999999,"n":123456789012345678901234567890,"f":1.5,"t":true,"e":null,"u":"\\u00e9"}'
    )
    check = verifier(cache=cache)
    plain = verifier().decode(forge.token(text))
    for _ in range(3):
        claims = check.decode(forge.token(text))
        assert list(claims.items()) == list(plain.items())
        assert [type(value) for value in claims.values()] == [type(value) for value in plain.values()]


def test_tokens_without_kid_under_several_keys(verifier, impl, cache, counted):
    one, two, three = (impl.Key.from_secret(bytes([byte] * 32), algorithm="HS256", kid=str(byte)) for byte in (1, 2, 3))
    token = impl.sign_compact(two, "HS256", b'{"alg":"HS256"}', b'{"exp":99999999999}')
    check = verifier(keys=[one, two], cache=cache)
    check.decode(token)
    check.decode(token)
    assert counted() == (1, 1)
    check.replace_keys([one, three])
    with refused("bad_signature"):
        check.decode(token)


def test_threads_under_rotation(verifier, impl):
    seconds = float(os.environ.get("RAPIDJWT_SECONDS", "2"))
    cache = impl.TokenCache(max_bytes=60_000)
    good, other = (impl.Key.from_secret(bytes([byte] * 32), algorithm="HS256", kid="k") for byte in (1, 2))
    header = b'{"alg":"HS256","kid":"k"}'
    tokens = [
        impl.sign_compact(good, "HS256", header, b'{"exp":99999999999,"n":%d,"l":[%d]}' % (n, n)) for n in range(40)
    ]
    check = verifier(keys=good, cache=cache)
    wrong, done = [], threading.Event()

    def read(start):
        number = start
        while not done.is_set():
            number = (number * 7 + 3) % len(tokens)
            try:
                claims = check.decode(tokens[number])
            except PyJWTError as error:
                if error.code != "bad_signature":
                    wrong.append(error)
                continue
            if claims["n"] != number or claims["l"] != [number]:
                wrong.append(claims)
            claims["l"].append("mine")

    readers = [threading.Thread(target=read, args=(start,)) for start in range(8)]
    timer = threading.Timer(seconds, done.set)
    for thread in [*readers, timer]:
        thread.start()
    while not done.is_set():
        for keys in (other, [good], good):
            check.replace_keys(keys)
            done.wait(0.003)
    for thread in readers:
        thread.join()
    assert wrong == []
    check.replace_keys(other)
    assert not any(check.verify_many(tokens))
    for token in tokens:
        with refused("bad_signature"):
            check.decode(token)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_goes_on_with_its_own(verifier, cache):
    check = verifier(cache=cache)
    check.decode(GOOD)
    child = os.fork()
    if child == 0:
        good = check.decode(GOOD) == CLAIMS and cache.info().hits == 1
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cache.info().hits == 0


def test_a_lock_that_a_fork_left_behind_hangs_nobody(pure):
    cache = pure.TokenCache()
    secret = pure.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
    check = pure.Verifier(
        secret, algorithms=["HS256"], issuer=None, audience=None, clock=lambda: forge.NOW, cache=cache
    )
    good = forge.token()
    check.decode(good)
    assert cache.info().entries == 1
    cache._lock.acquire()  # as if its owner had stayed in the parent
    assert check.decode(good) == forge.CLAIMS
    clearing = threading.Thread(target=cache.clear, daemon=True)
    clearing.start()
    clearing.join(60)
    assert not clearing.is_alive()
    assert cache.info().entries == 0


def test_it_cannot_be_copied(cache):
    with pytest.raises(TypeError, match="cannot be pickled"):
        copy.copy(cache)
