"""Native and pure take the same decision on every token, with the same words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import strategies
from hypothesis import given
from hypothesis import strategies as st
from outcome import Halves, same

import forge


def as_token(header: bytes, payload: bytes) -> str:
    return f"{forge.b64(header)}.{forge.b64(payload)}."


@given(text=strategies.hostile_json, depth=st.sampled_from([1, 2, 5, 128, 512]))
def test_json_of_the_header(both: Halves, text: bytes, depth: int) -> None:
    same(both, lambda half: half.decode_unverified(as_token(text, b"{}"), max_depth=depth))


@given(text=strategies.hostile_json, depth=st.sampled_from([1, 2, 5, 128, 512]))
def test_json_of_the_payload(both: Halves, text: bytes, depth: int) -> None:
    same(both, lambda half: half.decode_unverified(as_token(b"{}", text), max_depth=depth))
    same(both, lambda half: half.decode_unverified(as_token(b"{}", b'{"x":' + text + b"}"), max_depth=depth))


@given(case=strategies.cases())
def test_decisions(both: Halves, case: tuple[list[Any], dict[str, Any], bytes]) -> None:
    specs, policy, token = case

    def verifier(half: SimpleNamespace) -> Any:
        return half.Verifier(strategies.keys_of(half, specs), **policy)

    if same(both, verifier)[0] != "value":
        return
    accepted = same(both, lambda half: verifier(half).decode(token))
    assert same(both, lambda half: verifier(half).verify(token))[0] == accepted[0]
    same(both, lambda half: verifier(half).verify_many([token, token.decode("latin-1")]))
    same(both, lambda half: verifier(half).explain(token))


@given(case=strategies.cases())
def test_the_ways_to_ask_agree(both: Halves, case: tuple[list[Any], dict[str, Any], bytes]) -> None:
    specs, policy, token = case
    for half in both:
        try:
            verifier = half.Verifier(strategies.keys_of(half, specs), **policy)
        except ValueError:
            return
        (result,) = verifier.verify_many([token])
        explanation = verifier.explain(token)
        first = next((check.code for check in explanation.checks if check.ok is False), None)
        assert first == (None if result else result.code)
        assert explanation.ok is result.ok


@given(text=st.one_of(st.text(st.characters(exclude_categories=[]), max_size=60), st.binary(max_size=60)))
def test_any_text(both: Halves, text: str | bytes) -> None:
    same(both, lambda half: half.decode_unverified(text))
    same(
        both,
        lambda half: half.Verifier(
            strategies.key(half.IMPL, "HS256", 0, True, None, "{}"), algorithms=["HS256"], issuer=None, audience=None
        ).explain(text),
    )


@given(
    parts=st.lists(
        st.one_of(
            st.text("AQgw-_=+/. ", max_size=9),
            st.sampled_from(["eyJhbGciOiJIUzI1NiJ9", "e30", "e30=", "e30==", "e31", "AA", "AB"]),
        ),
        max_size=5,
    ),
    padding=st.booleans(),
    limit=st.sampled_from([1, 10, 30, 1000]),
)
def test_segments(both: Halves, parts: list[str], padding: bool, limit: int) -> None:
    def ask(half: SimpleNamespace) -> Any:
        keys = strategies.key(half.IMPL, "HS256", 0, True, None, "{}")
        verifier = half.Verifier(
            keys,
            algorithms=["HS256"],
            issuer=None,
            audience=None,
            allow_padding=padding,
            max_header_bytes=limit,
            clock=lambda: 0,
        )
        return verifier.explain(".".join(parts))

    same(both, ask)
