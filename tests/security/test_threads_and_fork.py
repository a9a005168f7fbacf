"""One verifier in many threads, with its keys being replaced; and on both sides of a fork."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from typing import Any

import pytest

import forge

THREADS, ROUNDS = 8, 150


def test_threads_while_keys_are_replaced(impl: Any, verifier: Any, key: Any) -> None:
    """Each answer is that of the old set or of the new one: never a mixture, a crash, or a claim of another token."""
    by_kid = {f"{number}": forge.material("ES256", number) for number in range(2)}
    good = [
        forge.token({"sub": f"{kid}-{i}", "exp": forge.NOW + 9}, algorithm="ES256", header={"kid": kid}, key=material)
        for kid, material in by_kid.items()
        for i in range(8)
    ]
    crossed = forge.token(algorithm="ES256", header={"kid": "0"}, key=by_kid["1"])
    junk = [crossed, *map(forge.tampered, good), "", "...", good[0][:-9]]
    sets = [impl.KeySet([key("ES256", number, kid=f"{number}")]) for number in range(2)]
    sets.append(impl.KeySet([*sets[0], *sets[1]]))
    judge = verifier("ES256", keys=sets[2])
    wrong: list[Any] = []
    start, done = threading.Barrier(THREADS + 1), threading.Event()

    def ask(offset: int) -> None:
        try:
            start.wait()
            for step in range(ROUNDS):
                token = good[(step + offset) % len(good)]
                (result, bad) = judge.verify_many([token, junk[(step + offset) % len(junk)]])
                if result:
                    expected = good.index(token)
                    if result.subject != f"{expected // 8}-{expected % 8}" or result.claims["sub"] != result.subject:
                        wrong.append(result.claims)
                elif result.code != "key_unknown":
                    wrong.append(result.code)
                if bad or bad.code not in ("bad_signature", "key_unknown", "segment_count", "signature_base64"):
                    wrong.append(bad)
                judge.explain(token)
        except BaseException as error:
            wrong.append(error)

    def replace() -> None:
        start.wait()
        step = 0
        while not done.is_set():
            judge.replace_keys(sets[step % 3])
            step += 1

    threads = [threading.Thread(target=ask, args=(offset,)) for offset in range(THREADS)]
    changer = threading.Thread(target=replace)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in (changer, *threads):
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        done.set()
        changer.join(10)
        sys.setswitchinterval(before)
    assert not any(thread.is_alive() for thread in (changer, *threads))
    assert wrong == []


def test_one_proof_in_many_threads(verifier: Any) -> None:
    """The claims are built on first use: once, whoever comes first."""
    for _ in range(20):
        proof = verifier().verify(forge.token({"exp": forge.NOW + 9, "x": list(range(200))}))
        seen: list[Any] = []
        start = threading.Barrier(THREADS)

        def look(proof: Any = proof, seen: list[Any] = seen, start: threading.Barrier = start) -> None:
            start.wait()
            seen.append(proof.claims)

        threads = [threading.Thread(target=look) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(seen) == THREADS
        assert all(one is seen[0] for one in seen)


def test_keys_made_in_many_threads(impl: Any) -> None:
    made: list[Any] = []

    def make(number: int) -> None:
        for algorithm in ("RS256", "ES256", "EdDSA"):
            made.append((algorithm, impl.Key.from_jwk(forge.material(algorithm).jwk(kid=f"{number}")).thumbprint()))

    for algorithm in ("RS256", "ES256", "EdDSA"):
        forge.material(algorithm)
    threads = [threading.Thread(target=make, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 3 * THREADS
    assert len(set(made)) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "PS256", "ES256", "ES512", "EdDSA"])
def test_fork_after_use(impl: Any, verifier: Any, algorithm: str) -> None:
    """Child and parent go on with what was made before; their randomness is not the same."""
    judge, good = verifier(algorithm), forge.token(algorithm=algorithm)
    bad = forge.tampered(good)
    assert judge.decode(good) == forge.CLAIMS
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # other tests' threads are gone, their bookkeeping may not be
        child = os.fork()
    if child == 0:
        status = 1
        try:
            fine = [bool(one) for one in judge.verify_many([good, bad])] == [True, False]
            judge.replace_keys(impl.KeySet([]))
            fine = fine and judge.verify_many([good])[0].code == "key_unknown"
            os.write(writer, impl.Key.generate("HS256").thumbprint().encode())
            status = 0 if fine else 2
        finally:
            os._exit(status)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    theirs = os.read(reader, 100).decode()
    os.close(reader)
    assert os.waitstatus_to_exitcode(status) == 0
    assert [bool(one) for one in judge.verify_many([good, bad])] == [True, False]
    assert len(theirs) == 43
    assert impl.Key.generate("HS256").thumbprint() != theirs
