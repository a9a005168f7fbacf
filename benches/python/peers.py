"""The libraries, each in its best form: the key is parsed once, the policy stated once where the library allows it."""

from __future__ import annotations

import importlib
import importlib.metadata
import textwrap
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tokens import AUDIENCE, ISSUER, KID, Cell, Keys


class Peer(Protocol):
    """Prepares one library for one cell."""

    name: str
    distribution: str
    statement: str
    """What is timed for each `token`; sets `claims`. The tables quote it."""

    def prepare(self, cell: Cell) -> dict[str, Any]:
        """Make the names that the statement uses. Unsupported when the library cannot verify such tokens."""

    def refusal(self) -> type[Exception]:
        """What the library raises for a token it refuses."""


class Unsupported(Exception):
    """Why a library is not in a cell."""


@dataclass(frozen=True)
class Contender:
    """A library that is ready for one cell."""

    peer: Peer
    decode: Callable[[str], Any]
    loop: Callable[[Iterable[str]], None]
    refusal: type[Exception]


def compile_contender(peer: Peer, cell: Cell) -> Contender:
    """Build the call that is proved and the loop that is timed from one text, as timeit does: nobody has a wrapper's frame."""
    decode, loop = compile_statement(peer.statement, peer.prepare(cell), takes="token", gives="claims")
    return Contender(peer, decode, loop, peer.refusal())


def compile_refusing(peer: Peer, cell: Cell) -> Contender:
    """The same for tokens that are refused: the loop catches what the library raises."""
    names = peer.prepare(cell)
    decode, _ = compile_statement(peer.statement, names, takes="token", gives="claims")
    refusing = f"try:\n{textwrap.indent(peer.statement, '    ')}\nexcept refusal:\n    claims = None"
    _, loop = compile_statement(refusing, names | {"refusal": peer.refusal()}, takes="token", gives="claims")
    return Contender(peer, decode, loop, peer.refusal())


def compile_statement(
    statement: str, names: dict[str, Any], *, takes: str, gives: str
) -> tuple[Callable[[Any], Any], Callable[[Iterable[Any]], None]]:
    """The call, and the loop of it, of a statement that uses `names` and the variable `takes`, and sets `gives`."""
    lines = statement.splitlines()
    source = [
        f"def make({', '.join(names)}):",
        f"    def call({takes}):",
        *(f"        {line}" for line in lines),
        f"        return {gives}",
        "    def loop(inputs):",
        f"        for {takes} in inputs:",
        *(f"            {line}" for line in lines),
        "    return call, loop",
    ]
    scope: dict[str, Any] = {}
    exec("\n".join(source), scope)
    call, loop = scope["make"](**names)
    return call, loop


DECODE = "claims = verifier.decode(token)"
VERIFY = "claims = verifier.verify(token)"
"""A proof without a dict. Its claims are asked for in the proof of equal answers only."""


class Rapidjwt:
    """One half, with a statement, and a cache where `cache_bytes` are given."""

    distribution = "rapidjwt"

    def __init__(self, name: str, statement: str, half: str = "_native", cache_bytes: int | None = None) -> None:
        self.name = name
        self.statement = statement
        self._half = half
        self._cache_bytes = cache_bytes
        self.cache: Any = None
        """That of the verifier made last."""

    def prepare(self, cell: Cell) -> dict[str, Any]:
        kid = None if cell.size == "small" else KID
        key = self.verifying_key(cell.keys, kid)
        return {"verifier": self.verifier([key], cell.keys.algorithm)}

    def verifying_key(self, keys: Keys, kid: str | None) -> Any:
        """A key of this half."""
        half = self.module()
        if keys.algorithm == "HS256":
            return half.Key.from_secret(keys.verifying, algorithm="HS256", kid=kid)
        return half.Key.from_pem(keys.verifying, algorithm=keys.algorithm, kid=kid)

    def verifier(self, keys: Sequence[Any], algorithm: str) -> Any:
        """The policy of all cells, for these keys."""
        half = self.module()
        if self._cache_bytes is not None:
            self.cache = half.TokenCache(max_bytes=self._cache_bytes)
        return half.Verifier(keys, algorithms=[algorithm], issuer=ISSUER, audience=AUDIENCE, cache=self.cache)

    def module(self) -> Any:
        """The half itself. Unsupported where it was not built."""
        return optional(f"rapidjwt.{self._half}")

    def refusal(self) -> type[Exception]:
        return _exception("rapidjwt", "InvalidTokenError")


class _Ryjwt:
    name = distribution = "ryjwt"
    statement = "claims = key.decode(token)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        ryjwt = optional("ryjwt")
        keys = cell.keys
        make = ryjwt.SecretKey if keys.algorithm == "HS256" else ryjwt.PublicKey
        return {"key": make(keys.verifying, algorithms=[keys.algorithm], audience=AUDIENCE, issuer=ISSUER)}

    def refusal(self) -> type[Exception]:
        return _exception("ryjwt", "InvalidTokenError")


class _Oxyjwt:
    name = distribution = "oxyjwt"
    statement = "claims = oxyjwt.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        oxyjwt = optional("oxyjwt")
        keys = cell.keys
        key = oxyjwt.DecodingKey
        make = {"HS256": key.from_secret, "RS256": key.from_rsa_pem, "ES256": key.from_ec_pem, "EdDSA": key.from_ed_pem}
        return {
            "oxyjwt": oxyjwt,
            "key": make[keys.algorithm](keys.verifying),
            "algorithms": [keys.algorithm],
            "audience": AUDIENCE,
            "issuer": ISSUER,
        }

    def refusal(self) -> type[Exception]:
        return _exception("oxyjwt", "InvalidTokenError")


