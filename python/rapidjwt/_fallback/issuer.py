"""Many issuers, each with its own policy and keys: the payload of a token that nobody verified yet in, the one issuer out that
may have made it. A token's `iss` chooses among those that are configured, and is compared again once the signature is good;
keys of different issuers never meet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, final

from rapidjwt._fallback import input, json, keys
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.keys import KeySlot
from rapidjwt.exceptions import InvalidTokenError, build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapidjwt._fallback.compact import Compact, Limits
    from rapidjwt._fallback.crypto import Verify
    from rapidjwt._fallback.policy import Policy
    from rapidjwt.types import AlgorithmRow, CheckCallable, Claims, Clock, KeySource

__all__ = ["IssuerPolicy", "Issuers", "Party", "Route", "Trail", "compare", "lone", "named", "route", "select"]

_LONGEST_SEGMENT: Final = 128
"""Longest text that stands in a template's placeholder, in bytes."""
_LONGEST_ESCAPE: Final = 6
"""Longest spelling of one byte of a JSON string."""
_TENANT: Final = "{tenantid}"
"""What stands in the place of the tenant in the `issuer` of a JWK of Microsoft Entra."""

_SEGMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_STEP: Final = re.compile(rb'[]["{}]')
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SPACE: Final = re.compile(rb"[ \t\n\r]*")


@final
class IssuerPolicy(Frozen):
    """See `_native.pyi`."""

    __slots__ = ("_checks", "_name", "_policy", "_slot", "_source", "_template", "_tenants")

    _name: str
    _slot: KeySlot
    _source: KeySource | None
    _template: tuple[str, str] | None
    """What stands before and after the open segment of the name."""
    _tenants: frozenset[str] | None
    _policy: Policy
    _checks: tuple[CheckCallable, ...]

    def __new__(
        cls,
        iss: str,
        slot: KeySlot,
        source: KeySource | None,
        *,
        template: bool,
        tenants: Sequence[str] | None,
        untyped: bool,
        algorithms: Sequence[str],
        audience: str | Sequence[str] | None,
        subject: str | None,
        leeway: float,
        require: Sequence[str],
        typ: str | Sequence[str] | None,
        max_age: float | None,
        max_lifetime: float | None,
        checks: Sequence[CheckCallable],
    ) -> IssuerPolicy:
        """Prepare a policy."""
        from rapidjwt._fallback import alg, options

        iss = input.needed_string("iss", iss)
        if not isinstance(slot, KeySlot):
            raise input.type_error("slot", "a KeySlot", slot)
        accepted = None if tenants is None else input.strings("tenants", "a list or tuple of strings", tenants)
        open_segment = _open_segment(iss) if input.boolean("template", template) else None
        policy = options.policy(
            algorithms=algorithms,
            issuer=iss if open_segment is None else None,
            audience=audience,
            subject=subject,
            leeway=leeway,
            require=require,
            typ=typ,
            max_age=max_age,
            max_lifetime=max_lifetime,
            checks=checks,
            clock=None,
            max_token_bytes=1,
            max_header_bytes=1,
            max_depth=1,
        )
        if input.boolean("untyped", untyped):
            policy = policy._replace(typ=(policy.typ or frozenset()) | {""})
        rows = [row for name in policy.algorithms if (row := alg.from_name(name)) is not None]
        if source is not None and any(row.kty == "oct" for row in rows):
            raise input.value_error("algorithms", "must not be HMAC where keys come from a source")
        held = slot.keys
        if source is None and held and not any(name in policy.algorithms for key in held for name in key.algorithms):
            raise input.value_error("keys", "fit none of the algorithms")
        made = object.__new__(cls)
        put(made, "_name", iss)
        put(made, "_slot", slot)
        put(made, "_source", source)
        put(made, "_template", open_segment)
        put(made, "_tenants", None if accepted is None else frozenset(accepted))
        put(made, "_policy", policy)
        put(made, "_checks", policy.checks)
        return made

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, as given."""
        return self._policy.algorithms

    def __reduce__(self) -> NoReturn:
        raise TypeError("an IssuerPolicy holds keys and cannot be pickled")

    def __repr__(self) -> str:
        return f"<IssuerPolicy algorithms={','.join(self.algorithms)}>"


def _open_segment(iss: str) -> tuple[str, str]:
    before, brace, rest = iss.partition("{")
    _, other, after = rest.partition("}")
    if not brace or not other:
        raise input.value_error("iss", "has no placeholder")
    return before, after


class Party(NamedTuple):
    """One of a verifier's issuers."""

    issuer: Any
    """The `Issuer`; None where the verifier has keys of its own."""
    policy: Policy
    slot: KeySlot
    source: KeySource | None
    checks: tuple[CheckCallable, ...]


