"""One row a code of fetching: how a server or a file provokes it, and what health and events say of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from origin import ISSUER, URL, Origin, World

from rapidjwt.exceptions import CODES, KeyFetchError, PyJWTError
from rapidjwt.jwks import Response
from rapidjwt.jwks import snapshot as snapshots


class Row(NamedTuple):
    provoke: Callable[[Any, Any], PyJWTError]
    message: str


def answers(response, **options):
    """What a fetch fails with when the origin answers so; a document of metadata comes first with `discovery`."""

    def provoke(clock, folder):
        it = World(clock, transport=response if callable(response) else lambda request: response, **options)
        assert not it.found("a")
        it.settled()
        (event,) = it.events
        assert event.kind == "failed"
        assert it.source.health().last_error == event.error.code
        return event.error

    return provoke


def raises(error):
    def transport(request):
        raise error

    return answers(transport)


def metadata(**members):
    body = json.dumps({"issuer": ISSUER, "jwks_uri": URL} | members).encode()
    return answers(Response(200, {}, body), discovery=True, allowed_hosts=["issuer.example"])


def loads(damage):
    def provoke(clock, folder):
        path = folder / "keys.json"
        snapshots.save(str(path), snapshots.Snapshot(ISSUER, URL, URL, clock(), 300, '{"keys":[]}'))
        damage(path)
        it = World(clock, transport=Origin(), snapshot=path)
        return it.events[0].error

    return provoke


def writes_nowhere(clock, folder):
    it = World(clock, "a", snapshot=folder / "absent" / "keys.json")
    assert it.found("a")
    it.settled()
    return it.events[-1].error


ROWS = {
    "fetch_failed": Row(raises(ConnectionRefusedError()), "The connection failed"),
    "fetch_timeout": Row(raises(TimeoutError()), "The answer did not come in time"),
    "fetch_status": Row(answers(Response(404, {}, b"")), "The answer has another status than 200"),
    "fetch_redirect": Row(
        answers(Response(302, {"location": "/x"}, b"")), "The answer is a redirect that must not be followed"
    ),
    "fetch_encoded": Row(
        answers(Response(200, {"content-encoding": "gzip"}, b"")), "The answer is compressed, unasked"
    ),
    "fetch_too_large": Row(
        answers(Response(200, {}, b"x" * 9), max_bytes=8), "The answer is longer than max_bytes=8"
    ),
    "fetch_insecure": Row(metadata(jwks_uri="http://10.0.0.1/"), "The metadata names an address that is not https"),
    "fetch_host": Row(metadata(jwks_uri="https://evil.example/"), "The metadata names a host that is not allowed"),
    "discovery_invalid": Row(metadata(jwks_uri=7), "The document is not the metadata of an issuer"),
    "discovery_issuer": Row(metadata(issuer=ISSUER + "/"), "The metadata belongs to another issuer"),
    "snapshot_unsafe": Row(
        loads(lambda path: path.chmod(0o644)), "The snapshot is no plain file that only its owner, who we are, can use"
    ),
    "snapshot_invalid": Row(
        loads(lambda path: path.write_text("{}")), "The snapshot is damaged, or of another key set"
    ),
    "file_unreadable": Row(writes_nowhere, "The file cannot be read or written"),
}  # fmt: skip


@pytest.mark.parametrize("code", ROWS)
def test_row(clock, tmp_path, code):
    error = ROWS[code].provoke(clock, tmp_path)
    assert (type(error), error.code, error.reason, str(error)) == (
        KeyFetchError, code, "keys_unavailable", ROWS[code].message
    )  # fmt: skip


def test_every_code_of_fetching_has_a_row():
    assert set(ROWS) == {code for code, spec in CODES.items() if spec.cls is KeyFetchError}
