"""Keys as text: PEM in all its labels, encrypted ones, certificates, and OpenSSH lines."""

import base64
import datetime as dt
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, x448, x25519

import forge
from expect import refused

PUBLIC = ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"]


def thumbprint(material):
    """The thumbprint of the public part, by the pure text of its JWK."""
    return forge.b64(hashlib.sha256(forge.dump(dict(sorted(material.jwk().items())))).digest())


def certificate(material, encoding=serialization.Encoding.PEM):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer.example")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7).public_key(material.public)
    )
    builder = builder.not_valid_before(start).not_valid_after(start + dt.timedelta(days=1))
    digest = None if material.jwk()["kty"] == "OKP" else hashes.SHA256()
    return builder.sign(material.private, digest).public_bytes(encoding)


@pytest.mark.parametrize("algorithm", PUBLIC)
@pytest.mark.parametrize("kind", [bytes, bytes.decode])
def test_public_key(impl, algorithm, kind):
    material = forge.material(algorithm)
    key = impl.Key.from_pem(kind(material.pem()))
    assert key.is_private is False
    assert key.thumbprint() == thumbprint(material)


@pytest.mark.parametrize("algorithm", PUBLIC)
def test_private_key(impl, algorithm):
    material = forge.material(algorithm)
    key = impl.Key.from_pem(material.pem(private=True))
    assert key.is_private is True
    assert key.to_jwk(private=True).items() >= material.jwk(private=True).items()


@pytest.mark.parametrize("algorithm", PUBLIC[:-1])
def test_traditional_private_key(impl, algorithm):
    material = forge.material(algorithm)
    key = impl.Key.from_pem(material.pem(private=True, form="traditional"))
    assert key.to_jwk(private=True).items() >= material.jwk(private=True).items()


def test_traditional_rsa_public_key(impl):
    material = forge.material("RS256")
    assert b"BEGIN RSA PUBLIC KEY" in material.pem(form="traditional")
    assert impl.Key.from_pem(material.pem(form="traditional")).thumbprint() == thumbprint(material)


@pytest.mark.parametrize("algorithm", PUBLIC)
def test_certificate(impl, algorithm):
    material = forge.material(algorithm)
    key = impl.Key.from_pem(certificate(material))
    assert (key.is_private, key.thumbprint()) == (False, thumbprint(material))
    assert impl.Key.from_der(certificate(material, serialization.Encoding.DER)).thumbprint() == thumbprint(material)


def test_ec_parameters_before_the_key_are_ignored(impl):
    material = forge.material("ES256")
    parameters = forge.pem("EC PARAMETERS", bytes.fromhex("06082a8648ce3d030107"))
    assert impl.Key.from_pem(parameters + material.pem(private=True, form="traditional")).is_private


def test_the_first_key_counts(impl):
    one, two = forge.material("ES256"), forge.material("EdDSA")
    assert impl.Key.from_pem(one.pem() + two.pem()).thumbprint() == thumbprint(one)


def test_text_around_the_armour(impl):
    pem = forge.material("ES256").pem()
    for text in (b"a comment\n\n" + pem + b"\nmore\n", pem.replace(b"\n", b"\r\n"), pem.strip(), b"\xef\xbb\xbf" + pem):
        assert impl.Key.from_pem(text).curve == "P-256"


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PUBLIC KEY-----",
        b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PRIVATE KEY-----\n",
        b"not a key",
        b"\x00\xff" * 40,
        "\u20ac",
    ],
    ids=range(9),
)
def test_no_key(impl, pem):
    with refused("key_malformed"):
        impl.Key.from_pem(pem)


