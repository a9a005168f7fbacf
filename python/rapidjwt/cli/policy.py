"""The options of `verify` as a Verifier. What is not said is refused here, never guessed from a token."""

from __future__ import annotations

import argparse

from rapidjwt._impl import Key, KeySet, Verifier
from rapidjwt.cli import keyfiles
from rapidjwt.cli.arguments import Arguments, add_limits, add_now, algorithm, duration
from rapidjwt.cli.exits import KeyUnusable, UsageProblem
from rapidjwt.cli.terminal import Terminal


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a policy."""
    _add_keys(parser.add_argument_group("keys"))
    claims = parser.add_argument_group("claims")
    issuer = claims.add_mutually_exclusive_group(required=True)
    issuer.add_argument("--issuer", "--iss", action="append", metavar="ISS", help="accepted issuer; repeatable")
    issuer.add_argument("--no-issuer", action="store_true", help="do not check the issuer")
    audience = claims.add_mutually_exclusive_group(required=True)
    audience.add_argument("--audience", "--aud", action="append", metavar="AUD", help="accepted audience; repeatable")
    audience.add_argument("--no-audience", action="store_true", help="the token must not carry an audience")
    claims.add_argument("--subject", "--sub", metavar="SUB", help="the only accepted subject")
    claims.add_argument("--leeway", type=duration, default=0, metavar="TIME", help="clock difference forgiven (0)")
    claims.add_argument(
        "--require", action="append", default=[], metavar="CLAIM", help="claim that must be there; repeatable"
    )
    claims.add_argument("--allow-no-exp", action="store_true", help="accept tokens that never expire")
    claims.add_argument("--typ", action="append", metavar="TYP", help="accepted typ of the header; repeatable")
    claims.add_argument("--max-age", type=duration, metavar="TIME", help="longest time since iat")
    claims.add_argument("--max-lifetime", type=duration, metavar="TIME", help="longest time from iat to exp")
    add_now(parser)
    add_limits(parser)
    parser.add_argument("--allow-padding", action="store_true", help="accept segments with their = (AWS ALB)")


def _add_keys(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--jwks", metavar="FILE", help="a JWK Set of public keys")
    group.add_argument("--key", action="append", default=[], metavar="FILE", help="PEM, DER, JWK, OpenSSH; repeatable")
    group.add_argument("--key-env", metavar="NAME", help="environment variable with an HMAC secret; needs --alg")
    group.add_argument("--secret-unsafe", metavar="SECRET", help="an HMAC secret for all to see; needs --alg")
    group.add_argument(
        "--alg",
        action="append",
        type=algorithm,
        metavar="ALG",
        help="accepted algorithm; repeatable (default: those that the keys are bound to)",
    )
    group.add_argument(
        "--allow-weak", action="store_true", help="accept short HMAC secrets and RSA keys from 1024 bits"
    )


def verifier_from(args: Arguments, terminal: Terminal) -> Verifier:
    """Load the keys and build the policy."""
    keys = _load(args, terminal)
    algorithms = list(dict.fromkeys(args.alg or _pinned(keys)))
    now = args.now
    try:
        return Verifier(
            keys,
            algorithms=algorithms,
            issuer=args.issuer,
            audience=args.audience,
            subject=args.subject,
            leeway=args.leeway,
            require=tuple(dict.fromkeys([*([] if args.allow_no_exp else ["exp"]), *args.require])),
            typ=args.typ,
            max_age=args.max_age,
            max_lifetime=args.max_lifetime,
            clock=None if now is None else lambda: now,
            max_token_bytes=args.max_token_bytes,
            max_header_bytes=args.max_header_bytes,
            max_depth=args.max_depth,
            allow_padding=args.allow_padding,
        )
    except (ValueError, TypeError) as error:
        raise UsageProblem(str(error)) from None


def _load(args: Arguments, terminal: Terminal) -> KeySet:
    sources: list[tuple[str, list[Key]]] = []
    if args.jwks is not None:
        sources.append((args.jwks, list(keyfiles.load_key_set(args.jwks, terminal, allow_weak=args.allow_weak))))
    sources += [(path, [_load_key(path, args)]) for path in args.key]
    secret = keyfiles.load_secret(args, args.alg or (), terminal)
    if secret is not None:
        sources.append(("", [secret]))
    if not sources:
        raise UsageProblem("no key given", "--jwks FILE, --key FILE or --key-env NAME")
    for path, keys in sources:
        _refuse_private(path, keys)
    return KeySet(key for _, keys in sources for key in keys)


def _load_key(path: str, args: Arguments) -> Key:
    # A raw secret is told from a broken key by the one algorithm that the user names, never by its bytes.
    algorithm = args.alg[0] if args.alg and len(args.alg) == 1 else None
    try:
        return keyfiles.load_key(path, algorithm=algorithm, allow_weak=args.allow_weak)
    except KeyUnusable as problem:
        if len(args.alg or ()) > 1 and any(name.startswith("HS") for name in args.alg):
            problem.hint = problem.hint or "the file of a raw secret needs exactly one --alg"
        raise


def _refuse_private(path: str, keys: list[Key]) -> None:
    if any(key.is_private and key.kty != "oct" for key in keys):
        raise KeyUnusable(
            f"{path}: a private key where a public one belongs [key_private]",
            f"take its public part: rapidjwt key public {path}",
        )


def _pinned(keys: KeySet) -> list[str]:
    names: list[str] = []
    for key in keys:
        # The two names of Ed25519 mean one algorithm (RFC 9864 section 2.2), so the key leaves nothing open.
        bound = key.algorithms if key.kty == "OKP" else () if key.algorithm is None else (key.algorithm,)
        if not bound:
            which = "a key" if key.kid is None else f"key {key.kid!r}"
            raise UsageProblem(
                f"--alg is needed: {which} of type {key.kty} fits {', '.join(key.algorithms)}",
                "say which of them the issuer uses",
            )
        names += bound
    return names
