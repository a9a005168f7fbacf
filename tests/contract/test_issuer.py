"""`issuer.route` and what hangs on it: the unverified `iss` chooses among configured issuers, whose keys never meet."""

import asyncio
import json
import pickle
import threading

import pytest

import forge
from rapidjwt.exceptions import InvalidTokenError, KeysUnavailableError
from sources import Source

NOW = forge.NOW
A, B = "https://a.example", "https://b.example/realm"


@pytest.fixture
def issuer(impl, key):
    """`issuer(A, number, **options)`: an issuer whose ES256 key with the kid `1` is forge's number so-and-so."""

    def make(iss, number=0, **options):
        if not {"keys", "jwks", "source"} & set(options):
            options["keys"] = key("ES256", number, kid="1")
        return impl.Issuer(iss, **{"algorithms": ["ES256"], "audience": None} | options)

    return make


@pytest.fixture
def check(impl):
    """`check(issuer, ..., **options)`: a verifier of them at NOW."""

    def make(*issuers, **options):
        return impl.Verifier(issuers=list(issuers), **{"clock": lambda: NOW} | options)

    return make


def token(iss=A, number=0, kid="1", header=None, **claims):
    head = ({} if kid is None else {"kid": kid}) | (header or {})
    return forge.token(
        {"iss": iss, **forge.CLAIMS, **claims}, algorithm="ES256", key=forge.material("ES256", number), header=head
    )


def code(call, *arguments):
    with pytest.raises(InvalidTokenError) as caught:
        call(*arguments)
    return caught.value.code


# keys belong to their issuer


def test_each_issuers_tokens_are_accepted_by_its_own_key(issuer, check):
    both = check(issuer(A, 0), issuer(B, 1))
    assert both.decode(token(A, 0))["iss"] == A
    assert both.verify(token(B, 1)).issuer == B


def test_same_kid_at_two_issuers_a_token_of_one_signed_by_the_other_is_refused(impl, key, issuer, check):
    forged = token(A, number=1)  # says it is A's; B's key, which has the same kid, signed it
    both = check(issuer(A, 0), issuer(B, 1))
    assert code(both.decode, forged) == "bad_signature"
    assert [result.code for result in both.verify_many([forged])] == ["bad_signature"]

    # The naive design: one pool of keys, and a list of accepted issuers. Kids that differ, or that nobody names, let B speak for A.
    for mine, yours in (("1", "2"), (None, None)):
        pool = [key("ES256", 0, kid=mine), key("ES256", 1, kid=yours)]
        naive = impl.Verifier(pool, algorithms=["ES256"], issuer=[A, B], audience=None, clock=lambda: NOW)
        forged = token(A, number=1, kid=yours)
        assert naive.decode(forged)["iss"] == A
        bound = check(issuer(A, keys=pool[0]), issuer(B, keys=pool[1]))
        assert code(bound.decode, forged) in ("key_unknown", "bad_signature")
    # And the pool that keeps one key a kid refuses the tokens of one of the two.
    last = {pooled.kid: pooled for pooled in (key("ES256", 0, kid="1"), key("ES256", 1, kid="1"))}
    naive = impl.Verifier(last.values(), algorithms=["ES256"], issuer=[A, B], audience=None, clock=lambda: NOW)
    assert code(naive.decode, token(A, 0)) == "bad_signature"
    assert naive.decode(token(A, number=1))["iss"] == A


def test_each_issuer_has_its_own_policy(issuer, check):
    both = check(issuer(A, audience="a", leeway=5, require=["exp", "jti"]), issuer(B, 1, typ="at+jwt"))
    assert both.decode(token(A, aud="a", jti="1", exp=NOW - 4))
    assert code(both.decode, token(A, aud="a")) == "claim_missing"
    assert code(both.decode, token(B, 1)) == "typ_mismatch"
    assert both.decode(token(B, 1, header={"typ": "application/at+jwt"}))
    assert code(both.decode, token(B, 1, header={"typ": "at+jwt"}, exp=NOW)) == "expired"


def test_algorithms_are_each_issuers_own(impl, key, issuer, check):
    secret = issuer(B, keys=key("HS256"), algorithms=["HS256"])
    both = check(issuer(A), secret)
    assert both.algorithms == ("ES256", "HS256")
    assert both.decode(forge.token({"iss": B, **forge.CLAIMS}))
    assert code(both.decode, forge.token({"iss": A, **forge.CLAIMS}, header={"kid": "1"})) == "alg_not_allowed"


