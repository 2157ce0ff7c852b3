"""A thread that does what it is asked, in order."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from queue import SimpleQueue
from typing import Any

import pytest

from desktop_chat.store import worker as module
from desktop_chat.store.worker import Worker


async def test_work_is_done_in_the_order_it_was_asked_for() -> None:
    worker = Worker("test")
    done: list[int] = []

    await asyncio.gather(*(worker.run(partial(done.append, number)) for number in range(100)))

    assert done == list(range(100))
    worker.stop()


async def test_all_work_is_done_in_one_thread_which_is_not_ours() -> None:
    worker = Worker("test")

    threads = {await worker.run(threading.current_thread) for _ in range(5)}

    (thread,) = threads
    assert thread is not threading.current_thread()
    assert (thread.name, thread.daemon) == ("test", True)
    worker.stop()


async def test_an_error_comes_to_whoever_asked() -> None:
    worker = Worker("test")

    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 / 0)

    assert await worker.run(lambda: "goes on") == "goes on"
    worker.stop()


async def test_whoever_has_patience_gets_what_is_done_by_then() -> None:
    worker = Worker("test")

    begun = worker.begin(lambda: "soon", patience_s=10.0)
    assert begun.done()
    assert await begun == "soon"
    failed = worker.begin(lambda: 1 / 0, patience_s=10.0)
    assert failed.done()
    with pytest.raises(ZeroDivisionError):
        await failed

    worker.stop()


async def test_what_takes_longer_than_the_patience_comes_later() -> None:
    worker = Worker("test")
    gate = threading.Event()

    begun = worker.begin(lambda: gate.wait(10), patience_s=0.001)
    assert not begun.done()
    gate.set()

    assert await begun is True
    worker.stop()


async def test_stop_lets_it_finish_and_takes_no_more() -> None:
    worker = Worker("test")
    gate = threading.Event()
    worker.submit(gate.wait)
    last = worker.submit(threading.current_thread)

    worker.stop()
    gate.set()

    thread = await asyncio.wrap_future(last)
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    with pytest.raises(RuntimeError, match="stopped"):
        worker.submit(gate.wait)


async def test_a_thread_that_was_replaced_ends_when_it_wakes() -> None:
    worker = Worker("test")
    asked, gate = threading.Event(), threading.Event()

    def hang() -> threading.Thread:
        asked.set()
        gate.wait()
        return threading.current_thread()

    hung = worker.submit(hang)
    await asyncio.to_thread(asked.wait)
    worker.replace_thread()

    assert await worker.run(lambda: "meanwhile") == "meanwhile"
    gate.set()
    thread = await asyncio.wrap_future(hung)
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    worker.stop()


async def test_a_thread_that_need_not_stay_leaves_when_all_is_done_and_another_one_comes() -> None:
    worker = Worker("test", stays=False)
    gate = threading.Event()
    worker.submit(gate.wait)
    last = worker.submit(threading.current_thread)
    gate.set()
    first_thread = await asyncio.wrap_future(last)
    await asyncio.to_thread(first_thread.join, 10)
    assert not first_thread.is_alive()
    assert not worker.is_used

    assert await worker.run(threading.current_thread) is not first_thread
    worker.stop()


async def test_what_is_asked_for_just_as_the_thread_leaves_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, asked = threading.Event(), threading.Event()

    class Watched(SimpleQueue[Any]):
        def empty(self) -> bool:
            is_empty = super().empty()
            if not looked.is_set():
                looked.set()
                # Whoever asks now must not be taken for too late. A right one is held up until the look is over.
                asked.wait(0.05)
            return is_empty

    monkeypatch.setattr(module, "SimpleQueue", Watched)
    worker = Worker("test", stays=False)
    worker.submit(lambda: None)
    await asyncio.to_thread(looked.wait, 10)

    begun = worker.submit(lambda: "done")
    asked.set()

    assert await asyncio.wait_for(asyncio.wrap_future(begun), 10) == "done"
    worker.stop()
