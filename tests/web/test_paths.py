"""What says one thing only, and what does not: the path as the application has it beside the path as it was sent."""

from __future__ import annotations

from urllib.parse import unquote, unquote_to_bytes

import pytest
from tricks import INNOCENT, TRICKS

from rapidjwt.web._paths import is_plain, plain_path


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_tricks_as_they_are_sent(trick):
    assert plain_path(None, trick.target) is None
    assert plain_path(unquote(trick.target), trick.target) is None
    assert plain_path("/public/x", trick.target) is None


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_tricks_where_only_the_decoded_path_is_known(trick):
    decoded = unquote_to_bytes(trick.target).decode("utf-8", "surrogateescape")
    assert plain_path(decoded, None) == (decoded if trick.only_as_sent else None)


@pytest.mark.parametrize("target", INNOCENT)
def test_odd_and_innocent(target):
    path = unquote(target)
    assert plain_path(path, target) == plain_path(path, None) == plain_path(None, target) == path


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/a/b.c/d", "/é/漢字", "/a b"])
def test_plain(path):
    assert is_plain(path)
    assert plain_path(path, None) == path


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *map(ord, "\\;?#")])
def test_no_such_character_anywhere(code):
    for path in (f"/{chr(code)}", f"/a{chr(code)}b", f"/a{chr(code)}", f"{chr(code)}/a"):
        assert plain_path(path, None) is None
    assert plain_path(None, f"/a%{code:02x}") is None
    assert plain_path(None, f"/a%{code:02X}b") is None


def test_below_a_mount_point_the_applications_path_counts():
    assert plain_path("/orders/7", "/api/orders/7") == "/orders/7"
    assert plain_path("/orders/../7", "/api/orders/7") is None
    assert plain_path("/orders/7", "/api/orders/%2e%2e/7") is None


def test_no_path_at_all():
    assert plain_path(None, None) is None
    assert plain_path("", None) is None
    assert plain_path("", "") is None


def test_what_was_sent_must_be_ascii():
    assert plain_path("/é", "/é") is None
    assert plain_path("/é", "/%C3%A9") == "/é"


@pytest.mark.parametrize("first", range(0xF5, 0x100))
def test_bytes_that_utf_8_never_has(first):
    assert plain_path(None, f"/a%{first:02x}") is None


def test_lone_surrogates():
    assert plain_path("/\ud800", None) is None
