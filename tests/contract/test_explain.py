"""`Verifier.explain`: every check by itself, all failures at once."""

import pytest

import forge
from rapidjwt.exceptions import build
from rapidjwt.types import Check, Explanation

STEPS = ["compact", "header", "algorithm", "crit", "typ", "key", "signature", "claims"]
CLAIMS = ["iat", "nbf", "exp", "iss", "aud", "sub", "jti", "max_age", "max_lifetime", "checks"]
NAMES = [*STEPS, "require exp", *CLAIMS]
GOOD = forge.token()


def failures(explanation):
    """The names of the checks that failed, with their codes."""
    return {check.name: check.code for check in explanation.checks if check.ok is False}


def unknown(explanation):
    return [check.name for check in explanation.checks if check.ok is None]


def test_a_good_token(verifier):
    explanation = verifier().explain(GOOD)
    assert type(explanation) is Explanation
    assert explanation == (True, tuple(Check(name, True, None, None) for name in NAMES), {"alg": "HS256"}, forge.CLAIMS)
    assert all(type(check) is Check for check in explanation.checks)


def test_bytes_too(verifier):
    assert verifier().explain(GOOD.encode()) == verifier().explain(GOOD)


def test_all_failures_at_once(verifier):
    strict = verifier(issuer="i", audience="a", subject="s", typ="JWT", max_age=1, max_lifetime=1, require=("x", "exp"))
    claims = {"iat": forge.NOW - 100, "nbf": forge.NOW + 1, "exp": forge.NOW, "iss": 1, "aud": "b", "sub": 1, "jti": 1}
    header = {"alg": "none", "crit": ["y"], "y": 1, "typ": "other"}
    explanation = strict.explain(forge.token(claims, header=header))
    assert explanation.ok is False
    assert failures(explanation) == {
        "algorithm": "alg_unsupported",
        "crit": "crit_unsupported",
        "typ": "typ_mismatch",
        "require x": "claim_missing",
        "nbf": "nbf_in_future",
        "exp": "expired",
        "iss": "iss_invalid",
        "aud": "aud_mismatch",
        "sub": "sub_invalid",
        "jti": "jti_invalid",
        "max_age": "too_old",
        "max_lifetime": "lifetime_too_long",
    }
    assert unknown(explanation) == ["key", "signature", "checks"]
    assert (explanation.header, explanation.claims) == (header, claims)


def test_messages_are_those_of_the_errors(verifier):
    explanation = verifier(max_token_bytes=10).explain(GOOD)
    assert explanation.checks[0] == Check("compact", False, "token_too_large", str(build("token_too_large", limit=10)))
    explanation = verifier(require=("x",)).explain(GOOD)
    (missing,) = (check for check in explanation.checks if check.ok is False)
    assert missing == Check("require x", False, "claim_missing", 'Token is missing the "x" claim')


def test_without_a_compact_token_nothing_else_is_known(verifier):
    for bad, code in (("", "segment_count"), ("!.A.A", "header_base64"), ("e30.e30.!", "signature_base64")):
        explanation = verifier().explain(bad)
        assert failures(explanation) == {"compact": code}
        assert unknown(explanation) == NAMES[1:]
        assert (explanation.ok, explanation.header, explanation.claims) == (False, None, None)


@pytest.mark.parametrize(
    ("header", "code", "shown"),
    [
        (b"\xff", "header_utf8", None),
        (b"[]", "header_not_object", None),
        (b"{}", "alg_missing", {}),
        (b'{"kid":1,"alg":"HS256"}', "kid_invalid", {"kid": 1, "alg": "HS256"}),
    ],
)
def test_without_a_header(verifier, header, code, shown):
    explanation = verifier().explain(forge.token(header=header))
    assert failures(explanation) == {"header": code}
    assert unknown(explanation) == ["algorithm", "crit", "typ", "key", "signature", "checks"]
    assert (explanation.header, explanation.claims) == (shown, forge.CLAIMS)


