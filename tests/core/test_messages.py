"""Messages, drafts and ids."""

from __future__ import annotations

import time

import pytest

from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Block, Draft, MessageStatus, Role, new_id, user_message
from tests.helpers.samples import reply


def test_ids_are_of_one_length_never_the_same_and_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for moment in range(1_700_000_000_000, 1_700_000_000_100):
        monkeypatch.setattr(time, "time_ns", lambda moment=moment: moment * 1_000_000)
        ids.append(new_id())

    assert ids == sorted(ids)
    assert {len(each) for each in ids} == {32}
    assert all(set(each) <= set("0123456789abcdef") for each in ids)


def test_ids_of_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)

    assert len({new_id() for _ in range(100)}) == 100


def test_a_question_is_complete_from_the_start() -> None:
    message = user_message("c1", "parent", "Why?")

    assert (message.role, message.status, message.text) == (Role.USER, MessageStatus.COMPLETE, "Why?")
    assert (message.conversation_id, message.parent_id) == ("c1", "parent")
    assert message.ended_at == message.created_at


@pytest.mark.parametrize(
    ("content", "text", "thinking"),
    [
        ((), "", ""),
        (({"type": "text", "text": "a"}, {"type": "text", "text": "b"}), "ab", ""),
        (({"type": "thinking", "thinking": "x"}, {"type": "text", "text": "a"}), "a", "x"),
        (({"type": "thinking", "thinking": "x"}, {"type": "thinking", "thinking": "y"}), "", "x\n\ny"),
        (({"type": "thinking", "thinking": ""}, {"type": "redacted_thinking", "data": "z"}), "", ""),
        (({"type": "text"}, {"type": "text", "text": None}, {"type": "thinking"}, {}), "", ""),
        (({"type": "hologram", "text": "not this"},), "", ""),
    ],
)
def test_text_and_thinking_are_those_of_their_blocks(content: tuple[Block, ...], text: str, thinking: str) -> None:
    message = reply("c1", None, content=content)

    assert (message.text, message.thinking) == (text, thinking)


def test_ending_a_message_changes_how_it_ended_and_nothing_else() -> None:
    begun = reply("c1", None, "Half")
    failure = Failure("StreamBroken", "The line broke.", "")

    ended = begun.as_ended(MessageStatus.FAILED, failure)

    assert (ended.status, ended.failure, ended.text, ended.id) == (MessageStatus.FAILED, failure, "Half", begun.id)
    assert ended.ended_at is not None
    assert begun.status is MessageStatus.STREAMING


@pytest.mark.parametrize(("text", "is_empty"), [("", True), (" \n\t\u00a0", True), ("a", False), (" . ", False)])
def test_a_draft_of_blanks_is_empty(text: str, is_empty: bool) -> None:
    assert Draft(text).is_empty is is_empty


def test_a_caret_at_the_end_is_counted_as_qt_counts() -> None:
    assert Draft.with_caret_at_end("Ü🙂") == Draft("Ü🙂", 3)
    assert Draft.with_caret_at_end("half \ud83d").caret == 6
