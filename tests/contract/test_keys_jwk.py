"""JSON Web Keys: members, their types, lengths and values; from text and from mappings."""

import json
import types

import pytest

import forge
from expect import refused

KINDS = ["HS256", "RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"]
JWKS = {algorithm: forge.material(algorithm).jwk() for algorithm in KINDS}
PRIVATE = {algorithm: forge.material(algorithm).jwk(private=True) for algorithm in KINDS}
RSA_PRIVATE = ("p", "q", "dp", "dq", "qi")


def without(jwk, *names):
    return {name: value for name, value in jwk.items() if name not in names}


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("form", [dict, types.MappingProxyType, json.dumps, forge.dump])
def test_read(impl, algorithm, private, form):
    jwk = (PRIVATE if private else JWKS)[algorithm]
    key = impl.Key.from_jwk(form(jwk))
    assert key.to_jwk(private=key.is_private).items() >= jwk.items()


@pytest.mark.parametrize(("algorithm", "needed"), [("HS256", "k"), ("RS256", "ne"), ("EdDSA", "x"), ("ES256", "xy")])
def test_members_that_are_needed(impl, algorithm, needed):
    for name in ("kty", *needed):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(without(JWKS[algorithm], name))


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_crv_is_needed(impl, algorithm):
    with refused("jwk_invalid"):
        impl.Key.from_jwk(without(JWKS[algorithm], "crv"))


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["a"]], ids=repr)
def test_members_that_are_strings(impl, algorithm, value):
    for name in (*PRIVATE[algorithm], "alg", "kid", "use"):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(PRIVATE[algorithm] | {name: value})


@pytest.mark.parametrize("value", [None, "verify", 1, {}, [1], ["verify", None], [["verify"]]], ids=repr)
def test_key_ops_is_an_array_of_strings(impl, value):
    with refused("jwk_invalid"):
        impl.Key.from_jwk(JWKS["ES256"] | {"key_ops": value})


@pytest.mark.parametrize("kty", ["", "rsa", "EC2", "oct ", "AKP", "none"])
def test_kty_that_is_not_known(impl, kty):
    with refused("key_unsupported"):
        impl.Key.from_jwk(JWKS["RS256"] | {"kty": kty})


@pytest.mark.parametrize(
    ("algorithm", "crv"),
    [
        ("ES256", "P-224"),
        ("ES256", "p-256"),
        ("ES256", "Ed25519"),
        ("EdDSA", "X25519"),
        ("EdDSA", "Ed448"),
        ("EdDSA", "P-256"),
        ("EdDSA", ""),
    ],
)
def test_crv_that_is_not_known(impl, algorithm, crv):
    with refused("key_unsupported"):
        impl.Key.from_jwk(JWKS[algorithm] | {"crv": crv})


def members_in_base64url():
    return [(algorithm, name) for algorithm in KINDS for name in PRIVATE[algorithm] if name not in ("kty", "crv")]


@pytest.mark.parametrize(("algorithm", "name"), members_in_base64url())
def test_base64url_is_canonical(impl, algorithm, name):
    jwk = PRIVATE[algorithm]
    for text in (
        jwk[name] + "=",
        jwk[name] + "\n",
        " " + jwk[name],
        "+" + jwk[name][1:],
        jwk[name][:-1] + "/",
        jwk[name][:-1] + "!",
        "\u00e9",
    ):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(jwk | {name: text})


@pytest.mark.parametrize("name", ["n", "e"])
def test_rsa_numbers_have_no_leading_zeros_and_are_not_empty(impl, name):
    raw = forge.unb64(JWKS["RS256"][name])
    for text in (forge.b64(b"\0" + raw), "", "AA"):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(JWKS["RS256"] | {name: text})


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "ES256K"])
@pytest.mark.parametrize("name", ["x", "y", "d"])
def test_ec_numbers_have_their_full_length(impl, algorithm, name):
    raw = forge.unb64(PRIVATE[algorithm][name])
    for wrong in (b"\0" + raw, raw[1:], raw[:-1], raw + b"\0", b""):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(PRIVATE[algorithm] | {name: forge.b64(wrong)})


