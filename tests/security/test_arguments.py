"""Arguments that would switch a check off, or that are not what they seem to be."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from judge import verdict

import forge

SWITCHES = [
    {"verify": False}, {"verify_signature": False}, {"options": {"verify_signature": False}}, {"algorithms": ["none"]}, {"key": ""}, {"leeway": 1e9},
    {"audience": None}, {"complete": True}, {"detached_payload": b""}, {"strict": False}, {"require": []}, {"verify_exp": False}, {"allow_padding": True},
]  # fmt: skip


@pytest.mark.parametrize("options", SWITCHES, ids=repr)
def test_nothing_is_switched_off_by_the_call(verifier: Any, options: dict[str, Any]) -> None:
    """One library ignores `verify=False`, one obeys it; here it does not exist."""
    judge = verifier()
    for ask in (judge.decode, judge.verify, judge.verify_many, judge.explain, judge.replace_keys):
        with pytest.raises(TypeError):
            ask(forge.token(), **options)
    with pytest.raises(TypeError):
        judge.decode(forge.token(), "key")
    with pytest.raises(TypeError):
        judge.decode(forge.token(), None)


@pytest.mark.parametrize(
    "name",
    [
        "verify",
        "verify_signature",
        "options",
        "verify_exp",
        "verify_aud",
        "insecure",
        "none",
        "key",
        "jwks_uri",
        "strict",
    ],
)
def test_nor_by_the_policy(verifier: Any, name: str) -> None:
    with pytest.raises(TypeError):
        verifier(**{name: False})


NO_TOKENS: list[Any] = [
    None, 1, 1.5, True, [], ["a.b.c"], {}, ("a", "b", "c"), bytearray(b"a.b.c"), memoryview(b"a.b.c"), object(), type, str, lambda: "a.b.c", iter("a.b.c"),
]  # fmt: skip


@pytest.mark.parametrize("token", NO_TOKENS, ids=lambda token: type(token).__name__)
def test_tokens_of_another_type(impl: Any, verifier: Any, token: Any) -> None:
    """Not a refused token but a bug of the caller. What can change under a verifier that gave up its lock is refused, too."""
    judge = verifier()
    wanted = f"token must be str or bytes, not {type(token).__name__}"
    for ask in (
        judge.decode,
        judge.verify,
        judge.explain,
        impl.decode_unverified,
        lambda one: judge.verify_many([forge.token(), one]),
    ):
        with pytest.raises(TypeError) as caught:
            ask(token)
        assert str(caught.value) == wanted


class Text(str):
    """A token that says something else each time it is asked."""

    __slots__ = ()

    def _evil(self, *_: object, **__: object) -> Any:
        return forge.token({"sub": "evil", "exp": forge.NOW + 9})

    encode = __str__ = __repr__ = __format__ = split = partition = rpartition = strip = __getitem__ = __iter__ = (
        lower
    ) = _evil
    count = find = __len__ = lambda *_: 2

    def __eq__(self, _: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Raw(bytes):
    """As `Text`."""

    __slots__ = ()

    def _evil(self, *_: object, **__: object) -> Any:
        return forge.token({"sub": "evil", "exp": forge.NOW + 9}).encode()

    decode = __bytes__ = __str__ = split = partition = rpartition = __getitem__ = __iter__ = translate = _evil
    count = find = __len__ = lambda *_: 2

    def __buffer__(self, _: int) -> memoryview:
        return memoryview(self._evil())

    def __eq__(self, _: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_subclasses_that_lie(impl: Any, verifier: Any) -> None:
    good = forge.token()
    bad = forge.tampered(good)
    for form in (lambda text: Text(text), lambda text: Raw(text.encode())):
        assert verifier().decode(form(good)) == forge.CLAIMS
        assert impl.decode_unverified(form(good)).claims == forge.CLAIMS
        assert verdict(verifier(), form(bad)) == "bad_signature"
        assert verdict(verifier(), form("x")) == "segment_count"


def test_options_that_lie(impl: Any, verifier: Any) -> None:
    """`==` and `hash` of the caller's strings do not decide; their characters do."""
    key = impl.Key.from_secret(Raw(forge.material("HS256").secret), algorithm=Text("HS256"), kid=Text("a"))
    assert (key.algorithms, str.__str__(key.kid)) == (("HS256",), "a")
    judge = verifier(
        "HS256", keys=key, issuer=Text("good"), audience=[Text("good")], subject=Text("good"), typ=Text("good")
    )
    right = {"iss": "good", "aud": "good", "sub": "good", "exp": forge.NOW + 9}
    assert verdict(judge, forge.token(right, header={"kid": "a", "typ": "good"})) is None
    assert verdict(judge, forge.token(right, header={"kid": "b", "typ": "good"})) == "key_unknown"
    assert verdict(judge, forge.token(right, header={"kid": "a", "typ": "evil"})) == "typ_mismatch"
    for claim in ("iss", "aud", "sub"):
        assert (
            verdict(judge, forge.token(right | {claim: "evil"}, header={"kid": "a", "typ": "good"}))
            == f"{claim}_mismatch"
        )
    with pytest.raises(ValueError, match="algorithm"):
        impl.Key.from_secret(b"s" * 64, algorithm=Text("none"))


