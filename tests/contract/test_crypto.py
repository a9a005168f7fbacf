"""Step 5: signatures, for each algorithm. Good ones, any bit changed, other keys, other lengths, other algorithms."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

import forge
from expect import refused

EC = {
    algorithm: forge.material(algorithm).private.curve.group_order
    for algorithm in ("ES256", "ES384", "ES512", "ES256K")
}
"""Order of each curve's base point."""

L25519 = 2**252 + 27742317777372353535851937790883648493
P256 = hashes.SHA256()


def parts(algorithm):
    """A good token's signing input and signature."""
    text, _, signature = forge.token(algorithm=algorithm).rpartition(".")
    return text, forge.unb64(signature)


def flipped(data, bit):
    return data[: bit // 8] + bytes([data[bit // 8] ^ (1 << bit % 8)]) + data[bit // 8 + 1 :]


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_good(verifier, algorithm):
    assert verifier(algorithm).decode(forge.token(algorithm=algorithm)) == forge.CLAIMS


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_every_bit_of_a_signature_counts(verifier, algorithm):
    """Of one algorithm a family every bit, of the others a sample: one bit in seven is one of every position in a byte."""
    check = verifier(algorithm)
    text, signature = parts(algorithm)
    bits = range(0, 8 * len(signature), 1 if algorithm in ("HS256", "ES256", "EdDSA") else 7)
    results = check.verify_many([f"{text}.{forge.b64(flipped(signature, bit))}" for bit in bits])
    assert {getattr(result, "code", "accepted") for result in results} == {"bad_signature"}


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "PS256", "ES256", "EdDSA"])
def test_bits_of_the_payload_count(verifier, algorithm):
    check = verifier(algorithm)
    header, payload, signature = forge.token(algorithm=algorithm).split(".")
    raw = forge.unb64(payload)
    changed = [f"{header}.{forge.b64(flipped(raw, bit))}.{signature}" for bit in range(0, 8 * len(raw), 3)]
    assert {getattr(result, "code", "accepted") for result in check.verify_many(changed)} == {"bad_signature"}


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_another_key(verifier, algorithm):
    with refused("bad_signature"):
        verifier(algorithm).decode(forge.token(algorithm=algorithm, key=forge.material(algorithm, 1)))


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_another_length(verifier, algorithm):
    check = verifier(algorithm)
    text, good = parts(algorithm)
    for wrong in (
        b"",
        good[:1],
        good[:-1],
        good[1:],
        good + b"\0",
        b"\0" + good,
        good * 2,
        bytes(len(good)),
        b"\xff" * len(good),
    ):
        with refused("bad_signature"):
            check.decode(f"{text}.{forge.b64(wrong)}")


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
def test_a_truncated_mac(verifier, name):
    text, good = parts(name)
    for length in (4, 16, len(good) - 1):
        with refused("bad_signature"):
            verifier(name).decode(f"{text}.{forge.b64(good[:length])}")


@pytest.mark.parametrize("algorithm", EC)
def test_der_is_no_jws_signature(verifier, algorithm):
    from cryptography.hazmat.primitives.asymmetric import ec

    text, _ = parts(algorithm)
    digest = {"ES384": hashes.SHA384(), "ES512": hashes.SHA512()}.get(algorithm, P256)
    signature = forge.material(algorithm).private.sign(text.encode(), ec.ECDSA(digest))
    with refused("bad_signature"):
        verifier(algorithm).decode(f"{text}.{forge.b64(signature)}")


@pytest.mark.parametrize("algorithm", EC)
def test_r_and_s_are_in_range(verifier, algorithm):
    check, order = verifier(algorithm), EC[algorithm]
    text, good = parts(algorithm)
    half = len(good) // 2
    r, s = int.from_bytes(good[:half]), int.from_bytes(good[half:])
    most = 256**half - 1
    for pair in ((0, 0), (0, s), (r, 0), (order, s), (r, order), (order, order), (0, 1), (1, 0), (most, s), (r, most)):
        with refused("bad_signature"):
            check.decode(f"{text}.{forge.b64(b''.join(number.to_bytes(half) for number in pair))}")


