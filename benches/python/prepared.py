"""Verifier with prepared keys against Verifier on the crypto library alone, in one process, round by round.

    taskset -c 1 python benches/python/prepared.py

64 different tokens of each kind are decoded in turn, with iss, aud, exp and nbf checked; both must give the claims, and refuse a
changed token, before anything is timed. Microseconds a token: the least round, which nobody disturbed, and the median.
"""

from __future__ import annotations

import statistics
import time

import rapidjwt
from rapidjwt._impl import crypto_state, sign_compact

ROUNDS = 400
TOKENS = 64
SHARE = 8
"""Tokens a round: short ones are less often disturbed."""
HOT = 2_000
SMALL = b'{"iss":"https://issuer.example/","sub":"user-%06d","aud":"my-api","exp":4102444800,"nbf":1767225600,"iat":1767225600}'


def main() -> None:
    """Print a line for each algorithm and call."""
    for algorithm in ("ES256", "ES384", "EdDSA", "RS256"):
        key = rapidjwt.Key.generate(algorithm)
        header = b'{"alg":"%s","typ":"JWT"}' % algorithm.encode()
        tokens = [sign_compact(key, algorithm, header, SMALL % number) for number in range(TOKENS)]
        judges = {
            crypto: rapidjwt.Verifier(
                key.public(),
                algorithms=[algorithm],
                issuer="https://issuer.example/",
                audience="my-api",
                crypto=crypto,
            )
            for crypto in ("library", "auto")
        }
        prove(judges, tokens)
        for call in ("decode", "verify"):
            report(f"{algorithm} {call}", {crypto: getattr(judge, call) for crypto, judge in judges.items()}, tokens)
        report_together(algorithm, judges["auto"], tokens)
    print(crypto_state())


def prove(judges, tokens) -> None:
    """Right before fast; and hot."""
    for number in range(HOT):
        token = tokens[number % TOKENS]
        assert judges["library"].decode(token) == judges["auto"].decode(token)
    for token in tokens:
        changed = token.replace(".", ".e", 1)
        assert not any(judge.verify_many([changed])[0] for judge in judges.values())


def report(name, calls, tokens) -> None:
    """Time the ways in turn."""
    rounds = {way: [] for way in calls}
    for number in range(ROUNDS):
        some = tokens[number * SHARE % TOKENS :][:SHARE]
        for way, call in calls.items():
            start = time.perf_counter()
            for token in some:
                call(token)
            rounds[way].append((time.perf_counter() - start) / len(some) * 1e6)
    least = {way: min(times) for way, times in rounds.items()}
    middle = {way: statistics.median(times) for way, times in rounds.items()}
    ratio = least["library"] / least["auto"]
    cells = ", ".join(f"{way} {least[way]:.2f} us (median {middle[way]:.2f})" for way in calls)
    print(f"{name:<14} {cells}, {ratio:.2f} times as fast")


def report_together(algorithm, judge, tokens) -> None:
    """Time `verify_many` of so many, on one thread."""
    cells = []
    for count in (1, 2, 3, 4, 8, 16, 64):
        batches = [tokens[first : first + count] for first in range(0, TOKENS - count + 1, count)]
        times = []
        for number in range(ROUNDS):
            batch = batches[number % len(batches)]
            start = time.perf_counter()
            judge.verify_many(batch, threads=1)
            times.append((time.perf_counter() - start) / count * 1e6)
        cells.append(f"{count}: {min(times):.1f}")
    print(f"{algorithm:<6} {'many':<7} us each of {', '.join(cells)}")


if __name__ == "__main__":
    main()
