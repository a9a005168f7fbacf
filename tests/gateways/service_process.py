"""`rapidjwt serve`, as a process, under the rules that all tests of the gateways go by."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import gateway_tokens as tokens
from processes import Process, free_port
from raw_http import Answer, request, send

import forge
import rapidjwt

CONFIGURATION = """
[server]
profile = "{profile}"
listen = "127.0.0.1:{port}"

[[issuers]]
iss = "{issuer}"
algorithms = ["ES256"]
audience = "{audience}"
jwks_file = "{keys}"

[[issuers]]
iss = "{lost_issuer}"
algorithms = ["ES256"]
audience = "{audience}"
jwks_url = "http://127.0.0.1:{nobody}/keys"

[[rules]]
prefix = "/public"
access = "public"

[[rules]]
prefix = "/optional"
access = "optional"

[[rules]]
prefix = "/admin"
scopes = ["admin"]

[[rules]]
prefix = "/orders"
scopes = ["read"]

[tokens]
cookie = "__Host-access"
origins = ["https://app.example"]

[assertion]
issuer = "https://gateway.example"
audience = "orders"

[answers]
preflight = true
"""
NGINX_CACHE = "nginx_cache = 30\n"


class Service:
    """Listens on `port`."""

    def __init__(self, port: int, process: Process) -> None:
        self.port = port
        self.process = process

    def get(self, path: str) -> Answer:
        return send(self.port, request(path))

    def is_healthy(self) -> bool:
        """Does the same process answer still?"""
        return self.process.runs and self.get("/healthz").status == 200


@contextlib.contextmanager
def running_service(profile: str, folder: Path, *, nginx_cache: bool = False) -> Iterator[Service]:
    """For the gateway of this profile; its files lie in a folder of its own below `folder`."""
    own = folder / "service"
    own.mkdir()
    port = free_port()
    keys = own / "keys.json"
    keys.write_text(json.dumps({"keys": [forge.material("ES256").jwk(kid="k1", alg="ES256", use="sig")]}), "utf-8")
    configuration = own / "gateway.toml"
    text = CONFIGURATION.format(
        profile=profile,
        port=port,
        issuer=tokens.ISSUER,
        lost_issuer=tokens.LOST_ISSUER,
        audience=tokens.AUDIENCE,
        keys=keys,
        nobody=free_port(),
    )
    configuration.write_text(text + (NGINX_CACHE if nginx_cache else ""), "utf-8")
    command = [sys.executable, "-m", "rapidjwt", "serve", "--config", str(configuration)]
    variables = {name: value for name, value in os.environ.items() if name.startswith("RAPIDJWT_")}
    variables["PYTHONPATH"] = str(Path(rapidjwt.__file__).parents[1])
    with Process(command, own, port, **variables) as process:
        yield Service(port, process)
        assert process.runs, process.logged()
