"""The body of a request: what the API would refuse is mended before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.core import request
from desktop_chat.core.events import PARTIAL_INPUT
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Block, Message, MessageStatus, Role
from desktop_chat.core.models import ModelInfo, ThinkingKind
from desktop_chat.core.provider import ANTHROPIC, ProviderProfile, profile_for
from desktop_chat.core.request import RequestOptions
from desktop_chat.core.settings import ThinkingMode
from tests.helpers.file_samples import image_block, pdf_block, png, text_block
from tests.helpers.samples import question, reply

MODEL = ModelInfo("claude-x", "X", output_tokens_max=64_000, thinking=ThinkingKind.ADAPTIVE, thinking_off="disabled")
OTHER_MODEL = replace(MODEL, id="claude-y")
OPTIONS = RequestOptions(MODEL, 16_384)
LOCAL = profile_for("http://localhost:11434")
THOUGHT: Block = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
REDACTED: Block = {"type": "redacted_thinking", "data": "Emw="}
DISK_FULL = Failure("StreamBroken", "The line broke.", "What came is kept.")


def asked(text: str) -> Message:
    return question("c", text)


def text(words: str) -> Block:
    return {"type": "text", "text": words}


def answered(*blocks: Block, **fields: Any) -> Message:
    fields = {"status": MessageStatus.COMPLETE, "stop_reason": "end_turn", **fields}
    return reply("c", None, content=tuple(blocks), **fields)


def sent(
    path: Sequence[Message], profile: ProviderProfile = ANTHROPIC, options: RequestOptions = OPTIONS
) -> list[dict[str, Any]]:
    """The messages of the body."""
    messages: list[dict[str, Any]] = request.build(path, profile, options).body["messages"]
    return messages


def after(path: Sequence[Message], *blocks: Block, options: RequestOptions = OPTIONS, **fields: Any) -> list[Message]:
    """The path with a reply that was asked for as the program does it, its prefix written down."""
    built = request.build(path, ANTHROPIC, options)
    return [*path, answered(*blocks, prefix_hash=built.prefix_hash, model=options.model.id, **fields)]


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["content"]]


# --- the plain case


def test_a_first_question_is_sent_as_it_is() -> None:
    body = request.build([asked("Why?")], ANTHROPIC, OPTIONS).body

    assert body == {
        "model": "claude-x",
        "max_tokens": 16_384,
        "stream": True,
        "messages": [{"role": "user", "content": [text("Why?")]}],
        "thinking": {"type": "adaptive", "display": "summarized"},
        "cache_control": {"type": "ephemeral"},
    }


def test_a_conversation_is_sent_in_order_block_for_block() -> None:
    answer: Block = {"type": "text", "text": "Because.", "citations": [{"type": "page_location"}], "new_field": None}

    assert sent([asked("Why?"), answered(answer), asked("Really?")]) == [
        {"role": "user", "content": [text("Why?")]},
        {"role": "assistant", "content": [answer]},
        {"role": "user", "content": [text("Really?")]},
    ]


def test_building_does_not_change_the_messages() -> None:
    content = [text("Because.")]
    path = [asked("Why?"), answered(*content), asked("Really?"), answered(), asked("And?")]

    sent(path)

    assert [len(message.content) for message in path] == [1, 1, 1, 0, 1]
    assert path[1].content == (text("Because."),)


def test_nothing_to_ask_is_refused() -> None:
    for path in ([], [asked("  ")], [asked("Why?"), answered(text("Because."))]):
        with pytest.raises(ValueError, match="no question"):
            request.build(path, ANTHROPIC, OPTIONS)


# --- what is left out


@pytest.mark.parametrize(
    "left_out",
    [
        answered(),
        answered(status=MessageStatus.FAILED, failure=DISK_FULL),
        answered(status=MessageStatus.STOPPED),
        answered(text("")),
        answered(text(" \n\t")),
        answered(THOUGHT),
        answered(REDACTED, text("  ")),
        answered(text("I cannot"), stop_reason="refusal"),
        answered({"type": "tool_use", "id": "t", "name": "n", "input": {}}),
        answered({"type": "tool_use", "id": "t", "name": "n", PARTIAL_INPUT: '{"a'}),
    ],
)
def test_replies_without_a_word_are_left_out_and_their_neighbours_merged(left_out: Message) -> None:
    assert sent([asked("One"), left_out, asked("Two")]) == [{"role": "user", "content": [text("One"), text("Two")]}]


@pytest.mark.parametrize("status", [MessageStatus.STOPPED, MessageStatus.FAILED, MessageStatus.INTERRUPTED])
def test_what_came_of_a_cut_reply_is_sent(status: MessageStatus) -> None:
    cut = answered(text("Half an"), status=status, stop_reason=None)

    assert sent([asked("Why?"), cut, asked("Go on")])[1] == {"role": "assistant", "content": [text("Half an")]}


def test_blank_text_between_other_blocks_is_dropped() -> None:
    path = [asked("Why?"), answered(text("a"), text("\n"), text("b")), asked("And?")]

    assert sent(path)[1]["content"] == [text("a"), text("b")]


def test_replies_in_a_row_are_merged() -> None:
    path = [asked("Why?"), answered(text("a")), answered(text("b")), asked("And?")]

    assert [message["role"] for message in sent(path)] == ["user", "assistant", "user"]
    assert sent(path)[1]["content"] == [text("a"), text("b")]


# --- tool calls


def test_a_tool_call_with_its_result_stays() -> None:
    call: Block = {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": 1}}
    result: Block = {"type": "tool_result", "tool_use_id": "t1", "content": "seen"}
    path = [asked("Look"), answered(text("I look."), call), replace(asked(""), content=(result,))]

    assert sent(path)[1]["content"] == [text("I look."), call]
    assert sent(path)[2]["content"] == [result]


def test_a_tool_call_without_its_result_is_dropped() -> None:
    calls: list[Block] = [{"type": "tool_use", "id": name, "name": "look", "input": {}} for name in ("t1", "t2")]
    result: Block = {"type": "tool_result", "tool_use_id": "t2", "content": "seen"}
    path = [asked("Look"), answered(text("I look."), *calls), replace(asked(""), content=(result,))]

    assert sent(path)[1]["content"] == [text("I look."), calls[1]]


def test_a_server_tool_call_with_its_result_in_the_same_reply_stays() -> None:
    call: Block = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "rain"}}
    found: Block = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"encrypted_content": "Eo8="}]}

    assert sent([asked("Rain?"), answered(call, found, text("Yes.")), asked("And?")])[1]["content"] == [
        call,
        found,
        text("Yes."),
    ]


def test_a_cut_tool_call_is_dropped_even_with_a_result() -> None:
    call: Block = {"type": "tool_use", "id": "t1", "name": "look", PARTIAL_INPUT: '{"a'}
    result: Block = {"type": "tool_result", "tool_use_id": "t1", "content": "seen"}
    path = [asked("Look"), answered(text("I look."), call), replace(asked("Go on"), content=(result, text("Go on")))]

    assert sent(path)[1]["content"] == [text("I look.")]


# --- other servers


def test_of_another_servers_reply_only_the_text_is_sent() -> None:
    foreign = answered(
        THOUGHT,
        {"type": "text", "text": "Yes.", "citations": [{"encrypted_index": "x"}]},
        {"type": "hologram"},
        provider=LOCAL.origin,
    )

    assert sent([asked("Rain?"), foreign, asked("And?")])[1]["content"] == [text("Yes.")]


def test_a_reply_comes_back_whole_to_its_own_server() -> None:
    own = answered({"type": "hologram", "deep": 1}, text("Yes."), provider=LOCAL.origin)

    assert sent([asked("Rain?"), own, asked("And?")], LOCAL)[1]["content"] == [
        {"type": "hologram", "deep": 1},
        text("Yes."),
    ]


# --- thinking that came before


def test_thinking_goes_back_while_nothing_before_it_has_changed() -> None:
    path = after([asked("One")], THOUGHT, REDACTED, text("A"))
    path = after([*path, asked("Two")], THOUGHT, text("B"))

    messages = sent([*path, asked("Three")])

    assert kinds(messages[1]) == ["thinking", "redacted_thinking", "text"]
    assert kinds(messages[3]) == ["thinking", "text"]


@pytest.mark.parametrize(
    ("profile", "options"),
    [
        (ANTHROPIC, replace(OPTIONS, system_prompt="Be short.")),
        (ANTHROPIC, replace(OPTIONS, model=OTHER_MODEL)),
        (ANTHROPIC, replace(OPTIONS, keeps_thinking=False)),
        (LOCAL, OPTIONS),
    ],
)
def test_thinking_is_stripped_once_it_no_longer_fits(profile: ProviderProfile, options: RequestOptions) -> None:
    path = after([asked("One")], THOUGHT, REDACTED, text("A"))
    path = after([*path, asked("Two")], THOUGHT, text("B"))

    messages = sent([*path, asked("Three")], profile, options)

    assert [kinds(message) for message in messages if message["role"] == "assistant"] == [["text"], ["text"]]


@pytest.mark.parametrize("changed", ["edited", "dropped"])
def test_thinking_is_stripped_from_the_first_change_on(changed: str) -> None:
    path = after([asked("One")], THOUGHT, text("A"))
    path = after([*path, asked("Two")], THOUGHT, text("B"))
    path = after([*path, asked("Three")], THOUGHT, text("C"))
    if changed == "edited":
        path[2] = replace(path[2], content=(text("Zwei"),))
    else:
        del path[2:4]

    replies = [message for message in sent([*path, asked("Four")]) if message["role"] == "assistant"]

    assert kinds(replies[0]) == ["thinking", "text"]
    assert all(kinds(message) == ["text"] for message in replies[1:])
    assert len(replies) == (3 if changed == "edited" else 2)


def test_thinking_without_a_known_prefix_is_stripped() -> None:
    assert kinds(sent([asked("One"), answered(THOUGHT, text("A")), asked("Two")])[1]) == ["text"]


@pytest.mark.parametrize("signature", ["", None])
def test_thinking_without_a_signature_was_cut_and_is_stripped(signature: str | None) -> None:
    path = after([asked("One")], {**THOUGHT, "signature": signature}, text("A"))

    assert kinds(sent([*path, asked("Two")])[1]) == ["text"]


def test_after_a_change_the_conversation_settles_on_a_new_prefix() -> None:
    """What is sent twice in the same way has the same fingerprint, whatever was stripped from it."""
    path = after([asked("One")], THOUGHT, text("A"))
    changed = replace(OPTIONS, model=OTHER_MODEL)
    path = [*path, asked("Two")]

    first, again = request.build(path, ANTHROPIC, changed), request.build(path, ANTHROPIC, changed)

    assert first == again
    assert first.prefix_hash != request.build(path, ANTHROPIC, OPTIONS).prefix_hash


# --- what is asked for besides


@pytest.mark.parametrize(
    ("wanted", "most", "expected"), [(16_384, 64_000, 16_384), (128_000, 64_000, 64_000), (128_000, None, 128_000)]
)
def test_the_longest_reply_is_what_the_model_can_do(wanted: int, most: int | None, expected: int) -> None:
    options = RequestOptions(replace(MODEL, output_tokens_max=most), wanted)

    assert request.build([asked("Why?")], ANTHROPIC, options).body["max_tokens"] == expected


@pytest.mark.parametrize(
    ("kind", "off", "mode", "max_tokens", "expected"),
    [
        (ThinkingKind.ADAPTIVE, None, ThinkingMode.AUTO, 100, {"type": "adaptive", "display": "summarized"}),
        (ThinkingKind.ADAPTIVE, "disabled", ThinkingMode.OFF, 100, {"type": "disabled"}),
        (ThinkingKind.ADAPTIVE, "between_tools", ThinkingMode.OFF, 100, {"type": "between_tools"}),
        (ThinkingKind.ADAPTIVE, None, ThinkingMode.OFF, 100, None),
        (ThinkingKind.BUDGET, "disabled", ThinkingMode.AUTO, 64_000, {"type": "enabled", "budget_tokens": 8_192}),
        (ThinkingKind.BUDGET, "disabled", ThinkingMode.AUTO, 4_000, {"type": "enabled", "budget_tokens": 2_000}),
        (ThinkingKind.BUDGET, "disabled", ThinkingMode.AUTO, 2_048, {"type": "enabled", "budget_tokens": 1_024}),
        (ThinkingKind.BUDGET, "disabled", ThinkingMode.AUTO, 2_047, None),
        (ThinkingKind.BUDGET, "disabled", ThinkingMode.OFF, 64_000, {"type": "disabled"}),
        (ThinkingKind.NONE, None, ThinkingMode.AUTO, 64_000, None),
        (ThinkingKind.NONE, None, ThinkingMode.OFF, 64_000, None),
    ],
)
def test_each_kind_of_model_is_asked_to_think_in_its_way(
    kind: ThinkingKind, off: str | None, mode: ThinkingMode, max_tokens: int, expected: dict[str, Any] | None
) -> None:
    options = RequestOptions(replace(MODEL, thinking=kind, thinking_off=off), max_tokens, mode)

    assert request.build([asked("Why?")], ANTHROPIC, options).body.get("thinking") == expected


def test_caching_is_asked_for_only_where_it_is_known() -> None:
    assert request.build([asked("Why?")], ANTHROPIC, OPTIONS).body["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in request.build([asked("Why?")], LOCAL, OPTIONS).body


@pytest.mark.parametrize(("prompt", "is_sent"), [("", False), ("  \n", False), ("Be short.", True)])
def test_instructions_are_sent_when_there_are_any(prompt: str, is_sent: bool) -> None:
    body = request.build([asked("Why?")], ANTHROPIC, replace(OPTIONS, system_prompt=prompt)).body

    assert body.get("system") == (prompt if is_sent else None)


def test_roles_are_as_the_wire_has_them() -> None:
    assert [message["role"] for message in sent([asked("a"), answered(text("b")), asked("c")])] == [
        Role.USER.value,
        Role.ASSISTANT.value,
        Role.USER.value,
    ]


# --- files


def pictured(*blocks: Block) -> Message:
    """A question with files."""
    return replace(asked("?"), content=blocks)


def test_files_go_to_anthropic_as_they_are() -> None:
    blocks = (image_block(), pdf_block(), text_block(), text("Why?"))

    assert sent([pictured(*blocks)]) == [{"role": "user", "content": list(blocks)}]


def test_a_question_of_files_alone_is_one() -> None:
    assert sent([pictured(image_block())]) == [{"role": "user", "content": [image_block()]}]
    assert sent([pictured(image_block(), text("  \n"))]) == [{"role": "user", "content": [image_block()]}]


def test_neighbours_with_files_are_merged_in_order() -> None:
    path = [pictured(image_block(), text("one")), pictured(text_block()), asked("two")]

    assert sent(path) == [{"role": "user", "content": [image_block(), text("one"), text_block(), text("two")]}]


def test_a_text_file_is_plain_text_for_a_server_that_knows_no_documents() -> None:
    blocks = (text_block("Bring <seeds>.\n", "notes.txt"), pdf_block(), image_block(), text("Why?"))

    plain = text('<document title="notes.txt">\nBring <seeds>.\n\n</document>')
    assert sent([pictured(*blocks)], LOCAL) == [{"role": "user", "content": [plain, *blocks[1:]]}]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ('a"> <b>&.txt', "a&quot;&gt; &lt;b&gt;&amp;.txt"),
        ("a\nb\u202e\x00c  d", "a b c d"),
        ("Grüße 世界.txt", "Grüße 世界.txt"),
        (None, ""),
    ],
)
def test_a_title_cannot_end_its_quotes(title: str | None, written: str) -> None:
    [message] = sent([pictured({**text_block("x"), "title": title})], LOCAL)

    assert message["content"][0]["text"].startswith(f'<document title="{written}">\nx\n')


def test_a_document_elsewhere_is_not_read_into_text() -> None:
    block = {"type": "document", "source": {"type": "url", "url": "https://x.example"}, "title": "a"}

    assert sent([pictured(block)], LOCAL) == [{"role": "user", "content": [block]}]


def test_thinking_stays_behind_files() -> None:
    path = after([pictured(image_block(), text("Why?"))], THOUGHT, text("Because."))

    assert kinds(sent([*path, asked("Go on.")])[1]) == ["thinking", "text"]


@pytest.mark.parametrize(
    "other",
    [image_block(png(3, 4)), image_block(media_type="image/gif"), text_block("Seeds!"), text_block(title="b.txt")],
)
def test_another_file_is_another_prefix(other: Block) -> None:
    block = text_block() if other["type"] == "document" else image_block()
    path = after([pictured(block, text("Why?"))], THOUGHT, text("Because."))

    assert kinds(sent([pictured(other, text("Why?")), *path[1:], asked("Go on.")])[1]) == ["text"]


def test_the_prefix_of_what_has_no_files_is_the_one_that_stored_replies_have() -> None:
    path = [asked("Grüße?"), answered(THOUGHT, {"type": "web_search_tool_result", "tool_use_id": "t", "content": []})]

    assert request.build([*path, asked("And?")], ANTHROPIC, OPTIONS).prefix_hash == (
        "cb166af74cc4dba1435045a650badc65bc2f0d69cfacd848f1848b202dc46b0b"
    )


def test_a_file_with_half_a_character_has_a_prefix() -> None:
    assert request.build([pictured(text_block("\ud83d"))], ANTHROPIC, OPTIONS).prefix_hash
