"""How each event changes the reply in the making."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_chat.core.events import (
    PARTIAL_INPUT,
    REPLY_EVENTS,
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    Reply,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    SignatureArrived,
    TextArrived,
    ThinkingArrived,
    apply,
    with_whole_surrogates,
)
from desktop_chat.core.usage import Usage

TEXT = {"type": "text", "text": ""}
THINKING = {"type": "thinking", "thinking": "", "signature": ""}
TOOL = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}


def reply_of(*events: ReplyEvent) -> Reply:
    reply = Reply()
    for event in events:
        apply(reply, event)
    return reply


def blocks_of(*events: ReplyEvent) -> list[dict[str, Any]]:
    return [dict(block) for block in reply_of(*events).content()]


def test_the_start_names_the_reply_its_model_and_its_first_usage() -> None:
    reply = reply_of(ReplyStarted("msg_1", "claude-x", {"input_tokens": 12, "output_tokens": 1}))

    assert (reply.message_id, reply.model, reply.usage) == ("msg_1", "claude-x", Usage(12, 1))
    assert not reply.has_output
    assert not reply.is_ended


def test_a_start_without_names_keeps_those_that_are_known() -> None:
    reply = reply_of(ReplyStarted("msg_1", "claude-x", {}), ReplyStarted("", "", {"input_tokens": 3}))

    assert (reply.message_id, reply.model, reply.usage.input_tokens) == ("msg_1", "claude-x", 3)


def test_text_is_appended_to_what_the_block_opened_with() -> None:
    blocks = blocks_of(
        BlockStarted(0, {"type": "text", "text": "Hel", "citations": None}), TextArrived(0, "lo"), TextArrived(0, "!")
    )

    assert blocks == [{"type": "text", "text": "Hello!", "citations": None}]


def test_a_block_that_opened_with_null_text_takes_text() -> None:
    assert blocks_of(BlockStarted(0, {"type": "text", "text": None}), TextArrived(0, "a")) == [
        {"type": "text", "text": "a"}
    ]


def test_thinking_is_appended_and_its_signature_assigned() -> None:
    blocks = blocks_of(
        BlockStarted(0, THINKING),
        ThinkingArrived(0, "Let "),
        ThinkingArrived(0, "me see"),
        SignatureArrived(0, "first"),
        SignatureArrived(0, "second"),
        BlockEnded(0),
    )

    assert blocks == [{"type": "thinking", "thinking": "Let me see", "signature": "second"}]


def test_thinking_without_a_word_keeps_its_signature() -> None:
    assert blocks_of(BlockStarted(0, THINKING), ThinkingArrived(0, ""), SignatureArrived(0, "sig")) == [
        {"type": "thinking", "thinking": "", "signature": "sig"}
    ]


def test_redacted_thinking_and_unknown_blocks_stay_as_they_came() -> None:
    redacted = {"type": "redacted_thinking", "data": "EmwKAhgB"}
    unknown = {"type": "hologram", "zz": [1, {"b": None}], "aa": 2}

    assert blocks_of(BlockStarted(0, redacted), BlockStarted(1, unknown)) == [redacted, unknown]


def test_tool_arguments_are_json_once_all_pieces_are_there() -> None:
    blocks = blocks_of(
        BlockStarted(0, TOOL),
        InputJsonArrived(0, ""),
        InputJsonArrived(0, '{"city": "Zü'),
        InputJsonArrived(0, 'rich", "n": 1e3}'),
        BlockEnded(0),
    )

    assert blocks == [{**TOOL, "input": {"city": "Zürich", "n": 1000.0}}]


@pytest.mark.parametrize("kind", ["tool_use", "server_tool_use", "mcp_tool_use"])
def test_a_tool_call_without_arguments_has_an_empty_object(kind: str) -> None:
    assert blocks_of(BlockStarted(0, {"type": kind, "id": "t", "name": "n"}))[0]["input"] == {}


def test_arguments_that_came_with_the_start_are_kept() -> None:
    assert blocks_of(BlockStarted(0, {**TOOL, "input": {"a": 1}}))[0]["input"] == {"a": 1}


def test_cut_tool_arguments_are_kept_as_text_and_never_as_input() -> None:
    (block,) = blocks_of(BlockStarted(0, TOOL), InputJsonArrived(0, '{"city": "Zü'))

    assert block == {"type": "tool_use", "id": "toolu_1", "name": "look", PARTIAL_INPUT: '{"city": "Zü'}


def test_an_empty_input_delta_inside_text_means_nothing() -> None:
    blocks = blocks_of(BlockStarted(0, TEXT), InputJsonArrived(0, ""), TextArrived(0, "a"), InputJsonArrived(0, "{}"))

    assert blocks == [{"type": "text", "text": "a"}]


def test_citations_may_come_before_between_and_after_text() -> None:
    first, second = {"type": "page_location", "cited_text": "a"}, {"type": "page_location", "cited_text": "b"}

    blocks = blocks_of(
        BlockStarted(0, {**TEXT, "citations": None}),
        CitationArrived(0, first),
        TextArrived(0, "It rains."),
        CitationArrived(0, second),
    )

    assert blocks == [{"type": "text", "text": "It rains.", "citations": [first, second]}]


def test_citations_join_those_the_block_opened_with() -> None:
    assert blocks_of(BlockStarted(0, {**TEXT, "citations": [{"a": 1}]}), CitationArrived(0, {"b": 2}))[0][
        "citations"
    ] == [{"a": 1}, {"b": 2}]


def test_fields_replace_those_of_their_block() -> None:
    blocks = blocks_of(
        BlockStarted(0, {"type": "compaction", "content": None}),
        FieldsArrived(0, {"content": "first"}),
        FieldsArrived(0, {"content": "second", "more": 1}),
    )

    assert blocks == [{"type": "compaction", "content": "second", "more": 1}]


def test_the_change_brings_totals_and_why_it_stopped() -> None:
    reply = reply_of(
        ReplyStarted("m", "x", {"input_tokens": 10, "output_tokens": 1}),
        ReplyChanged("refusal", None, {"type": "refusal", "category": "cyber"}, {"output_tokens": 30}),
    )

    assert (reply.stop_reason, reply.stop_sequence) == ("refusal", None)
    assert reply.stop_details == {"type": "refusal", "category": "cyber"}
    assert reply.usage == Usage(10, 30)


def test_a_later_change_without_a_reason_keeps_the_first() -> None:
    reply = reply_of(
        ReplyChanged("stop_sequence", "END", None, {"output_tokens": 5}), ReplyChanged(None, None, None, {})
    )

    assert (reply.stop_reason, reply.stop_sequence, reply.usage.output_tokens) == ("stop_sequence", "END", 5)


def test_only_the_end_makes_a_reply_complete() -> None:
    started = (BlockStarted(0, TEXT), TextArrived(0, "a"), BlockEnded(0), ReplyChanged("end_turn", None, None, {}))

    assert not reply_of(*started).is_ended
    assert reply_of(*started, ReplyEnded()).is_ended


@pytest.mark.parametrize(
    "late",
    [
        ReplyStarted("other", "other", {"input_tokens": 99}),
        BlockStarted(0, {"type": "text", "text": "other"}),
        BlockStarted(7, TOOL),
        TextArrived(0, "more"),
        ThinkingArrived(1, "more"),
        SignatureArrived(1, "other"),
        InputJsonArrived(2, "{"),
        CitationArrived(0, {"a": 1}),
        FieldsArrived(0, {"text": "other"}),
        BlockEnded(0),
        ReplyChanged("max_tokens", None, None, {"output_tokens": 99}),
        ReplyEnded(),
    ],
)
def test_what_comes_after_the_end_is_ignored(late: ReplyEvent) -> None:
    events = (ReplyStarted("m", "x", {}), BlockStarted(0, TEXT), TextArrived(0, "a"), ReplyEnded())

    assert reply_of(*events, late) == reply_of(*events)


def test_overlapping_blocks_keep_their_pieces_apart_and_in_order_of_index() -> None:
    blocks = blocks_of(
        BlockStarted(0, THINKING),
        BlockStarted(2, TEXT),
        ThinkingArrived(0, "a"),
        BlockStarted(1, TOOL),
        TextArrived(2, "x"),
        ThinkingArrived(0, "b"),
        InputJsonArrived(1, '{"k":'),
        TextArrived(2, "y"),
        InputJsonArrived(1, "1}"),
        BlockEnded(2),
        BlockEnded(0),
        BlockEnded(1),
    )

    assert [block["type"] for block in blocks] == ["thinking", "tool_use", "text"]
    assert (blocks[0]["thinking"], blocks[1]["input"], blocks[2]["text"]) == ("ab", {"k": 1}, "xy")


def test_blocks_that_are_never_closed_are_whole_all_the_same() -> None:
    assert blocks_of(BlockStarted(0, TEXT), TextArrived(0, "a"), ReplyEnded())[0]["text"] == "a"


@pytest.mark.parametrize(
    ("event", "block"),
    [
        (TextArrived(3, "a"), {"type": "text", "text": "a"}),
        (ThinkingArrived(3, "a"), {"type": "thinking", "thinking": "a"}),
        (CitationArrived(3, {"c": 1}), {"type": "text", "text": "", "citations": [{"c": 1}]}),
        (SignatureArrived(3, "s"), {"type": "thinking", "thinking": "", "signature": "s"}),
        (FieldsArrived(3, {"content": "c"}), {"type": "unknown", "content": "c"}),
    ],
)
def test_a_delta_for_a_block_that_was_never_opened_opens_one(event: ReplyEvent, block: dict[str, Any]) -> None:
    assert blocks_of(event) == [block]


def test_tool_arguments_without_a_call_are_dropped() -> None:
    assert blocks_of(InputJsonArrived(0, "{}")) == []


@pytest.mark.parametrize(
    ("event", "has_output"),
    [
        (ReplyStarted("m", "x", {}), False),
        (BlockStarted(0, TEXT), False),
        (BlockStarted(0, THINKING), False),
        (BlockStarted(0, {"type": "text", "text": "a"}), True),
        (BlockStarted(0, TOOL), True),
        (BlockStarted(0, {"type": "redacted_thinking", "data": "x"}), True),
        (TextArrived(0, ""), False),
        (TextArrived(0, "a"), True),
        (ThinkingArrived(0, ""), False),
        (ThinkingArrived(0, "a"), True),
        (ReplyChanged("end_turn", None, None, {}), False),
        (ReplyEnded(), False),
    ],
)
def test_output_is_what_a_reader_could_miss(event: ReplyEvent, has_output: bool) -> None:
    assert reply_of(event).has_output is has_output


def test_a_surrogate_pair_that_came_in_two_pieces_is_whole() -> None:
    blocks = blocks_of(
        BlockStarted(0, TEXT),
        TextArrived(0, "a\ud83d"),
        BlockStarted(1, THINKING),
        ThinkingArrived(1, "\ud83d"),
        ThinkingArrived(1, "\ude00"),
        TextArrived(0, "\ude00b"),
    )

    assert (blocks[0]["text"], blocks[1]["thinking"]) == ("a😀b", "😀")


def test_the_lone_half_of_a_pair_becomes_a_replacement_mark() -> None:
    assert blocks_of(TextArrived(0, "a\ud83d"))[0]["text"] == "a\ufffd"
    assert with_whole_surrogates("\ude00\ud83d") == "\ufffd\ufffd"
    assert with_whole_surrogates("plain 😀") == "plain 😀"


def test_reading_the_content_does_not_change_it() -> None:
    reply = reply_of(BlockStarted(0, TEXT), TextArrived(0, "a"))
    before = reply.content()

    apply(reply, TextArrived(0, "b"))

    assert before == ({"type": "text", "text": "a"},)
    assert reply.content() == reply.content() == ({"type": "text", "text": "ab"},)


def test_the_block_of_the_event_is_never_changed() -> None:
    block = {"type": "text", "text": "", "citations": []}

    blocks_of(BlockStarted(0, block), TextArrived(0, "a"), CitationArrived(0, {"c": 1}), FieldsArrived(0, {"x": 1}))

    assert block == {"type": "text", "text": "", "citations": []}


def test_every_class_of_reply_event_is_listed() -> None:
    assert set(REPLY_EVENTS) == set(ReplyEvent.__args__)


@pytest.mark.parametrize("given", ["[" * 100_000, "[" * 200 + "]" * 200, '{"a": NaN}', '{"a": 1e999}'])
def test_arguments_that_could_not_be_sent_back_stay_text(given: str) -> None:
    reply = Reply()
    apply(reply, BlockStarted(0, {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}))
    apply(reply, InputJsonArrived(0, given))
    (block,) = reply.content()
    assert block == {"type": "tool_use", "id": "toolu_1", "name": "look", PARTIAL_INPUT: given}
