"""What the calls of one session have in common."""

from __future__ import annotations

from random import Random
from typing import Any

from drop_in_keys import GOOD_SECRETS, HMAC, NO_KEYS, ODD_PAIRS, ODD_SECRETS, PAIRS, Kind, Made, kind, pyjwk
from drop_in_ops import built
from drop_in_sides import Side
from drop_in_tokens import signed


class World:
    """What the calls of one session have in common: a few keys, their tokens, and objects that change between calls."""

    def __init__(self, r: Random, session: Any, *, registering: bool = False) -> None:
        self.session = session
        self.registering = registering
        names = [*r.sample(GOOD_SECRETS, 3), *r.sample(PAIRS, 3)]
        if r.random() < 0.5:
            names.append(r.choice(ODD_SECRETS))
        if r.random() < 0.1:
            names.append(r.choice(ODD_PAIRS))
        self.kinds = [kind(name) for name in names]
        self.kinds.append(Kind("of this session", r.getrandbits(512).to_bytes(64), HMAC))
        self.tokens: list[tuple[str, Kind, str]] = []
        self.changing: dict[str, Any] = {"options": {}, "algorithms": ["HS256"], "audience": ["a"]}

    def made(self, r: Random) -> tuple[str, Kind, str]:
        """A token, its key and algorithm; one that was there before, as often as not."""
        if self.tokens and r.random() < 0.4:
            return r.choice(self.tokens)
        owner = r.choice(self.kinds)
        algorithm = r.choice(owner.algorithms or ("ES256", "EdDSA", "RS256"))
        made = signed(r, owner, algorithm), owner, algorithm
        self.tokens.append(made)
        del self.tokens[:-12]
        return made

    def key(self, r: Random, owner: Kind, *, odd: bool = False, algorithm: str | None = None) -> Any:
        if not odd:
            form = r.choice(owner.verifying)
            bound = type(form) is Made and algorithm is not None and r.random() < 0.8
            return pyjwk(owner.jwks["public"], algorithm) if bound else form
        chance = r.random()
        if chance < 0.3:
            return r.choice(owner.signing)
        if chance < 0.5:
            return r.choice(owner.odd)
        if chance < 0.6 and owner.jwks:
            return self.changed_key(r, owner)
        if chance < 0.9:
            other = r.choice(self.kinds)
            return r.choice(r.choice((other.verifying, other.signing, other.odd)))
        return r.choice(NO_KEYS)

    def changed_key(self, r: Random, owner: Kind) -> Any:
        """A PyJWK that was changed after it was made: always the same object, with other contents."""
        jwk = owner.jwks["public"]
        other = r.choice([one for one in self.kinds if one.jwks])
        attribute = r.choice(("key", "algorithm_name", "Algorithm", "nothing", "nothing"))
        algorithm = r.choice((*other.algorithms, *owner.algorithms))

        def make(side: Side) -> Any:
            changed = side.keep(("changed", owner.name), lambda: side.jwt.PyJWK(dict(jwk), owner.algorithms[0]))
            changed.key = other.public or other.private if attribute == "key" else owner.public or owner.private
            changed.algorithm_name = algorithm if attribute == "algorithm_name" else owner.algorithms[0]
            wanted = algorithm if attribute == "Algorithm" else owner.algorithms[0]
            changed.Algorithm = side.keep("defaults", side.algorithms.get_default_algorithms)[wanted]
            return changed

        return Made(f"PyJWK({jwk}) with another {attribute} ({other}, {algorithm})", make)

    def shared(self, r: Random, name: str, value: Any) -> Any:
        """The same object in each call of the session, with other contents."""
        if r.random() > 0.15 or type(value) is not type(self.changing[name]):
            return value
        wanted = self.changing[name] = value
        store = (self.session, name)

        def make(side: Side) -> Any:
            kept = side.keep(store, type(wanted))
            kept.clear()
            (kept.update if isinstance(kept, dict) else kept.extend)(built(side, wanted))
            return kept

        return Made(f"changed({wanted!r})", make)