class Issuers(NamedTuple):
    """The issuers of a verifier: one whose name is no matter of choice, or any number that are told apart by `iss`."""

    parties: tuple[Party, ...]
    limits: Limits
    """How much of a token is looked at."""
    checks: tuple[CheckCallable, ...]
    """The caller's own checks, of tokens of all of them."""
    clock: Clock | None
    names: dict[bytes, Party] | None = None
    """None: all tokens are the first one's."""
    templates: tuple[tuple[IssuerPolicy, Party], ...] = ()
    longest: int = 0
    """No text in a token that is longer than this can be an accepted `iss`."""


class Trail:
    """What became known on a token's way through the engine, whether it was accepted or not."""

    __slots__ = ("algorithm", "is_due", "is_hit", "missed", "party")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.algorithm: str | None = None
        """The token's, once its header was admitted."""
        self.is_hit = False
        """The cache of tokens answered for the signature."""
        self.party: Party | None = None
        """The issuer that it was routed to."""
        self.is_due = False
        """The source of the issuer's keys wants to hear of the time."""
        self.missed: tuple[str | None] | None = None
        """No key was found: the kid to ask for."""


class Route(NamedTuple):
    """What `issuer.route` found."""

    party: Party
    iss: str | None
    """The token's `iss`; None where that was no choice."""


def lone(policy: Policy, slot: KeySlot) -> Issuers:
    """One issuer for all tokens."""
    return Issuers((Party(None, policy, slot, None, ()),), policy.limits, policy.checks, policy.clock)


def named(issuers: object, limits: Limits, checks: tuple[CheckCallable, ...], clock: Clock | None) -> Issuers:
    """Issuers by name."""
    what = "a list or tuple of Issuer"
    parties: list[Party] = []
    names: dict[bytes, Party] = {}
    templates: dict[tuple[str, str], tuple[IssuerPolicy, Party]] = {}
    longest = 0
    for issuer in input.items("issuers", what, issuers):
        engine = getattr(issuer, "_policy", None)
        if not isinstance(engine, IssuerPolicy):
            raise input.type_error("issuers", what, issuer)
        party = Party(issuer, engine._policy._replace(limits=limits), engine._slot, engine._source, engine._checks)
        parties.append(party)
        if engine._template is None:
            name = engine._name.encode()
            names[name] = party
            longest = max(longest, len(name))
        else:
            templates[engine._template] = (engine, party)
            longest = max(longest, sum(len(part.encode()) for part in engine._template) + _LONGEST_SEGMENT)
    if not parties:
        raise input.value_error("issuers", "must not be empty")
    if len(names) + len(templates) != len(parties):
        raise input.value_error("issuers", "have the same iss twice")
    return Issuers(tuple(parties), limits, checks, clock, names, tuple(templates.values()), longest)


def route(issuers: Issuers, parts: Compact) -> Route:
    """Choose by the payload of a token that nobody verified. One pass up to the first `iss`; nothing is kept or parsed beside it."""
    if issuers.names is None:
        return Route(issuers.parties[0], None)
    quoted = _find_iss(parts.payload_unverified())
    raw = quoted[1:-1]
    if len(raw) > issuers.longest * _LONGEST_ESCAPE:
        raise build("issuer_unknown")
    try:
        iss = _text(quoted)
    except (json.Fault, UnicodeDecodeError):
        raise build("issuer_unknown") from None
    party = issuers.names.get(iss.encode())
    if party is None:
        party = next((party for engine, party in issuers.templates if _admits(engine, iss)), None)
    if party is None:
        raise build("issuer_unknown")
    return Route(party, iss)