@pytest.mark.parametrize("algorithm", EC)
def test_both_s_are_good(verifier, algorithm):
    """RFC 7518 has no low-s rule; to refuse one of the two would refuse half of all signers."""
    text, good = parts(algorithm)
    half = len(good) // 2
    other = good[:half] + (EC[algorithm] - int.from_bytes(good[half:])).to_bytes(half)
    assert verifier(algorithm).decode(f"{text}.{forge.b64(other)}") == forge.CLAIMS


@pytest.mark.parametrize("algorithm", EC)
def test_numbers_with_leading_zeros_keep_their_length(verifier, algorithm):
    """Signed until r or s has a leading zero byte; then its length is still fixed."""
    material, check = forge.material(algorithm), verifier(algorithm)
    for attempt in range(3000):
        text = f"{forge.b64(forge.dump({'alg': algorithm}))}.{forge.b64(forge.dump({**forge.CLAIMS, 'n': attempt}))}"
        signature = forge.signature(algorithm, text.encode(), material)
        half = len(signature) // 2
        # ES512: the first byte has one bit only, so it is zero half of the time.
        zeros = 2 if algorithm == "ES512" else 1
        if not any(signature[:zeros]) or not any(signature[half : half + zeros]):
            assert check.decode(f"{text}.{forge.b64(signature)}")["n"] == attempt
            return
    pytest.fail("no such signature in 3000 attempts")


def test_ed25519_s_is_below_the_order(verifier):
    text, good = parts("EdDSA")
    s = int.from_bytes(good[32:], "little")
    with refused("bad_signature"):
        verifier("EdDSA").decode(f"{text}.{forge.b64(good[:32] + (s + L25519).to_bytes(32, 'little'))}")


@pytest.mark.parametrize("salt", [0, 20, 31, 33, 222])
def test_pss_salt_is_as_long_as_the_hash(verifier, salt):
    text, _ = parts("PS256")
    signature = forge.material("PS256").private.sign(text.encode(), padding.PSS(padding.MGF1(P256), salt), P256)
    with refused("bad_signature"):
        verifier("PS256").decode(f"{text}.{forge.b64(signature)}")


def test_pss_mgf_has_the_same_hash(verifier):
    text, _ = parts("PS256")
    scheme = padding.PSS(padding.MGF1(hashes.SHA1()), 32)
    signature = forge.material("PS256").private.sign(text.encode(), scheme, P256)
    with refused("bad_signature"):
        verifier("PS256").decode(f"{text}.{forge.b64(signature)}")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
@pytest.mark.parametrize("signed_with", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_rsa_schemes_are_not_mixed(verifier, algorithm, signed_with):
    text, _ = parts(algorithm)
    signature = forge.b64(forge.signature(signed_with, text.encode(), forge.material("RS256")))
    if algorithm == signed_with:
        assert verifier(algorithm).decode(f"{text}.{signature}")
    else:
        with refused("bad_signature"):
            verifier(algorithm).decode(f"{text}.{signature}")


def test_rsa_signature_plus_modulus(verifier):
    text, good = parts("RS256")
    n = forge.material("RS256").public.public_numbers().n
    more = int.from_bytes(good) + n
    for wrong in (more.to_bytes(257), more.to_bytes(257)[-256:]):
        with refused("bad_signature"):
            verifier("RS256").decode(f"{text}.{forge.b64(wrong)}")


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_signatures_of_both_halves(both, algorithm):
    """Each half signs what the other accepts; where there is one signature only, it is the same."""
    material, tokens = forge.material(algorithm), []
    for half in both:
        if algorithm.startswith("HS"):
            key = half.Key.from_secret(material.secret, algorithm=algorithm)
        else:
            key = half.Key.from_pem(material.pem(private=True), algorithm=algorithm)
        tokens.append(half.sign_compact(key, algorithm, forge.dump({"alg": algorithm}), forge.dump(forge.CLAIMS)))
    for half in both:
        read = half.Key.from_secret if algorithm.startswith("HS") else half.Key.from_pem
        key = read(material.secret if algorithm.startswith("HS") else material.pem(), algorithm=algorithm)
        check = half.Verifier(key, algorithms=[algorithm], issuer=None, audience=None, clock=lambda: forge.NOW)
        assert [check.decode(token) for token in tokens] == [forge.CLAIMS] * 2
    if algorithm[:2] in ("HS", "RS", "Ed"):
        assert tokens[0] == tokens[1] == forge.token(algorithm=algorithm)
    else:
        assert tokens[0] != tokens[1]
