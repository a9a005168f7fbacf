"""Templates for multi-tenant providers, profiles of tokens, and the arguments of `Issuer`."""

import base64
import hashlib

import pytest

import forge
from rapidjwt import profiles
from rapidjwt.exceptions import CheckFailedError, InvalidTokenError
from sources import Source

NOW = forge.NOW
ENTRA = "https://login.example/{tenantid}/v2.0"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def of(tenant):
    return ENTRA.replace("{tenantid}", tenant)


@pytest.fixture
def check(impl):
    """`check(iss, jwk members, **options)`: a verifier of one issuer, whose JWK has these members."""

    def make(iss=ENTRA, members=(), **options):
        keys = impl.KeySet.from_jwks({"keys": [forge.material("ES256").jwk(**dict(members))]})
        return impl.Verifier(
            issuers=[impl.Issuer(iss, **{"keys": keys, "algorithms": ["ES256"], "audience": "me"} | options)],
            clock=lambda: NOW,
        )

    return make


def token(header=None, **claims):
    claims = {"exp": NOW + 60, "aud": "me"} | claims
    claims = {name: value for name, value in claims.items() if value is not ...}
    return forge.token(claims, algorithm="ES256", header=header)


def refusal(call, *arguments, **options):
    with pytest.raises(InvalidTokenError) as caught:
        call(*arguments, **options)
    return caught.value.code, caught.value.claim


# templates


def test_a_template_takes_the_tenants_that_are_listed(check):
    one = check(tenants=[TENANT, "contoso.example"])
    assert one.decode(token(iss=of(TENANT)))["iss"] == of(TENANT)
    assert one.verify(token(iss=of("contoso.example"))).ok
    others = [
        "other",
        TENANT.upper(),
        TENANT[:-1],
        "",
        "..",
        "{tenantid}",
        f"{TENANT}/x",
        f"{TENANT}%2e",
        "contoso.example.",
    ]
    for other in others:
        assert refusal(one.decode, token(iss=of(other))) == ("issuer_unknown", "iss")
    for other in (
        "https://login.example/v2.0",
        of(TENANT) + "/",
        "x" + of(TENANT),
        of(TENANT)[:-1],
        of(TENANT).replace("https", "http"),
    ):
        assert refusal(one.decode, token(iss=other)) == ("issuer_unknown", "iss")


@pytest.mark.parametrize("odd", ["a b", "a/b", "%61", "ä", "-a", ".a", "a?b", "a#b", "a\\b", "a@b", "a:b", "x" * 129])
def test_what_stands_in_the_place_is_one_plain_segment(check, odd):
    one = check(allow=lambda tenant: True)
    assert one.decode(token(iss=of("A-z_0.9")))
    assert one.decode(token(iss=of("x" * 128)))
    assert refusal(one.decode, token(iss=of(odd))) == ("issuer_unknown", "iss")


def test_allow_is_asked_once_the_signature_is_good(check):
    asked = []

    def allow(tenant):
        asked.append(tenant)
        return {"good": True, "odd": 1}.get(tenant)

    one = check(allow=allow)
    assert one.decode(token(iss=of("good")))
    for tenant in ("bad", "odd"):
        assert refusal(one.decode, token(iss=of(tenant))) == ("issuer_unknown", "iss")
    assert refusal(one.verify, forge.tampered(token(iss=of("good"))))[0] == "bad_signature"
    assert refusal(one.verify, token(iss=of("good"), exp=1))[0] == "expired"
    assert [result.ok for result in one.verify_many([token(iss=of("good")), token(iss=of("bad"))])] == [True, False]
    assert asked == ["good", "bad", "odd", "good", "bad"]


def test_allow_that_raises(check):
    def allow(tenant):
        raise LookupError(tenant)

    with pytest.raises(CheckFailedError) as caught:
        check(allow=allow).decode(token(iss=of("x")))
    assert type(caught.value.__cause__) is LookupError


def test_tenants_and_allow_must_both_agree(check):
    one = check(tenants=["a", "b"], allow=lambda tenant: tenant in "bc")
    assert one.decode(token(iss=of("b")))
    assert {refusal(one.decode, token(iss=of(tenant)))[0] for tenant in "ac"} == {"issuer_unknown"}


