"""A reply once more: its own words at the times at which they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    Reply,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    TextArrived,
    ThinkingArrived,
    apply,
)
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.core.replaying import Cue, Share, cues_of, shares_of
from desktop_chat.core.stream_record import Arrival, StreamRecord
from tests.core.reply_events import STREAMS
from tests.helpers.samples import BLOCKS, reply
from tests.helpers.stream_samples import arrival, record, without_words

WORDS = "Once upon a time, far away."
START, OPEN, CLOSE = "message_start", "content_block_start", "content_block_stop"
DELTA, CHANGED, END = "content_block_delta", "message_delta", "message_stop"


def text_reply(*texts: str, **fields: Any) -> Message:
    content = tuple({"type": "text", "text": text} for text in texts)
    return reply("c1", None, **{"content": content, "status": MessageStatus.COMPLETE, **fields})


def streamed(*units: int, begin_s: float = 0.0) -> list[Arrival]:
    """A whole answer in one block, pieces of so many characters, a tenth of a second apart."""
    names = [(START, 0), (OPEN, 0), *((DELTA, count) for count in units), (CLOSE, 0), (CHANGED, 0), (END, 0)]
    return [arrival(begin_s + 0.1 * number, name, count) for number, (name, count) in enumerate(names)]


def laid_out(message: Message, records: Sequence[StreamRecord]) -> list[Cue]:
    return list(cues_of(message, records))


def built(cues: Sequence[Cue]) -> Reply:
    made = Reply()
    for cue in cues:
        for event in cue.events:
            apply(made, event)
    return made


def pieces(cues: Sequence[Cue]) -> list[tuple[float, str]]:
    return [(round(cue.at_s, 3), event.text) for cue in cues for event in cue.events if isinstance(event, TextArrived)]


def test_each_event_brings_as_much_as_it_brought() -> None:
    message = text_reply(WORDS)

    cues = laid_out(message, [record(streamed(5, 12, 10))])

    assert pieces(cues) == [(0.2, "Once "), (0.3, "upon a time,"), (0.4, " far away.")]
    assert [type(event) for event in (*cues[0].events, *cues[1].events)] == [ReplyStarted, BlockStarted]
    assert isinstance(cues[-1].events[-1], ReplyEnded)
    assert built(cues).content() == message.content


def test_a_record_without_words_plays_the_same() -> None:
    message, came = text_reply(WORDS), record(streamed(5, 12, 10))

    assert pieces(laid_out(message, [without_words(came)])) == pieces(laid_out(message, [came]))


def test_what_no_event_accounts_for_comes_with_the_end_of_its_block() -> None:
    cues = laid_out(text_reply(WORDS), [record(streamed(5, 2))])

    assert pieces(cues) == [(0.2, "Once "), (0.3, "up"), (0.4, "on a time, far away.")]


def test_what_was_said_twice_at_a_seam_is_passed_over() -> None:
    message = text_reply("Once upon ", "a time.", seams=(Seam(1, 1_790_000_099.9),))
    first = record(streamed(10)[:3])
    second = record(streamed(6, 8), part=1, began_at=1_790_000_100.0)

    cues = laid_out(message, [first, second])

    # Of the 14 characters of the second part 7 stand in the message.
    start_s = 0.21 + 2.0
    assert pieces(cues) == [(0.2, "Once upon "), (start_s + 0.3, "a time.")]
    assert built(cues).content() == message.content
    assert sum(isinstance(event, ReplyStarted) for cue in cues for event in cue.events) == 1


def test_of_the_thinking_of_a_later_part_nothing_is_passed_over() -> None:
    thought = {"type": "thinking", "thinking": "Where was I?"}
    content = ({"type": "text", "text": "Once upon "}, thought, {"type": "text", "text": "a time."})
    message = reply("c1", None, content=content, seams=(Seam(1, 1_790_000_099.9),))
    first = record(streamed(10)[:3])
    second = record(
        [
            arrival(0.1, OPEN),
            arrival(0.2, DELTA, 12),
            arrival(0.3, CLOSE),
            arrival(0.4, OPEN),
            arrival(0.5, DELTA, 6),
            arrival(0.6, DELTA, 8),
        ],
        part=1,
        began_at=1_790_000_100.0,
    )

    cues = laid_out(message, [first, second])

    start_s = 0.21 + 2.0
    thinking = [
        (round(cue.at_s, 3), event.text) for cue in cues for event in cue.events if isinstance(event, ThinkingArrived)
    ]
    assert thinking == [(round(start_s + 0.2, 3), "Where was I?")]
    assert pieces(cues)[1:] == [(start_s + 0.6, "a time.")]


def test_the_frame_of_a_reply_that_was_continued_is_one() -> None:
    message = text_reply("One ", "two", seams=(Seam(1, 1_790_000_009.0),), stop_reason="end_turn")
    parts = [record(streamed(4)), record(streamed(3), part=1, began_at=1_790_000_010.0)]

    events = [event for cue in laid_out(message, parts) for event in cue.events]

    assert [event.stop_reason for event in events if isinstance(event, ReplyChanged)] == ["end_turn"]
    assert isinstance(events[-1], ReplyEnded)
    assert sum(isinstance(event, ReplyEnded) for event in events) == 1


def test_a_part_that_brought_nothing_has_no_share() -> None:
    message = text_reply("One ", "two", seams=(Seam(1, 1_790_000_300.0),))
    first, failed, last = (
        record(part=part, began_at=1_790_000_000.0 + 100 * at) for part, at in ((0, 0), (1, 1), (2, 3))
    )

    assert shares_of(message, [first, failed, last]) == (Share(0, 1), Share(1, 1), Share(1, 2))
    at_once = replace(message, seams=(Seam(1, 1_790_000_100.0),))
    assert shares_of(at_once, [first, failed, last]) == (Share(0, 1), Share(1, 2), Share(2, 2))


def test_what_came_in_a_run_that_was_killed_is_there_from_the_beginning() -> None:
    message = text_reply("Before ", "after", seams=(Seam(1, 1_790_000_000.0),))

    cues = laid_out(message, [record(streamed(5), part=1)])

    assert pieces(cues) == [(0.0, "Before "), (0.2, "after")]


def test_without_a_record_everything_is_there_at_once() -> None:
    assert pieces(laid_out(text_reply("One ", "two"), [])) == [(0.0, "One "), (0.0, "two")]


def test_thinking_text_and_tools_keep_their_order_and_every_field() -> None:
    message = reply("c1", None, content=BLOCKS, status=MessageStatus.COMPLETE)
    names = [START, *[OPEN, DELTA, CLOSE] * len(BLOCKS), CHANGED, END]
    came = record([arrival(0.1 * number, name, 4 if name == DELTA else 0) for number, name in enumerate(names)])

    cues = laid_out(message, [came])

    thinking = next(event for cue in cues for event in cue.events if isinstance(event, ThinkingArrived))
    assert thinking.text == "Let "
    assert [dict(block) for block in built(cues).content()] == [dict(block) for block in BLOCKS]


def test_a_server_that_never_opens_blocks_plays_too() -> None:
    message = text_reply("One ", "two")

    cues = laid_out(message, [record([arrival(1.0, DELTA, 3), arrival(2.0, DELTA, 3)])])

    assert [piece for _, piece in pieces(cues)] == ["One", " ", "tw", "o"]
    assert built(cues).content() == message.content


@settings(max_examples=200, deadline=None)
@given(events=STREAMS, seams=st.lists(st.integers(0, 4), max_size=2), seed=st.integers(0, 3))
def test_whatever_came_plays_to_the_same_content(events: list[ReplyEvent], seams: list[int], seed: int) -> None:
    came = Reply()
    arrivals: list[Arrival] = []
    for number, event in enumerate(events):
        apply(came, event)
        units = len(event.text) if isinstance(event, TextArrived | ThinkingArrived) else seed
        name = {BlockStarted: OPEN, BlockEnded: CLOSE}.get(type(event), DELTA)
        arrivals.append(arrival(0.01 * number, name, units))
    content = came.content()
    records: list[StreamRecord] = [record(arrivals)]
    made: list[Seam] = []
    for number, block in enumerate(sorted(seams), start=1):
        began_at = records[0].began_at + 100.0 * number
        made.append(Seam(min(block, len(content)), began_at))
        records.append(replace(records[0], part=number, began_at=began_at))
    message = reply("c1", None, content=content, status=MessageStatus.STOPPED, seams=tuple(made))

    cues = laid_out(message, records)

    assert built(cues).content() == content
    assert [cue.at_s for cue in cues] == sorted(cue.at_s for cue in cues)


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.STOPPED])
def test_a_reply_that_was_cut_does_not_end(status: MessageStatus) -> None:
    message = text_reply("Once upon", status=status)

    cues = laid_out(message, [record(streamed(5, 4)[:4])])

    assert not built(cues).is_ended
    assert built(cues).content() == message.content
