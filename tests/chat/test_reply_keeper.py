"""What streams in is written within 250 ms, together, in order, and kept while the disk refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktop_chat.chat.reply_keeper import JOURNAL_DELAY_S, RETRY_DELAY_S, ReplyKeeper
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.events import ReplyEvent, TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from tests.chat.desk import Desk, all_ended
from tests.helpers.samples import question, reply
from tests.helpers.signals import Heard, next_signal

FULL = StoreFull("The disk is full.")


class AlarmClock:
    """Takes the place of the loop's clock for the keeper alone; rings when the test says so."""

    def __init__(self, keeper: ReplyKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
        self.delays_s: list[float] = []
        """All delays that were asked for."""
        self._alarms: list[Alarm] = []
        loop = asyncio.get_running_loop()
        call_later = loop.call_later

        def schedule(delay: float, callback: Callable[..., object], *args: object, **more: object) -> object:
            if getattr(callback, "__self__", None) is not keeper:
                return call_later(delay, callback, *args, **more)  # type: ignore[arg-type]
            self.delays_s.append(delay)
            self._alarms.append(Alarm(callback))
            return self._alarms[-1]

        monkeypatch.setattr(loop, "call_later", schedule)

    @property
    def is_set(self) -> bool:
        return any(not alarm.is_cancelled for alarm in self._alarms)

    def ring(self) -> None:
        """Let the time of the next alarm come."""
        alarms, self._alarms = self._alarms, []
        (alarm,) = (alarm for alarm in alarms if not alarm.is_cancelled)
        alarm.callback()


class Alarm:
    def __init__(self, callback: Callable[..., object]) -> None:
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


@pytest.fixture
async def clock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AlarmClock:
    return AlarmClock(desk.keeper, monkeypatch)


def piece(text: str) -> ReplyEvent:
    return TextArrived(0, text)


def ended(message: Message, text: str = "whole") -> Message:
    return reply(message.conversation_id, message.parent_id, text, id=message.id, status=MessageStatus.COMPLETE)


async def written() -> None:
    """Wait until no write is under way."""
    await all_ended("write the journal")


async def ring(clock: AlarmClock) -> None:
    clock.ring()
    await written()


# --- the journal


async def test_what_arrives_is_written_within_250_ms(desk: Desk, clock: AlarmClock) -> None:
    desk.keeper.add("r1", piece("a"))
    assert clock.delays_s == [JOURNAL_DELAY_S]
    assert JOURNAL_DELAY_S <= 0.25 - 0.05

    await ring(clock)

    assert desk.store.journal == {"r1": [piece("a")]}


async def test_later_events_do_not_put_the_write_off(desk: Desk, clock: AlarmClock) -> None:
    for text in "abc":
        desk.keeper.add("r1", piece(text))
    assert len(clock.delays_s) == 1

    await ring(clock)

    assert desk.store.journal == {"r1": [piece("a"), piece("b"), piece("c")]}
    assert not clock.is_set


async def test_all_streams_share_one_commit(desk: Desk, clock: AlarmClock) -> None:
    for text in "ab":
        for reply_id in ("r1", "r2", "r3"):
            desk.keeper.add(reply_id, piece(f"{reply_id}{text}"))

    await ring(clock)

    assert desk.store.calls == ["append_journal"]
    assert desk.store.journal["r2"] == [piece("r2a"), piece("r2b")]


async def test_what_arrives_during_a_write_is_written_next(desk: Desk, clock: AlarmClock) -> None:
    desk.keeper.add("r1", piece("a"))
    desk.store.hold()
    clock.ring()
    await desk.store.reached.wait()

    desk.keeper.add("r1", piece("b"))
    assert clock.delays_s == [JOURNAL_DELAY_S, JOURNAL_DELAY_S]
    clock.ring()
    desk.store.let_go()
    await written()

    assert desk.store.calls == ["append_journal", "append_journal"]
    assert desk.store.journal == {"r1": [piece("a"), piece("b")]}


# --- the end of a reply


async def test_the_end_is_stored_and_takes_the_place_of_the_journal(desk: Desk, clock: AlarmClock) -> None:
    message = reply("c1", None)
    desk.keeper.add(message.id, piece("a"))
    await ring(clock)
    desk.keeper.add(message.id, piece("b"))

    await desk.keeper.end(ended(message))

    assert desk.store.messages[message.id] == ended(message)
    assert desk.store.journal == {}
    await ring(clock)
    assert desk.store.calls == ["append_journal", "end_reply"]


async def test_a_reply_that_ends_while_it_is_written_is_folded_afterwards(desk: Desk, clock: AlarmClock) -> None:
    message = reply("c1", None)
    desk.keeper.add(message.id, piece("a"))
    desk.store.hold()
    clock.ring()
    await desk.store.reached.wait()

    ending = asyncio.ensure_future(desk.keeper.end(ended(message)))
    await asyncio.sleep(0)
    desk.store.let_go()
    await ending

    assert desk.store.calls == ["append_journal", "end_reply"]
    assert desk.store.journal == {}


async def test_a_failed_write_leaves_no_journal_behind_a_reply_that_ended(desk: Desk, clock: AlarmClock) -> None:
    message = reply("c1", None)
    desk.keeper.add(message.id, piece("a"))
    desk.keeper.add("r2", piece("b"))
    desk.store.hold()
    clock.ring()
    await desk.store.reached.wait()
    # Only the journal is refused; the end behind it is taken.
    desk.store.failure = FULL
    desk.keeper.failed.connect(lambda _failure: setattr(desk.store, "failure", None))
    ending = asyncio.ensure_future(desk.keeper.end(ended(message)))
    await asyncio.sleep(0)
    desk.store.let_go()
    await ending

    await ring(clock)

    assert desk.store.messages[message.id] == ended(message)
    assert desk.store.journal == {"r2": [piece("b")]}


# --- a disk that refuses


async def test_what_the_disk_refuses_is_kept_and_tried_again_in_order(desk: Desk, clock: AlarmClock) -> None:
    failures, recovered = Heard(desk.keeper.failed), Heard(desk.keeper.recovered)
    desk.store.failure = FULL
    desk.keeper.add("r1", piece("a"))
    await ring(clock)
    assert clock.delays_s[-1] == RETRY_DELAY_S
    desk.keeper.add("r1", piece("b"))
    desk.keeper.add("r2", piece("c"))
    await ring(clock)
    assert clock.delays_s[-1] == RETRY_DELAY_S
    assert recovered == []

    desk.store.failure = None
    await ring(clock)

    assert desk.store.journal == {"r1": [piece("a"), piece("b")], "r2": [piece("c")]}
    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert recovered == [()]
    assert not clock.is_set


async def test_a_write_that_fails_late_does_not_end_up_behind_the_next_one(desk: Desk, clock: AlarmClock) -> None:
    desk.keeper.add("r1", piece("a"))
    desk.store.hold()
    clock.ring()
    await desk.store.reached.wait()
    desk.keeper.add("r1", piece("b"))
    clock.ring()
    await asyncio.sleep(0)
    desk.store.failure = FULL
    failed = asyncio.ensure_future(next_signal(desk.keeper.failed))
    await asyncio.sleep(0)

    desk.store.let_go()
    await failed
    desk.store.failure = None
    await written()
    await ring(clock)

    assert desk.store.journal == {"r1": [piece("a"), piece("b")]}


async def test_an_end_that_the_disk_refuses_is_kept_and_stored_later(desk: Desk, clock: AlarmClock) -> None:
    failures = Heard(desk.keeper.failed)
    message, other = reply("c1", None), reply("c2", None)
    desk.store.failure = FULL

    await desk.keeper.end(ended(message))
    await desk.keeper.end(ended(other))
    assert len(failures) == 1
    assert clock.delays_s == [RETRY_DELAY_S]
    await ring(clock)
    assert clock.delays_s == [RETRY_DELAY_S, RETRY_DELAY_S]

    desk.store.failure = None
    await ring(clock)

    assert desk.store.messages == {message.id: ended(message), other.id: ended(other)}
    assert not clock.is_set


async def test_a_second_failure_after_a_recovery_is_told_again(desk: Desk, clock: AlarmClock) -> None:
    failures = Heard(desk.keeper.failed)
    for _ in range(2):
        desk.store.failure = FULL
        desk.keeper.add("r1", piece("a"))
        await ring(clock)
        desk.store.failure = None
        await ring(clock)

    assert len(failures) == 2


# --- the way out


async def test_closing_writes_what_is_still_in_memory(desk: Desk, clock: AlarmClock) -> None:
    desk.keeper.add("r1", piece("a"))

    await desk.keeper.close()

    assert desk.store.journal == {"r1": [piece("a")]}
    assert not clock.is_set


async def test_closing_with_a_full_disk_says_what_could_not_be_stored(
    desk: Desk, clock: AlarmClock, expect_log: Callable[[str], None]
) -> None:
    expect_log("reply_keeper: the end of reply .* could not be stored")
    desk.store.failure = FULL
    await desk.keeper.end(ended(reply("c1", None)))

    await desk.keeper.close()

    assert not clock.is_set
    desk.store.failure = None


async def test_a_reply_that_begins_is_stored_empty(desk: Desk) -> None:
    asked = question("c1")
    message = reply("c1", asked.id)
    await desk.store.put(asked, "Title")

    await desk.keeper.start(message)

    assert desk.store.messages[message.id] == message
    desk.store.failure = FULL
    with pytest.raises(StoreFull):
        await desk.keeper.start(message)
    desk.store.failure = None
