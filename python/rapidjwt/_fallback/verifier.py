"""`Verifier`: a policy and its keys, prepared once; then any number of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, final, overload

from rapidjwt._fallback import input, token
from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.keys import Key, KeySet, collect
from rapidjwt._fallback.token import Rejection, VerifiedToken
from rapidjwt.exceptions import InvalidTokenError, build
from rapidjwt.types import CheckCallable, Claims, Clock, Explanation

if TYPE_CHECKING:
    from rapidjwt._fallback.policy import Policy
    from rapidjwt._fallback.verify import Remembers

__all__ = ["Verifier"]

_numbers = count()

_T = TypeVar("_T")


@final
class Verifier(Frozen):
    """A policy and its keys, prepared once; then any number of tokens. Immutable but for `replace_keys`; thread-safe."""

    __slots__ = ("_cache", "_keys", "_number", "_policy", "_prove")

    _keys: KeySet
    _policy: Policy
    _prove: Callable[[bytes, KeySet, Policy, float | None, Remembers | None], VerifiedToken]
    _cache: TokenCache | None
    _number: int
    """Whose entries of the cache are meant."""

    def __new__(
        cls,
        keys: Key | KeySet | Iterable[Key],
        *,
        algorithms: Sequence[str],
        issuer: str | Sequence[str] | None,
        audience: str | Sequence[str] | None,
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
    ) -> Verifier:
        """Prepare a policy (RFC 7519 section 7.2, RFC 8725 section 3)."""
        # Imported with the first Verifier: `import rapidjwt` does not pay for the engine.
        from rapidjwt._fallback import options, verify

        key_set = _key_set(keys)
        policy = options.policy(
            algorithms=algorithms,
            issuer=issuer,
            audience=audience,
            subject=subject,
            leeway=leeway,
            require=require,
            typ=typ,
            max_age=max_age,
            max_lifetime=max_lifetime,
            checks=checks,
            clock=clock,
            max_token_bytes=max_token_bytes,
            max_header_bytes=max_header_bytes,
            max_depth=max_depth,
            allow_padding=allow_padding,
        )
        if cache is not None and not isinstance(cache, TokenCache):
            raise input.type_error("cache", "a TokenCache or None", cache)
        options.crypto(crypto)
        if len(key_set) and not any(name in policy.algorithms for key in key_set for name in key.algorithms):
            raise input.value_error("keys", "fit none of the algorithms")
        verifier = object.__new__(cls)
        put(verifier, "_policy", policy)
        put(verifier, "_keys", key_set)
        put(verifier, "_prove", verify.prove)
        put(verifier, "_cache", cache)
        put(verifier, "_number", next(_numbers))
        return verifier

    @property
    def keys(self) -> KeySet:
        """The keys in force."""
        return self._keys

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted algorithms, as given."""
        return self._policy.algorithms

    def replace_keys(self, keys: Key | KeySet | Iterable[Key]) -> None:
        """Put other keys in force, atomically: each token is verified with the old set or the new one."""
        put(self, "_keys", _key_set(keys))

    @overload
    def decode(self, token: str | bytes) -> Claims: ...
    @overload
    def decode(self, token: str | bytes, *, into: type[_T]) -> _T: ...
    @overload
    def decode(self, token: str | bytes, *, into: None) -> Claims: ...
    def decode(self, token: str | bytes, *, into: type[Any] | None = None) -> Any:
        """Verify a token and return its claims."""
        if into is None:
            return self._claims(token)
        from rapidjwt import _into

        _into.check(into)
        return _into.convert(self._claims(token), into)

    def verify(self, token: str | bytes) -> VerifiedToken:
        """Verify a token and return the proof, without building its claims. Errors as for `decode`."""
        return self._verified(input.text("token", token))

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

        return explain(input.text("token", token), self._keys, self._policy, now(self._policy.clock))

    def _claims(self, text: str | bytes) -> Claims:
        proof = self._verified(input.text("token", text))
        # Without a cache and own checks nobody else has seen the proof, and so its claims.
        return token.engine_claims(proof) if self._cache is None else proof.claims

    def _verified(self, text: bytes) -> VerifiedToken:
        remembers = None if self._cache is None else (self._cache, self._number)
        return self._prove(text, self._keys, self._policy, None, remembers)

    def _results(self, texts: list[bytes]) -> list[VerifiedToken | Rejection]:
        from rapidjwt._fallback import clock

        now = clock.now(self._policy.clock)
        return [self._result(text, now) for text in texts]

    def _result(self, text: bytes, now: float) -> VerifiedToken | Rejection:
        try:
            return self._prove(text, self._keys, self._policy, now, None)
        except InvalidTokenError as error:
            return token.rejected(error)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Verifier holds keys and cannot be pickled")

    def __repr__(self) -> str:
        return f"<Verifier algorithms={','.join(self.algorithms)}>"


def _key_set(keys: object) -> KeySet:
    if not isinstance(keys, KeySet):
        wanted = "a Key, a KeySet or an iterable of Key"
        keys = KeySet([keys] if isinstance(keys, Key) else collect("keys", wanted, keys))
    if any(key.is_private and key.kty != "oct" for key in keys):
        raise build("key_private")
    return keys
