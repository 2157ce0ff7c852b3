"""Messages with every field filled, for tests of everything that stores or shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Block, Message, MessageStatus, Role, Seam, Timings, new_id, user_message
from desktop_chat.core.outbox import Queued
from desktop_chat.core.usage import Usage

BLOCKS: tuple[Block, ...] = (
    {"type": "thinking", "thinking": "Let me see …", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk="},
    {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"},
    {"type": "text", "text": 'Grüße, 世界 👩‍👩‍👧‍👦\u2028\x00\x1f\\"', "citations": None},
    {
        "type": "text",
        "text": "It rains.",
        "citations": [{"type": "web_search_result_location", "url": "https://example.org", "cited_text": "rain"}],
    },
    {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"place": "Zürich", "days": [1, 2.5, None]}},
    {"type": "tool_use", "id": "toolu_2", "name": "cut_off", "partial_input": '{"place": "Zü'},
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "rain"}},
    {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": [{"encrypted_content": "Eo8=", "x": {}}],
    },
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": ""}], "is_error": False},
    {
        "type": "something_new",
        "zz": 1,
        "aa": {"deep": [True, {"b": 1e-9, "a": 12345678901234567890}]},
        "half": "\ud83d",
    },
)
"""One of every kind, an unknown one among them; the order of their fields is part of them."""


def question(conversation_id: str, text: str = "Why?", parent_id: str | None = None, **fields: Any) -> Message:
    """A user message."""
    return replace(user_message(conversation_id, parent_id, text), **fields)


def queued(conversation_id: str, place: int, text: str = "And then?") -> Queued:
    """A message that waits to be sent."""
    return Queued(new_id(), conversation_id, place, text, 1_790_000_000.5)


def reply(conversation_id: str, parent_id: str | None, text: str = "", **fields: Any) -> Message:
    """A reply that has just begun, unless `fields` say otherwise."""
    values: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": conversation_id,
        "parent_id": parent_id,
        "role": Role.ASSISTANT,
        "content": ({"type": "text", "text": text},) if text else (),
        "status": MessageStatus.STREAMING,
        "created_at": 1_790_000_000.25,
        "model": "claude-opus-4-8",
        "provider": "https://api.anthropic.com",
    }
    return Message(**{**values, **fields})


def full_reply(conversation_id: str, parent_id: str | None, content: Sequence[Block] = BLOCKS) -> Message:
    """A reply in which no field is empty."""
    return reply(
        conversation_id,
        parent_id,
        content=tuple(content),
        status=MessageStatus.FAILED,
        ended_at=1_790_000_009.125,
        usage=Usage(1, 2, 3, 4, 5, 6, 7),
        cost_usd=0.012345678901234567,
        stop_reason="refusal",
        stop_details={"type": "refusal", "category": "cyber", "explanation": None},
        failure=Failure(
            kind="Overloaded",
            title="The server is busy.",
            detail="Try again — später.",
            action=Action.RETRY,
            status=529,
            type="overloaded_error",
            request_id="req_011",
            raw='{"type":"error","half":"\ud83d"}',
        ),
        timings=Timings(0.5, 0.75, None, 9.0),
        prefix_hash="ab" * 32,
        seams=(Seam(3, 1_790_000_004.5), Seam(7, 1_790_000_006.0)),
    )
