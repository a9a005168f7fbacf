"""What is thrown at both halves: JSON texts, tokens, policies and keys, good ones and ones that are nearly good."""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

import forge
from forge import NOW

# ---- JSON

SCALARS = [
    "null", "true", "false", "0", "-0", "1", "-1", "1.5", "-0.0", "1e5", "1E-5", "1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623159e308",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 40, "9" * 640, "9" * 641, "-" + "9" * 640,
    "0." + "3" * 50, "01", "1.", ".5", "+1", "1e", "1e+", "--1", "NaN", "Infinity", "-Infinity", "nul", "tru", "True", "0x1", "1_0", '""', '"a"',
    '"\\u0061"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\ud800\\ud800"', '"\\\\ud800"', '"\\\\\\ud800"', '"\\n\\/\\b"',
    '"\\x"', '"\\u00G0"', '"\\u12"', '"\\', '"', '"\t"', '"\0"', '"\x7f"', '"é"', '"\u2028"', '"\U0001f600"', '"\ufeff"', "\ufeff", "\u00a0", "\u0661",
    "[]", "{}", "[", "]", "{", "}", ",", ":", " ", "\n", "\r\t", "\f", "\v", "/**/", '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"":{}}', "[[]]", "[[[[]]]]",
    "[,]", "[1,]", '{"a":1,}', '{"a"}', '{"a":}', "{1:2}", "[1 2]", '"a""b"', "1e99999", "123456789012345678901234567890.5", "4.9e-324", "2.4703282292062327e-324",
]  # fmt: skip

RAW = [
    b"\xff",
    b"\x80",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xe2\x82",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"\xc3\xa9",
]

NAMES = [
    "alg",
    "kid",
    "typ",
    "crit",
    "b64",
    "exp",
    "nbf",
    "iat",
    "iss",
    "aud",
    "sub",
    "jti",
    "scope",
    "x",
    "y",
    "",
    "é",
    "a\0",
    "\U0001f600",
    "__proto__",
]


def quoted(text: str, spelling: int) -> str:
    """A JSON string, spelled in one of four ways."""
    if spelling == 0:
        return json.dumps(text)
    if spelling == 1:
        return json.dumps(text, ensure_ascii=False)
    if spelling == 2:
        units = text.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2)) + '"'
    return json.dumps(text).replace("/", "\\/")


spaces = st.sampled_from(["", "", "", " ", "\n", "\t\r ", "\f", "\u00a0"])
letters = st.text(st.characters(exclude_categories=[]), max_size=8)
strings = st.builds(quoted, st.one_of(st.sampled_from(NAMES), letters), st.integers(0, 3))
numbers = st.one_of(
    st.integers().map(str),
    st.integers(-(10**45), 10**45).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{0,25})?([eE][+-]?[0-9]{0,4})?", fullmatch=True),
)


def _array(items: list[str], space: str) -> str:
    return "[" + space + ("," + space).join(items) + "]"


def _object(members: list[tuple[str, str]], space: str) -> str:
    return "{" + ",".join(f"{name}{space}:{space}{value}" for name, value in members) + space + "}"


values = st.recursive(
    st.one_of(st.sampled_from(SCALARS), strings, numbers),
    lambda inner: st.one_of(
        st.builds(_array, st.lists(inner, max_size=5), spaces),
        st.builds(_object, st.lists(st.tuples(strings, inner), max_size=5), spaces),
        st.builds(lambda one, depth: "[" * depth + one + "]" * depth, inner, st.integers(1, 140)),
    ),
    max_leaves=12,
)


