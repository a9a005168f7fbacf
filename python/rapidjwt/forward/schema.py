"""Every section and key of a configuration with its kind, default and meaning: one table, from which configurations are checked and the
reference in docs/guide/forward-auth.md is made.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from rapidjwt.forward import settings
from rapidjwt.forward.kinds import (
    Kind,
    choice,
    discovery,
    either,
    flag,
    number,
    permissions,
    role_table,
    text,
    texts,
    whole,
)

__all__ = ["REQUIRED", "SCHEMA", "Field", "Section"]

REQUIRED: Final = object()
"""In place of a default: the key must be there."""


class Field(NamedTuple):
    """One key."""

    kind: Kind
    default: Any
    about: str


class Section(NamedTuple):
    """One table, or array of tables."""

    record: Any
    """What its values become."""
    fields: dict[str, Field]
    about: str
    repeated: bool = False
    """An array of tables, `[[name]]`."""
    optional: bool = False
    """Where it is absent, so is what it is about, whatever the defaults."""


SCHEMA: Final[dict[str, Section]] = {
    "server": Section(
        settings.Server,
        {
            "profile": Field(
                choice("nginx", "traefik", "caddy", "envoy"), REQUIRED, "the gateway that asks; never guessed"
            ),
            "listen": Field(text, "127.0.0.1:8080", "`HOST:PORT`, or `unix:/PATH`; port 0 takes a free one"),
            "workers": Field(whole(1, 256), 1, "processes"),
            "trusted_proxies": Field(
                texts,
                ("127.0.0.0/8", "::1/128"),
                "networks whose `X-Forwarded-For` is believed, for audit and detectors",
            ),
            "insecure_bind": Field(flag, False, "listen where other machines can reach the service, which has no TLS"),
            "socket_mode": Field(permissions, 0o660, "permissions of the unix socket"),
            "drain": Field(number(0, 3600), 10, "seconds that a stop waits for running requests"),
            "max_header_bytes": Field(
                whole(4096, 1 << 20), 65_536, "longest head of a call; a longer one is answered 431"
            ),
        },
        "Where the service listens, and for whom.",
    ),
    "issuers": Section(
        settings.IssuerSettings,
        {
            "iss": Field(text, REQUIRED, "the exact `iss`, or a template, see [many issuers](issuers.md)"),
            "algorithms": Field(texts, REQUIRED, "accepted `alg` names"),
            "audience": Field(either, None, "accepted `aud` values"),
            "no_audience": Field(flag, False, "in place of `audience`: tokens must not carry `aud`"),
            "jwks_url": Field(text, None, "address of the key set"),
            "discovery": Field(discovery, False, "ask the issuer's metadata for that address"),
            "jwks_file": Field(text, None, "path of a key set, read again when it changes"),
            "secret_file": Field(text, None, "path of an HMAC secret; one line end behind it does not count"),
            "profile": Field(
                choice("at+jwt", "id_token", "logout_token"), None, "kind of token, see [profiles](issuers.md)"
            ),
            "subject": Field(text, None, "the only accepted `sub`"),
            "typ": Field(either, None, "accepted `typ` values"),
            "require": Field(texts, ("exp",), "claims that must be there"),
            "leeway": Field(number(0), 0, "seconds of clock difference"),
            "max_age": Field(number(0), None, "seconds since `iat` at most"),
            "max_lifetime": Field(number(0), None, "seconds from `iat` to `exp` at most"),
            "tenants": Field(texts, None, "what may stand in the place of a template"),
            "timeout": Field(number(0.1, 60), 5, "seconds for a fetch"),
            "max_stale": Field(
                number(0),
                None,
                "seconds for which keys past their lifetime serve on in an outage; default a day and an hour",
            ),
            "allow_http": Field(flag, False, "fetch over http from other machines"),
            "allowed_hosts": Field(texts, None, "hosts that metadata may name"),
            "snapshot": Field(
                text, None, "path of a file that keeps the keys for a restart in an outage; one worker only"
            ),
        },
        "Who signs tokens. Exactly one of `jwks_url`, `discovery`, `jwks_file` and `secret_file` says where the keys are.",
        repeated=True,
    ),
    "rules": Section(
        settings.RuleSettings,
        {
            "path": Field(text, None, "exact path; `{name}` stands for one segment"),
            "prefix": Field(text, None, "in place of `path`: that path and all below it"),
            "methods": Field(texts, (), 'e.g. `["GET"]`, which covers HEAD; none: all'),
            "access": Field(choice("required", "optional", "public"), "required", "whether a token is needed"),
            "issuers": Field(texts, (), "accepted issuers; none: all"),
            "scopes": Field(texts, (), "all of them are needed"),
            "roles": Field(role_table, {}, "for each claim its accepted values, of which one is enough"),
        },
        "Looked at in order; a request that none of them fits is refused. Without any, every request needs a token.",
        repeated=True,
    ),
    "tokens": Section(
        settings.Tokens,
        {
            "header": Field(flag, True, "in `Authorization: Bearer`"),
            "cookie": Field(text, None, "in this cookie too; its name begins with `__Host-` or `__Secure-`"),
            "origins": Field(texts, (), "pages that may send the cookie"),
            "csrf_cookie": Field(text, "__Host-csrf", "cookie whose value such pages repeat ..."),
            "csrf_header": Field(text, "X-CSRF-Token", "... in this header"),
            "query": Field(text, None, "in this parameter too, against RFC 9700"),
            "max_bytes": Field(whole(64, 1 << 18), 16_384, "longest token"),
        },
        "Where a token may stand.",
    ),
    "answers": Section(
        settings.Answering,
        {
            "realm": Field(text, None, "of the challenge"),
            "resource_metadata": Field(text, None, "address of the metadata of RFC 9728"),
            "retry_after": Field(whole(0, 86_400), 5, "seconds to wait after a 503"),
            "preflight": Field(
                flag,
                False,
                "let CORS preflights pass where a rule fits what they announce; only for applications whose CORS middleware answers them",
            ),
            "nginx_cache": Field(
                whole(0, 3600),
                0,
                "seconds for which nginx may keep an answer; with profile nginx only. For so long a withdrawn token may pass",
            ),
        },
        "How requests are answered.",
    ),
    "cache": Section(
        settings.Cache,
        {"max_bytes": Field(whole(0, 1 << 34), 16_777_216, "memory of a worker for verified tokens; 0: none")},
        "Tokens that come again.",
    ),
    "assertion": Section(
        settings.Assertion,
        {
            "issuer": Field(text, REQUIRED, "its `iss`: this service"),
            "audience": Field(either, REQUIRED, "its `aud`: the backend"),
            "algorithm": Field(
                choice("ES256", "ES384", "ES512", "Ed25519", "EdDSA", "RS256", "PS256"), "ES256", "its `alg`"
            ),
            "lifetime": Field(whole(1, 3600), 30, "seconds; never longer than the token lives"),
            "key_file": Field(text, None, "path of the private key; none: a new one at each start"),
            "max_age": Field(whole(0, 86_400), 300, "seconds for which backends may keep the published keys"),
            "memo_bytes": Field(
                whole(0, 1 << 34),
                4_194_304,
                "memory of a worker for assertions, which serve for half of their lifetime; 0: each request has its own",
            ),
        },
        "A signed token for the backend. Without this section there is none.",
        optional=True,
    ),
    "identity": Section(
        settings.Identity,
        {
            "subject": Field(text, "X-Auth-Subject", "header with `sub`"),
            "issuer": Field(text, "X-Auth-Issuer", "header with `iss`"),
            "scope": Field(text, "X-Auth-Scope", "header with `scope`"),
            "client_id": Field(text, "X-Auth-Client-Id", "header with `client_id`, else `azp`"),
            "assertion": Field(text, "X-Auth-Assertion", "header with the assertion"),
        },
        "Names of the headers for the backend.",
    ),
    "metrics": Section(
        settings.Metrics,
        {"enabled": Field(flag, True, "`/metrics`, where prometheus-client is installed (extra `prometheus`)")},
        "What [observability](observability.md) counts.",
    ),
    "audit": Section(
        settings.Audit,
        {
            "file": Field(
                text,
                None,
                "path; `{pid}` becomes the worker's process ID, and must be there with several workers. None: stderr",
            ),
            "max_bytes": Field(whole(4096), 67_108_864, "of a file, then another is begun"),
            "backups": Field(whole(1, 1000), 8, "files that are kept beside it"),
            "sample": Field(number(0, 1), 1.0, "share of requests let pass that are written down; all refusals are"),
            "pseudonymise": Field(flag, False, "`sub` as a keyed hash"),
            "key_file": Field(text, None, "path of the key of hashes, 16 to 64 bytes; none: a new one at each start"),
            "node": Field(text, None, "what this machine is called; none: its host name"),
        },
        "A line of JSON for each decision, see [observability](observability.md). Without this section there is none.",
        optional=True,
    ),
    "detectors": Section(
        settings.Detecting,
        {
            "window": Field(number(1, 86_400), 300, "seconds"),
            "max_prefixes": Field(whole(0), 4, "networks that one token may come from"),
            "max_agents": Field(whole(0), 2, "values of User-Agent that one token may come with"),
            "max_failures": Field(whole(0), 50, "refusals of one address"),
            "max_subject_failures": Field(whole(0), 20, "refusals of one subject's good tokens"),
            "max_unknown_keys": Field(whole(0), 100, "tokens of an issuer that name a key that is not there"),
            "max_lifetime": Field(number(0), 86_400, "seconds that a token may live"),
            "max_tokens": Field(whole(1, 1_000_000), 10_000, "tokens that are remembered"),
            "max_clients": Field(whole(1, 1_000_000), 10_000, "addresses that are remembered"),
            "max_subjects": Field(whole(1, 1_000_000), 10_000, "subjects that are remembered"),
            "max_alerts": Field(whole(1, 1_000_000), 100, "alerts of one rule and window"),
        },
        "Alerts go to the log, to audit and metrics, see [observability](observability.md). Each worker counts for itself. Without this section there are none.",
        optional=True,
    ),
}
