"""Keys, whatever they were read from: what they show of themselves, which algorithms they fit, how they are chosen, written and made."""

import base64
import copy
import hashlib
import json
import pickle

import pytest

import forge
from expect import refused

KINDS = {
    "HS256": ("oct", None, 256),
    "HS512": ("oct", None, 512),
    "RS256": ("RSA", None, 2048),
    "ES256": ("EC", "P-256", 256),
    "ES384": ("EC", "P-384", 384),
    "ES512": ("EC", "P-521", 521),
    "ES256K": ("EC", "secp256k1", 256),
    "EdDSA": ("OKP", "Ed25519", 256),
}
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


@pytest.mark.parametrize("algorithm", KINDS)
def test_what_a_key_shows(key, algorithm):
    shown = key(algorithm, kid="k")
    assert (shown.kty, shown.curve, shown.bits) == KINDS[algorithm]
    assert (shown.kid, shown.use, shown.key_ops) == ("k", None, None)
    assert shown.algorithm == algorithm
    assert shown.is_private is (shown.kty == "oct")


@pytest.mark.parametrize(
    ("algorithm", "bound", "fits"),
    [
        ("RS256", None, RSA),
        ("ES256", "ES256", ("ES256",)),
        ("ES384", "ES384", ("ES384",)),
        ("ES512", "ES512", ("ES512",)),
        ("ES256K", "ES256K", ("ES256K",)),
        ("EdDSA", None, ("EdDSA", "Ed25519")),
    ],
)
def test_a_key_that_is_not_told_its_algorithm(impl, algorithm, bound, fits):
    free = impl.Key.from_pem(forge.material(algorithm).pem())
    assert (free.algorithm, free.algorithms) == (bound, fits)


@pytest.mark.parametrize("algorithm", RSA)
def test_an_rsa_key_bound_to_one(key, algorithm):
    assert key(algorithm).algorithms == (algorithm,)


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_the_two_names_of_ed25519_are_one_key(key, algorithm):
    bound = key(algorithm)
    assert bound.algorithm == algorithm
    assert bound.algorithms == ("EdDSA", "Ed25519")


OTHERS = {
    algorithm: [
        other for other in ("HS256", "RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA") if other != algorithm
    ]
    for algorithm in ("RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA")
}


@pytest.mark.parametrize(("algorithm", "other"), [(name, other) for name, others in OTHERS.items() for other in others])
def test_an_algorithm_of_another_family_or_curve(impl, algorithm, other):
    material = forge.material(algorithm)
    for read, data in ((impl.Key.from_pem, material.pem()), (impl.Key.from_der, material.der(private=True))):
        with refused("key_algorithm"):
            read(data, algorithm=other)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_public(key, signing_key, algorithm):
    private = signing_key(algorithm, kid="k")
    public = private.public()
    assert (private.is_private, public.is_private) == (True, False)
    assert public.to_jwk() == key(algorithm, kid="k").to_jwk() == private.to_jwk()
    assert (public.kid, public.algorithm, public.algorithms) == ("k", algorithm, private.algorithms)
    assert public.public().to_jwk() == public.to_jwk()


def test_public_keeps_use_and_what_could_sign_can_verify(impl):
    jwk = forge.material("ES256").jwk(private=True, use="sig", key_ops=["sign"], kid="k")
    public = impl.Key.from_jwk(jwk).public()
    assert (public.use, public.key_ops, public.kid) == ("sig", ("verify",), "k")
    private = impl.Key.from_jwk(jwk)
    assert private.to_jwk() == public.to_jwk()
    assert (private.to_jwk()["key_ops"], private.to_jwk(private=True)["key_ops"]) == (["verify"], ["sign"])


def test_a_secret_has_no_public_part(key):
    with refused("key_unsupported"):
        key("HS256").public()


# looks