@st.composite
def damaged(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """A text with up to four bytes or pieces put in, taken out or changed."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            text = text[:at] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + bytes([draw(st.integers(0, 255))]) + text[at + 1 :]
        elif kind == 2:
            text = (
                text[:at] + draw(st.one_of(st.sampled_from(RAW), st.sampled_from(SCALARS).map(str.encode))) + text[at:]
            )
        elif kind == 3:
            end = draw(st.integers(at, len(text)))
            text = text[:at] + text[end:]
        elif kind == 4:
            end = draw(st.integers(at, len(text)))
            text = text[:end] + text[at:]
        elif at < len(text):
            text = text[:at] + bytes([text[at] ^ 1 << draw(st.integers(0, 7))]) + text[at + 1 :]
    return text


json_texts = st.one_of(
    values.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from(SCALARS), max_size=12).map(lambda parts: "".join(parts).encode()),
    st.lists(st.tuples(strings, values), max_size=8).map(
        lambda members: _object(members, "").encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=40),
)
hostile_json = st.one_of(json_texts, damaged(json_texts))

# ---- keys


@functools.cache
def key(half: str, algorithm: str, number: int, bound: bool, kid: str | None, extra: str) -> Any:
    """A key of one half, made once."""
    import halves

    jwk = forge.material(algorithm, number).jwk(**json.loads(extra))
    return halves.load(half).Key.from_jwk(jwk, algorithm=algorithm if bound else None, kid=kid)


KIDS = [None, None, "a", "b", "", "é"]
EXTRAS = ["{}"] * 6 + [
    '{"use":"sig"}',
    '{"use":"enc"}',
    '{"key_ops":["verify"]}',
    '{"key_ops":["sign"]}',
    '{"key_ops":[]}',
]

key_specs = st.tuples(
    st.sampled_from(forge.ALGORITHMS), st.integers(0, 1), st.booleans(), st.sampled_from(KIDS), st.sampled_from(EXTRAS)
)


def keys_of(half: SimpleNamespace, specs: list[tuple[Any, ...]]) -> list[Any]:
    """The keys of these specifications, of one half."""
    return [key(half.IMPL, *spec) for spec in specs]


# ---- policies

CLOCKS: list[Any] = [NOW, float(NOW), NOW + 0.5, 0, -1.5, 1e300]


def _refuse(token: Any) -> None:
    raise LookupError(token.subject)


CHECKS: list[Any] = [lambda _: None, lambda _: True, lambda _: False, lambda token: token.get("x") is None, _refuse]

policies = st.fixed_dictionaries(
    {
        "issuer": st.sampled_from([None, None, "i", ["i", "j"], ("j",), "é"]),
        "audience": st.sampled_from([None, None, "a", ["a", "b"], {"b"}, "é"]),
        "clock": st.sampled_from(CLOCKS).map(lambda time: lambda: time),
    },
    optional={
        "subject": st.sampled_from([None, "s", "é"]),
        "leeway": st.sampled_from([0, 0.5, 10, 1e9, 1.7976931348623157e308]),
        "require": st.lists(st.sampled_from(NAMES), max_size=3),
        "typ": st.sampled_from([None, "JWT", "at+jwt", ["application/at+jwt", "x"]]),
        "max_age": st.sampled_from([None, 0, 60, 0.5]),
        "max_lifetime": st.sampled_from([None, 0, 60, 0.5, 1e308]),
        "checks": st.lists(st.sampled_from(CHECKS), max_size=2),
        "max_token_bytes": st.sampled_from([100, 200, 300, 10_000]),
        "max_header_bytes": st.sampled_from([20, 40, 100]),
        "max_depth": st.sampled_from([1, 2, 3, 5, 512]),
        "allow_padding": st.booleans(),
    },
)

# ---- tokens

times = st.one_of(
    st.sampled_from(
        [
            NOW,
            NOW + 1,
            NOW - 1,
            NOW + 60,
            NOW - 60,
            NOW + 0.5,
            NOW - 0.5,
            NOW + 600,
            NOW + 10,
            NOW - 10,
            0,
            -0.0,
            -0.5,
            1e300,
            -1e300,
            2**63,
            10**308,
            10**309,
        ]
    ),
    st.sampled_from([None, True, False, "", str(NOW + 60), [], {}, [NOW + 60]]),
    st.integers(NOW - 100, NOW + 100),
    st.floats(NOW - 100.0, NOW + 100.0),
)
some_strings = st.sampled_from(
    ["i", "j", "a", "b", "s", "é", "", "x", "JWT", "jwt", "application/JWT", "AT+JWT", "at+jwt", "e\u0301"]
)
anything = st.one_of(
    some_strings,
    st.sampled_from([None, 0, 1.5, True, [], {}, ["a"], ["a", "b"], ["x", "a"], [None], ["a", 1], {"a": 1}, [[]]]),
)

claims = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("exp", "nbf", "iat"), times)
    | dict.fromkeys(("iss", "aud", "sub", "jti", "scope", "x", "y", "", "é"), anything),
)
good_claims = st.fixed_dictionaries(
    {"exp": st.sampled_from([NOW + 1, NOW + 60, NOW + 600.5, 10**300])},
    optional={
        "iat": st.sampled_from([NOW, NOW - 1, NOW - 60, NOW - 0.5]),
        "nbf": st.sampled_from([NOW, NOW - 60, 0]),
        "iss": st.sampled_from(["i", "j"]),
        "aud": st.sampled_from(["a", ["a", "x"], ["b"], []]),
        "sub": st.sampled_from(["s", "é"]),
        "jti": st.just("1"),
        "x": st.sampled_from([1, 2**70, "x", None, {"y": [1.5, None]}]),
    },
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.one_of(st.sampled_from([*forge.ALGORITHMS, "none", "", "hs256", "RS1"]), anything),
        "kid": st.one_of(st.sampled_from(["a", "b", "", "é"]), anything),
        "typ": anything,
        "crit": st.sampled_from([None, [], ["b64"], ["x"], ["alg"], "x", [1], ["x", "x"], {}]),
        "b64": st.sampled_from([True, False, None]),
        "x": anything,
        "jwk": st.just({"kty": "oct", "k": "AAAA"}),
        "jku": st.just("https://attacker.example/"),
    },
)
good_headers = st.fixed_dictionaries(
    {},
    optional={
        "kid": st.sampled_from(["a", "b"]),
        "typ": st.sampled_from(["JWT", "at+jwt", "application/AT+jwt"]),
        "x": st.just(1),
    },
)


def spelt(value: Any) -> bytes:
    return json.dumps(value).encode()


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], dict[str, Any], bytes]:
    """Keys, a policy and a token that has something to do with both."""
    specs = draw(st.lists(key_specs, min_size=1, max_size=6))
    policy = draw(policies)
    mine = draw(st.sampled_from(specs))
    others = draw(st.lists(st.sampled_from(forge.ALGORITHMS), max_size=3))
    policy["algorithms"] = draw(st.permutations([mine[0], *others]))
    algorithm, number, _, kid, _ = mine
    usual = {"alg": algorithm} | ({} if kid is None else {"kid": kid})
    header = draw(
        st.one_of(
            good_headers.map(lambda found: spelt(usual | found)),
            st.just(spelt(usual)),
            headers.map(lambda found: spelt(usual | found)),
            headers.map(spelt),
            damaged(st.just(spelt(usual))),
            hostile_json,
        )
    )
    payload = draw(
        st.one_of(
            good_claims.map(spelt),
            good_claims.map(spelt),
            claims.map(spelt),
            damaged(good_claims.map(spelt)),
            hostile_json,
        )
    )
    text = f"{forge.b64(header)}.{forge.b64(payload)}"
    signer = draw(st.sampled_from([(algorithm, number)] * 6 + [(algorithm, 1 - number), ("HS256", 0)]))
    token = forge.signed(text, algorithm=signer[0], key=forge.material(*signer)).encode()
    if draw(st.integers(0, 4)) == 0:
        token = draw(damaged(st.just(token)))
    elif draw(st.integers(0, 4)) == 0:
        token = b".".join(part + b"=" * (-len(part) % 4) for part in token.split(b"."))
    return specs, policy, token
