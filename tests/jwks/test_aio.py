"""Key sets under asyncio: nobody blocks the loop, all wait for one fetch, and nobody's giving up ends it for the others."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from origin import World

from rapidjwt.jwks import workers

BOTH = pytest.mark.parametrize("native", [False, True], ids=["thread", "task"])


def make(clock, native, *kids, **options):
    it = World(clock, *kids, **options)
    if native:
        it.options["async_transport"] = it.origin.asynchronously
        it.options["transport"] = None
        it.restart()
    return it


@BOTH
def test_a_thousand_tasks_at_a_cold_start_cause_one_fetch(clock, native):
    it = make(clock, native, "a")
    it.origin.gate.clear()

    async def main():
        tasks = [asyncio.ensure_future(it.reader.afound("a")) for _ in range(1000)]
        await asyncio.sleep(0.05)
        it.origin.gate.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(main()) == [True] * 1000
    assert it.origin.fetches == 1


@BOTH
def test_a_waiter_that_is_cancelled_takes_nobody_with_it(clock, native):
    it = make(clock, native, "a")
    it.origin.gate.clear()

    async def main():
        first = asyncio.ensure_future(it.reader.afound("a"))
        await asyncio.sleep(0.01)
        others = [asyncio.ensure_future(it.reader.afound("a")) for _ in range(10)]
        await asyncio.sleep(0.01)
        first.cancel()
        others[0].cancel()
        await asyncio.sleep(0.01)
        it.origin.gate.set()
        done = await asyncio.gather(first, *others, return_exceptions=True)
        assert isinstance(done[0], asyncio.CancelledError)
        assert isinstance(done[1], asyncio.CancelledError)
        return done[2:]

    assert asyncio.run(main()) == [True] * 9
    assert it.origin.fetches == 1


@BOTH
def test_inside_a_loop_find_never_waits_and_the_fetch_goes_on(clock, native):
    it = make(clock, native, "a")
    it.origin.gate.clear()

    async def main():
        assert it.source.find("a") is False
        assert it.source.find("a") is False
        it.origin.gate.set()
        while it.slot.keys is None:
            await asyncio.sleep(0.001)
        return it.reader.found("a")

    assert asyncio.run(asyncio.wait_for(main(), 20)) is True
    assert it.origin.fetches == 1


@BOTH
def test_a_key_that_is_due_is_refreshed_while_the_loop_goes_on(clock, native):
    it = make(clock, native, "a")

    async def main():
        assert await it.reader.afound("a")
        it.clock.forward(240)
        it.origin.gate.clear()
        assert it.reader.found("a")
        assert await it.reader.afound("a")
        it.origin.gate.set()
        while it.origin.fetches < 2 or it.source._flight is not None:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 20))
    assert it.source.health().age == 0


@BOTH
def test_a_hung_provider_holds_a_task_until_the_deadline_and_the_loop_never(clock, native):
    it = make(clock, native, "a", timeout=0.2)
    it.origin.gate.clear()

    async def main():
        waiting = asyncio.ensure_future(it.reader.afound("a"))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert turns > 5
        return await waiting

    began = time.monotonic()
    assert asyncio.run(main()) is False
    assert time.monotonic() - began < 10
    it.origin.gate.set()


@BOTH
def test_a_source_belongs_to_no_loop(clock, native):
    it = make(clock, native, "a")
    assert asyncio.run(it.reader.afound("a"))
    it.origin.publish("a", "b")
    assert asyncio.run(it.reader.afound("b"))
    it.origin.publish("a", "b", "c")
    it.clock.forward(30)
    assert it.reader.found("c")
    assert it.origin.fetches == 3


def test_a_loop_that_ends_in_the_middle_of_its_fetch_leaves_the_source_usable(clock):
    it = make(clock, True, "a")
    it.origin.gate.clear()

    async def main():
        assert it.source.find("a") is False
        await asyncio.sleep(0.01)

    asyncio.run(main())
    assert it.source.health().last_error == "fetch_failed"
    it.origin.gate.set()
    it.clock.forward(1)
    assert it.reader.found("a")


def test_threads_wait_for_the_fetch_of_a_task(clock):
    it = make(clock, True, "a")
    it.origin.gate.clear()
    found = []

    async def main():
        assert it.source.find("a") is False
        threads = [threading.Thread(target=lambda: found.append(it.reader.found("a"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.sleep(0.02)
        it.origin.gate.set()
        while len(found) < 4:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 20))
    assert found == [True] * 4
    assert it.origin.fetches == 1


def test_refresh_does_not_block_a_loop(clock):
    it = make(clock, False, "a")

    async def main():
        with pytest.raises(RuntimeError, match="await arefresh"):
            it.source.refresh()
        return await it.source.arefresh()

    assert asyncio.run(main()) is True


def test_where_no_thread_can_be_started_the_loop_does_not_fetch_in_its_own(clock, monkeypatch):
    it = make(clock, False, "a")
    fetching = []
    it.source._parts = it.source._parts._replace(
        transport=lambda request: fetching.append(threading.current_thread()) or it.origin(request)
    )
    monkeypatch.setattr(workers, "shared", workers.Workers(32))

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    async def main():
        with monkeypatch.context() as context:
            context.setattr(threading.Thread, "start", refuse)
            assert not it.source.find("a")
            assert fetching == []
        clock.forward(60)
        assert await it.source.afind("a")

    asyncio.run(main())
    assert threading.current_thread() not in fetching


def test_the_end_waits_for_what_runs_and_starts_nothing_more():
    some = workers.Workers(2)
    began, done, late = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        began.set()
        time.sleep(0.1)
        done.set()

    some.submit(job)
    assert began.wait(20)
    some.end()
    assert done.is_set()
    some.submit(late.set)
    assert not late.wait(0.05)
