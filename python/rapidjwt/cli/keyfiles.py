"""Keys, secrets and key sets from files and environment variables; every failure names the file and the way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from rapidjwt._impl import Key, KeySet
from rapidjwt.cli.arguments import Arguments
from rapidjwt.cli.exits import KeyUnusable, UsageProblem, system_message
from rapidjwt.cli.terminal import Terminal
from rapidjwt.exceptions import PyJWTError

_T = TypeVar("_T")

_HINTS: Final = {
    "key_encrypted": "give its password with --password-env NAME",
    "jwk_invalid": "a JWK Set belongs to --jwks",
    "jwks_invalid": "a single key belongs to --key",
    "jwks_empty": "see the warnings for the reason of each member",
    "secret_is_key": "for a public key leave out --alg HS*",
}
_FITS_NO_SECRET: Final = "a secret needs exactly one --alg HS256, HS384 or HS512"


def load_key(
    path: str,
    *,
    algorithm: str | None = None,
    kid: str | None = None,
    password: str | None = None,
    allow_weak: bool = False,
) -> Key:
    """Read one key file; asks for a password where a person is at the terminal and none was given."""

    def read(password: bytes | None) -> Key:
        return Key.from_file(path, algorithm=algorithm, kid=kid, password=password, allow_weak=allow_weak)

    _refuse_url(path)
    opened = None if password is None else environment(password)
    if opened is None and sys.stdin is not None and sys.stdin.isatty():
        return _told(path, lambda: _read_or_ask(path, read))
    return _told(path, lambda: read(opened))


def read_key_set(path: str, *, allow_weak: bool = False) -> KeySet:
    """Read a JWK Set file."""
    return _told(path, lambda: KeySet.from_file(path, allow_weak=allow_weak))


def load_key_set(path: str, terminal: Terminal, *, allow_weak: bool = False) -> KeySet:
    """Read a JWK Set file and warn of members that were left out."""
    _refuse_url(path)
    keys = read_key_set(path, allow_weak=allow_weak)
    for member in keys.skipped:
        terminal.warn(f"{path}: member {member.position} of the set is left out [{member.code}]")
    return keys


def load_secret(args: Arguments, algorithms: Iterable[str], terminal: Terminal) -> Key | None:
    """The secret of --key-env or --secret-unsafe, if one was given."""
    if args.key_env is not None:
        secret, name = environment(args.key_env), f"environment variable {args.key_env}"
    elif args.secret_unsafe is not None:
        terminal.warn("a secret on the command line can be seen by every user of this machine; prefer --key-env")
        secret, name = os.fsencode(args.secret_unsafe), "--secret-unsafe"
    else:
        return None
    algorithm = one_hmac(algorithms)
    kid = getattr(args, "kid", None)
    return _told(name, lambda: Key.from_secret(secret, algorithm=algorithm, kid=kid, allow_weak=args.allow_weak))


def one_hmac(algorithms: Iterable[str]) -> str:
    """The one algorithm that a secret is used with."""
    names = list(algorithms)
    if len(names) != 1 or not names[0].startswith("HS"):
        raise UsageProblem(_FITS_NO_SECRET)
    return names[0]


def environment(name: str) -> bytes:
    """The value of an environment variable, as bytes."""
    value = os.environ.get(name)
    if value is None:
        raise KeyUnusable(f"environment variable {name} is not set")
    return os.fsencode(value)


def _read_or_ask(path: str, read: Callable[[bytes | None], Key]) -> Key:
    from getpass import getpass

    try:
        return read(None)
    except PyJWTError as error:
        if error.code != "key_encrypted":
            raise
    return read(os.fsencode(getpass(f"Password of {path}: ")))


def _refuse_url(path: str) -> None:
    if path.startswith(("http://", "https://")):
        raise UsageProblem(
            "a key file is needed, not a URL", f"fetch it first: rapidjwt jwks fetch --out keys.json {path}"
        )


def _told(name: str, load: Callable[[], _T]) -> _T:
    try:
        return load()
    except OSError as error:
        raise KeyUnusable(f"{name}: {system_message(error)}") from None
    except PyJWTError as error:
        raise KeyUnusable(f"{name}: {error} [{error.code}]", _HINTS.get(error.code)) from None
    except EOFError:
        raise KeyUnusable(f"{name}: no password given") from None
