"""Which requests need what: rules over paths and methods. The first rule that fits decides; where none fits, nobody is let in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, final

from rapidjwt.web._fixed import Fixed, put

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken

__all__ = ["Requirement", "Rule", "Rules", "granted"]

Access = Literal["required", "optional", "public"]
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
"""RFC 9110 section 5.6.2."""
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+").fullmatch
"""RFC 6749 section 3.3."""
_STRICTER: Final[tuple[Access, ...]] = ("public", "optional", "required")
_PLACEHOLDER: Final = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}").fullmatch


@final
class Requirement(Fixed):
    """What a token must have beside being genuine.

    Args:
        access: `required`; `optional` lets requests without a token pass, though none with a bad one; `public` looks at no token.
        issuers: accepted values of `iss`; empty: all those of the verifier.
        scopes: all of them must be in `scope` (RFC 8693 section 4.2), or in `scp`, which some providers write instead.
        roles: for each claim its accepted values, of which one is enough: `{"groups": ["admin"]}`. The claim is named, or where the
            name begins with `/` it is found by a JSON Pointer (RFC 6901), as in `/realm_access/roles`. It may be a string or an array.
    """

    __slots__ = ("_parts", "_pointers", "access", "issuers", "roles", "scope", "scopes")

    access: Access
    issuers: frozenset[str]
    scopes: tuple[str, ...]
    scope: str
    roles: Mapping[str, frozenset[str]]
    _pointers: Sequence[tuple[Sequence[str], frozenset[str]]]
    _parts: tuple[Requirement, ...]

    def __init__(
        self,
        access: Access = "required",
        *,
        issuers: Sequence[str] = (),
        scopes: Sequence[str] = (),
        roles: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        if access not in ("required", "optional", "public"):
            raise ValueError("access must be required, optional or public")
        put(self, "access", access)
        put(self, "issuers", frozenset(_strings("issuers", issuers)))
        put(self, "scopes", _strings("scopes", scopes))
        if not all(map(_SCOPE, self.scopes)):
            raise ValueError(
                "a scope must be printable ASCII without space, quote and backslash (RFC 6749 section 3.3)"
            )
        put(self, "scope", " ".join(self.scopes))
        wanted = {claim: frozenset(_strings("roles", values)) for claim, values in (roles or {}).items()}
        put(self, "roles", wanted)
        if not all(self.roles.values()):
            raise ValueError("roles must name at least one value for each claim")
        put(self, "_pointers", tuple((_pointer(claim), values) for claim, values in wanted.items()))
        put(self, "_parts", ())
        if access == "public" and (self.issuers or self.scopes or self.roles):
            raise ValueError("access public looks at no token")

    @property
    def only_scopes(self) -> tuple[str, ...] | None:
        """The scopes, where nothing but them is asked of a token; None where there is more."""
        return None if self.issuers or self._pointers or self._parts else self.scopes

    def refusal(self, token: VerifiedToken) -> str | None:
        """The reason why a genuine token is not enough, or None."""
        if self.issuers and token.issuer not in self.issuers:
            return "unknown_issuer"
        if self.scopes:
            found = granted(token)
            for scope in self.scopes:
                if scope not in found:
                    return "insufficient_scope"
        for (name, *inner), values in self._pointers:
            if not _values(_at(token.get(name), inner)) & values:
                return "insufficient_scope"
        for part in self._parts:
            reason = part.refusal(token)
            if reason is not None:
                return reason
        return None

    def and_(self, other: Requirement) -> Requirement:
        """What is met by those only who meet both."""
        access = _STRICTER[max(map(_STRICTER.index, (self.access, other.access)))]
        both = Requirement(access, scopes=tuple(dict.fromkeys((*self.scopes, *other.scopes))))
        put(both, "_parts", (self, other))
        return both

    def __repr__(self) -> str:
        return f"<Requirement {self.access}>"


@final
class Rule(Fixed):
    """Requests of one kind, and what they need.

    Args:
        path: the path, with or without a slash at its end, in which a segment in braces stands for any one segment: `/orders/{id}`.
        prefix: instead of `path`: that path and all below it, by whole segments: `/orders` is not `/orders-old`.
        methods: e.g. `["GET"]`, which covers HEAD too; empty: all. Case does not count, since some frameworks make it so.
        requirement: what is needed; else the other arguments say it, which are those of `Requirement`.
    """

    __slots__ = ("fits", "methods", "name", "path", "prefix", "requirement")

    requirement: Requirement
    methods: frozenset[str]
    path: str | None
    prefix: str | None
    name: str
    """The route as it appears in metrics and audit: written by us, never by a client."""
    fits: Callable[[str], Any]
    """Is the rule about such a path, whatever the method?"""

    def __init__(
        self,
        path: str | None = None,
        *,
        prefix: str | None = None,
        methods: Sequence[str] = (),
        requirement: Requirement | None = None,
        **needs: Any,
    ) -> None:
        if (path is None) == (prefix is None):
            raise TypeError("a rule has a path or a prefix")
        if requirement is not None and needs:
            raise TypeError("a requirement is given whole or by its parts")
        if requirement is not None and type(requirement) is not Requirement:
            raise TypeError(f"requirement must be a Requirement or None, not {type(requirement).__name__}")
        put(self, "requirement", Requirement(**needs) if requirement is None else requirement)
        methods = _strings("methods", methods)
        if not all(map(_TOKEN, methods)):
            raise ValueError("methods must be names of HTTP methods")
        named = frozenset(method.upper() for method in methods)
        put(self, "methods", named | ({"HEAD"} if "GET" in named else set()))
        put(self, "path", path)
        put(self, "prefix", prefix)
        put(self, "name", path if path is not None else f"{(prefix or '').rstrip('/')}/*")
        put(self, "fits", _exactly(path) if path is not None else _below(prefix or ""))

    def __repr__(self) -> str:
        return f"<Rule {self.name} {self.requirement.access}>"


@final
class Rules:
    """Rules in order."""

    __slots__ = ("_table", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules: Final = tuple(rules)
        for rule in self.rules:
            if not isinstance(rule, Rule):
                raise TypeError(f"rules must be Rule objects, not {type(rule).__name__}")
        self._table: Final = [(rule.methods, rule.fits, rule) for rule in self.rules]

    def names(self, method: str, path: str) -> bool:
        """Does the first rule that fits name the method?"""
        rule = self.find(method, path)
        return rule is not None and method in rule.methods

    def find(self, method: str, path: str) -> Rule | None:
        """The first rule that fits.

        Args:
            method: in upper case.
            path: decoded and found plain, see `_paths`.
        """
        for methods, fits, rule in self._table:
            if (not methods or method in methods) and fits(path):
                return rule
        return None


def _strings(name: str, values: Sequence[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} must be a sequence of strings")
    return tuple(values)


def _exactly(path: str) -> Callable[[str], Any]:
    _checked(path)
    whole = path.rstrip("/")
    # Some frameworks serve the same with and without the slash: a rule must not be evaded by it.
    if "{" not in path and "}" not in path:
        return frozenset((whole or "/", whole + "/")).__contains__
    parts = []
    for segment in whole.split("/"):
        if ("{" in segment or "}" in segment) and not _PLACEHOLDER(segment):
            raise ValueError("a placeholder must be a name in braces that is a whole segment")
        parts.append("[^/]+" if _PLACEHOLDER(segment) else re.escape(segment))
    return re.compile("/".join(parts) + "/?").fullmatch


def _below(prefix: str) -> Callable[[str], Any]:
    _checked(prefix)
    if "{" in prefix or "}" in prefix:
        raise ValueError("a prefix has no placeholders")
    whole = prefix.rstrip("/")
    inside = whole + "/"
    return lambda path: path.startswith(inside) or path == whole


def _checked(path: str) -> None:
    from rapidjwt.web._paths import is_plain

    if not is_plain(path):
        raise ValueError(
            "the path of a rule must begin with / and be plain: decoded, without dot segments, // ; or backslash"
        )


def granted(token: VerifiedToken) -> Collection[str]:
    """The scopes of a token."""
    scope = token.scope
    if scope is None:
        scope = token.get("scp")
    return scope.split(" ") if isinstance(scope, str) else _values(scope)


def _pointer(name: str) -> list[str]:
    if not isinstance(name, str) or not name:
        raise ValueError("roles must be named by a claim or a JSON Pointer")
    if not name.startswith("/"):
        return [name]
    return [part.replace("~1", "/").replace("~0", "~") for part in name[1:].split("/")]


def _at(value: Any, inner: Sequence[str]) -> Any:
    for name in inner:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _values(found: Any) -> frozenset[str]:
    if isinstance(found, str):
        return frozenset((found,))
    if isinstance(found, list):
        return frozenset(value for value in found if isinstance(value, str))
    return frozenset()
