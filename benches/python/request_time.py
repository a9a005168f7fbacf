"""What a request costs in two applications that are built on PyJWT, before and after `install_as_jwt()`.

    python benches/python/request_time.py                  prints a table
    python benches/python/request_time.py --out FILE       and writes each round (benches/results/requests.json)
    python benches/python/request_time.py --quick          to see that it works; the numbers mean nothing

The applications are a Flask route behind flask-jwt-extended's `jwt_required`, asked through Flask's test client, and the
authentication class of djangorestframework-simplejwt that asks no database, called with a request. Both run unchanged, in the venv
of tools/compat/third_party.py: on PyJWT, and under `python -m rapidjwt.run`. Each side is a process of its own, all of them on one
core; they take turns, and only one works at a time. Before anything is timed every side must have given the same answers to the
same good and bad tokens. `without a token` is the part of the request in which no token is looked at.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import machine
import rounds

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools" / "compat"))

import third_party  # noqa: E402

SIDES = ("PyJWT", "native", "pure")
APPLICATIONS = ("flask-jwt-extended", "simplejwt")
ALGORITHMS = ("HS256", "RS256", "ES256")
SECRET = "a secret of at least thirty-two bytes"
TOKENS = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 when two sides give different answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="rounds of each case (15)")
    parser.add_argument("--target-ms", type=float, default=40, metavar="MS", help="how long each turn is to take (40)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of one pass")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the results")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.target_ms = 2, 0.001
    python = third_party.environment()
    for suite in third_party.SUITES:
        third_party.source(suite, python)
    pinned = rounds.pin() is not None
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "method": {"rounds": options.rounds, "target_ms": options.target_ms, "tokens": TOKENS, "pinned_to_one_core": pinned},
        "packages": {suite.distribution: suite.version for suite in third_party.SUITES}
        | dict(requirement.split("==") for requirement in third_party.REQUIREMENTS),
        "cases": [],
    }  # fmt: skip
    print(f"{'us a request (without a token)':<31}" + "".join(f"{side:>19}" for side in SIDES) + "  times as fast")
    for application in APPLICATIONS:
        for algorithm in ALGORITHMS:
            try:
                case = measure(application, algorithm, python, options.rounds, options.target_ms / 1_000)
            except Unequal as error:
                print(f"not timed: {error}", file=sys.stderr)
                return 1
            result["cases"].append(case)
            show(case)
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"written: {options.out}")
    return 0


class Unequal(Exception):
    """A side gave another answer than PyJWT."""


def measure(application: str, algorithm: str, python: Path, times: int, seconds: float) -> dict[str, Any]:
    """One application with one algorithm, on all sides."""
    setting = {"application": application, "seconds": seconds, **made(algorithm)}
    sides = {side: start(side, application, python) for side in SIDES}
    try:
        answers = {side: ask(process, json.dumps(setting)) for side, process in sides.items()}
        prove(answers)
        taken: dict[str, dict[str, list[list[float]]]] = {
            kind: {side: [] for side in SIDES} for kind in ("ask", "open")
        }
        for turn in range(times + 1):
            for kind in taken:
                for place in range(len(SIDES)):
                    side = SIDES[(turn + place) % len(SIDES)]
                    value = ask(sides[side], kind)
                    if turn:  # the first is for warming up
                        taken[kind][side].append(value)
    finally:
        for process in sides.values():
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(60)
    result = {"application": application, "algorithm": algorithm, "answers_compared": len(answers["PyJWT"]["answers"])}
    for clock, place in (("wall", 0), ("cpu", 1)):
        asked = {side: [each[place] for each in values] for side, values in taken["ask"].items()}
        unasked = {side: [each[place] for each in values] for side, values in taken["open"].items()}
        result[clock] = {
            "median_us": {side: round(statistics.median(values), 2) for side, values in asked.items()},
            "quartiles_us": {side: [round(value, 2) for value in rounds.quartiles(values)] for side, values in asked.items()},
            "without_a_token_us": {side: round(statistics.median(values), 2) for side, values in unasked.items()},
            "times_as_fast": {side: rounds.ratio(asked["PyJWT"], asked[side]) for side in SIDES[1:]},
            "rounds_us": {side: [round(value, 2) for value in values] for side, values in asked.items()},
        }  # fmt: skip
    return result


def made(algorithm: str) -> dict[str, Any]:
    """A key, good tokens, and tokens with one fault each; all signed by PyJWT."""
    secret, public, private, other = "", "", None, None
    if algorithm == "HS256":
        secret, private, other = SECRET, SECRET, SECRET[::-1]
    else:
        make = {
            "RS256": lambda: rsa.generate_private_key(65537, 2048),
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        }
        private, other = make[algorithm](), make[algorithm]()
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    now = int(time.time())

    def token(number: int, key: Any = private, **claims: Any) -> str:
        common = {
            "type": "access",
            "token_type": "access",
            "fresh": False,
            "iat": now - 60,
            "nbf": now - 60,
            "exp": now + 9_000,
        }
        own = {"sub": f"user-{number}", "user_id": number, "jti": f"{number:032x}"}
        return jwt.encode({**common, **own, **claims}, key, algorithm=algorithm)  # fmt: skip

    good = [token(number) for number in range(TOKENS)]
    head, body, signature = good[0].split(".")
    bad = [
        token(1, exp=now - 10),
        token(1, nbf=now + 900),
        token(1, iat=now + 900),
        token(1, key=other),
        token(1, aud="somebody else"),
        token(1, type="refresh", token_type="refresh"),
        token(1, sub=5),
        f"{head}.{good[1].split('.')[1]}.{signature}",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}",
        f"{head}.!.{signature}",
        jwt.encode({"sub": "user-1"}, None, algorithm="none"),
    ]
    return {"algorithm": algorithm, "secret": secret, "public": public, "good": good, "bad": bad}


def start(side: str, application: str, python: Path) -> subprocess.Popen[str]:
    worker = str(HERE / "request_worker.py")
    command = [str(python), *(["-m", "rapidjwt.run"] if side != "PyJWT" else []), worker]
    source = third_party.FOLDER / next(suite.sdist for suite in third_party.SUITES if suite.name == application)
    environment = {"PYTHONPATH": f"{ROOT / 'python'}:{source}", "RAPIDJWT_IMPL": side if side != "PyJWT" else ""}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen[str], line: str) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"a worker ended with {process.wait(60)}: {process.args}")
    return json.loads(answer)


def prove(answers: dict[str, Any]) -> None:
    """Each side runs on what it says, accepts what is good, refuses what is bad, and says the same as PyJWT."""
    for side, told in answers.items():
        where = ("jwt", None) if side == "PyJWT" else ("rapidjwt.jwt", side)
        if (told["jwt"], told["half"]) != where:
            raise Unequal(f"{side} ran on {told['jwt']}, half {told['half']}")
        if told["answers"] != answers["PyJWT"]["answers"]:
            pairs = zip(told["answers"], answers["PyJWT"]["answers"], strict=True)
            raise Unequal(f"{side}: {next((one, other) for one, other in pairs if one != other)}")
    accepted = [status not in (401, 422) for status, _ in answers["PyJWT"]["answers"]]
    if accepted[:TOKENS] != [True] * TOKENS or accepted[-TOKENS:] != [True] * TOKENS or sum(accepted) > 2 * TOKENS + 2:
        raise Unequal(f"the applications do not check what they should: {accepted}")


def show(case: dict[str, Any]) -> None:
    for clock in ("wall", "cpu"):
        times, ratios = case[clock]["median_us"], case[clock]["times_as_fast"]
        open_ = case[clock]["without_a_token_us"]
        print(
            f"{case['application'] + ' ' + case['algorithm'] + ', ' + clock:<32}"
            + "".join(f" {times[side]:>9.1f} ({open_[side]:>6.1f})" for side in SIDES)
            + "".join(f" {ratios[side]['paired_median']:>13.2f}" for side in SIDES[1:]),
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
