"""Facts of a request in, a decision out: who it is, or how it is refused. Knows no framework, does no I/O but the wait for keys, and never
lets pass what it has no rule for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, final

from rapidjwt._awaiting import at_once, may_wait
from rapidjwt._impl import Admission, Verifier
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.web._answers import Answer, Answers
from rapidjwt.web._credentials import Sources
from rapidjwt.web._paths import plain_path
from rapidjwt.web._rules import Requirement, Rule, Rules

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.web._request import Request

__all__ = ["Decision", "Guard"]


class Decision(NamedTuple):
    """What becomes of a request."""

    token: VerifiedToken | None
    """The proof; None where there is no genuine one. A request can be refused all the same: look at `allowed`."""
    reason: str | None = None
    """Why it is refused: one of `rapidjwt.exceptions.REASONS`, `path_refused` or `no_rule`. None: it is allowed."""
    code: str | None = None
    """The engine's code, where it was the engine who refused."""
    rule: Rule | None = None
    """The rule that decided."""
    answer: Answer | None = None
    """How the refusal is told."""

    @property
    def allowed(self) -> bool:
        """May the request pass?"""
        return self.reason is None

    @property
    def status(self) -> int:
        """The status of the answer; 200 where the request may pass."""
        return 200 if self.answer is None else self.answer.status

    @property
    def route(self) -> str | None:
        """The rule's name: what metrics and audit call the path."""
        return None if self.rule is None else self.rule.name


