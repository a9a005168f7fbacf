"""What callgrind runs for instructions.py: `PACKAGES SECRET TOKEN CALL LOOPS`. Every call some times, so that memos are full, then one of them.

Imports nothing but the native half: valgrind is slow, and what is imported would be most of its work.
"""

import sys

packages, secret, token, call, loops = sys.argv[1:]
sys.path.insert(0, packages)

from rapidjwt import _native as native  # noqa: E402

key = native.Key.from_secret(secret, algorithm="HS256", kid="2026-01")
verifier = native.Verifier(
    key, algorithms=["HS256"], issuer="https://issuer.example/", audience="my-api", cache=native.TokenCache()
)
calls = {
    "decode_unverified": lambda: native.decode_unverified(token),
    "verify, cached": lambda: verifier.verify(token),
    "decode, cached": lambda: verifier.decode(token),
    "verify and get, cached": lambda: verifier.verify(token).get("tenant"),
}
for one in calls.values():
    for _ in range(64):
        one()
run = calls.get(call, int)
for _ in range(int(loops)):
    run()
