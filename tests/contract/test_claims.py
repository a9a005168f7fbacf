"""Step 6, and what a verified token shows: the payload as claims."""

import pytest

import forge
from expect import refused
from rapidjwt.exceptions import InvalidTokenError

NOW = forge.NOW
FULL = {
    "iss": "https://issuer.example/",
    "sub": "user-1",
    "aud": ["api", "other"],
    "exp": NOW + 600.75,
    "nbf": NOW - 0.25,
    "iat": NOW - 10,
    "jti": "id-1",
    "scope": "read write",
    "nested": {"a": [1, 2.5, None, True, "\u00e9"]},
}


@pytest.fixture
def proof(verifier):
    lenient = verifier(audience="api", issuer="https://issuer.example/")
    return lenient.verify(forge.token(FULL, header={"kid": "k", "typ": "at+jwt"}))


@pytest.mark.parametrize("payload", [b"\xff", b'{"a":"\xed\xa0\x80"}', b"\xc3", b'{"\xe9":1}'])
def test_payload_is_utf8(verifier, payload):
    with refused("payload_utf8"):
        verifier().decode(forge.token(payload))


@pytest.mark.parametrize("payload", [b"", b" ", b"{", b"Payload", b"{}{}", '\ufeff{"exp":1}'.encode()])
def test_payload_is_json(verifier, payload):
    with refused("payload_json"):
        verifier().decode(forge.token(payload))


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"{}"', b"null", b"true", b'[{"exp":1}]'])
def test_payload_is_an_object(verifier, payload):
    with refused("payload_not_object"):
        verifier().decode(forge.token(payload))


def test_payload_has_no_name_twice(verifier):
    with refused("payload_duplicate"):
        verifier().decode(forge.token(b'{"exp":1800000600,"exp":1800000600}'))


def test_payload_is_not_deep(verifier):
    with refused("payload_too_deep", limit=3):
        verifier(max_depth=3).decode(forge.token({"a": [[[]]]}))


def test_an_empty_object_is_a_payload(verifier):
    assert verifier(require=()).decode(forge.token(b"{}")) == {}


def test_claims_are_the_payload(proof):
    assert proof.claims == FULL
    assert list(proof.claims) == list(FULL)
    assert proof.payload == forge.dump(FULL)
    assert proof.header == {"alg": "HS256", "kid": "k", "typ": "at+jwt"}


def test_claims_are_built_once(proof):
    assert proof.claims is proof.claims


def test_to_dict_and_header_are_fresh(proof):
    mine = proof.to_dict()
    mine["nested"]["a"].append(3)
    assert proof.claims == FULL
    assert proof.to_dict() == FULL
    assert proof.to_dict() is not proof.to_dict()
    assert proof.header is not proof.header


def test_registered_claims_by_name(proof):
    assert proof.algorithm == "HS256"
    assert proof.kid == "k"
    assert proof.issuer == "https://issuer.example/"
    assert proof.subject == "user-1"
    assert proof.audience == ("api", "other")
    assert proof.jwt_id == "id-1"
    assert proof.scope == "read write"


def test_times_are_whole_seconds_rounded_down(proof):
    times = (proof.expires_at, proof.not_before, proof.issued_at)
    assert times == (NOW + 600, NOW - 1, NOW - 10)
    assert [type(time) for time in times] == [int, int, int]


def test_negative_times_are_rounded_down_too(verifier):
    proof = verifier(require=()).verify(forge.token({"iat": -1.5, "nbf": -7}))
    assert (proof.issued_at, proof.not_before, proof.expires_at) == (-2, -7, None)


def test_huge_times(verifier):
    proof = verifier().verify(forge.token(b'{"exp":1e300,"iat":-1e300}'))
    assert (proof.expires_at, proof.issued_at) == (int(1e300), int(-1e300))


def test_absent_claims_are_none(verifier):
    proof = verifier(require=()).verify(forge.token({}))
    assert proof.kid is None
    assert proof.audience == ()
    names = ("issuer", "subject", "jwt_id", "scope", "expires_at", "issued_at", "not_before")
    assert [getattr(proof, name) for name in names] == [None] * 7


def test_audience_as_a_string_is_a_tuple_of_one(verifier):
    assert verifier(audience="api").verify(forge.token({**forge.CLAIMS, "aud": "api"})).audience == ("api",)


@pytest.mark.parametrize("scope", [["read"], None, 7, {"a": 1}])
def test_scope_that_is_no_string_is_none(verifier, scope):
    proof = verifier().verify(forge.token({**forge.CLAIMS, "scope": scope}))
    assert proof.scope is None
    assert proof.get("scope") == scope


