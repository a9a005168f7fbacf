"""What fetched keys cost a verifier: a known-good token alone and in a flood of tokens with invented kids, the flood's own cost, and sources by
the thousand. Proves the verdicts before it times them; the provider is in memory, so no network is measured.

python benches/python/fetched_keys.py [--quick]      prints one JSON object
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
import tracemalloc
from typing import Any

import machine
from rapidjwt import IMPL, InvalidTokenError, Issuer, Key, KeySet, Signer, Verifier
from rapidjwt.jwks import Request, Response, open_source

ISS = "https://issuer.example"
KNOWN = Key.generate("ES256", kid="known")
STRANGER = Key.generate("ES256")
DOCUMENT = json.dumps(KeySet([KNOWN.public()]).to_jwks()).encode()
FLOOD = 10_000


class Provider:
    """Answers with one key, and counts."""

    def __init__(self) -> None:
        self.requests = 0

    def __call__(self, request: Request) -> Response:
        self.requests += 1
        return Response(200, {"cache-control": "max-age=3600"}, DOCUMENT)


def verifier(provider: Provider) -> Verifier:
    fetch = {"transport": provider}
    issuer = Issuer(ISS, jwks_url=ISS + "/jwks", algorithms=["ES256"], audience=None, fetch=fetch)
    return Verifier(issuers=[issuer])


def given() -> Verifier:
    return Verifier(issuers=[Issuer(ISS, keys=KNOWN.public(), algorithms=["ES256"], audience=None)])


def strangers(count: int) -> list[str]:
    signer = Signer(STRANGER, expires_in=3600, issuer=ISS)
    return [signer.sign({}, headers={"kid": f"random-{number}"}) for number in range(count)]


def refused(verify: Verifier, token: str) -> None:
    try:
        verify.decode(token)
    except InvalidTokenError as error:
        if error.code == "key_unknown":
            return
        raise
    raise AssertionError("a stranger's token was accepted")


def timed(verify: Verifier, good: str, between: list[str]) -> tuple[list[float], list[float]]:
    """Microseconds of each good token alone, and of each right after a stranger's, taking turns."""
    alone, flooded = [], []
    for bad in between:
        alone.append(_one(verify, good))
        refused(verify, bad)
        flooded.append(_one(verify, good))
    return alone, flooded


def _one(verify: Verifier, good: str) -> float:
    began = time.perf_counter_ns()
    verify.decode(good)
    return (time.perf_counter_ns() - began) / 1000


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"median": round(statistics.median(ordered), 2), "p99": round(ordered[len(ordered) * 99 // 100], 2)}


def sources(count: int) -> dict[str, Any]:
    began = time.perf_counter()
    _open(count)
    seconds = time.perf_counter() - began
    gc.collect()
    tracemalloc.start()
    held = _open(count)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"count": len(held), "python_bytes_each": size // count, "us_each": round(seconds / count * 1e6, 1)}


def _open(count: int) -> list[Any]:
    provider = Provider()
    return [open_source(f"{ISS}/{number}", jwks_url=f"{ISS}/{number}", transport=provider) for number in range(count)]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    count = 200 if options.parse_args().quick else FLOOD
    provider = Provider()
    fetched, fixed = verifier(provider), given()
    good = Signer(KNOWN, expires_in=3600, issuer=ISS).sign({"sub": "user-1"})
    bad = strangers(count)
    assert fetched.decode(good) == fixed.decode(good)
    timed(fetched, good, bad[:100])
    began = time.perf_counter()
    alone, flooded = timed(fetched, good, bad)
    seconds = time.perf_counter() - began
    allowed = 2 + (time.perf_counter() - began) / 30 + 1
    assert provider.requests <= allowed, provider.requests
    given_alone, given_flooded = timed(fixed, good, bad)
    refusals = [_refusal(fetched, token) for token in bad]
    result = {
        "impl": IMPL,
        "tokens_of_strangers": count,
        "fetches": provider.requests,
        "seconds": round(seconds, 2),
        "known_good_us": {"alone": spread(alone), "in_the_flood": spread(flooded)},
        "known_good_with_given_keys_us": {"alone": spread(given_alone), "in_the_flood": spread(given_flooded)},
        "refusal_of_an_unknown_kid_us": spread(refusals),
        "sources": sources(100 if count < FLOOD else 10_000),
        "machine": machine.describe(),
    }
    print(json.dumps(result, indent=2))


def _refusal(verify: Verifier, token: str) -> float:
    began = time.perf_counter_ns()
    refused(verify, token)
    return (time.perf_counter_ns() - began) / 1000


if __name__ == "__main__":
    main()
