"""The outbox as a value: when the next message may go out, and what a row shows of a text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.excerpt import EXCERPT_CHARACTERS_MAX, excerpt
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.outbox import Queued, Wait, pause_after
from tests.helpers.samples import reply

COMPLETE = MessageStatus.COMPLETE


@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence", "tool_use", None])
def test_after_a_whole_reply_the_next_one_may_go_out(reason: str | None) -> None:
    assert pause_after(reply("c1", None, status=COMPLETE, stop_reason=reason), is_stopped=False) is None


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "model_context_window_exceeded", "pause_turn"])
def test_after_a_reply_that_ended_early_the_reader_is_asked(reason: str) -> None:
    assert pause_after(reply("c1", None, status=COMPLETE, stop_reason=reason), is_stopped=False) is Wait.ENDED_EARLY


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (MessageStatus.FAILED, Wait.FAILED),
        (MessageStatus.INTERRUPTED, Wait.FAILED),
        (MessageStatus.STOPPED, Wait.STOPPED),
    ],
)
def test_nothing_is_sent_into_an_error(status: MessageStatus, why: Wait) -> None:
    assert pause_after(reply("c1", None, status=status), is_stopped=False) is why


def test_a_stop_that_came_with_the_end_is_no_less_a_stop() -> None:
    assert pause_after(reply("c1", None, status=COMPLETE), is_stopped=True) is Wait.STOPPED


def test_after_a_question_that_could_not_be_stored_nothing_goes_out() -> None:
    assert pause_after(None, is_stopped=False) is Wait.NOT_STORED


def test_only_reply_and_network_are_waited_for_without_a_click() -> None:
    assert [why for why in Wait if not why.is_for_reader] == [Wait.REPLY, Wait.NETWORK]


def test_a_row_shows_the_beginning_on_one_line() -> None:
    assert excerpt("  Why\n\n is\tit\u2028so? ") == "Why is it so?"
    assert excerpt("") == ""


def test_a_long_text_is_cut() -> None:
    cut = excerpt("word " * 1_000_000)
    assert cut.startswith("word word")
    assert cut.endswith("word…")
    assert len(cut) <= EXCERPT_CHARACTERS_MAX + 1


def test_a_text_that_is_blank_for_long_says_that_there_is_more() -> None:
    assert excerpt("Why?" + "\n" * 5_000 + "Because.") == "Why?…"


def test_a_message_of_files_alone_is_named_after_them() -> None:
    files = (Attachment.of("seeds.txt", b"rye"), Attachment.of("soil.txt", b"loam"))
    queued = Queued("q1", "c1", 1, "", 0.0, files)
    assert queued.line == "seeds.txt, soil.txt"
    assert replace(queued, text="Which\nof these?").line == "Which of these? · seeds.txt, soil.txt"
    assert replace(queued, attachments=()).line == ""


def test_a_message_that_returns_to_the_composer_brings_its_files() -> None:
    files = (Attachment.of("seeds.txt", b"rye"),)
    assert Queued("q1", "c1", 1, "Why 🌱?", 0.0, files).as_draft() == Draft("Why 🌱?", 7, files)
