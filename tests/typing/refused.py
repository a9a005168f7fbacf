"""What a type checker must find fault with: each line says which, and one that is right is an error of its own. Read by mypy, never run."""

from rapidjwt import Issuer, Key, KeySet, KeySlot, Rejection, Signer, VerifiedToken, Verifier


def keys(key: Key) -> None:
    Key.from_secret("secret")  # type: ignore[call-arg]
    Key.from_pem(b"", "RS256")  # type: ignore[call-arg]
    Key.from_der("text")  # type: ignore[arg-type]
    key.kid = "other"  # type: ignore[misc]
    key.thumbprint(hash="SHA-1")  # type: ignore[arg-type]
    KeySet(key)  # type: ignore[arg-type]


def policies(key: Key) -> None:
    Verifier(key, algorithms=["HS256"])  # type: ignore[call-overload]
    Verifier(key, algorithms=["HS256"], issuer=None)  # type: ignore[call-overload]
    Verifier(key, ["HS256"], issuer=None, audience=None)  # type: ignore[call-overload]
    Verifier(key, algorithms=["HS256"], issuer=None, audience=None, leeway=None)  # type: ignore[call-overload]
    Verifier(key, algorithms=["HS256"], issuer=None, audience=None, checks=[len])  # type: ignore[list-item]
    Verifier(key, algorithms=["HS256"], issuer=None, audience=None, verify=False)  # type: ignore[call-overload]
    Verifier(b"secret", algorithms=["HS256"], issuer=None, audience=None)  # type: ignore[arg-type]


def issuers(key: Key, issuer: Issuer) -> None:
    Issuer("i", keys=key, algorithms=["ES256"])  # type: ignore[call-arg]
    Issuer("i", keys=b"secret", algorithms=["HS256"], audience=None)  # type: ignore[arg-type]
    Issuer("i", keys=key, algorithms=["ES256"], audience="a", profile="access")  # type: ignore[arg-type]
    Issuer("i", source=key, algorithms=["ES256"], audience=None)  # type: ignore[arg-type]
    Verifier(issuers=issuer)  # type: ignore[call-overload]
    Verifier(key, issuers=[issuer])  # type: ignore[call-overload]
    Verifier(issuers=[issuer], audience="a")  # type: ignore[call-overload]
    KeySlot([key])  # type: ignore[arg-type]


def tokens(verifier: Verifier) -> None:
    verifier.decode(1)  # type: ignore[call-overload]
    verifier.decode("", into={})  # type: ignore[call-overload]
    verifier.verify(bytearray())  # type: ignore[arg-type]
    verifier.keys = KeySet([])  # type: ignore[misc]
    for result in verifier.verify_many([""]):
        result.claims  # type: ignore[union-attr]  # noqa: B018


def signers(key: Key) -> None:
    Signer(key)  # type: ignore[call-arg]
    Signer(key, expires_in="15m")  # type: ignore[arg-type]
    Signer(key, expires_in=1).sign("{}")  # type: ignore[arg-type]


def observers(key: Key) -> None:
    Verifier(key, algorithms=["RS256"], issuer=None, audience=None, observer=print)  # type: ignore[call-overload]


class Own(Verifier):  # type: ignore[misc]
    """Final classes have no children."""


class Forged(VerifiedToken):  # type: ignore[misc]
    """A proof cannot be made by inheritance."""


class Other(Rejection):  # type: ignore[misc]
    """Nor a rejection."""
