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

_SPACED: Final = bytes.maketrans(b"\n\r\t", b"   ")

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
        self._accept = _with_claims if with_claims else _verdict
        self._refusals: dict[str, tuple[bytes]] = {}

    def write_out(self, results: Sequence[VerifiedToken | Rejection]) -> bytes:
        """One line a result, numbered on from the last call."""
        accept, refuse = self._accept, self._refuse
        # Pieces and one join: half the time of formatting every line by itself, payloads being copied once.
        pieces: list[bytes] = []
        for number, result in enumerate(results, self.tally.lines + 1):
            pieces += b'{"line":', b"%d" % number
            pieces += accept(result) if result else refuse(result)
        self.tally.lines += len(results)
        return b"".join(pieces)

    def _refuse(self, rejection: Rejection) -> tuple[bytes]:
        code = rejection.code
        self.tally.codes[code] = self.tally.codes.get(code, 0) + 1
        # Under one policy a code has one sentence; only that of a missing claim differs, by the claim.
        name = code if code != "claim_missing" else f"{code} {rejection.error.claim}"
        if name not in self._refusals:
            error = {"code": code, "reason": rejection.reason, "message": str(rejection.error)}
            self._refusals[name] = (f',"valid":false,"error":{to_json(error)}}}\n'.encode(),)
        return self._refusals[name]


def _with_claims(token: VerifiedToken) -> tuple[bytes, bytes, bytes]:
    return b',"valid":true,"claims":', one_line(token.payload), b"}\n"


def _verdict(token: VerifiedToken) -> tuple[bytes]:
    return (b',"valid":true}\n',)


def one_line(payload: bytes) -> bytes:
    """Write the JSON of a verified payload as one printable line, every value as it was signed.

    The engine let only strict JSON through: a raw line end or tab stands between values, and any other unprintable
    character stands in a string, where an escape means the same.
    """
    # Looking for a number is twenty times as fast as looking for a bytes object of length one.
    if payload.isascii() and 10 not in payload and 13 not in payload and 9 not in payload and 127 not in payload:
        return payload
    return printable(payload.translate(_SPACED).decode()).encode()


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
