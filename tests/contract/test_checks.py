"""Step 7.11 and the clock: the caller's own callables."""

import pytest

import forge
from expect import refused
from rapidjwt import exceptions

GOOD = forge.token()


@pytest.mark.parametrize("answer", [None, True])
def test_a_check_accepts(verifier, answer):
    assert verifier(checks=[lambda token: answer]).decode(GOOD) == forge.CLAIMS


@pytest.mark.parametrize("answer", [False, 0, 1, "", "yes", [], object, {"ok": True}, 1.0], ids=repr)
def test_any_other_answer_refuses(verifier, answer):
    for read in (verifier(checks=[lambda token: answer]).decode, verifier(checks=[lambda token: answer]).verify):
        with refused("check_failed"):
            read(GOOD)


def test_an_exception_refuses_and_is_the_cause(verifier):
    mistake = KeyError("scope")

    def check(token):
        raise mistake

    with refused("check_failed") as caught:
        verifier(checks=[check]).decode(GOOD)
    assert caught.value.__cause__ is mistake


@pytest.mark.parametrize(
    "code", ["revoked", "replayed", "binding_mismatch", "store_unavailable", "expired", "check_failed"]
)
def test_a_refusal_of_ours_passes_through(verifier, code):
    refusal = exceptions.build(code)

    def check(token):
        raise refusal

    for read in (verifier(checks=[check]).decode, verifier(checks=[check]).verify):
        with pytest.raises(exceptions.InvalidTokenError) as caught:
            read(GOOD)
        assert caught.value is refusal
    (rejection,) = verifier(checks=[check]).verify_many([GOOD])
    assert rejection.error is refusal
    assert (rejection.code, rejection.reason) == (code, refusal.reason)


def test_an_own_subclass_passes_through(verifier):
    class TooPoor(exceptions.CheckFailedError):
        code, reason = "too_poor", "insufficient_scope"

    def check(token):
        raise TooPoor("credit")

    with pytest.raises(TooPoor, match=r"^credit$"):
        verifier(checks=[check]).decode(GOOD)
    (rejection,) = verifier(checks=[check]).verify_many([GOOD])
    assert (rejection.code, rejection.reason) == ("too_poor", "insufficient_scope")


def test_a_key_error_of_ours_is_no_refusal_of_a_token(verifier):
    mistake = exceptions.build("key_malformed")

    def check(token):
        raise mistake

    with refused("check_failed") as caught:
        verifier(checks=[check]).decode(GOOD)
    assert caught.value.__cause__ is mistake


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_interruptions_pass_through(verifier, interruption):
    def check(token):
        raise interruption

    strict = verifier(checks=[check])
    for read in (strict.decode, strict.verify, lambda token: strict.verify_many([token])):
        with pytest.raises(interruption):
            read(GOOD)


def test_checks_run_in_order_until_one_refuses(verifier):
    asked = []

    def check(name, answer):
        return lambda token: asked.append(name) or answer

    with refused("check_failed"):
        verifier(checks=(check("a", True), check("b", False), check("c", True))).decode(GOOD)
    assert asked == ["a", "b"]


def test_a_check_gets_the_proof(impl, verifier):
    seen = []
    verifier(checks=[seen.append]).decode(GOOD)
    (proof,) = seen
    assert isinstance(proof, impl.VerifiedToken)
    assert proof.claims == forge.CLAIMS


def test_the_proof_that_a_check_gets_is_the_one_returned(verifier):
    seen = []
    assert verifier(checks=[seen.append]).verify(GOOD) is seen[0]


@pytest.mark.parametrize(
    "bad", [forge.tampered(GOOD), forge.token({"exp": 0}), forge.token({**forge.CLAIMS, "aud": "x"}), "..", ""]
)
def test_checks_see_good_tokens_only(verifier, bad):
    seen = []
    strict = verifier(checks=[seen.append])
    with pytest.raises(exceptions.InvalidTokenError):
        strict.decode(bad)
    strict.verify_many([bad])
    strict.explain(bad)
    assert seen == []


# the clock


def test_the_clock_is_asked_once_a_token(verifier):
    asked = []
    strict = verifier(clock=lambda: asked.append(1) or forge.NOW)
    for count, read in enumerate((strict.decode, strict.verify, strict.explain), 1):
        read(GOOD)
        assert len(asked) == count


def test_the_clock_is_asked_before_the_token_is_looked_at(verifier):
    def clock():
        raise LookupError

    for token in ("", GOOD):
        with pytest.raises(LookupError):
            verifier(clock=clock).decode(token)


def test_the_clock_is_not_asked_about_what_is_no_token(verifier):
    asked = []
    with pytest.raises(TypeError):
        verifier(clock=lambda: asked.append(1) or 0).decode(None)
    assert asked == []


@pytest.mark.parametrize("now", [forge.NOW, float(forge.NOW), 0, -1, -0.5])
def test_the_clock_returns_a_number(verifier, now):
    assert verifier(clock=lambda: now).decode(GOOD)


@pytest.mark.parametrize("now", [True, None, "1800000000", 1j, [1]], ids=repr)
def test_the_clock_returns_anything_else(verifier, now):
    strict = verifier(clock=lambda: now)
    for read in (strict.decode, strict.verify, lambda token: strict.verify_many([token])):
        with pytest.raises(TypeError) as caught:
            read(GOOD)
        assert str(caught.value) == f"clock must return a number, not {type(now).__name__}"


@pytest.mark.parametrize("now", [float("nan"), float("inf"), float("-inf"), 10**400])
def test_the_clock_returns_a_finite_number(verifier, now):
    with pytest.raises(ValueError, match=r"^clock must return a finite number$"):
        verifier(clock=lambda: now).decode(GOOD)


def test_the_system_clock_is_the_default(verifier):
    with refused("expired"):
        verifier(clock=None).decode(forge.token({"exp": 1_700_000_000}))
    assert verifier(clock=None).decode(forge.token({"exp": 32_503_680_000}))
