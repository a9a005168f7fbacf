"""Step 1, and the input before it: a token of three segments, its sizes and the form of its base64url."""

import pytest

import forge
from expect import refused, traits
from rapidjwt.exceptions import DecodeError

GOOD = forge.token()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")
SEGMENTS = {"header_base64": 0, "payload_base64": 1, "signature_base64": 2}


def with_segment(position: int, text: str) -> str:
    segments = GOOD.split(".")
    segments[position] = text
    return ".".join(segments)


class Text(str):
    __slots__ = ()


class Bytes(bytes):
    __slots__ = ()


@pytest.mark.parametrize("form", [str, Text, str.encode, lambda token: Bytes(token.encode())])
def test_str_bytes_and_subclasses_are_tokens(verifier, form):
    assert verifier().decode(form(GOOD)) == forge.CLAIMS


@pytest.mark.parametrize("method", ["decode", "verify", "explain"])
@pytest.mark.parametrize("thing", [None, 1, bytearray(b"a.b.c"), memoryview(b"a.b.c"), ["a.b.c"], object])
def test_anything_else_is_a_type_error(verifier, method, thing):
    with pytest.raises(TypeError) as caught:
        getattr(verifier(), method)(thing)
    assert str(caught.value) == f"token must be str or bytes, not {type(thing).__name__}"


def test_decode_unverified_wants_str_or_bytes_too(impl):
    with pytest.raises(TypeError, match=r"^token must be str or bytes, not int$"):
        impl.decode_unverified(1)


def test_every_way_in_gives_the_same_error(impl, verifier):
    bad = "a.b"
    errors = []
    for read in (verifier().decode, verifier().verify, impl.decode_unverified):
        with pytest.raises(DecodeError) as caught:
            read(bad)
        errors.append(traits(caught.value))
    (rejection,) = verifier().verify_many([bad])
    errors.append(traits(rejection.error))
    assert len(set(errors)) == 1


def test_size_of_the_token_is_counted_in_bytes(verifier):
    assert verifier(max_token_bytes=len(GOOD)).decode(GOOD)
    with refused("token_too_large", limit=len(GOOD) - 1):
        verifier(max_token_bytes=len(GOOD) - 1).decode(GOOD)
    with refused("token_too_large", limit=5):
        verifier(max_token_bytes=5).decode("\u20ac\u20ac")


def test_the_limit_is_told_by_its_name(verifier):
    with pytest.raises(DecodeError, match=r"^Token is longer than max_token_bytes=262144$"):
        verifier().decode("." * 262_145)


def test_size_comes_before_everything_else(verifier):
    with refused("token_too_large", limit=3):
        verifier(max_token_bytes=3).decode("....")


@pytest.mark.parametrize("token", ["", ".", "abcd", "a.b", "a.b.c.d", "a.b.c.d.e", "....", GOOD + ".", "." + GOOD])
def test_a_token_has_two_dots(verifier, token):
    with refused("segment_count"):
        verifier().decode(token)


def test_size_of_the_header_segment(verifier):
    assert verifier(max_header_bytes=len(HEADER)).decode(GOOD)
    with refused("header_too_large", limit=len(HEADER) - 1):
        verifier(max_header_bytes=len(HEADER) - 1).decode(GOOD)


def test_size_of_the_header_comes_before_its_form(verifier):
    with refused("header_too_large", limit=16_384):
        verifier().decode("!" * 16_385 + "..")


@pytest.mark.parametrize("code", SEGMENTS)
@pytest.mark.parametrize("character", list("+/= \t\n\r!%*~,;:\x00\x7f") + ["\u00e9", "\uff21", "\u212a", "\U0001f511"])
def test_only_the_url_safe_alphabet(verifier, code, character):
    segment = GOOD.split(".")[SEGMENTS[code]]
    for text in (character + segment[1:], segment[:-1] + character, segment[:4] + character + segment[5:]):
        with refused(code):
            verifier().decode(with_segment(SEGMENTS[code], text))


@pytest.mark.parametrize("code", SEGMENTS)
def test_a_lone_surrogate_is_just_another_strange_character(verifier, code):
    with refused(code):
        verifier().decode(with_segment(SEGMENTS[code], "AAA\ud800"))


@pytest.mark.parametrize("code", SEGMENTS)
@pytest.mark.parametrize("text", ["A", "AAAAA", "A" * 41])
def test_no_bytes_encode_to_length_1_mod_4(verifier, code, text):
    with refused(code):
        verifier().decode(with_segment(SEGMENTS[code], text))


@pytest.mark.parametrize("code", SEGMENTS)
@pytest.mark.parametrize("text", ["AB", "AAAAAB", "A_", "AAB", "AAC", "AAAAAA_"])
def test_unused_bits_are_zero(verifier, code, text):
    with refused(code):
        verifier().decode(with_segment(SEGMENTS[code], text))


def test_the_three_forms_are_looked_at_in_order(verifier):
    with refused("header_base64"):
        verifier().decode("!.!.!")
    with refused("payload_base64"):
        verifier().decode(f"{HEADER}.!.!")
    with refused("signature_base64"):
        verifier().decode(f"{HEADER}.{PAYLOAD}.!")


@pytest.mark.parametrize("code", SEGMENTS)
def test_padding_is_refused(verifier, code):
    segment = GOOD.split(".")[SEGMENTS[code]]
    for text in (segment + "=", segment + "==", "AA==", "AAA=", "=", "===="):
        with refused(code):
            verifier().decode(with_segment(SEGMENTS[code], text))


def padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


@pytest.mark.parametrize("size", range(3))
def test_allow_padding_accepts_correct_padding_under_the_signature(verifier, size):
    claims = {**forge.CLAIMS, "fill": "x" * size}
    text = f"{padded(HEADER)}.{padded(forge.b64(forge.dump(claims)))}"
    assert verifier(allow_padding=True).decode(forge.signed(text) + "=") == claims
    with refused("signature_base64"):
        verifier().decode(GOOD.replace(SIGNATURE, padded(SIGNATURE)))


def test_allow_padding_accepts_tokens_without_it(verifier):
    assert verifier(allow_padding=True).decode(GOOD) == forge.CLAIMS


def test_the_signature_covers_the_text_as_sent(verifier):
    header, payload, signature = forge.token(header={"x": ""}).split(".")
    assert padded(header) != header
    with refused("bad_signature"):
        verifier(allow_padding=True).decode(f"{padded(header)}.{payload}.{signature}")


@pytest.mark.parametrize("code", SEGMENTS)
@pytest.mark.parametrize(
    "text", ["=", "==", "====", "A===", "AA=", "AA===", "AAA==", "AAAA=", "AAAA====", "A=A=", "=AAA", "AB==", "AAB="]
)
def test_allow_padding_refuses_wrong_padding(verifier, code, text):
    with refused(code):
        verifier(allow_padding=True).decode(with_segment(SEGMENTS[code], text))


def test_empty_segments_have_a_good_form(verifier):
    with refused("header_json"):
        verifier().decode("..")
    with refused("bad_signature"):
        verifier().decode(f"{HEADER}..")
    with refused("bad_signature"):
        verifier().decode(f"{HEADER}.{PAYLOAD}.")


def test_the_payload_is_not_read_before_the_signature_is_verified(verifier):
    with refused("bad_signature"):
        verifier().decode(forge.tampered(forge.token(b"\xff not JSON")))
