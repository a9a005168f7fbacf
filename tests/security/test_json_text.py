"""Header and payload are strict JSON in UTF-8: no name twice, no other encoding, exact numbers, bounded depth (RFC 8259, RFC 8725
section 3.7, RFC 7515 section 4, CVE-2020-10735, GHSA-8wjv-2p76-3863).
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import pytest
from judge import code, verdict

import forge

BAD_UTF8 = {
    "lone continuation": b"\x80",
    "truncated": b"\xe2\x82",
    "overlong slash": b"\xc0\xaf",
    "overlong NUL": b"\xc0\x80",
    "overlong quote, 3 bytes": b"\xe0\x80\xa2",
    "overlong, 4 bytes": b"\xf0\x80\x80\xaf",
    "high surrogate": b"\xed\xa0\x80",
    "low surrogate": b"\xed\xbf\xbf",
    "CESU-8 pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "above U+10FFFF": b"\xf4\x90\x80\x80",
    "5 bytes": b"\xf8\x88\x80\x80\x80",
    "ff": b"\xff",
    "fe": b"\xfe",
    "latin-1": b"\xe9",
}


def of_header(verifier: Any, text: bytes) -> str | None:
    return verdict(verifier, forge.token(header=text))


def of_payload(verifier: Any, text: bytes) -> str | None:
    return verdict(verifier, forge.token(text))


def both(verifier: Any, inner: bytes) -> tuple[str | None, str | None]:
    """What happens to `"x": inner` in the header, and in the payload."""
    return (
        of_header(verifier, b'{"alg":"HS256","x":%s}' % inner),
        of_payload(verifier, b'{"exp":%d,"x":%s}' % (forge.NOW + 9, inner)),
    )


@pytest.mark.parametrize("name", BAD_UTF8)
def test_what_is_not_utf8(verifier: Any, name: str) -> None:
    """Also in strings that nobody reads, in names, between the tokens, and after an error of another kind."""
    bad = BAD_UTF8[name]
    for inner in (b'"' + bad + b'"', b'{"' + bad + b'":1}', bad, b'"a' + b"x" * 100 + bad + b'"', b"[1,,]" + bad):
        assert both(verifier(), inner) == ("header_utf8", "payload_utf8")
    assert of_header(verifier(), b'{"alg":"HS256"}' + bad) == "header_utf8"
    assert of_payload(verifier(), bad + b'{"exp":1}') == "payload_utf8"


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "utf-7", "cp037"]
)
def test_other_encodings(verifier: Any, encoding: str) -> None:
    """`json.loads` guesses the encoding of bytes; a verifier must not."""
    header, claims = json.dumps({"alg": "HS256", "x": "é"}, ensure_ascii=False), json.dumps(forge.CLAIMS)
    if encoding == "utf-7":
        header = header.replace("{", "+AHs-")
        claims = claims.replace("{", "+AHs-")
    assert of_header(verifier(), header.encode(encoding)) in ("header_utf8", "header_json")
    assert of_payload(verifier(), claims.encode(encoding)) in ("payload_utf8", "payload_json")


@pytest.mark.parametrize(
    "inner",
    [
        b'{"a":1,"a":1}', b'{"a":1,"\\u0061":1}', b'[[{"a":1,"b":2,"a":3}]]', b'{"":1,"":2}', b'{"\\u0000":1,"\\u0000":2}',
        b'{"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2}', b'{"\\/":1,"/":2}', b'{"\\n":1,"\\u000a":2}', b'{"\\"":1,"\\u0022":2}',
        b'{"a":{"a":{"a":1,"a":1}}}', b"{" + b",".join(b'"%d":1' % i for i in range(40)) + b',"3":1}',
        b"{" + b",".join(b'"%d":1' % i for i in range(40)) + b',"\\u0033\\u0039":1}',
    ],
    ids=range(12),
)  # fmt: skip
def test_names_twice(verifier: Any, inner: bytes) -> None:
    assert both(verifier(), inner) == ("header_duplicate", "payload_duplicate")


@pytest.mark.parametrize("name", ["alg", "kid", "typ", "crit", "b64", "x"])
def test_header_names_twice(verifier: Any, name: str) -> None:
    """Neither the first nor the last wins, also when they say the same."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in name)
    for second in (name, escaped, name[:-1] + f"\\u{ord(name[-1]):04X}"):
        text = '{"alg":"HS256",%s"%s":"HS256","%s":"HS256"}' % ("" if name != "alg" else '"y":1,', name, second)
        assert of_header(verifier(), text.encode()) == "header_duplicate"


@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "scope"])
def test_claim_names_twice(verifier: Any, name: str) -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in name)
    for first, second in ((name, name), (name, escaped), (escaped, name)):
        text = f'{{"exp":{forge.NOW + 9},"{first}":{forge.NOW + 9},"{second}":{forge.NOW - 9}}}'
        assert of_payload(verifier(), text.encode()) == "payload_duplicate"