def test_verifiers_that_share_an_issuer_keep_their_own_limits(issuer, check):
    shared = issuer(A)
    deep, shallow = check(shared), check(shared, max_depth=3)
    below = token(A, header={"x": [[[]]]})
    assert deep.decode(below) == deep.decode(below)
    assert code(shallow.decode, below) == "header_too_deep"
    assert [result.code for result in shallow.verify_many([below])] == ["header_too_deep"]
    nested = token(A, x=[[[]]])
    assert deep.decode(nested) == deep.decode(nested)
    assert code(shallow.decode, nested) == "payload_too_deep"


def test_a_refusal_of_adecode_can_be_pickled_and_tells_nothing_of_the_source(impl, key, issuer, check):
    for found in (None, key("ES256", kid="2")):
        source = Source(impl, *([] if found is None else [found]), keys=impl.KeySet([key("ES256", kid="3")]))
        one = check(issuer(A, source=source))
        with pytest.raises(InvalidTokenError) as caught:
            asyncio.run(one.adecode(token(A)))
        assert source.awaited == ["1"]
        assert "_missed" not in vars(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).code == "key_unknown"


# the route

ROUTES = [
    ('{"iss":"https://a.example"%s}', None),
    ('{"iss":"https:\\/\\/a.example"%s}', None),
    ('{"\\u0069ss":"https://a.example"%s}', None),
    (
        '{"x":{"iss":"https://b.example/realm"},"y":["iss",{"iss":1}],"z":"\\"iss\\":","iss" : "https://a.example"%s}',
        None,
    ),
    ('{"iss":"https://a.example","iss":"https://b.example/realm"%s}', "payload_duplicate"),
    ('{"iss":"https://b.example/realm","iss":"https://a.example"%s}', "bad_signature"),
    ('{"iss":"https://a.example","\\u0069ss":"https://b.example/realm"%s}', "payload_duplicate"),
    ('{"iss":"https://a.example"%s} x', "payload_json"),
    ('["iss":"https://a.example"%s]', "payload_json"),
    ('[{"iss":"https://a.example"%s}]', "claim_missing"),
    ('{"iss":"https://a.example/"%s}', "issuer_unknown"),
    ('{"iss":"https://A.example"%s}', "issuer_unknown"),
    ('{"iss":"https://a.exampl"%s}', "issuer_unknown"),
    ('{"iss":" https://a.example"%s}', "issuer_unknown"),
    ('{"iss":""%s}', "issuer_unknown"),
    ('{"iss":"\\ud800"%s}', "issuer_unknown"),
    ('{"iss":"\\q"%s}', "issuer_unknown"),
    ('{"iss":null%s}', "iss_invalid"),
    ('{"iss":["https://a.example"]%s}', "iss_invalid"),
    ('{"iss":{"iss":"https://a.example"}%s}', "iss_invalid"),
    ('{"iss":1,"iss":"https://a.example"%s}', "iss_invalid"),
    ('{"Iss":"https://a.example"%s}', "claim_missing"),
    ('{"x":{"iss":"https://a.example"}%s}', "claim_missing"),
    ('{"x":1}{"iss":"https://a.example"%s}', "claim_missing"),
    ('}{"iss":"https://a.example"%s}', "claim_missing"),
    ('"iss":"https://a.example"%s', "claim_missing"),
    ('{"x":"%s', "claim_missing"),
    ("%s", "claim_missing"),
    ("", "claim_missing"),
]


@pytest.mark.parametrize(("payload", "wanted"), ROUTES)
def test_which_iss_chooses(issuer, check, payload, wanted):
    both = check(issuer(A, 0), issuer(B, 1))
    rest = f',"exp":{NOW + 600}'
    text = (payload.replace("%s", rest) if "%s" in payload else payload).encode()
    made = forge.token(text, algorithm="ES256", key=forge.material("ES256", 0), header={"kid": "1"})
    if wanted is None:
        assert both.decode(made)["iss"] == A
    else:
        assert code(both.decode, made) == wanted
    assert both.explain(made).ok is (wanted is None)


def test_a_payload_that_is_not_utf_8_is_refused_after_its_signature(issuer, check):
    both = check(issuer(A, 0), issuer(B, 1))
    for payload in (b'{"iss":"https://a.example","x":"\xff"}', b'{"iss":"https://a.example"}\xff'):
        made = forge.token(payload, algorithm="ES256", key=forge.material("ES256", 0), header={"kid": "1"})
        assert code(both.decode, made) == "payload_utf8"
        assert code(both.decode, forge.tampered(made)) == "bad_signature"
    made = forge.token(b'{"iss":"https://a.example\xff"}', algorithm="ES256", key=forge.material("ES256", 0))
    assert code(both.decode, made) == "issuer_unknown"


