"""Key files: what they hold is told by their content."""

import json

import pytest

import forge
from expect import refused


@pytest.fixture
def written(tmp_path):
    """`written(data)`: the path of a file that holds this."""

    def write(data):
        path = tmp_path / "key"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


ES256 = forge.material("ES256")


@pytest.mark.parametrize(
    "data",
    [
        ES256.pem(),
        b"\n text \n" + ES256.pem(),
        ES256.der(),
        forge.dump(ES256.jwk()),
        b"\r\n  " + forge.dump(ES256.jwk()) + b"\n",
        ES256.openssh() + b"\n",
    ],
    ids=["PEM", "PEM after text", "DER", "JWK", "JWK in space", "OpenSSH"],
)
def test_public_keys(impl, written, data):
    key = impl.Key.from_file(written(data), kid="k")
    assert (key.curve, key.is_private, key.kid) == ("P-256", False, "k")
    assert key.to_der() == ES256.der()


@pytest.mark.parametrize(
    "data",
    [ES256.pem(private=True), ES256.der(private=True), forge.dump(ES256.jwk(private=True))],
    ids=["PEM", "DER", "JWK"],
)
def test_private_keys(impl, written, data):
    assert impl.Key.from_file(written(data)).is_private


def test_password(impl, written):
    path = written(ES256.pem(password=b"secret"))
    assert impl.Key.from_file(path, password="secret").is_private
    with refused("key_password"):
        impl.Key.from_file(path, password="Secret")
    with refused("key_encrypted"):
        impl.Key.from_file(str(path))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_raw_secret_less_one_line_end(impl, written, end):
    secret = b"0123456789abcdef0123456789abcdef"
    key = impl.Key.from_file(written(secret + end), algorithm="HS256")
    assert key.to_jwk(private=True)["k"] == forge.b64(secret)


@pytest.mark.parametrize("more", [b" ", b"\t", b"\0", b"\n"])
def test_only_one_line_end(impl, written, more):
    secret = b"0123456789abcdef0123456789abcdef" + more
    key = impl.Key.from_file(written(secret + b"\n"), algorithm="HS256")
    assert key.to_jwk(private=True)["k"] == forge.b64(secret)


def test_a_secret_as_a_jwk(impl, written):
    path = written(json.dumps(forge.material("HS256").jwk(kid="own")))
    assert impl.Key.from_file(path, algorithm="HS256").kid == "own"


@pytest.mark.parametrize("data", [ES256.pem(), ES256.der(), ES256.openssh()], ids=["PEM", "DER", "OpenSSH"])
def test_another_key_is_no_secret(impl, written, data):
    with refused("secret_is_key"):
        impl.Key.from_file(written(data), algorithm="HS256")


def test_a_jwk_of_another_kind_is_no_secret(impl, written):
    with refused("key_algorithm"):
        impl.Key.from_file(written(json.dumps(ES256.jwk())), algorithm="HS256")


def test_empty(impl, written):
    with refused("secret_empty"):
        impl.Key.from_file(written(b"\n"), algorithm="HS256")
    with refused("key_malformed"):
        impl.Key.from_file(written(b""))


@pytest.mark.parametrize(
    "data", [b"\0" * 100, b"hello world", b"\xff\xfe", b"\x30\x03\x02\x01\x01", b"0123456789abcdef0123456789abcdef"]
)
def test_no_key(impl, written, data):
    with refused("key_malformed"):
        impl.Key.from_file(written(data))


def test_json_that_is_no_jwk(impl, written):
    with refused("jwk_invalid"):
        impl.Key.from_file(written(b"{}"))


def test_size(impl, written):
    assert impl.Key.from_file(written(ES256.pem() + b"\n" * (2**20 - len(ES256.pem())))).curve == "P-256"
    with refused("key_too_large"):
        impl.Key.from_file(written(ES256.pem() + b"\n" * 2**20))


def test_what_the_system_says(impl, tmp_path):
    with pytest.raises(FileNotFoundError):
        impl.Key.from_file(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        impl.Key.from_file(tmp_path)
    with pytest.raises((ValueError, OSError)):
        impl.Key.from_file("a\0b")


@pytest.mark.parametrize(
    "data", [b"0123456789abcdef0123456789abcdef", b"{}", ES256.pem()], ids=["text", "object", "PEM"]
)
def test_files_are_the_same_to_both(both, written, data):
    from rapidjwt.exceptions import PyJWTError

    path, said = written(data), []
    for half in both:
        for algorithm in (None, "HS256", "ES256"):
            try:
                said.append(half.Key.from_file(path, algorithm=algorithm, allow_weak=True).thumbprint())
            except PyJWTError as error:
                said.append(error.code)
    assert said[:3] == said[3:]
