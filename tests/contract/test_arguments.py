"""The arguments of `Verifier`, `KeySet` and `decode_unverified`: a wrong type is a TypeError, a value that makes no sense a ValueError,
when the policy is built and not per token. Both halves say the same sentence.
"""

import decimal
import fractions

import pytest

import forge
from expect import refused, traits

NAMES = "a list or tuple of names"
STRINGS = "a string, a list or tuple of strings, or None"
SECONDS = "a number of seconds"
KEYS = "a Key, a KeySet or an iterable of Key"
NAN, INF = float("nan"), float("inf")


def wrong(name, what, *values):
    """Rows for values of a wrong type: argument, value, class, message."""
    return [(name, value, TypeError, f"{name} must be {what}, not {type(value).__name__}") for value in values]


def senseless(name, problem, *values):
    """Rows for values of the right type that make no sense."""
    return [(name, value, ValueError, f"{name} {problem}") for value in values]


ROWS = [
    *wrong("keys", KEYS, 1, None),
    *[("keys", value, TypeError, f"keys must be {KEYS}, not str") for value in (["secret"], "secret", {"kty": "oct"})],
    *wrong("algorithms", NAMES, "HS256", None, 1, {"HS256": 1}, b"HS256", iter(())),
    *senseless("algorithms", "must not be empty", [], (), set()),
    *senseless("algorithms", "has an unknown name: 'none'", ["none"], ["HS256", "none"]),
    *senseless("algorithms", "has an unknown name: 'hs256'", ["hs256"]),
    *senseless("algorithms", "has an unknown name: ''", [""]),
    ("algorithms", ["HS256", 1], TypeError, f"algorithms must be {NAMES}, not int"),
    ("algorithms", [b"HS256"], TypeError, f"algorithms must be {NAMES}, not bytes"),
    *wrong("subject", "a string or None", 1, b"user", ["user"]),
    *senseless("subject", "must not have lone surrogates", "\ud800"),
    *wrong("leeway", SECONDS, "30", True, None, [30], 30j, decimal.Decimal(30), fractions.Fraction(30)),
    *senseless("leeway", "must be finite and not negative", -1, -0.001, NAN, INF, -INF, 10**400),
    *wrong("require", NAMES, "exp", None, 1, {"exp": 1}),
    ("require", ["exp", 1], TypeError, f"require must be {NAMES}, not int"),
    *senseless("require", "must not have lone surrogates", ["\ud800"]),
    *wrong("checks", "a list or tuple of callables", print, None, 1, "check"),
    ("checks", [print, 1], TypeError, "checks must be a list or tuple of callables, not int"),
    *wrong("clock", "callable or None", 1_800_000_000, "now"),
    *wrong("allow_padding", "a bool", 1, 0, None, "yes"),
    *wrong("crypto", "a string", 1, None, b"auto", ["auto"]),
    *senseless("crypto", "must be library, portable, ifma or auto", "", "Library", "openssl", "auto "),
]
for name in ("issuer", "audience", "typ"):
    ROWS += [
        *wrong(name, STRINGS, 1, b"api", {"api": 1}, True),
        (name, ["api", None], TypeError, f"{name} must be {STRINGS}, not NoneType"),
        *senseless(name, "must not be empty", "", [], (), ["api", ""], frozenset()),
        *senseless(name, "must not have lone surrogates", "\ud800", ["\udfff"]),
    ]
for name in ("max_age", "max_lifetime"):
    ROWS += wrong(name, f"{SECONDS} or None", "30", False, [30])
    ROWS += senseless(name, "must be finite and not negative", -1, NAN, INF, 10**400)
for name, most in (("max_token_bytes", 2**30), ("max_header_bytes", 2**30), ("max_depth", 512)):
    ROWS += wrong(name, "an integer", "1", 1.0, True, None)
    ROWS += senseless(name, f"must be from 1 to {most}", 0, -1, most + 1, 10**40)


@pytest.mark.parametrize(
    ("name", "value", "cls", "message"), ROWS, ids=[f"{row[0]}-{type(row[1]).__name__}" for row in ROWS]
)
def test_verifier_arguments(verifier, impl, key, name, value, cls, message):
    options = {"keys": key("HS256"), "algorithms": ["HS256"], "issuer": None, "audience": None, name: value}
    with pytest.raises((TypeError, ValueError)) as caught:
        impl.Verifier(options.pop("keys"), **options)
    assert (type(caught.value), str(caught.value)) == (cls, message)


