"""Step 2: the JOSE header."""

import pytest

import forge
from expect import refused


def token(header) -> str:
    return forge.token(header=forge.dump(header))


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b'{"alg":"HS256","x":"\xed\xa0\x80"}',
        b'{"alg":"HS256","x":"\xc0\xaf"}',
        b'{"x":"\xf4\x90\x80\x80"}',
        b"\xff" * 9,
    ],
    ids=["byte", "surrogate", "overlong", "beyond Unicode", "bytes"],
)
def test_header_is_utf8(verifier, text):
    with refused("header_utf8"):
        verifier().decode(token(text))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b'{"alg":"HS256"',
        b'{"alg":"HS256"}x',
        b'{"alg":"HS256",}',
        b"{'alg':'HS256'}",
        b'{"alg":NaN}',
        b"nul",
    ]
    + [
        '\ufeff{"alg":"HS256"}'.encode(),
        '{"alg":"HS256"}'.encode("utf-16-le"),
        b'{"alg":"HS256","x":1e400}',
        b'{"alg":"\\ud800"}',
    ],
)
def test_header_is_json(verifier, text):
    with refused("header_json"):
        verifier().decode(token(text))


@pytest.mark.parametrize("text", [b"[]", b'"HS256"', b"1", b"null", b"true", b'[{"alg":"HS256"}]', b' [{"a":1,"a":2}]'])
def test_header_is_an_object(verifier, text):
    with refused("header_not_object"):
        verifier().decode(token(text))


@pytest.mark.parametrize(
    "text",
    [
        b'{"alg":"HS256","alg":"HS256"}',
        b'{"alg":"none","\\u0061lg":"HS256"}',
        b'{"alg":"HS256","x":{"y":1,"y":1}}',
        b'{"alg":"HS256","x":[{"y":[{"":1,"":2}]}]}',
        b'{"alg":"HS256","jwk":{"\\u00e9":1,"\xc3\xa9":1}}',
    ],
)
def test_no_member_name_twice(verifier, text):
    with refused("header_duplicate"):
        verifier().decode(token(text))


def nested(depth: int) -> bytes:
    """A header of this depth: the object, and arrays in it."""
    return b'{"alg":"HS256","x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("limit", [1, 2, 7, 128, 512])
def test_depth_is_limited(verifier, limit):
    flat = b'{"alg":"HS256"}'
    assert verifier(max_depth=limit).decode(token(flat if limit == 1 else nested(limit)))
    with refused("header_too_deep", limit=limit):
        verifier(max_depth=limit).decode(token(nested(limit + 1)))


def test_depth_comes_before_syntax(verifier):
    with refused("header_too_deep", limit=128):
        verifier(max_token_bytes=10**6, max_header_bytes=10**6).decode(token(b"[" * 100_000))


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"ALG": "HS256"}, {"Alg": "HS256"}, {"alg ": "HS256"}])
def test_alg_is_there(verifier, header):
    with refused("alg_missing"):
        verifier().decode(token(header))


@pytest.mark.parametrize("alg", [None, True, 256, 1.5, [], ["HS256"], {}, {"alg": "HS256"}])
def test_alg_is_a_string(verifier, alg):
    with refused("alg_invalid"):
        verifier().decode(token({"alg": alg}))


@pytest.mark.parametrize("name", ["kid", "typ"])
@pytest.mark.parametrize("value", [None, True, 0, 1.5, [], ["a"], {}])
def test_kid_and_typ_are_strings(verifier, name, value):
    with refused(f"{name}_invalid"):
        verifier().decode(forge.token(header={name: value}))


@pytest.mark.parametrize(
    "header",
    [
        {"crit": None},
        {"crit": True},
        {"crit": "exp"},
        {"crit": {}},
        {"crit": {"x": 1}},
        {"crit": []},
        {"crit": [1], "1": 1},
        {"crit": [None]},
        {"crit": ["x"]},
        {"crit": ["x", "y"], "x": 1},
        {"crit": ["x", 1], "x": 1},
        *(
            {"crit": [name], name: "HS256"}
            for name in ("alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty")
        ),
        {"crit": ["crit"]},
        {"crit": ["x", "alg"], "x": 1},
    ],
    ids=str,
)
def test_crit_is_an_array_of_names_of_extensions_that_are_there(verifier, header):
    with refused("crit_invalid"):
        verifier().decode(forge.token(header=header))


@pytest.mark.parametrize("names", [["x"], ["x", "x"], ["b64"], ["exp"]])
def test_a_well_formed_crit_is_for_the_policy_to_refuse(verifier, names):
    with refused("crit_unsupported"):
        verifier().decode(forge.token(header={"crit": names, **dict.fromkeys(names, 1)}))


def test_members_are_looked_at_in_order(verifier):
    wrong = {"kid": 1, "typ": 1, "crit": 1}
    with refused("alg_missing"):
        verifier().decode(token(wrong))
    with refused("alg_invalid"):
        verifier().decode(token({**wrong, "alg": 1}))
    with refused("kid_invalid"):
        verifier().decode(token({**wrong, "alg": "none"}))
    with refused("typ_invalid"):
        verifier().decode(token({**wrong, "alg": "none", "kid": "k"}))
    with refused("crit_invalid"):
        verifier().decode(token({**wrong, "alg": "none", "kid": "k", "typ": "JWT"}))


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": forge.material("ES256", 1).jwk()},
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/chain", "x5c": ["!"], "x5t": 1, "x5t#S256": None},
        {"cty": 7},
        {"zip": "DEF", "enc": "A256GCM", "p2c": 10**9},
        {"": "", "\u00e9": [1, {"deep": [None, True]}]},
    ],
    ids=",".join,
)
def test_every_other_member_is_ignored(verifier, extra):
    proof = verifier().verify(forge.token(header=extra))
    assert proof.header == {"alg": "HS256", **extra}


def test_white_space_and_escapes_in_a_header(verifier):
    assert verifier().decode(token(b' {\t"\\u0061lg"\r\n: "\\u0048S256" } ')) == forge.CLAIMS


def test_a_header_as_the_caller_sees_it_is_his_own(verifier):
    proof = verifier().verify(forge.token(header={"x": [1]}))
    proof.header["x"].append(2)
    assert proof.header == {"alg": "HS256", "x": [1]}
