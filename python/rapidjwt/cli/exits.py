"""Exit codes, and the failures that carry one. Each failure is one clear line, perhaps with a hint."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


OK: Final = 0
REJECTED: Final = 1
USAGE: Final = 2
NOT_A_TOKEN: Final = 3
KEY_UNUSABLE: Final = 4
IO_FAILED: Final = 5
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

TABLE: Final = """\
exit codes:
  0    ok
  1    rejected: a token, or with a stream any line of it, was refused, or there was none
  2    usage: an argument is wrong or missing
  3    not a token: decode cannot read it
  4    a key, secret or key set is unavailable or cannot be used
  5    reading or writing failed
  130  interrupted (128 + SIGINT)
  141  the reader of our output went away (128 + SIGPIPE)
"""


class Problem(Exception):
    """Something the user can put right; `hint` says how."""

    exit_code = USAGE

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageProblem(Problem):
    """An argument is wrong or missing."""


class NotAToken(Problem):
    """The input cannot be read as a token."""

    exit_code = NOT_A_TOKEN


class KeyUnusable(Problem):
    """A key, secret or key set is missing, unreadable or of the wrong kind."""

    exit_code = KEY_UNUSABLE


class InputOutputFailed(Problem):
    """Reading a token or writing a result failed."""

    exit_code = IO_FAILED


def system_message(error: OSError) -> str:
    """What the operating system says, without the number and the path."""
    return error.strerror or type(error).__name__
