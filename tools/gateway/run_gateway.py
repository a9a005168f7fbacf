"""`make gateway`: an identity provider, the forward-auth service and an API behind nginx, all on loopback, and requests to try. Ends with
Ctrl-C, and leaves nothing behind. Where nginx is not installed the API stands behind the ASGI middleware.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import demo_nginx
from demo_api import GATEWAY, Serving, backend, protected
from demo_issuer import AUDIENCE, DemoIssuer

_CONFIGURATION = """\
[server]
profile = "nginx"
listen = "127.0.0.1:{port}"
workers = 2

[[issuers]]
iss = "{issuer}"
audience = "{audience}"
algorithms = ["ES256"]
jwks_url = "{issuer}/jwks.json"

[[rules]]
prefix = "/orders"
scopes = ["orders:read"]

[[rules]]
path = "/public"
access = "public"

[answers]
realm = "demo"

[assertion]
issuer = "{gateway}"
audience = "orders-backend"
"""

_TRY = """\
Try:

    curl -i {api}/orders/1 -H "Authorization: Bearer $(curl -s '{issuer}/token')"   # 200
    curl -i {api}/orders/1   # 401
    curl -i {api}/orders/1 -H "Authorization: Bearer $(curl -s '{issuer}/token?scope=profile')"   # 403
    curl -i {api}/orders/1 -H "Authorization: Bearer $(curl -s '{issuer}/token?lifetime=-60')"   # 401
    curl -i {api}/orders/1 -H "Authorization: Bearer $(curl -s '{issuer}/token?sub=bob')" -H 'X-Auth-Subject: admin'   # 200
    curl -i {api}/public   # 200

Ctrl-C ends it.
"""


def main() -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rapidjwt-gateway-")))
        issuer = stack.enter_context(DemoIssuer())
        print(f"issuer         {issuer.url}", flush=True)
        program = demo_nginx.found()
        children: list[subprocess.Popen[bytes]] = []
        if program is None:
            api = _without_gateway(stack, issuer)
        else:
            api = _behind_nginx(stack, issuer, program, folder, children)
        _wait(api, children)
        print(f"\n{_TRY.format(api=api, issuer=issuer.url)}", flush=True)
        while not ended.wait(0.2):
            for child in children:
                if child.poll() is not None:
                    print(f"{child.args!r} ended with {child.returncode}", file=sys.stderr)
                    return 1
    return 0


def _behind_nginx(
    stack: contextlib.ExitStack,
    issuer: DemoIssuer,
    program: str,
    folder: Path,
    children: list[subprocess.Popen[bytes]],
) -> str:
    service_port, api_port, port = _free_ports(3)
    service = f"http://127.0.0.1:{service_port}"
    configuration = folder / "gateway.toml"
    configuration.write_text(
        _CONFIGURATION.format(port=service_port, issuer=issuer.url, audience=AUDIENCE, gateway=GATEWAY)
    )
    serve = [sys.executable, "-m", "rapidjwt", "serve", "--config", str(configuration)]
    children.append(stack.enter_context(_process(serve)))
    api = stack.enter_context(Serving(backend(f"{service}/.well-known/jwks.json"), api_port))
    nginx = demo_nginx.command(program, folder, port, api=api.url, service=service)
    children.append(stack.enter_context(_process(nginx)))
    _wait(service, children)
    print(f"forward-auth   {service}   ({configuration})")
    print(f"API            {api.url}")
    print(f"nginx          http://127.0.0.1:{port}   ({folder}/nginx.conf)")
    return f"http://127.0.0.1:{port}"


def _without_gateway(stack: contextlib.ExitStack, issuer: DemoIssuer) -> str:
    from rapidjwt import Issuer, Verifier
    from rapidjwt.web import Answers, Guard, Rule

    keys = Issuer(issuer.url, jwks_url=f"{issuer.url}/jwks.json", audience=AUDIENCE, algorithms=["ES256"])
    rules = [Rule(prefix="/orders", scopes=["orders:read"]), Rule("/public", access="public")]
    guard = Guard(Verifier(issuers=[keys]), rules, answers=Answers(realm="demo"))
    api = stack.enter_context(Serving(protected(guard), *_free_ports(1)))
    print(f"API            {api.url}   (nginx not found: behind the ASGI middleware)")
    return api.url


@contextlib.contextmanager
def _process(command: list[str]) -> Any:
    """Run it; Ctrl-C reaches it too, and whoever does not end by that is told."""
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, children: list[subprocess.Popen[bytes]]) -> None:
    """Until somebody listens there."""
    host, port = url.removeprefix("http://").split(":")
    until = time.monotonic() + 30
    while time.monotonic() < until and all(child.poll() is None for child in children):
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens at {url}")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in opened]


if __name__ == "__main__":
    sys.exit(main())