def test_the_order_of_the_steps(issuer, check):
    """Form, then the issuer, then header, policy, keys, signature, claims."""
    one = check(issuer(A), max_token_bytes=2000)
    good = token(A)
    head, payload, signature = good.split(".")
    unknown = token("x").split(".")[1]
    assert code(one.decode, f"!.{unknown}.{signature}") == "header_base64"
    assert code(one.decode, f"{head}.!.{signature}") == "payload_base64"
    assert code(one.decode, f"{head}.{unknown}.!") == "signature_base64"
    assert code(one.decode, f"{forge.b64(b'no')}.{unknown}.{signature}") == "issuer_unknown"
    assert code(one.decode, f"{forge.b64(b'no')}.{payload}.{signature}") == "header_json"
    assert code(one.decode, token(A, header={"alg": "none"})) == "alg_unsupported"
    assert code(one.decode, token(A, header={"alg": "RS256"})) == "alg_not_allowed"
    assert code(one.decode, token(A, kid="2")) == "key_unknown"
    assert code(one.decode, token(A, number=1, exp=1)) == "bad_signature"
    assert code(one.decode, token(A, exp=1)) == "expired"
    assert code(one.decode, token(A, pad="x" * 2000)) == "token_too_large"


def test_a_long_escaped_iss_is_not_unescaped(issuer, check):
    long = ('{"iss":"' + "\\u0068" * 20_000 + '"}').encode()
    assert code(check(issuer(A)).decode, forge.token(long, algorithm="ES256")) == "issuer_unknown"


def test_unknown_issuers_reach_no_source(impl, issuer, check):
    source = Source(impl)
    one = check(issuer(A, source=source), issuer(B, 1))
    tokens = [token("https://evil.example"), token(None), token(B, 1, kid="9"), token(B, 0)]
    for text in tokens:
        with pytest.raises(InvalidTokenError):
            one.decode(text)
    assert not any(one.verify_many(tokens))
    assert (source.asked, source.told) == ([], 0)


# slots and sources


def test_a_missing_key_is_asked_for_once(impl, key, issuer, check):
    source = Source(impl)
    one = check(issuer(A, source=source))
    assert code(one.decode, token(A)) == "keys_unavailable"
    assert code(one.verify, token(A, kid=None)) == "keys_unavailable"
    assert source.asked == ["1", None]
    source.ready = [key("ES256", kid="1")]
    assert one.decode(token(A))["iss"] == A
    assert source.asked == ["1", None, "1"]
    assert one.decode(token(A)) == one.decode(token(A))
    assert len(source.asked) == 3
    source.ready = [key("ES256", kid="1"), key("ES256", 1, kid="2")]
    assert one.decode(token(A, 1, kid="2"))
    assert source.asked[3:] == ["2"]
    source.ready = [key("ES256", kid="1")]
    assert code(one.decode, token(A, kid="3")) == "key_unknown"
    assert source.asked[4:] == ["3"]


def test_a_key_that_is_there_and_does_not_fit_is_not_asked_for(impl, key, issuer, check):
    source = Source(impl)
    source.put(key("ES256", kid="1"), key("RS256", kid="2"))
    one = check(issuer(A, source=source, algorithms=["ES256", "RS256"]))
    assert code(one.decode, token(A, kid="2")) == "key_unknown"
    assert code(one.decode, token(A, number=1)) == "bad_signature"
    assert code(one.decode, token(A, exp=1)) == "expired"
    assert source.asked == []


def test_nothing_is_asked_for_a_token_that_is_refused_anyway(impl, issuer, check):
    source = Source(impl)
    one = check(issuer(A, source=source, typ="at+jwt"))
    assert code(one.decode, token(A)) == "typ_mismatch"
    assert code(one.decode, token(A, header={"alg": "HS256"})) == "alg_not_allowed"
    assert code(one.decode, token(A, header={"crit": ["x"], "x": 1})) == "crit_unsupported"
    assert source.asked == []


