"""`Issuer`: one identity provider, with its name, its keys or where they come from, and what its tokens must be like. Checked when it is
made; the engine does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, final

from rapidjwt._impl import IssuerPolicy, Key, KeySet, KeySlot
from rapidjwt.exceptions import build

if TYPE_CHECKING:
    import os

    from rapidjwt._native import VerifiedToken
    from rapidjwt.types import CheckCallable, KeySource

__all__ = ["Issuer"]

_PLACEHOLDER: Final = re.compile(r"[^{}]*/\{[A-Za-z_]+\}(?:/[^{}]*)?")
"""One path segment in braces."""


@final
class Issuer:
    """One identity provider of a `Verifier(issuers=[...])`.

    Exactly one of `keys`, `jwks`, `jwks_file`, `jwks_url`, `discovery` and `source` says where the keys come from. Keys that are
    given are never fetched; HMAC algorithms need given keys.

    Args:
        iss: the exact `iss` of its tokens; or for a multi-tenant provider a template with one path segment in braces
            (`https://login.microsoftonline.com/{tenantid}/v2.0`), with `tenants`, `allow` or both.
        keys: a Key, a KeySet or an iterable of Key.
        jwks: a JWK Set (RFC 7517 section 5), as a mapping or JSON text.
        jwks_file: path of a JWK Set, read again when it changes.
        jwks_url: where the JWK Set is fetched from.
        discovery: True takes the URL of the JWK Set from the provider's metadata (OpenID Connect Discovery 1.0); a str says where the
            metadata is.
        source: a `rapidjwt.types.KeySource`, ready to be asked.
        fetch: further options of `jwks_file`, `jwks_url` and `discovery`: those of `rapidjwt.jwks.open_source`.
        algorithms, audience, subject, leeway, require, typ, max_age, max_lifetime, checks: as for `Verifier`. `checks` run before
            those of the verifier.
        profile: `at+jwt` (RFC 9068 section 4), `id_token` (OpenID Connect Core section 3.1.3.7; see `rapidjwt.profiles`) or
            `logout_token` (OpenID Connect Back-Channel Logout section 2.6): a token of another type is refused, and the claims of
            the profile are required. `typ` says in its place which type is accepted.
        tenants: what may stand in the template's place.
        allow: is called with what stands there, once the signature is good; anything but True refuses the token.

    Raises:
        ValueError: an argument has the right type and a value that makes no sense.
        TypeError: an argument has the wrong type, or it is not said where the keys come from, or said twice.
        PyJWTError: the keys given cannot be read; `key_private`.
    """

    __slots__ = ("_iss", "_policy", "_slot", "_source")

    def __init__(
        self,
        iss: str,
        *,
        keys: Key | KeySet | Iterable[Key] | None = None,
        jwks: Mapping[str, Any] | str | bytes | None = None,
        jwks_file: str | os.PathLike[str] | None = None,
        jwks_url: str | None = None,
        discovery: bool | str = False,
        source: KeySource | None = None,
        fetch: Mapping[str, Any] | None = None,
        algorithms: Sequence[str],
        audience: str | Sequence[str] | None,
        subject: str | None = None,
        leeway: float = 0,
        require: Sequence[str] = ("exp",),
        typ: str | Sequence[str] | None = None,
        max_age: float | None = None,
        max_lifetime: float | None = None,
        checks: Sequence[CheckCallable] = (),
        profile: Literal["at+jwt", "id_token", "logout_token"] | None = None,
        tenants: Sequence[str] | None = None,
        allow: Callable[[str], bool] | None = None,
    ) -> None:
        template = _is_template(iss, tenants, allow)
        _one_place(keys=keys, jwks=jwks, jwks_file=jwks_file, jwks_url=jwks_url, discovery=discovery, source=source)
        options: dict[str, Any] = {
            "template": template,
            "tenants": tenants,
            "untyped": False,
            "algorithms": algorithms,
            "audience": audience,
            "subject": subject,
            "leeway": leeway,
            "require": require,
            "typ": typ,
            "max_age": max_age,
            "max_lifetime": max_lifetime,
            "checks": checks,
        }
        if profile is not None:
            from rapidjwt import profiles

            profiles.apply(profile, options)
        if allow is not None:
            options["checks"] = [_tenant_check(iss, allow), *options["checks"]]
        if keys is not None or jwks is not None:
            if fetch is not None:
                raise TypeError("fetch is for keys from a file or the network")
            found = _given(keys) if keys is not None else KeySet.from_jwks(jwks)  # type: ignore[arg-type]
            slot = KeySlot(found)
        else:
            # All else is checked before anything is opened.
            IssuerPolicy(iss, KeySlot(), source or object(), **options)  # type: ignore[arg-type]
            if source is None:
                source = _open(iss, fetch or {}, jwks_file=jwks_file, jwks_url=jwks_url, discovery=discovery)
            elif fetch is not None:
                raise TypeError("fetch is for keys from a file or the network")
            slot = _slot_of(source)
        self._policy: Final = IssuerPolicy(iss, slot, source, **options)
        self._iss: Final = iss
        self._slot: Final = slot
        self._source: Final = source

    @property
    def iss(self) -> str:
        """The name or template, as given."""
        return self._iss

    @property
    def keys(self) -> KeySet | None:
        """The keys in force; None before the first are there."""
        return self._slot.keys

    @property
    def slot(self) -> KeySlot:
        """Where the keys in force stand."""
        return self._slot

    @property
    def source(self) -> KeySource | None:
        """Where the keys come from; None where they were given."""
        return self._source

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, as given."""
        return self._policy.algorithms

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Issuer holds keys and cannot be pickled")

    def __repr__(self) -> str:
        return f"<Issuer {self._iss!r} algorithms={','.join(self.algorithms)}>"


