"""What an observer may ask of a request and of the decision about it. Whoever decides passes objects with these attributes; neither
side imports the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken

__all__ = ["Decision", "Request"]


class Request(Protocol):
    """A request, as far as it is looked at. Its texts are the client's: anything may stand in them."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...

    @property
    def path(self) -> str | None:
        """The path."""
        ...

    @property
    def client(self) -> str | None:
        """The client's address, where it is known; one that may be believed."""
        ...

    @property
    def user_agent(self) -> str | None:
        """The header User-Agent."""
        ...

    @property
    def request_id(self) -> str | None:
        """What identifies the request in other logs."""
        ...


class Decision(Protocol):
    """What was decided about a request."""

    @property
    def allowed(self) -> bool:
        """Whether it may pass."""
        ...

    @property
    def status(self) -> int:
        """The HTTP status of a refusal; 0 or 200 where it may pass."""
        ...

    @property
    def reason(self) -> str | None:
        """One of `rapidjwt.exceptions.REASONS`, `path_refused`, `no_rule` or `call_refused`; None where it may pass."""
        ...

    @property
    def code(self) -> str | None:
        """The code of the refusal, where there is one."""
        ...

    @property
    def route(self) -> str | None:
        """The rule that it fell under, as configured."""
        ...

    @property
    def token(self) -> VerifiedToken | None:
        """The verified token; of a refused request too, where the token was good."""
        ...