def test_an_exact_name_comes_before_a_template(impl, key):
    exact = impl.Issuer(of("a"), keys=key("ES256", 1), algorithms=["ES256"], audience=None)
    open_ = impl.Issuer(ENTRA, keys=key("ES256", 0), algorithms=["ES256"], audience=None, allow=lambda tenant: True)
    one = impl.Verifier(issuers=[open_, exact], clock=lambda: NOW)
    assert one.decode(token(iss=of("b"), aud=...))
    assert refusal(one.decode, token(iss=of("a"), aud=...))[0] == "bad_signature"


@pytest.mark.parametrize(
    ("own", "good", "bad"),
    [
        (ENTRA, ["a", TENANT], []),
        (of("a"), ["a"], ["b"]),
        ("https://login.example/{tenantid}/v1.0", [], ["a"]),
        ("https://login.example/{tenant}/v2.0", [], ["a"]),
        ("", [], ["a"]),
        ("{tenantid}", [], ["a"]),
    ],
)
def test_the_issuer_that_a_jwk_names(check, own, good, bad):
    one = check(members={"issuer": own}, allow=lambda tenant: True)
    for tenant in good:
        assert one.decode(token(iss=of(tenant)))
        assert check(of(tenant), {"issuer": own}).decode(token(iss=of(tenant)))
    for tenant in bad:
        assert refusal(one.decode, token(iss=of(tenant)))[0] == "key_unknown"
        assert refusal(check(of(tenant), {"issuer": own}).decode, token(iss=of(tenant)))[0] == "key_unknown"


def test_a_key_that_comes_to_name_another_issuer_is_dead_for_cached_tokens(impl):
    source = Source(impl)
    issuer = impl.Issuer(of("a"), source=source, algorithms=["ES256"], audience=None)
    one = impl.Verifier(issuers=[issuer], clock=lambda: NOW, cache=impl.TokenCache())
    made = token(iss=of("a"), aud=...)
    for own, good in ((of("a"), True), (of("b"), False), (ENTRA, True)):
        source.put(impl.Key.from_jwk(forge.material("ES256").jwk(issuer=own)))
        for _ in range(3):
            assert one.verify_many([made])[0].ok is good
            assert one.decode(made) if good else refusal(one.decode, made)


def test_the_issuer_of_a_key(impl):
    jwk = forge.material("ES256").jwk(private=True, issuer="x")
    key = impl.Key.from_jwk(jwk)
    assert key.issuer == key.public().issuer == "x"
    assert key.to_jwk()["issuer"] == key.to_jwk(private=True)["issuer"] == "x"
    assert impl.Key.from_pem(forge.material("ES256").pem()).issuer is None
    for wrong in (None, 3, ["x"], {"x": 1}):
        with pytest.raises(Exception, match="JWK") as caught:
            impl.Key.from_jwk(jwk | {"issuer": wrong})
        assert caught.value.code == "jwk_invalid"


# profiles

ACCESS = {"iss": "i", "sub": "s", "client_id": "c", "iat": NOW, "jti": "1"}
IDENTITY = {"iss": "i", "sub": "s", "iat": NOW}
LOGOUT = {"iss": "i", "sub": "s", "iat": NOW, "jti": "1", "events": {EVENT: {}}}


def test_access_tokens(check):
    one = check("i", profile="at+jwt")
    for typ in ("at+jwt", "AT+JWT", "application/at+jwt"):
        assert one.decode(token({"typ": typ}, **ACCESS))
    for typ in ("JWT", "at+jwt ", "", "logout+jwt"):
        assert refusal(one.decode, token({"typ": typ}, **ACCESS))[0] == "typ_mismatch"
    assert refusal(one.decode, token(**ACCESS))[0] == "typ_mismatch"
    for name in ("sub", "client_id", "iat", "jti", "exp", "aud"):
        assert refusal(one.decode, token({"typ": "at+jwt"}, **ACCESS | {name: ...})) == ("claim_missing", name)
    assert check("i", profile="at+jwt", typ="JWT").decode(token({"typ": "JWT"}, **ACCESS))


def test_id_tokens(check):
    one = check("i", profile="id_token")
    for header in (None, {"typ": "JWT"}, {"typ": "jwt"}):
        assert one.decode(token(header, **IDENTITY))
    for typ in ("at+jwt", "logout+jwt", "dpop+jwt"):
        assert refusal(one.decode, token({"typ": typ}, **IDENTITY))[0] == "typ_mismatch"
    for name in ("sub", "iat", "exp", "aud"):
        assert refusal(one.decode, token(**IDENTITY | {name: ...})) == ("claim_missing", name)
    assert refusal(check("i", profile="id_token", require=["nonce"]).decode, token(**IDENTITY)) == (
        "claim_missing",
        "nonce",
    )


