"""Tests of the engine on AVX-512 IFMA, on a machine that has none: in Bochs, which does what each instruction says, one by one.

    python tools/emulated.py [FILTER ...]    the tests whose names contain a filter (default: crypto::backend)

The tests are linked statically and run under a kernel of 300 lines (tools/emulator/) as the only program of a machine: booting Linux would
take the emulator minutes. Exits with 0 when they pass, and with 77 when it says why they could not run. Says nothing about speed.
"""

from __future__ import annotations

import json
import os
import platform
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "tools" / "emulator"
SECONDS = 1_800
KERNEL_ADDRESS = 0x3F800000
SECTOR, CYLINDER = 512, 16 * 63

KERNEL_FLAGS = """-O1 -ffreestanding -nostdlib -static -no-pie -fno-pie -mno-red-zone -mgeneral-regs-only -fno-stack-protector
    -fno-asynchronous-unwind-tables -Wall -Wextra -Werror -Wl,--build-id=none -Wl,--no-warn-rwx-segments""".split()
# Optimised, since the emulator needs a second for 25 million instructions, but no more than is soon compiled; assertions stay.
TEST_FLAGS = "-C target-feature=+crt-static -C relocation-model=static -C opt-level=1 -C strip=symbols".split()

BOCHSRC = """config_interface: textconfig
display_library: term
cpu: model=corei7_icelake_u, count=1, ips=50000000, reset_on_triple_fault=0
memory: guest=1024, host=1024
romimage: file=reset.bin, address=0xffff0000
optramimage1: file=kernel.bin, address={kernel:#x}
ata0-master: type=disk, path=disk.img, mode=flat
port_e9_hack: enabled=1
speaker: enabled=0
plugin_ctrl: speaker=0, parallel=0, gameport=0, usb_uhci=0
panic: action=fatal
log: bochs.log
"""


# There is one.
THREADS = ("--test-threads=1", "--skip", "all_threads")

# It has no lanes: nothing of it would run on the instructions.
PORTABLE = ("--skip", "p384")


class Unable(Exception):
    """Why nothing can be emulated here."""


def main(filters: Sequence[str]) -> int:
    """Build, run, show the output."""
    try:
        look_around()
        program = build_tests()
    except Unable as reason:
        print(f"AVX-512 IFMA not emulated: {reason}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        build_machine(Path(folder))
        arguments = ["tests", *THREADS, *PORTABLE, *(filters or ["crypto::backend"])]
        (Path(folder) / "disk.img").write_bytes(disk(arguments, program.read_bytes()))
        return run(Path(folder))


def look_around() -> None:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Unable("only Linux on x86-64 links such tests")
    for tool in ("cargo", "cc", "objcopy", "bochs-bin"):
        if shutil.which(tool) is None:
            raise Unable(f"{tool} not found (Debian: apt-get install bochs bochs-term gcc binutils)")
    said = subprocess.run(["bochs-bin", "--help", "cpu"], capture_output=True, text=True, check=False)
    if "corei7_icelake_u" not in said.stdout + said.stderr:
        raise Unable("this Bochs knows no CPU with AVX-512 IFMA")


def build_tests() -> Path:
    command = [
        "cargo",
        "rustc",
        "--locked",
        "--lib",
        "--no-default-features",
        "--profile",
        "test",
        "--message-format=json",
    ]
    done = subprocess.run([*command, "--", *TEST_FLAGS], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return Path(next(message["executable"] for message in reversed(messages) if message.get("executable")))


def build_machine(folder: Path) -> None:
    elf = str(folder / "machine.elf")
    sources = [str(SOURCES / name) for name in ("start.s", "kernel.c")]
    subprocess.run(["cc", *KERNEL_FLAGS, "-T", str(SOURCES / "layout.ld"), "-o", elf, *sources], check=True)
    for choice, name in (("-j", "reset.bin"), ("-R", "kernel.bin")):
        subprocess.run(["objcopy", "-O", "binary", choice, ".reset", elf, str(folder / name)], check=True)
    (folder / "bochsrc").write_text(BOCHSRC.format(kernel=KERNEL_ADDRESS), encoding="utf-8")
    # A Bochs that was built with its debugger, like Debian's, waits for this.
    (folder / "commands").write_text("c\n", encoding="utf-8")


def disk(arguments: Sequence[str], program: bytes) -> bytes:
    """What kernel.c reads: the number of sectors and the arguments, then the program; in whole cylinders."""
    sectors = 1 + -(-len(program) // SECTOR)
    first = sectors.to_bytes(4, "little") + b"".join(argument.encode() + b"\0" for argument in arguments)
    if len(first) >= SECTOR:
        raise SystemExit("too many filters")
    image = first.ljust(SECTOR, b"\0") + program
    return image.ljust(-(-sectors // CYLINDER) * CYLINDER * SECTOR, b"\0")


def run(folder: Path) -> int:
    # Its display wants a terminal.
    ours, theirs = pty.openpty()
    command = ["bochs-bin", "-q", "-f", "bochsrc", "-rc", "commands"]
    environment = {**os.environ, "TERM": "linux"}
    machine = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    status = None
    try:
        begun = False
        for line in lines_of(ours):
            if found := re.match(r"\[machine\] exit ([0-9a-f]+)", line):
                status = int(found[1], 16)
                break
            if begun:
                print(line, flush=True)
            begun = begun or line.startswith("[machine] begin")
    finally:
        machine.kill()
        machine.wait()
        os.close(ours)
    if status is None:
        print((folder / "bochs.log").read_text("utf-8", "replace")[-4_000:])
        print("the machine stopped without a word, or took too long")
        return 1
    return status


def lines_of(terminal: int) -> Iterator[str]:
    """Until the machine closes its terminal, or the time is over."""
    end, rest = time.monotonic() + SECONDS, b""
    while select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0]:
        try:
            rest += os.read(terminal, 65_536)
        except OSError:
            return
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace").rstrip("\r")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
