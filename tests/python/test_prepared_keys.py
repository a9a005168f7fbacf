"""`crypto=` and RAPIDJWT_CRYPTO: the same decisions on every path, tables for hot keys, and what is told about them."""

from __future__ import annotations

import base64
import gc
import json
import os
import subprocess
import sys
from random import Random

import pytest

import rapidjwt
from rapidjwt._impl import IMPL, crypto_state, sign_compact

HOT = 310
"""More accepted tokens than a table needs."""

ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": int("f" * 48 + "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16),
}

native = pytest.mark.skipif(IMPL != "native", reason="the pure half has no tables")


def verifier(key, crypto="auto"):
    return rapidjwt.Verifier(
        key.public(), algorithms=key.algorithms, issuer=None, audience=None, require=(), crypto=crypto
    )


def token(key, number=0):
    header = b'{"alg":"%s"}' % key.algorithms[0].encode()
    return sign_compact(key, key.algorithms[0], header, b'{"jti":"%d"}' % number)


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "RAPIDJWT_IMPL": IMPL, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("crypto", ["library", "portable", "ifma", "auto"])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA", "RS256"])
def test_every_choice_takes_the_same_decisions(algorithm, crypto):
    key = rapidjwt.Key.generate(algorithm)
    judge = verifier(key, crypto)
    good = token(key)
    head, _, signature = good.rpartition(".")
    middle = len(signature) // 2
    changed = "A" if signature[middle] != "A" else "B"
    bad = f"{head}.{signature[:middle]}{changed}{signature[middle + 1 :]}"
    for _ in range(HOT):
        assert judge.decode(good) == {"jti": "0"}
    for number in range(20):
        assert judge.decode(token(key, number)) == {"jti": str(number)}
        with pytest.raises(rapidjwt.InvalidTokenError) as caught:
            judge.decode(bad)
        assert caught.value.code == "bad_signature"


@native
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
def test_accepted_tokens_make_a_table_and_refused_ones_do_not(algorithm):
    key = rapidjwt.Key.generate(algorithm)
    judge = verifier(key)
    forged = token(rapidjwt.Key.generate(algorithm))
    before = crypto_state()
    for _ in range(HOT):
        assert not judge.verify_many([forged])[0].ok
    assert crypto_state()["tables"] <= before["tables"]
    for _ in range(HOT):
        judge.verify(token(key))
    state = crypto_state()
    assert 0 < state["table_bytes"] <= state["budget_bytes"] == 16 << 20
    assert state["checks"] > before["checks"]
    assert state["disagreements"] == 0


@native
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
def test_a_good_signature_on_a_token_that_is_refused_makes_no_table(algorithm):
    """Somebody who has an old token can send it as often as he likes."""
    key = rapidjwt.Key.generate(algorithm)
    judge = verifier(key)
    header = b'{"alg":"%s"}' % algorithm.encode()
    expired = sign_compact(key, algorithm, header, b'{"exp":1}')
    before = crypto_state()["tables"]
    for _ in range(4 * HOT):
        assert judge.verify_many([expired])[0].code == "expired"
    assert crypto_state()["tables"] <= before
    for _ in range(HOT):
        judge.verify(token(key))
    assert crypto_state()["tables"] == before + 1


@native
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
def test_tables_decide_as_openssl_does(algorithm):
    """Signatures with one or more bits turned, numbers at their edges, and good ones, for a key that has a table."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    digest = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384()}.get(algorithm)
    order = ORDERS.get(algorithm, ORDERS["ES256"])
    size = order.bit_length() // 8

    def accepts(signing_input, signature):
        try:
            if digest:
                numbers = (int.from_bytes(half, "big") for half in (signature[:size], signature[size:]))
                other.verify(utils.encode_dss_signature(*numbers), signing_input, ec.ECDSA(digest))
            else:
                other.verify(signature, signing_input)
        except InvalidSignature:
            return False
        return True

    key = rapidjwt.Key.generate(algorithm)
    judge, other = verifier(key), load_pem_public_key(key.public().to_pem().encode())
    for _ in range(HOT):
        judge.verify(token(key))
    random = Random(5)
    most = 2 ** (8 * size) - 1
    edges = [number.to_bytes(size, "big") for number in (0, 1, order - 1, order, order + 1, most)]
    decisions = []
    for number in range(600):
        head, _, text = token(key, number).rpartition(".")
        signature = bytearray(base64.urlsafe_b64decode(text + "=="))
        for _ in range(random.choice([0, 0, 1, 2])):
            signature[random.randrange(2 * size)] ^= 1 << random.randrange(8)
        if random.random() < 0.2:
            place = random.choice([0, size])
            signature[place : place + size] = random.choice(edges)
        if digest and random.random() < 0.3:
            value = order - int.from_bytes(signature[size:], "big")
            signature[size:] = (value & most).to_bytes(size, "big")
        text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
        decision = bool(judge.verify_many([f"{head}.{text}"])[0])
        assert decision == accepts(head.encode(), bytes(signature))
        decisions.append(decision)
    assert 100 < sum(decisions) < 500
    assert crypto_state()["disagreements"] == 0


@native
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
def test_where_memory_is_refused_tokens_are_verified_without_tables():
    code = f"""
