"""Only the compact form of three segments, of bounded size: no JSON form, no JWE, no polyglots (RFC 7515 section 7, CVE-2022-39227,
CVE-2023-51774, CVE-2024-33664, CVE-2025-30204, CVE-2025-61920).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from judge import code, verdict

import forge
from expect import refused

GOOD = forge.token()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")

FORMS = {
    "flattened": json.dumps({"protected": HEADER, "payload": PAYLOAD, "signature": SIGNATURE}),
    "general": json.dumps({"payload": PAYLOAD, "signatures": [{"protected": HEADER, "signature": SIGNATURE}]}),
    "header outside": json.dumps({"header": {"alg": "none"}, "payload": PAYLOAD, "signature": ""}),
    "polyglot": '{"%s.%s.%s":"","payload":"e30","protected":"%s","signature":"%s"}'
    % (HEADER, PAYLOAD, SIGNATURE, HEADER, SIGNATURE),
    "polyglot, key first": '{"protected":"%s","%s.":".%s"}' % (HEADER, PAYLOAD, SIGNATURE),
    "array": json.dumps([GOOD]),
    "quoted": json.dumps(GOOD),
    "bearer": f"Bearer {GOOD}",
    "leading space": f" {GOOD}",
    "trailing space": f"{GOOD} ",
    "trailing newline": f"{GOOD}\n",
    "trailing NUL": f"{GOOD}\0",
    "leading NUL": f"\0{GOOD}",
    "BOM": f"\ufeff{GOOD}",
    "comma": f"{GOOD},{GOOD}",
    "url": f"https://x.example/?token={GOOD}",
    "percent": GOOD.replace(".", "%2E"),
    "other dots": GOOD.replace(".", "\u3002"),
    "full-width dots": GOOD.replace(".", "\uff0e"),
    "SD-JWT": f"{GOOD}~",
    "SD-JWT with disclosures": f"{GOOD}~WyJhIl0~",
    "sub-token": f"{HEADER}.{PAYLOAD}.{SIGNATURE}.{HEADER}",
    "jwe": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    "empty": "",
    "one": HEADER,
    "two": f"{HEADER}.{PAYLOAD}",
    "dot": ".",
    "three dots": "...",
    "lone surrogate": GOOD + "\ud800",
    "surrogate dots": GOOD.replace(".", "\udc2e"),
    "emoji": GOOD.replace(".", "\U0001f600"),
}


@pytest.mark.parametrize("name", FORMS)
def test_other_forms(verifier: Any, name: str) -> None:
    token = FORMS[name]
    allowed = {"segment_count", "header_base64", "payload_base64", "signature_base64"}
    for judge in (verifier(), verifier(allow_padding=True)):
        assert verdict(judge, token) in allowed
        assert verdict(judge, token.encode("utf-8", "surrogatepass")) in allowed
        assert verdict(judge, token.encode("utf-16", "surrogatepass")) in allowed


BOMB = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1, "p2s": "AAAA", "zip": "DEF"}


@pytest.mark.usefixtures("soon")
def test_jwe_is_refused_at_once(verifier: Any) -> None:
    """No p2c is counted, nothing is inflated: five parts are two too many."""
    jwe = ".".join([forge.b64(forge.dump(BOMB)), "AAAA", "AAAA", "A" * 100_000, "AAAA"])
    assert verdict(verifier(), jwe) == "segment_count"
    assert verdict(verifier(), forge.token(header=BOMB)) == "alg_unsupported"


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "token",
    ["." * 10_000_000, "A" * 10_000_000, "A." * 5_000_000, f"{HEADER}.{'A' * 10_000_000}.AAAA", f"{'A' * 10_000_000}.AAAA.AAAA", f"{HEADER}.AAAA.{'A' * 10_000_000}", "\ud800" * 3_000_000, "é" * 5_000_000],
    ids=range(8),
)  # fmt: skip
def test_giants(verifier: Any, token: str) -> None:
    """Ten megabytes: too large by default, and linear work where the caller raised the limit."""
    assert verdict(verifier(), token) == "token_too_large"
    lax = verifier(max_token_bytes=1 << 30, max_header_bytes=1 << 30)
    assert code(lax.decode, token) in {"segment_count", "header_json", "header_utf8", "bad_signature", "header_base64"}


@pytest.mark.usefixtures("soon")
def test_a_giant_that_is_genuine(verifier: Any) -> None:
    lax = verifier(max_token_bytes=1 << 30)
    for text in ("x" * 5_000_000, "\\n" * 2_000_000, '","'.join("x" * 1_000_000), "é" * 2_000_000):
        token = forge.token(b'{"exp":%d,"x":["%s"]}' % (forge.NOW + 9, text.encode()))
        assert code(lax.decode, token) is None


@pytest.mark.usefixtures("soon")
def test_a_giant_payload_is_not_read_before_its_signature_is_good(verifier: Any) -> None:
    lax = verifier(max_token_bytes=1 << 30)
    evil = forge.b64(b"[" * 6_000_000)
    for _ in range(5):
        with refused("bad_signature"):
            lax.decode(f"{HEADER}.{evil}.{SIGNATURE}")


def test_limits_are_exact(verifier: Any) -> None:
    length, header = len(GOOD), len(HEADER)
    assert verdict(verifier(max_token_bytes=length), GOOD) is None
    assert verdict(verifier(max_token_bytes=length - 1), GOOD) == "token_too_large"
    assert verdict(verifier(max_header_bytes=header), GOOD) is None
    assert verdict(verifier(max_header_bytes=header - 1), GOOD) == "header_too_large"
    with refused("token_too_large", limit=5):
        verifier(max_token_bytes=5).decode("é" * 3)
    with refused("segment_count"):
        verifier(max_token_bytes=6).decode("é" * 3)


@pytest.mark.parametrize("option", ["max_token_bytes", "max_header_bytes", "max_depth"])
@pytest.mark.parametrize("value", [0, -1, 2**64, -(2**63), 10**400, True, 1.0, "1", [1]])
def test_limits_that_are_none(verifier: Any, option: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=option):
        verifier(**{option: value})


def test_decode_unverified_has_the_same_limits(impl: Any) -> None:
    for name, token in FORMS.items():
        for form in (token, token.encode("utf-8", "surrogatepass")):
            codes = {"segment_count", "header_base64", "payload_base64", "signature_base64"}
            assert code(impl.decode_unverified, form) in codes, name
    for token in ("." * 10_000_000, "A" * 10_000_000):
        with refused("token_too_large", limit=262_144):
            impl.decode_unverified(token)
    assert impl.decode_unverified(GOOD).claims == forge.CLAIMS
    assert impl.decode_unverified(f"{HEADER}.{PAYLOAD}.").header == {"alg": "HS256"}
