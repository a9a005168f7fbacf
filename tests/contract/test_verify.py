"""The whole of `decode`, `verify`, `verify_many` and `replace_keys`: one token, many, and other keys meanwhile."""

import threading

import pytest

import forge
from expect import refused, traits
from rapidjwt.exceptions import REASONS, InvalidTokenError

GOOD = forge.token()


def test_decode_and_verify_agree(verifier):
    assert verifier().decode(GOOD) == verifier().verify(GOOD).claims == forge.CLAIMS


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_every_algorithm(verifier, algorithm):
    proof = verifier(algorithm).verify(forge.token(algorithm=algorithm, header={"kid": "any"}))
    assert (proof.algorithm, proof.kid, proof.claims) == (algorithm, "any", forge.CLAIMS)


def test_the_same_verifier_for_many_algorithms(verifier):
    everything = verifier(*forge.ALGORITHMS)
    for algorithm in forge.ALGORITHMS:
        assert everything.verify(forge.token(algorithm=algorithm)).algorithm == algorithm


def test_verify_many_keeps_order(verifier):
    tokens = [GOOD, "", forge.tampered(GOOD), GOOD.encode(), forge.token({"exp": 0}), GOOD]
    results = verifier().verify_many(tokens)
    assert type(results) is list
    assert [result.ok for result in results] == [True, False, False, True, False, True]
    assert [getattr(result, "code", None) for result in results] == [
        None,
        "segment_count",
        "bad_signature",
        None,
        "expired",
        None,
    ]
    assert [bool(result) for result in results] == [result.ok for result in results]


def test_verify_many_of_nothing_and_of_any_iterable(verifier):
    assert verifier().verify_many([]) == []
    assert [result.ok for result in verifier().verify_many(iter((GOOD, "x")))] == [True, False]
    assert len(verifier().verify_many({GOOD, GOOD.encode()})) == 2
    assert [result.ok for result in verifier().verify_many(token for token in [GOOD])] == [True]


def test_verify_many_wants_tokens(verifier):
    with pytest.raises(TypeError, match=r"^token must be str or bytes, not NoneType$"):
        verifier().verify_many([GOOD, None])


def test_verify_many_hands_on_what_the_iterable_raises(verifier):
    def tokens():
        yield GOOD
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        verifier().verify_many(tokens())


def test_a_rejection_is_what_verify_would_have_raised(verifier):
    for bad in ("", "a.b.c", forge.tampered(GOOD), forge.token({}), forge.token({**forge.CLAIMS, "aud": "x"})):
        (rejection,) = verifier().verify_many([bad])
        with pytest.raises(InvalidTokenError) as caught:
            verifier().verify(bad)
        assert traits(rejection.error) == traits(caught.value)
        assert (rejection.code, rejection.reason) == (caught.value.code, caught.value.reason)
        assert rejection.reason in REASONS
        assert rejection.error is rejection.error


def test_the_error_of_a_rejection_can_be_raised(verifier):
    (rejection,) = verifier().verify_many([""])
    with refused("segment_count"):
        raise rejection.error


def test_repr_of_a_rejection(verifier):
    (rejection,) = verifier().verify_many([""])
    assert repr(rejection) == "<Rejection code=segment_count>"


def test_replace_keys(verifier, key):
    rotating = verifier(keys=key("HS256"))
    other = forge.token(key=forge.material("HS256", 1))
    with refused("bad_signature"):
        rotating.decode(other)
    rotating.replace_keys(key("HS256", 1))
    assert rotating.decode(other) == forge.CLAIMS


def test_a_withdrawn_key_is_gone_at_once(impl, verifier, key):
    rotating = verifier(keys=[key("HS256", kid="old"), key("HS256", 1, kid="new")])
    token = forge.token(header={"kid": "old"})
    assert rotating.decode(token)
    rotating.replace_keys(impl.KeySet([key("HS256", 1, kid="new")]))
    with refused("key_unknown"):
        rotating.decode(token)


def test_replace_keys_by_nothing(verifier):
    rotating = verifier()
    rotating.replace_keys([])
    assert len(rotating.keys) == 0
    with refused("key_unknown"):
        rotating.decode(GOOD)


def test_private_keys_are_refused_and_the_old_keys_stay(verifier, key, signing_key):
    rotating = verifier("ES256", keys=key("ES256"))
    with refused("key_private"):
        rotating.replace_keys([key("ES256", 1), signing_key("ES256", 2)])
    assert rotating.decode(forge.token(algorithm="ES256"))