def test_logout_tokens(check):
    one = check("i", profile="logout_token")

    def judge(typ="logout+jwt", **claims):
        return one.decode(token({"typ": typ}, **LOGOUT | claims))

    assert judge()
    assert judge(sub=..., sid="x")
    assert judge(events={EVENT: {"x": 1}, "other": {}})
    assert refusal(judge, typ="JWT")[0] == "typ_mismatch"
    for name in ("iat", "exp", "aud", "jti", "events"):
        assert refusal(judge, **{name: ...}) == ("claim_missing", name)
    assert refusal(judge, sub=...) == ("claim_missing", "sub")
    for events in ({}, [], "x", {EVENT: None}, {EVENT: []}, {"other": {}}):
        assert refusal(judge, events=events) == ("profile_mismatch", "events")
    for nonce in ("n", "", None):
        assert refusal(judge, nonce=nonce) == ("profile_mismatch", "nonce")
    assert refusal(judge, sid=3) == ("profile_mismatch", "sid")
    assert judge("LOGOUT+jwt", sid="x")


def test_an_id_token_against_its_request(impl, check):
    one = check("i", profile="id_token", audience=["me", "them"])

    def judge(request, **claims):
        profiles.check_id_token(one.verify(token(**IDENTITY | claims)), **{"client_id": "me"} | request)
        return True

    assert judge({})
    assert judge({}, azp="me", aud=["me", "them"])
    assert judge({"nonce": "n"}, nonce="n")
    assert refusal(judge, {}, aud="them") == ("aud_mismatch", "aud")
    assert refusal(judge, {}, aud=["me", "them"]) == ("claim_missing", "azp")
    for azp in ("them", None, 3, ["me"]):
        assert refusal(judge, {}, azp=azp) == ("binding_mismatch", "azp")
    assert refusal(judge, {"nonce": "n"}) == ("claim_missing", "nonce")
    for nonce in ("N", "", None, 3, "ä"):
        assert refusal(judge, {"nonce": "n"}, nonce=nonce) == ("binding_mismatch", "nonce")
    assert refusal(judge, {"nonce": "\ud800"}, nonce="n") == ("binding_mismatch", "nonce")
    assert refusal(judge, {"access_token": "\ud800"}, at_hash="x") == ("binding_mismatch", "at_hash")
    half = base64.urlsafe_b64encode(hashlib.sha256(b"secret").digest()[:16]).rstrip(b"=").decode()
    for name, argument in (("at_hash", "access_token"), ("c_hash", "code")):
        assert judge({argument: "secret"}, **{name: half})
        assert refusal(judge, {argument: "secret"}) == ("claim_missing", name)
        assert refusal(judge, {argument: "Secret"}, **{name: half}) == ("binding_mismatch", name)


