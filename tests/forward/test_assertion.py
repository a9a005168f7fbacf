"""The assertion: what it says, how long, that a backend can check it with what is published, and that memory is bounded."""

from __future__ import annotations

import json
import time

import pytest
import serving
from serving import AUD, ISS

import forge
from rapidjwt import Issuer, Key, Verifier, decode_unverified
from rapidjwt.forward import signing_keys
from rapidjwt.forward.assertion import TYP, Asserter
from rapidjwt.forward.settings import Assertion

NOW = forge.NOW


def backend(service: serving.Running, **options: object) -> Verifier:
    """A verifier as a backend has it: knows the issuer, the address of the keys and its own name."""
    issuer = Issuer(
        "https://gateway.example/",
        jwks_url=f"{service.address}/.well-known/jwks.json",
        audience="backend",
        algorithms=["ES256"],
        typ=TYP,
        **options,
    )
    return Verifier(issuers=[issuer])


def test_a_backend_reads_who_the_client_is(service):
    answer = service.call("/any", serving.token(client_id="client-1", lifetime=3600))
    claims = backend(service, max_lifetime=30).decode(answer["x-auth-assertion"])
    assert claims.pop("exp") - claims.pop("iat") == 30
    assert len(claims.pop("jti")) >= 20
    assert claims == {
        "iss": "https://gateway.example/",
        "aud": "backend",
        "sub": "user-1",
        "scope": "orders:read",
        "client_id": "client-1",
        "sub_id": {"format": "iss_sub", "iss": ISS, "sub": "user-1"},
    }


def test_it_is_no_access_token(services):
    service = services("nginx")
    assertion = service.call("/any", serving.token())["x-auth-assertion"]
    assert service.call("/any", assertion).status == 401


def test_it_does_not_live_longer_than_the_token(service):
    exp = int(time.time()) + 5
    answer = service.call("/any", serving.token(exp=exp))
    assert decode_unverified(answer["x-auth-assertion"]).claims["exp"] == exp


def test_without_a_section_there_is_none(tmp_path):
    text = serving.configuration(tmp_path).partition("[assertion]")[0]
    with serving.running(tmp_path, text) as service:
        assert service.call("/any", serving.token())["x-auth-assertion"] == ""
        assert json.loads(service.get("/.well-known/jwks.json").body) == {"keys": []}


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def asserting():
    """`asserting(memo_bytes=...)`: an asserter with a clock that stands, and proofs for it."""

    def make(**options):
        clock = Clock()
        values = {"algorithm": "ES256", "lifetime": 30, "key_file": None, "max_age": 300, "memo_bytes": 1 << 20}
        settings = Assertion("https://gateway.example/", "backend", **{**values, **options})
        ring = signing_keys.follow(settings, None, now=NOW)
        return Asserter(settings, ring, clock), clock, ring, settings

    return make


KEY = forge.material("ES256")
VERIFIER = Verifier(
    Key.from_pem(KEY.pem()), algorithms=["ES256"], issuer=ISS, audience=AUD, leeway=60, clock=lambda: NOW
)


def proof(**claims):
    return VERIFIER.verify(serving.token(now=NOW, **claims))


def test_the_same_token_has_the_same_assertion_for_half_of_its_lifetime(asserting):
    asserter, clock, *_ = asserting()
    first = asserter.of(proof())
    clock.now += 14
    assert asserter.of(proof()) is first
    clock.now += 2
    second = asserter.of(proof())
    assert second.text != first.text
    assert second.expires_at == NOW + 16 + 30


def test_other_claims_have_another_one(asserting):
    asserter, *_ = asserting()
    texts = {asserter.of(proof(sub=f"user-{at}")).text for at in range(10)}
    assert len(texts) == 10


def test_without_a_memo_each_request_has_its_own(asserting):
    asserter, *_ = asserting(memo_bytes=0)
    assert asserter.of(proof()).text != asserter.of(proof()).text


def test_the_memo_is_bounded(asserting):
    import tracemalloc

    asserter, *_ = asserting(memo_bytes=60_000)
    proofs = [proof(sub=f"user-{at}") for at in range(300)]
    tracemalloc.start()
    try:
        for one in proofs:
            asserter.of(one)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert asserter._memo.bytes <= 60_000
    assert held < 90_000
    assert asserter.of(proofs[-1]) is asserter.of(proofs[-1])


def test_a_token_within_its_leeway_has_an_assertion_that_ends_soon(asserting):
    asserter, *_ = asserting()
    assert asserter.of(proof(exp=NOW - 10)).expires_at == NOW + 1


def test_a_token_without_a_subject(asserting):
    asserter, *_ = asserting()
    claims = decode_unverified(asserter.of(proof(sub=None, scope=None)).text).claims
    assert not {"sub", "sub_id", "scope", "client_id"} & claims.keys()


def test_a_generated_key_goes_on_over_a_reload(asserting):
    _, _, ring, settings = asserting()
    after = signing_keys.follow(settings._replace(lifetime=60), ring, now=NOW + 5)
    assert [one.key.kid for one in after.plan] == [one.key.kid for one in ring.plan]
    other = signing_keys.follow(settings._replace(algorithm="Ed25519"), ring, now=NOW + 5)
    assert [one.key.kty for one in other.plan] == ["EC", "OKP"]


def test_a_new_key_signs_when_backends_have_had_time_to_see_it(tmp_path, asserting):
    _, _, _, settings = asserting()
    paths = []
    for number in range(2):
        path = tmp_path / f"{number}.pem"
        path.write_bytes(forge.material("ES256", number).pem(private=True))
        paths.append(settings._replace(key_file=str(path)))
    ring = signing_keys.follow(paths[0], None, now=NOW)
    again = signing_keys.follow(paths[0], ring, now=NOW + 10)
    assert len(again.plan) == 1
    after = signing_keys.follow(paths[1], again, now=NOW + 10)
    first, second = (one.key.kid for one in after.plan)
    assert first == forge_thumbprint(0)
    assert {key.kid for key in after.public_keys(NOW + 10)} == {first, second}
    assert after.signing_key(NOW + 10 + 599).kid == first
    assert after.signing_key(NOW + 10 + 600).kid == second
    there = signing_keys.from_plan(settings, json.loads(json.dumps(signing_keys.plan_of(after))))
    assert there.signing_key(NOW + 10 + 600).kid == second
    assert [one[1:] for one in there.plan] == [one[1:] for one in after.plan]


def forge_thumbprint(number: int) -> str:
    return Key.from_pem(forge.material("ES256", number).pem()).thumbprint()