def test_repr(impl, key, signing_key):
    assert repr(key("HS256", kid="it's")) == """<Key kty=oct bits=256 algorithm=HS256 kid="it's" secret>"""
    assert repr(key("RS256")) == "<Key kty=RSA bits=2048 algorithm=RS256 public>"
    assert repr(impl.Key.from_pem(forge.material("RS256").pem())) == "<Key kty=RSA bits=2048 algorithm=any public>"
    assert repr(signing_key("ES512", kid="a\nb")) == "<Key kty=EC bits=521 algorithm=ES512 kid='a\\nb' private>"
    assert repr(impl.KeySet([])) == "<KeySet of 0 keys>"
    assert repr(impl.KeySet([key("HS256")])) == "<KeySet of 1 key>"
    assert repr(impl.KeySet([key("HS256"), key("ES256")])) == "<KeySet of 2 keys>"


@pytest.mark.parametrize("algorithm", KINDS)
def test_repr_shows_no_key_material(signing_key, algorithm):
    private = signing_key(algorithm)
    shown = repr(private) + str(private) + f"{private}"
    for name, value in private.to_jwk(private=True).items():
        if name not in ("kty", "crv", "alg", "e"):
            assert value not in shown
            assert value[:8] not in shown


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_keys_are_not_copied(impl, key, signing_key, verifier, copying):
    proof = verifier().verify(forge.token())
    for thing in (key("HS256"), signing_key("RS256"), impl.KeySet([key("ES256")]), verifier(), proof):
        with pytest.raises(TypeError):
            copying(thing)


def test_keys_do_not_change(impl, key, verifier):
    (rejection,) = verifier().verify_many([""])
    for thing, name in [
        (key("HS256"), "kid"),
        (impl.KeySet([]), "skipped"),
        (verifier(), "algorithms"),
        (verifier().verify(forge.token()), "claims"),
        (rejection, "code"),
    ]:
        with pytest.raises(AttributeError):
            setattr(thing, name, "other")
        with pytest.raises(AttributeError):
            delattr(thing, name)
        with pytest.raises(AttributeError):
            thing.own = 1


# choice


def token(**header):
    return forge.token(header=header)


def test_a_lone_key_without_kid_takes_any_token(verifier, key):
    lone = verifier(keys=key("HS256"))
    for header in ({}, {"kid": ""}, {"kid": "whatever"}):
        assert lone.decode(token(**header))


def test_a_lone_key_with_a_kid_takes_its_own_and_tokens_without(verifier, key):
    lone = verifier(keys=key("HS256", kid="k"))
    assert lone.decode(token(kid="k"))
    assert lone.decode(token())
    for kid in ("", "K", "k ", "kk", "\u212a"):
        with refused("key_unknown"):
            lone.decode(token(kid=kid))


def test_an_empty_kid_is_a_kid(verifier, key):
    lone = verifier(keys=key("HS256", kid=""))
    assert lone.decode(token(kid=""))
    assert lone.decode(token())
    with refused("key_unknown"):
        lone.decode(token(kid="k"))


def test_with_a_kid_only_an_exact_match(verifier, key):
    two = verifier(keys=[key("HS256", kid="a"), key("HS256", 1)])
    assert two.decode(token(kid="a"))
    with refused("key_unknown"):
        two.decode(token(kid="b"))
    with refused("bad_signature"):
        two.decode(forge.token(header={"kid": "a"}, key=forge.material("HS256", 1)))


def test_without_a_kid_all_are_tried_in_order(verifier, key):
    four = verifier(keys=[key("HS256", number, kid=str(number) if number % 2 else None) for number in range(4)])
    for number in range(4):
        assert four.decode(forge.token(key=forge.material("HS256", number)))
    with refused("bad_signature"):
        four.decode(forge.token(key=forge.material("HS256", 4)))


def test_without_a_kid_more_than_four_are_too_many(verifier, key):
    with refused("key_ambiguous"):
        verifier(keys=[key("HS256", number) for number in range(5)]).decode(token())


def test_only_admissible_keys_count(verifier, key):
    keys = [
        key("HS256"),
        *(key("ES256", number) for number in range(4)),
        *(key("HS384", number) for number in range(4)),
    ]
    assert verifier("HS256", keys=keys).decode(token())


def test_several_keys_with_the_kid(verifier, key):
    twins = [key("HS256", kid="a"), key("HS256", 1, kid="a")]
    with refused("key_ambiguous"):
        verifier(keys=twins).decode(token(kid="a"))
    assert verifier("HS256", "ES256", keys=[key("HS256", kid="a"), key("ES256", kid="a")]).decode(token(kid="a"))


