"""Playing a reply again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop_chat.chat.replay import GAP_S_MAX, SPEED_MAX, SPEED_MIN, Replay
from desktop_chat.core.events import REPLY_EVENTS, Reply, TextArrived, apply
from desktop_chat.core.messages import Message, MessageStatus, Seam
from tests.helpers.samples import reply
from tests.helpers.signals import Heard, next_signal
from tests.helpers.stream_samples import arrival, record

WORDS = "Once upon a time."
MESSAGE = reply("c1", None, WORDS, status=MessageStatus.COMPLETE)
RECORD = record(
    [
        arrival(0.5, "message_start"),
        arrival(0.5, "content_block_start"),
        arrival(1.0, "content_block_delta", 5),
        arrival(1.2, "content_block_delta", 5),
        arrival(9.2, "content_block_delta", 7),
        arrival(9.2, "content_block_stop"),
        arrival(9.2, "message_delta"),
        arrival(9.2, "message_stop"),
    ],
    steps=(),
)


class Stage:
    """A replay, the clock it looks at, and what it has shown."""

    def __init__(self, message: Message = MESSAGE) -> None:
        self.now_s = 1_000.0
        self.replay = Replay(message, [RECORD], now=lambda: self.now_s)
        self.resets = Heard(self.replay.reset)
        self.events = Heard(self.replay.event_arrived)
        self.ends = Heard(self.replay.ended)
        self.positions = Heard(self.replay.position_changed)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and the replay look at the clock."""
        self.now_s += seconds
        self.replay._look()

    @property
    def text(self) -> str:
        """What stands there since the last reset."""
        return "".join(event.text for _, event in self.events if isinstance(event, TextArrived))


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.replay.stop()


async def test_nothing_happens_before_it_is_played(stage: Stage) -> None:
    stage.pass_time(5.0)

    assert (stage.resets, stage.events, stage.replay.position_s) == ([], [], 0.0)
    assert stage.replay.length_s == 9.2


async def test_it_begins_with_the_empty_reply(stage: Stage) -> None:
    stage.replay.play()

    [begun] = stage.resets
    assert (begun.id, begun.content, begun.status) == (MESSAGE.id, (), MessageStatus.STREAMING)


async def test_it_knows_from_the_beginning_where_its_parts_are_joined() -> None:
    stage = Stage(replace(MESSAGE, seams=(Seam(1, 1_790_000_000.0),)))
    stage.replay.play()
    stage.replay.stop()

    [begun] = stage.resets
    assert begun.seams == (Seam(1, 1_790_000_000.0),)


async def test_words_come_at_their_times(stage: Stage) -> None:
    stage.replay.play()
    stage.pass_time(0.99)
    assert stage.text == ""
    stage.pass_time(0.02)
    assert stage.text == "Once "
    stage.pass_time(0.2)
    assert stage.text == "Once upon "
    stage.pass_time(7.9)
    assert stage.text == "Once upon "
    stage.pass_time(0.2)

    assert stage.text == WORDS
    assert {message_id for message_id, _ in stage.events} == {MESSAGE.id}
    assert stage.ends == [MESSAGE]
    assert not stage.replay.is_playing


async def test_its_events_build_the_reply(stage: Stage) -> None:
    stage.replay.play()
    stage.pass_time(60.0)

    built = Reply()
    for _, event in stage.events:
        assert isinstance(event, REPLY_EVENTS)
        apply(built, event)
    assert (built.content(), built.is_ended) == (MESSAGE.content, True)


@pytest.mark.parametrize("speed", [SPEED_MIN, 1.0, 2.0, SPEED_MAX])
async def test_it_plays_at_any_speed(stage: Stage, speed: float) -> None:
    stage.replay.set_speed(speed)
    stage.replay.play()

    stage.pass_time(1.1 / speed)

    assert stage.text == "Once "
    assert stage.replay.position_s == pytest.approx(1.1)


async def test_the_speed_has_bounds_and_holds_from_now_on(stage: Stage) -> None:
    stage.replay.set_speed(1_000.0)
    assert stage.replay.speed == SPEED_MAX
    stage.replay.set_speed(0.0)
    assert stage.replay.speed == SPEED_MIN
    stage.replay.set_speed(1.0)
    stage.replay.play()
    stage.now_s += 1.0

    stage.replay.set_speed(2.0)
    stage.pass_time(1.0)

    assert stage.replay.position_s == pytest.approx(3.0)


async def test_a_pause_lets_time_stand_still(stage: Stage) -> None:
    playing = Heard(stage.replay.playing_changed)
    stage.replay.play()
    stage.now_s += 1.1
    stage.replay.pause()
    assert stage.text == "Once "
    stage.pass_time(50.0)
    assert stage.text == "Once "
    assert stage.replay.position_s == pytest.approx(1.1)

    stage.replay.play()
    stage.pass_time(0.2)

    assert stage.text == "Once upon "
    assert playing == [True, False, True]
    assert len(stage.resets) == 1


async def test_seeking_shows_at_once_what_came_before(stage: Stage) -> None:
    stage.replay.seek(1.25)

    assert (stage.text, stage.replay.position_s, stage.replay.is_playing) == ("Once upon ", 1.25, False)
    # Neighbouring pieces come as one.
    assert [event.text for _, event in stage.events if isinstance(event, TextArrived)] == ["Once upon "]
    assert stage.positions == [1.25]