def _is_template(iss: object, tenants: object, allow: object) -> bool:
    if not isinstance(iss, str):
        raise TypeError(f"iss must be a string, not {type(iss).__name__}")
    if not iss:
        raise ValueError("iss must not be empty")
    if allow is not None and not callable(allow):
        raise TypeError(f"allow must be callable or None, not {type(allow).__name__}")
    if "{" not in iss and "}" not in iss:
        if tenants is not None or allow is not None:
            raise ValueError("tenants and allow are for an iss with a placeholder")
        return False
    if not _PLACEHOLDER.fullmatch(iss):
        raise ValueError("iss must have one placeholder, which is a whole path segment")
    if tenants is None and allow is None:
        raise ValueError("an iss with a placeholder needs tenants or allow")
    return True


def _one_place(**places: object) -> None:
    said = [name for name, value in places.items() if value is not None and value is not False]
    if len(said) != 1:
        raise TypeError(f"exactly one of {', '.join(places)} must say where the keys come from")


def _given(keys: Any) -> KeySet:
    if isinstance(keys, KeySet):
        return keys
    return KeySet([keys] if isinstance(keys, Key) else keys)


def _open(iss: str, fetch: Mapping[str, Any], **place: object) -> KeySource:
    from importlib import import_module

    opened: KeySource = import_module("rapidjwt.jwks").open_source(iss, **place, **fetch)
    return opened


def _slot_of(source: Any) -> KeySlot:
    for name in ("find", "due", "afind"):
        if not callable(getattr(source, name, None)):
            raise TypeError(f"source must be a KeySource, not {type(source).__name__}")
    slot = getattr(source, "slot", None)
    if not isinstance(slot, KeySlot):
        raise TypeError(f"source must be a KeySource, not {type(source).__name__}")
    return slot


def _tenant_check(template: str, allow: Callable[[str], bool]) -> CheckCallable:
    before, _, rest = template.partition("{")
    after = rest.partition("}")[2]

    def check(token: VerifiedToken) -> None:
        iss = token.issuer or ""
        answer: object = allow(iss[len(before) : len(iss) - len(after)])
        if answer is not True:
            raise build("issuer_unknown")

    return check
