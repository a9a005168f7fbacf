"""`Shortcut`: whatever is not ordinary goes to the other, with all its arguments; the native half answers the rest itself."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

SECRET = bytes(range(32))
NAMESPACE = {"seam": object()}


class Jwk:
    """What PyJWK has that matters here."""

    def __init__(self) -> None:
        self.key = SECRET
        self.algorithm_name = "HS256"
        self.Algorithm = object()
        self._shortcut: object = None


class Base:
    def method(self):
        """Replaced by somebody."""


class Guarded(Base):
    decode = Base.method


class Other:
    """The way for all other calls: keeps their arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def __call__(self, *arguments: object, **others: object) -> dict[str, str]:
        self.calls.append((arguments, others))
        return {"other": "way"}


def make(impl, algorithm="HS256", secret=SECRET):
    other = Other()
    shortcut = impl.Shortcut(other, [(NAMESPACE, "seam")], [NAMESPACE, Guarded], Jwk)
    shortcut.learn(secret, algorithm, lambda: impl.Key.from_secret(secret, algorithm=algorithm))
    return shortcut, other


def signed(impl, claims, *, algorithm="HS256", secret=SECRET, header=None):
    key = impl.Key.from_secret(secret, algorithm=algorithm)
    header = {"alg": algorithm, "typ": "JWT"} | (header or {})
    return impl.sign_compact(key, algorithm, json.dumps(header).encode(), json.dumps(claims).encode())


@pytest.fixture
def ordinary(impl):
    """Does this half have answers of its own?"""
    return impl.IMPL == "native"


NOW = int(time.time())
CLAIMS = {"sub": "a", "exp": NOW + 600, "iat": NOW, "iss": "i", "aud": ["x", "y"], "n": 10**30, "f": 0.1}

ORDINARY = {
    "list": {"algorithms": ["HS256"]},
    "tuple": {"algorithms": ("HS512", "HS256", "none", "XX")},
    "set": {"algorithms": {"HS256"}},
    "issuer": {"algorithms": ["HS256"], "issuer": "i"},
    "issuers": {"algorithms": ["HS256"], "issuer": ["h", "i"]},
    "issuer set": {"algorithms": ["HS256"], "issuer": frozenset({"i"})},
    "subject": {"algorithms": ["HS256"], "subject": "a"},
    "leeway": {"algorithms": ["HS256"], "leeway": 10},
    "str": {"algorithms": "HS256"},
    "names in a str": {"algorithms": "RS256,HS256"},
    "leeway timedelta": {"algorithms": ["HS256"], "leeway": timedelta(days=1, microseconds=1)},
    "leeway float": {"algorithms": ["HS256"], "leeway": 0.5},
    "no options": {"algorithms": ["HS256"], "options": {}},
    "require": {"algorithms": ["HS256"], "options": {"require": ["exp", "n"], "verify_exp": True, "other": 1}},
    "unchecked": {"algorithms": ["HS256"], "options": {"verify_iss": False}, "issuer": "z"},
}

