"""`rapidjwt key`: make keys, take their public part, name them, change their form.

Private material is written only when asked for by name.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rapidjwt._impl import Key, KeySet
from rapidjwt.cli import exits, keyfiles
from rapidjwt.cli.arguments import Arguments, Commands, Parser, add_command, algorithm, positive
from rapidjwt.cli.exits import KeyUnusable, UsageProblem
from rapidjwt.cli.terminal import Terminal, printable, to_json
from rapidjwt.exceptions import PyJWTError

if TYPE_CHECKING:
    from rapidjwt.cli.arguments import Run


class KeyFile(NamedTuple):
    """What a key file held."""

    keys: list[Key]
    form: str
    """pem (or DER, or OpenSSH), jwk or jwks."""


def declare(commands: Commands) -> None:
    """Add the command and its four verbs."""
    parser = commands.add_parser("key", help="make and convert keys", description="Make and convert keys.")
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True, parser_class=Parser, prog="rapidjwt key")
    _declare_generate(verbs)
    public = _declare_reader(verbs, "public", _public, "write the public part of a key or key set")
    _add_form(public)
    _add_out(public)
    thumbprint = _declare_reader(verbs, "thumbprint", _thumbprint, "write the JWK thumbprint of a key (RFC 7638)")
    thumbprint.add_argument("--hash", choices=("SHA-256", "SHA-384", "SHA-512"), default="SHA-256")
    convert = _declare_reader(verbs, "convert", _convert, "write a key or key set in another form")
    convert.add_argument("--to", required=True, choices=("pem", "der", "jwk", "jwks"), help="the form")
    convert.add_argument("--private", action="store_true", help="write the private part, unencrypted")
    convert.add_argument("--kid", metavar="KID", help="key ID to write")
    _add_out(convert)


def _declare_generate(verbs: Commands) -> None:
    parser = add_command(verbs, "generate", _generate, help="make a new private key or secret")
    parser.add_argument(
        "alg", type=algorithm, metavar="ALG", help="the algorithm it is for: ES256, RS256, EdDSA, HS256"
    )
    parser.add_argument("--bits", type=positive, metavar="N", help="size of an RSA key or a secret")
    parser.add_argument("--kid", metavar="KID", help="key ID")
    _add_form(parser)
    parser.add_argument("--private", action="store_true", help="write it to a terminal all the same")
    _add_out(parser)


def _declare_reader(verbs: Commands, name: str, run: Run, help: str) -> Parser:
    parser = add_command(verbs, name, run, help=help)
    parser.add_argument("file", metavar="FILE", help="PEM, DER, JWK, JWK Set or OpenSSH public key")
    parser.add_argument("--alg", type=algorithm, metavar="ALG", help="bind the key; reads a raw secret with HS*")
    parser.add_argument("--password-env", metavar="NAME", help="environment variable with the file's password")
    return parser


def _add_form(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--pem", dest="to", action="store_const", const="pem", help="write PEM")
    form.add_argument("--jwk", dest="to", action="store_const", const="jwk", help="write a JWK")


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", help="write to a new file; mode 0600 if it holds private material")
    parser.add_argument("--force", action="store_true", help="take the place of an existing file")


def _generate(args: Arguments, terminal: Terminal) -> int:
    to = args.to or "jwk"
    if to == "pem" and args.alg.startswith("HS"):
        raise UsageProblem("an HMAC secret has no PEM form", "--jwk")
    if args.out is None and not args.private and sys.stdout is not None and sys.stdout.isatty():
        raise UsageProblem("a private key is not shown on a terminal", "--out FILE, or --private to show it")
    try:
        key = Key.generate(args.alg, kid=args.kid, bits=args.bits)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    return _write(_text([key], to, private=True), args, terminal, private=True)


def _public(args: Arguments, terminal: Terminal) -> int:
    source = _read(args, terminal)
    to = source.form if args.to is None else args.to
    if all(key.kty == "oct" for key in source.keys):
        raise KeyUnusable(f"{args.file}: an HMAC secret has no public part")
    return _write(_text(source.keys, to, private=False), args, terminal, private=False)


def _thumbprint(args: Arguments, terminal: Terminal) -> int:
    for key in _read(args, terminal).keys:
        terminal.put(key.thumbprint(hash=args.hash))
    return exits.OK


def _convert(args: Arguments, terminal: Terminal) -> int:
    source = _read(args, terminal)
    if args.kid is not None and source.form == "jwks":
        raise UsageProblem(f"{args.file}: --kid is for one key, and this is a set")
    if not args.private and any(key.kty == "oct" for key in source.keys) and args.to != "jwks":
        raise UsageProblem(f"{args.file}: an HMAC secret is private as a whole", "--private writes it")
    return _write(_text(source.keys, args.to, private=args.private), args, terminal, private=args.private)


def _read(args: Arguments, terminal: Terminal) -> KeyFile:
    try:
        key = keyfiles.load_key(
            args.file, algorithm=args.alg, kid=getattr(args, "kid", None), password=args.password_env, allow_weak=True
        )
    except KeyUnusable as problem:
        keys = _read_set(args.file, terminal)
        if keys is None:
            raise problem from None
        return KeyFile(list(keys), "jwks")
    return KeyFile([key], "jwk" if _is_json(args.file) else "pem")


def _read_set(path: str, terminal: Terminal) -> KeySet | None:
    if not _is_json(path):
        return None
    try:
        keys = KeySet.from_file(path, allow_weak=True)
    except PyJWTError:
        return None
    for member in keys.skipped:
        terminal.warn(f"{path}: member {member.position} of the set is left out [{member.code}]")
    return keys


def _is_json(path: str) -> bool:
    # A pipe can be read once only, and the key was in it.
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(64).lstrip().startswith(b"{")
    except OSError:
        return False


def _text(keys: Sequence[Key], to: str, *, private: bool) -> bytes:
    if to == "jwks":
        return (to_json(KeySet(keys).to_jwks(private=private)) + "\n").encode()
    if len(keys) != 1:
        raise UsageProblem(f"the file holds {len(keys)} keys and {to} takes one", "--to jwks")
    key = keys[0]
    if to != "jwk" and key.kty == "oct":
        raise UsageProblem(f"an HMAC secret has no {to.upper()} form", "--to jwk")
    if to == "der":
        return key.to_der(private=private)
    return (key.to_pem(private=private) if to == "pem" else to_json(key.to_jwk(private=private)) + "\n").encode()


def _write(data: bytes, args: Arguments, terminal: Terminal, *, private: bool) -> int:
    if args.out is not None:
        from rapidjwt.cli import outfiles

        outfiles.write(args.out, data, private=private, force=args.force)
        terminal.say(f"rapidjwt: wrote {printable(args.out)}")
        return exits.OK
    if getattr(args, "to", None) == "der" and sys.stdout is not None and sys.stdout.isatty():
        raise UsageProblem("DER is binary and not shown on a terminal", "--out FILE")
    terminal.put_bytes(data)
    return exits.OK
