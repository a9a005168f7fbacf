"""What the constructors of `Key` do: arguments and bytes in any format in, a bound key out. In the order of their code: options,
size, form, algorithm, numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rapidjwt._fallback import input
from rapidjwt._fallback.keys import der as der_module
from rapidjwt._fallback.keys import file, openssh
from rapidjwt._fallback.keys import pem as pem_module
from rapidjwt._fallback.keys.binding import Bound, Options
from rapidjwt._fallback.keys.material import Parts

__all__ = ["from_der", "from_file", "from_jwk", "from_openssh", "from_pem", "from_secret"]


def from_pem(pem: object, algorithm: object, kid: object, password: object, allow_weak: object) -> Bound:
    options = Options(algorithm, kid, allow_weak, password)
    return options.bind(_read("pem", input.text("pem", pem), options.password))


def from_der(der: object, algorithm: object, kid: object, password: object, allow_weak: object) -> Bound:
    options = Options(algorithm, kid, allow_weak, password)
    if not isinstance(der, bytes):
        raise input.type_error("der", "bytes", der)
    return options.bind(_read("der", input.text("der", der), options.password))


def from_openssh(line: object, algorithm: object, kid: object, allow_weak: object) -> Bound:
    options = Options(algorithm, kid, allow_weak)
    return options.bind(_read("openssh", input.text("line", line), None))


def from_jwk(jwk: object, algorithm: object, kid: object, allow_weak: object) -> Bound:
    options = Options(algorithm, kid, allow_weak)
    if isinstance(jwk, Mapping):
        return options.bind_jwk(jwk)
    return options.bind_jwk(input.text("jwk", jwk, "a mapping, str or bytes"))


def from_secret(secret: object, algorithm: object, kid: object, allow_weak: object) -> Bound:
    options = Options(None, kid, allow_weak)
    options.algorithm = input.needed_algorithm(algorithm)
    return options.bind_secret(input.text("secret", secret))


def from_file(path: object, algorithm: object, kid: object, password: object, allow_weak: object) -> Bound:
    options = Options(algorithm, kid, allow_weak, password)
    data = file.load(path)
    kind = file.kind(data, is_secret=options.algorithm is not None and options.algorithm.kty == "oct")
    if kind == "jwk":
        return options.bind_jwk(data)
    if kind == "secret":
        return options.bind_secret(file.without_line_end(data))
    return options.bind(_read(kind, data, options.password))


def _read(kind: Literal["der", "pem", "openssh"], data: bytes, password: bytes | None) -> Parts:
    file.check_length(data)
    if kind == "der":
        return der_module.read(data, password)
    # A text without any armour may be an OpenSSH line.
    is_pem = kind == "pem" and pem_module.is_pem(data)
    return pem_module.read(data, password) if is_pem else openssh.read(data)
