"""`Verifier`: a policy and its keys, prepared once; then any number of tokens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, final, overload

from rapidjwt._fallback import input, token
from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.keys import Key, KeySet, KeySlot, collect, slot
from rapidjwt._fallback.token import Rejection, VerifiedToken
from rapidjwt.exceptions import build
from rapidjwt.types import CheckCallable, Claims, Clock, Explanation, Observer

if TYPE_CHECKING:
    from rapidjwt._fallback.issuer import Issuers, Trail
    from rapidjwt.issuer import Issuer

__all__ = ["Verifier"]

_numbers = count()

_NOT_GIVEN: Any = ...

_T = TypeVar("_T")


@final
class Verifier(Frozen):
    """A policy and its keys, or several issuers, prepared once; then any number of tokens. Thread-safe."""

    __slots__ = ("_cache", "_issuers", "_number", "_observer", "_prove")

    _issuers: Issuers
    _prove: Callable[..., VerifiedToken]
    _cache: TokenCache | None
    _observer: Observer | None
    _number: int
    """Whose entries of the cache are meant."""

    def __new__(
        cls,
        keys: Key | KeySet | Iterable[Key] = _NOT_GIVEN,
        *,
        issuers: Sequence[Issuer] | None = None,
        algorithms: Sequence[str] = _NOT_GIVEN,
        issuer: str | Sequence[str] | None = _NOT_GIVEN,
        audience: str | Sequence[str] | None = _NOT_GIVEN,
        subject: str | None = None,
        leeway: float = 0,
        require: Sequence[str] = ("exp",),
        typ: str | Sequence[str] | None = None,
        max_age: float | None = None,
        max_lifetime: float | None = None,
        checks: Sequence[CheckCallable] = (),
        clock: Clock | None = None,
        max_token_bytes: int = 262_144,
        max_header_bytes: int = 16_384,
        max_depth: int = 128,
        allow_padding: bool = False,
        cache: TokenCache | None = None,
        crypto: Literal["library", "portable", "ifma", "auto"] = "auto",
        observer: Observer | None = None,
    ) -> Verifier:
        """Prepare a policy (RFC 7519 section 7.2, RFC 8725 section 3)."""
        # Imported with the first Verifier: `import rapidjwt` does not pay for the engine.
        from rapidjwt._fallback import issuer as routing
        from rapidjwt._fallback import options

        sizes: dict[str, Any] = {
            "max_token_bytes": max_token_bytes,
            "max_header_bytes": max_header_bytes,
            "max_depth": max_depth,
            "allow_padding": allow_padding,
        }
        if issuers is not None:
            _refuse_issuers_own(
                keys=keys is not _NOT_GIVEN,
                algorithms=algorithms is not _NOT_GIVEN,
                issuer=issuer is not _NOT_GIVEN,
                audience=audience is not _NOT_GIVEN,
                subject=subject is not None,
                leeway=leeway != 0,
                require=require != ("exp",),
                typ=typ is not None,
                max_age=max_age is not None,
                max_lifetime=max_lifetime is not None,
            )
            own_checks, own_clock = options.callables(checks, clock)
            options.crypto(crypto)
            return _make(cls, routing.named(issuers, options.limits(**sizes), own_checks, own_clock), cache, observer)
        key_set = _key_set(_needed("keys", keys))
        policy = options.policy(
            algorithms=_needed("algorithms", algorithms),
            issuer=_needed("issuer", issuer),
            audience=_needed("audience", audience),
            subject=subject,
            leeway=leeway,
            require=require,
            typ=typ,
            max_age=max_age,
            max_lifetime=max_lifetime,
            checks=checks,
            clock=clock,
            **sizes,
        )
        options.crypto(crypto)
        if len(key_set) and not any(name in policy.algorithms for key in key_set for name in key.algorithms):
            raise input.value_error("keys", "fit none of the algorithms")
        return _make(cls, routing.lone(policy, slot.own(key_set)), cache, observer)

    @property
    def keys(self) -> KeySet:
        """The keys in force."""
        return self._own_slot("keys").keys or KeySet([])

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The issuers, as given; empty where the verifier has keys of its own."""
        return () if self._issuers.names is None else tuple(party.issuer for party in self._issuers.parties)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, as given."""
        parties = self._issuers.parties
        if self._issuers.names is None:
            return parties[0].policy.algorithms
        return tuple(dict.fromkeys(name for party in parties for name in party.policy.algorithms))

    def replace_keys(self, keys: Key | KeySet | Iterable[Key]) -> None:
        """Put other keys in force, atomically: each token is verified with the old set or the new one."""
        slot.fill(self._own_slot("keys"), _key_set(keys))

    @overload
    def decode(self, token: str | bytes) -> Claims: ...
    @overload
    def decode(self, token: str | bytes, *, into: type[_T]) -> _T: ...
    @overload
    def decode(self, token: str | bytes, *, into: None) -> Claims: ...
    def decode(self, token: str | bytes, *, into: type[Any] | None = None) -> Any:
        """Verify a token and return its claims."""
        return self._decoded(token, into, seek=True)

    @overload
    def adecode(self, token: str | bytes) -> Coroutine[Any, Any, Claims]: ...
    @overload
    def adecode(self, token: str | bytes, *, into: type[_T]) -> Coroutine[Any, Any, _T]: ...
    @overload
    def adecode(self, token: str | bytes, *, into: None) -> Coroutine[Any, Any, Claims]: ...
    def adecode(self, token: str | bytes, *, into: type[Any] | None = None) -> Coroutine[Any, Any, Any]:
        """`decode` for an event loop: waits, without holding the loop up, where keys have to be fetched first."""
        from rapidjwt import _awaiting

        return _awaiting.decode(self, token, into)

    def averify(self, token: str | bytes) -> Coroutine[Any, Any, VerifiedToken]:
        """`verify` for an event loop; see `adecode`."""
        from rapidjwt import _awaiting

        return _awaiting.verify(self, token)

    def verify(self, token: str | bytes) -> VerifiedToken:
        """Verify a token and return the proof, without building its claims. Errors as for `decode`."""
        return self._verified(input.text("token", token), seek=True)

    def verify_many(
        self, tokens: Iterable[str | bytes], *, threads: int | None = None
    ) -> list[VerifiedToken | Rejection]:
        """Verify tokens; one result each, in order. A bad token gives a Rejection, never an exception."""
        if threads is not None:
            input.positive("threads", threads)
        return self._results([input.text("token", item) for item in list(tokens)])

    def verify_stream(
        self, tokens: Iterable[str | bytes], *, threads: int | None = None, batch: int = 1024
    ) -> Iterator[VerifiedToken | Rejection]:
        """Verify an endless number of tokens in bounded memory, one result at a time."""
        if threads is not None:
            input.positive("threads", threads)
        batch = input.positive("batch", batch)
        from rapidjwt._fallback import batch as batches

        return batches.stream(iter(tokens), batch, self._results)

    def explain(self, token: str | bytes) -> Explanation:
        """Report every check with pass or fail, all failures at once. For people; nothing in it may be trusted."""
        from rapidjwt._fallback.clock import now
        from rapidjwt._fallback.explain import explain

        return explain(input.text("token", token), self._issuers, now(self._issuers.clock))

    def _decode(self, token: str | bytes, into: type[Any] | None) -> Any:
        """`decode` that asks no source: the refusal says in `_missed` which one could help, and with what kid."""
        return self._decoded(token, into, seek=False)

    def _verify(self, token: str | bytes) -> VerifiedToken:
        """`verify` that asks no source."""
        return self._verified(input.text("token", token), seek=False)

    def _decoded(self, text: str | bytes, into: type[Any] | None, *, seek: bool) -> Any:
        if into is not None:
            from rapidjwt._into import check

            check(into)
        known = input.text("token", text)

        def claims(trail: Trail | None) -> tuple[VerifiedToken, Any]:
            proof = self._proof(known, trail, seek=seek)
            # Without a cache, own checks and an observer nobody else has seen the proof, and so its claims.
            alone = self._cache is None and self._observer is None
            found = token.engine_claims(proof) if alone else proof.claims
            if into is None:
                return proof, found
            from rapidjwt._into import convert

            return proof, convert(found, into)

        return self._answer(claims)

    def _verified(self, text: bytes, *, seek: bool) -> VerifiedToken:
        def proof(trail: Trail | None) -> tuple[VerifiedToken, VerifiedToken]:
            found = self._proof(text, trail, seek=seek)
            return found, found

        return self._answer(proof)

    def _proof(self, text: bytes, trail: Trail | None, *, seek: bool) -> VerifiedToken:
        remembers = None if self._cache is None else (self._cache, self._number)
        return self._prove(text, self._issuers, remembers, trail, seek=seek)

    def _answer(self, answer: Callable[[Trail | None], tuple[VerifiedToken, _T]]) -> _T:
        if self._observer is None:
            return answer(None)[1]
        from rapidjwt._fallback import observer as watching

        return watching.watch(self._observer, self._issuers, answer)

    def _results(self, texts: list[bytes]) -> list[VerifiedToken | Rejection]:
        from rapidjwt._fallback import batch, clock

        return batch.judge(texts, self._issuers, clock.now(self._issuers.clock), self._observer)

    def _own_slot(self, what: str) -> KeySlot:
        if self._issuers.names is not None:
            raise AttributeError(f"a Verifier with issuers has no {what} of its own: each issuer has")
        return self._issuers.parties[0].slot

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Verifier holds keys and cannot be pickled")

    def __repr__(self) -> str:
        issuers = f" issuers={len(self.issuers)}" if self.issuers else ""
        return f"<Verifier{issuers} algorithms={','.join(self.algorithms)}>"


def _make(cls: type[Verifier], issuers: Issuers, cache: object, observer: Any) -> Verifier:
    from rapidjwt._fallback import verify

    if cache is not None and not isinstance(cache, TokenCache):
        raise input.type_error("cache", "a TokenCache or None", cache)
    if observer is not None and not callable(getattr(observer, "on_verification", None)):
        raise input.type_error("observer", "an Observer or None", observer)
    verifier = object.__new__(cls)
    put(verifier, "_issuers", issuers)
    put(verifier, "_prove", verify.prove)
    put(verifier, "_cache", cache)
    put(verifier, "_observer", observer)
    put(verifier, "_number", next(_numbers))
    return verifier


def _refuse_issuers_own(**given: bool) -> None:
    """What each issuer says for itself is no argument of a verifier."""
    for name, is_given in given.items():
        if is_given:
            raise TypeError(f"Verifier() takes no '{name}' with 'issuers': it belongs to each Issuer")


def _needed(name: str, value: Any) -> Any:
    if value is _NOT_GIVEN:
        raise TypeError(f"Verifier() missing required argument: '{name}'")
    return value


def _key_set(keys: object) -> KeySet:
    if not isinstance(keys, KeySet):
        wanted = "a Key, a KeySet or an iterable of Key"
        keys = KeySet([keys] if isinstance(keys, Key) else collect("keys", wanted, keys))
    if any(key.is_private and key.kty != "oct" for key in keys):
        raise build("key_private")
    return keys
