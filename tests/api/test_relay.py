"""Batches from a reading task, notices of silence, and an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from desktop_chat.api.quiet import Patience
from desktop_chat.api.relay import BATCHES_AHEAD_MAX, FellSilent, Outlet, relay
from desktop_chat.core.events import (
    PingArrived,
    StillWaiting,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    UnknownArrived,
)

PING: StreamEvent = PingArrived()
EAGER = Patience(notice_s=0.03, repeat_s=0.02, limit_s=0.2)


async def test_batches_come_in_order_and_the_end_ends_it() -> None:
    async def read(outlet: Outlet) -> None:
        for size in (1, 2, 3):
            await outlet.put([UnknownArrived(str(size))] * size)
            await asyncio.sleep(0)

    batches = [[str(event) for event in batch] async for batch in relay(read, Patience())]
    assert [len(batch) for batch in batches] == [1, 2, 3]
    assert batches == [[str(UnknownArrived(str(size)))] * size for size in (1, 2, 3)]


async def test_what_was_put_meanwhile_comes_in_one_and_its_pieces_of_one_text_joined() -> None:
    async def read(outlet: Outlet) -> None:
        await outlet.put([TextArrived(0, "one ")])
        await outlet.put([TextArrived(0, "two"), ThinkingArrived(0, "hm"), ThinkingArrived(0, "m")])
        await outlet.put([TextArrived(0, "three"), TextArrived(1, "four"), PING, TextArrived(1, "five")])

    assert [batch async for batch in relay(read, Patience())] == [
        [
            TextArrived(0, "one two"),
            ThinkingArrived(0, "hmm"),
            TextArrived(0, "three"),
            TextArrived(1, "four"),
            PING,
            TextArrived(1, "five"),
        ]
    ]


async def test_what_reading_raises_comes_after_the_last_batch() -> None:
    async def read(outlet: Outlet) -> None:
        await outlet.put([PING])
        raise LookupError("broken")

    batches = []
    with pytest.raises(LookupError, match="broken"):
        async for batch in relay(read, Patience()):
            batches.append(batch)  # noqa: PERF401  a comprehension would lose them
    assert batches == [[PING]]


async def test_silence_is_told_again_and_again_and_then_given_up() -> None:
    async def read(_outlet: Outlet) -> None:
        await asyncio.Event().wait()

    told: list[float] = []
    with pytest.raises(FellSilent):
        async for batch in relay(read, EAGER):
            told.extend(event.quiet_s for event in batch if isinstance(event, StillWaiting))
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[0] >= EAGER.notice_s


async def test_what_arrives_starts_the_silence_anew() -> None:
    has_been_quiet = asyncio.Event()

    async def read(outlet: Outlet) -> None:
        await has_been_quiet.wait()
        outlet.touch()
        await outlet.put([PING])
        await asyncio.Event().wait()

    told: list[float | None] = []
    with pytest.raises(FellSilent):
        async for batch in relay(read, EAGER):
            told += [event.quiet_s if isinstance(event, StillWaiting) else None for event in batch]
            has_been_quiet.set()
    ping_at = told.index(None)
    before, after = told[ping_at - 1], told[ping_at + 1]
    assert before is not None
    assert after is not None
    assert after < 2 * EAGER.notice_s + EAGER.repeat_s


async def test_one_timer_serves_a_thousand_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    delays_s: list[float] = []
    call_at = loop.call_at

    def counting(when: float, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        delays_s.append(when - loop.time())
        return call_at(when, *args, **kwargs)

    async def read(outlet: Outlet) -> None:
        for _ in range(1_000):
            outlet.touch()
            await outlet.put([PING])
            await asyncio.sleep(0)

    monkeypatch.setattr(loop, "call_at", counting)
    assert len([batch async for batch in relay(read, Patience())]) == 1_000
    # One watches for silence, one waits for the task's end.
    assert 1 <= len(delays_s) <= 2


async def test_a_slow_consumer_holds_the_reading_back() -> None:
    read_count = 0

    async def read(outlet: Outlet) -> None:
        nonlocal read_count
        for _ in range(10 * BATCHES_AHEAD_MAX):
            await outlet.put([PING])
            read_count += 1

    async with aclosing(relay(read, Patience())) as batches:
        await anext(batches)
        for _ in range(50):
            await asyncio.sleep(0)
        assert read_count <= BATCHES_AHEAD_MAX + 1
        left = [event async for batch in batches for event in batch]
    assert len(left) == 10 * BATCHES_AHEAD_MAX - BATCHES_AHEAD_MAX - 1


async def test_closing_cancels_the_reading_and_waits_for_it() -> None:
    has_closed = False

    async def read(outlet: Outlet) -> None:
        nonlocal has_closed
        await outlet.put([PING])
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            has_closed = True

    async with aclosing(relay(read, Patience())) as batches:
        await anext(batches)
    assert has_closed


async def test_an_end_told_early_does_not_wait_long_for_the_rest() -> None:
    async def read(outlet: Outlet) -> None:
        await outlet.put([PING])
        outlet.end()
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        assert len([batch async for batch in relay(read, Patience())]) == 1


async def test_a_reading_that_ends_as_it_is_given_up_has_ended() -> None:
    async def read(outlet: Outlet) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await outlet.put([PING])

    batches = [batch async for batch in relay(read, Patience(notice_s=9.0, limit_s=0.02))]
    assert batches == [[PING]]
