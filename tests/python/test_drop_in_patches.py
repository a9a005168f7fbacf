"""What is patched in the drop-in is heard of, although an ordinary `jwt.decode` never comes by there. In processes of their own: after
a patch of a class the shortcut of a process stays closed.
"""

from __future__ import annotations

import pytest

from program import told

PROGRAM = """
import datetime, json, time
from unittest import mock
from rapidjwt import jwt
from rapidjwt.jwt import algorithms, api_jws, api_jwt

KEY = "k" * 32
TOKEN = jwt.encode({"sub": "a", "exp": int(time.time()) + 600}, KEY, "HS256")

def decode():
    return jwt.decode(TOKEN, KEY, algorithms=["HS256"])

for _ in range(3):
    assert decode()["sub"] == "a"

class Heard(Exception):
    pass

def hear(*arguments, **keywords):
    raise Heard

def heard():
    try:
        decode()
    except Heard:
        return True
    return False

answers = [heard()]
with PATCH:
    answers.append(heard())
answers.append(heard())
print(json.dumps(answers))
"""

PATCHES = {
    "method of PyJWT": 'mock.patch.object(jwt.PyJWT, "_validate_claims", hear)',
    "decode of PyJWT": 'mock.patch.object(jwt.PyJWT, "decode_complete", hear)',
    "payload": 'mock.patch.object(jwt.PyJWT, "_decode_payload", hear)',
    "method of PyJWS": 'mock.patch.object(jwt.PyJWS, "_verify_signature", hear)',
    "algorithm": 'mock.patch.object(algorithms.HMACAlgorithm, "verify", hear)',
    "the global object": 'mock.patch.object(api_jwt._jwt_global_obj, "_validate_claims", hear)',
    "the global signer": 'mock.patch.object(api_jws._jws_global_obj, "_load", hear)',
    "its signer": 'mock.patch.object(api_jwt._jwt_global_obj, "_jws", mock.Mock(decode_complete=hear))',
    "json": 'mock.patch("rapidjwt.jwt.api_jwt.json.loads", hear)',
    "json as a whole": 'mock.patch("rapidjwt.jwt.api_jwt.json", mock.Mock(loads=hear))',
    "datetime": 'mock.patch("rapidjwt.jwt.api_jwt.datetime", mock.Mock(now=hear))',
}


@pytest.mark.parametrize("patch", PATCHES)
def test_a_patch_is_heard_of(half, impl, patch):
    assert told(PROGRAM.replace("PATCH", PATCHES[patch], 1), RAPIDJWT_IMPL=half) == [False, True, False]
