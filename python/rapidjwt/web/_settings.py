"""A `Guard` from a framework's settings: plain values, objects, or their import names. Refuses names that it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from rapidjwt.web._answers import Answers
from rapidjwt.web._bearer import Guard
from rapidjwt.web._cookies import Cookie
from rapidjwt.web._credentials import Sources
from rapidjwt.web._rules import Rule

if TYPE_CHECKING:
    from rapidjwt._native import Verifier

__all__ = ["guard_from", "named"]

_ANSWERS: Final = ("profile", "realm", "resource_metadata", "retry_after")
_SOURCES: Final = ("header", "cookie", "query")
_KNOWN: Final = frozenset(("guard", "verifier", "issuers", "rules", "preflight", "observer", *_ANSWERS, *_SOURCES))


def guard_from(settings: Mapping[str, Any]) -> Guard:
    """Make the guard.

    Args:
        settings: `guard`, alone: a Guard, or a callable that makes one. Or `verifier`, or `issuers` (each an Issuer, or the arguments of
            one); with `rules` (each a Rule, or the arguments of one), and any argument of Guard, Answers and Sources. `cookie` is a
            Cookie or its arguments. In place of an object its import name does: `package.module.name`.

    Raises:
        ValueError: a setting is not known, or is missing, or makes no sense.
        TypeError: a setting has the wrong type.
        ImportError: an import name leads nowhere.
    """
    unknown = settings.keys() - _KNOWN
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
    if "guard" in settings:
        if len(settings) > 1:
            raise ValueError("guard is given alone")
        return _guard(named(settings["guard"]))
    rules = settings.get("rules")
    return Guard(
        _verifier(settings),
        None if rules is None else [_made(Rule, rule) for rule in rules],
        sources=Sources(**_sources(settings)),
        answers=Answers(**{name: settings[name] for name in _ANSWERS if name in settings}),
        preflight=settings.get("preflight", True),
        observer=named(settings.get("observer")),
    )


def named(value: Any) -> Any:
    """What an import name stands for; anything but a string stands for itself."""
    if not isinstance(value, str):
        return value
    module, _, name = value.rpartition(".")
    if not module:
        raise ImportError("an import name has a module and a name: package.module.name")
    try:
        return getattr(import_module(module), name)
    except AttributeError:
        raise ImportError(f"module {module!r} has no {name!r}") from None


def _guard(made: Any) -> Guard:
    guard = made() if callable(made) else made
    if not isinstance(guard, Guard):
        raise TypeError(f"guard must be a Guard, not {type(guard).__name__}")
    return guard


def _verifier(settings: Mapping[str, Any]) -> Verifier:
    if ("verifier" in settings) == ("issuers" in settings):
        raise ValueError("one of verifier and issuers is needed")
    if "verifier" in settings:
        verifier: Verifier = named(settings["verifier"])
        return verifier
    from rapidjwt import Issuer, Verifier

    issuers: Iterable[Any] = settings["issuers"]
    return Verifier(issuers=[_made(Issuer, issuer) for issuer in issuers])


def _sources(settings: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: settings[name] for name in _SOURCES if name in settings}
    if given.get("cookie") is not None:
        given["cookie"] = _made(Cookie, given["cookie"])
    return given


def _made(kind: Any, value: Any) -> Any:
    return kind(**value) if isinstance(value, Mapping) else named(value)
