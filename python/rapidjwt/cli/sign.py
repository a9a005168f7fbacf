"""`rapidjwt sign`: claims in, a compact JWS out. How long it lives has to be said."""

from __future__ import annotations

import argparse
from typing import Any, Final

from rapidjwt._impl import Key
from rapidjwt.cli import exits, keyfiles
from rapidjwt.cli.arguments import Arguments, Commands, add_command, add_now, algorithm, duration
from rapidjwt.cli.exits import KeyUnusable, UsageProblem
from rapidjwt.cli.terminal import Terminal

_LIKE_A_DATE: Final = 100_000_000
"""A lifetime of more seconds, three years, written without a unit is surely a date."""


def declare(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "sign", run, aliases=("encode",), help="sign a token")
    _add_key(parser)
    lifetime = parser.add_mutually_exclusive_group(required=True)
    lifetime.add_argument("--exp", type=_lifetime, metavar="TIME", help="how long the token is valid: +15m, 900")
    lifetime.add_argument("--no-exp", action="store_true", help="a token that never expires")
    parser.add_argument(
        "--claim", "-c", action="append", default=[], metavar="K=V", help="a claim: k=text or k:=json; repeatable"
    )
    parser.add_argument("--json", metavar="FILE", help="a JSON object of claims; - reads stdin; --claim adds to it")
    parser.add_argument("--issuer", "--iss", metavar="ISS", help="claim iss")
    parser.add_argument("--audience", "--aud", action="append", metavar="AUD", help="claim aud; repeatable")
    parser.add_argument("--subject", "--sub", metavar="SUB", help="claim sub")
    parser.add_argument("--jti", nargs="?", const="", metavar="ID", help="claim jti; a new random one without ID")
    parser.add_argument("--typ", default="JWT", metavar="TYP", help="typ of the header (JWT)")
    parser.add_argument("--kid", metavar="KID", help="key ID of the header (default: the key's)")
    parser.add_argument(
        "--header", action="append", default=[], metavar="K=V", help="a header member: k=text or k:=json; repeatable"
    )
    add_now(parser)


def _add_key(parser: argparse.ArgumentParser) -> None:
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--key", metavar="FILE", help="the private key: PEM, DER or JWK; a raw secret with --alg HS*")
    key.add_argument("--key-env", metavar="NAME", help="environment variable with an HMAC secret; needs --alg")
    key.add_argument("--secret-unsafe", metavar="SECRET", help="an HMAC secret for all to see; needs --alg")
    parser.add_argument("--alg", type=algorithm, metavar="ALG", help="algorithm (default: the one of the key)")
    parser.add_argument("--password-env", metavar="NAME", help="environment variable with the key file's password")
    parser.add_argument("--allow-weak", action="store_true", help="accept short HMAC secrets")


def run(args: Arguments, terminal: Terminal) -> int:
    """Write the token to stdout."""
    from rapidjwt.cli.claims import assignments
    from rapidjwt.signer import Signer

    key = _key(args, terminal)
    now = args.now
    try:
        signer = Signer(
            key,
            expires_in=args.exp,
            algorithm=args.alg,
            kid=args.kid,
            typ=args.typ,
            jti=args.jti == "",
            headers=assignments(args.header, "--header") or None,
            clock=None if now is None else lambda: now,
        )
        terminal.put(signer.sign(_claims(args)))
    except (TypeError, ValueError) as error:
        raise UsageProblem(str(error)) from None
    return exits.OK


def _key(args: Arguments, terminal: Terminal) -> Key:
    secret = keyfiles.load_secret(args, [args.alg] if args.alg else [], terminal)
    if secret is not None:
        return secret
    key = keyfiles.load_key(args.key, algorithm=args.alg, password=args.password_env, allow_weak=args.allow_weak)
    if not key.is_private:
        raise KeyUnusable(f"{args.key}: a public key where a private one belongs [key_public]")
    return key


def _claims(args: Arguments) -> dict[str, Any]:
    from rapidjwt.cli.claims import assignments, json_object

    claims = {} if args.json is None else json_object(args.json)
    own = assignments(args.claim, "--claim")
    if args.exp is not None:
        if "exp" in own:
            raise UsageProblem("--claim exp and --exp are two answers to one question", "say --no-exp with --claim exp")
        # Claims of an older token may be signed again: its dates yield to the lifetime asked for now.
        for name in ("exp", "iat"):
            claims.pop(name, None)
    audience = args.audience[0] if args.audience and len(args.audience) == 1 else args.audience
    said = {"iss": args.issuer, "sub": args.subject, "aud": audience, "jti": args.jti or None}
    return {**claims, **own, **{name: value for name, value in said.items() if value is not None}}


def _lifetime(text: str) -> float:
    seconds = duration(text)
    if seconds > _LIKE_A_DATE and text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} looks like a date, not a lifetime (say --no-exp --claim exp:={text})")
    return seconds
