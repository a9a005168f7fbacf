"""Does leaving the GIL pay for a single token? `verify` keeps it, `verify_many` of one token leaves it: both, in three settings.

    python benches/python/gil.py

Each line: tokens a second that all verifying threads got through, and the rounds of a busy Python thread beside them, if there
is one. Timing decides nothing here; docs/design/002-decisions.md says what was made of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import rapidjwt
import tokens

SECONDS = 1.0
ROUNDS = 5


def calls(algorithm: str) -> tuple[tuple[str, ...], dict[str, Callable[[str], object]]]:
    """64 gateway tokens, and the two ways to verify one, which must agree."""
    keys = tokens.make_keys(algorithm)
    cell = tokens.make_cell(keys, "gateway")
    secret = algorithm.startswith("HS")
    key = (
        rapidjwt.Key.from_secret(keys.verifying, algorithm=algorithm)
        if secret
        else rapidjwt.Key.from_pem(keys.verifying)
    )
    verifier = rapidjwt.Verifier(key, algorithms=[algorithm], issuer=tokens.ISSUER, audience=tokens.AUDIENCE)
    for token in cell.tokens:
        (result,) = verifier.verify_many([token], threads=1)
        assert result.to_dict() == verifier.verify(token).to_dict()
    return cell.tokens, {"kept": verifier.verify, "left": lambda token: verifier.verify_many([token], threads=1)}


def measure(call: Callable[[str], object], texts: tuple[str, ...], threads: int, busy: bool) -> tuple[float, float]:
    """Tokens a second by so many threads, and rounds a second of the busy one."""
    stop = threading.Event()
    counts = [0] * (threads + 1)

    def verify(place: int) -> None:
        while not stop.is_set():
            for text in texts:
                call(text)
            counts[place] += len(texts)

    def spin() -> None:
        while not stop.is_set():
            sum(range(100))
            counts[threads] += 1

    works = [threading.Thread(target=verify, args=(place,)) for place in range(threads)]
    works += [threading.Thread(target=spin)] if busy else []
    start = time.perf_counter()
    for work in works:
        work.start()
    time.sleep(SECONDS)
    stop.set()
    for work in works:
        work.join()
    seconds = time.perf_counter() - start
    return sum(counts[:threads]) / seconds, counts[threads] / seconds


def main() -> None:
    """Print the best of some rounds for each setting."""
    print(f"{'':8}{'setting':34}{'GIL':8}{'tokens/s':>12}{'busy rounds/s':>16}")
    for algorithm in tokens.ALGORITHMS:
        texts, ways = calls(algorithm)
        for setting, threads, busy in (("1 thread", 1, False), ("2 threads", 2, False), ("1 thread, 1 busy", 1, True)):
            results: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, call in ways.items():
                    results[way].append(measure(call, texts, threads, busy))
            for way, measured in results.items():
                rate, rounds = max(measured)
                print(f"{algorithm:8}{setting:34}{way:8}{rate:12,.0f}{rounds:16,.0f}")


if __name__ == "__main__":
    main()