def test_dead_keys_are_not_used_and_due_ones_are(impl, key, issuer, check):
    source = Source(impl)
    one = check(issuer(A, source=source))
    source.put(key("ES256", kid="1"), due=NOW, dead=NOW + 1)
    assert one.decode(token(A))
    assert (source.told, source.asked) == (1, [])
    source.put(key("ES256", kid="1"), due=NOW + 0.5, dead=NOW + 1)
    assert one.decode(token(A))
    assert (source.told, source.asked) == (1, [])
    source.put(key("ES256", kid="1"), due=NOW + 1, dead=NOW)
    assert code(one.decode, token(A)) == "keys_unavailable"
    assert (source.told, source.asked) == (1, ["1"])
    assert source.slot.keys.get("1") is not None


@pytest.mark.parametrize("cached", [False, True])
def test_a_withdrawn_key_dies_at_once(impl, key, issuer, check, cached):
    source = Source(impl)
    source.put(key("ES256", kid="1"))
    cache = impl.TokenCache() if cached else None
    one = check(issuer(A, source=source), issuer(B, 1), cache=cache)
    for _ in range(3):
        assert one.decode(token(A))["iss"] == one.verify(token(A)).issuer == A
    source.put(key("ES256", 1, kid="1"))
    assert code(one.decode, token(A)) == "bad_signature"
    source.put(key("ES256", kid="1"))
    assert one.decode(token(A))
    source.put(key("ES256", kid="2"))
    assert code(one.decode, token(A)) == "key_unknown"
    source.put(key("ES256", kid="1"), dead=NOW)
    assert code(one.decode, token(A)) == "keys_unavailable"
    source.ready = [key("ES256", kid="1")]
    assert one.decode(token(A))["iss"] == A
    assert one.decode(token(B, 1))["iss"] == B


def test_the_cache_tells_issuers_apart_and_asks_their_policy_again(impl, issuer, check):
    clock = [NOW]
    cache = impl.TokenCache()
    both = check(issuer(A), issuer(B, 1, leeway=100), cache=cache, clock=lambda: clock[0])
    for text in (token(A), token(B, 1)):
        assert both.decode(text) == both.decode(text)
    assert cache.info().hits == 2
    clock[0] = NOW + 650
    assert code(both.decode, token(A)) == "expired"
    assert both.decode(token(B, 1))["iss"] == B


def test_what_a_source_raises(impl, key, issuer, check):
    class Broken(Source):
        def find(self, kid):
            raise RuntimeError("no")

        afind = find

        def due(self):
            raise RuntimeError("no")

    source = Broken(impl)
    one = check(issuer(A, source=source))
    with pytest.raises(KeysUnavailableError) as caught:
        one.decode(token(A))
    assert type(caught.value.__cause__) is RuntimeError
    (result,) = one.verify_many([token(A)])
    assert (result.code, type(result.error.__cause__)) == ("keys_unavailable", RuntimeError)
    with pytest.raises(KeysUnavailableError):
        asyncio.run(one.adecode(token(A)))
    source.put(key("ES256", kid="1"), due=NOW)
    assert one.decode(token(A))
    assert one.verify_many([token(A)])[0].ok


def test_what_is_no_exception_passes_through(impl, key, issuer, check):
    class Stopped(Source):
        def find(self, kid):
            raise KeyboardInterrupt

        due = find

    source = Stopped(impl)
    one = check(issuer(A, source=source))
    for call in (one.decode, one.verify):
        with pytest.raises(KeyboardInterrupt):
            call(token(A))


@pytest.mark.parametrize("answer", [False, None, 1, "yes"])
def test_only_true_means_that_something_was_found(impl, key, issuer, check, answer):
    class Odd(Source):
        def find(self, kid):
            self.put(key("ES256", kid="1"))
            return answer

        async def afind(self, kid):
            return self.find(kid)

    assert code(check(issuer(A, source=Odd(impl))).decode, token(A)) == "keys_unavailable"
    with pytest.raises(InvalidTokenError):
        asyncio.run(check(issuer(A, source=Odd(impl))).adecode(token(A)))


def test_batches_ask_once_for_each_missing_key(impl, key, issuer, check):
    one, two = Source(impl), Source(impl)
    one.ready = [key("ES256", kid="1")]
    both = check(issuer(A, source=one), issuer(B, source=two))
    tokens = [token(A), token(B), token(A), token(A, kid="x"), token(B), token("c"), token(A, number=1)]
    results = both.verify_many(tokens * 20)
    wanted = [None, "keys_unavailable", None, "key_unknown", "keys_unavailable", "issuer_unknown", "bad_signature"]
    assert [None if result else result.code for result in results] == wanted * 20
    assert (one.asked, two.asked) == (["1", "x"], ["1"])
    one.put(key("ES256", kid="1"), due=NOW)
    assert [bool(result) for result in both.verify_stream(tokens, batch=3)] == [code is None for code in wanted]
    assert one.told >= 1


