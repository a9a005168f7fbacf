"""The libraries, each in its best form: the key is parsed once, the policy stated once where the library allows it."""

from __future__ import annotations

import importlib
import importlib.metadata
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


class _Rapidjwt:
    distribution = "rapidjwt"
    statement = "claims = verifier.decode(token)"

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self._module = module

    def prepare(self, cell: Cell) -> dict[str, Any]:
        half = _import(self._module)
        keys = cell.keys
        kid = KID if cell.size == "gateway" else None
        if keys.algorithm == "HS256":
            key = half.Key.from_secret(keys.verifying, algorithm="HS256", kid=kid)
        else:
            key = half.Key.from_pem(keys.verifying, algorithm=keys.algorithm, kid=kid)
        return {"verifier": half.Verifier(key, algorithms=[keys.algorithm], issuer=ISSUER, audience=AUDIENCE)}

    def refusal(self) -> type[Exception]:
        return _exception("rapidjwt", "InvalidTokenError")


class _RapidjwtProof(_Rapidjwt):
    """The proof without a dict. Its claims are asked for in the proof of equal answers only."""

    statement = "claims = verifier.verify(token)"


class _Ryjwt:
    name = distribution = "ryjwt"
    statement = "claims = key.decode(token)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        ryjwt = _import("ryjwt")
        keys = cell.keys
        make = ryjwt.SecretKey if keys.algorithm == "HS256" else ryjwt.PublicKey
        return {"key": make(keys.verifying, algorithms=[keys.algorithm], audience=AUDIENCE, issuer=ISSUER)}

    def refusal(self) -> type[Exception]:
        return _exception("ryjwt", "InvalidTokenError")


class _Oxyjwt:
    name = distribution = "oxyjwt"
    statement = "claims = oxyjwt.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        oxyjwt = _import("oxyjwt")
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


class _PyJWT:
    name = distribution = "PyJWT"
    statement = "claims = jwt.decode(token, key, algorithms, audience=audience, issuer=issuer)"

    def prepare(self, cell: Cell) -> dict[str, Any]:
        jwt = _import("jwt")
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
        jwt, jwk, jws = (_import(f"joserfc.{module}") for module in ("jwt", "jwk", "jws"))
        # It warns in each call that EdDSA has another name now.
        warnings.filterwarnings("ignore", category=_import("joserfc.errors").SecurityWarning)
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
        jwt, jwk = _import("jose.jwt"), _import("jose.jwk")
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
    _Rapidjwt(NATIVE, "rapidjwt._native"),
    _RapidjwtProof(PROOF, "rapidjwt._native"),
    _Ryjwt(),
    _Oxyjwt(),
    _Rapidjwt(PURE, "rapidjwt._fallback"),
    _PyJWT(),
    _Joserfc(),
    _PythonJose(),
)
REFERENCES = ("ryjwt", "PyJWT")
"""Whom the ratios are given to."""

ALSO_USED = ("msgspec", "cryptography", "orjson")
"""What they stand on; the versions go into the results."""


def version(distribution: str) -> str | None:
    """The installed version of a distribution, or None. Our own need not be installed to be measured."""
    if distribution == "rapidjwt":
        import rapidjwt

        return rapidjwt.__version__
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _import(module: str) -> Any:
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
