"""Whatever a conversation went through, its request is one the API takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core import request
from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.events import PARTIAL_INPUT
from desktop_chat.core.messages import Block, Message, MessageStatus, Role
from desktop_chat.core.models import ModelInfo, ThinkingKind
from desktop_chat.core.provider import ANTHROPIC, ProviderProfile, profile_for
from desktop_chat.core.request import RequestOptions
from desktop_chat.core.settings import ThinkingMode
from tests.helpers.samples import question, reply

LOCAL = profile_for("http://localhost:11434")
BLOCKS: st.SearchStrategy[Block] = st.sampled_from(
    [
        {"type": "text", "text": "words"},
        {"type": "text", "text": ""},
        {"type": "text", "text": " \n"},
        {"type": "text", "text": "cited", "citations": [{"type": "page_location"}]},
        {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
        {"type": "thinking", "thinking": "cut"},
        {"type": "redacted_thinking", "data": "Emw="},
        {"type": "tool_use", "id": "orphan", "name": "n", "input": {}},
        {"type": "tool_use", "id": "cut", "name": "n", PARTIAL_INPUT: '{"a'},
        {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
        {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []},
        {"type": "hologram", "deep": [1]},
    ]
)
OPTIONS = st.builds(
    RequestOptions,
    st.builds(
        ModelInfo,
        id=st.sampled_from(["a", "b"]),
        name=st.just("A"),
        output_tokens_max=st.sampled_from([None, 4_096, 64_000]),
        thinking=st.sampled_from(ThinkingKind),
        thinking_off=st.sampled_from([None, "disabled"]),
    ),
    max_tokens=st.integers(1, 128_000),
    thinking=st.sampled_from(ThinkingMode),
    system_prompt=st.sampled_from(["", "Be short."]),
    keeps_thinking=st.booleans(),
)
PROFILES = st.sampled_from([ANTHROPIC, LOCAL])


@st.composite
def paths(draw: st.DrawFn) -> tuple[Message, ...]:
    """A path through a tree as sessions make it: questions have words, replies hang below questions."""
    tree = ConversationTree()
    for _ in range(draw(st.integers(0, 6))):
        if len(tree) and draw(st.booleans()):
            tree.show_up_to(draw(st.sampled_from([message.id for message in tree])))
        asked = question("c", draw(st.sampled_from(["Why?", "And?"])), tree.tip_id)
        tree.add(asked)
        for _ in range(draw(st.integers(0, 2))):
            tree.show_up_to(asked.id)
            tree.add(draw_reply(draw, tree.path(asked.id), asked.id))
    tree.add(question("c", "The last?", tree.tip_id))
    return tree.path()


def draw_reply(draw: st.DrawFn, path: tuple[Message, ...], parent_id: str) -> Message:
    profile = draw(PROFILES)
    fields: dict[str, Any] = {
        "content": tuple(draw(st.lists(BLOCKS, max_size=4))),
        "status": draw(st.sampled_from([status for status in MessageStatus if status is not MessageStatus.STREAMING])),
        "stop_reason": draw(st.sampled_from([None, "end_turn", "refusal"])),
        "provider": profile.origin,
        "prefix_hash": request.build(path, profile, draw(OPTIONS)).prefix_hash,
    }
    return reply("c", parent_id, **fields)


@given(paths(), PROFILES, OPTIONS)
def test_a_request_always_has_the_form_the_api_asks_for(
    path: tuple[Message, ...], profile: ProviderProfile, options: RequestOptions
) -> None:
    body = request.build(path, profile, options).body
    messages = body["messages"]

    roles = [message["role"] for message in messages]
    assert roles == [("user", "assistant")[place % 2] for place in range(len(roles))]
    assert roles[-1] == "user"
    for message in messages:
        assert message["content"]
        assert all(block["text"].strip() for block in message["content"] if block["type"] == "text")
        assert not all("thinking" in block["type"] for block in message["content"])
        assert not any(block.get("id") in ("orphan", "cut") for block in message["content"])
    assert 1 <= body["max_tokens"] <= (options.model.output_tokens_max or options.max_tokens)
    assert body.get("thinking", {}).get("budget_tokens", 0) < body["max_tokens"]
    json.dumps(body)


@given(paths(), PROFILES, OPTIONS)
def test_every_word_of_the_reader_is_sent(
    path: tuple[Message, ...], profile: ProviderProfile, options: RequestOptions
) -> None:
    sent = [
        block["text"]
        for message in request.build(path, profile, options).body["messages"]
        if message["role"] == "user"
        for block in message["content"]
    ]

    assert sent == [message.text for message in path if message.role is Role.USER]


@given(paths(), PROFILES, OPTIONS)
def test_thinking_is_sent_up_to_the_first_reply_that_was_made_for_another_prefix(
    path: tuple[Message, ...], profile: ProviderProfile, options: RequestOptions
) -> None:
    fitting = path
    for place, message in enumerate(path):
        if message.role is Role.ASSISTANT and (
            message.prefix_hash != request.build(path[:place], profile, options).prefix_hash
        ):
            fitting = path[:place]
            break

    expected = 0 if not options.keeps_thinking else thinking_count(fitting, profile, options)
    assert thinking_count(path, profile, options) == expected


def thinking_count(path: tuple[Message, ...], profile: ProviderProfile, options: RequestOptions) -> int:
    messages = request.build(path, profile, options).body["messages"]
    return sum("thinking" in block["type"] for message in messages for block in message["content"])