@pytest.mark.parametrize("missing", ["algorithms", "issuer", "audience"])
def test_three_keywords_have_no_default(impl, key, missing):
    options = {"algorithms": ["HS256"], "issuer": None, "audience": None}
    del options[missing]
    with pytest.raises(TypeError, match=missing):
        impl.Verifier(key("HS256"), **options)


def test_options_are_keywords_only(impl, key):
    with pytest.raises(TypeError, match="positional"):
        impl.Verifier(key("HS256"), ["HS256"], issuer=None, audience=None)


def test_an_unknown_keyword(verifier):
    with pytest.raises(TypeError, match="leway"):
        verifier(leway=3)


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_names_come_in_any_plain_collection(verifier, kind):
    strict = verifier(audience=kind(["api"]), issuer=kind(["i"]), typ=kind(["JWT"]), require=kind(["exp"]))
    claims = {**forge.CLAIMS, "iss": "i", "aud": "api"}
    assert strict.decode(forge.token(claims, header={"typ": "jwt"})) == claims


@pytest.mark.parametrize("value", [0, 0.0, -0.0, 30, 0.25, 1e15, 2**53])
def test_leeway_is_any_finite_number(verifier, value):
    assert verifier(leeway=value)


@pytest.mark.parametrize(
    ("name", "most"), [("max_token_bytes", 2**30), ("max_header_bytes", 2**30), ("max_depth", 512)]
)
def test_limits_may_be_as_large_as_said(verifier, name, most):
    assert verifier(**{name: most}).decode(forge.token()) == forge.CLAIMS
    assert verifier(**{name: 1})


def test_arguments_are_checked_in_the_order_of_the_signature(impl, key):
    names = [
        "algorithms",
        "issuer",
        "audience",
        "subject",
        "leeway",
        "require",
        "typ",
        "max_age",
        "max_lifetime",
        "checks",
        "clock",
    ]
    names += ["max_token_bytes", "max_header_bytes", "max_depth", "allow_padding", "crypto"]
    good = {"algorithms": ["HS256"], "issuer": None, "audience": None}
    wrong_from_here = {name: object() for name in names}
    with pytest.raises(TypeError, match=r"^keys must be"):
        impl.Verifier(object(), **wrong_from_here)
    for name in names:
        with pytest.raises(TypeError, match=rf"^{name} must be"):
            impl.Verifier(key("HS256"), **good | wrong_from_here)
        del wrong_from_here[name]


def test_keys_that_fit_none_of_the_algorithms(verifier, key):
    with pytest.raises(ValueError, match=r"^keys fit none of the algorithms$"):
        verifier("ES256", keys=key("HS256"))
    assert verifier("ES256", "HS256", keys=key("HS256"))


def test_a_set_without_keys_is_allowed_and_refuses_everything(impl, verifier):
    for keys in ([], (), impl.KeySet([])):
        with refused("key_unknown"):
            verifier(keys=keys).decode(forge.token())


def test_private_keys_do_not_belong_in_a_verifier(verifier, key, signing_key):
    for algorithm in ("RS256", "ES256", "EdDSA"):
        with refused("key_private"):
            verifier(algorithm, keys=signing_key(algorithm))
        with refused("key_private"):
            verifier(algorithm, keys=[key(algorithm), signing_key(algorithm, kid="k")])
        assert verifier(algorithm, keys=signing_key(algorithm).public())


def test_keys_come_one_or_many(impl, verifier, key):
    one = key("HS256")
    for keys in (one, [one], (one,), {one}, iter([one]), (each for each in [one]), impl.KeySet([one])):
        assert verifier(keys=keys).decode(forge.token()) == forge.CLAIMS


def test_algorithms_as_given(verifier):
    assert verifier("RS256", "HS256").algorithms == ("RS256", "HS256")


@pytest.mark.parametrize("keys", [None, 1, "k", [1], [None]], ids=repr)
def test_key_set_wants_keys(impl, keys):
    with pytest.raises(TypeError, match=r"^keys must be an iterable of Key, not (NoneType|int|str)$"):
        impl.KeySet(keys)


@pytest.mark.parametrize("name", ["max_token_bytes", "max_header_bytes", "max_depth"])
@pytest.mark.parametrize("value", [0, -1, 2**40, True, "1", None, 1.0], ids=repr)
def test_limits_of_decode_unverified(both, name, value):
    said = []
    for half in both:
        with pytest.raises((TypeError, ValueError), match=rf"^{name} must be") as caught:
            half.decode_unverified("a.b.c", **{name: value})
        said.append(traits(caught.value))
    assert said[0] == said[1]


