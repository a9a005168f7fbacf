"""Steps 3 and 7: what the policy says of the header, and of the claims."""

import pytest

import forge
from expect import refused

NOW = forge.NOW


def token(**claims):
    return forge.token({**forge.CLAIMS, **claims})


# 3 admit


@pytest.mark.parametrize(
    "alg",
    [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " ",
        "HS256 ",
        " HS256",
        "hs256",
        "HS256\0",
        "HS\uff12\uff15\uff16",
        "HS1",
        "RS1",
        "ES256k",
        "A128KW",
        "dir",
    ],
)
def test_an_alg_that_the_table_has_not(verifier, alg):
    with refused("alg_unsupported"):
        verifier().decode(forge.token(header={"alg": alg}))


def test_none_is_refused_with_an_empty_signature_too(verifier):
    header, payload, _ = forge.token(header={"alg": "none"}).split(".")
    with refused("alg_unsupported"):
        verifier().decode(f"{header}.{payload}.")


@pytest.mark.parametrize("alg", forge.ALGORITHMS[1:])
def test_an_alg_that_is_not_in_the_list(verifier, alg):
    with refused("alg_not_allowed"):
        verifier("HS256").decode(forge.token(header={"alg": alg}))


@pytest.mark.parametrize("value", [True, False, None, "false"])
def test_b64_is_an_extension_even_when_crit_does_not_name_it(verifier, value):
    with refused("crit_unsupported"):
        verifier().decode(forge.token(header={"b64": value}))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT"])
@pytest.mark.parametrize("expected", ["JWT", "application/jwt", ["at+jwt", "jwt"]])
def test_typ_is_compared_without_case_and_prefix(verifier, typ, expected):
    assert verifier(typ=expected).decode(forge.token(header={"typ": typ}))


@pytest.mark.parametrize(
    "typ", ["at+jwt", "JWT ", "", "application/", "application/application/jwt", "text/jwt", "J\u0174T", "\u212aWT"]
)
def test_another_typ(verifier, typ):
    with refused("typ_mismatch"):
        verifier(typ="JWT").decode(forge.token(header={"typ": typ}))


def test_case_is_ascii_case(verifier):
    with refused("typ_mismatch"):
        verifier(typ="\u00e9").decode(forge.token(header={"typ": "\u00c9"}))


def test_no_typ_where_one_is_expected(verifier):
    with refused("typ_mismatch"):
        verifier(typ="JWT").decode(forge.token())


def test_any_typ_where_none_is_expected(verifier):
    assert verifier().decode(forge.token(header={"typ": "whatever"}))


def test_order_of_admission(verifier):
    strict = verifier(typ="JWT")
    wrong = {"crit": ["x"], "x": 1, "typ": "other", "kid": "unknown"}
    with refused("alg_unsupported"):
        strict.decode(forge.token(header={**wrong, "alg": "none"}))
    with refused("alg_not_allowed"):
        strict.decode(forge.token(header={**wrong, "alg": "HS384"}))
    with refused("crit_unsupported"):
        strict.decode(forge.token(header=wrong))
    with refused("typ_mismatch"):
        strict.decode(forge.token(header={"typ": "other"}))


def test_admission_comes_before_the_keys(impl, verifier):
    with refused("typ_mismatch"):
        verifier(keys=impl.KeySet([]), typ="JWT").decode(forge.token())


# 7.1 require


@pytest.mark.parametrize("claims", [{}, {"exp": None}])
def test_exp_is_required(verifier, claims):
    with refused("claim_missing", claim="exp"):
        verifier().decode(forge.token(claims))


def test_exp_is_not_required_where_the_caller_says_so(verifier):
    assert verifier(require=()).decode(forge.token({})) == {}


@pytest.mark.parametrize("require", [("exp", "sub", "x"), ["x"], ("x", "exp")])
def test_required_names_in_their_order(verifier, require):
    first = next(name for name in require if name != "sub")
    with refused("claim_missing", claim=first):
        verifier(require=require).decode(forge.token({"sub": "user-1"}))


@pytest.mark.parametrize("value", ["", 0, False, [], {}, 0.0])
def test_a_required_claim_may_be_empty_but_not_null(verifier, value):
    assert verifier(require=("x",)).decode(forge.token({"x": value}))["x"] == value
    with refused("claim_missing", claim="x"):
        verifier(require=("x",)).decode(forge.token({"x": None}))


@pytest.mark.parametrize("name", ["", "\u00e9", "https://claims.example/a", 'a"b', "{}", "a\nb"])
def test_a_required_claim_of_any_name(verifier, name):
    with refused("claim_missing", claim=name):
        verifier(require=(name,)).decode(forge.token({}))
    assert verifier(require=(name,)).decode(forge.token({name: 1})) == {name: 1}


@pytest.mark.parametrize(
    ("policy", "missing"), [({"subject": "s"}, "sub"), ({"max_age": 60}, "iat"), ({"max_lifetime": 60}, "iat")]
)
def test_what_other_options_require(verifier, policy, missing):
    with refused("claim_missing", claim=missing):
        verifier(require=(), **policy).decode(forge.token({}))