@pytest.mark.parametrize("name", ["x", "d"])
def test_ed25519_numbers_have_32_bytes(impl, name):
    raw = forge.unb64(PRIVATE["EdDSA"][name])
    for wrong in (b"\0" + raw, raw[1:], raw * 2, b""):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(PRIVATE["EdDSA"] | {name: forge.b64(wrong)})


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "ES256K"])
def test_ec_points_are_on_the_curve(impl, algorithm):
    jwk = JWKS[algorithm]
    length = len(forge.unb64(jwk["x"]))
    for x, y in ((jwk["y"], jwk["x"]), (forge.b64(bytes(length)),) * 2, (forge.b64(b"\xff" * length), jwk["y"])):
        with refused("key_invalid"):
            impl.Key.from_jwk(jwk | {"x": x, "y": y})


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "ES256K", "EdDSA"])
def test_d_fits_the_public_part(impl, algorithm):
    other = forge.material(algorithm, 1).jwk(private=True)["d"]
    with refused("key_invalid"):
        impl.Key.from_jwk(PRIVATE[algorithm] | {"d": other})


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "ES256K"])
def test_d_is_in_range(impl, algorithm):
    length = len(forge.unb64(PRIVATE[algorithm]["d"]))
    for d in (bytes(length), b"\xff" * length):
        with refused("key_invalid"):
            impl.Key.from_jwk(PRIVATE[algorithm] | {"d": forge.b64(d)})


@pytest.mark.parametrize("name", RSA_PRIVATE)
def test_private_rsa_keys_need_all_members(impl, name):
    with refused("jwk_invalid"):
        impl.Key.from_jwk(without(PRIVATE["RS256"], name))


def test_crt_members_without_d_do_not_matter(impl):
    assert not impl.Key.from_jwk(without(PRIVATE["RS256"], "d")).is_private


def test_more_than_two_primes(impl):
    with refused("key_unsupported"):
        impl.Key.from_jwk(PRIVATE["RS256"] | {"oth": []})


@pytest.mark.parametrize("name", ["d", *RSA_PRIVATE])
def test_private_rsa_numbers_fit_each_other(impl, name):
    other = forge.material("RS256", 1).jwk(private=True)
    with refused("key_invalid"):
        impl.Key.from_jwk(PRIVATE["RS256"] | {name: other[name]})


# alg and algorithm=


@pytest.mark.parametrize("algorithm", KINDS)
def test_alg_binds(impl, algorithm):
    key = impl.Key.from_jwk(JWKS[algorithm] | {"alg": algorithm})
    assert key.algorithm == algorithm
    assert key.algorithms == (("EdDSA", "Ed25519") if algorithm == "EdDSA" else (algorithm,))


@pytest.mark.parametrize(
    ("algorithm", "alg"),
    [
        ("RS256", "HS256"),
        ("RS256", "RS1"),
        ("RS256", "RSA-OAEP"),
        ("RS256", "none"),
        ("RS256", ""),
        ("RS256", "rs256"),
        ("HS256", "A128KW"),
    ]
    + [
        ("HS256", "RS256"),
        ("ES256", "ES384"),
        ("ES256", "ES256K"),
        ("ES256", "ECDH-ES"),
        ("EdDSA", "ES256"),
        ("EdDSA", "Ed448"),
    ],
)
def test_alg_of_another_family(impl, algorithm, alg):
    with refused("key_algorithm"):
        impl.Key.from_jwk(JWKS[algorithm] | {"alg": alg})


def test_algorithm_must_be_the_same_as_alg(impl):
    bound = JWKS["RS256"] | {"alg": "RS256"}
    assert impl.Key.from_jwk(bound, algorithm="RS256").algorithms == ("RS256",)
    with refused("key_algorithm"):
        impl.Key.from_jwk(bound, algorithm="RS512")
    with refused("key_algorithm"):
        impl.Key.from_jwk(bound, algorithm="ES256")
    with refused("key_algorithm"):
        impl.Key.from_jwk(JWKS["RS256"] | {"alg": "none"}, algorithm="RS256")


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("algorithm", [None, "EdDSA", "Ed25519"])
def test_eddsa_and_ed25519_do_not_contradict(impl, alg, algorithm):
    key = impl.Key.from_jwk(JWKS["EdDSA"] | {"alg": alg}, algorithm=algorithm)
    assert (key.algorithm, key.algorithms) == (algorithm or alg, ("EdDSA", "Ed25519"))


def test_kid_replaces_the_jwks(impl):
    jwk = JWKS["ES256"] | {"kid": "own"}
    assert impl.Key.from_jwk(jwk).kid == "own"
    assert impl.Key.from_jwk(jwk, kid="other").kid == "other"
    assert impl.Key.from_jwk(jwk, kid="").kid == ""