import resource
import rapidjwt
from rapidjwt._impl import crypto_state, sign_compact
key = rapidjwt.Key.generate("EdDSA")
judge = rapidjwt.Verifier(key.public(), algorithms=["EdDSA"], issuer=None, audience=None, require=())
token = sign_compact(key, "EdDSA", b'{{"alg":"EdDSA"}}', b"{{}}")
judge.verify(token)
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + (3 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for _ in range(4 * {HOT}):
    judge.verify(token)
print(crypto_state()["tables"])
"""
    done = python(code)
    assert (done.returncode, done.stdout.split()) == (0, ["0"]), done.stderr


TABLES = "tables of hot keys"


@native
def test_the_state_says_which_path_and_why():
    paths = crypto_state()["paths"]
    assert set(paths) == {row.name for row in rapidjwt._impl.algorithm_table()}
    for name in ("ES256", "EdDSA", "Ed25519"):
        assert paths[name] in (
            ("portable", f"{TABLES}; the CPU has no AVX-512 IFMA"),
            ("portable", f"{TABLES}; AVX-512 IFMA is tested when the first key is hot"),
            ("ifma", f"{TABLES}, in AVX-512 IFMA"),
        )
    assert paths["ES384"] == ("portable", f"{TABLES}; AVX-512 IFMA is not used for P-384")
    assert paths["HS256"] == paths["ES512"] == ("library", "there is no other")


PATHS = """
from rapidjwt._impl import crypto_state
untested = crypto_state()["paths"]
tested = crypto_state(test=True)["paths"]
assert crypto_state()["paths"] == tested
print([[paths[name][0] for name in ("ES256", "EdDSA", "ES384", "RS256", "HS256")] for paths in (untested, tested)])
"""


def paths(**environment):
    done = python(PATHS, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.replace("'", '"'))


def test_no_algorithm_is_said_to_use_instructions_that_were_not_tested_with_it():
    from rapidjwt.cli import doctor

    nowhere = ["library"] * 5
    without = ["portable", "portable", "portable", "library", "library"]
    with_them, features = list(without), doctor.collect()["cpu_features"]
    if "avx512ifma" in features:
        with_them = ["ifma", "ifma", "portable", "ifma", "library"]
    elif {"avx2", "fma"} <= set(features):
        with_them[3] = "fma"
    if IMPL != "native":
        without = with_them = nowhere
    assert paths(RAPIDJWT_CRYPTO="library") == [nowhere, nowhere]
    assert paths(RAPIDJWT_CRYPTO="portable") == [without, without]
    for choice in ("", "auto", "ifma"):
        assert paths(RAPIDJWT_CRYPTO=choice) == [without, with_them]


def test_what_is_no_bool_does_not_ask_for_a_test():
    with pytest.raises(TypeError, match="test must be a bool"):
        crypto_state(test=1)


def test_doctor_says_whether_the_cpu_has_the_instructions():
    from rapidjwt.cli import doctor

    facts = doctor.collect()
    if IMPL != "native":
        assert facts["crypto_paths"]["ES256"] == "library (the pure half has no other path)"
    elif "avx512ifma" in facts["cpu_features"]:
        assert facts["crypto_paths"]["ES256"] == f"ifma ({TABLES}, in AVX-512 IFMA)"
    else:
        assert facts["crypto_paths"]["ES256"] == f"portable ({TABLES}; the CPU has no AVX-512 IFMA)"
    if IMPL == "native":
        assert facts["crypto_paths"]["ES384"] == f"portable ({TABLES}; AVX-512 IFMA is not used for P-384)"


def test_the_environment_turns_tables_off():
    code = "from rapidjwt._impl import crypto_state; s = crypto_state(); print(s['choice'], s['paths']['ES256'][0])"
    assert python(code, RAPIDJWT_CRYPTO="library").stdout.split() == ["library", "library"]
    portable = "portable" if IMPL == "native" else "library"
    for choice in ("ifma", "auto", "portable"):
        assert python(code, RAPIDJWT_CRYPTO=choice).stdout.split() == [choice, portable]
    assert python(code, RAPIDJWT_CRYPTO="").stdout.split() == ["auto", portable]


@native
@pytest.mark.parametrize(
    ("algorithm", "asked"), [("ES256", "portable"), ("ES256", "ifma"), ("ES384", "ifma"), ("RS256", "ifma")]
)
def test_the_environment_takes_away_from_what_the_keyword_asks_for(algorithm, asked):
    code = f"""
import rapidjwt
from rapidjwt._impl import crypto_state, sign_compact
key = rapidjwt.Key.generate("{algorithm}")
judge = rapidjwt.Verifier(key.public(), algorithms=["{algorithm}"], issuer=None, audience=None, require=(), crypto="{asked}")
token = sign_compact(key, "{algorithm}", b'{{"alg":"{algorithm}"}}', b"{{}}")
for _ in range({HOT}):
    judge.verify(token)
state = crypto_state()
print(state["tables"], state["paths"]["{algorithm}"][0])
"""
    is_rsa, path = algorithm == "RS256", crypto_state(test=True)["paths"][algorithm][0]
    assert python(code, RAPIDJWT_CRYPTO="library").stdout.split() == ["0", "library"]
    portable = ["0", "library"] if is_rsa else ["1", "portable"]
    assert python(code, RAPIDJWT_CRYPTO="portable").stdout.split() == portable
    assert python(code, RAPIDJWT_CRYPTO="auto").stdout.split() == (["1", path] if path in ("fma", "ifma") else portable)


def test_an_unknown_choice_in_the_environment_is_heard_of():
    done = python("import rapidjwt", RAPIDJWT_CRYPTO="openssl")
    assert done.returncode == 1
    assert "ImportError: RAPIDJWT_CRYPTO must be library, portable, ifma or auto, not 'openssl'" in done.stderr


@native
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_at_any_moment_leaves_a_child_that_verifies_and_builds():
    """Children are made while threads build tables."""
    code = f"""
import os, threading, warnings
import rapidjwt
from rapidjwt._impl import crypto_state, sign_compact
warnings.simplefilter("ignore", DeprecationWarning)

def judge_of(algorithm):
    key = rapidjwt.Key.generate(algorithm)
    judge = rapidjwt.Verifier(key.public(), algorithms=[algorithm], issuer=None, audience=None, require=())
    return judge, sign_compact(key, algorithm, b'{{"alg":"%s"}}' % algorithm.encode(), b"{{}}")

judges = []

def build(count):
    for number in range(count):
        judge, token = judge_of(("ES256", "EdDSA", "ES384")[number % 3])
        for _ in range({HOT}):
            assert judge.verify_many([token], threads=1)[0].ok
        judges.append(judge)

threads = [threading.Thread(target=build, args=(6,)) for _ in range(3)]
[thread.start() for thread in threads]
children = []
while any(thread.is_alive() for thread in threads):
    child = os.fork()
    if not child:
        before = crypto_state()["tables"]
        build(2)
        state = crypto_state()
        os._exit(0 if state["tables"] >= before + 2 and not state["disagreements"] else 1)
    children.append(child)
    threads[0].join(0.02)
    if len(children) > 12:
        break
[thread.join() for thread in threads]
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.strip("[]\n").split(", ")) == {"0"}, done.stdout


@native
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
def test_a_key_that_is_read_again_keeps_its_tables(algorithm):
    key = rapidjwt.Key.generate(algorithm, kid="1")
    good, check = token(key), verifier(key)
    before = crypto_state()["tables"]
    for _ in range(HOT):
        check.verify(good)
    assert crypto_state()["tables"] == before + 1
    for _ in range(3):
        check.replace_keys(rapidjwt.Key.from_jwk(key.public().to_jwk()))
        gc.collect()
        check.verify(good)
        assert crypto_state()["tables"] == before + 1