UNUSUAL = {
    "no algorithms": {},
    "str": {"algorithms": "HS25"},
    "timedelta": {"algorithms": ["HS256"], "leeway": timedelta(seconds=-1)},
    "generator": {"algorithms": (name for name in ["HS256"])},
    "not allowed": {"algorithms": ["HS512"]},
    "Ed25519": {"algorithms": ["Ed25519"]},
    "verify": {"algorithms": ["HS256"], "verify": True},
    "detached": {"algorithms": ["HS256"], "detached_payload": b""},
    "keyword": {"algorithms": ["HS256"], "other": 1},
    "key": {"algorithms": ["HS256"], "key": SECRET[:31]},
    "key none": {"algorithms": ["HS256"], "key": None},
    "key bytearray": {"algorithms": ["HS256"], "key": bytearray(SECRET)},
    "issuer": {"algorithms": ["HS256"], "issuer": "j"},
    "issuer bytes": {"algorithms": ["HS256"], "issuer": b"i"},
    "issuer dict": {"algorithms": ["HS256"], "issuer": {"i": 1}},
    "audience": {"algorithms": ["HS256"], "audience": "z"},
    "audience empty": {"algorithms": ["HS256"], "audience": ["", "x"]},
    "audience mixed": {"algorithms": ["HS256"], "audience": ["x", 1]},
    "no audience": {"algorithms": ["HS256"], "audience": None},
    "subject": {"algorithms": ["HS256"], "subject": "b"},
    "leeway bool": {"algorithms": ["HS256"], "leeway": True},
    "leeway nan": {"algorithms": ["HS256"], "leeway": float("nan")},
    "leeway inf": {"algorithms": ["HS256"], "leeway": float("inf")},
    "leeway negative": {"algorithms": ["HS256"], "leeway": -1},
    "require": {"algorithms": ["HS256"], "options": {"require": ["tenant"]}},
    "require str": {"algorithms": ["HS256"], "options": {"require": "exp"}},
    "no signature, but a claim": {"options": {"verify_signature": False, "verify_exp": True}},
    "no signature, but a name": {"options": {"verify_signature": False, "require": ["tenant"]}},
    "no signature, truthy": {"options": {"verify_signature": 0}},
    "strict aud": {"algorithms": ["HS256"], "options": {"strict_aud": True}},
    "truthy": {"algorithms": ["HS256"], "options": {"verify_exp": 1}},
    "option name": {"algorithms": ["HS256"], "options": {1: True}},
}


@pytest.mark.parametrize("case", ORDINARY)
@pytest.mark.parametrize("kind", [str, bytes])
def test_ordinary_calls(impl, ordinary, case, kind):
    shortcut, other = make(impl)
    token = signed(impl, CLAIMS)
    arguments = {"audience": "x", "key": SECRET} | ORDINARY[case]
    claims = shortcut.decode(token if kind is str else token.encode(), **arguments)
    assert claims == (CLAIMS if ordinary else {"other": "way"})
    assert list(claims) == (list(CLAIMS) if ordinary else ["other"])
    assert len(other.calls) == (not ordinary)


@pytest.mark.parametrize("options", [{}, {"verify_aud": False}, {"require": ["n", "exp"]}, {"verify_exp": False}])
def test_without_the_signature(impl, ordinary, options):
    shortcut, other = make(impl)
    forged = signed(impl, CLAIMS | {"exp": 1}, secret=bytes(32))
    claims = shortcut.decode(forged, options={"verify_signature": False, **options})
    assert claims == (CLAIMS | {"exp": 1} if ordinary else {"other": "way"})
    assert len(other.calls) == (not ordinary)
    for bad in (forged + "=", forged[:-2], forged.replace(".", "..", 1), "", None):
        assert shortcut.decode(bad, options={"verify_signature": False}) == {"other": "way"}


def test_headers(impl, ordinary):
    shortcut, _ = make(impl)
    header = {"alg": "HS256", "typ": "JWT", "kid": "a", "x": {"y": [1, None]}}
    token = signed(impl, CLAIMS, header=header)
    assert shortcut.header(token) == shortcut.header(token.encode()) == (header if ordinary else None)
    for bad in (token + "=", token[:-2], token.replace(".", "..", 1), "", None, bytearray(token, "ascii"), "a.b.c"):
        assert shortcut.header(bad) is None
    for odd in ({"kid": 1}, {"crit": ["b64"], "b64": True}, {"typ": 1}, {"alg": None}):
        assert shortcut.header(signed(impl, CLAIMS, header=odd)) is None
    shortcut.disable()
    assert shortcut.header(token) is None


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_calls_are_passed_on_whole(impl, case):
    shortcut, other = make(impl)
    given = {"key": SECRET, "audience": "x"} | UNUSUAL[case]
    token = signed(impl, CLAIMS)
    assert shortcut.decode(token, **given) == {"other": "way"}
    assert other.calls == [((token,), given)]