def test_get(proof):
    assert proof.get("sub") == "user-1"
    assert proof.get("none") is None
    assert proof.get("none", 7) == 7
    assert proof.get("nested") == proof.claims["nested"]
    assert proof.get("none\ud800", 7) == 7
    with pytest.raises(TypeError, match="name must be a string, not int"):
        proof.get(1)


def test_what_is_read_is_what_was_signed(verifier):
    proof = verifier().verify(forge.token({**forge.CLAIMS, "nested": {"a": [1]}, "scope": "a b"}))
    wanted = {name: proof.get(name) for name in proof.claims}
    proof.get("nested")["a"].append(2)
    proof.claims["nested"]["a"].append(3)
    proof.claims.update(dict.fromkeys(proof.claims, "other"), more=1)
    wanted["nested"] = {"a": [1]}
    assert {name: proof.get(name) for name in wanted} == wanted
    assert (proof.subject, proof.issuer, proof.scope) == (wanted["sub"], wanted.get("iss"), "a b")
    assert proof.get("more") is None
    assert proof.claims["more"] == 1
    assert proof.to_dict() == wanted


def test_claims_are_found_however_their_names_are_written(verifier):
    text = rb'{"\u0073ub" : "a" ,"exp":9999999999, "iss": "\u0061", "":{"sub":"b"}, "n\u0000": [ 1 , 2 ] }'
    proof = verifier().verify(forge.token(text))
    assert (proof.subject, proof.issuer, proof.get(""), proof.get("n\0")) == ("a", "a", {"sub": "b"}, [1, 2])
    plain = verifier().verify(forge.token(b'{ "sub" :"a","exp":9999999999 , "x": 1.5 }'))
    assert (plain.subject, plain.get("x"), plain.get("y", 2), plain.issuer) == ("a", 1.5, 2, None)


def test_get_of_a_null_claim_is_none_and_not_the_default(verifier):
    assert verifier().verify(forge.token({**forge.CLAIMS, "x": None})).get("x", 7) is None


def test_a_proof_is_a_yes(proof):
    assert proof
    assert proof.ok is True


def test_repr_shows_no_claim(proof):
    assert repr(proof) == "<VerifiedToken alg=HS256>"


def test_decode_gives_a_dict_of_the_callers_own(verifier):
    one, two = (verifier().decode(forge.token()) for _ in range(2))
    assert one == two == forge.CLAIMS
    assert one is not two
    assert type(one) is dict


LIKE_EACH_OTHER = [
    b'{"exp":1800000600,"sub":"a","roles":["r","w"],"org":{"id":7,"plan":"x"},"n":1}',
    b'{"exp":1800000600,"sub":"ab","roles":["r","w"],"org":{"id":71,"plan":"x"},"n":12}',
    b'{"exp":1800000601,"sub":"a","roles":["r"],"org":{"id":7,"plan":"x","more":null},"n":1,"o":2}',
    b'{"exp":1800000600,"sub":"a","roles":["r","w"],"org":{"id":7,"id":7},"n":1}',
    b'{"exp":1800000600,"sub":"a","roles":["r","w"],"org":{"id":7,"plan":"x"},"sub":"b"}',
    b'{"exp":1800000600,"sub":"a","roles":["r","w"],"org":{"id":7,"plan":"x"},"n":1.5}',
    b'{"exp":1800000600,"sub":"a","roles":["r","w"],"org":{"id":7,"plan":"x"},"n":1',
    b'{"exp":1800000600,"\\u0073ub":"a","roles":["r","w"]}',
    b'{"exp":1800000600,"sub":1}',
    b'{"exp":1,"sub":"a","roles":["r","w"],"org":{"id":7,"plan":"x"},"n":1}',
    b' { "exp" : 1800000600 , "sub" : "a" , "roles" : [ ] } ',
    b"{}",
    b"[]",
]


@pytest.mark.parametrize("earlier", [LIKE_EACH_OTHER[0], LIKE_EACH_OTHER[2], LIKE_EACH_OTHER[10]])
@pytest.mark.parametrize("payload", LIKE_EACH_OTHER)
def test_an_earlier_token_changes_nothing(verifier, earlier, payload):
    fresh, used = verifier(), verifier()
    used.decode(forge.token(earlier))
    token = forge.token(payload)

    def outcome(verifier):
        try:
            proof = verifier.verify(token)
            asked = [proof.get(name, "absent") for name in ("sub", "org", "n", "roles", "nothing")]
            return verifier.decode(token), asked, proof.subject, proof.expires_at
        except InvalidTokenError as error:
            return error.code

    assert outcome(used) == outcome(fresh)
