"""`rapidjwt verify` on a stream: one token a line in, one JSON object a line out, in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Final

from rapidjwt.cli import exits, tokens
from rapidjwt.cli.arguments import Arguments
from rapidjwt.cli.exits import InputOutputFailed, system_message
from rapidjwt.cli.interrupts import Interrupt
from rapidjwt.cli.lines import CHUNK, LineSplitter
from rapidjwt.cli.tally import Progress, Tally
from rapidjwt.cli.terminal import Terminal, printable, to_json

if TYPE_CHECKING:
    from rapidjwt._impl import Rejection, VerifiedToken, Verifier

_BATCH: Final = 4096
"""Lines verified in one go: bounds the results in memory when a chunk holds very many short lines."""


def verify_stream(verifier: Verifier, args: Arguments, terminal: Terminal) -> int:
    """Verify every line of stdin and return the exit code."""
    descriptor = tokens.stdin_descriptor(args.token)
    summary = _open_summary(args.summary_json)
    tally = Tally()
    answers = Answers(tally, with_claims=not args.no_claims)
    with Interrupt() as interrupt:
        interrupted = _pump(verifier, LineSplitter(args.max_token_bytes), descriptor, answers, interrupt, terminal)
        tally.stop()
    if summary is not None:
        with summary:
            summary.write(to_json(tally.as_dict(interrupted=interrupted)) + "\n")
    return _finish(tally, interrupted, args.quiet, terminal)


class Answers:
    """Turns the engine's results into lines of JSON and keeps the account."""

    def __init__(self, tally: Tally, *, with_claims: bool) -> None:
        self.tally = tally
        self._accept = self._with_claims if with_claims else self._verdict
        self._tails: dict[str, bytes] = {}

    def write_out(self, results: Sequence[VerifiedToken | Rejection]) -> bytes:
        """One line a result, numbered on from the last call."""
        accept, refuse = self._accept, self._refuse
        first = self.tally.lines + 1
        self.tally.lines += len(results)
        return b"".join(
            [
                b'{"line":%d,"valid":%b}\n' % (number, accept(result) if result.ok else refuse(result))
                for number, result in enumerate(results, first)
            ]
        )

    def _with_claims(self, token: VerifiedToken) -> bytes:
        return b'true,"claims":%b' % one_line(token.payload)

    def _verdict(self, token: VerifiedToken) -> bytes:
        return b"true"

    def _refuse(self, rejection: Rejection) -> bytes:
        code = rejection.code
        self.tally.codes[code] = self.tally.codes.get(code, 0) + 1
        # Under one policy a code has one sentence; only that of a missing claim differs, by the claim.
        name = code if code != "claim_missing" else f"{code} {rejection.error.claim}"
        tail = self._tails.get(name)
        if tail is None:
            error = {"code": code, "reason": rejection.reason, "message": str(rejection.error)}
            tail = self._tails[name] = f'false,"error":{to_json(error)}'.encode()
        return tail


def one_line(payload: bytes) -> bytes:
    """The JSON of a verified payload as one printable line, every value as it was signed.

    The engine let only strict JSON through: a raw line end stands between values, and any other unprintable
    character stands in a string, where an escape means the same.
    """
    if (
        payload.isascii()
        and b"\n" not in payload
        and b"\r" not in payload
        and b"\t" not in payload
        and b"\x7f" not in payload
    ):
        return payload
    spaced = payload.replace(b"\n", b" ").replace(b"\r", b" ").replace(b"\t", b" ")
    return printable(spaced.decode()).encode()


def _pump(
    verifier: Verifier,
    splitter: LineSplitter,
    descriptor: int,
    answers: Answers,
    interrupt: Interrupt,
    terminal: Terminal,
) -> bool:
    progress = Progress()
    try:
        for lines in _batches(splitter, lambda: interrupt.read(descriptor, CHUNK)):
            # Answers go out before the next read: a slow sender never waits for a batch to fill.
            terminal.put_bytes(answers.write_out(verifier.verify_many(lines)))
            if interrupt.requested:
                return True
            progress.show(answers.tally)
    except KeyboardInterrupt:
        return True
    finally:
        progress.clear()
    return False


def _batches(splitter: LineSplitter, read: Callable[[], bytes]) -> Iterator[list[bytes]]:
    while chunk := _read(read):
        lines = splitter.feed(chunk)
        for start in range(0, len(lines), _BATCH):
            yield lines[start : start + _BATCH]
    if last := splitter.close():
        yield last


def _read(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except OSError as error:
        raise InputOutputFailed(f"standard input: {system_message(error)}") from None


def _open_summary(path: str | None) -> IO[str] | None:
    if path is None:
        return None
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise InputOutputFailed(f"{path}: {system_message(error)}") from None


def _finish(tally: Tally, interrupted: bool, quiet: bool, terminal: Terminal) -> int:
    if interrupted:
        terminal.say(f"rapidjwt: interrupted after {tally.head()}")
        return exits.INTERRUPTED
    if not quiet:
        terminal.say(f"rapidjwt: {tally.text()}")
    if tally.lines == 0:
        terminal.say("rapidjwt: no token on standard input, so nothing was verified", "red")
        return exits.REJECTED
    return exits.REJECTED if tally.codes else exits.OK