CALLS = {
    "from_pem type": lambda half: half.Key.from_pem(1),
    "from_der type": lambda half: half.Key.from_der("text"),
    "from_der bytearray": lambda half: half.Key.from_der(bytearray(b"x")),
    "from_openssh type": lambda half: half.Key.from_openssh(None),
    "from_jwk type": lambda half: half.Key.from_jwk(1),
    "from_jwk list": lambda half: half.Key.from_jwk([]),
    "from_secret type": lambda half: half.Key.from_secret(1, algorithm="HS256"),
    "from_secret bytearray": lambda half: half.Key.from_secret(bytearray(32), algorithm="HS256"),
    "from_secret algorithm type": lambda half: half.Key.from_secret(b"x" * 32, algorithm=None),
    "from_secret algorithm name": lambda half: half.Key.from_secret(b"x" * 32, algorithm="hs256"),
    "from_secret quoted name": lambda half: half.Key.from_secret(b"x" * 32, algorithm="it's \"\n\u00e9"),
    "from_secret surrogate name": lambda half: half.Key.from_secret(b"x" * 32, algorithm="\ud800"),
    "from_file type": lambda half: half.Key.from_file(1.5),
    "from_file None": lambda half: half.Key.from_file(None),
    "from_file int": lambda half: half.Key.from_file(0),
    "from_file bytes": lambda half: half.Key.from_file(b"/nowhere"),
    "keyset from_file type": lambda half: half.KeySet.from_file(1.5),
    "algorithm type": lambda half: half.Key.from_pem("", algorithm=1),
    "algorithm name": lambda half: half.Key.from_pem("", algorithm="none"),
    "kid type": lambda half: half.Key.from_pem("", kid=1),
    "kid surrogate": lambda half: half.Key.from_pem("", kid="\ud800"),
    "password type": lambda half: half.Key.from_pem("", password=1),
    "allow_weak type": lambda half: half.Key.from_pem("", allow_weak=1),
    "allow_weak None": lambda half: half.Key.from_pem("", allow_weak=None),
    "text and options": lambda half: half.Key.from_pem(1, algorithm=1, kid=1, password=1, allow_weak=1),
    "all options": lambda half: half.Key.from_pem("", algorithm=1, kid=1, password=1, allow_weak=1),
    "kid before password": lambda half: half.Key.from_pem("", kid=1, password=1, allow_weak=1),
    "password before allow_weak": lambda half: half.Key.from_pem("", password=1, allow_weak=1),
    "secret and algorithm": lambda half: half.Key.from_secret(1, algorithm=1),
    "secret algorithm and kid": lambda half: half.Key.from_secret(b"", algorithm=1, kid=1),
    "jwk and options": lambda half: half.Key.from_jwk(1, kid=1),
    "file and options": lambda half: half.Key.from_file("/nowhere", kid=1),
    "generate type": lambda half: half.Key.generate(1),
    "generate name": lambda half: half.Key.generate("RS1"),
    "generate kid": lambda half: half.Key.generate("HS256", kid=1),
    "generate bits type": lambda half: half.Key.generate("HS256", bits="256"),
    "generate bits bool": lambda half: half.Key.generate("HS256", bits=True),
    "generate bits short": lambda half: half.Key.generate("HS256", bits=128),
    "generate bits odd": lambda half: half.Key.generate("HS256", bits=257),
    "generate bits huge": lambda half: half.Key.generate("HS256", bits=10**30),
    "generate bits negative": lambda half: half.Key.generate("HS256", bits=-8),
    "generate bits rsa": lambda half: half.Key.generate("RS256", bits=2049),
    "generate bits rsa small": lambda half: half.Key.generate("PS256", bits=1024),
    "generate bits ec": lambda half: half.Key.generate("ES256", bits=256),
    "generate bits okp": lambda half: half.Key.generate("EdDSA", bits=256),
    "generate kid before bits": lambda half: half.Key.generate("HS256", kid=1, bits="x"),
    "thumbprint name": lambda half: half.Key.generate("HS256").thumbprint(hash="SHA-1"),
    "thumbprint case": lambda half: half.Key.generate("HS256").thumbprint(hash="sha-256"),
    "thumbprint type": lambda half: half.Key.generate("HS256").thumbprint(hash=256),
    "to_pem type": lambda half: half.Key.generate("ES256").to_pem(private=1),
    "to_der type": lambda half: half.Key.generate("ES256").to_der(private=None),
    "to_jwk type": lambda half: half.Key.generate("ES256").to_jwk(private="yes"),
    "to_jwks type": lambda half: half.KeySet([]).to_jwks(private=1),
    "get type": lambda half: half.KeySet([]).get(1),
    "from_jwks type": lambda half: half.KeySet.from_jwks(1),
    "from_jwks list": lambda half: half.KeySet.from_jwks([]),
    "from_jwks allow_weak": lambda half: half.KeySet.from_jwks("", allow_weak=1),
    "from_jwks both": lambda half: half.KeySet.from_jwks(1, allow_weak=1),
    "decode_unverified both": lambda half: half.decode_unverified(1, max_depth=0),
    "decode both": lambda half: _verifier(half).decode(1, into=1),
    "verify_many type": lambda half: _verifier(half).verify_many(1),
    "verify_many item": lambda half: _verifier(half).verify_many(["a", 1]),
    "replace_keys type": lambda half: _verifier(half).replace_keys(1),
    "replace_keys item": lambda half: _verifier(half).replace_keys([1]),
    "sign_compact key": lambda half: half.sign_compact(1, "HS256", b"", b""),
    "sign_compact algorithm": lambda half: half.sign_compact(half.Key.generate("HS256"), "none", b"", b""),
    "sign_compact algorithm type": lambda half: half.sign_compact(half.Key.generate("HS256"), 1, b"", b""),
    "sign_compact header": lambda half: half.sign_compact(half.Key.generate("HS256"), "HS256", "{}", b""),
    "sign_compact payload": lambda half: half.sign_compact(half.Key.generate("HS256"), "HS256", b"{}", "{}"),
    "sign_compact_with callable": lambda half: half.sign_compact_with(1, "ES256", b"", b""),
    "sign_compact_with hmac": lambda half: half.sign_compact_with(len, "HS256", b"", b""),
    "sign_compact_with name": lambda half: half.sign_compact_with(len, "none", b"", b""),
    "sign_compact_with header": lambda half: half.sign_compact_with(len, "ES256", "", b""),
}
"""Calls with an argument that is wrong whatever the other half says of it."""


