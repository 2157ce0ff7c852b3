"""What the status line says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Failure
from desktop_chat.core.rate_limits import Quota, RateLimits
from desktop_chat.core.totals import Totals
from desktop_chat.core.usage import Usage
from desktop_chat.ui.status_words import (
    ESTIMATED,
    NOT_COUNTED,
    ActivityWords,
    Tone,
    activity_text,
    activity_words,
    context_words,
    limits_words,
    next_reset,
    tone_of,
    totals_words,
)

NOW = 1_000_000.0
IDLE = ActivityWords()
TOTALS = Totals(Usage(1_204, 412), 0.0098, Usage(20_000, 8_000), 0.21, 28_000, 200_000)
UNPRICED = Totals(Usage(1_204, 412), None, Usage(20_000, 8_000), None, 28_000, None)


def limits(requests_left: int | None = 46, tokens_left: int | None = 38_000) -> RateLimits:
    return RateLimits(
        requests=Quota(50, requests_left, NOW + 21),
        tokens=Quota(40_000, tokens_left, NOW + 3),
        input_tokens=Quota(),
        output_tokens=Quota(),
    )


def test_context_is_told_in_thousands_and_as_a_share() -> None:
    words = context_words(TOTALS)
    assert words.variants == ("28k of 200k", "14%")
    assert words.share == pytest.approx(0.14)
    assert "Left: 172,000 tokens" in words.breakdown


def test_without_a_known_limit_there_is_no_bar() -> None:
    words = context_words(UNPRICED)
    assert words.variants[0] == "Context 28k"
    assert words.share is None


def test_cost_names_reply_conversation_and_day() -> None:
    words = totals_words(TOTALS, 1.84, IDLE, "2026-11-20")
    assert words.variants[0] == "Reply $0.0098 · this conversation $0.21 · today $1.84"
    assert words.variants[1] == "This conversation $0.21 · today $1.84"
    assert words.variants[-1] == "$0.21"
    assert "2026-11-20" in words.note


def test_an_unknown_price_gives_tokens_and_never_a_wrong_sum() -> None:
    words = totals_words(UNPRICED, None, IDLE, "2026-11-20")
    assert words.variants[0] == "Reply 1.6k tokens · this conversation 28k tokens"
    assert "$" not in words.breakdown
    assert "not known" in words.note


def test_a_known_reply_in_a_conversation_of_unknown_price_keeps_its_own_price() -> None:
    mixed = Totals(Usage(1_204, 412), 0.0098, Usage(20_000, 8_000), None, 28_000, None)
    assert totals_words(mixed, None, IDLE, "").variants[0] == "Reply $0.0098 · this conversation 28k tokens"


def test_a_reply_that_broke_off_is_told_as_at_least() -> None:
    cut = replace(TOTALS, reply_cost_usd=0.00001, is_reply_partial=True, is_conversation_partial=True)
    words = totals_words(cut, 1.84, IDLE, "2026-11-20")
    assert words.variants[0] == "Reply ≥ $0.0001 · this conversation ≥ $0.21 · today $1.84"
    assert "This conversation: 20,000 in · ≥ 8,000 out · ≥ $0.21" in words.breakdown
    assert NOT_COUNTED in words.note


def test_an_empty_conversation_has_no_reply_to_price() -> None:
    assert totals_words(Totals(), 1.84, IDLE, "").variants[0] == "This conversation $0 · today $1.84"


def test_activity_stands_in_front_of_the_cost() -> None:
    words = totals_words(TOTALS, 1.84, ActivityWords("Writing…"), "")
    assert words.variants == ("Writing… · this conversation $0.21 · today $1.84", "Writing… · $0.21", "Writing…")


def test_limits_tell_what_is_left_and_when_it_is_full_again() -> None:
    words = limits_words(limits(), NOW)
    assert words.variants[0] == "Rate limit: 46 requests, 38k tokens left · resets in 21 s"
    assert words.variants[-1] == "46 requests left"
    assert "Tokens: 38,000 of 40,000 left, full again in 3 s" in words.breakdown


def test_the_reset_of_the_tightest_bucket_is_told() -> None:
    assert next_reset(limits(), NOW) == NOW + 21
    assert next_reset(limits(tokens_left=100), NOW) == NOW + 3


def test_a_reset_that_is_past_is_not_told() -> None:
    assert limits_words(limits(), NOW + 60).variants[0] == "Rate limit: 46 requests, 38k tokens left"


def test_a_server_that_tells_no_limits_gets_no_words() -> None:
    empty = RateLimits(Quota(), Quota(), Quota(), Quota())
    assert limits_words(None, NOW).variants == ("",)
    assert limits_words(empty, NOW).variants == ("",)


def test_input_tokens_stand_in_for_a_missing_sum() -> None:
    only_input = RateLimits(Quota(), Quota(), Quota(10_000, 500, NOW + 9), Quota())
    words = limits_words(only_input, NOW)
    assert words.variants[-1] == "500 tokens left"
    assert words.tone is Tone.BAD


@pytest.mark.parametrize(
    ("share", "tone"),
    [
        (0.0, Tone.NEUTRAL),
        (0.799, Tone.NEUTRAL),
        (0.80, Tone.WARN),
        (0.949, Tone.WARN),
        (0.95, Tone.BAD),
        (1.4, Tone.BAD),
    ],
)
def test_colors_begin_at_80_and_95_percent(share: float, tone: Tone) -> None:
    assert tone_of(share) is tone


@pytest.mark.parametrize(
    ("activity", "text"),
    [
        (Activity(), ""),
        (Activity(Phase.CONNECTING), "Connecting…"),
        (Activity(Phase.SENDING, sent_bytes=3_100_000), "Sending…"),
        (Activity(Phase.WAITING, began_at=NOW - 9), "Waiting…"),
        (Activity(Phase.THINKING), "Thinking…"),
        (Activity(Phase.WRITING, tokens_per_s=84), "Writing…"),
        (Activity(Phase.QUIET, quiet_s=4, began_at=NOW - 20), "Quiet for 24 s"),
        (Activity(Phase.RETRYING, retry_at=NOW + 3, attempt=2, attempts_max=5), "Trying again in 3 s (2 of 5)"),
        (Activity(Phase.RETRYING, retry_at=NOW - 1, attempt=2, attempts_max=5), "Trying again… (2 of 5)"),
    ],
)
def test_every_phase_has_its_words(activity: Activity, text: str) -> None:
    assert activity_text(activity, NOW) == text


def told(age_s: float, phase: Phase, **fields: Any) -> str:
    """What the status line says of a phase of this age."""
    return activity_words(Activity(phase, began_at=NOW - age_s, **fields), NOW).text


@pytest.mark.parametrize(
    ("phase", "sent_bytes", "age_s", "text"),
    [
        (Phase.CONNECTING, 0, 1.9, "Connecting…"),
        (Phase.CONNECTING, 0, 5.2, "Connecting 5 s"),
        (Phase.SENDING, 0, 1.0, "Sending…"),
        (Phase.SENDING, 3_100_000, 1.0, "Sending 3.1 MB…"),
        (Phase.SENDING, 3_100_000, 24.0, "Sending 3.1 MB, 24 s"),
        (Phase.WAITING, 12_345, 1.9, "Sent 12 kB"),
        (Phase.WAITING, 0, 1.9, "Waiting…"),
        (Phase.WAITING, 12_345, 3.0, "Waiting 3 s"),
        (Phase.WAITING, 12_345, 150.0, "Waiting 3 min"),
        (Phase.THINKING, 0, 4.7, "Thinking 4 s"),
        (Phase.QUIET, 0, 9.9, "Quiet for 9 s"),
        (Phase.WRITING, 0, 9.9, "Writing…"),
    ],
)
def test_what_lasts_is_told_with_its_seconds(phase: Phase, sent_bytes: int, age_s: float, text: str) -> None:
    assert told(age_s, phase, sent_bytes=sent_bytes) == text


def test_a_clock_that_was_set_back_gives_no_negative_time() -> None:
    assert told(-3_600, Phase.THINKING) == "Thinking…"
    assert told(-3_600, Phase.QUIET) == "Quiet for 0 s"


def test_the_speed_is_said_to_be_an_estimate() -> None:
    words = activity_words(Activity(Phase.WRITING, tokens_per_s=1_200), NOW)
    assert words == ActivityWords("Writing, about 1,200 tokens/s", ESTIMATED)
    assert ESTIMATED in totals_words(TOTALS, None, words, "").breakdown


def test_the_size_of_the_request_and_the_reason_of_a_retry_are_in_the_breakdown() -> None:
    waits = activity_words(Activity(Phase.WAITING, sent_bytes=12_345, began_at=NOW - 9), NOW)
    assert waits.note == "The request has 12 kB."
    busy = Failure("Overloaded", "The service is overloaded.", "")
    retries = activity_words(Activity(Phase.RETRYING, retry_at=NOW + 3, failure=busy), NOW)
    assert totals_words(TOTALS, None, retries, "").note.endswith("\nThe service is overloaded.")


def test_every_step_of_a_turn_keeps_the_same_room() -> None:
    rooms = {
        totals_words(TOTALS, 1.84, activity_words(Activity(phase, began_at=NOW - 5, tokens_per_s=84), NOW), "").rooms
        for phase in Phase
        if phase is not Phase.IDLE
    }
    assert len(rooms) == 1
    assert totals_words(TOTALS, 1.84, ActivityWords(), "").rooms == ()
