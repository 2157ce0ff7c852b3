"""The journal's form of events: a reply read back from it is the reply that streamed in."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.events import (
    BlockStarted,
    InputJsonArrived,
    Reply,
    ReplyEnded,
    ReplyEvent,
    TextArrived,
    ThinkingArrived,
    apply,
    decode,
    encode,
)
from tests.core.reply_events import EVENTS, STREAMS


def reply_of(events: Sequence[ReplyEvent]) -> Reply:
    reply = Reply()
    for event in events:
        apply(reply, event)
    return reply


def seen(reply: Reply) -> tuple[object, ...]:
    """All that a reader or the store can see of a reply."""
    return (
        reply.content(),
        reply.message_id,
        reply.model,
        reply.usage,
        reply.stop_reason,
        reply.stop_sequence,
        reply.stop_details,
        reply.is_ended,
        reply.has_output,
    )


@given(EVENTS)
def test_one_event_comes_back_as_it_was(event: ReplyEvent) -> None:
    assert decode(encode([event])) == [event]


@given(STREAMS)
def test_a_stream_read_back_gives_the_same_reply(events: list[ReplyEvent]) -> None:
    assert seen(reply_of(decode(encode(events)))) == seen(reply_of(events))


@given(STREAMS, st.data())
def test_however_a_stream_was_cut_into_batches_the_reply_is_the_same(
    events: list[ReplyEvent], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(events)), max_size=6)))
    edges = [0, *cuts, len(events)]
    batches = [encode(events[start:end]) for start, end in itertools.pairwise(edges)]

    assert seen(reply_of([event for batch in batches for event in decode(batch)])) == seen(reply_of(events))


@given(STREAMS)
def test_the_form_can_be_stored_anywhere(events: list[ReplyEvent]) -> None:
    text = encode(events)

    assert text.isascii()
    assert text.isprintable()
    assert len(json.loads(text)) <= len(events)


def test_neighbouring_pieces_of_one_block_are_joined() -> None:
    pieces: list[ReplyEvent] = [
        TextArrived(0, "a"),
        TextArrived(0, "b"),
        ThinkingArrived(0, "c"),
        ThinkingArrived(0, "d"),
    ]

    assert decode(encode(pieces)) == [TextArrived(0, "ab"), ThinkingArrived(0, "cd")]


def test_pieces_of_different_blocks_stay_apart() -> None:
    pieces: list[ReplyEvent] = [TextArrived(0, "a"), TextArrived(1, "b"), TextArrived(0, "c"), InputJsonArrived(0, "d")]

    assert decode(encode(pieces)) == pieces


def test_a_pair_of_surrogates_in_two_pieces_is_joined() -> None:
    assert decode(encode([TextArrived(0, "\ud83d"), TextArrived(0, "\ude00")])) == [TextArrived(0, "😀")]


def test_nothing_gives_an_empty_list() -> None:
    assert encode([]) == "[]"
    assert decode("[]") == []


def test_the_end_of_a_reply_comes_back() -> None:
    assert decode(encode([BlockStarted(0, {"type": "text", "text": ""}), ReplyEnded()]))[-1] == ReplyEnded()


@pytest.mark.parametrize(
    "text",
    ["", "{", "5", "null", '[["?", 1]]', "[[]]", "[5]", '[["t"]]', '[["t", 0, "a", "b"]]', "[null]", '[[["t"], 0]]'],
)
def test_what_is_no_list_of_events_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)
