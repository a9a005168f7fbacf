"""The demo's nginx: the configuration of docs/guide/gateways/nginx/, with other addresses, and with no file outside the demo's folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SHIPPED = Path(__file__).parents[2] / "docs" / "guide" / "gateways" / "nginx" / "rapidjwt.conf"

_AROUND = """\
daemon off;
worker_processes 1;
error_log stderr error;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 256; }}

http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/rapidjwt.conf;
}}
"""


def found() -> str | None:
    """The program, where it is installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def command(program: str, folder: Path, port: int, *, api: str, service: str) -> list[str]:
    """Write the configuration; how to start.

    Args:
        api, service: where they are, e.g. `http://127.0.0.1:8000`.
    """
    text = _SHIPPED.read_text("utf-8")
    addresses = {"8080": service, "8000": api, "8088": f"http://127.0.0.1:{port}"}
    for shipped, address in addresses.items():
        text = text.replace(f"127.0.0.1:{shipped}", address.removeprefix("http://"))
    (folder / "rapidjwt.conf").write_text(text)
    path = folder / "nginx.conf"
    # As root it would give its folders to a user who may not enter this one.
    path.write_text(_AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return [program, "-e", "stderr", "-p", str(folder), "-c", str(path)]
