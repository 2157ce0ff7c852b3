"""The one door for tasks: named, reported when they break, awaited at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktop_chat.chat import tasks as tasks_module
from desktop_chat.chat.tasks import Tasks


@pytest.fixture
def bugs() -> list[BaseException]:
    return []


@pytest.fixture
def tasks(bugs: list[BaseException]) -> Tasks:
    return Tasks(bugs.append)


async def wait_for(event: asyncio.Event, then: list[str], name: str) -> None:
    try:
        await event.wait()
    except asyncio.CancelledError:
        then.append(f"{name} cancelled")
        raise
    then.append(f"{name} done")


async def test_a_task_has_its_name_and_gives_its_result(tasks: Tasks) -> None:
    async def seven() -> int:
        return 7

    task = tasks.spawn(seven(), "count to seven")

    assert task.get_name() == "count to seven"
    assert await task == 7


async def test_a_task_that_breaks_is_reported_once(tasks: Tasks, bugs: list[BaseException]) -> None:
    async def fail() -> None:
        raise RuntimeError("oops")

    await asyncio.wait((tasks.spawn(fail(), "fail"),))
    await tasks.close()

    assert [repr(bug) for bug in bugs] == ["RuntimeError('oops')"]


async def test_a_cancelled_task_is_no_bug(tasks: Tasks, bugs: list[BaseException]) -> None:
    task = tasks.spawn(asyncio.Event().wait(), "wait")
    task.cancel()

    await asyncio.wait((task,))

    assert bugs == []


async def test_closing_cancels_what_only_waits_and_awaits_what_saves(tasks: Tasks) -> None:
    then: list[str] = []
    saved, waited = asyncio.Event(), asyncio.Event()
    tasks.spawn(wait_for(saved, then, "saving"), "save", is_saving=True)
    tasks.spawn(wait_for(waited, then, "waiting"), "wait")
    await asyncio.sleep(0)

    closing = asyncio.ensure_future(tasks.close())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not closing.done()
    saved.set()
    await closing

    assert then == ["waiting cancelled", "saving done"]


async def test_closing_awaits_what_a_task_does_after_its_cancellation(tasks: Tasks) -> None:
    then: list[str] = []
    may_end = asyncio.Event()

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await may_end.wait()
            then.append("tidied")

    tasks.spawn(tidy(), "tidy")
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(tasks.close())
    await asyncio.sleep(0)
    may_end.set()
    await closing

    assert then == ["tidied"]


async def test_closing_awaits_savings_that_begin_meanwhile(tasks: Tasks) -> None:
    then: list[str] = []
    first, second = asyncio.Event(), asyncio.Event()

    async def save_twice() -> None:
        await first.wait()
        tasks.spawn(wait_for(second, then, "second"), "second", is_saving=True)
        second.set()

    tasks.spawn(save_twice(), "first", is_saving=True)
    closing = asyncio.ensure_future(tasks.close())
    await asyncio.sleep(0)
    first.set()
    await closing

    assert then == ["second done"]


async def test_a_task_that_does_not_end_is_logged_and_left(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("tasks: task stubborn did not end")
    monkeypatch.setattr(tasks_module, "CLOSE_DEADLINE_S", 0.01)
    end = asyncio.Event()
    task = tasks.spawn(end.wait(), "stubborn", is_saving=True)

    await tasks.close()

    assert not task.done()
    end.set()
    await task


async def test_closing_without_tasks_is_done_at_once(tasks: Tasks) -> None:
    await tasks.close()
    await tasks.close()
