"""What a call comes to on one side, in a form in which two sides can be compared; and the table of the differences that we explain."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from drop_in_ops import REPEATED, Call
from drop_in_sides import Side

import forge

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


class Outcome(NamedTuple):
    """What a call came to. Two outcomes are equal when a caller could not tell them apart."""

    kind: str
    what: Any
    warnings: tuple[tuple[str, str, str], ...]
    changed: tuple[str, ...]
    """The arguments that the call changed."""
    value: Any = None
    """The result itself; no part of the comparison."""

    def said(self) -> tuple[Any, ...]:
        return self[:4]


def outcome(side: Side, call: Call) -> Outcome:
    """Make the call on this side."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            args, kwargs = call.arguments(side)
        except Exception as error:
            return Outcome("no arguments", failure(side, error), _told(side, caught), ())
        caught.clear()
        before = _watched(args, kwargs)
        value: Any = None
        try:
            value = call.ask(side, args, kwargs)
        except Exception as error:
            kind, what = "error", failure(side, error)
        else:
            kind, what = "value", shown(value)
        after = _watched(args, kwargs)
        changed = tuple(name for name in before if before[name] != after[name])
    return Outcome(kind, what, _told(side, caught), changed, value)


def _told(side: Side, caught: list[warnings.WarningMessage]) -> tuple[tuple[str, str, str], ...]:
    """The warnings: class, text, and the file to which the library attributes its own."""
    told = []
    for one in caught:
        name = _name(side, one.category)
        own = name in vars(side.warnings) or name == "builtins.DeprecationWarning"
        told.append((name, _ADDRESS.sub("0x", str(one.message)), Path(one.filename).name if own else ""))
    return tuple(told)


def _watched(args: list[Any], kwargs: dict[str, Any]) -> dict[str, str]:
    """What a caller may find changed after a call."""
    return {
        str(name): _seen(value)
        for name, value in [*enumerate(args), *kwargs.items()]
        if isinstance(value, (dict, list, set, bytearray))
    }