def test_the_hash_of_an_access_token_that_openid_prints(impl):
    """OpenID Connect Core appendix A.3 (alg RS256)."""
    assert profiles._half_hash("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(profiles._half_hash("ES512", "x")) == len(profiles._half_hash("EdDSA", "x")) == 43


# arguments of Issuer


def wrong(impl, key, cls, message, iss="i", **options):
    given = {"keys": key("ES256"), "algorithms": ["ES256"], "audience": None} | options
    with pytest.raises(cls, match=message):
        impl.Issuer(iss, **given)


def test_names_of_issuers(impl, key):
    wrong(impl, key, TypeError, "iss must be a string, not int", iss=3)
    wrong(impl, key, ValueError, "iss must not be empty", iss="")
    wrong(impl, key, ValueError, "iss must not have lone surrogates", iss="\ud800")
    for template in (
        "{a}/{b}",
        "https://x/{a}b",
        "https://x/a{b}",
        "https://x/{",
        "https://x/}{",
        "https://x/{}",
        "{a}",
        "x/{a/b}",
        "x/{a}/{b}",
    ):
        wrong(impl, key, ValueError, "one placeholder, which is a whole path segment", iss=template, tenants=["a"])
    wrong(impl, key, ValueError, "needs tenants or allow", iss=ENTRA)
    wrong(impl, key, ValueError, "for an iss with a placeholder", tenants=["a"])
    wrong(impl, key, ValueError, "for an iss with a placeholder", allow=print)
    wrong(impl, key, TypeError, "allow must be callable or None, not int", iss=ENTRA, allow=3)
    wrong(impl, key, TypeError, "tenants must be a list or tuple of strings, not str", iss=ENTRA, tenants="abc")
    wrong(impl, key, TypeError, "tenants must be a list or tuple of strings, not int", iss=ENTRA, tenants=[3])
    for template in ("https://x/{t}", "https://x/{t}/", "https://x/a/{Tenant_id}/v2.0"):
        assert impl.Issuer(template, keys=key("ES256"), algorithms=["ES256"], audience=None, tenants=()).iss == template


def test_keys_come_from_one_place(impl, key):
    wrong(impl, key, TypeError, "exactly one of keys, jwks, .* must say", keys=None)
    for other in (
        {"jwks": {"keys": []}},
        {"jwks_url": "https://x"},
        {"discovery": True},
        {"source": 3},
        {"jwks_file": "x"},
    ):
        wrong(impl, key, TypeError, "exactly one of keys, jwks, .* must say", **other)
    wrong(impl, key, TypeError, "fetch is for keys from a file or the network", fetch={})
    wrong(impl, key, TypeError, "keys must be an iterable of Key, not int", keys=3)
    wrong(impl, key, ValueError, "keys fit none of the algorithms", algorithms=["RS256"])
    jwks = {"keys": [forge.material("ES256").jwk(kid="1")]}
    for given in (jwks, impl.KeySet.from_jwks(jwks).to_jwks()):
        assert impl.Issuer("i", jwks=given, algorithms=["ES256"], audience=None).keys.get("1").curve == "P-256"


def test_hmac_and_keys_from_a_source_never_meet(impl, key):
    for place in ({"source": Source(impl)}, {"jwks_url": "https://x/"}, {"discovery": True}, {"jwks_file": "x"}):
        for algorithms in (["HS256"], ["ES256", "HS512"]):
            wrong(
                impl,
                key,
                ValueError,
                "must not be HMAC where keys come from a source",
                keys=None,
                algorithms=algorithms,
                **place,
            )


def test_a_source_is_one(impl, key):
    class Without(Source):
        find = None

    class Slotless(Source):
        def __init__(self, impl):
            self.slot = 3

    for source in (3, Without(impl), Slotless(impl)):
        wrong(
            impl, key, TypeError, f"source must be a KeySource, not {type(source).__name__}", keys=None, source=source
        )
    wrong(impl, key, TypeError, "fetch is for", keys=None, source=Source(impl), fetch={})


def test_sources_are_opened_for_files_and_the_network(impl, monkeypatch):
    import sys
    from types import ModuleType

    opened = []

    def open_source(iss, **options):
        opened.append((iss, options))
        return Source(impl)

    module = ModuleType("rapidjwt.jwks")
    module.open_source = open_source
    monkeypatch.setitem(sys.modules, "rapidjwt.jwks", module)
    nothing = {"jwks_file": None, "jwks_url": None, "discovery": False}
    for place in ({"jwks_file": "x"}, {"jwks_url": "https://x"}, {"discovery": True}, {"discovery": "https://x"}):
        made = impl.Issuer("i", algorithms=["ES256"], audience=None, fetch={"timeout": 3}, **place)
        assert opened.pop() == ("i", nothing | place | {"timeout": 3})
        assert made.slot is made.source.slot
        assert made.keys is None
    with pytest.raises(ValueError, match="algorithms must not be empty"):
        impl.Issuer("i", algorithms=[], audience=None, jwks_url="https://x")
    assert not opened


def test_policy_arguments_are_checked_as_a_verifiers(impl, key):
    for name, value in {
        "algorithms": "ES256", "audience": [], "subject": 3, "leeway": -1, "require": "exp", "typ": "", "max_age": "1",
        "max_lifetime": -1, "checks": [3],
    }.items():  # fmt: skip
        options = {"algorithms": ["ES256"], "audience": None} | {name: value}
        with pytest.raises((TypeError, ValueError)) as seen:
            impl.Issuer("i", keys=key("ES256"), **options)
        with pytest.raises((TypeError, ValueError)) as wanted:
            impl.Verifier(key("ES256"), issuer="i", **options)
        assert (type(seen.value), str(seen.value)) == (type(wanted.value), str(wanted.value))


def test_profiles_of_issuers(impl, key):
    for profile in ("x", 3, ["id_token"]):
        wrong(impl, key, ValueError, "profile must be one of at.jwt, id_token, logout_token", profile=profile)
    wrong(impl, key, ValueError, "audience must be given with a profile", profile="id_token")
    wrong(
        impl,
        key,
        TypeError,
        "require must be a list or tuple of names, not str",
        profile="id_token",
        audience="a",
        require="x",
    )