def test_a_coroutine_waits_for_the_keys(impl, key, issuer, check):
    source = Source(impl)
    one = check(issuer(A, source=source), issuer(B, 1))
    with pytest.raises(KeysUnavailableError):
        asyncio.run(one.adecode(token(A)))
    source.ready = [key("ES256", kid="1")]
    assert asyncio.run(one.adecode(token(A)))["iss"] == A
    assert source.awaited == ["1", "1"]
    assert asyncio.run(one.averify(token(A))).issuer == A
    assert asyncio.run(one.averify(token(B, 1))).issuer == B
    assert (len(source.awaited), source.asked) == (2, [])
    for wrong in (token(A, number=1), token("c"), "x"):
        with pytest.raises(InvalidTokenError):
            asyncio.run(one.adecode(wrong))
    with pytest.raises(TypeError):
        asyncio.run(one.averify(3))


def test_coroutines_of_a_verifier_without_issuers(verifier):
    one = verifier()
    assert asyncio.run(one.adecode(forge.token())) == asyncio.run(one.averify(forge.token())).claims == forge.CLAIMS


# the slot


def test_secrets_and_private_keys_have_no_place_in_a_slot_that_is_fed(impl, key, signing_key):
    slot = impl.KeySlot()
    with pytest.raises(ValueError, match="keys must not be secrets"):
        slot.replace(impl.KeySet([key("HS256")]))
    for private in (lambda keys: impl.KeySlot(keys), slot.replace):
        with pytest.raises(Exception, match="private key") as caught:
            private(impl.KeySet([signing_key("ES256")]))
        assert caught.value.code == "key_private"
    assert slot.keys is None
    given = impl.KeySlot(impl.KeySet([key("HS256")]))
    given.replace(impl.KeySet([key("HS256", 1)]))
    assert len(given.keys) == 1
    given.replace(None)
    assert given.keys is None


@pytest.mark.parametrize("name", ["due", "dead"])
def test_times_of_a_slot(impl, name):
    slot = impl.KeySlot()
    for good in (None, 0, -1, 1.5, float("inf"), float("-inf")):
        slot.replace(None, **{name: good})
    for wrong in ("1", True, [1]):
        with pytest.raises(TypeError, match=f"{name} must be a number of seconds or None, not {type(wrong).__name__}"):
            slot.replace(None, **{name: wrong})
    for senseless in (float("nan"), 10**400):
        with pytest.raises(ValueError, match=f"{name} must be a time in seconds since the epoch"):
            slot.replace(None, **{name: senseless})


def test_keys_of_a_slot_are_a_key_set(impl, key):
    for wrong in ([key("ES256")], key("ES256"), 3, "x"):
        for call in (impl.KeySlot, impl.KeySlot().replace):
            with pytest.raises(TypeError, match="keys must be a KeySet or None, not"):
                call(wrong)


# making a verifier


def test_what_belongs_to_the_issuer(impl, key, issuer):
    given = {
        "keys": key("ES256"), "algorithms": ["ES256"], "issuer": None, "audience": None, "subject": "s", "leeway": 1,
        "require": [], "typ": "JWT", "max_age": 1, "max_lifetime": 1,
    }  # fmt: skip
    for name, value in given.items():
        with pytest.raises(TypeError, match=rf"Verifier\(\) takes no '{name}' with 'issuers'"):
            impl.Verifier(issuers=[issuer(A)], **{name: value})
    with pytest.raises(TypeError, match="missing required argument: 'keys'"):
        impl.Verifier(algorithms=["ES256"], issuer=None, audience=None)


def test_the_list_of_issuers(impl, issuer):
    for wrong in (issuer(A), "x", 3, [3], [None], (issuer(A), "x")):
        with pytest.raises(TypeError, match="issuers must be a list or tuple of Issuer, not"):
            impl.Verifier(issuers=wrong)
    with pytest.raises(ValueError, match="issuers must not be empty"):
        impl.Verifier(issuers=[])
    with pytest.raises(ValueError, match="issuers have the same iss twice"):
        impl.Verifier(issuers=[issuer(A), issuer(B), issuer(A)])


