"""Two parts of a reply become one text."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.core.continuation import (
    QUOTED_CHARACTERS,
    Joint,
    Placing,
    asking_to_go_on,
    begun_again,
    can_be_continued,
    text_to_go_on_from,
)
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.messages import Block, Message, MessageStatus
from tests.helpers.samples import question, reply

TEXT = "".join(
    f"Paragraph {number}: the delay doubles, and the jitter spreads the clients over {number * 7} seconds.\n\n"
    f"```python\ndelay_s = min(cap_s, base_s * 2 ** {number})\nreturn delay_s\n```\n\n"
    for number in range(60)
)


def joined(first: str, second: str, sizes: random.Random, is_exact: bool = False) -> str:
    joint, text, at = Joint(first, is_exact), first, 0
    while at < len(second):
        size = sizes.randint(1, 8)
        text += joint.feed(second[at : at + size])
        at += size
    return text + joint.finish()


def sent(at: int) -> int:
    """Where a text that was cut here ends for the server: blanks at the end are not sent."""
    return len(TEXT[:at].rstrip())


def text(value: str) -> Block:
    return {"type": "text", "text": value}


def cut(status: MessageStatus = MessageStatus.FAILED, **fields: Any) -> Message:
    asked = question("c")
    return replace(reply("c", asked.id, status=status), **{"content": (text("half an answ"),), **fields})


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_cut_anywhere_leaves_no_trace_when_up_to_200_characters_are_repeated(percent: int) -> None:
    dice = random.Random(percent)
    at = len(TEXT) * percent // 100
    repeated = dice.randint(12, 200)
    assert joined(TEXT[:at], TEXT[max(0, sent(at) - repeated) :], dice) == TEXT


@pytest.mark.parametrize("percent", range(1, 100))
def test_nothing_is_lost_when_nothing_is_repeated(percent: int) -> None:
    at = len(TEXT) * percent // 100
    assert joined(TEXT[:at], TEXT[sent(at) :], random.Random(percent)) == TEXT


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("he saw the", "the client wait", "he saw the client wait"),
        ("so it is ful", "ly jittered", "so it is fully jittered"),
        ("the demonstr", "demonstration", "the demonstration"),
        ("the demonstr", "ation", "the demonstration"),
        ("in it", "it is", "in it is"),
        ("a a", "a b", "a aa b"),
        ("bla bla", " bla bla", "bla bla bla bla"),
        ("no! no!", " no! no!", "no! no! no! no!"),
        ("ver", "very", "very"),
        ("sever", "very", "seververy"),
        ("| 1 | 1", "1 | 2 |", "| 1 | 11 | 2 |"),
        ("", "from the start", "from the start"),
        ("no more", "", "no more"),
    ],
)
def test_few_characters_are_a_repetition_only_as_a_word(first: str, second: str, whole: str) -> None:
    assert joined(first, second, random.Random(1)) == whole


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("ends here.\n", "\nNext", "ends here.\nNext"),
        ("ends here.\n", "\n\nNext", "ends here.\n\nNext"),
        ("ends here.\n\n", "Next", "ends here.\n\nNext"),
        ("ends here. \n", "\nNext", "ends here. \n\nNext"),
        ("ends here. ", "", "ends here. "),
    ],
)
@pytest.mark.parametrize("is_exact", [True, False])
def test_blanks_at_the_end_are_not_there_twice(first: str, second: str, whole: str, is_exact: bool) -> None:
    assert joined(first, second, random.Random(1), is_exact) == whole


def test_blanks_behind_a_repetition_are_not_there_twice() -> None:
    assert joined("These are the last words.\n\n", "the last words.\n\n- one", random.Random(1), is_exact=False) == (
        "These are the last words.\n\n- one"
    )


def test_a_ruler_that_goes_on_is_no_repetition() -> None:
    ruler = "|---|---|---|---"
    assert joined("| a | b | c |\n" + ruler, ruler + "|\n", random.Random(1)) == "| a | b | c |\n" + ruler * 2 + "|\n"


def test_a_server_that_goes_on_exactly_is_taken_at_its_word() -> None:
    row = "| --- | --- | --- |\n"
    assert joined(row * 3, row * 3, random.Random(1), is_exact=True) == row * 6


def test_an_empty_piece_decides_nothing() -> None:
    joint = Joint("The end of the first part", is_exact=False)
    assert [joint.feed(piece) for piece in ("", "the first ", "", "part", " and more")] == ["", "", "", "", " and more"]


def test_what_cannot_be_a_repetition_is_shown_at_once() -> None:
    joint = Joint("The end of the first part", is_exact=False)
    assert joint.feed("Qu") == "Qu"
    assert joint.feed("ick") == "ick"


@pytest.mark.parametrize("status", [MessageStatus.STOPPED, MessageStatus.FAILED, MessageStatus.INTERRUPTED])
def test_cut_replies_can_be_continued(status: MessageStatus) -> None:
    assert can_be_continued(cut(status))


def test_a_reply_at_its_limit_can_be_continued() -> None:
    assert can_be_continued(cut(MessageStatus.COMPLETE, stop_reason="max_tokens"))


@pytest.mark.parametrize(
    "message",
    [
        cut(MessageStatus.COMPLETE, stop_reason="end_turn"),
        cut(MessageStatus.COMPLETE, stop_reason="refusal"),
        cut(content=()),
        cut(content=(text(" \n"),)),
        cut(content=({"type": "thinking", "thinking": "hm"},)),
        question("c"),
    ],
    ids=["complete", "refused", "empty", "blank", "only thinking", "a question"],
)
def test_others_cannot(message: Message) -> None:
    assert not can_be_continued(message)


def test_nothing_is_dropped_of_a_reply_that_goes_on() -> None:
    call = {"type": "tool_use", "id": "t", "name": "n", "partial_input": "{"}
    content = (text("a"), call, text(" b \n"), {"type": "thinking", "thinking": "hm"}, call, text(" "))
    message = cut(content=content)
    assert begun_again(message).content == content
    assert [seam.block for seam in begun_again(message).seams] == [len(content)]
    assert text_to_go_on_from(message) == "a b"


def test_a_reply_that_goes_on_streams_and_has_no_failure() -> None:
    again = begun_again(cut(stop_reason="max_tokens", prefix_hash="x"))
    assert again.status is MessageStatus.STREAMING
    assert (again.failure, again.stop_reason, again.prefix_hash, again.ended_at) == (None, None, None, None)
    assert again.text == "half an answ"


def test_the_end_is_quoted_exactly() -> None:
    words, whole = asking_to_go_on(cut(content=(text(TEXT),))), TEXT.rstrip()
    assert f"\n{whole[-QUOTED_CHARACTERS:]}\n" in words
    assert whole[-QUOTED_CHARACTERS - 1 :] not in words


# --- events


def placed(placing: Placing, *events: ReplyEvent) -> list[ReplyEvent]:
    return [at for event in events for at in placing.placed(event)]


def test_the_events_of_a_new_reply_stay_as_they_are() -> None:
    events = (BlockStarted(0, text("")), TextArrived(0, "Hi"), BlockEnded(0), ReplyEnded())
    assert all(now is then for now, then in zip(placed(Placing(0), *events), events, strict=True))


def test_the_first_text_is_joined_and_all_blocks_stand_behind_those_before() -> None:
    first = "The delay doubles each time."
    placing = Placing(2, Joint(first, is_exact=False))
    events = placed(
        placing,
        BlockStarted(0, {"type": "thinking", "thinking": ""}),
        ThinkingArrived(0, "So"),
        BlockEnded(0),
        BlockStarted(1, text("doubles each")),
        TextArrived(1, " time. Then"),
        BlockEnded(1),
        BlockStarted(2, text("each time.")),
    )
    assert events == [
        BlockStarted(2, {"type": "thinking", "thinking": ""}),
        ThinkingArrived(2, "So"),
        BlockEnded(2),
        BlockStarted(3, text("")),
        TextArrived(3, " Then"),
        BlockEnded(3),
        BlockStarted(4, text("each time.")),
    ]


@pytest.mark.parametrize("end", [BlockEnded(0), ReplyChanged("end_turn", None, None, {}), ReplyEnded()])
def test_what_is_held_back_comes_before_whatever_ends_it(end: ReplyEvent) -> None:
    placing = Placing(1, Joint("It is the end", is_exact=False))
    assert placed(placing, TextArrived(0, "It is")) == []
    before, after = placed(placing, end)
    assert (before, type(after)) == (TextArrived(1, "It is"), type(end))
    assert list(placing.rest()) == []