@final
class Guard:
    """Decides about requests: by rules over paths, or for a requirement that the caller names. Thread-safe.

    Args:
        verifier: judges the tokens.
        rules: looked at in order; a request that none of them fits is refused. Where there are none, every request needs a token.
        sources: where a token may stand.
        answers: how refusals are told.
        preflight: let CORS preflights pass, which browsers send without a token, where a rule fits the request that they announce. Only
            for applications in which CORS middleware answers them: elsewhere a handler may run for OPTIONS, and nobody has asked who it
            is for. A rule that names OPTIONS, and what the caller asks for beside the rules, hold all the same.
        observer: has a method `on_decision(request, decision, seconds)`, called with each decision.
    """

    __slots__ = (
        "_answers",
        "_attempt",
        "_averify",
        "_observer",
        "_preflight",
        "_rules",
        "_silent",
        "_sources",
        "_verify",
        "admit",
        "verifier",
    )

    def __init_subclass__(cls) -> None:
        # Who asks `admit` asks no method that a subclass has in another form.
        raise TypeError("type 'Guard' is not an acceptable base type")

    def __init__(
        self,
        verifier: Verifier,
        rules: Sequence[Rule] | None = None,
        *,
        sources: Sources | None = None,
        answers: Answers | None = None,
        preflight: bool = False,
        observer: Any = None,
    ) -> None:
        if not callable(getattr(verifier, "verify", None)):
            raise TypeError("verifier must be a Verifier")
        self.verifier: Final = verifier
        self._verify: Final = verifier.verify
        self._attempt: Final = at_once(verifier)
        self._averify: Final = verifier.averify
        self._rules: Final = Rules(_EVERYTHING if rules is None else rules)
        self._sources: Final = Sources() if sources is None else sources
        self._answers: Final = Answers() if answers is None else answers
        self._preflight: Final = preflight
        if observer is not None and not callable(getattr(observer, "on_decision", None)):
            raise TypeError("observer must have a method on_decision")
        self._observer: Final = observer
        self._silent: Guard | None = None
        is_ordinary = self._sources.only_header and isinstance(verifier, Verifier)
        self.admit: Final[Callable[..., Any]] = (
            Admission(verifier, self._rules.rules).decide if is_ordinary else _no_answer
        )
        """Decides most requests in one step; see `Admission.decide`."""

    @property
    def is_observed(self) -> bool:
        """Does anybody hear of each decision?"""
        return self._observer is not None

    def decide(self, request: Request, also: Requirement | None = None) -> Decision:
        """Decide by the rules.

        Args:
            also: what the caller asks for beside the rule that fits.
        """
        start = 0.0 if self._observer is None else perf_counter()
        decision = self._ordinary(request, also)
        if decision is None:
            decision = self._verified(self._admit(request, also))
        return self.tell(request, decision, start)

    def decide_at_once(self, request: Request, also: Requirement | None = None) -> Decision | None:
        """The same without a wait, for an event loop: None where a key may have to be fetched first, and `adecide` is to be awaited."""
        start = 0.0 if self._observer is None else perf_counter()
        found = self.admit(request.method, request.path, request.raw_path, request.headers)
        if found is None:
            step = self._admit(request, also)
            decision = step if isinstance(step, Decision) else self._attempted(step)
        else:
            outcome, rule, met = found
            decision = self.concluded(outcome, rule, met, also)
        return decision if decision is None or self._observer is None else self.tell(request, decision, start)

    async def adecide(self, request: Request, also: Requirement | None = None) -> Decision:
        """The same for an event loop, which goes on while keys are fetched."""
        start = 0.0 if self._observer is None else perf_counter()
        decision = self._ordinary(request, also)
        if decision is None:
            decision = await self._averified(self._admit(request, also))
        return self.tell(request, decision, start)

    def authenticate(self, request: Request, requirement: Requirement) -> Decision:
        """Decide for a requirement that the caller names, whatever the rules say of the path."""
        start = perf_counter()
        return self.tell(request, self._verified(self._look(request, requirement, None)), start)

    async def aauthenticate(self, request: Request, requirement: Requirement) -> Decision:
        """The same for an event loop."""
        start = perf_counter()
        return self.tell(request, await self._averified(self._look(request, requirement, None)), start)

    def refuse(self, reason: str, rule: Rule | None = None, *, scope: str = "", code: str | None = None) -> Decision:
        """A refusal, told as all others are.

        Args:
            reason: one of `rapidjwt.exceptions.REASONS`, `path_refused` or `no_rule`.
            scope: what would have been needed.
        """
        return Decision(None, reason, code, rule, self._answers.to(reason, scope))

    def concluded(
        self, outcome: VerifiedToken | InvalidTokenError, rule: Rule, met: bool, also: Requirement | None = None
    ) -> Decision | None:
        """What follows from the answer of `admit`; None where a key may have to be fetched first."""
        if isinstance(outcome, InvalidTokenError):
            return None if may_wait(outcome) else self.refuse(outcome.reason, rule, code=outcome.code)
        if also is None:
            return Decision(outcome, None, None, rule, None) if met else self._judged(outcome, rule.requirement, rule)
        return self._judged(outcome, rule.requirement.and_(also), rule)

    def silent(self) -> Guard:
        """A guard that decides the same and tells nobody: for who may still refuse what it lets pass, and then calls `tell`."""
        if self._observer is None:
            return self
        if self._silent is None:
            rules, sources, answers = self._rules.rules, self._sources, self._answers
            self._silent = Guard(self.verifier, rules, sources=sources, answers=answers, preflight=self._preflight)
        return self._silent

    def tell(self, request: Request, decision: Decision, start: float) -> Decision:
        """Tell the observer what became of a request that was decided in silence, and return it.

        Args:
            start: what `time.perf_counter()` said when the request came.
        """
        if self._observer is not None:
            try:
                self._observer.on_decision(request, decision, perf_counter() - start)
            except Exception:
                import logging

                logging.getLogger("rapidjwt.web").exception("on_decision raised")
        return decision

    def _ordinary(self, request: Request, also: Requirement | None) -> Decision | None:
        found = self.admit(request.method, request.path, request.raw_path, request.headers)
        if found is None:
            return None
        outcome, rule, met = found
        return self.concluded(outcome, rule, met, also)

    def _admit(self, request: Request, also: Requirement | None) -> Decision | _Claimed:
        path = plain_path(request.path, request.raw_path)
        if path is None:
            return self.refuse("path_refused")
        if self._preflight and also is None and request.method == "OPTIONS":
            announced = _announced(request)
            if announced is not None and not self._rules.names("OPTIONS", path):
                rule = self._rules.find(announced.upper(), path)
                return self.refuse("no_rule") if rule is None else Decision(None, rule=rule)
        rule = self._rules.find(request.method.upper(), path)
        if rule is None:
            return self.refuse("no_rule")
        return self._look(request, rule.requirement if also is None else rule.requirement.and_(also), rule)

    def _look(self, request: Request, requirement: Requirement, rule: Rule | None) -> Decision | _Claimed:
        if requirement.access == "public":
            return Decision(None, rule=rule)
        found = self._sources.find(request)
        if isinstance(found, bytes):
            return found, requirement, rule
        if found == "missing" and requirement.access == "optional":
            return Decision(None, rule=rule)
        return self.refuse(found, rule)

    def _verified(self, step: Decision | _Claimed) -> Decision:
        if isinstance(step, Decision):
            return step
        raw, requirement, rule = step
        try:
            token = self._verify(raw)
        except InvalidTokenError as error:
            return self.refuse(error.reason, rule, code=error.code)
        return self._judged(token, requirement, rule)

    def _attempted(self, claimed: _Claimed) -> Decision | None:
        raw, requirement, rule = claimed
        try:
            token = self._attempt(raw)
        except InvalidTokenError as error:
            return None if may_wait(error) else self.refuse(error.reason, rule, code=error.code)
        return self._judged(token, requirement, rule)

    async def _averified(self, step: Decision | _Claimed) -> Decision:
        if isinstance(step, Decision):
            return step
        raw, requirement, rule = step
        try:
            token = await self._averify(raw)
        except InvalidTokenError as error:
            return self.refuse(error.reason, rule, code=error.code)
        return self._judged(token, requirement, rule)

    def _judged(self, token: VerifiedToken, requirement: Requirement, rule: Rule | None) -> Decision:
        reason = requirement.refusal(token)
        if reason is None:
            return Decision(token, None, None, rule, None)
        scope = requirement.scope if reason == "insufficient_scope" else ""
        return self.refuse(reason, rule, scope=scope)._replace(token=token)

    def __repr__(self) -> str:
        return f"<Guard {len(self._rules.rules)} rules>"


_Claimed: TypeAlias = tuple[bytes, Requirement, Rule | None]
"""A token that nobody looked at yet, and what it is to be judged by."""

_EVERYTHING: Final = (Rule(prefix="/"),)


def _no_answer(*_: object) -> None:
    """No request is ordinary."""


def _announced(request: Request) -> str | None:
    """The method that a CORS preflight asks for (Fetch standard, section 4.8); None where this is none."""
    if not request.values(b"origin"):
        return None
    method = request.value(b"access-control-request-method")
    return None if method is None else method.decode("latin-1")