def test_what_is_no_key_is_refused_and_the_old_keys_stay(verifier, key):
    rotating = verifier()

    def keys():
        yield key("HS256", 1)
        raise LookupError

    with pytest.raises(LookupError):
        rotating.replace_keys(keys())
    with pytest.raises(TypeError):
        rotating.replace_keys([key("HS256", 1), "secret"])
    assert rotating.decode(GOOD)


def test_keys_in_force(impl, verifier, key):
    first = impl.KeySet([key("HS256", kid="a"), key("HS256", 1, kid="b")])
    rotating = verifier(keys=first)
    assert isinstance(rotating.keys, impl.KeySet)
    assert [each.kid for each in rotating.keys] == ["a", "b"]
    rotating.replace_keys(key("HS256", kid="c"))
    assert [each.kid for each in rotating.keys] == ["c"]
    assert [each.kid for each in first] == ["a", "b"]


def test_a_rotation_is_never_seen_half_done(impl, verifier, key):
    """Each set has one of two keys under both kids: with half of each set some token of a pair would fail on its own."""
    sets = [impl.KeySet([key("HS256", number, kid=kid) for kid in ("a", "b")]) for number in (0, 1)]
    rotating = verifier(keys=sets[0])
    tokens = [
        forge.token(header={"kid": kid}, key=forge.material("HS256", number)) for number in (0, 1) for kid in ("a", "b")
    ]
    strange = []

    def read():
        for _ in range(150):
            for token in tokens:
                (result,) = rotating.verify_many([token])
                if not result and result.code != "bad_signature":
                    strange.append(result.code)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(300):
        rotating.replace_keys(sets[turn % 2])
    for reader in readers:
        reader.join()
    assert strange == []


def test_one_verifier_in_many_threads(verifier):
    shared, results = verifier("HS256", "ES256"), []
    tokens = [GOOD, forge.token(algorithm="ES256"), forge.tampered(GOOD)]

    def read():
        results.append([result.ok for result in shared.verify_many(tokens * 20)])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[True, True, False] * 20] * 4


def test_decode_unverified_reads_what_no_verifier_accepts(impl):
    token = forge.tampered(forge.token({"exp": 0, "aud": 1}, header={"alg": "none", "crit": ["x"], "x": 1, "kid": "k"}))
    unverified = impl.decode_unverified(token)
    assert unverified == ({"alg": "none", "crit": ["x"], "x": 1, "kid": "k"}, {"exp": 0, "aud": 1})
    assert (unverified.header["alg"], unverified.claims["exp"]) == ("none", 0)


def test_decode_unverified_reads_a_header_without_alg(impl):
    assert impl.decode_unverified(f"{forge.b64(b'{}')}.{forge.b64(b'{}')}.") == ({}, {})


@pytest.mark.parametrize(
    ("header", "payload", "code"),
    [
        (b"\xff", b"{}", "header_utf8"),
        (b"", b"{}", "header_json"),
        (b"[]", b"{}", "header_not_object"),
        (b'{"a":1,"a":1}', b"{}", "header_duplicate"),
        (b"{}", b"\xff", "payload_utf8"),
        (b"{}", b"Payload", "payload_json"),
        (b"{}", b"[]", "payload_not_object"),
        (b"{}", b'{"a":1,"a":1}', "payload_duplicate"),
    ],
)
def test_decode_unverified_wants_two_json_objects(impl, header, payload, code):
    with refused(code):
        impl.decode_unverified(f"{forge.b64(header)}.{forge.b64(payload)}.")


def test_limits_of_decode_unverified(impl):
    with refused("token_too_large", limit=4):
        impl.decode_unverified("a.b.c", max_token_bytes=4)
    with refused("header_too_large", limit=3):
        impl.decode_unverified(GOOD, max_header_bytes=3)
    with refused("header_too_deep", limit=1):
        impl.decode_unverified(forge.token(header={"x": []}), max_depth=1)
    with refused("payload_too_deep", limit=1):
        impl.decode_unverified(forge.token({"x": []}), max_depth=1)
    with refused("token_too_large", limit=262_144):
        impl.decode_unverified("." * 262_145)
    with refused("payload_base64"):
        impl.decode_unverified(f"{forge.b64(b'{}')}.AA==.")