async def test_seeking_back_begins_anew(stage: Stage) -> None:
    stage.replay.seek(1.25)
    stage.events.clear()

    stage.replay.seek(1.1)

    assert len(stage.resets) == 2
    assert stage.text == "Once "


async def test_seeking_while_it_plays_goes_on_from_there(stage: Stage) -> None:
    stage.replay.play()
    stage.now_s += 0.1
    stage.replay.seek(9.0)
    assert stage.replay.is_playing

    stage.pass_time(0.15)

    assert stage.replay.position_s == pytest.approx(9.15)


async def test_seeking_stays_within_the_reply(stage: Stage) -> None:
    stage.replay.seek(-5.0)
    assert stage.replay.position_s == 0.0

    stage.replay.seek(99.0)

    assert (stage.text, stage.replay.is_ended, stage.ends) == (WORDS, True, [MESSAGE])


async def test_what_has_ended_plays_from_the_beginning(stage: Stage) -> None:
    stage.replay.seek(99.0)
    stage.events.clear()

    stage.replay.play()

    assert (len(stage.resets), stage.replay.position_s, stage.text) == (2, 0.0, "")
    stage.replay.restart()
    assert stage.replay.is_playing


async def test_restart_begins_anew_in_the_middle(stage: Stage) -> None:
    stage.replay.play()
    stage.pass_time(1.1)
    stage.events.clear()

    stage.replay.restart()

    assert (len(stage.resets), stage.text, stage.replay.position_s) == (2, "", 0.0)


async def test_long_silences_can_be_shortened(stage: Stage) -> None:
    stage.replay.set_gaps_shortened(True)
    stage.replay.play()
    stage.pass_time(1.2)
    assert stage.text == "Once upon "

    stage.pass_time(GAP_S_MAX / 2)
    assert stage.replay.position_s == pytest.approx(5.2)
    stage.pass_time(GAP_S_MAX / 2 + 0.001)

    assert stage.text == WORDS


async def test_after_a_stop_nothing_is_told(stage: Stage) -> None:
    stage.replay.play()
    stage.replay.stop()

    stage.pass_time(5.0)

    assert stage.text == ""


async def test_whoever_is_told_may_pause_or_seek(stage: Stage) -> None:
    def pause(_message_id: str, event: object) -> None:
        if isinstance(event, TextArrived):
            stage.replay.pause()

    stage.replay.event_arrived.connect(pause)
    stage.replay.play()
    stage.pass_time(1.05)

    assert (stage.text, stage.replay.is_playing) == ("Once ", False)
    stage.replay.event_arrived.disconnect(pause)


async def test_it_goes_by_a_timer_and_rests_while_it_is_paused() -> None:
    replay = Replay(MESSAGE, [RECORD])
    positions = Heard(replay.position_changed)
    replay.set_speed(SPEED_MAX)
    replay.play()

    ended = await next_signal(replay.ended)

    assert ended == MESSAGE
    assert len(positions) >= 3
    assert not replay._timer.isActive()
    replay.restart()
    replay.pause()
    assert not replay._timer.isActive()


async def test_a_reply_without_a_record_is_over_at_once() -> None:
    replay = Replay(MESSAGE, [])
    events, ends = Heard(replay.event_arrived), Heard(replay.ended)

    replay.play()

    assert (ends, replay.is_playing) == ([MESSAGE], False)
    assert WORDS in [event.text for _, event in events if isinstance(event, TextArrived)]


async def test_a_long_way_is_gone_in_steps() -> None:
    long = reply("c1", None, "x" * 5_000, status=MessageStatus.COMPLETE)
    came = record([arrival(0.001 * number, "content_block_delta", 1) for number in range(5_000)], steps=())
    replay = Replay(long, [came])
    events, positions = Heard(replay.event_arrived), Heard(replay.position_changed)

    replay.seek(4.0)
    assert 0 < replay.position_s < 1.0
    await next_signal(replay.position_changed, matching=lambda at_s: at_s == 4.0)

    assert sum(len(event.text) for _, event in events if isinstance(event, TextArrived)) == 4_001
    assert positions == sorted(positions)
    assert len(positions) > 5
    assert not replay._timer.isActive()


async def test_a_long_way_goes_on_through_a_pause_and_ends_with_a_stop() -> None:
    long = reply("c1", None, "x" * 5_000, status=MessageStatus.COMPLETE)
    came = record([arrival(0.001 * number, "content_block_delta", 1) for number in range(5_000)], steps=())
    replay = Replay(long, [came])
    replay.play()
    replay.seek(4.0)
    replay.pause()
    await next_signal(replay.position_changed, matching=lambda at_s: at_s == 4.0)
    assert not replay.is_playing

    replay.seek(1.0)
    replay.stop()

    assert not replay._timer.isActive()
    assert replay.position_s < 1.0


async def test_whoever_is_told_may_go_back(stage: Stage) -> None:
    def go_back(_message_id: str, event: object) -> None:
        if isinstance(event, TextArrived) and len(stage.resets) == 1:
            stage.replay.restart()

    stage.replay.event_arrived.connect(go_back)
    stage.replay.play()
    stage.pass_time(60.0)
    # What would have followed belongs to the time before.
    assert isinstance(stage.events[-1][1], TextArrived)
    assert (stage.ends, stage.replay.is_playing) == ([], True)
    stage.events.clear()
    stage.pass_time(1.05)

    assert (len(stage.resets), stage.text) == (2, "Once ")
    stage.replay.event_arrived.disconnect(go_back)
