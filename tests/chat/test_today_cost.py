"""What was spent today is the sum of what is stored, whenever a reply ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QObject

from desktop_chat.chat import today_cost
from desktop_chat.chat.saves import Saves
from desktop_chat.chat.tasks import Tasks
from desktop_chat.chat.today_cost import TodayCost
from desktop_chat.core.messages import MessageStatus
from tests.helpers.fake_store import FakeStore
from tests.helpers.samples import reply


class SlowSums(FakeStore):
    """Adds up in the order in which it is asked, as the real one, and tells it later."""

    def __init__(self) -> None:
        super().__init__()
        self.may_tell = asyncio.Event()
        self.may_tell.set()
        self.has_added_up = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def cost_since(self, since: float) -> float:
        async with self._one_at_a_time:
            cost_usd = await super().cost_since(since)
            self.has_added_up.set()
            await self.may_tell.wait()
            return cost_usd


class Day:
    """A sum with everything around it."""

    def __init__(self) -> None:
        self.bugs: list[BaseException] = []
        self._parent = QObject()
        self.store = SlowSums()
        self.saves = Saves(Tasks(self.bugs.append), self._parent)
        self.today = TodayCost(self.store, self.saves, self._parent)

    async def spend(self, message_id: str, cost_usd: float, created_at: float) -> None:
        await self.store.put(
            reply("c", None, id=message_id, status=MessageStatus.COMPLETE, created_at=created_at, cost_usd=cost_usd)
        )
        self.today.add(cost_usd)


@pytest.fixture
async def day() -> AsyncIterator[Day]:
    made = Day()
    await made.saves.finish()
    yield made
    await made.saves.finish()
    assert made.bugs == []


async def test_each_reply_is_added(day: Day) -> None:
    assert day.today.cost_usd == 0.0
    await day.spend("one", 0.5, time.time())
    await day.spend("two", 0.25, time.time())
    assert day.today.cost_usd == 0.75


async def test_a_reply_that_ends_while_it_is_added_up_counts_once(day: Day) -> None:
    day.store.may_tell.clear()
    day.store.has_added_up.clear()
    day.today.add_up()
    await day.store.has_added_up.wait()
    await day.spend("one", 0.5, time.time())
    day.store.may_tell.set()
    await day.saves.finish()
    assert day.today.cost_usd == 0.5


async def test_after_midnight_it_begins_anew(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    await day.spend("one", 0.5, time.time())
    midnight = time.time() + 60
    monkeypatch.setattr(today_cost, "_last_midnight", lambda: midnight)
    await day.spend("two", 0.25, midnight + 1)
    await day.saves.finish()
    assert day.today.cost_usd == 0.25
