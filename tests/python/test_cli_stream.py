"""`rapidjwt verify` on a stream: order, odd lines, bounded memory, and what becomes of it when somebody lets go."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time

import pytest

from forge import NOW, b64

CLAIMS = {"iss": "https://issuer.example/", "aud": "my-api", "sub": "user-1", "iat": NOW - 60, "exp": NOW + 600}


@pytest.fixture
def good(material):
    return material.token(kid="k1").encode()


def test_one_answer_a_line_in_order(verify, good, material):
    expired = material.token("ES256", CLAIMS | {"exp": NOW}, kid="k1").encode()
    result = verify(stdin=b"\n".join([good, expired, b"", good, b"junk"]) + b"\n")
    assert result.code == 1
    assert [answer["line"] for answer in result.lines] == [1, 2, 3, 4, 5]
    assert [answer["valid"] for answer in result.lines] == [True, False, False, True, False]
    assert result.lines[0] == {"line": 1, "valid": True, "claims": CLAIMS}
    assert result.lines[1]["error"] == {
        "code": "expired",
        "reason": "expired",
        "message": "The token has expired (exp)",
    }
    assert [answer["error"]["code"] for answer in result.lines[2::2]] == ["segment_count", "segment_count"]
    head, *reasons = result.err.splitlines()
    assert head.startswith("rapidjwt: 5 lines: 2 valid, 3 rejected; ")
    assert [line.split() for line in reasons] == [["2", "malformed"], ["1", "expired"]]


def test_all_good_ends_with_0(verify, good):
    result = verify(stdin=good + b"\n")
    assert result.code == 0
    assert verify("-", stdin=good).code == 0


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(verify, good, end, last):
    result = verify(stdin=good + end + good + (end if last else b""))
    assert [answer["valid"] for answer in result.lines] == [True, True]


@pytest.mark.parametrize(
    ("stdin", "lines"),
    [
        (b"\n", 1),
        (b"\r\n", 1),
        (b"\n\n\n", 3),
        (b"\r", 1),
        (b" ", 1),
        (b"\x00\xff\xfe\n\x80\x00", 2),
        (b"\n" * 10_000, 10_000),
    ],
)
def test_odd_lines_are_refused_lines(verify, stdin, lines):
    result = verify(stdin=stdin)
    assert result.code == 1
    assert len(result.lines) == lines
    assert not any(answer["valid"] for answer in result.lines)


def test_no_input_verifies_nothing(verify):
    result = verify(stdin=b"")
    assert (result.code, result.out) == (1, "")
    assert "nothing was verified" in result.err


def test_a_long_line_is_refused_and_the_next_one_is_not(verify, good):
    result = verify(stdin=good + b"\n" + b"A" * 10_000_000 + b"\r\n" + good + b"\n" + b"B" * 300_000)
    assert [answer.get("error", {}).get("code") for answer in result.lines] == [None, "token_too_large"] * 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_the_limit_is_exact(verify, good, end):
    exact = ["--max-token-bytes", str(len(good)), "--quiet"]
    assert verify(*exact, stdin=good + end).code == 0
    result = verify("--max-token-bytes", str(len(good) - 1), stdin=good + end)
    assert result.lines[0]["error"]["code"] == "token_too_large"


def test_claims_come_out_as_they_were_signed_on_one_printable_line(verify, material):
    payload = '{"exp":%d,"iss":"https://issuer.example/","aud":"my-api",\r\n\t"n":1.00,"big":%d,"s":"Zoë\u2028\x85\u202e\x7f"}'
    token = material.token("ES256", (payload % (NOW + 1, 2**70)).encode(), kid="k1")
    result = verify(stdin=token.encode())
    assert result.code == 0
    assert len(result.out.splitlines()) == 1
    assert '"n":1.00' in result.out
    assert result.lines[0]["claims"] == json.loads(payload % (NOW + 1, 2**70))
    assert "Zoë\\u2028\\u0085\\u202e\\u007f" in result.out


def test_no_claims_and_quiet(verify, good):
    result = verify("--no-claims", "--quiet", stdin=good + b"\n")
    assert result.out == '{"line":1,"valid":true}\n'
    assert result.err == ""


def test_a_missing_claim_is_named(verify, material):
    tokens = [material.token("ES256", {**CLAIMS, name: None}, kid="k1").encode() for name in ("exp", "sub")]
    result = verify("--require", "sub", stdin=b"\n".join(tokens))
    assert [answer["error"]["message"] for answer in result.lines] == [
        'Token is missing the "exp" claim',
        'Token is missing the "sub" claim',
    ]


def test_summary_as_json(verify, good, tmp_path):
    result = verify("--summary-json", "summary.json", stdin=good + b"\n\n")
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert result.code == 1
    assert summary["seconds"] > 0
    assert summary["lines_per_second"] > 0
    assert {name: value for name, value in summary.items() if not name.endswith(("seconds", "second"))} == {
        "lines": 2,
        "valid": 1,
        "rejected": 1,
        "reasons": {"malformed": 1},
        "codes": {"segment_count": 1},
        "impl": summary["impl"],
        "interrupted": False,
    }


def test_an_answer_does_not_wait_for_more_input(cli, policy, good):
    with cli.start("verify", *policy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for number in range(1, 4):
            process.stdin.write(good[:50])
            process.stdin.flush()
            process.stdin.write(good[50:] + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["line"] == number
        process.stdin.close()
        assert process.wait(60) == 0


MEASURE = """
import os, subprocess, sys
chunk, times = eval(sys.argv[1])
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
for _ in range(times):
    process.stdin.write(chunk)