def test_names_that_are_only_alike(verifier: Any) -> None:
    """Unicode normalisation and case do not make two names one."""
    assert both(verifier(), '{"é":1,"e\u0301":2,"É":3,"E\u0301":4,"k":5,"K":6,"\u212a":7}'.encode()) == (None, None)


@pytest.mark.usefixtures("soon")
def test_ten_thousand_names(verifier: Any) -> None:
    """Finding a second use must not take quadratic time, nor time that depends on how the names were chosen."""
    same_sum = [f"{i:05d}" for i in range(20_000)]
    names = ",".join(f'"{name}":1' for name in same_sum)
    text = f'{{"exp":{forge.NOW + 9},{names}}}'
    lax = verifier(max_token_bytes=10_000_000)
    assert code(lax.decode, forge.token(text.encode())) is None
    assert code(lax.decode, forge.token(text[:-1].encode() + b',"19999":1}')) == "payload_duplicate"


NOT_JSON = [
    b"NaN", b"Infinity", b"-Infinity", b"+1", b"01", b"-01", b"00", b"1.", b".5", b"1.e5", b"1e", b"1e+", b"-", b"--1", b"0x10", b"1_000", b"1e5.5",
    b"1L", b"\xd9\xa1\xd9\xa2", b"\xef\xbc\x91", b"1e400", b"-1e400", b"1.0e309", b"1" + b"0" * 400 + b".0", b"True", b"TRUE", b"none", b"nul",
    b"undefined", b"'a'", b"[1,]", b"[,1]", b"[1,,2]", b"[1 2]", b"[", b"]", b"{", b"}", b'{"a"}', b'{"a":}', b'{"a":1,}', b"{,}", b"{a:1}",
    b"{1:1}", b'{"a" 1}', b'{"a":1 "b":2}', b'"\x00"', b'"\x1f"', b'"\n"', b'"\t"', b'"\\x41"', b'"\\a"', b'"\\u12"', b'"\\u12G4"', b'"\\U0041"',
    b'"\\u+123"', b'"\\u 123"', b'"\\u-123"', b'"\\u0x41"', b'"\\ud800"', b'"\\udc00"', b'"\\ud800\\ud800"', b'"\\ud800x"', b'"\\ud800\\n"',
    b'"\\udc00\\ud800"', b'"\\ud83d\\u0041"', b'"\\ud83d\\ude0"', b'{"\\ud800":1}', b'"\\', b'"abc', b"/**/1", b"1//", b"\xc2\xa01", b"\x0b1",
    b"\x0c1", b"\xe2\x80\xa81", b"\xef\xbb\xbf1", b"1;", b"1,", b"", b'"a""b"', b"9" * 641, b"-" + b"9" * 641, b"\x001", b"1\x00",
]  # fmt: skip


@pytest.mark.parametrize("inner", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_not_json(verifier: Any, inner: bytes) -> None:
    assert both(verifier(), inner) == ("header_json", "payload_json")


@pytest.mark.parametrize(
    "text",
    [b"", b" ", b"null", b"true", b"1", b'"x"', b"[]", b'[{"alg":"HS256"}]', b'"{}"', b"{}{}", b"{} x", b"{}\0", b"x"],
)
def test_what_is_not_an_object(verifier: Any, text: bytes) -> None:
    json_is_good = text in (b"null", b"true", b"1", b'"x"', b"[]", b'[{"alg":"HS256"}]', b'"{}"')
    suffix = "not_object" if json_is_good else "json"
    assert of_header(verifier(), text) == f"header_{suffix}"
    assert of_payload(verifier(), text) == f"payload_{suffix}"


EXACT = [
    2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 2**64 - 1, 10**100, -(10**100), int("9" * 640), -int("9" * 640), 0, 1.5, 0.1,
    1e-320, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308, -1.7976931348623157e308, 9007199254740993.0, 123456789.123456789, 1e22, 1e23,
]  # fmt: skip


@pytest.mark.parametrize("number", EXACT, ids=range(len(EXACT)))
def test_numbers_are_exact(verifier: Any, number: float) -> None:
    """CVE-free, but an identity: 2**64 silently read as 1.8e19 makes two users one."""
    claims = verifier().decode(forge.token({**forge.CLAIMS, "x": number}))
    assert claims["x"] == number
    assert type(claims["x"]) is type(number)
    assert verifier().verify(forge.token(header={"x": number})).header["x"] == number


def test_zeros_and_forms_of_numbers(verifier: Any) -> None:
    text = b'{"exp":9e9,"a":-0,"b":-0.0,"c":1E2,"d":1e-400,"e":10e-1,"f":1.0,"g":-0e5,"h":0.0000000000000000000000000001E+28}'
    claims = verifier().decode(forge.token(text))
    assert (
        repr(claims)
        == "{'exp': 9000000000.0, 'a': 0, 'b': -0.0, 'c': 100.0, 'd': 0.0, 'e': 1.0, 'f': 1.0, 'g': -0.0, 'h': 1.0}"
    )
    assert math.copysign(1, claims["b"]) == -1


def test_the_interpreters_own_limit_of_digits_changes_nothing(verifier: Any) -> None:
    before = sys.get_int_max_str_digits()
    try:
        for limit in (640, 5000, 0):
            sys.set_int_max_str_digits(limit)
            assert both(verifier(), b"9" * 640) == (None, None)
            assert both(verifier(), b"-" + b"9" * 640) == (None, None)
            assert both(verifier(), b"9" * 641) == ("header_json", "payload_json")
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("digits", [b"9", b"0", b"1"])
def test_a_million_digits(verifier: Any, digits: bytes) -> None:
    """CVE-2020-10735: converting takes quadratic time, so the length is looked at first."""
    lax = verifier(max_token_bytes=8_000_000, max_header_bytes=8_000_000)
    many = digits * 1_000_000
    for number in (b"1" + many, b"-1" + many, b"1" + many + b".5", b"1e" + many if digits != b"0" else b"1e1" + many):
        assert code(lax.decode, forge.token(header=b'{"alg":"HS256","x":%s}' % number)) == "header_json"
        assert code(lax.decode, forge.token(b'{"exp":9e9,"x":%s}' % number)) == "payload_json"
    for number in (b"0." + many, b"0." + many + b"e-" + many):
        assert code(lax.decode, forge.token(b'{"exp":9e9,"x":%s}' % number)) is None


DEEP = 100_000


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "text",
    [b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"[{" * DEEP, b'[{"a":[' * DEEP, b"]" * DEEP + b"[" * (2 * DEEP)],
    ids=range(7),
)  # fmt: skip
def test_deep_nesting(verifier: Any, text: bytes) -> None:
    """The header is read before anything is verified: no stack may overflow, no RecursionError come out."""
    lax = verifier(max_token_bytes=8_000_000, max_header_bytes=8_000_000, max_depth=512)
    assert code(lax.decode, forge.token(header=b'{"alg":"HS256","x":%s}' % text)) == "header_too_deep"
    assert code(lax.decode, forge.token(b'{"exp":9e9,"x":%s}' % text)) == "payload_too_deep"
    assert code(lax.explain, forge.token(text)) is None
    assert code(lax.decode, forge.token(b"\xff" + text)) == "payload_utf8"


