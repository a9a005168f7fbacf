"""Native and pure read the same keys out of the same texts, and refuse the same ones."""

from __future__ import annotations

import base64
import json
from typing import Any

import strategies
from hypothesis import event, given
from hypothesis import strategies as st
from outcome import Halves, outcome, same

import forge

ALGORITHMS = ("HS512", "RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA")

jwks = st.builds(
    lambda algorithm, number, private: forge.material(algorithm, number).jwk(private=private),
    st.sampled_from(ALGORITHMS),
    st.integers(0, 1),
    st.booleans(),
)
MEMBERS = [
    "kty",
    "crv",
    "x",
    "y",
    "d",
    "k",
    "n",
    "e",
    "p",
    "q",
    "dp",
    "dq",
    "qi",
    "oth",
    "alg",
    "use",
    "key_ops",
    "kid",
    "x5c",
    "ext",
    "",
]
odd = st.one_of(
    st.sampled_from(
        [
            None,
            True,
            0,
            1.5,
            [],
            {},
            "",
            "AA",
            "AQ",
            "AQAB",
            "AAAA",
            "A",
            "AB",
            "AA==",
            "!!!!",
            "é",
            "x" * 43,
            ["sign"],
            ["verify", "x"],
            ["verify", 1],
            [None],
        ]
    ),
    st.sampled_from(
        [
            "oct",
            "RSA",
            "EC",
            "OKP",
            "P-256",
            "P-384",
            "P-521",
            "secp256k1",
            "Ed25519",
            "Ed448",
            "X25519",
            "sig",
            "enc",
            "none",
            *forge.ALGORITHMS,
        ]
    ),
    st.text(max_size=5),
    st.binary(max_size=70).map(forge.b64),
    st.integers(0, 2**66).map(lambda number: forge.b64_number(number, 9)),
)


@st.composite
def changed_jwks(draw: st.DrawFn) -> dict[str, Any]:
    """A JWK with members dropped, put in, exchanged with another's, or with a bit flipped."""
    jwk = dict(draw(jwks))
    other = draw(jwks)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*jwk, *jwk, *MEMBERS]))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            jwk.pop(name, None)
        elif kind == 1:
            jwk[name] = draw(odd)
        elif kind == 2 and name in other:
            jwk[name] = other[name]
        elif kind == 3 and name in jwk and isinstance(jwk[name], str):
            jwk[name] = draw(
                st.sampled_from(
                    [
                        jwk[name][:-1],
                        jwk[name] + "A",
                        "AA" + jwk[name],
                        jwk[name] + "=",
                        jwk[name][::-1],
                        jwk[name] * 2,
                        jwk[name][:20],
                    ]
                )
            )
        elif kind == 4 and name in jwk and isinstance(jwk[name], str) and jwk[name].isalnum():
            raw = bytearray(forge.unb64(jwk[name] if len(jwk[name]) % 4 != 1 else jwk[name][:-1]))
            if raw:
                raw[draw(st.integers(0, len(raw) - 1))] ^= 1 << draw(st.integers(0, 7))
            jwk[name] = forge.b64(bytes(raw))
        elif kind == 5:
            jwk["alg"] = draw(st.sampled_from(forge.ALGORITHMS))
    return jwk


options = st.fixed_dictionaries(
    {},
    optional={
        "algorithm": st.sampled_from([None, *forge.ALGORITHMS]),
        "kid": st.sampled_from([None, "", "a", "é"]),
        "allow_weak": st.booleans(),
    },
)


@given(jwk=changed_jwks(), options=options)
def test_jwks(both: Halves, jwk: dict[str, Any], options: dict[str, Any]) -> None:
    from_mapping = same(both, lambda half: half.Key.from_jwk(jwk, **options))
    event(f"{from_mapping[0]} {from_mapping[2] if from_mapping[0] == 'refused' else ''}")
    for text in (json.dumps(jwk), json.dumps(jwk).encode()):
        assert same(both, lambda half, text=text: half.Key.from_jwk(text, **options)) == from_mapping


@given(
    text=st.one_of(strategies.damaged(jwks.map(lambda jwk: json.dumps(jwk).encode())), strategies.hostile_json),
    options=options,
)
def test_texts_of_jwks(both: Halves, text: bytes, options: dict[str, Any]) -> None:
    same(both, lambda half: half.Key.from_jwk(text, **options))
    same(both, lambda half: half.Key.from_secret(text, algorithm="HS256"))


