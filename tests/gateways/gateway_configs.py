"""The four gateways: the very files of docs/guide/gateways with other ports, and the command that runs each."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SNIPPETS = Path(__file__).resolve().parents[2] / "docs" / "guide" / "gateways"

# The ports in the snippets: the gateway's own, the forward-auth service's, and that of the API behind.
GATEWAY_PORT, SERVICE_PORT, API_PORT = 8088, 8080, 8000

# What a main nginx.conf has around the files of conf.d; everything that it writes stays in its folder.
NGINX_MAIN = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {snippet};
}}
"""


@dataclass(frozen=True)
class Gateway:
    """`name` and `profile` of a gateway, the program that must be there and who has it, the snippets, and `command(program, folder)`."""

    name: str
    profile: str
    program: str
    where: str
    snippets: tuple[str, ...]
    command: Callable[[str, Path], list[str]]

    def find(self) -> str | None:
        """The program: of this environment, else of the system."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
        return shutil.which(self.program, path=path)

    def fill(self, folder: Path, *, gateway: int, service: int, api: int, more: tuple[str, str] = ("", "")) -> None:
        """Write the snippets into the folder, with these ports and this folder.

        Args:
            more: a text of the snippets and what comes before it.
        """
        ports = {GATEWAY_PORT: gateway, SERVICE_PORT: service, API_PORT: api}
        for snippet in self.snippets:
            text = (SNIPPETS / snippet).read_text("utf-8")
            if more[0]:
                assert text.count(more[0]) == 1
                text = text.replace(more[0], more[1] + more[0])
            text = re.sub(r"\b(8088|8080|8000)\b", lambda found: str(ports[int(found[0])]), text)
            text = text.replace("/etc/traefik", str(folder)).replace("/run/nginx-rapidjwt", str(folder / "cache"))
            (folder / Path(snippet).name).write_text(text, "utf-8")


def _nginx(program: str, folder: Path) -> list[str]:
    (snippet,) = folder.glob("rapidjwt*.conf")
    # As root its workers would be somebody who may not read a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_MAIN.format(user=user, folder=folder, snippet=snippet), "utf-8")
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]


def _envoy(program: str, folder: Path) -> list[str]:
    return [program, "-c", str(folder / "envoy.yaml"), "--concurrency", "1", "--use-dynamic-base-id", "-l", "warning"]


def _traefik(program: str, folder: Path) -> list[str]:
    return [program, f"--configfile={folder / 'traefik.yaml'}"]


def _caddy(program: str, folder: Path) -> list[str]:
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


FROM_DEBIAN = "Debian has it as nginx"
FROM_PYPI = "`make gateway-programs` installs it"

NGINX = Gateway("nginx", "nginx", "nginx", FROM_DEBIAN, ("nginx/rapidjwt.conf",), _nginx)
NGINX_CACHED = Gateway("nginx-cached", "nginx", "nginx", FROM_DEBIAN, ("nginx/rapidjwt-cached.conf",), _nginx)
ENVOY = Gateway("envoy", "envoy", "envoy", FROM_PYPI, ("envoy/envoy.yaml",), _envoy)
TRAEFIK = Gateway(
    "traefik", "traefik", "traefik", FROM_PYPI, ("traefik/traefik.yaml", "traefik/rapidjwt.yaml"), _traefik
)
CADDY = Gateway("caddy", "caddy", "caddy", FROM_PYPI, ("caddy/Caddyfile",), _caddy)

GATEWAYS = (NGINX, ENVOY, TRAEFIK, CADDY)