def test_the_same_key_twice_is_several(verifier, key):
    same = key("HS256", kid="a")
    with refused("key_ambiguous"):
        verifier(keys=[same, same]).decode(token(kid="a"))


@pytest.mark.parametrize(
    "members",
    [{"use": "enc"}, {"use": ""}, {"key_ops": []}, {"key_ops": ["sign"]}, {"use": "sig", "key_ops": ["encrypt"]}],
)
def test_a_key_for_another_use_is_not_admissible(impl, verifier, members):
    elsewhere = impl.Key.from_jwk(forge.material("HS256").jwk(**members), algorithm="HS256")
    for keys in ([elsewhere], [elsewhere, elsewhere]):
        with refused("key_unknown"):
            verifier(keys=keys).decode(token())


@pytest.mark.parametrize(
    "members", [{"use": "sig"}, {"key_ops": ["verify"]}, {"use": "sig", "key_ops": ["sign", "verify"]}]
)
def test_a_key_for_this_use(impl, verifier, members):
    assert verifier(keys=impl.Key.from_jwk(forge.material("HS256").jwk(**members), algorithm="HS256")).decode(token())


def test_a_lone_key_must_be_admissible_too(verifier, key):
    with refused("key_unknown"):
        verifier("HS256", "HS384", keys=key("HS384")).decode(token())


def test_an_rsa_key_bound_to_another_alg_is_not_admissible(verifier, key):
    with refused("key_unknown"):
        verifier("RS256", "PS256", keys=key("PS256")).decode(forge.token(algorithm="RS256"))


