"""The sentences of the transcript."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Action, Failure, with_skipped
from desktop_chat.core.messages import Block, MessageStatus, Seam, Timings
from desktop_chat.core.usage import Usage
from desktop_chat.ui.transcript.messages.words import (
    StripWords,
    Tone,
    details_words,
    head_words,
    is_unsent,
    seam_words,
    strip_words,
    thought_words,
    usage_words,
    waiting_words,
)
from tests.helpers.samples import full_reply
from tests.ui.transcript.stage import answer


def test_the_head_line_tells_model_first_word_and_speed() -> None:
    timings = Timings(first_word_s=0.41, ended_s=0.41 + 412 / 78)
    told = answer("x", model="claude-sonnet", timings=timings, usage=Usage(output_tokens=412))
    assert head_words(told) == "claude-sonnet · 0.41 s to first word · 78 tokens/s"


def test_parts_that_could_not_be_read_are_told_however_the_reply_ended() -> None:
    skipped = with_skipped(None, 2, "content_block_delta: {}")
    complete = strip_words(answer("x", failure=skipped))
    assert complete is not None and complete.has_details
    assert (complete.title, complete.tone) == ("2 parts of this reply could not be read.", Tone.WARN)
    stopped = strip_words(answer("x", status=MessageStatus.STOPPED, failure=skipped))
    assert stopped is not None and stopped.has_details
    assert stopped.text == "What came is kept. 2 parts of this reply could not be read."
    assert "content_block_delta: {}" in details_words(answer("x", failure=skipped))


def test_the_head_line_leaves_out_what_is_not_known() -> None:
    assert head_words(answer("x", model="m")) == "m"
    assert head_words(answer("x", model=None)) == ""
    assert head_words(answer("x", model="m", timings=Timings(first_word_s=12.3))) == "m · 12 s to first word"


@pytest.mark.parametrize(
    "content", [(), ({"type": "text", "text": ""},), ({"type": "thinking", "thinking": "", "signature": "s"},)]
)
def test_a_reply_that_was_stopped_before_anything_came_says_so(content: tuple[Block, ...]) -> None:
    words = strip_words(replace(answer("", status=MessageStatus.STOPPED), content=content))
    assert words is not None
    assert (words.title, words.text) == ("Stopped.", "Nothing had come yet. Your question is kept.")
    assert words.actions == (Action.RETRY,)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "tool_use", "name": "search", "input": {}},
    ],
)
def test_a_reply_that_was_stopped_while_it_thought_or_worked_is_kept(block: Block) -> None:
    words = strip_words(replace(answer("", status=MessageStatus.STOPPED), content=(block,)))
    assert words is not None
    assert words.text == "What came is kept."


@pytest.mark.parametrize(
    ("status", "fields", "title", "text", "actions"),
    [
        (MessageStatus.STOPPED, {}, "Stopped.", "What came is kept.", (Action.CONTINUE, Action.RETRY)),
        (MessageStatus.FAILED, {"failure": Failure("NoConnection", "No network.", "Check the cable.", Action.RETRY)},
         "No network.", "Check the cable.", (Action.CONTINUE, Action.RETRY)),
        (MessageStatus.FAILED, {"failure": Failure("KeyMissing", "No key.", "", Action.OPEN_KEY)},
         "No key.", "", (Action.OPEN_KEY, Action.CONTINUE, Action.RETRY)),
        (MessageStatus.FAILED, {"failure": Failure("Refused", "No.", "", Action.OPEN_SETTINGS)},
         "No.", "", (Action.CONTINUE, Action.OPEN_SETTINGS, Action.RETRY)),
        (MessageStatus.COMPLETE, {"stop_reason": "max_tokens", "usage": Usage(output_tokens=8_192)},
         "Reached the limit of 8,192 tokens.", "“Longest reply” in the settings raises it.",
         (Action.CONTINUE, Action.OPEN_SETTINGS, Action.RETRY)),
        (MessageStatus.COMPLETE, {"stop_reason": "max_tokens", "usage": Usage(output_tokens=1)},
         "Reached the limit of 1 token.", "“Longest reply” in the settings raises it.",
         (Action.CONTINUE, Action.OPEN_SETTINGS, Action.RETRY)),
        (MessageStatus.COMPLETE, {"stop_reason": "refusal", "stop_details": {"explanation": "Because."}},
         "Declined.", "Because.", (Action.RETRY,)),
    ],
)  # fmt: skip
def test_a_strip_says_how_it_ended(
    status: MessageStatus, fields: dict[str, Any], title: str, text: str, actions: tuple[Action, ...]
) -> None:
    words = strip_words(answer("x", status=status, **fields))
    assert words is not None
    assert (words.title, words.text, words.actions) == (title, text, actions)
    assert words.has_details == (status is MessageStatus.FAILED)


@pytest.mark.parametrize(
    "reason", ["max_tokens", "model_context_window_exceeded", "pause_turn", "refusal", "stop_sequence", "tool_use"]
)
def test_every_unusual_stop_reason_has_a_sentence_of_its_own(reason: str) -> None:
    words = strip_words(answer("x", stop_reason=reason))
    assert words is not None
    assert words.text


@pytest.mark.parametrize("reason", ["end_turn", None, "something_new"])
def test_a_usual_end_needs_no_words(reason: str | None) -> None:
    assert strip_words(answer("x", stop_reason=reason)) is None


def test_an_interrupted_reply_tells_when() -> None:
    words = strip_words(answer("x", status=MessageStatus.INTERRUPTED, ended_at=1_790_000_000.0))
    assert words is not None
    assert words.title.startswith("This answer was interrupted at ")
    assert words.text == "Everything received is saved."
    assert words.may_be_kept


def test_a_reply_that_reached_its_limit_a_second_time_tells_the_sum() -> None:
    again = answer("x", stop_reason="max_tokens", usage=Usage(output_tokens=16_384), seams=(Seam(1, 0.0),))
    words = strip_words(again)
    assert words is not None
    assert words.title == "Reached the limit again, after 16,384 tokens in all."
    untold = strip_words(replace(again, usage=None))
    assert untold is not None
    assert untold.title == "Reached the limit of its length."


@pytest.mark.parametrize(
    "fields",
    [
        {"status": MessageStatus.STOPPED},
        {"status": MessageStatus.INTERRUPTED},
        {"status": MessageStatus.FAILED, "failure": Failure("StreamBroken", "It broke off.", "", Action.RETRY)},
        {"stop_reason": "max_tokens"},
    ],
)
def test_only_the_last_reply_is_continued_and_only_behind_a_word(fields: dict[str, Any]) -> None:
    def actions(text: str, is_last: bool) -> tuple[Action, ...]:
        words = strip_words(answer(text, **fields), is_last)
        assert words is not None
        return words.actions

    assert Action.CONTINUE in actions("Half", is_last=True)
    assert Action.CONTINUE not in actions("Half", is_last=False)
    assert Action.CONTINUE not in actions(" \n", is_last=True)


def test_a_seam_tells_when() -> None:
    assert re.fullmatch(r"Continued at \d\d:\d\d", seam_words(Seam(1, 1_790_000_000.0)))


def test_a_refusal_is_calm_and_offers_other_words() -> None:
    words = strip_words(answer("x", stop_reason="refusal"))
    assert words is not None
    assert (words.tone, words.offers_edit) == (Tone.CALM, True)


def test_what_failed_before_anything_came_is_a_matter_of_the_question() -> None:
    broken = Failure("NoConnection", "No network.", "Check the cable.", Action.RETRY)
    nothing = strip_words(answer("", status=MessageStatus.FAILED, failure=broken))
    assert nothing is not None
    assert (nothing.is_unsent, nothing.actions, nothing.has_details) == (True, (Action.RETRY,), True)
    half = strip_words(answer("Half", status=MessageStatus.FAILED, failure=broken))
    assert half is not None
    assert not half.is_unsent
    assert not is_unsent(answer("", status=MessageStatus.STOPPED))


def test_an_empty_reply_is_told() -> None:
    assert strip_words(answer("")) == StripWords("Empty reply.", "The model ended without a word.", Tone.CALM)


def test_details_tell_everything_that_is_known() -> None:
    details = details_words(full_reply("c", None))
    for fact in ("status: 529", "type: overloaded_error", "request id: req_011", "kind: Overloaded", "time: 20"):
        assert fact in details
    assert details.endswith('{"type":"error","half":"\ud83d"}')


def test_usage_has_separators_and_cost_only_when_known() -> None:
    used = Usage(input_tokens=1000, cache_read_tokens=204, output_tokens=412)
    assert usage_words(answer("x", usage=used, cost_usd=0.0098)) == "1,204 in · 412 out · $0.0098"
    assert usage_words(answer("x", usage=used)) == "1,204 in · 412 out"
    assert usage_words(answer("x", usage=used, cost_usd=1.5)) == "1,204 in · 412 out · $1.50"
    assert usage_words(answer("x", usage=used, cost_usd=0.0)) == "1,204 in · 412 out", "paid for elsewhere, or free"
    assert usage_words(answer("x")) == ""


def test_a_reply_that_broke_off_claims_neither_output_nor_cost_nor_speed() -> None:
    timings = Timings(first_word_s=0.4, ended_s=10.0)
    used = Usage(input_tokens=10, output_tokens=1)
    cut = answer("x", status=MessageStatus.STOPPED, model="m", usage=used, cost_usd=0.00001, timings=timings)
    assert usage_words(cut) == "10 in · output not reported"
    assert head_words(cut) == "m · 0.40 s to first word"
    assert usage_words(replace(cut, stop_reason="max_tokens")).startswith("10 in · 1 out")


def test_thinking_tells_how_long() -> None:
    assert thought_words(6.2) == "Thought for 6 s"
    assert thought_words(None) == "Thought"


def test_waiting_says_for_what() -> None:
    overloaded = Failure("Overloaded", "Overloaded", "")
    retrying = Activity(Phase.RETRYING, retry_at=103.0, attempt=2, attempts_max=5, failure=overloaded)
    assert waiting_words(retrying, now=100.0) == "Trying again in 3 s (2 of 5): overloaded"
    assert waiting_words(retrying, now=104.0) == "Trying again… (2 of 5): overloaded"
    assert waiting_words(Activity(Phase.WAITING)) == "Waiting…"
    quiet = Activity(Phase.QUIET, quiet_s=24, began_at=100.0)
    assert waiting_words(quiet, now=100.0) == "Quiet for 24 s"
    assert waiting_words(quiet, now=109.0) == "Quiet for 33 s", "it counts along"
    assert waiting_words(Activity(Phase.THINKING, began_at=100.0), now=109.0) == "Thinking…"
    assert waiting_words(Activity(Phase.WRITING, tokens_per_s=84)) == "Waiting…"
    assert waiting_words(Activity(Phase.WRITING)) == "Waiting…", "nothing is to be seen yet"
    assert waiting_words(Activity(Phase.CONNECTING)) == "Connecting…"
    assert waiting_words(Activity(Phase.THINKING)) == "Thinking…"
