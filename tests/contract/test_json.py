"""The JSON rules (RFC 8259, and ours where it leaves a choice), seen through the payload."""

import math

import pytest

import forge
from expect import refused


@pytest.fixture
def read(verifier):
    """`read(text)`: the value that the claim `v` of this JSON text has."""
    lax = verifier(require=())
    return lambda text: lax.decode(forge.token(b'{"v":' + text + b"}"))["v"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"0", 0),
        (b"-0", 0),
        (b"-1", -1),
        (b"9007199254740993", 2**53 + 1),
        (b"9223372036854775808", 2**63),
        (b"-9223372036854775809", -(2**63) - 1),
        (b"18446744073709551616", 2**64),
        (b"340282366920938463463374607431768211457", 2**128 + 1),
        (b"9" * 640, 10**640 - 1),
        (b"-" + b"9" * 640, 1 - 10**640),
    ],
    ids=lambda value: str(value)[:24],
)
def test_integers_are_exact(read, text, value):
    made = read(text)
    assert made == value
    assert type(made) is int


def test_integer_minus_zero_has_no_sign(read):
    assert str(read(b"-0")) == "0"


@pytest.mark.parametrize("text", [b"1" * 641, b"-" + b"1" * 641, b"1" + b"0" * 5000], ids=len)
def test_integers_of_more_than_640_digits_are_refused(read, text):
    with refused("payload_json"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "0.0",
        "-0.0",
        "1.5",
        "1e0",
        "1E0",
        "1e+0",
        "-0e0",
        "0.1",
        "1.0",
        "5e-324",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
    ]
    + [
        "123456789012345678901234567890.5",
        "0.30000000000000004",
        "9007199254740993.0",
        "1e23",
        "8.5e-310",
        "1e-400",
        "0e999",
    ]
    + ["0." + "0" * 700 + "1", "1" * 300 + ".5"],
    ids=lambda text: text[:24],
)
def test_fractions_and_exponents_are_the_nearest_binary64(read, text):
    made = read(text.encode())
    assert type(made) is float
    assert made.hex() == float(text).hex()


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", "1.7976931348623159e308", "1e99999999999", "9" * 310 + ".0"], ids=lambda text: text[:24]
)
def test_numbers_beyond_binary64_are_refused(read, text):
    with refused("payload_json"):
        read(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "01",
        "-01",
        "+1",
        ".5",
        "1.",
        "-",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "--1",
        "1 2",
        "\u0661",
        "1e1.5",
    ],
)
def test_what_is_no_number(read, text):
    with refused("payload_json"):
        read(text.encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'""', ""),
        (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        (b'"\\u0000"', "\0"),
        (b'"\\u00e9\\u00E9"', "\u00e9\u00e9"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\uD83D\\uDE00"', "\U0001f600"),
        ('"\U0001f600\u20ac\u00e9\x7f"'.encode(), "\U0001f600\u20ac\u00e9\x7f"),
        ('"\u2028\u2029\ufeff\uffff"'.encode(), "\u2028\u2029\ufeff\uffff"),
        (b'"\\\\u0041"', "\\u0041"),
        (b'"\\\\ud800"', "\\ud800"),
    ],
    ids=repr,
)
def test_strings(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        b'"',
        b'"\\"',
        b'"\\x41"',
        b'"\\u12"',
        b'"\\u12g4"',
        b'"\\\'"',
        b"'a'",
        b'"\n"',
        b'"\t"',
        b'"\x00"',
        b'"\x1f"',
        b'"\\U0041"',
        b'"a" "b"',
    ]
    + [
        b'"\\ud800"',
        b'"\\udc00"',
        b'"\\ud800\\ud800"',
        b'"\\ud800x"',
        b'"\\udc00\\ud800"',
        b'"\\ud800\\u0041"',
        b'"\\\\\\ud800"',
    ],
    ids=repr,
)
def test_what_is_no_string(read, text):
    with refused("payload_json"):
        read(text)


def test_a_lone_surrogate_in_a_member_name(verifier):
    with refused("payload_json"):
        verifier().decode(forge.token(b'{"\\ud800":1}'))


@pytest.mark.parametrize(
    "text",
    [
        b"[1,2,]",
        b"[,1]",
        b"[1 2]",
        b"[1",
        b"]",
        b"{1:2}",
        b'{"a"}',
        b'{"a":}',
        b'{"a":1,}',
        b'{"a" 1}',
        b"{a:1}",
        b'{"a":1',
    ],
)
def test_what_is_no_array_or_object(read, text):
    with refused("payload_json"):
        read(text)