class Number(float):
    """A leeway that is another one when it is computed with."""

    def __float__(self) -> float:
        return 1e18

    __radd__ = __rsub__ = __add__ = __sub__ = lambda *_: 1e18  # type: ignore[assignment]

    def __le__(self, _: object) -> bool:
        return True

    __lt__ = __ge__ = __gt__ = __le__


def test_numbers_that_lie(verifier: Any) -> None:
    assert verdict(verifier(leeway=Number(0)), forge.token({"exp": forge.NOW})) == "expired"
    assert verdict(verifier(clock=lambda: Number(forge.NOW)), forge.token({"exp": forge.NOW})) == "expired"
    with pytest.raises(ValueError, match="leeway"):
        verifier(leeway=Number(-1))


def test_lists_that_change_later(impl: Any, verifier: Any, key: Any) -> None:
    algorithms, issuers, require, checks = ["HS256"], ["good"], ["exp"], []
    judge = impl.Verifier(
        key("HS256"),
        algorithms=algorithms,
        issuer=issuers,
        audience=None,
        require=require,
        checks=checks,
        clock=lambda: forge.NOW,
    )
    algorithms.append("none")
    issuers.append("evil")
    require.clear()
    checks.append(lambda _: False)
    assert verdict(judge, forge.token({"iss": "evil", "exp": forge.NOW + 9})) == "iss_mismatch"
    assert verdict(judge, forge.token({"iss": "good"})) == "claim_missing"
    assert verdict(judge, forge.token({"iss": "good", "exp": forge.NOW + 9})) is None


def test_results_are_nobody_elses(verifier: Any) -> None:
    """Who changes what he got does not change what the next one gets."""
    judge, token = verifier(), forge.token({"exp": forge.NOW + 9, "roles": ["user"], "x": {"y": []}}, header={"z": []})
    for _ in range(2):
        claims, proof = judge.decode(token), judge.verify(token)
        assert claims["roles"] == ["user"]
        assert proof.header == {"alg": "HS256", "z": []}
        claims["roles"].append("admin")
        claims["x"]["y"].append(1)
        proof.claims["exp"] = 0
        proof.header["alg"] = "none"
        proof.to_dict()["roles"].append("admin")
        assert proof.to_dict()["roles"] == ["user"]
        assert proof.expires_at == forge.NOW + 9


