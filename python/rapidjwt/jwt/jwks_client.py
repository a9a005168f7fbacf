"""A client for the key set at an address (RFC 7517 section 5)."""

from __future__ import annotations

import http.client
import json
import math
import threading
import time
import urllib.request
from ssl import SSLContext
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlparse

from rapidjwt.jwt import _fetch
from rapidjwt.jwt._fetch import NoRedirectHandler as _NoRedirectHandler
from rapidjwt.jwt._key_cache import KeyCache
from rapidjwt.jwt.api_jwk import PyJWK, PyJWKSet
from rapidjwt.jwt.api_jwt import decode_complete as decode_token
from rapidjwt.jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError
from rapidjwt.jwt.jwk_set_cache import JWKSetCache

__all__ = ["PyJWKClient", "_NoRedirectHandler"]


class PyJWKClient:
    """Fetches keys and keeps them.

    Args:
        uri: address of the set, http or https.
        cache_keys: remember keys by `kid`, for `lifespan` seconds at most.
        max_cached_keys: how many of them.
        cache_jwk_set: keep the set that was fetched.
        lifespan: for how many seconds, more than 0.
        headers: HTTP headers of the request.
        timeout: seconds that a request may take.
        ssl_context: for https.
        cooldown_duration: seconds after a fetch in which an unknown `kid` does not cause another one; for sets that are kept.

    Raises:
        PyJWKClientError: `uri`, `lifespan` or `cooldown_duration` make no sense.
    """

    def __init__(
        self,
        uri: str,
        cache_keys: bool = False,
        max_cached_keys: int = 16,
        cache_jwk_set: bool = True,
        lifespan: float = 300,
        headers: dict[str, Any] | None = None,
        timeout: float = 30,
        ssl_context: SSLContext | None = None,
        cooldown_duration: float = 30,
    ) -> None:
        _check_scheme(uri)
        _check_cooldown(cooldown_duration)
        if cache_jwk_set and lifespan <= 0:
            raise PyJWKClientError(f'Lifespan must be greater than 0, the input is "{lifespan}"')
        self.uri = uri
        self.headers: dict[str, Any] = {} if headers is None else headers
        self.timeout = timeout
        self.ssl_context = ssl_context
        self.cooldown_duration = cooldown_duration
        self.jwk_set_cache: JWKSetCache | None = JWKSetCache(lifespan) if cache_jwk_set else None
        self._last_successful_fetch: float | None = None
        self._client_lock = threading.RLock()
        self._key_cache: KeyCache | None = None
        if cache_keys:
            self._key_cache = KeyCache(self.get_signing_key, max_cached_keys, lifespan)
            self.get_signing_key = self._key_cache  # type: ignore[method-assign]

    def fetch_data(self) -> Any:
        """Fetch the set, keep it where sets are kept, and return it as a dict.

        Raises:
            PyJWKClientConnectionError: no answer, or not in time.
            PyJWKClientError: the answer is not a JSON object, or too large.
            PyJWKSetError: it is to be kept and has no usable key.
        """
        jwk_set = self._as_jwk_set_payload(_json(self._fetch()))
        # Only now: a fetch that fails leaves the earlier set in place.
        if self.jwk_set_cache is not None:
            self.jwk_set_cache.put(jwk_set)
        self._last_successful_fetch = time.monotonic()
        return jwk_set

    def _fetch(self) -> Any:
        try:
            request = urllib.request.Request(url=self.uri, headers=self.headers)  # noqa: S310  # the scheme was checked
            opener = urllib.request.build_opener(*_fetch.handlers(self.timeout, self.ssl_context))
            with opener.open(request, timeout=self.timeout) as response:
                return _fetch.read(response)
        except _fetch.TooLargeError:
            raise PyJWKClientError(f"The JWKS endpoint returned more than {_fetch.LARGEST} bytes") from None
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, HTTPError):
                error.close()
            raise PyJWKClientConnectionError(f'Fail to fetch data from the url, err: "{error}"') from error

    def get_jwk_set(self, refresh: bool = False) -> PyJWKSet:
        """The set: the one that is kept, unless `refresh` says to fetch it. Errors as for `fetch_data`, and PyJWKSetError."""
        kept = None if refresh or self.jwk_set_cache is None else self.jwk_set_cache.get()
        if kept is not None:
            return kept
        fetched = self.fetch_data()
        if not isinstance(fetched, PyJWKSet):
            fetched = PyJWKSet.from_dict(self._as_jwk_set_payload(fetched))
        # A subclass may have changed what it fetched: what is kept is what is handed out.
        if self.jwk_set_cache is not None:
            self.jwk_set_cache.put(fetched)
        if self._key_cache is not None:
            self._key_cache.keep_only(fetched)
        return fetched

    @staticmethod
    def _as_jwk_set_payload(data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise PyJWKClientError("The JWKS endpoint did not return a JSON object")
        return data

    def get_signing_keys(self, refresh: bool = False) -> list[PyJWK]:
        """The keys of the set that have a `kid` and are not for something else than signatures.

        Raises:
            PyJWKClientError: there are none. Else as for `get_jwk_set`.
        """
        return self._get_signing_keys_from_jwk_set(self.get_jwk_set(refresh))

    @staticmethod
    def _get_signing_keys_from_jwk_set(jwk_set: PyJWKSet) -> list[PyJWK]:
        keys = [key for key in jwk_set.keys if key.key_id and key.public_key_use in ("sig", None)]
        if not keys:
            raise PyJWKClientError("The JWKS endpoint did not contain any signing keys")
        return keys

    def get_signing_key(self, kid: str) -> PyJWK:
        """The key of a `kid`. For one that the set does not have, the set is fetched again, unless that was just done.

        Raises:
            PyJWKClientError: there is no such key. Else as for `get_signing_keys`.
        """
        with self._client_lock:
            key = self.match_kid(self.get_signing_keys(), kid)
            if key is None and not self._is_cooling_down():
                keys = self.get_signing_keys(refresh=True)
                self._last_successful_fetch = time.monotonic()
                key = self.match_kid(keys, kid)
        if key is None:
            raise PyJWKClientError(f'Unable to find a signing key that matches: "{kid}"')
        return key

    def _is_cooling_down(self) -> bool:
        if self.jwk_set_cache is None or self._last_successful_fetch is None:
            return False
        return time.monotonic() - self._last_successful_fetch < self.cooldown_duration

    def get_signing_key_from_jwt(self, token: str | bytes) -> PyJWK:
        """The key that a token names with its `kid`. The token is read, not verified: InvalidTokenError when that fails."""
        unverified = decode_token(token, options={"verify_signature": False})
        return self.get_signing_key(unverified["header"].get("kid"))

    @staticmethod
    def match_kid(signing_keys: list[PyJWK], kid: str) -> PyJWK | None:
        """The first of the keys with this `kid`; None when there is none."""
        return next((key for key in signing_keys if key.key_id == kid), None)


def _check_scheme(uri: str) -> None:
    """Other schemes would read files, or whatever else an address from a token's header may name."""
    scheme = urlparse(uri).scheme.lower()
    if scheme not in ("http", "https"):
        raise PyJWKClientError(f"Invalid JWKS URI scheme {scheme!r}: only 'http' and 'https' are supported.")


def _check_cooldown(seconds: float) -> None:
    if seconds < 0:
        raise PyJWKClientError(f'Cooldown duration must be greater than or equal to 0, the input is "{seconds}"')
    if not math.isfinite(seconds):
        raise PyJWKClientError(f'Cooldown duration must be finite, the input is "{seconds}"')


def _json(body: Any) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PyJWKClientError("The JWKS endpoint did not return a JSON object") from error