process.stdin.close()
print(os.wait4(process.pid, 0)[2].ru_maxrss)
"""


@pytest.mark.parametrize(
    "stream",
    ["(b'A' * 65536, 2000)", "(b'\\n' * 65536, 2)", "(b'a.b.c ' * 100 + b'\\n', 40_000)"],
    ids=["one line", "empty lines", "junk"],
)
def test_memory_is_bounded(cli, policy, stream):
    def peak(what):
        command = [sys.executable, "-c", MEASURE, what, *cli.command("verify", *policy)]
        done = subprocess.run(
            command, env=cli.environment, cwd=cli.folder, capture_output=True, text=True, timeout=200, check=True
        )
        return int(done.stdout)

    # A child's peak contains what the forking process held, so a small process of its own measures: in KiB.
    assert peak(stream) - peak("(b'\\n', 1)") < 24 * 1024


def test_ctrl_c_while_waiting_for_input(cli, policy, good):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with cli.start("verify", *policy, "--summary-json", "s.json", **pipes) as process:
        process.stdin.write(good + b"\n\n" + good[:20])
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == (b"", b"rapidjwt: interrupted after 2 lines: 1 valid, 1 rejected\n")
    assert [answer["valid"] for answer in answers] == [True, False]
    assert json.loads((cli.folder / "s.json").read_text())["interrupted"] is True


def test_ctrl_c_in_the_middle_loses_no_answer(cli, policy, good, tmp_path):
    (tmp_path / "tokens").write_bytes((good + b"\n") * 60_000)
    with (tmp_path / "tokens").open("rb") as tokens, (tmp_path / "answers").open("wb") as answers:
        process = cli.start("verify", *policy, stdin=tokens, stdout=answers, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while (tmp_path / "answers").stat().st_size == 0 and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    lines = (tmp_path / "answers").read_bytes().split(b"\n")
    assert process.returncode == 130
    assert lines.pop() == b""
    assert [json.loads(line)["line"] for line in lines] == list(range(1, len(lines) + 1))
    assert err.decode() == f"rapidjwt: interrupted after {len(lines):,} lines: {len(lines):,} valid, 0 rejected\n"


@pytest.mark.parametrize("signals", [1, 2])
def test_ctrl_c_while_the_reader_is_slow(cli, policy, good, tmp_path, signals):
    (tmp_path / "tokens").write_bytes((good + b"\n") * 5_000)
    with (tmp_path / "tokens").open("rb") as tokens:
        process = cli.start("verify", *policy, stdin=tokens, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = os.read(process.stdout.fileno(), 1)
    time.sleep(1)  # by now the pipe is full and the program waits for us
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    out, err = process.communicate(timeout=60)
    *lines, rest = (first + out).split(b"\n")
    assert process.returncode == 130
    assert [json.loads(line)["line"] for line in lines] == list(range(1, len(lines) + 1))
    if signals == 1:  # the second one says that the rest is not wanted
        assert rest == b""
        assert err.decode().startswith(f"rapidjwt: interrupted after {len(lines):,} lines: ")


def test_ctrl_c_is_not_heard_where_the_caller_ignores_it(cli, policy, good):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    shell = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *cli.command("verify", *policy)]
    with subprocess.Popen(shell, env=cli.environment, cwd=cli.folder, **pipes) as process:
        process.stdin.write(good + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdin.write(good + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["line"] == 2
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_reader_that_goes_away_ends_it_quietly(cli, policy, good):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with cli.start("verify", *policy, **pipes) as process:
        process.stdin.write(good + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(good + b"\n")
        process.stdin.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_told(cli, policy, good):
    with open("/dev/full", "wb") as full:
        process = cli.start("verify", *policy, stdin=subprocess.PIPE, stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(good + b"\n", timeout=60)
    assert process.returncode == 5
    assert err == b"rapidjwt: error: standard output: No space left on device\n"


def test_descriptors_that_do_not_block(cli, policy, good):
    (child_in, ours_in), (ours_out, child_out) = os.pipe(), os.pipe()
    for descriptor in (child_in, child_out):
        os.set_blocking(descriptor, False)
    process = cli.start("verify", *policy, "--quiet", stdin=child_in, stdout=child_out)
    os.close(child_in)
    os.close(child_out)
    os.write(ours_in, (good + b"\n") * 100)
    time.sleep(0.5)
    sender = threading.Thread(target=_send, args=(ours_in, (good + b"\n") * 900))
    sender.start()
    time.sleep(0.5)
    with open(ours_out, "rb") as answers:
        assert [json.loads(line)["line"] for line in answers] == list(range(1, 1001))
    sender.join()
    assert process.wait(60) == 0


def _send(descriptor, data):
    with open(descriptor, "wb") as file:
        file.write(data)


def test_progress_only_on_a_terminal(cli, policy, good):
    ours, theirs = pty.openpty()
    process = cli.start("verify", *policy, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    process.communicate((good + b"\n") * 3, timeout=60)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "\r3 lines: 3 valid, 0 rejected; " in shown
    assert "\r\x1b[K" in shown


def test_a_terminal_shows_printable_characters_only(cli, policy, material):
    token = material.token("ES256", CLAIMS | {"name": "\x1b[31m\u202e\x9b"}, kid="k1")
    shown = cli.terminal("verify", *policy, "-", typed=token.encode() + b"\n\x04", NO_COLOR="1").out
    _, _, answer = shown.partition('{"line":1')
    assert "\\u001b[31m" in answer
    assert "\x1b" not in answer
    assert "\u202e" not in answer


def test_the_splitter_sees_the_same_lines_however_the_input_is_cut():
    from rapidjwt.cli.lines import LineSplitter

    data = b"one\r\n\n" + b"x" * 40 + b"\r\nlast\r" + b64(b"!").encode() + b"\r\n\r"
    expected = [b"one", b"", b"x" * 12, b"last\r" + b64(b"!").encode(), b""]
    for size in range(1, len(data) + 1):
        splitter = LineSplitter(10)
        lines = [
            line for at in range(0, len(data), size) for line in splitter.feed(data[at : at + size])
        ] + splitter.close()
        assert [line[:12] for line in lines] == expected
        assert [len(line) > 10 for line in lines] == [False, False, True, False, False]