def select(
    chosen: Route, kid: str | None, row: AlgorithmRow, now: float, trail: Trail
) -> tuple[list[Verify], list[keys.Key]]:
    """What to try on a token, and of which keys that is; nothing where a JWK itself names another issuer."""
    held = chosen.party.slot._held
    trail.is_due = now >= held.due
    try:
        key_set = held.usable(now)
        found = keys.tried(key_set, kid, row)
        if chosen.iss is not None and not all(_speaks_for(key.issuer, chosen.iss) for key in found):
            raise build("key_unknown")
    except InvalidTokenError as error:
        # Only for a key that is not there: not for one that does not fit.
        is_there = kid is not None and held.keys is not None and held.keys.get(kid) is not None
        if error.code == "keys_unavailable" or (error.code == "key_unknown" and not is_there):
            trail.missed = (kid,)
        raise
    return keys.select(key_set, kid, row), found


def compare(chosen: Route, found: Claims) -> None:
    """Is the `iss` that chose the keys the one that they signed?"""
    if chosen.iss is not None and found.get("iss") != chosen.iss:
        raise build("iss_mismatch")


def _find_iss(payload: bytes) -> bytes:
    """The first member `iss` of the outermost object, with its quotes.

    Only strings and brackets are looked at, whether or not the text is JSON: what it says is believed when the signature is
    good and all of it was read.
    """
    depth = 0
    step = _STEP.search(payload)
    while step is not None:
        at = step.end()
        byte = step[0]
        if byte == b'"':
            name = _STRING.match(payload, step.start())
            if name is None:
                break
            at = name.end()
            colon = _past_space(payload, at)
            if depth == 1 and payload[colon : colon + 1] == b":":
                at = colon + 1
                if _is_iss(name[0]):
                    value = _STRING.match(payload, _past_space(payload, at))
                    if value is None:
                        raise build("iss_invalid")
                    return value[0]
        elif byte in b"{[":
            depth += 1
        else:
            depth -= 1
            if depth <= 0:
                break
        step = _STEP.search(payload, at)
    raise build("claim_missing", claim="iss")


def _past_space(payload: bytes, at: int) -> int:
    space = _SPACE.match(payload, at)
    return at if space is None else space.end()


def _is_iss(quoted: bytes) -> bool:
    if quoted == b'"iss"':
        return True
    if b"\\" not in quoted or len(quoted) > 2 + 3 * _LONGEST_ESCAPE:
        return False
    try:
        return _text(quoted) == "iss"
    except (json.Fault, UnicodeDecodeError):
        return False


def _text(quoted: bytes) -> str:
    """What a string says: as it stands, or by the rules of JSON where it has escapes."""
    if b"\\" not in quoted:
        return quoted[1:-1].decode()
    value: str = json.read_object(b'{"":' + quoted + b"}", 1)[""]
    return value


def _admits(engine: IssuerPolicy, iss: str) -> bool:
    tenant = None if engine._template is None else _segment(*engine._template, iss)
    return tenant is not None and (engine._tenants is None or tenant in engine._tenants)


def _segment(before: str, after: str, iss: str) -> str | None:
    """What `iss` has between two texts, if that is one plain path segment."""
    if not iss.startswith(before) or not iss[len(before) :].endswith(after):
        return None
    tenant = iss[len(before) : len(iss) - len(after)]
    return tenant if len(tenant) <= _LONGEST_SEGMENT and _SEGMENT.fullmatch(tenant) else None


def _speaks_for(own: str | None, iss: str) -> bool:
    """Is a key whose JWK says `own` as its issuer meant for tokens of `iss`?"""
    if own is None or own == iss:
        return True
    before, found, after = own.partition(_TENANT)
    return bool(found) and _segment(before, after, iss) is not None