@pytest.mark.parametrize("algorithm", PUBLIC)
@pytest.mark.parametrize("private", [False, True])
def test_truncated(impl, algorithm, private):
    der = forge.material(algorithm).der(private=private)
    label = "PRIVATE KEY" if private else "PUBLIC KEY"
    for length in (1, 10, len(der) // 2, len(der) - 1):
        with refused("key_malformed"):
            impl.Key.from_pem(forge.pem(label, der[:length]))
    with refused("key_malformed"):
        impl.Key.from_pem(forge.pem(label, der + b"\0"))


def test_a_label_that_lies(impl):
    material = forge.material("RS256")
    with refused("key_malformed"):
        impl.Key.from_pem(forge.pem("PUBLIC KEY", material.der(private=True)))
    with refused("key_malformed"):
        impl.Key.from_pem(forge.pem("PRIVATE KEY", material.der()))


@pytest.mark.parametrize(
    "label", ["OPENSSH PRIVATE KEY", "DSA PRIVATE KEY", "X509 CRL", "CERTIFICATE REQUEST", "PGP PUBLIC KEY BLOCK", ""]
)
def test_labels_that_are_not_known(impl, label):
    with refused("key_unsupported"):
        impl.Key.from_pem(forge.pem(label, forge.material("RS256").der()))


@pytest.mark.parametrize(
    "make",
    [ed448.Ed448PrivateKey.generate, x448.X448PrivateKey.generate, x25519.X25519PrivateKey.generate]
    + [lambda: ec.generate_private_key(ec.SECP224R1()), lambda: ec.generate_private_key(ec.BrainpoolP256R1())]
    + [lambda: dsa.generate_private_key(1024)],
    ids=["Ed448", "X448", "X25519", "P-224", "brainpool", "DSA"],
)
def test_other_kinds_of_keys(impl, make):
    other = forge.Material(make())
    for private in (False, True):
        with refused("key_unsupported"):
            impl.Key.from_pem(other.pem(private=private))
        with refused("key_unsupported"):
            impl.Key.from_der(other.der(private=private))


# encrypted


@pytest.mark.parametrize("algorithm", PUBLIC)
@pytest.mark.parametrize("password", [b"secret", "p\u00e4ss".encode()])
def test_encrypted(impl, algorithm, password):
    material = forge.material(algorithm)
    for read, locked in (
        (impl.Key.from_pem, material.pem(password=password)),
        (impl.Key.from_der, material.der(password=password)),
    ):
        for given in (password, password.decode()):
            assert read(locked, password=given).to_jwk(private=True).items() >= material.jwk(private=True).items()
        with refused("key_encrypted"):
            read(locked)
        for wrong in (b"", b"Secret", b"x" * 100):
            with refused("key_password"):
                read(locked, password=wrong)


def test_a_password_where_none_is_needed(impl):
    material = forge.material("ES256")
    assert impl.Key.from_pem(material.pem(private=True), password="needless").is_private
    assert not impl.Key.from_pem(material.pem(), password="needless").is_private


def test_the_old_way_of_encrypting(impl):
    locked = forge.material("RS256").pem(password=b"secret", form="traditional")
    assert b"Proc-Type: 4,ENCRYPTED" in locked
    for password in (None, "secret"):
        with refused("key_unsupported"):
            impl.Key.from_pem(locked, password=password)


# OpenSSH


SSH = ["RS256", "ES256", "ES384", "ES512", "EdDSA"]


@pytest.mark.parametrize("algorithm", SSH)
def test_openssh(impl, algorithm):
    material = forge.material(algorithm)
    line = material.openssh()
    for text in (line, line.decode(), line + b" user@host with a comment", line + b"\n", b"  " + line):
        for read in (impl.Key.from_openssh, impl.Key.from_pem):
            key = read(text)
            assert (key.is_private, key.thumbprint()) == (False, thumbprint(material))


def test_openssh_options(impl):
    key = impl.Key.from_openssh(forge.material("RS256").openssh(), algorithm="PS256", kid="k")
    assert (key.algorithms, key.kid) == (("PS256",), "k")


@pytest.mark.parametrize(
    "line", ["", "ssh-rsa", "ssh-rsa !", "ssh-rsa AAAA", "ssh-ed25519 AAAA user", "AAAA", "ssh-ed25519 \u20ac"]
)
def test_openssh_malformed(impl, line):
    with refused("key_malformed"):
        impl.Key.from_openssh(line)


def test_openssh_type_twice_the_same(impl):
    kind, _, rest = forge.material("EdDSA").openssh().partition(b" ")
    assert kind == b"ssh-ed25519"
    with refused("key_malformed"):
        impl.Key.from_openssh(b"ssh-rsa " + rest)


def test_openssh_unsupported(impl):
    for kind in (b"ssh-dss", b"sk-ssh-ed25519@openssh.com", b"ecdsa-sha2-nistp224"):
        blob = len(kind).to_bytes(4) + kind + (1).to_bytes(4) + b"\1"
        with refused("key_unsupported"):
            impl.Key.from_openssh(kind + b" " + base64.b64encode(blob))


@pytest.mark.parametrize("algorithm", SSH)
def test_openssh_truncated(impl, algorithm):
    kind, data = forge.material(algorithm).openssh().split()
    for cut in (-1, -10):
        with refused("key_malformed"):
            impl.Key.from_openssh(kind + b" " + base64.b64encode(base64.b64decode(data)[:cut]))
