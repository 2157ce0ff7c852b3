"""What is called soon, what later, and when the window has its turn."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer

from desktop_chat.event_loop import IN_A_ROW_S, ReadyCalls
from tests.loops import QtLoop


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=QtLoop) as runner:
        runner.run(work)


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time Qt wakes the loop: the number of the timer."""
    woken: list[int] = []
    wake = ReadyCalls.timerEvent

    def counted(calls: ReadyCalls, event: Any) -> None:
        woken.append(event.timerId())
        wake(calls, event)

    monkeypatch.setattr(ReadyCalls, "timerEvent", counted)
    return woken


def test_what_is_called_soon_comes_in_its_order() -> None:
    called: list[str] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(called.append, "first")
        loop.call_later(0, called.append, "second")
        loop.call_soon(called.append, "not this").cancel()
        loop.call_soon(called.append, "third")
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    run(work())
    assert called == ["first", "second", "third"]


def test_what_follows_from_a_timer_costs_no_further_round_of_qt(
    rounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is.
    monkeypatch.setattr("desktop_chat.event_loop.IN_A_ROW_S", 60.0)

    async def work() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()

        async def read() -> None:
            await asyncio.sleep(0.01)
            queue.put_nowait(1)

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        rounds.clear()
        await queue.get()
        assert len(rounds) == 1
        await reading

    run(work())


def test_the_window_has_its_turn_however_much_follows_from_each_other() -> None:
    async def work() -> None:
        is_shown = False

        def show() -> None:
            nonlocal is_shown
            is_shown = True

        QTimer.singleShot(0, show)
        clock, count = asyncio.get_running_loop().time, 0
        began_s = clock()
        while not is_shown:
            await asyncio.sleep(0)
            count += 1
            assert clock() - began_s < 1_000 * IN_A_ROW_S
        assert count > 1

    run(work())


def test_a_loop_inside_of_a_callback_calls_what_is_due_and_nothing_twice() -> None:
    called: list[str] = []

    def open_one() -> None:
        called.append("inner loop")
        inner = QEventLoop()
        loop = asyncio.get_running_loop()
        loop.call_soon(called.append, "soon")
        loop.call_later(0.02, inner.quit)
        inner.exec()
        called.append("left")

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.001, open_one)
        await asyncio.sleep(0.05)

    run(work())
    assert called == ["inner loop", "soon", "left"]


def test_nothing_is_kept_of_what_is_cancelled() -> None:
    called: list[str] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        kept = []
        for delay_s in (0.01, 60.0):
            handle = loop.call_later(delay_s, called.append, "cancelled")
            kept.append(weakref.ref(handle))
            handle.cancel()
        del handle
        assert [each() for each in kept] == [None, None]
        await asyncio.sleep(0.02)

    run(work())
    assert called == []


def test_nothing_is_called_once_it_is_closed() -> None:
    called: list[str] = []
    loop = QtLoop()
    loop.call_soon(called.append, "soon")
    loop.call_later(0.001, called.append, "later")
    loop.close()
    inner = QEventLoop()
    QTimer.singleShot(20, inner, inner.quit)
    inner.exec()
    assert called == []