def test_arguments_that_make_no_call(impl):
    shortcut, other = make(impl)
    for arguments, keywords in [((), {}), (range(11), {}), (("a",), {"jwt": "b"}), ((), {"jwt": "a", "": 1})]:
        shortcut.decode(*arguments, **keywords)
        assert other.calls[-1] == ((*arguments,), keywords)


def test_names_of_keywords_need_not_be_interned(impl, ordinary):
    shortcut, other = make(impl)
    keywords = dict(json.loads('{"algorithms": ["HS256"], "audience": "x"}'))
    assert shortcut.decode(signed(impl, CLAIMS), SECRET, **keywords) == (CLAIMS if ordinary else {"other": "way"})
    assert len(other.calls) == (not ordinary)


def tokens(impl):
    good = signed(impl, CLAIMS)
    head, payload, signature = good.split(".")
    yield "expired", signed(impl, CLAIMS | {"exp": NOW - 1})
    yield "exp as text", signed(impl, CLAIMS | {"exp": str(NOW + 600)})
    yield "early", signed(impl, CLAIMS | {"nbf": NOW + 600})
    yield "forged", f"{head}.{payload}.{signature[:-2]}AA"
    yield "padded", good + "="
    yield "critical", signed(impl, CLAIMS, header={"crit": ["b64"], "b64": True})
    yield "kid", signed(impl, CLAIMS, header={"kid": 1})
    yield "space", good + " "
    yield "other key", signed(impl, CLAIMS, secret=SECRET[::-1])
    yield "other alg", signed(impl, CLAIMS, algorithm="HS512", secret=SECRET * 2)
    yield "empty", ""


def test_a_token_that_is_not_accepted_is_not_refused_either(impl):
    shortcut, other = make(impl)
    for count, (name, token) in enumerate(tokens(impl), 1):
        answer = shortcut.decode(token, SECRET, ["HS256"], None, None, None, "x", None, "i")
        assert (answer, len(other.calls)) == ({"other": "way"}, count), name


def test_tokens_of_other_types_are_passed_on(impl):
    class Text(str):
        __slots__ = ()

    shortcut, other = make(impl)
    token = signed(impl, CLAIMS)
    for given in (None, 1, bytearray(token, "ascii"), Text(token), "\ud800"):
        assert shortcut.decode(given, SECRET, ["HS256"], audience="x") == {"other": "way"}
    assert len(other.calls) == 5