@given(
    members=st.lists(st.one_of(changed_jwks(), changed_jwks(), odd), max_size=5),
    allow_weak=st.booleans(),
    extra=st.fixed_dictionaries({}, optional={"keys": odd, "x": odd, "": odd}),
)
def test_jwk_sets(both: Halves, members: list[Any], allow_weak: bool, extra: dict[str, Any]) -> None:
    document = {"keys": members} | extra
    from_mapping = same(both, lambda half: half.KeySet.from_jwks(document, allow_weak=allow_weak))
    for text in (json.dumps(document), json.dumps(document).encode()):
        assert same(both, lambda half, text=text: half.KeySet.from_jwks(text, allow_weak=allow_weak)) == from_mapping


@given(
    text=st.one_of(
        strategies.damaged(st.just(json.dumps({"keys": [forge.material("ES256").jwk()]}).encode())),
        strategies.hostile_json,
    )
)
def test_texts_of_jwk_sets(both: Halves, text: bytes) -> None:
    same(both, lambda half: half.KeySet.from_jwks(text))


# ---- DER, PEM and OpenSSH: a broken text may be refused in other words, but not by one half only

FORMS: list[bytes] = []
for _algorithm in ALGORITHMS[1:]:
    _material = forge.material(_algorithm)
    FORMS += [_material.der(), _material.der(private=True)]
    if _algorithm != "EdDSA":
        FORMS.append(_material.der(private=True, form="traditional"))
FORMS.append(forge.material("RS256").der(form="traditional"))
LINES = [forge.material(algorithm).openssh() for algorithm in ALGORITHMS[1:] if algorithm != "ES256K"]
LABELS = [
    "PUBLIC KEY",
    "PRIVATE KEY",
    "RSA PUBLIC KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "CERTIFICATE",
    "ENCRYPTED PRIVATE KEY",
    "X",
    "",
]


def agree(both: Halves, name: str, *arguments: Any, **options: Any) -> None:
    """The same key, or a refusal by each. `--hypothesis-show-statistics` tells how often their words differ."""
    native, pure = (outcome(lambda half=half: getattr(half.Key, name)(*arguments, **options)) for half in both)
    assert native[0] == pure[0]
    if native[0] == "refused":
        if native != pure:
            event(f"{name}: native {native[2]}, pure {pure[2]}")
    else:
        assert native == pure


@given(der=strategies.damaged(st.sampled_from(FORMS)))
def test_der(both: Halves, der: bytes) -> None:
    agree(both, "from_der", der)
    same(both, lambda half: half.Key.from_secret(der, algorithm="HS256"))


@st.composite
def elements(draw: st.DrawFn) -> bytes:
    """DER of any shape, well-formed for the most part."""
    tag = draw(
        st.sampled_from(
            [0x30, 0x30, 0x02, 0x02, 0x03, 0x04, 0x05, 0x06, 0xA0, 0xA1, 0x81, 0x01, 0x31, 0x24, 0x1F, 0x00]
        )
    )
    if tag in (0x30, 0x31, 0xA0, 0xA1, 0x24) and draw(st.booleans()):
        return forge.der(tag, *draw(st.lists(elements(), max_size=4)))
    content = draw(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [
                    b"\0",
                    b"\1",
                    b"\0\xff",
                    bytes(33),
                    b"\0" + bytes(32),
                    b"\1" * 32,
                    bytes.fromhex("2b6570"),
                    bytes.fromhex("2a8648ce3d0201"),
                ]
            ),
            st.sampled_from(
                [bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d030107"), b"\4" + b"x" * 64]
            ),
        )
    )
    return forge.der(tag, content)


@given(der=elements())
def test_made_up_der(both: Halves, der: bytes) -> None:
    agree(both, "from_der", der)
    same(both, lambda half: half.Key.from_secret(der, algorithm="HS256"))


@given(
    der=st.sampled_from(FORMS),
    labels=st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)),
    same_label=st.booleans(),
    before=st.sampled_from(
        [b"", b"text\n", b"-----BEGIN X-----\nAAAA\n-----END X-----\n", b"\xef\xbb\xbf", b"-----BEGIN ", b"\0"]
    ),
    width=st.sampled_from([1, 16, 64, 76, 5000]),
    end=st.sampled_from([b"\n", b"\r\n", b"", b"\r", b" \n", b"\t"]),
)
def test_pem(
    both: Halves, der: bytes, labels: tuple[str, str], same_label: bool, before: bytes, width: int, end: bytes
) -> None:
    text = base64.b64encode(der)
    first, last = labels if not same_label else (labels[0], labels[0])
    body = end.join(text[at : at + width] for at in range(0, len(text), width))
    pem = (
        before
        + b"-----BEGIN "
        + first.encode()
        + b"-----"
        + end
        + body
        + end
        + b"-----END "
        + last.encode()
        + b"-----"
        + end
    )
    agree(both, "from_pem", pem)


