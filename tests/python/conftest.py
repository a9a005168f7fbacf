"""The command line as a user has it: a program of its own, with files, pipes and terminals around it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

import forge
from forge import NOW

SECRET = "a-secret-of-thirty-two-bytes-or-more"
CLAIMS = {"iss": "https://issuer.example/", "aud": "my-api", "sub": "user-1", "iat": NOW - 60, "exp": NOW + 600}
PASSWORD = b"correct horse"


_NOT_INHERITED = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED"}


class Result(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.split("\n") if line]


class Cli:
    """Runs `rapidjwt` on one half, in a folder of its own."""

    def __init__(self, impl: str, folder: Path) -> None:
        self.impl = impl
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in _NOT_INHERITED},
            "RAPIDJWT_IMPL": impl,
        }

    def __call__(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Result:
        """Run to the end."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environment | environment,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of a run."""
        return [sys.executable, "-m", "rapidjwt", *map(str, arguments)]

    def start(self, *arguments: str | Path, **streams: Any) -> subprocess.Popen[bytes]:
        """Start a run; Ctrl-C works in it even where the test run itself is deaf to it."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one thread only
            **streams,
        )

    def terminal(self, *arguments: str | Path, typed: bytes = b"", after: str = "", **environment: str) -> Result:
        """Run with stdin, stdout and stderr on one terminal; `out` is all that appeared there.

        `typed` is typed when `after` has appeared.
        """
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | {"TERM": "xterm"} | environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        ) as process:
            os.close(theirs)
            shown = b"" if not after else _read_until(ours, after.encode())
            os.write(ours, typed)
            shown += _read_until(ours, None)
            os.close(ours)
            return Result(process.wait(60), shown.decode(), "")


def _read_until(descriptor: int, end: bytes | None) -> bytes:
    shown = b""
    while end is None or end not in shown:
        try:
            chunk = os.read(descriptor, 65_536)
        except OSError:  # Linux answers EIO when the last writer is gone
            break
        if not chunk:
            break
        shown += chunk
    return shown


@pytest.fixture
def cli(impl: SimpleNamespace, tmp_path: Path) -> Cli:
    return Cli(impl.IMPL, tmp_path)


class Material(NamedTuple):
    """Key files, and tokens that were signed with them, but not by us."""

    folder: Path

    def path(self, name: str) -> Path:
        """A file of the folder."""
        return self.folder / name

    def token(self, algorithm: str = "ES256", claims: dict[str, Any] | bytes | None = None, /, **header: Any) -> str:
        """A good token, or one of other claims under a good signature."""
        return forge.token(CLAIMS if claims is None else claims, algorithm=algorithm, header={"typ": "JWT", **header})


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("keys")
    for name, algorithm in {"ec": "ES256", "rsa": "RS256", "ed": "EdDSA"}.items():
        key = forge.material(algorithm)
        (folder / f"{name}.pem").write_bytes(key.pem(private=True))
        (folder / f"{name}.locked.pem").write_bytes(key.pem(password=PASSWORD))
        (folder / f"{name}.pub.pem").write_bytes(key.pem())
        (folder / f"{name}.jwk").write_text(json.dumps(key.jwk(private=True, kid="k1")))
    (folder / "secret.txt").write_bytes(SECRET.encode() + b"\n")
    jwk = forge.material("ES256").jwk(alg="ES256", use="sig")
    (folder / "ec.pub.jwk").write_text(json.dumps(jwk))
    (folder / "jwks.json").write_text(json.dumps({"keys": [jwk | {"kid": "k1"}]}))
    return Material(folder)


@pytest.fixture
def policy(material: Material) -> list[str]:
    """Arguments of `verify` that accept `material.token()`."""
    return [
        *("--jwks", str(material.path("jwks.json"))),
        *("--issuer", "https://issuer.example/", "--audience", "my-api", "--now", str(NOW)),
    ]


@pytest.fixture
def verify(cli: Cli, policy: list[str]) -> Callable[..., Result]:
    """Run `rapidjwt verify` with `policy`."""
    return lambda *arguments, **options: cli("verify", *policy, *arguments, **options)