def test_what_is_general_stays_with_the_verifier(impl, issuer, check):
    seen = []
    one = check(issuer(A, checks=[lambda proof: seen.append("issuer")]), checks=[lambda proof: seen.append("verifier")])
    assert one.decode(token(A))
    assert one.verify_many([token(A)])[0].ok
    assert one.explain(token(A)).ok
    assert seen == ["issuer", "verifier"] * 3
    assert code(check(issuer(A), max_depth=1).decode, token(A, x=[])) == "payload_too_deep"
    assert check(issuer(A), allow_padding=True).decode(token(A) + "=" * (-len(token(A).split(".")[2]) % 4))


def test_a_verifier_with_issuers_has_no_keys_of_its_own(impl, key, issuer, check, verifier):
    made = [issuer(A), issuer(B, 1)]
    one = check(*made)
    assert one.issuers == tuple(made)
    assert verifier().issuers == ()
    with pytest.raises(AttributeError):
        one.keys  # noqa: B018
    with pytest.raises(AttributeError):
        one.replace_keys(key("ES256"))
    made[0].slot.replace(impl.KeySet([key("ES256", 1)]))
    assert one.decode(token(A, number=1))


def test_explain_says_where_the_issuer_fails(impl, issuer, check):
    rows = {row.name: row for row in check(issuer(A)).explain(token("x")).checks}
    assert list(rows)[:3] == ["compact", "issuer", "header"]
    assert (rows["issuer"].ok, rows["issuer"].code, rows["header"].ok) == (False, "issuer_unknown", True)
    assert {rows[name].ok for name in ("algorithm", "typ", "key", "signature", "exp", "iss", "checks")} == {None}
    source = Source(impl)
    rows = {row.name: row for row in check(issuer(A, source=source)).explain(token(A)).checks}
    assert (rows["issuer"].ok, rows["key"].code, source.asked) == (True, "keys_unavailable", [])


@pytest.mark.parametrize("payload", [text for text, _ in ROUTES])
def test_both_halves_explain_the_same(both, payload):
    text = payload.replace("%s", f',"exp":{NOW + 600}').encode()
    made = forge.token(text, algorithm="ES256", key=forge.material("ES256", 0), header={"kid": "1"})
    said = []
    for half in both:
        key = half.Key.from_jwk(json.dumps(forge.material("ES256").jwk(kid="1")))
        one = half.Issuer(A, keys=key, algorithms=["ES256"], audience=None)
        said.append(half.Verifier(issuers=[one], clock=lambda: NOW).explain(made))
    assert said[0] == said[1]


# many of them, and many at once


def test_ten_thousand_issuers_of_one_kid(impl, key):
    keys = [key("HS256", number, kid="1") for number in range(10)]
    many = impl.Verifier(
        issuers=[
            impl.Issuer(f"https://{number}.example", keys=keys[number % 10], algorithms=["HS256"], audience=None)
            for number in range(10_000)
        ],
        clock=lambda: NOW,
    )

    def made(iss, number):
        claims = {"iss": f"https://{iss}.example", **forge.CLAIMS}
        return forge.token(claims, key=forge.material("HS256", number), header={"kid": "1"})

    for iss in range(0, 10_000, 997):
        assert many.decode(made(iss, iss % 10))
        assert code(many.decode, made(iss, (iss + 1) % 10)) == "bad_signature"
    assert code(many.decode, made(10_000, 0)) == "issuer_unknown"


@pytest.mark.parametrize("cached", [False, True])
def test_keys_that_change_under_many_threads(impl, key, issuer, check, cached):
    """Each token is judged by one of the sets that were in force, never by a mixture, and a key that is gone stays gone."""
    source = Source(impl)
    old, new = key("ES256", 0, kid="1"), key("ES256", 1, kid="1")
    source.put(old)
    cache = impl.TokenCache() if cached else None
    one = check(issuer(A, source=source), cache=cache)
    tokens = [token(A, 0), token(A, 1)]
    failures = []
    stop = threading.Event()

    def work():
        while not stop.is_set():
            codes = [code_of(one, text) for text in tokens]
            if not set(codes) <= {None, "bad_signature"}:
                failures.append(codes)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        source.put(new)
        source.put(old)
    source.put(new)
    accepted_by_old = [code_of(one, tokens[0]) for _ in range(20)]
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert set(accepted_by_old) == {"bad_signature"}
    assert code_of(one, tokens[1]) is None


def code_of(verifier, text):
    try:
        verifier.verify(text)
    except InvalidTokenError as error:
        return error.code
    return None
