"""Settings in; the parts that they describe out: verifier, guard, headers, reader of calls. Each part checks its own arguments; what it
says is told with the line of the setting. Nothing is fetched, and no thread is started.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from rapidjwt import Issuer, TokenCache, Verifier
from rapidjwt._impl import Key
from rapidjwt.exceptions import PyJWTError
from rapidjwt.forward.addresses import TrustedProxies
from rapidjwt.forward.calls import READERS, Reader
from rapidjwt.forward.configuration import Configuration
from rapidjwt.forward.identity import IdentityHeaders
from rapidjwt.forward.mistakes import ConfigurationError, Mistake
from rapidjwt.forward.places import Path
from rapidjwt.forward.schema import SCHEMA
from rapidjwt.forward.settings import IssuerSettings, RuleSettings, Settings
from rapidjwt.jwks.health import OnEvent
from rapidjwt.web import Answers, Cookie, Guard, Rule, Sources

__all__ = ["Listeners", "Parts", "build_parts"]

_T = TypeVar("_T")
_FETCHED: Final = ("timeout", "max_stale", "allow_http", "allowed_hosts", "snapshot")
"""What only keys from the network have."""


class Parts(NamedTuple):
    """Everything that answering a call needs."""

    settings: Settings
    issuers: dict[IssuerSettings, Issuer]
    guard: Guard
    identity: IdentityHeaders
    reader: Reader
    proxies: TrustedProxies
    cache: TokenCache | None


class Listeners(NamedTuple):
    """Who hears of what happens; None: nobody."""

    decisions: Any = None
    verifications: Any = None
    keys: OnEvent | None = None


def build_parts(configuration: Configuration, before: Parts | None = None, listeners: Listeners | None = None) -> Parts:
    """Make the parts.

    Args:
        before: the parts so far: an issuer of which nothing changed is taken over, with its keys and all it learned of them.
        listeners: to decisions, tokens and key sets.

    Raises:
        ConfigurationError: with every mistake.
    """
    return _Building(configuration, before, listeners or Listeners()).parts()


class _Building:
    def __init__(self, configuration: Configuration, before: Parts | None, listeners: Listeners) -> None:
        self._configuration = configuration
        self._listeners = listeners
        self._settings = configuration.settings
        self._before = {} if before is None else before.issuers
        self._mistakes: list[Mistake] = []

    def parts(self) -> Parts:
        settings = self._settings
        cache = TokenCache(max_bytes=settings.cache.max_bytes) if settings.cache.max_bytes else None
        issuers = self._issuers()
        verifier = self._made(("issuers",), lambda: self._verifier(issuers, cache)) if issuers else None
        rules = [self._made(("rules", place), partial(_rule, one)) for place, one in enumerate(settings.rules)]
        self._check_rules()
        sources = self._made(("tokens",), self._sources)
        answers = self._made(("answers",), self._answers)
        identity = self._made(("identity",), lambda: IdentityHeaders(settings.identity))
        proxies = self._made(("server", "trusted_proxies"), lambda: TrustedProxies(settings.server.trusted_proxies))
        self._check_server()
        if self._mistakes or verifier is None or identity is None or proxies is None:
            raise ConfigurationError(self._mistakes)
        guard = Guard(
            verifier,
            [rule for rule in rules if rule is not None] or None,
            sources=sources,
            answers=answers,
            preflight=settings.answers.preflight,
            observer=self._listeners.decisions,
        )
        return Parts(settings, issuers, guard, identity, READERS[settings.server.profile], proxies, cache)

    def _issuers(self) -> dict[IssuerSettings, Issuer]:
        found: dict[IssuerSettings, Issuer] = {}
        names: set[str] = set()
        for place, one in enumerate(self._settings.issuers):
            if one.iss in names:
                self._mistake(("issuers", place, "iss"), "two issuers of one name")
            names.add(one.iss)
            known = self._before.get(one)
            issuer = known if known is not None and one.secret_file is None else self._issuer(place, one)
            if issuer is not None:
                found[one] = issuer
        return found

    def _issuer(self, place: int, one: IssuerSettings) -> Issuer | None:
        path = ("issuers", place)
        if (one.audience is None) != one.no_audience:
            self._mistake((*path, "audience"), "say audience, or no_audience = true")
            return None
        places = [name for name in ("jwks_url", "discovery", "jwks_file", "secret_file") if getattr(one, name)]
        if len(places) != 1:
            self._mistake(path, "say exactly one of jwks_url, discovery, jwks_file and secret_file")
            return None
        fetched = places[0] in ("jwks_url", "discovery")
        if one.snapshot is not None and self._settings.server.workers > 1:
            self._mistake((*path, "snapshot"), "only one worker can keep a snapshot", "workers = 1, or leave it out")
        given: dict[str, Any] = {
            name: getattr(one, name)
            for name in ("algorithms", "audience", "profile", "subject", "typ", "require", "leeway", "max_age")
        }
        given |= {"max_lifetime": one.max_lifetime, "tenants": one.tenants}
        if places[0] != "secret_file":
            given[places[0]] = getattr(one, places[0])
        if places[0] != "secret_file":
            given["fetch"] = {"on_event": self._listeners.keys, **(_fetch(one) if fetched else {})}
        return self._made(path, lambda: Issuer(one.iss, **given, **_secret(one)))

    def _verifier(self, issuers: Mapping[IssuerSettings, Issuer], cache: TokenCache | None) -> Verifier:
        return Verifier(
            issuers=list(issuers.values()),
            max_token_bytes=self._settings.tokens.max_bytes,
            cache=cache,
            observer=self._listeners.verifications,
        )

    def _check_rules(self) -> None:
        names = {one.iss for one in self._settings.issuers}
        templates = any("{" in name for name in names)
        for place, rule in enumerate(self._settings.rules):
            for issuer in rule.issuers:
                if issuer not in names and not templates:
                    self._mistake(("rules", place, "issuers"), "names an issuer that is not there")

    def _check_server(self) -> None:
        settings = self._settings
        if settings.answers.nginx_cache and settings.server.profile != "nginx":
            self._mistake(("answers", "nginx_cache"), "only nginx has such a cache", 'profile = "nginx"')
        audit = settings.audit
        if audit is not None and audit.file is not None and settings.server.workers > 1 and "{pid}" not in audit.file:
            self._mistake(("audit", "file"), "several workers need a file each", "put {pid} into the name")

    def _sources(self) -> Sources:
        tokens = self._settings.tokens
        cookie = None
        if tokens.cookie is not None:
            cookie = Cookie(
                tokens.cookie, origins=tokens.origins, csrf_name=tokens.csrf_cookie, csrf_header=tokens.csrf_header
            )
        elif tokens.origins:
            raise ValueError("origins are for a cookie")
        return Sources(header=tokens.header, cookie=cookie, query=tokens.query)

    def _answers(self) -> Answers:
        answers = self._settings.answers
        return Answers(
            self._settings.server.profile,
            realm=answers.realm,
            resource_metadata=answers.resource_metadata,
            retry_after=answers.retry_after,
        )

    def _made(self, path: Path, make: Callable[[], _T]) -> _T | None:
        """What `make` makes; None where it was a mistake."""
        try:
            return make()
        except PyJWTError as error:
            self._mistake(path, f"{error} [{error.code}]")
        except OSError as error:
            self._mistake(path, f"{error.filename}: {error.strerror or type(error).__name__}")
        except (TypeError, ValueError) as error:
            # The first word of most messages is the argument that it is about.
            name = str(error).partition(" ")[0]
            self._mistake((*path, name) if name in SCHEMA[str(path[0])].fields else path, str(error))
        return None

    def _mistake(self, path: Path, message: str, hint: str | None = None) -> None:
        self._mistakes.append(self._configuration.mistake(path, message, hint))


def _rule(one: RuleSettings) -> Rule:
    return Rule(
        one.path,
        prefix=one.prefix,
        methods=one.methods,
        access=one.access,
        issuers=one.issuers,
        scopes=one.scopes,
        roles=one.roles or None,
    )


def _fetch(one: IssuerSettings) -> dict[str, Any]:
    from rapidjwt.jwks import Rules

    options: dict[str, Any] = {name: getattr(one, name) for name in _FETCHED if name != "max_stale"}
    if one.max_stale is not None:
        options["rules"] = Rules(max_stale=one.max_stale)
    return options


def _secret(one: IssuerSettings) -> dict[str, Any]:
    """The HMAC secret of a file, without the line end that editors leave."""
    if one.secret_file is None:
        return {}
    with open(one.secret_file, "rb") as file:
        secret = file.read(1 << 16).removesuffix(b"\n").removesuffix(b"\r")
    if len(one.algorithms) != 1 or not one.algorithms[0].startswith("HS"):
        raise ValueError("algorithms must be exactly one of HS256, HS384 and HS512 with a secret_file")
    return {"keys": Key.from_secret(secret, algorithm=one.algorithms[0])}