def test_use_and_key_ops_are_shown(impl):
    key = impl.Key.from_jwk(JWKS["ES256"] | {"use": "enc", "key_ops": ["wrapKey", "own", "own"]})
    assert (key.use, key.key_ops) == ("enc", ("wrapKey", "own", "own"))


def test_other_members_do_not_matter(impl):
    assert impl.Key.from_jwk(
        JWKS["ES256"] | {"x5c": 1, "x5u": None, "ext": True, "own": {"deep": [1]}, "n": 7, "k": None}
    )


# secrets


def secret(length, **members):
    return {"kty": "oct", "k": forge.b64(bytes(range(1, length + 1)))} | members


@pytest.mark.parametrize(
    ("length", "fits"),
    [
        (32, ("HS256",)),
        (47, ("HS256",)),
        (48, ("HS256", "HS384")),
        (63, ("HS256", "HS384")),
        (64, ("HS256", "HS384", "HS512")),
    ],
)
def test_a_secret_fits_what_it_is_long_enough_for(impl, length, fits):
    key = impl.Key.from_jwk(secret(length))
    assert key.algorithms == fits
    assert key.algorithm == (fits[0] if len(fits) == 1 else None)


def test_a_secret_that_is_too_short(impl):
    for jwk in (secret(31), secret(31, alg="HS256"), secret(47, alg="HS384"), secret(63, alg="HS512")):
        with refused("key_weak"):
            impl.Key.from_jwk(jwk)
    assert impl.Key.from_jwk(secret(1), allow_weak=True).algorithms == ("HS256", "HS384", "HS512")
    assert impl.Key.from_jwk(secret(1, alg="HS512"), allow_weak=True).algorithms == ("HS512",)


def test_an_empty_secret(impl):
    for weak in (False, True):
        with refused("secret_empty"):
            impl.Key.from_jwk({"kty": "oct", "k": ""}, allow_weak=weak)


def test_a_secret_that_is_the_text_of_a_key(impl):
    with refused("secret_is_key"):
        impl.Key.from_jwk({"kty": "oct", "k": forge.b64(forge.material("RS256").pem())})


# text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"kty"',
        "{",
        "{}",
        '{"kty":"oct","kty":"oct"}',
        '{"kty":"oct","k":NaN}',
        '\ufeff{"kty":"oct"}',
        "not JSON",
        "-----BEGIN PUBLIC KEY-----",
    ]
    + [b"\xff", '{"kty":"oct"}'.encode("utf-16"), '{"kty":' + "[" * 200 + "]" * 200 + "}", '{"keys":[]}', "\ud800"],
    ids=lambda text: repr(text)[:20],
)
def test_text_that_is_no_jwk(impl, text):
    with refused("jwk_invalid"):
        impl.Key.from_jwk(text)


def test_text_with_a_name_twice_anywhere(impl):
    text = forge.dump(JWKS["ES256"])[:-1] + b',"own":{"a":1,"a":2}}'
    with refused("jwk_invalid"):
        impl.Key.from_jwk(text)


def test_text_above_1_mib(impl):
    text = forge.dump(JWKS["ES256"])
    filled = text[:-1] + b" " * (2**20 - len(text)) + b"}"
    assert impl.Key.from_jwk(filled).curve == "P-256"
    with refused("key_too_large"):
        impl.Key.from_jwk(filled + b" ")


def test_lone_surrogates(impl):
    for name in ("kid", "use", "alg", "kty", "x"):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(JWKS["ES256"] | {name: "\ud800"})
    with refused("jwk_invalid"):
        impl.Key.from_jwk(JWKS["ES256"] | {"key_ops": ["\ud800"]})


def test_strange_things_in_a_mapping_that_are_not_looked_at(impl):
    assert impl.Key.from_jwk(JWKS["ES256"] | {1: 2, "own": object(), "\ud800": 1, "other": "\ud800", None: None})


def test_subclasses_in_a_mapping(impl):
    class Text(str):
        __slots__ = ()

    class Mapped(dict):
        pass

    jwk = Mapped({Text(name): Text(value) for name, value in JWKS["ES256"].items()})
    assert impl.Key.from_jwk(jwk | {"key_ops": ("verify",)}).key_ops == ("verify",)


def test_a_mapping_that_raises(impl):
    class Broken(dict):
        def __getitem__(self, *_):
            raise LookupError("broken")

        get = items = keys = __iter__ = __contains__ = __getitem__

    with pytest.raises(LookupError, match="broken"):
        impl.Key.from_jwk(Broken(JWKS["ES256"]))