@pytest.mark.parametrize("text", [b"tru", b"True", b"nulll", b"undefined", b"/**/1", b"1//", b"", b"#"])
def test_what_is_no_value(read, text):
    with refused("payload_json"):
        read(text)


@pytest.mark.parametrize("space", [b"\x0b", b"\x0c", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\x00"])
def test_only_four_characters_are_white_space(verifier, space):
    for text in (space + b"{}", b"{}" + space, b"{" + space + b"}"):
        with refused("payload_json"):
            verifier().decode(forge.token(text))


def test_white_space_anywhere(verifier):
    text = b' \t\r\n{ "a" :\t[ 1 , { } , [ ] ]\r, "exp"\n: 1800000600 } \n'
    assert verifier().decode(forge.token(text)) == {"a": [1, {}, []], "exp": 1_800_000_600}


def test_order_of_members_is_kept(verifier):
    names = ["z", "exp", "a", "\u00e9", "", "m"]
    claims = dict.fromkeys(names, forge.NOW + 600)
    assert list(verifier().decode(forge.token(claims))) == names


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"exp":1,"\\u0065xp":2}',
        b'{"a":[{"":0,"":0}]}',
        b'{"\\/":1,"/":1}',
        b'{"a":{"b":{"c":1,"c":2}}}',
    ],
)
def test_no_member_name_twice(verifier, text):
    with refused("payload_duplicate"):
        verifier().decode(forge.token(text))


def test_names_that_only_look_the_same_are_two(verifier):
    claims = {"exp": forge.NOW + 1, "EXP": 1, "e\u0301": 2, "\u00e9": 3, "exp ": 4}
    assert verifier().decode(forge.token(claims)) == claims


def test_many_members_none_twice(verifier):
    claims = {f"name-{number}": number for number in range(3000)} | forge.CLAIMS
    assert verifier().decode(forge.token(claims)) == claims
    with refused("payload_duplicate"):
        verifier().decode(forge.token(forge.dump(claims)[:-1] + b',"name-7":7}'))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a":1,"a":2,\xff}', "payload_utf8"),
        (b"[" * 129 + b"\xff", "payload_utf8"),
        (b"[" * 129, "payload_too_deep"),
        (b"]" + b"[" * 130, "payload_too_deep"),
        (b'{"a":1,"a":2,' + b"[" * 128, "payload_too_deep"),
        (b"]" * 50 + b"[" * 178, "payload_json"),
        (b'{"a":1,"a":2', "payload_json"),
        (b'[{"a":1,"a":2}]', "payload_not_object"),
        (b'[{"a":1,"a":2},NaN]', "payload_json"),
        (b'{"a":1,"a":2}x', "payload_json"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_the_first_rule_that_is_broken_counts(verifier, text, code):
    limit = 128 if code.endswith("deep") else None
    with refused(code, limit=limit):
        verifier().decode(forge.token(text))


def test_brackets_in_strings_are_not_depth(read):
    assert read(b'"' + b"[{" * 500 + b'"') == "[{" * 500
    assert read(b'"\\"' + b"[" * 500 + b'\\\\"') == '"' + "[" * 500 + "\\"
    with refused("payload_json"):
        read(b'"' + b"[" * 500)


@pytest.mark.parametrize("limit", [2, 128, 512])
def test_deepest_payload(verifier, limit):
    lax = verifier(require=(), max_depth=limit)
    claims = lax.decode(forge.token(b'{"v":' + b"[" * (limit - 1) + b"]" * (limit - 1) + b"}"))
    assert list(claims) == ["v"]
    with refused("payload_too_deep", limit=limit):
        lax.decode(forge.token(b'{"v":' + b"[" * limit + b"]" * limit + b"}"))


def test_deep_objects_are_no_stack_overflow(verifier):
    roomy = verifier(require=(), max_depth=512, max_token_bytes=10**8)
    with refused("payload_too_deep", limit=512):
        roomy.decode(forge.token(b'{"a":' * 100_000))


def test_floats_that_are_whole_stay_floats(read):
    assert math.copysign(1, read(b"-0.0")) == -1
    assert type(read(b"1e2")) is float