def test_order_of_what_other_options_require(verifier):
    options = {"require": ("x",), "subject": "s", "max_age": 60, "max_lifetime": 60}
    everything = {"x": 1, "sub": "s", "iat": NOW, "exp": NOW + 1}
    for missing in everything:
        present = dict(list(everything.items())[: list(everything).index(missing)])
        with refused("claim_missing", claim=missing):
            verifier(**options).decode(forge.token(present))
    assert verifier(**options).decode(forge.token(everything)) == everything


# 7.2 to 7.4 times

NO_DATES = [None, True, False, "1800000600", "", [], {}, [1_800_000_600], "NaN"]


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", NO_DATES, ids=repr)
def test_a_date_is_a_number(verifier, name, value):
    with refused(f"{name}_invalid"):
        verifier(require=()).decode(token(**{name: value}))


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_an_integer_beyond_binary64_is_no_date(verifier, name):
    with refused(f"{name}_invalid"):
        verifier(require=()).decode(token(**{name: 10**309}))
    with refused(f"{name}_invalid"):
        verifier(require=()).decode(token(**{name: -(10**309)}))


def test_null_is_missing_only_where_it_is_required(verifier):
    with refused("claim_missing", claim="exp"):
        verifier().decode(token(exp=None))
    with refused("exp_invalid"):
        verifier(require=()).decode(token(exp=None))


@pytest.mark.parametrize(
    ("exp", "good"), [(1, True), (0.5, False), (0, False), (-1, False), (1.9, True), (0.999, False), (-0.5, False)]
)
def test_exp_is_floored_and_now_is_too_late(verifier, exp, good):
    check = verifier().decode
    if good:
        assert check(token(exp=NOW + exp))
    else:
        with refused("expired"):
            check(token(exp=NOW + exp))


@pytest.mark.parametrize(("now", "good"), [(-0.5, True), (-0.001, True), (0, False), (0.25, False)])
def test_exp_against_a_clock_with_fractions(verifier, now, good):
    check = verifier(clock=lambda: NOW + now).decode
    if good:
        assert check(token(exp=NOW))
    else:
        with refused("expired"):
            check(token(exp=NOW))


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize(
    ("offset", "good"), [(-1, True), (0, True), (0.25, False), (1, False), (-1e12, True), (1e12, False)]
)
def test_nbf_and_iat_are_not_rounded(verifier, name, offset, good):
    check = verifier().decode
    if good:
        assert check(token(**{name: NOW + offset}))
    else:
        with refused(f"{name}_in_future"):
            check(token(**{name: NOW + offset}))


@pytest.mark.parametrize("leeway", [30, 30.0, 0.5])
def test_leeway(verifier, leeway):
    check = verifier(leeway=leeway).decode
    assert check(token(exp=NOW - leeway + 1, nbf=NOW + leeway, iat=NOW + leeway))
    with refused("expired"):
        check(token(exp=NOW - leeway))
    with refused("nbf_in_future"):
        check(token(nbf=NOW + leeway + 0.25))
    with refused("iat_in_future"):
        check(token(iat=NOW + leeway + 0.25))


def test_order_of_times(verifier):
    wrong = {"iat": NOW + 1, "nbf": NOW + 1, "exp": NOW}
    with refused("iat_in_future"):
        verifier().decode(token(**wrong))
    with refused("nbf_in_future"):
        verifier().decode(token(**wrong | {"iat": NOW}))
    with refused("expired"):
        verifier().decode(token(**wrong | {"iat": NOW, "nbf": NOW}))


# 7.5 issuer

ISSUER = "https://issuer.example/"


@pytest.mark.parametrize("accepted", [ISSUER, [ISSUER], ("https://other.example/", ISSUER)])
def test_iss_is_one_of_the_accepted(verifier, accepted):
    assert verifier(issuer=accepted).decode(token(iss=ISSUER))


@pytest.mark.parametrize(
    "iss", ["", "https://issuer.example", ISSUER + "/", ISSUER.upper(), "issuer", " " + ISSUER, ISSUER + "\0"]
)
def test_iss_is_compared_whole(verifier, iss):
    with refused("iss_mismatch"):
        verifier(issuer=ISSUER).decode(token(iss=iss))


@pytest.mark.parametrize("accepted", [None, ISSUER])
@pytest.mark.parametrize("iss", [None, 1, True, [], [ISSUER], {"iss": ISSUER}], ids=repr)
def test_iss_is_a_string_whether_checked_or_not(verifier, accepted, iss):
    with refused("iss_invalid"):
        verifier(issuer=accepted).decode(token(iss=iss))


def test_iss_is_missing_at_its_own_place(verifier):
    with refused("claim_missing", claim="iss"):
        verifier(issuer=ISSUER).decode(token(aud=1))
    with refused("expired"):
        verifier(issuer=ISSUER).decode(token(exp=NOW))


def test_any_iss_where_none_is_asked_for(verifier):
    assert verifier().decode(token(iss="whoever"))


# 7.6 audience


