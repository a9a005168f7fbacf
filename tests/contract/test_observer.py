"""`observer=`: told once for each token, after the decision, and never a part of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import pytest

import forge
from rapidjwt.exceptions import CheckFailedError, PyJWTError, RevokedTokenError
from rapidjwt.types import Verification
from sources import Source

ISS = "https://login.example/"
GOOD = forge.token()
EXPIRED = forge.token({**forge.CLAIMS, "exp": forge.NOW})


class Notes(list):
    """Writes down what it is told."""

    on_verification = list.append

    def said(self):
        """All but the times and the proofs, and a clean page."""
        told = [event._replace(seconds=0.0, token=None) for event in self]
        assert all(type(event) is Verification and 0 < event.seconds < 60 for event in self)
        assert all((event.token is None) is not event.ok for event in self)
        self.clear()
        return told


@pytest.fixture
def notes():
    return Notes()


def accepted(algorithm="HS256", *, issuer=None, cached=False):
    return Verification(True, issuer, algorithm, None, None, 0.0, cached, None)


def refused(code, reason, algorithm="HS256", *, issuer=None):
    return Verification(False, issuer, algorithm, code, reason, 0.0, False, None)


def calls(check):
    """Each way to have one token verified."""
    return (
        check.decode,
        check.verify,
        lambda token: asyncio.run(check.adecode(token)),
        lambda token: asyncio.run(check.averify(token)),
        lambda token: list(check.verify_many([token])),
        lambda token: list(check.verify_stream([token])),
    )


def test_every_way_tells_once(verifier, notes):
    check = verifier(observer=notes)
    for call in calls(check):
        call(GOOD)
        assert notes.said() == [accepted()]
        call(GOOD.encode())
        assert notes.said() == [accepted()]


def test_every_way_tells_of_a_refusal_once(verifier, notes):
    for call in calls(verifier(observer=notes)):
        try:
            call(EXPIRED)
        except PyJWTError as error:
            assert error.code == "expired"
            assert not vars(error).keys() & {"_missed", "_untold"}
        assert notes.said() == [refused("expired", "expired")]


def test_a_batch_is_told_in_order_with_its_mean(verifier, notes):
    results = verifier(observer=notes).verify_many([GOOD, EXPIRED, "x", GOOD])
    assert [event.ok for event in notes] == [result.ok for result in results] == [True, False, False, True]
    assert len({event.seconds for event in notes}) == 1
    assert notes.said()[2] == refused("segment_count", "malformed", None)
    assert verifier(observer=notes).verify_many([]) == []
    assert notes == []


def test_a_stream_is_told_batch_by_batch(verifier, notes):
    results = verifier(observer=notes).verify_stream([GOOD] * 5, batch=2)
    next(results)
    assert len(notes) == 2
    assert len([*results]) == 4
    assert notes.said() == [accepted()] * 5


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "Ed25519"])
def test_the_algorithm_is_named(verifier, notes, algorithm):
    token = forge.token(algorithm=algorithm)
    check = verifier(algorithm, observer=notes)
    check.verify(token)
    with pytest.raises(PyJWTError):
        check.verify(token[:-8] + "AAAAAAAA")
    assert [event.algorithm for event in notes.said()] == [algorithm, algorithm]


@pytest.mark.parametrize(
    ("token", "code", "algorithm"),
    [
        ("", "segment_count", None),
        ("\udc80..", "header_base64", None),
        (forge.token(header=b"{"), "header_json", None),
        (forge.token(header={"alg": "none"}), "alg_unsupported", None),
        (forge.token(header={"alg": "HS384"}), "alg_not_allowed", None),
        (forge.token(header={"alg": "HS256", "crit": ["x"], "x": 1}), "crit_unsupported", None),
        (forge.token(header={"alg": "HS256"}), "typ_mismatch", None),
        (GOOD.rpartition(".")[0] + ".=", "signature_base64", None),
        (GOOD[:-8] + "AAAAAAAA", "bad_signature", "HS256"),
        (forge.token(b"{"), "payload_json", "HS256"),
        (forge.token({}), "claim_missing", "HS256"),
    ],
)
def test_the_algorithm_is_known_from_the_admitted_header_on(verifier, notes, token, code, algorithm):
    check = verifier(observer=notes, typ="JWT" if code == "typ_mismatch" else None)
    with pytest.raises(PyJWTError) as caught:
        check.decode(token)
    assert check.verify_many([token])[0].code == caught.value.code == code
    assert notes.said() == [refused(code, caught.value.reason, algorithm)] * 2


def test_the_issuer_is_the_one_of_the_policy(verifier, notes):
    token = forge.token({**forge.CLAIMS, "iss": ISS})
    for issuer, name in [(ISS, ISS), ([ISS, ISS], ISS), ([ISS, "b"], None), (None, None)]:
        check = verifier(observer=notes, issuer=issuer)
        check.decode(token)
        for refuse in (EXPIRED, "x", forge.token({**forge.CLAIMS, "iss": "c"})):
            check.verify_many([refuse])
        events = notes.said()
        assert [event.issuer for event in events] == [name] * 4
    assert events[1:3] == [refused("expired", "expired"), refused("segment_count", "malformed", None)]


@pytest.fixture
def several(impl, key, notes):
    """A verifier of a named issuer and of a template."""

    def make(source=None, **options):
        keys = {"source": source} if source else {"keys": key("ES256", kid="a")}
        named = impl.Issuer(ISS, algorithms=["ES256"], audience=None, **keys)
        template = impl.Issuer(
            "https://l/{tenant}/v2",
            keys=key("HS256"),
            algorithms=["HS256"],
            audience=None,
            allow=lambda name: name == "t",
        )
        return impl.Verifier(issuers=[named, template], clock=lambda: forge.NOW, observer=notes, **options)

    return make


def of(iss, algorithm="HS256", **header):
    return forge.token({**forge.CLAIMS, "iss": iss}, algorithm=algorithm, header={"alg": algorithm, **header})


def test_of_several_issuers_the_one_that_judged_is_named(several, notes):
    check = several()
    tokens = [
        of(ISS, "ES256", kid="a"),
        of("https://l/t/v2"),
        of("https://l/other/v2"),
        of("https://evil/"),
        of(ISS),
        forge.token(),
        of(ISS, "ES256", kid="b"),
        "x",
    ]
    template = "https://l/{tenant}/v2"
    wanted = [
        accepted("ES256", issuer=ISS),
        accepted(issuer=template),
        refused("issuer_unknown", "unknown_issuer", issuer=template),
        refused("issuer_unknown", "unknown_issuer", None),
        refused("alg_not_allowed", "alg_not_allowed", None, issuer=ISS),
        refused("claim_missing", "missing_claim", None),
        refused("key_unknown", "unknown_key", "ES256", issuer=ISS),
        refused("segment_count", "malformed", None),
    ]
    check.verify_many(tokens)
    assert notes.said() == wanted
    for token in tokens:
        try:
            check.verify(token)
        except PyJWTError as error:
            assert error.code == notes[-1].code
    assert notes.said() == wanted


def test_a_key_that_is_found_late_is_no_refusal(impl, several, notes, key):
    source = Source(impl, key("ES256", kid="a"))
    token = of(ISS, "ES256", kid="a")
    for call in calls(several(source)):
        source.put()
        call(token)
        assert notes.said() == [accepted("ES256", issuer=ISS)]


def test_a_key_that_is_not_found_is_one(impl, several, notes):
    token = of(ISS, "ES256", kid="a")
    wanted = refused("keys_unavailable", "keys_unavailable", "ES256", issuer=ISS)
    for call in calls(several(Source(impl))):
        try:
            call(token)
        except PyJWTError as error:
            assert not vars(error).keys() & {"_missed", "_untold"}
        assert notes.said() == [wanted]


def test_a_source_that_fails_is_one(impl, several, notes):
    class Broken(Source):
        def find(self, kid):
            raise OSError

        async def afind(self, kid):
            raise OSError

    source = Broken(impl)
    for call in calls(several(source)):
        source.put()
        try:
            call(of(ISS, "ES256", kid="a"))
        except PyJWTError as error:
            assert not vars(error).keys() & {"_missed", "_untold"}
        assert notes.said() == [refused("keys_unavailable", "keys_unavailable", "ES256", issuer=ISS)]


def test_other_keys_that_are_found_are_no_help(impl, several, notes, key):
    for number in range(6):
        call = calls(several(Source(impl, key("ES256", kid="b"))))[number]
        try:
            call(of(ISS, "ES256", kid="a"))
        except PyJWTError as error:
            assert not vars(error).keys() & {"_missed", "_untold"}
        assert notes.said() == [refused("key_unknown", "unknown_key", "ES256", issuer=ISS)]


def test_a_hit_of_the_cache_is_told_as_one(impl, verifier, notes):
    times = [forge.NOW]
    check = verifier(observer=notes, cache=impl.TokenCache(), clock=lambda: times[0])
    check.verify(GOOD)
    check.verify(GOOD)
    check.decode(GOOD)
    assert notes.said() == [accepted(), accepted(cached=True), accepted(cached=True)]
    times[0] += 3600
    for _ in range(2):
        with pytest.raises(PyJWTError):
            check.verify(GOOD)
    assert notes.said() == [refused("expired", "expired")] * 2


def test_own_checks_have_the_last_word(verifier, notes):
    def never(token):
        raise RevokedTokenError("gone")

    for call in calls(verifier(observer=notes, checks=[never])):
        with contextlib.suppress(RevokedTokenError):
            call(GOOD)
        assert notes.said() == [refused("revoked", "revoked")]


def test_a_refusal_of_an_own_class_keeps_its_code(verifier, notes):
    class Odd(CheckFailedError):
        code = "odd"
        reason = "claim_invalid"

    def never(token):
        raise Odd

    with pytest.raises(Odd):
        verifier(observer=notes, checks=[never]).decode(GOOD)
    assert notes.said() == [refused("odd", "claim_invalid")]


def test_claims_of_another_type_are_a_refusal(verifier, notes):
    from dataclasses import dataclass

    @dataclass
    class Wanted:
        sub: int

    @dataclass
    class Plain:
        sub: str

    check = verifier(observer=notes)
    assert check.decode(GOOD, into=Plain) == Plain("user-1")
    with pytest.raises(PyJWTError):
        check.decode(GOOD, into=Wanted)
    assert notes.said() == [accepted(), refused("claims_type", "claim_invalid")]


def test_what_is_no_answer_is_not_told(impl, verifier, notes):
    def fail():
        raise OSError

    def stop(token):
        raise KeyboardInterrupt

    for check, error in [
        (verifier(observer=notes), TypeError),
        (verifier(observer=notes, clock=fail), OSError),
        (verifier(observer=notes, checks=[stop]), KeyboardInterrupt),
    ]:
        for call in calls(check):
            with pytest.raises(error):
                call(1 if error is TypeError else GOOD)
    with pytest.raises(TypeError):
        verifier(observer=notes).decode(GOOD, into=3)
    verifier(observer=notes).explain(GOOD)
    verifier(observer=notes).explain(EXPIRED)
    assert notes == []


def test_what_an_observer_raises_is_logged(verifier, caplog):
    class Broken:
        def on_verification(self, event):
            raise ZeroDivisionError("broken")

    check = verifier(observer=Broken())
    with caplog.at_level(logging.ERROR, "rapidjwt"):
        assert check.decode(GOOD) == forge.CLAIMS
        assert check.verify(GOOD).claims == forge.CLAIMS
        assert [result.ok for result in check.verify_many([GOOD, EXPIRED])] == [True, False]
        with pytest.raises(PyJWTError) as caught:
            check.decode(EXPIRED)
        with pytest.raises(PyJWTError):
            asyncio.run(check.adecode(EXPIRED))
    assert caught.value.code == "expired"
    assert caught.value.__context__ is None
    assert [record.name for record in caplog.records] == ["rapidjwt"] * 6
    assert not any(part in caplog.text for token in (GOOD, EXPIRED) for part in token.split("."))


def test_an_interrupted_observer_is_heard(verifier):
    class Interrupted:
        def on_verification(self, event):
            raise KeyboardInterrupt

    for call in calls(verifier(observer=Interrupted())):
        with pytest.raises(KeyboardInterrupt):
            call(GOOD)


def test_an_observer_cannot_change_the_claims(impl, verifier):
    class Meddler:
        def on_verification(self, event):
            self.token = event.token
            event.token.claims["sub"] = "somebody else"

    for cache in (None, impl.TokenCache()):
        meddler = Meddler()
        check = verifier(observer=meddler, cache=cache)
        for _ in range(2):
            assert check.decode(GOOD) == forge.CLAIMS
            proof = check.verify(GOOD)
            assert proof.claims == forge.CLAIMS
            assert meddler.token is not proof
            claims = check.decode(GOOD)
            claims["sub"] = "x"
            assert meddler.token.subject == meddler.token.get("sub") == "user-1"
            assert meddler.token.claims["sub"] == "somebody else"
        assert check.verify_many([GOOD])[0].claims == forge.CLAIMS


def test_no_observer_and_something_else(verifier):
    assert verifier(observer=None).decode(GOOD) == forge.CLAIMS

    class Half:
        on_verification = None

    for wrong in (1, Half(), print):
        with pytest.raises(TypeError, match="observer must be an Observer or None, not"):
            verifier(observer=wrong)


def test_both_halves_tell_the_same(both):
    def told(impl):
        notes = Notes()
        key = impl.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
        check = impl.Verifier(
            key, algorithms=["HS256"], issuer=ISS, audience=None, clock=lambda: forge.NOW, observer=notes
        )
        good = forge.token({**forge.CLAIMS, "iss": ISS})
        changed = [good[:place] + other + good[place + 1 :] for place in range(len(good)) for other in ".A=\u00e9"]
        check.verify_many(changed)
        for token in changed[::7]:
            with contextlib.suppress(PyJWTError):
                check.verify(token)
        return notes.said()

    native, pure = map(told, both)
    assert native == pure
    assert {event.algorithm for event in native} == {None, "HS256"}
