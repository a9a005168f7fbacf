"""The demo's nginx, with no file outside the demo's folder. The configuration to start from is in docs/guide/gateways/nginx/."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_CONFIGURATION = """\
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

    server {{
        listen 127.0.0.1:{port};

        location / {{
            auth_request /verify;
            auth_request_set $auth_subject   $upstream_http_x_auth_subject;
            auth_request_set $auth_issuer    $upstream_http_x_auth_issuer;
            auth_request_set $auth_scope     $upstream_http_x_auth_scope;
            auth_request_set $auth_client_id $upstream_http_x_auth_client_id;
            auth_request_set $auth_assertion $upstream_http_x_auth_assertion;
            proxy_set_header X-Auth-Subject   $auth_subject;
            proxy_set_header X-Auth-Issuer    $auth_issuer;
            proxy_set_header X-Auth-Scope     $auth_scope;
            proxy_set_header X-Auth-Client-Id $auth_client_id;
            proxy_set_header X-Auth-Assertion $auth_assertion;
            proxy_set_header Authorization    "";
            proxy_pass {api};
        }}

        location = /verify {{
            internal;
            proxy_pass {service}/verify;
            proxy_pass_request_body off;
            proxy_set_header Content-Length    "";
            proxy_set_header X-Original-Method $request_method;
            proxy_set_header X-Original-URI    $request_uri;
            proxy_set_header X-Forwarded-For   $remote_addr;
        }}
    }}
}}
"""


def found() -> str | None:
    """The program, where it is installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def command(program: str, folder: Path, port: int, *, api: str, service: str) -> list[str]:
    """Write the configuration; how to start."""
    path = folder / "nginx.conf"
    # As root it would give its folders to a user who may not enter this one.
    user = "user root;" if os.geteuid() == 0 else ""
    path.write_text(_CONFIGURATION.format(folder=folder, port=port, api=api, service=service, user=user))
    return [program, "-e", "stderr", "-p", str(folder), "-c", str(path)]