@pytest.mark.parametrize("bound", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("said", ["EdDSA", "Ed25519"])
def test_eddsa_and_ed25519_are_two_names_in_the_list_and_one_for_the_key(verifier, key, bound, said):
    assert verifier(said, keys=key(bound)).decode(forge.token(algorithm=said))
    other = "EdDSA" if said == "Ed25519" else "Ed25519"
    with refused("alg_not_allowed"):
        verifier(other, keys=key(bound)).decode(forge.token(algorithm=said))


def test_a_huge_set(impl, verifier, key):
    many = impl.KeySet([key("HS256", kid=str(number)) for number in range(600)])
    assert verifier(keys=many).decode(token(kid="599"))
    assert many.get("300").kid == "300"


# writing


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"])
def test_written_keys_are_what_cryptography_writes(key, signing_key, algorithm):
    material = forge.material(algorithm)
    assert key(algorithm).to_der() == material.der()
    assert key(algorithm).to_pem() == material.pem().decode()
    assert signing_key(algorithm).to_der() == material.der()
    assert signing_key(algorithm).to_pem() == material.pem().decode()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"])
def test_private_keys_written_and_read_again(impl, signing_key, algorithm):
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    key, material = signing_key(algorithm, kid="k"), forge.material(algorithm)
    numbers = material.jwk(private=True)
    assert forge.Material(load_pem_private_key(key.to_pem(private=True).encode(), None)).jwk(private=True) == numbers
    assert forge.Material(load_der_private_key(key.to_der(private=True), None)).jwk(private=True) == numbers
    assert key.to_jwk(private=True) == {**numbers, "kid": "k", "alg": algorithm}
    for again in (
        impl.Key.from_pem(key.to_pem(private=True), algorithm=algorithm, kid="k"),
        impl.Key.from_der(key.to_der(private=True), algorithm=algorithm, kid="k"),
        impl.Key.from_jwk(key.to_jwk(private=True)),
    ):
        assert again.to_jwk(private=True) == key.to_jwk(private=True)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"])
def test_private_keys_are_written_by_both_halves_alike(both, algorithm):
    native, pure = (half.Key.from_pem(forge.material(algorithm).pem(private=True)) for half in both)
    assert native.to_pem(private=True) == pure.to_pem(private=True)
    assert native.to_der(private=True) == pure.to_der(private=True)


def test_jwk_members(impl):
    jwk = forge.material("ES256").jwk(kid="k", use="sig", key_ops=["verify"], alg="ES256", x5c=["!"], ext=True, own=1)
    written = impl.Key.from_jwk(jwk).to_jwk()
    assert written == forge.material("ES256").jwk(kid="k", use="sig", key_ops=["verify"], alg="ES256")


def test_a_jwk_is_json_and_the_callers_own(impl):
    read = impl.Key.from_jwk(forge.material("RS256").jwk(key_ops=["verify"]))
    written = read.to_jwk()
    assert json.loads(json.dumps(written)) == written
    written["key_ops"].append("sign")
    assert read.to_jwk()["key_ops"] == ["verify"]
    assert "alg" not in written


def test_secrets_are_written_only_when_asked(key):
    secret = key("HS256", kid="k")
    assert secret.to_jwk(private=True) == forge.material("HS256").jwk(kid="k", alg="HS256")
    with refused("key_private"):
        secret.to_jwk()
    for write in (secret.to_pem, secret.to_der):
        for private in (False, True):
            with refused("key_unsupported"):
                write(private=private)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_public_key_has_nothing_private_to_write(key, algorithm):
    public = key(algorithm)
    for write in (public.to_pem, public.to_der, public.to_jwk):
        with refused("key_public"):
            write(private=True)


# thumbprints


@pytest.mark.parametrize("hash", ["SHA-256", "SHA-384", "SHA-512"])
@pytest.mark.parametrize("algorithm", KINDS)
def test_thumbprint(signing_key, algorithm, hash):
    needed = {"oct": ("k", "kty"), "RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
    jwk = forge.material(algorithm).jwk()
    members = {name: jwk[name] for name in needed[jwk["kty"]]}
    digest = hashlib.new(hash.replace("-", ""), forge.dump(members)).digest()
    assert signing_key(algorithm, kid="k").thumbprint(hash=hash) == forge.b64(digest)


def test_thumbprint_is_sha_256_and_of_the_public_part(key, signing_key):
    assert key("ES256").thumbprint() == signing_key("ES256").thumbprint() == key("ES256").thumbprint(hash="SHA-256")


# making


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_generate(impl, verifier, algorithm):
    made = impl.Key.generate(algorithm, kid="new")
    assert (made.algorithm, made.kid, made.is_private) == (algorithm, "new", True)
    row = next(row for row in impl.algorithm_table() if row.name == algorithm)
    assert (made.kty, made.curve, made.bits) == (row.kty, row.curve, row.min_key_bits)
    token = impl.sign_compact(made, algorithm, forge.dump({"alg": algorithm, "kid": "new"}), forge.dump(forge.CLAIMS))
    public = made if made.kty == "oct" else made.public()
    assert verifier(algorithm, keys=public).decode(token) == forge.CLAIMS


def test_generated_keys_differ(impl):
    for algorithm in ("HS256", "ES256", "EdDSA"):
        assert impl.Key.generate(algorithm).thumbprint() != impl.Key.generate(algorithm).thumbprint()


def test_generated_sizes(impl):
    assert impl.Key.generate("HS256", bits=512).bits == 512
    assert impl.Key.generate("HS512", bits=520).bits == 520
    assert impl.Key.generate("RS256", bits=2048).bits == 2048
    assert impl.Key.generate("PS512", bits=3072).bits == 3072


@pytest.mark.parametrize(
    ("algorithm", "bits"),
    [
        ("HS256", 248),
        ("HS256", 257),
        ("HS512", 504),
        ("HS256", 0),
        ("HS256", -8),
        ("RS256", 1024),
        ("RS256", 2047),
        ("RS256", 2056),
    ]
    + [("RS256", 16384), ("ES256", 256), ("ES512", 521), ("EdDSA", 256), ("Ed25519", 255)],
)
def test_sizes_that_do_not_fit(impl, algorithm, bits):
    with pytest.raises(ValueError, match=r"^bits "):
        impl.Key.generate(algorithm, bits=bits)


def test_generated_rsa_exponent(impl):
    assert impl.Key.generate("RS256").to_jwk()["e"] == base64.urlsafe_b64encode(b"\1\0\1").decode()
