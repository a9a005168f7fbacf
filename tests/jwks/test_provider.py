"""A real identity provider (npm oidc-provider) on loopback: tokens that it issues to a client without a login are verified through discovery
alone, through rotations and an outage.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

import forge
from rapidjwt import Verifier
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.issuer import Issuer

FOLDER = Path(__file__).parent / "provider"
AUDIENCE = "https://api.example"

if shutil.which("node") is None:
    pytest.skip("node is not installed", allow_module_level=True)
if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
    pytest.skip("oidc-provider is not installed: `make provider` does it, where npm is", allow_module_level=True)


class Provider:
    """The process. `publish` sets the keys, private parts and all; the first one signs."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
        self.process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=FOLDER,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.issuer = self._line()

    def publish(self, *kids: tuple[str, str, int]) -> None:
        """Keys as (kid, algorithm, number)."""
        keys = [forge.material(alg, number).jwk(private=True, kid=kid, alg=alg, use="sig") for kid, alg, number in kids]
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"keys": keys}) + "\n")
        self.process.stdin.flush()
        assert self._line() == "ready"

    def token(self) -> str:
        """An access token by client credentials."""
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "read"}).encode()
        login = base64.b64encode(b"client:secret").decode()
        request = urllib.request.Request(self.issuer + "/token", form, {"Authorization": f"Basic {login}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)["access_token"]

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
        self.process.stdout.close()

    def _line(self) -> str:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        assert ready, "the provider says nothing"
        return self.process.stdout.readline().strip()


@pytest.fixture
def provider():
    one = Provider()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
def open_verifier(provider):
    """A verifier that knows no more of the provider than its name, and its source."""

    def make(**fetch):
        issuer = Issuer(
            provider.issuer,
            discovery=True,
            fetch={"timeout": 20.0, **fetch},
            algorithms=["ES256", "RS256"],
            audience=AUDIENCE,
            profile="at+jwt",
        )
        return Verifier(issuers=[issuer]), issuer.source

    return make


def test_a_token_is_verified_through_discovery_alone(provider, open_verifier):
    provider.publish(("k1", "ES256", 0))
    verifier, source = open_verifier()
    claims = verifier.decode(provider.token())
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (provider.issuer, AUDIENCE, "client")
    assert source.health().location == provider.issuer + "/jwks"
    assert source.health().fetches == 1


def test_rotation_is_followed_and_a_withdrawn_key_refused(provider, open_verifier):
    provider.publish(("k1", "ES256", 0))
    verifier, source = open_verifier()
    old = provider.token()
    assert verifier.decode(old)
    provider.publish(("k2", "RS256", 0), ("k1", "ES256", 0))
    new = provider.token()
    assert verifier.decode(new)
    assert verifier.decode(old)
    assert source.health().fetches == 2
    provider.publish(("k2", "RS256", 0))
    assert source.refresh()
    with pytest.raises(InvalidTokenError) as refused:
        verifier.decode(old)
    assert refused.value.code == "key_unknown"
    assert verifier.decode(new)


def test_known_keys_outlive_the_provider_and_a_restart(provider, open_verifier, tmp_path):
    provider.publish(("k1", "ES256", 0))
    snapshot = tmp_path / "keys.json"
    verifier, _ = open_verifier(snapshot=snapshot)
    token = provider.token()
    assert verifier.decode(token)
    until = time.monotonic() + 20
    while not snapshot.exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    provider.stop()
    assert verifier.decode(token)
    restarted, source = open_verifier(snapshot=snapshot)
    assert restarted.decode(token)
    assert source.health().restored
