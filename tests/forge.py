"""Makes tokens and keys WITHOUT rapidjwt, by `cryptography` alone: good ones, and any bytes at all under a good signature."""

from __future__ import annotations

import base64
import functools
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW: Final = 1_800_000_000
"""What the clock of every test says: 2027-01-15 08:00:00 UTC."""

CLAIMS: Final = {"sub": "user-1", "exp": NOW + 600}
"""The claims of a token about which a test says nothing else."""

ALGORITHMS: Final = (
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519",
)  # fmt: skip
"""Every algorithm, in table order."""

PUBLIC_KEY_ALGORITHMS: Final = ALGORITHMS[3:]

CURVES: Final = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}

_CURVE_OF: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}
_HASHES: Final = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512(), "56K": hashes.SHA256()}


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64_number(number: int, length: int | None = None) -> str:
    """A number as a JWK has it: big-endian, of the given length or as short as can be."""
    return b64(number.to_bytes(length or (number.bit_length() + 7) // 8))


class Material:
    """A key pair or a secret, in every form in which a key is handed over."""

    def __init__(self, private: Any) -> None:
        self.private = private

    @property
    def secret(self) -> bytes:
        """The bytes of an HMAC secret."""
        assert isinstance(self.private, bytes)
        return self.private

    @property
    def public(self) -> Any:
        return self.private.public_key()

    def der(self, *, private: bool = False, password: bytes | None = None, form: str | None = None) -> bytes:
        """SPKI or PKCS#8; with `form="traditional"` PKCS#1 or SEC1."""
        return self._bytes(serialization.Encoding.DER, private, password, form)

    def pem(self, *, private: bool = False, password: bytes | None = None, form: str | None = None) -> bytes:
        """As `der`, in text armour."""
        return self._bytes(serialization.Encoding.PEM, private, password, form)

    def openssh(self) -> bytes:
        """One OpenSSH public key line."""
        return self.public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)

    def _bytes(self, encoding: Any, private: bool, password: bytes | None, form: str | None) -> bytes:
        if private or password is not None:
            locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
            formats = serialization.PrivateFormat
            return self.private.private_bytes(
                encoding, formats.TraditionalOpenSSL if form == "traditional" else formats.PKCS8, locked
            )
        public = serialization.PublicFormat
        return self.public.public_bytes(
            encoding, public.PKCS1 if form == "traditional" else public.SubjectPublicKeyInfo
        )

    def jwk(self, *, private: bool = False, **members: Any) -> dict[str, Any]:
        """A JWK of the key's own members, and of those given."""
        if isinstance(self.private, bytes):
            own = {"kty": "oct", "k": b64(self.private)}
        elif isinstance(self.private, rsa.RSAPrivateKey):
            own = _rsa_jwk(self.private.private_numbers(), private)
        elif isinstance(self.private, ec.EllipticCurvePrivateKey):
            own = _ec_jwk(self.private, private)
        else:
            own = {"kty": "OKP", "crv": "Ed25519", "x": b64(self.public.public_bytes_raw())}
            if private:
                own["d"] = b64(self.private.private_bytes_raw())
        return own | members


def _rsa_jwk(numbers: rsa.RSAPrivateNumbers, private: bool) -> dict[str, Any]:
    own = {"kty": "RSA", "n": b64_number(numbers.public_numbers.n), "e": b64_number(numbers.public_numbers.e)}
    if not private:
        return own
    secret = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    return own | {name: b64_number(number) for name, number in secret.items()}


def _ec_jwk(key: ec.EllipticCurvePrivateKey, private: bool) -> dict[str, Any]:
    crv = next(name for name, curve in CURVES.items() if curve.name == key.curve.name)
    length = (key.curve.key_size + 7) // 8
    numbers = key.private_numbers()
    point = numbers.public_numbers
    own = {"kty": "EC", "crv": crv, "x": b64_number(point.x, length), "y": b64_number(point.y, length)}
    return own | {"d": b64_number(numbers.private_value, length)} if private else own


@functools.cache
def _make(kind: str, number: int) -> Material:
    if kind.startswith("HS"):
        return Material(bytes((7 * byte + 31 * number) % 256 for byte in range(int(kind[2:]) // 8)))
    if kind == "RSA":
        return Material(_rsa(published_rsa_keys()[number]))
    if kind == "Ed25519":
        return Material(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32))
    return Material(ec.derive_private_key(0xC0FFEE + number, CURVES[kind]))


@functools.cache
def published_rsa_keys() -> list[dict[str, str]]:
    """Private RSA keys that RFCs print, as JWKs: making one takes longer than a test should."""
    folder = Path(__file__).parent / "vectors"
    example = json.loads((folder / "rfc7520.json").read_text("utf-8"))["examples"][0]
    return [example["jwk"], json.loads((folder / "rfc7517.json").read_text("utf-8"))["private"]["keys"][1]]


def _rsa(jwk: Mapping[str, str]) -> rsa.RSAPrivateKey:
    n, e, d, p, q, dp, dq, qi = (
        int.from_bytes(unb64(jwk[name])) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")
    )
    return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()


def material(algorithm: str, number: int = 0) -> Material:
    """The key with which this module signs by `algorithm`, the same in every run; other numbers are other keys of the same kind
    (there are two RSA keys).
    """
    kind = {"RS": "RSA", "PS": "RSA", "Ed": "Ed25519"}.get(algorithm[:2], algorithm)
    return _make(_CURVE_OF.get(kind, kind), number)


def signature(algorithm: str, signing_input: bytes, key: Material) -> bytes:
    """The raw JWS signature (RFC 7518 section 3, RFC 8037 section 3.1)."""
    if algorithm.startswith("HS"):
        return hmac.digest(key.secret, signing_input, "sha" + algorithm[2:])
    if algorithm.startswith("Ed"):
        return key.private.sign(signing_input)
    digest = _HASHES[algorithm[-3:]]
    if algorithm.startswith("RS"):
        return key.private.sign(signing_input, padding.PKCS1v15(), digest)
    if algorithm.startswith("PS"):
        return key.private.sign(signing_input, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    length = (key.private.curve.key_size + 7) // 8
    halves = decode_dss_signature(key.private.sign(signing_input, ec.ECDSA(digest)))
    return b"".join(half.to_bytes(length) for half in halves)


def dump(value: Any) -> bytes:
    """Compact JSON; bytes stay as they are."""
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def signed(signing_input: str, *, algorithm: str = "HS256", key: Material | None = None) -> str:
    """A token of any `header.payload` text, under a good signature."""
    made = signature(algorithm, signing_input.encode("utf-8", "surrogatepass"), key or material(algorithm))
    return f"{signing_input}.{b64(made)}"


def token(
    claims: Mapping[str, Any] | bytes = CLAIMS,
    *,
    algorithm: str = "HS256",
    header: Mapping[str, Any] | bytes | None = None,
    key: Material | None = None,
) -> str:
    """A token under a good signature of `algorithm`.

    `header` is added to `{"alg": algorithm}`, and wins. Bytes, as header or claims, are put in as they are.
    """
    head = header if isinstance(header, bytes) else {"alg": algorithm, **(header or {})}
    return signed(f"{b64(dump(head))}.{b64(dump(claims))}", algorithm=algorithm, key=key)


def tampered(good: str) -> str:
    """The same token with the first character of its signature changed."""
    start = good.rindex(".") + 1
    return good[:start] + ("B" if good[start] == "A" else "A") + good[start + 1 :]


def der(tag: int, *contents: bytes) -> bytes:
    """One DER element around others."""
    body = b"".join(contents)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body


def der_integer(number: int) -> bytes:
    """A DER INTEGER that is not negative."""
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def spki(algorithm: bytes, public: bytes) -> bytes:
    """A SubjectPublicKeyInfo of an encoded AlgorithmIdentifier and the bytes of a key, whatever they are."""
    return der(0x30, algorithm, der(0x03, b"\0", public))


def rsa_spki(n: int, e: int) -> bytes:
    """An RSA public key of any numbers."""
    rsa_encryption = der(0x30, bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("0500"))
    return spki(rsa_encryption, der(0x30, der_integer(n), der_integer(e)))


def ed25519_spki(public: bytes) -> bytes:
    """An Ed25519 public key of any bytes."""
    return spki(der(0x30, bytes.fromhex("06032b6570")), public)


_CURVE_OIDS: Final = {
    "P-256": "06082a8648ce3d030107",
    "P-384": "06052b81040022",
    "P-521": "06052b81040023",
    "secp256k1": "06052b8104000a",
}


def ec_spki(curve: str, point: bytes) -> bytes:
    """An EC public key of a named curve and any bytes as its point."""
    return spki(der(0x30, bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex(_CURVE_OIDS[curve])), point)


def pem(label: str, contents: bytes) -> bytes:
    """Text armour around any bytes (RFC 7468)."""
    text = base64.b64encode(contents).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