def test_a_proof_cannot_be_made_or_changed(impl: Any, verifier: Any) -> None:
    proof = verifier().verify(forge.token())
    (rejection,) = verifier().verify_many([""])
    for one in (proof, rejection):
        kind = type(one)
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            type("Forged", (kind,), {})
        for change, *arguments in (
            (setattr, "ok", True),
            (setattr, "claims", {}),
            (setattr, "new", 1),
            (delattr, "ok"),
        ):
            with pytest.raises((AttributeError, TypeError)):
                change(one, *arguments)
    assert (bool(proof), bool(rejection)) == (True, False)


def test_nothing_with_a_key_is_pickled(impl: Any, verifier: Any, key: Any) -> None:
    judge = verifier()
    for secret in (key("HS256"), judge.keys, judge, judge.verify(forge.token())):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError):
                pickle.dumps(secret, protocol)


CHECKS = [False, 0, 1, "", "ok", [], (), {}, object(), NotImplemented, 1.0, b"", ...]


@pytest.mark.parametrize("answer", CHECKS, ids=lambda answer: type(answer).__name__ + repr(answer)[:9])
def test_a_check_that_does_not_say_yes(verifier: Any, answer: Any) -> None:
    """Also what is only truthy: `checks=[revoked]` that returns the row it found must refuse."""
    assert verdict(verifier(checks=[lambda _: answer]), forge.token()) == "check_failed"
    assert verdict(verifier(checks=[lambda _: True, lambda _: answer, lambda _: None]), forge.token()) == "check_failed"


def test_checks_see_verified_tokens_only(verifier: Any) -> None:
    seen: list[str] = []
    judge = verifier(checks=[lambda token: seen.append(token.subject)])
    for token in (
        forge.tampered(forge.token()),
        forge.token({"exp": 0}),
        forge.token({"exp": "x"}),
        "x",
        forge.token({}),
    ):
        assert verdict(judge, token) is not None
    assert seen == []
    assert verdict(judge, forge.token()) is None
    assert set(seen) == {"user-1"}


def test_checks_that_raise(verifier: Any) -> None:
    for error in (
        KeyError("x"),
        RecursionError(),
        MemoryError(),
        StopIteration(),
        GeneratorExit,
        KeyboardInterrupt,
        SystemExit,
    ):

        def fail(_: Any, error: Any = error) -> None:
            raise error

        judge = verifier(checks=[fail])
        if isinstance(error, Exception):
            assert verdict(judge, forge.token()) == "check_failed"
        else:
            for ask in (judge.decode, judge.verify, judge.explain, lambda one: judge.verify_many([one])):  # noqa: B023
                with pytest.raises(error):
                    ask(forge.token())


def test_a_check_that_asks_again(verifier: Any) -> None:
    """Reentrance: the same verifier, other keys, from inside a check."""
    judge = None

    def nested(token: Any) -> None:
        if token.get("deep"):
            assert judge.decode(forge.token())["sub"] == "user-1"
            judge.replace_keys(judge.keys)

    judge = verifier(checks=[nested])
    assert verdict(judge, forge.token(forge.CLAIMS | {"deep": True})) is None


def test_verify_many_of_odd_iterables(verifier: Any) -> None:
    judge = verifier()
    good = forge.token()
    assert [bool(one) for one in judge.verify_many(iter([good, "", good]))] == [True, False, True]
    assert judge.verify_many([]) == []
    assert [one.code for one in judge.verify_many("ab")] == ["segment_count"] * 2

    def broken() -> Any:
        yield good
        raise LookupError

    with pytest.raises(LookupError):
        judge.verify_many(broken())
    for no_iterable in (None, 1, object()):
        with pytest.raises(TypeError):
            judge.verify_many(no_iterable)
    growing = [good]

    def clock() -> float:
        if len(growing) < 50:
            growing.append("x")
        return forge.NOW

    # All tokens are taken before the clock is asked: what comes later is not among them.
    assert len(verifier(clock=clock).verify_many(growing)) == 1
    stream = verifier(clock=clock).verify_stream(growing, batch=1)
    assert len(list(stream)) == 50