def test_without_an_algorithm(verifier):
    explanation = verifier().explain(forge.token(header={"alg": "HS384"}))
    assert failures(explanation) == {"algorithm": "alg_not_allowed"}
    assert unknown(explanation) == ["key", "signature", "checks"]


def test_without_a_key(verifier, key):
    explanation = verifier(keys=[key("HS256", kid="a")]).explain(forge.token(header={"kid": "b"}))
    assert failures(explanation) == {"key": "key_unknown"}
    assert unknown(explanation) == ["signature", "checks"]


def test_a_bad_signature_hides_nothing(verifier):
    explanation = verifier().explain(forge.tampered(forge.token({"exp": 0})))
    assert failures(explanation) == {"signature": "bad_signature", "exp": "expired"}
    assert explanation.claims == {"exp": 0}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"\xff", "payload_utf8"),
        (b"", "payload_json"),
        (b"[]", "payload_not_object"),
        (b'{"a":1,"a":1}', "payload_duplicate"),
    ],
)
def test_without_claims(verifier, payload, code):
    explanation = verifier().explain(forge.token(payload))
    assert failures(explanation) == {"claims": code}
    assert unknown(explanation) == ["require exp", *CLAIMS]
    assert explanation.claims is None


def test_required_names_are_shown_in_order_and_once(verifier):
    options = {"require": ("b", "a", "b", "exp"), "subject": "user-1", "max_age": 1, "max_lifetime": 1}
    names = [check.name for check in verifier(**options).explain(GOOD).checks]
    assert names == [*STEPS, "require b", "require a", "require exp", "require sub", "require iat", *CLAIMS]


def test_each_claim_by_itself(verifier):
    strict = verifier(require=())
    for name, value, code in (
        ("iat", "x", "iat_invalid"),
        ("nbf", forge.NOW + 1, "nbf_in_future"),
        ("exp", 0, "expired"),
        ("iss", 1, "iss_invalid"),
        ("aud", "x", "aud_unexpected"),
        ("sub", None, "sub_invalid"),
        ("jti", 1, "jti_invalid"),
    ):
        assert failures(strict.explain(forge.token({name: value}))) == {name: code}


def test_age_and_lifetime_need_good_dates(verifier):
    explanation = verifier(max_age=1, max_lifetime=1).explain(forge.token({"iat": "x", "exp": forge.NOW + 100}))
    assert failures(explanation) == {"iat": "iat_invalid"}


def test_checks(verifier):
    def check(token):
        raise build("revoked")

    assert failures(verifier(checks=[check]).explain(GOOD)) == {"checks": "revoked"}
    assert verifier(checks=[lambda token: True]).explain(GOOD).ok is True
    explanation = verifier(checks=[lambda token: False]).explain(GOOD)
    assert explanation.checks[-1] == Check("checks", False, "check_failed", "A check refused the token")


def test_checks_are_not_asked_about_bad_tokens(verifier):
    asked = []
    explanation = verifier(checks=[asked.append]).explain(forge.tampered(GOOD))
    assert asked == []
    assert explanation.checks[-1] == Check("checks", None, None, None)


def test_interruptions_pass_through(verifier):
    def check(token):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verifier(checks=[check]).explain(GOOD)


def test_explanations_are_the_same_to_both(both):
    tokens = [
        GOOD,
        "",
        "..",
        forge.tampered(GOOD),
        forge.token({}),
        forge.token({"exp": None, "iat": -1}),
        forge.token(b"[]"),
    ]
    tokens += [
        forge.token(header=header)
        for header in ({"alg": 1}, {"crit": []}, {"crit": ["x"], "x": 1}, {"typ": "x"}, {"kid": "x"}, {"alg": "ES256"})
    ]
    said = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256", kid="k")
        strict = half.Verifier(
            key,
            algorithms=["HS256", "ES256"],
            issuer="i",
            audience="a",
            typ="JWT",
            max_age=5,
            max_lifetime=9,
            clock=lambda: forge.NOW,
        )
        said.append([strict.explain(token) for token in tokens])
    assert said[0] == said[1]