@given(
    text=strategies.damaged(
        st.one_of(
            st.sampled_from(FORMS).map(lambda der: forge.pem("PUBLIC KEY", der)),
            st.sampled_from(FORMS).map(lambda der: forge.pem("PRIVATE KEY", der)),
        )
    )
)
def test_damaged_pem(both: Halves, text: bytes) -> None:
    agree(both, "from_pem", text)
    same(both, lambda half: half.Key.from_secret(text, algorithm="HS256"))


@given(text=st.one_of(strategies.damaged(st.sampled_from(LINES)), st.binary(max_size=90)))
def test_openssh(both: Halves, text: bytes) -> None:
    agree(both, "from_openssh", text)
    agree(both, "from_pem", text)


LOCKED = [forge.material(algorithm).der(password=b"pw") for algorithm in ("ES256", "EdDSA")]


@given(der=strategies.damaged(st.sampled_from(LOCKED)), password=st.sampled_from([None, b"pw", "pw", "", "x"]))
def test_encrypted(both: Halves, der: bytes, password: Any) -> None:
    agree(both, "from_der", der, password=password)


@given(
    secret=st.one_of(
        st.binary(max_size=80),
        st.text(st.characters(exclude_categories=[]), max_size=40),
        st.builds(
            lambda before, text, after, encoding: (before + text + after).encode(encoding),
            st.sampled_from(["", " ", "\ufeff", "\n\t", "\x0b", "\0", "x"]),
            st.sampled_from(
                [
                    '{"kty":1}',
                    '[{"kty":1}]',
                    '{"\\u006bty":1}',
                    "{}",
                    "[]",
                    '{"k":1}',
                    "-----BEGIN X",
                    "---- BEGIN",
                    "ssh-rsa ",
                    "ssh-rsa\t",
                    "kty",
                    '"kty"',
                ]
            ),
            st.sampled_from(["", " ", "\n", "\0", "\x0c", "x", "}" * 3]),
            st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"]),
        ),
    ),
    algorithm=st.sampled_from(forge.ALGORITHMS),
    allow_weak=st.booleans(),
)
def test_secrets(both: Halves, secret: str | bytes, algorithm: str, allow_weak: bool) -> None:
    same(both, lambda half: half.Key.from_secret(secret, algorithm=algorithm, allow_weak=allow_weak))


@given(spec=strategies.key_specs, private=st.booleans())
def test_what_is_written(both: Halves, spec: tuple[Any, ...], private: bool) -> None:
    """The same text out, to the byte."""
    algorithm, number, bound, kid, extra = spec
    jwk = forge.material(algorithm, number).jwk(private=private, **json.loads(extra))

    def key(half: Any) -> Any:
        return half.Key.from_jwk(jwk, algorithm=algorithm if bound else None, kid=kid)

    for name in ("to_jwk", "to_pem", "to_der"):
        for part in (False, True):
            same(both, lambda half, name=name, part=part: getattr(key(half), name)(private=part))
    same(both, lambda half: key(half).public())
    same(both, lambda half: half.KeySet([key(half)]).to_jwks(private=private))
    for hash_name in ("SHA-256", "SHA-384", "SHA-512", "SHA-1", "", "sha-256"):
        same(both, lambda half, hash_name=hash_name: key(half).thumbprint(hash=hash_name))


@given(
    name=st.sampled_from(["HS256", "HS512", "RS256", "ES256", "EdDSA", "Ed25519", "none", ""]),
    bits=st.one_of(
        st.none(),
        st.integers(-10, 600),
        st.sampled_from([1024, 2047, 4095, 8200, 16_384, 2**31, 2**64, True, 256.0, "256"]),
    ),
    kid=st.sampled_from([None, "", "a", 1, "\ud800"]),
)
def test_what_generate_refuses(both: Halves, name: str, bits: Any, kid: Any) -> None:
    native, pure = (outcome(lambda half=half: half.Key.generate(name, bits=bits, kid=kid)) for half in both)
    assert native[0] == pure[0]
    if native[0] != "value":
        assert native == pure