@pytest.mark.parametrize("aud", ["api", ["api"], ["other", "api"], ["api", "api", ""]])
@pytest.mark.parametrize("accepted", ["api", ["api"], ["more", "api"]])
def test_one_audience_in_common_is_enough(verifier, aud, accepted):
    assert verifier(audience=accepted).decode(token(aud=aud))


@pytest.mark.parametrize("aud", ["", "ap", "apis", "API", [], ["other"], ["api "], [""]], ids=repr)
def test_no_audience_in_common(verifier, aud):
    with refused("aud_mismatch"):
        verifier(audience="api").decode(token(aud=aud))


@pytest.mark.parametrize("accepted", [None, "api"])
@pytest.mark.parametrize("aud", [None, 1, True, {}, {"api": 1}, ["api", 1], ["api", None], [["api"]]], ids=repr)
def test_aud_is_a_string_or_an_array_of_strings(verifier, accepted, aud):
    with refused("aud_invalid"):
        verifier(audience=accepted).decode(token(aud=aud))


@pytest.mark.parametrize("aud", ["api", "", [], ["api"]], ids=repr)
def test_no_audience_is_expected(verifier, aud):
    with refused("aud_unexpected"):
        verifier(audience=None).decode(token(aud=aud))


def test_an_audience_is_expected(verifier):
    with refused("claim_missing", claim="aud"):
        verifier(audience="api").decode(token())


# 7.7 and 7.8 subject and ID


def test_sub(verifier):
    assert verifier(subject="user-1").decode(token())
    for sub in ("", "user-2", "USER-1", "user-1 "):
        with refused("sub_mismatch"):
            verifier(subject="user-1").decode(token(sub=sub))


@pytest.mark.parametrize("name", ["sub", "jti"])
@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["user-1"]], ids=repr)
def test_sub_and_jti_are_strings(verifier, name, value):
    with refused(f"{name}_invalid"):
        verifier().decode(token(**{name: value}))


def test_an_empty_subject_may_be_asked_for(verifier):
    assert verifier(subject="").decode(token(sub=""))
    with refused("sub_mismatch"):
        verifier(subject="").decode(token())


# 7.9 and 7.10 age and lifetime


def test_max_age(verifier):
    check = verifier(max_age=60).decode
    assert check(token(iat=NOW - 60))
    with refused("too_old"):
        check(token(iat=NOW - 60.25))
    assert verifier(max_age=60, leeway=5).decode(token(iat=NOW - 65))
    with refused("too_old"):
        verifier(max_age=60, leeway=5).decode(token(iat=NOW - 65.25))


def test_max_age_of_nothing(verifier):
    assert verifier(max_age=0).decode(token(iat=NOW))
    with refused("too_old"):
        verifier(max_age=0).decode(token(iat=NOW - 0.25))


def test_max_lifetime(verifier):
    check = verifier(max_lifetime=900, leeway=100).decode
    assert check(token(iat=NOW, exp=NOW + 900))
    with refused("lifetime_too_long"):
        check(token(iat=NOW, exp=NOW + 900.5))
    assert check(token(iat=NOW - 300.5, exp=NOW + 599.5))


def test_max_age_needs_a_good_iat(verifier):
    with refused("iat_invalid"):
        verifier(max_age=60).decode(token(iat="now"))


def test_order_of_the_claims(verifier):
    """Everything is wrong; each time the first wrong thing is put right."""
    strict = verifier(issuer="i", audience="a", subject="s", max_age=10, max_lifetime=10, require=("x",))
    claims = {"iat": "?", "nbf": "?", "exp": "?", "iss": 1, "aud": 1, "sub": 1, "jti": 1}
    repairs = [
        ("claim_missing", "x", {"x": 1}),
        ("iat_invalid", None, {"iat": NOW + 1}),
        ("iat_in_future", None, {"iat": NOW - 11}),
        ("nbf_invalid", None, {"nbf": NOW + 1}),
        ("nbf_in_future", None, {"nbf": NOW}),
        ("exp_invalid", None, {"exp": NOW}),
        ("expired", None, {"exp": NOW + 100}),
        ("iss_invalid", None, {"iss": "?"}),
        ("iss_mismatch", None, {"iss": "i"}),
        ("aud_invalid", None, {"aud": "?"}),
        ("aud_mismatch", None, {"aud": ["a"]}),
        ("sub_invalid", None, {"sub": "?"}),
        ("sub_mismatch", None, {"sub": "s"}),
        ("jti_invalid", None, {"jti": "j"}),
        ("too_old", None, {"iat": NOW - 10}),
    ]
    for code, claim, repair in repairs:
        with refused(code, claim=claim):
            strict.decode(forge.token(claims))
        claims |= repair
    with refused("lifetime_too_long"):
        strict.decode(forge.token(claims))
    assert strict.decode(forge.token(claims | {"exp": NOW + 9, "iat": NOW - 1}))


def test_the_signature_comes_before_the_claims(verifier):
    with refused("bad_signature"):
        verifier().decode(forge.tampered(token(exp=0)))