@pytest.mark.parametrize("depth", [1, 2, 8, 127, 128, 129, 511, 512])
def test_the_limit_of_depth_is_exact(verifier: Any, depth: int) -> None:
    """`depth` levels are good, one more is not; brackets in strings do not count."""
    judge = verifier(max_depth=depth)
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        inner = depth - 1
        good = b"%s1%s" % (opening * inner, closing * inner)
        assert both(judge, good) == (None, None)
        assert both(judge, b"[%s]" % good) == ("header_too_deep", "payload_too_deep")
    assert both(judge, b'"%s"' % (b"[{" * 600)) == (None, None)
    assert both(judge, b'"\\"%s"' % (b"[{" * 600)) == (None, None)
    assert both(judge, b'"\\\\"%s' % (b"[" * 600)) == ("header_too_deep", "payload_too_deep")


def test_deep_claims_come_out_whole(verifier: Any) -> None:
    proof = verifier(max_depth=512).verify(
        forge.token(b'{"exp":%d,"x":%s%s}' % (forge.NOW + 9, b"[" * 511, b"]" * 511))
    )
    for claims in (proof.claims, proof.to_dict()):
        depth, inner = 0, claims["x"]
        while inner:
            depth, inner = depth + 1, inner[0]
        assert depth == 510


def test_the_stack_is_nearly_full(verifier: Any) -> None:
    """A caller deep in its own recursion gets one of our errors or the claims."""
    judge, token = (
        verifier(max_depth=512),
        forge.token(b'{"exp":%d,"x":%s%s}' % (forge.NOW + 9, b"[" * 500, b"]" * 500)),
    )

    def dive(levels: int) -> str | None:
        return dive(levels - 1) if levels else verdict(judge, token)

    frames = 0
    frame = sys._getframe()
    while frame:
        frames, frame = frames + 1, frame.f_back
    assert dive(max(0, 300 - frames)) is None


def test_strings_come_out_as_they_are(verifier: Any) -> None:
    text = '\0\x1f\x7f\x80\u2028\ufeff\U0010ffff\U0001f600"\\/é'
    for ascii_only in (True, False):
        claims = forge.CLAIMS | {"x": text, text: "x"}
        proof = verifier().verify(forge.token(json.dumps(claims, ensure_ascii=ascii_only).encode()))
        assert proof.claims == claims
        assert list(proof.claims) == list(claims)


@pytest.mark.parametrize("place", range(70))
def test_a_control_character_at_any_place(verifier: Any, place: int) -> None:
    """Readers that look at many bytes at once must see it everywhere."""
    for byte in (0x00, 0x0A, 0x1F):
        text = bytearray(b"x" * 70)
        text[place] = byte
        assert both(verifier(), b'"%s"' % text) == ("header_json", "payload_json")
    plain = b"x" * place
    assert (
        verifier().decode(forge.token(b'{"exp":9e9,"x":"%s\\n\xc3\xa9%s"}' % (plain, plain)))["x"]
        == plain.decode() + "\né" + plain.decode()
    )
