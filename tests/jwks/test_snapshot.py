"""The file that carries keys over a restart during an outage, and who must not be able to write it."""

from __future__ import annotations

import json
import os
import stat
import threading

import pytest
from clock import START
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from origin import ISSUER, URL, World

from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwks import snapshot as snapshots
from rapidjwt.jwks.snapshot import Snapshot

HOUR = 3600
SAVED = Snapshot(ISSUER, URL, URL, START, 300.0, '{"keys":[]}')


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def world(clock, path):
    it = World(clock, "a", snapshot=path)
    assert it.found("a")
    it.settled()
    return it


def only_event(it):
    assert len(it.events) == 1
    return it.events[0]


def restart(it):
    it.events.clear()
    it.restart()


def test_a_restart_during_the_outage_verifies_with_keys_as_old_as_they_are(world):
    world.origin.down = OSError("gone")
    world.clock.forward(3 * HOUR)
    restart(world)
    health = world.source.health()
    assert (health.usable, health.fresh, health.restored, health.age) == (True, False, True, 3 * HOUR)
    assert only_event(world).kind == "restored"
    before = world.origin.fetches
    assert all(world.live(HOUR, "a"))
    assert world.origin.fetches > before  # it keeps trying
    assert world.source.health().age == 4 * HOUR
    world.origin.down = None
    assert all(world.live(70, "a", step=1))
    assert world.source.health().restored is False
    assert world.source.health().fresh


def test_a_snapshot_is_used_only_until_the_first_answer(world):
    world.origin.publish("b")
    restart(world)
    assert world.reader.usable("a")
    assert world.found("a")  # and this starts a fetch
    world.settled()
    assert not world.reader.usable("a")
    assert world.found("b")


def test_keys_of_a_snapshot_die_by_the_time_of_their_fetch_not_of_the_restart(world):
    world.origin.down = OSError("gone")
    world.clock.forward(90_299)
    restart(world)
    assert world.found("a")
    world.clock.forward(2)
    assert not world.found("a")
    restart(world)
    assert not world.found("a")
    assert world.source.health().keys == 0


def test_an_unchanged_answer_renews_the_age_in_the_snapshot(world, path):
    world.clock.forward(240)
    assert world.found("a")
    world.settled()
    assert world.source.health().unchanged_fetches == 1
    assert json.loads(path.read_text())["fetched_at"] == world.clock()


def test_it_is_written_whole_and_for_its_owner_only(world, path):
    status = path.stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]
    assert set(json.loads(path.read_text())) == {"form", *Snapshot._fields}


def test_a_symbolic_link_in_its_place_is_replaced_not_followed(path, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.symlink_to(victim)
    snapshots.save(str(path), SAVED)
    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def open_to_others(path):
    path.chmod(0o640)


def link(path):
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def folder(path):
    path.unlink()
    path.mkdir(mode=0o700)


def pipe(path):
    path.unlink()
    os.mkfifo(path, 0o600)


def rewritten(**members):
    def change(path):
        path.write_text(json.dumps(json.loads(path.read_text()) | members))

    return change


def text(raw):
    return lambda path: path.write_bytes(raw)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (open_to_others, "snapshot_unsafe"),
        (link, "snapshot_unsafe"),
        (folder, "snapshot_unsafe"),
        (pipe, "snapshot_unsafe"),
        (text(b""), "snapshot_invalid"),
        (text(b"[]"), "snapshot_invalid"),
        (text(b"\xff\xfe"), "snapshot_invalid"),
        (text(b"[" * 100_000), "snapshot_invalid"),
        (rewritten(form=2), "snapshot_invalid"),
        (rewritten(issuer="https://other.example"), "snapshot_invalid"),
        (rewritten(jwks_url="https://other.example/jwks"), "snapshot_invalid"),
        (rewritten(more=1), "snapshot_invalid"),
        (rewritten(location=None), "snapshot_invalid"),
        (rewritten(issuer=None), "snapshot_invalid"),
        (rewritten(fetched_at="now"), "snapshot_invalid"),
        (rewritten(fetched_at=True), "snapshot_invalid"),
        (rewritten(fetched_at=START + 3600), "snapshot_invalid"),
        (rewritten(fetched_at=-(10**400)), "snapshot_invalid"),
        (rewritten(lifetime=10**400), "snapshot_invalid"),
        (rewritten(lifetime=None), "snapshot_invalid"),
        (rewritten(document="<html>"), "jwks_invalid"),
        (rewritten(document='{"keys":[]}'), "jwks_empty"),
        (rewritten(document="\ud800"), "jwks_invalid"),
    ],
)
def test_one_that_somebody_else_could_have_written_or_that_is_damaged_is_not_used(world, path, damage, code):
    damage(path)
    restart(world)
    event = only_event(world)
    assert (event.kind, event.error.code) == ("snapshot", code)
    assert not world.source.health().usable
    assert world.found("a")  # the provider is there


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_one_of_another_owner_is_not_used(world, path):
    os.chown(path, 12345, -1)
    restart(world)
    assert only_event(world).error.code == "snapshot_unsafe"


def test_a_folder_that_is_not_there_is_told_and_costs_no_keys(clock, tmp_path):
    it = World(clock, "a", snapshot=tmp_path / "absent" / "keys.json")
    assert it.found("a")
    it.settled()
    assert [event.kind for event in it.events] == ["fetched", "snapshot"]
    assert it.events[1].error.code == "file_unreadable"


def test_readers_find_the_old_one_or_the_new_one(path):
    snapshots.save(str(path), SAVED)
    stop = threading.Event()

    def write():
        for number in range(300):
            snapshots.save(str(path), SAVED._replace(document="x" * (number * 100)))
        stop.set()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while not stop.is_set():
        assert snapshots.load(str(path)) is not None
    for writer in writers:
        writer.join(60)
    assert os.listdir(path.parent) == [path.name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_a_snapshot_or_our_error(path, raw):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(descriptor, raw)
    os.close(descriptor)
    with pytest.raises(PyJWTError):
        snapshots.load(str(path))
