"""What a configuration says, as plain values with their types checked. Nothing is opened, looked up or made here."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = [
    "Answering",
    "Assertion",
    "Audit",
    "Cache",
    "Detecting",
    "Identity",
    "IssuerSettings",
    "Metrics",
    "RuleSettings",
    "Server",
    "Settings",
    "Tokens",
]


class Server(NamedTuple):
    """`[server]`"""

    profile: Literal["nginx", "traefik", "caddy", "envoy"]
    listen: str
    workers: int
    trusted_proxies: tuple[str, ...]
    insecure_bind: bool
    socket_mode: int
    drain: float
    max_header_bytes: int


class IssuerSettings(NamedTuple):
    """One of `[[issuers]]`: the arguments of `rapidjwt.Issuer`, and those of fetching; None: not said."""

    iss: str
    algorithms: tuple[str, ...]
    audience: str | tuple[str, ...] | None
    no_audience: bool
    jwks_url: str | None
    discovery: bool | str
    jwks_file: str | None
    secret_file: str | None
    profile: str | None
    subject: str | None
    typ: str | tuple[str, ...] | None
    require: tuple[str, ...]
    leeway: float
    max_age: float | None
    max_lifetime: float | None
    tenants: tuple[str, ...] | None
    timeout: float
    max_stale: float | None
    allow_http: bool
    allowed_hosts: tuple[str, ...] | None
    snapshot: str | None


class RuleSettings(NamedTuple):
    """One of `[[rules]]`: the arguments of `rapidjwt.web.Rule` and `Requirement`."""

    path: str | None
    prefix: str | None
    methods: tuple[str, ...]
    access: Literal["required", "optional", "public"]
    issuers: tuple[str, ...]
    scopes: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]


class Tokens(NamedTuple):
    """`[tokens]`"""

    header: bool
    cookie: str | None
    origins: tuple[str, ...]
    csrf_cookie: str
    csrf_header: str
    query: str | None
    max_bytes: int


class Answering(NamedTuple):
    """`[answers]`"""

    realm: str | None
    resource_metadata: str | None
    retry_after: int
    preflight: bool
    nginx_cache: int


class Cache(NamedTuple):
    """`[cache]`"""

    max_bytes: int


class Assertion(NamedTuple):
    """`[assertion]`"""

    issuer: str
    audience: str | tuple[str, ...]
    algorithm: str
    lifetime: int
    key_file: str | None
    max_age: int
    memo_bytes: int


class Identity(NamedTuple):
    """`[identity]`: names of headers."""

    subject: str
    issuer: str
    scope: str
    client_id: str
    assertion: str


class Metrics(NamedTuple):
    """`[metrics]`"""

    enabled: bool


class Audit(NamedTuple):
    """`[audit]`"""

    file: str | None
    max_bytes: int
    backups: int
    sample: float
    pseudonymise: bool
    key_file: str | None
    node: str | None


class Detecting(NamedTuple):
    """`[detectors]`: the arguments of `rapidjwt.observe.Detectors`."""

    window: float
    max_prefixes: int
    max_agents: int
    max_failures: int
    max_subject_failures: int
    max_unknown_keys: int
    max_lifetime: float
    max_tokens: int
    max_clients: int
    max_subjects: int
    max_alerts: int


class Settings(NamedTuple):
    """A whole configuration."""

    server: Server
    issuers: tuple[IssuerSettings, ...]
    rules: tuple[RuleSettings, ...]
    tokens: Tokens
    answers: Answering
    cache: Cache
    assertion: Assertion | None
    identity: Identity
    metrics: Metrics
    audit: Audit | None
    detectors: Detecting | None