def _verifier(half):
    return half.Verifier(half.Key.generate("HS256"), algorithms=["HS256"], issuer=None, audience=None)


@pytest.mark.parametrize("name", CALLS)
def test_both_halves_say_the_same(both, name):
    said = []
    for half in both:
        with pytest.raises((TypeError, ValueError)) as caught:
            CALLS[name](half)
        said.append(traits(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("name", "message"),
    {
        "from_pem type": "pem must be str or bytes, not int",
        "from_der type": "der must be bytes, not str",
        "from_jwk type": "jwk must be a mapping, str or bytes, not int",
        "from_secret algorithm type": "algorithm must be a string, not NoneType",
        "from_secret algorithm name": "algorithm is unknown: 'hs256'",
        "algorithm type": "algorithm must be a string or None, not int",
        "algorithm name": "algorithm is unknown: 'none'",
        "kid type": "kid must be a string or None, not int",
        "allow_weak type": "allow_weak must be a bool, not int",
        "generate bits type": "bits must be an integer or None, not str",
        "thumbprint name": "hash must be SHA-256, SHA-384 or SHA-512",
        "from_jwks type": "document must be a mapping, str or bytes, not int",
        "to_jwk type": "private must be a bool, not str",
        "verify_many item": "token must be str or bytes, not int",
    }.items(),
)
def test_sentences(impl, name, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        CALLS[name](impl)
    assert str(caught.value) == message


def test_algorithms_are_shown_as_given(impl):
    key = impl.Key.from_secret(b"k" * 32, algorithm="HS256")
    verifier = impl.Verifier(key, algorithms=["HS256", "HS256"], issuer=None, audience=None)
    assert verifier.algorithms == ("HS256", "HS256")
    assert repr(verifier) == "<Verifier algorithms=HS256,HS256>"


@pytest.mark.parametrize("name", ["keys", "algorithms", "issuer", "audience"])
def test_an_ellipsis_is_no_argument(impl, name):
    key = impl.Key.from_secret(b"k" * 32, algorithm="HS256")
    given = {"keys": key, "algorithms": ["HS256"], "issuer": None, "audience": None, name: ...}
    with pytest.raises(TypeError, match=f"missing required argument: '{name}'"):
        impl.Verifier(**given)
