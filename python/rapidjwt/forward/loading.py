"""A configuration read and checked whole: the text, what it describes, where to listen, the keys that sign. What passes here, workers can run."""

from __future__ import annotations

from typing import NamedTuple

from rapidjwt.exceptions import PyJWTError
from rapidjwt.forward import listening, signing_keys, watching
from rapidjwt.forward.building import Parts, build_parts
from rapidjwt.forward.configuration import Configuration, read
from rapidjwt.forward.listening import Place
from rapidjwt.forward.mistakes import ConfigurationError, Mistake
from rapidjwt.forward.settings import Server
from rapidjwt.jwks import SigningKeyRing

__all__ = ["Loaded", "load", "needs_restart"]

_FOR_THE_START: tuple[str, ...] = ("listen", "workers", "socket_mode", "drain", "max_header_bytes")


class Loaded(NamedTuple):
    """A configuration that can be run."""

    configuration: Configuration
    parts: Parts
    place: Place
    ring: SigningKeyRing | None

    @property
    def server(self) -> Server:
        """`[server]`"""
        return self.configuration.settings.server


def load(path: str, before: Loaded | None = None) -> Loaded:
    """Read a configuration and try all of it.

    Args:
        before: the configuration in force, whose keys go on.

    Raises:
        ConfigurationError: with every mistake.
        OSError: the file cannot be read.
    """
    configuration = read(path)
    settings = configuration.settings
    mistakes: list[Mistake] = []
    parts = place = ring = None
    try:
        parts = build_parts(configuration)
    except ConfigurationError as error:
        mistakes += error.mistakes
    try:
        place = listening.place_of(settings.server.listen, insecure_bind=settings.server.insecure_bind)
    except ValueError as error:
        mistakes.append(configuration.mistake(("server", "listen"), str(error)))
    try:
        watching.check(settings)
    except ValueError as error:
        mistakes.append(configuration.mistake(("audit", str(error).partition(" ")[0]), str(error)))
    if settings.assertion is not None:
        try:
            ring = signing_keys.follow(settings.assertion, None if before is None else before.ring)
        except PyJWTError as error:
            mistakes.append(configuration.mistake(("assertion", "key_file"), f"{error} [{error.code}]"))
        except OSError as error:
            mistakes.append(configuration.mistake(("assertion", "key_file"), error.strerror or type(error).__name__))
    if mistakes or parts is None or place is None:
        raise ConfigurationError(mistakes)
    return Loaded(configuration, parts, place, ring)


def needs_restart(old: Server, new: Server) -> list[str]:
    """Settings that a reload cannot change."""
    return [name for name in _FOR_THE_START if getattr(old, name) != getattr(new, name)]