def test_what_the_other_raises_passes_through(impl):
    def fail(*_: object, **__: object) -> dict[str, str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        impl.Shortcut(fail, [], [], Jwk).decode("", "", ["HS256"])


def test_keys_are_learned_once_and_forgotten(impl, ordinary):
    shortcut, _ = make(impl)
    shortcut.learn(SECRET, "HS256", lambda: pytest.fail("asked for a key that is known") if ordinary else None)
    token = signed(impl, CLAIMS)
    shortcut.decode(token, SECRET, ["HS256"], audience="x")
    assert shortcut.sizes() == ((1, 1) if ordinary else (0, 0))
    shortcut.clear()
    assert shortcut.sizes() == (0, 0)
    assert shortcut.decode(token, SECRET, ["HS256"], audience="x") == {"other": "way"}


def test_a_key_that_cannot_be_prepared_is_not_remembered(impl):
    shortcut, _ = make(impl)
    shortcut.clear()
    if impl.IMPL == "native":
        with pytest.raises(ZeroDivisionError):
            shortcut.learn(b"k", "HS256", lambda: 1 / 0)
        with pytest.raises(ValueError, match="algorithm is unknown"):
            shortcut.learn(b"k", "none", lambda: None)
    assert shortcut.sizes() == (0, 0)


def test_a_patched_seam_leaves_all_to_the_other(impl, ordinary, monkeypatch):
    shortcut, _ = make(impl)
    call = (signed(impl, CLAIMS), SECRET, ["HS256"], None, None, None, "x")
    before = shortcut.decode(*call)
    with monkeypatch.context() as patch:
        patch.setitem(NAMESPACE, "seam", None)
        assert shortcut.decode(*call) == {"other": "way"}
    assert shortcut.decode(*call) == before == (CLAIMS if ordinary else {"other": "way"})
    with pytest.raises(KeyError):
        impl.Shortcut(print, [(NAMESPACE, "absent")], [], Jwk)


@pytest.mark.parametrize("cls", [Base, Guarded])
def test_a_patched_class_leaves_all_to_the_other(impl, ordinary, monkeypatch, cls):
    shortcut, _ = make(impl)
    call = (signed(impl, CLAIMS), SECRET, ["HS256"], None, None, None, "x")
    for _ in range(3):
        Guarded().method()
        assert shortcut.decode(*call) == (CLAIMS if ordinary else {"other": "way"})
    monkeypatch.setattr(cls, "method", lambda self: None)
    for _ in range(3):
        Guarded().method()
        assert shortcut.decode(*call) == {"other": "way"}


def test_a_name_more_leaves_all_to_the_other(impl, ordinary, monkeypatch):
    shortcut, _ = make(impl)
    call = (signed(impl, CLAIMS), SECRET, ["HS256"], None, None, None, "x")
    with monkeypatch.context() as patch:
        patch.setitem(NAMESPACE, "more", None)
        assert shortcut.decode(*call) == {"other": "way"}
    assert shortcut.decode(*call) == (CLAIMS if ordinary else {"other": "way"})
    with pytest.raises(TypeError, match="guards must be classes and dicts, not int"):
        impl.Shortcut(print, [], [1], Jwk)


def test_the_clock_is_asked_by_name(impl, ordinary, monkeypatch):
    shortcut, other = make(impl)
    token = signed(impl, CLAIMS)
    for now in (NOW + 700.0, NOW - 700.0, float("nan"), 5, None):
        monkeypatch.setattr("time.time", lambda now=now: now)
        assert shortcut.decode(token, SECRET, ["HS256"], audience="x") == {"other": "way"}
    monkeypatch.setattr("time.time", lambda: NOW + 599.0)
    assert shortcut.decode(token, SECRET, ["HS256"], audience="x") == (CLAIMS if ordinary else {"other": "way"})
    assert len(other.calls) == 5 + (not ordinary)


def test_after_disable_all_goes_to_the_other(impl):
    shortcut, _ = make(impl)
    shortcut.disable()
    shortcut.learn(SECRET, "HS256", lambda: impl.Key.from_secret(SECRET, algorithm="HS256"))
    assert shortcut.decode(signed(impl, CLAIMS), SECRET, ["HS256"], audience="x") == {"other": "way"}


def test_jwk_objects(impl, ordinary):
    shortcut, _ = make(impl)
    shortcut.clear()
    token, jwk = signed(impl, CLAIMS), Jwk()
    own = CLAIMS if ordinary else {"other": "way"}

    def decode(algorithms=None, key=jwk):
        return shortcut.decode(token, key, algorithms, audience="x")

    assert decode() == {"other": "way"}
    shortcut.learn_jwk(SECRET, "HS256", lambda: impl.Key.from_secret(SECRET, algorithm="HS256"))
    assert decode() == {"other": "way"}
    jwk._shortcut = (SECRET, jwk.key, jwk.algorithm_name)
    assert decode() == {"other": "way"}
    jwk._shortcut = (SECRET, jwk.key, jwk.algorithm_name, jwk.Algorithm)
    assert decode() == decode(["HS256"]) == decode("HS256") == decode(["RS256", "HS256"]) == own
    assert decode(["HS512"]) == decode([]) == decode("HS512") == {"other": "way"}
    # The same bytes as a text are another thing.
    assert decode(["HS256"], SECRET) == {"other": "way"}
    jwk.key = bytes(32)
    assert decode() == {"other": "way"}
    jwk.key, jwk.algorithm_name = SECRET, "HS512"
    assert decode() == {"other": "way"}
    jwk.algorithm_name = "HS256"
    assert decode() == own
    jwk.Algorithm = object()
    assert decode() == {"other": "way"}
