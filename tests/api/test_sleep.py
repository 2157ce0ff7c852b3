"""A computer that slept in the middle of a reply: the line is given up soon, and the clock on the wall has no say."""

from __future__ import annotations

import asyncio

import pytest

from desktop_chat.api.line_faults import LineFault, failure_of_line
from desktop_chat.api.quiet import Patience, slept_s
from desktop_chat.api.relay import FellSilent, Outlet, relay
from desktop_chat.core.errors import StreamBroken
from desktop_chat.core.events import PingArrived

PING = PingArrived()
NIGHT_S = 8 * 3600.0


class Sleep:
    """How long the computer of a test has slept."""

    def __init__(self) -> None:
        self.slept_s = 1234.5

    def patience(self, limit_s: float = 60.0) -> Patience:
        return Patience(0.02, 0.02, limit_s, after_sleep_s=0.06, slept_s=lambda: self.slept_s)


async def told(sleep: Sleep, *, pings_after: int) -> int:
    """Relay a line over which so many pings come after a night's sleep; gives how many came in all."""
    count = 0

    async def read(outlet: Outlet) -> None:
        await outlet.put([PING])
        outlet.touch()
        sleep.slept_s += NIGHT_S
        for _ in range(pings_after):
            await asyncio.sleep(0.03)
            outlet.touch()
            await outlet.put([PING])
        if not pings_after:
            await asyncio.Event().wait()

    async for batch in relay(read, sleep.patience()):
        count += sum(event is PING for event in batch)
    return count


async def test_a_line_that_stays_silent_after_a_sleep_is_given_up() -> None:
    with pytest.raises(FellSilent) as raised:
        await told(Sleep(), pings_after=0)

    assert raised.value.has_slept


async def test_a_line_that_has_outlived_the_sleep_goes_on() -> None:
    assert await told(Sleep(), pings_after=8) == 9


async def test_silence_without_a_sleep_has_its_full_time() -> None:
    sleep = Sleep()

    async def read(_outlet: Outlet) -> None:
        await asyncio.Event().wait()

    with pytest.raises(FellSilent) as raised:
        async for _ in relay(read, sleep.patience(limit_s=0.3)):
            # A nap of a few seconds is none.
            sleep.slept_s = 1240.0

    assert not raised.value.has_slept


async def test_a_clock_that_is_set_does_not_look_like_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    before = slept_s()

    monkeypatch.setattr("time.time", lambda: 5e9)

    assert slept_s() - before < 1.0


def test_the_reader_is_told_of_the_sleep_and_the_reply_may_go_on() -> None:
    failed = failure_of_line(LineFault.SLEEP, None, "api.example", has_bytes=True)

    assert "slept" in failed.error.title
    assert isinstance(failed.error, StreamBroken)


def test_a_request_without_a_reply_is_sent_again_after_a_sleep() -> None:
    assert failure_of_line(LineFault.SLEEP, None, "api.example").is_temporary
