"""What a running turn says about itself: the truth, and not more often than somebody can read it."""

from __future__ import annotations

import asyncio
import time

import pytest

from desktop_chat.chat import progress as progress_module
from desktop_chat.chat.progress import QUIET_S, Progress
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    BodySent,
    InputJsonArrived,
    LineOpened,
    PingArrived,
    ReplyStarted,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StillWaiting,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.failure import Failure

BUSY = Failure("Overloaded", "The server is busy.", "")
SENT = (RequestSent(1, 12_345), LineOpened(), BodySent())
THINKS = BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""})
PIECE = TextArrived(0, "x" * 40)
"""Ten tokens, about."""


class Watch:
    """A progress with its clock, and what it told."""

    def __init__(self, *events: StreamEvent) -> None:
        self.now_s = 100.0
        self.told: list[Activity] = []
        self.progress = Progress(self.told.append, lambda: self.now_s)
        self.take(*events)

    def take(self, *events: StreamEvent) -> None:
        for event in events:
            self.progress.take(event)

    def write(self, seconds: int, pieces_per_s: int) -> None:
        """Let pieces come at an even pace, with a beat each second."""
        for _ in range(seconds):
            self.take(*[PIECE] * pieces_per_s)
            self.now_s += 1
            self.progress.beat()

    @property
    def phases(self) -> list[Phase]:
        return [activity.phase for activity in self.told]


async def test_a_request_is_called_sent_only_when_it_is_out() -> None:
    watch = Watch(RequestSent(1, 12_345))
    assert watch.told == [], "it was connecting from the start"
    watch.take(LineOpened())
    assert watch.told[-1] == Activity(Phase.SENDING, sent_bytes=12_345)
    watch.take(BodySent())
    assert watch.told[-1] == Activity(Phase.WAITING, sent_bytes=12_345)
    watch.take(ResponseOpened(None, None), ReplyStarted("m", "claude", {}), BlockStarted(0, {"type": "text"}))
    assert watch.phases == [Phase.SENDING, Phase.WAITING]
    watch.progress.close()


async def test_an_answer_proves_that_the_request_is_out() -> None:
    watch = Watch(RequestSent(1, 500), ResponseOpened(None, None))
    assert watch.told == [Activity(Phase.WAITING, sent_bytes=500)]


async def test_what_goes_out_slowly_is_no_silence() -> None:
    watch = Watch(RequestSent(1, 9_000_000), LineOpened(), StillWaiting(20.0))
    assert watch.phases == [Phase.SENDING]


async def test_the_phases_of_a_reply_that_thinks() -> None:
    watch = Watch(*SENT, THINKS, ThinkingArrived(0, "Hm."), ThinkingArrived(0, ""), BlockEnded(0), PIECE, PIECE)
    assert watch.phases == [Phase.SENDING, Phase.WAITING, Phase.THINKING, Phase.WRITING]
    watch.progress.close()


async def test_the_speed_is_told_with_the_beat_and_not_with_each_piece() -> None:
    watch = Watch(*SENT)
    watch.take(*[PIECE] * 500)
    assert watch.told[2:] == [Activity(Phase.WRITING)]
    watch.now_s += 1
    watch.progress.beat()
    assert watch.told[3:] == [Activity(Phase.WRITING, tokens_per_s=5_000)]
    watch.write(6, pieces_per_s=8)
    assert watch.told[-1] == Activity(Phase.WRITING, tokens_per_s=80)
    assert len(watch.told) <= 10
    watch.progress.close()


async def test_an_even_pace_is_not_told_again() -> None:
    watch = Watch(*SENT)
    watch.write(8, pieces_per_s=4)
    assert watch.told[2:] == [Activity(Phase.WRITING), Activity(Phase.WRITING, tokens_per_s=40)]
    watch.progress.close()


async def test_nobody_is_said_to_write_who_has_stopped() -> None:
    watch = Watch(*SENT)
    watch.write(3, pieces_per_s=4)
    watch.now_s += QUIET_S
    before = time.time()
    watch.progress.beat()
    quiet = watch.told[-1]
    assert (quiet.phase, quiet.quiet_s) == (Phase.QUIET, QUIET_S + 1)
    assert quiet.since <= before - QUIET_S
    assert watch.progress._timer is None, "nothing is looked at while nothing comes"
    watch.take(PingArrived(), StillWaiting(20.0), PingArrived(), StillWaiting(30.0))
    assert {activity.phase for activity in watch.told[-2:]} == {Phase.QUIET}, "a sign of life is no word"
    watch.take(PIECE)
    assert watch.told[-1] == Activity(Phase.WRITING)
    watch.progress.close()


async def test_the_speed_after_a_pause_is_not_slowed_down_by_it() -> None:
    watch = Watch(*SENT)
    watch.write(3, pieces_per_s=4)
    watch.now_s += 60
    watch.progress.beat()
    watch.write(2, pieces_per_s=4)
    assert watch.told[-1].tokens_per_s == 40
    watch.progress.close()


async def test_a_quiet_line_that_shows_a_sign_of_life_is_where_it_was() -> None:
    watch = Watch(*SENT, THINKS)
    thinking = watch.told[-1]
    watch.take(StillWaiting(20.0), StillWaiting(30.0), PingArrived())
    assert watch.phases[-3:] == [Phase.QUIET, Phase.QUIET, Phase.THINKING]
    assert watch.told[-1].began_at == thinking.began_at, "its seconds go on"
    waiting = Watch(*SENT, StillWaiting(20.0), PingArrived())
    assert waiting.told[-1] == Activity(Phase.WAITING, sent_bytes=12_345)
    assert waiting.told[-1].began_at == waiting.told[1].began_at
    without_steps = Watch(RequestSent(1, 7), StillWaiting(20.0), PingArrived())
    assert without_steps.told[-1] == Activity(Phase.WAITING, sent_bytes=7)


async def test_arguments_of_a_tool_are_written_too() -> None:
    watch = Watch(*SENT, BlockStarted(0, {"type": "tool_use"}), InputJsonArrived(0, ""), InputJsonArrived(0, '{"a'))
    assert watch.phases[-2:] == [Phase.WAITING, Phase.WRITING]
    watch.progress.close()


async def test_another_try_begins_with_connecting() -> None:
    before = time.time()
    watch = Watch(*SENT, RetryScheduled(4.0, 2, 5, BUSY))
    again = watch.told[-1]
    assert (again.phase, again.attempt, again.attempts_max, again.failure) == (Phase.RETRYING, 2, 5, BUSY)
    assert again.retry_at is not None and again.retry_at >= before + 4.0
    watch.take(RequestSent(2, 12_345))
    assert watch.told[-1] == Activity(Phase.CONNECTING)


async def test_the_beat_runs_by_itself_while_words_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "BEAT_S", 0.001)
    watch = Watch(*SENT, PIECE)
    looked, ended = asyncio.Semaphore(0), asyncio.Event()

    def clock() -> float:
        looked.release()
        return watch.now_s

    watch.progress._clock = clock
    watch.progress._tell = lambda activity: ended.set() if activity.phase is Phase.QUIET else None
    watch.now_s += 1
    for _ in range(3):
        # It goes on when there is nothing new to tell.
        await looked.acquire()
    watch.now_s += QUIET_S
    await ended.wait()
    assert watch.progress._timer is None


async def test_after_its_end_it_tells_nothing_more() -> None:
    watch = Watch(*SENT, PIECE)
    assert watch.progress._timer is not None
    watch.progress.close()
    assert watch.progress._timer is None