class _Webtoken:
    name = distribution = "webtoken"
    statement = "claims = webtoken.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        webtoken = optional("webtoken")
        keys = cell.keys
        # PEM as text: of the forms that it takes, the one that it verifies fastest with.
        key = keys.verifying if keys.algorithm == "HS256" else keys.verifying.decode()
        return {
            "webtoken": webtoken,
            "key": key,
            "algorithms": [keys.algorithm],
            "audience": AUDIENCE,
            "issuer": ISSUER,
        }

    def refusal(self) -> type[Exception]:
        return _exception("webtoken", "InvalidTokenError")


class _PyJWT:
    name = distribution = "PyJWT"
    statement = "claims = jwt.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        jwt = optional("jwt")
        keys = cell.keys
        key = keys.verifying if keys.algorithm == "HS256" else _public_key(keys)
        return {"jwt": jwt, "key": key, "algorithms": [keys.algorithm], "audience": AUDIENCE, "issuer": ISSUER}

    def refusal(self) -> type[Exception]:
        return _exception("jwt", "InvalidTokenError")


class _Joserfc:
    name = distribution = "joserfc"
    statement = (
        "decoded = jwt.decode(token, key, registry=registry)\npolicy.validate(decoded.claims)\nclaims = decoded.claims"
    )

    def prepare(self, cell: Cell) -> dict[str, Any]:
        jwt, jwk, jws = (optional(f"joserfc.{module}") for module in ("jwt", "jwk", "jws"))
        # It warns in each call that EdDSA has another name now.
        warnings.filterwarnings("ignore", category=optional("joserfc.errors").SecurityWarning)
        keys = cell.keys
        make = {"HS256": jwk.OctKey, "RS256": jwk.RSAKey, "ES256": jwk.ECKey, "EdDSA": jwk.OKPKey}
        return {
            "jwt": jwt,
            "key": make[keys.algorithm].import_key(keys.verifying),
            "registry": jws.JWSRegistry(algorithms=[keys.algorithm]),
            "policy": jwt.JWTClaimsRegistry(iss={"value": ISSUER}, aud={"value": AUDIENCE}),
        }

    def refusal(self) -> type[Exception]:
        return _exception("joserfc.errors", "JoseError")


class _PythonJose:
    name = distribution = "python-jose"
    statement = "claims = jwt.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        jwt, jwk = optional("jose.jwt"), optional("jose.jwk")
        keys = cell.keys
        if keys.algorithm == "EdDSA":
            raise Unsupported("it has no EdDSA")
        key = jwk.construct(keys.verifying, keys.algorithm)
        return {"jwt": jwt, "key": key, "algorithms": [keys.algorithm], "audience": AUDIENCE, "issuer": ISSUER}

    def refusal(self) -> type[Exception]:
        return _exception("jose.exceptions", "JOSEError")


NATIVE = "rapidjwt"
PROOF = "rapidjwt verify"
PURE = "rapidjwt pure"
PEERS: Sequence[Peer] = (
    Rapidjwt(NATIVE, DECODE),
    Rapidjwt(PROOF, VERIFY),
    _Ryjwt(),
    _Oxyjwt(),
    _Webtoken(),
    Rapidjwt(PURE, DECODE, "_fallback"),
    _PyJWT(),
    _Joserfc(),
    _PythonJose(),
)
RYJWT = PEERS[2]
REFERENCES = ("ryjwt", "PyJWT")
"""Whom the ratios are given to."""

_LATER = {"a claim that stands twice": "the later one counts, which RFC 7519 section 4 allows"}
_NAN = {"NaN among the claims": "read as a float; RFC 8259 has no such number"}
_DIGITS = {"exp as digits in quotes": "read as a number; RFC 7519 section 2 wants a JSON number"}
_PADDING = {"padding after the signature": "taken off; RFC 7515 section 2 wants none"}
_CRIT = {"a crit that nobody knows": "not looked at; RFC 7515 section 4.1.11 wants it refused"}

LAXER: dict[str, dict[str, str]] = {
    "ryjwt": _LATER,
    "oxyjwt": _LATER,
    "webtoken": {
        **_CRIT,
        **_DIGITS,
        'exp "Infinity"': "read as a number: the token never expires",
        **_LATER,
        "a line end after the signature": "skipped; RFC 7515 section 2 wants base64url and nothing else",
        **_PADDING,
    },
    "PyJWT": {**_DIGITS, **_NAN, **_LATER, **_PADDING},
    "joserfc": {**_NAN, **_LATER},
    "python-jose": {**_CRIT, **_DIGITS, **_NAN, **_LATER, **_PADDING},
}
"""Of tokens.doubtful(): what a library accepts, and what it makes of it. Such tokens are no part of equal answers; that this
list is whole and true is."""

_ALSO_USED = ("msgspec", "cryptography", "orjson")


def versions() -> dict[str, str | None]:
    """Of all libraries, and of what they stand on; None for what is not installed."""
    names = dict.fromkeys([*(peer.distribution for peer in PEERS), *_ALSO_USED])
    return {name: version(name) for name in names}


def version(distribution: str) -> str | None:
    """The installed version of a distribution, or None. Our own need not be installed to be measured."""
    if distribution == "rapidjwt":
        import rapidjwt

        return rapidjwt.__version__
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def optional(module: str) -> Any:
    """A module that may be absent: then Unsupported."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Absent is a reason; broken must be heard of.
        raise Unsupported(f"not installed on this interpreter: {error}") from error


def _exception(module: str, name: str) -> type[Exception]:
    found: type[Exception] = getattr(importlib.import_module(module), name)
    return found


def _public_key(keys: Keys) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return load_pem_public_key(keys.verifying)
