"""The documented form of an exported conversation."""

from __future__ import annotations

import json
from dataclasses import fields

from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.core.export import conversation_json, head_json, message_json
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.stored import StoredConversation
from tests.helpers.samples import BLOCKS, full_reply, question


def test_the_head_names_the_form_and_the_program() -> None:
    assert head_json("1.2.3", 1_790_000_000.5) == {
        "format": "desktop-chat-export",
        "version": 1,
        "program": "desktop-chat",
        "program_version": "1.2.3",
        "exported_at": 1_790_000_000.5,
    }


def test_no_field_of_a_message_is_left_out() -> None:
    assert set(message_json(question("c"))) == {item.name for item in fields(Message)} - {"conversation_id"}


def test_blocks_are_those_of_the_api() -> None:
    written = json.loads(json.dumps(message_json(full_reply("c", "p"))))

    assert [list(block.items()) for block in written["content"]] == [list(block.items()) for block in BLOCKS]
    assert written["usage"]["cache_write_1h_tokens"] == 4
    assert written["failure"]["action"] == "retry"
    assert written["timings"] == {"first_event_s": 0.5, "first_word_s": 0.75, "thinking_s": None, "ended_s": 9.0}
    assert written["seams"] == [{"block": 3, "at": 1_790_000_004.5}, {"block": 7, "at": 1_790_000_006.0}]


def test_a_conversation_has_its_whole_tree_oldest_first() -> None:
    first, second = question("c", id="1"), question("c", id="2", parent_id="1")
    summary = ConversationSummary("c", "Title", 1.0, 2.0, is_pinned=True)

    written = conversation_json(StoredConversation(summary, (second, first), "2", Draft("not sent", 0)))

    assert [(message["id"], message["parent_id"]) for message in written["messages"]] == [("1", None), ("2", "1")]
    del written["messages"]
    assert written == {
        "id": "c",
        "title": "Title",
        "created_at": 1.0,
        "updated_at": 2.0,
        "is_pinned": True,
        "tip_id": "2",
    }