def _seen(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # an int of too many digits
        return ""


def _name(side: Side, kind: type) -> str:
    """The name of a class; with its module, unless it is the library's own, which each of the two has somewhere else."""
    module = kind.__module__
    own = module.partition(".")[0] in ("jwt", "rapidjwt") or module.startswith(side.name)
    return kind.__qualname__ if own else f"{module}.{kind.__qualname__}"


def failure(side: Side, error: BaseException) -> tuple[Any, ...]:
    """All that a caller sees of an error: its class, by which names it is caught, what it says, and what caused it.

    `claim` is looked at where PyJWT has it; ours has it on other errors, too.
    """
    caught_by = tuple(sorted(name for name, one in side.tree.items() if isinstance(error, one)))
    builtin = tuple(
        one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins" and one is not type(error)
    )
    said = tuple(_ADDRESS.sub("0x", repr(part)) for part in error.args)
    cause = error.__cause__
    return (
        _name(side, type(error)),
        caught_by,
        builtin,
        _ADDRESS.sub("0x", str(error)),
        said,
        repr(getattr(error, "claim", None)) if "MissingRequiredClaimError" in caught_by else "",
        None if cause is None else _name(side, type(cause)),
    )


_PLAIN = (str, bytes, bool, int, float, type(None))


def shown(value: Any) -> Any:
    """A value as something that compares as it should: 1 is not 1.0, NaN is NaN, and a dict has an order."""
    kind = type(value)
    if kind in _PLAIN:
        try:
            return kind.__name__, repr(value)
        except ValueError:  # an int of too many digits
            return kind.__name__, hex(value)
    if isinstance(value, dict):
        return kind.__name__, [(shown(name), shown(one)) for name, one in value.items()]
    if isinstance(value, (list, tuple)):
        return kind.__name__, [shown(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return kind.__name__, sorted(map(repr, value))
    if isinstance(value, (str, bytes, int, float)):
        return kind.__name__, repr(value)
    if isinstance(value, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        return kind.__name__, repr_of_numbers(value.private_numbers())
    if isinstance(value, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        return kind.__name__, repr_of_numbers(value.public_numbers())
    if isinstance(value, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)):
        return kind.__name__, value.private_bytes_raw()
    if isinstance(value, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        return kind.__name__, value.public_bytes_raw()
    if kind.__name__ == "PyJWK":
        known = (value.algorithm_name, value.key, value.key_type, value.key_id, value.public_key_use, value._jwk_data)
        return "PyJWK", type(value.Algorithm).__name__, [shown(one) for one in known]
    if kind.__name__ == "PyJWKSet":
        return "PyJWKSet", [shown(one) for one in value.keys], len(list(value))
    if isinstance(getattr(value, "options", None), dict):
        return kind.__name__, shown(value.options)
    if isinstance(value, BaseException):
        return kind.__name__, _ADDRESS.sub("0x", repr(value))
    return kind.__name__


def repr_of_numbers(numbers: Any) -> str:
    """Every number of a key, of whatever kind."""
    names = ("n", "e", "d", "p", "q", "dmp1", "dmq1", "iqmp", "x", "y", "private_value")
    found = {name: getattr(numbers, name) for name in names if hasattr(numbers, name)}
    public = getattr(numbers, "public_numbers", None)
    curve = getattr(numbers, "curve", None)
    return repr((found, curve and curve.name)) + (repr_of_numbers(public) if public else "")


# ---- the comparison


@dataclass(frozen=True)
class Explained:
    """A difference that we keep: its test in tests/python/test_drop_in_differences.py, its rows in docs/migrate-from-pyjwt.md (what
    their first cell begins with), and by what one knows it."""

    test: str
    rows: tuple[str, ...]
    applies: Callable[[Call, Outcome, Outcome], bool]


def _raised(one: Outcome, *names: str) -> bool:
    """Did it raise an error that one of these names is for? Making an argument counts: a PyJWK is made for the call."""
    return one.kind != "value" and (one.what[0] in names or not set(names).isdisjoint(one.what[1] + one.what[2]))


def _raw(one: Outcome, *names: str) -> bool:
    """Did it raise an error that is not of PyJWT's tree?"""
    return one.kind != "value" and not one.what[1] and (not names or _raised(one, *names))


def _says(one: Outcome, *texts: str) -> bool:
    return one.kind != "value" and any(text in one.what[3] for text in texts)


def _same_besides(one: Outcome, other: Outcome) -> bool:
    """Are the kind, the warnings and the arguments the same?"""
    return (one.kind, *one[2:4]) == (other.kind, *other[2:4])


def _same_said(theirs: Outcome, ours: Outcome) -> bool:
    """Did ours say what the other said, and name it as its cause?"""
    return ours.what[3:5] == theirs.what[3:5] and ours.what[6] == theirs.what[0]


def _unreadable_key(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.ValueError")
        and ours.what[0] == "UnreadableKeyError"
        and _same_said(theirs, ours)
    )


def _encrypted_key(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.TypeError")
        and ours.what[0] == "EncryptedKeyError"
        and _same_said(theirs, ours)
    )


def _surrogate_in_a_key(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.UnicodeEncodeError")
        and ours.what[0] == "UnreadableKeyError"
        and ours.what[3] == "The key has no UTF-8 form."
    )


def _key_not_utf8(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.UnicodeDecodeError")
        and ours.what[0] == "UnreadableKeyError"
        and ours.what[3] == "The key is not UTF-8."
    )


_KEY_TYPE = r"[\w.]+(Public|Private)Key|cryptography\.[\w.]{37}"
"""The name of a key's type in an AttributeError, which CPython 3.11 cuts off after 50 characters."""


def _half_of_a_key(call: Call, theirs: Outcome, ours: Outcome, *, has_no: str, says: str) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.AttributeError")
        and re.fullmatch(rf"'({_KEY_TYPE})' object has no attribute '{has_no}'", theirs.what[3]) is not None
        and ours.what[0] == "KeyHalfError"
        and re.fullmatch(says, ours.what[3]) is not None
    )


def _public_key_to_sign(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return _half_of_a_key(call, theirs, ours, has_no="sign", says=r"A public (RSA|EC|EdDSA) key cannot sign\.")


def _private_key_to_verify(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return _half_of_a_key(
        call, theirs, ours, has_no="verify", says="A private RSA key cannot verify: give its public key\\."
    )


def _unsupported_key(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "cryptography.exceptions.UnsupportedAlgorithm")
        and ours.what[0] == "UnsupportedKeyError"
        and ours.what[3] == theirs.what[3]
    )


def _unreadable_json(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "ValueError", "builtins.ValueError", "builtins.RecursionError")
        and _raised(ours, "UnreadableJWKError", "UnreadableJWKSetError")
        and ours.what[6] == theirs.what[0]
        and ours.what[3].endswith(theirs.what[3])
    )


def _unreadable_jwk(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and call.op == ".from_jwk"
        and _raw(theirs, "builtins.RecursionError", "builtins.AttributeError")
        and (_raised(theirs, "builtins.RecursionError") or theirs.what[3].endswith("has no attribute 'get'"))
        and ours.what[0] == "InvalidKeyError"
        and ours.what[3] == "Key is not valid JSON"
    )


def _incomplete_jwk(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(
            theirs, "builtins.KeyError", "builtins.NotImplementedError", "builtins.AttributeError", "builtins.TypeError"
        )
        and _raised(ours, "InvalidKeyError", "PyJWKError", "PyJWKSetError")
        and (
            _says(theirs, "'k'", "has no attribute 'get'", "unhashable type")
            or _raised(theirs, "builtins.NotImplementedError")
        )
        and ("JWK" in repr(call) or call.op == ".from_jwk")
    )


def _unusable_member(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    """In a set: what is not usable is left out, as PyJWT leaves out all that it has a name for."""
    return (
        "PyJWKSet" in repr(call)
        and _raw(theirs, "builtins.KeyError", "builtins.NotImplementedError", "builtins.TypeError")
        and (_says(theirs, "'k'", "unhashable type") or _raised(theirs, "builtins.NotImplementedError"))
        and (ours.kind == "value" or _raised(ours, "PyJWKSetError") or _says(ours, "keyset has no key for kid"))
    )


def _no_utf8(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.UnicodeEncodeError")
        and _raised(ours, "DecodeError")
        and _says(ours, "it has no UTF-8 form")
    )


def _no_look_up(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and _raw(theirs, "builtins.TypeError")
        and _says(
            theirs,
            "is not iterable",
            "a bytes-like object is required",
            "is not a container",
            "unhashable",
            "left operand",
        )
        and _raised(ours, "InvalidAlgorithmError")
        and _says(ours, "The specified alg value is not allowed")
    )


def _endless_leeway(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    leeway = repr(call.kwargs.get("leeway"))
    return leeway in ("nan", "inf", "-inf") and _says(ours, "leeway must be a finite number of seconds")


def _wrong_family(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    generator = "<generator object Algorithm.check_crypto_key_type.<locals>.<genexpr> at 0x>"
    if (
        (theirs.kind, theirs.changed) != (ours.kind, ours.changed)
        or not _raised(theirs, "InvalidKeyError")
        or generator not in theirs.what[3]
    ):
        return False
    before, _, after = theirs.what[3].partition(generator)
    return ours.what[:3] == theirs.what[:3] and ours.what[3].startswith(before) and ours.what[3].endswith(after)


def _no_jwk_in_a_message(call: Call, theirs: Outcome, ours: Outcome) -> bool:
    return (
        _same_besides(theirs, ours)
        and ours.kind != "value"
        and ours.what[:3] == theirs.what[:3]
        and ours.what[3] in ("kty is not found", "crv is not found", "Unable to find an algorithm for key")
        and theirs.what[3].startswith(ours.what[3] + ": ")
    )


EXPLAINED = [
    Explained("test_a_key_text_that_is_none", ("EC or EdDSA key text that is none",), _unreadable_key),
    Explained("test_an_encrypted_key", ("private key in PEM that is encrypted",), _encrypted_key),
    Explained("test_a_key_with_a_lone_surrogate", ("key `str` with a lone surrogate",), _surrogate_in_a_key),
    Explained("test_an_eddsa_key_that_is_not_utf8", ("EdDSA key bytes that are not UTF-8",), _key_not_utf8),
    Explained("test_a_public_key_does_not_sign", ("public key given to sign",), _public_key_to_sign),
    Explained("test_a_private_rsa_key_does_not_verify", ("RSA private key given to verify",), _private_key_to_verify),
    Explained("test_an_ec_key_with_explicit_parameters", ("EC key with explicit parameters",), _unsupported_key),
    Explained("test_json_that_is_none", ("`PyJWK.from_json`, `PyJWKSet.from_json`",), _unreadable_json),
    Explained("test_from_jwk_of_no_object", ("`from_jwk` of an algorithm",), _unreadable_jwk),
    Explained("test_a_bad_jwk", ('JWK with `"alg": "none"`', "JWK of type", "JWK whose", "JWK that is no dict", "the same, and `PyJWKSet.from_dict`"), _incomplete_jwk),
    Explained("test_a_bad_jwk_does_not_take_its_set_down", ("one such JWK",), _unusable_member),
    Explained("test_a_token_with_a_lone_surrogate", ("token `str`",), _no_utf8),
    Explained("test_an_alg_that_cannot_be_looked_for", ("token whose `alg`",), _no_look_up),
    Explained("test_a_leeway_that_is_no_number_of_seconds", ("`leeway`",), _endless_leeway),
    Explained("test_the_sentence_about_another_family_names_the_types", ("key object of another family",), _wrong_family),
    Explained("test_no_error_shows_a_jwk", ("JWK without a `kty`",), _no_jwk_in_a_message),
]  # fmt: skip
"""Nothing else may differ."""


class Difference(NamedTuple):
    """A call that two sides answer in two ways."""

    call: Call
    when: str
    theirs: Outcome
    ours: Outcome

    def __str__(self) -> str:
        return f"{self.when}: {_short(repr(self.call), 1500)}\n    PyJWT: {_short(repr(self.theirs.said()), 600)}\n    ours:  {_short(repr(self.ours.said()), 600)}"

    def gist(self) -> tuple[Any, ...]:
        """By which differences of the same origin are known, roughly."""
        return tuple(
            (one.kind, len(one.warnings), one.what[0], re.sub(r"[0-9]+|'[^']*'|:.*", "", one.what[3])[:60], one.what[6])
            if one.kind != "value"
            else (one.kind, len(one.warnings))
            for one in (self.theirs, self.ours)
        )


def _short(text: str, limit: int) -> str:
    text = text.encode("ascii", "backslashreplace").decode()
    return text if len(text) <= limit else f"{text[: limit - 20]} ... {len(text)} long"


@dataclass
class Tally:
    """What a run has seen."""

    calls: int = 0
    by_op: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[Difference] = field(default_factory=list)
    is_open: bool = True
    """Was the shortcut there for the ordinary calls?"""

    def __str__(self) -> str:
        accepted = sum(self.values.values())
        lines = [
            f"{self.calls} calls, {accepted} of them with a result; explained {self.explained.total()}, unexplained {len(self.unexplained)}"
        ]
        lines += [f"  explained {count:6} {row}" for row, count in self.explained.most_common()]
        return "\n".join(lines)


def compare(theirs: Side, ours: Side, call: Call, tally: Tally | None = None, *, rounds: int = 2) -> Difference | None:
    """Ask PyJWT once and ours as many times as may make a difference; what ours gives back is spoilt in between.

    Returns the first difference that no row explains.
    """
    tally = tally or Tally()
    tally.calls += 1
    tally.by_op[call.op] += 1
    expected = outcome(theirs, call)
    if expected.kind == "value":
        tally.values[call.op] += 1
    for number in range(1, (rounds if call.op in REPEATED else 1) + 1):
        found = outcome(ours, call)
        if found.said() != expected.said() and not _same_but_random(call, theirs, ours, expected, found):
            difference = Difference(call, f"round {number}", expected, found)
            row = next((one.test for one in EXPLAINED if one.applies(call, expected, found)), None)
            if row is None:
                tally.unexplained.append(difference)
                return difference
            tally.explained[row] += 1
        _spoil(found.value)
    return None


def _spoil(value: Any) -> None:
    """Write into a result. Who gives it out a second time is found out."""
    if type(value) is dict:
        for one in value.values():
            _spoil(one)
        value["spoilt"] = True
    elif type(value) is list:
        for one in value:
            _spoil(one)
        value.append("spoilt")


def _same_but_random(call: Call, theirs: Side, ours: Side, expected: Outcome, found: Outcome) -> bool:
    """ECDSA and PSS signatures differ each time: then each side verifies what the other one made."""
    if call.signer is None or expected.kind != "value" or found.kind != "value":
        return False
    if expected[2:4] != found[2:4] or type(expected.value) is not type(found.value):
        return False
    made = [(side, one.value) for side, one in ((ours, expected), (theirs, found))]
    if call.op == ".sign":
        name, owner = call.signer
        message = call.args[1]
        message = message.encode() if isinstance(message, str) else bytes(message)
        if len({len(value) for _, value in made}) != 1:
            return False
        if all(_verifies(side, name, owner, message, value) for side, value in made):
            return True
        return outcome(theirs, call).what != expected.what
    heads = {value.rsplit(".", 1)[0] for _, value in made}
    tails = [(side, forge.unb64(value.rsplit(".", 1)[1])) for side, value in made]
    if len(heads) != 1 or len({len(tail) for _, tail in tails}) != 1:
        return False
    head = heads.pop()
    owner = call.signer[1]
    if any(
        all(_verifies(side, name, owner, head.encode(), tail) for side, tail in tails)
        for name in owner.algorithms
        if name[:2] in ("ES", "PS")
    ):
        return True
    # Another key than its own, or a payload that is somewhere else: random when PyJWT does not repeat itself either.
    return outcome(theirs, call).what != expected.what


def _verifies(side: Side, name: str, owner: Any, message: bytes, signature: bytes) -> bool:
    if name not in owner.algorithms or owner.secret:
        return False
    algorithm = side.algorithms.get_default_algorithms()[name]
    return bool(algorithm.verify(message, algorithm.prepare_key(owner.public), signature))
