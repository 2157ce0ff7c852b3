"""What follows from a stream's record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.stream_figures import (
    PAUSE_S_MAX,
    Gap,
    NamedCount,
    figures_of,
    length_s_of,
    starts_of,
    tokens_of_parts,
)
from desktop_chat.core.stream_record import Step, StepKind
from desktop_chat.core.usage import Usage
from tests.helpers.samples import reply
from tests.helpers.stream_samples import arrival, record

START = arrival(0.5, "message_start")
PIECES = (
    START,
    arrival(0.6, "content_block_start"),
    arrival(0.6, "ping"),
    arrival(1.0, "content_block_delta", 40),
    arrival(3.5, "content_block_delta", 20),
    arrival(4.0, "ping"),
    arrival(5.0, "content_block_delta", 20),
    arrival(5.0, "message_stop"),
)


def test_moments_are_found() -> None:
    figures = figures_of(record(PIECES))

    assert (figures.first_byte_s, figures.first_word_s) == (0.4, 1.0)


def test_what_has_not_come_is_none() -> None:
    figures = figures_of(record(steps=()))

    assert (figures.first_byte_s, figures.first_word_s) == (None, None)
    assert (figures.tokens_per_s, figures.gaps, figures.by_name) == (None, (), ())


def test_events_are_counted_by_name() -> None:
    figures = figures_of(record(PIECES))

    assert (figures.events_count, figures.pings_count, figures.units_count) == (8, 2, 80)
    assert figures.by_name[0] == NamedCount("content_block_delta", 3, 3 * 60 + 80)
    assert figures.size_bytes == sum(named.size_bytes for named in figures.by_name) == 8 * 60 + 80


def test_gaps_say_what_came_before_them() -> None:
    figures = figures_of(record(PIECES), gap_min_s=1.0)

    assert figures.gaps == (Gap(1.0, 2.5, "content_block_delta"), Gap(4.0, 1.0, "ping"))
    assert figures_of(record(PIECES), gap_min_s=3.0).gaps == ()


def test_a_wait_before_the_first_event_is_a_gap_after_the_step() -> None:
    assert figures_of(record([arrival(9.0, "message_start")])).gaps == (Gap(0.4, 8.6, "opened"),)


def test_of_a_failed_try_the_first_byte_does_not_count() -> None:
    tried = (Step(0.1, StepKind.OPENED, "529"), Step(0.2, StepKind.RETRY, "Busy."), Step(0.9, StepKind.OPENED, "200"))

    figures = figures_of(record([arrival(0.15, "error"), arrival(1.0, "message_start")], steps=tried))

    assert figures.first_byte_s == 0.9
    assert figures.retries == (tried[1],)
    assert figures_of(record(steps=tried[:2])).first_byte_s is None


def test_the_speed_is_the_servers_count_over_the_time_of_writing() -> None:
    counted, guessed = figures_of(record(PIECES), output_tokens=40), figures_of(record(PIECES))

    assert (counted.tokens_per_s, counted.is_speed_estimated) == (10.0, False)
    assert (guessed.tokens_per_s, guessed.is_speed_estimated) == (5.0, True)


def test_a_reply_in_one_moment_has_no_speed() -> None:
    assert figures_of(record([arrival(1.0, "content_block_delta", 9)])).tokens_per_s is None


def test_the_tokens_of_a_reply_are_shared_out_by_its_text() -> None:
    first, second = record(PIECES[:4]), record(PIECES[4:], part=1)
    whole = reply("c1", None, "x", status=MessageStatus.COMPLETE, usage=Usage(output_tokens=100))

    assert tokens_of_parts((first, second), whole) == (50, 50)
    assert tokens_of_parts((first, record(part=1)), whole) == (100, 0)
    assert tokens_of_parts((first,), replace(whole, status=MessageStatus.STOPPED)) == (None,)
    assert tokens_of_parts((record(),), whole) == (None,)


def test_parts_stand_behind_one_another_with_long_pauses_shortened() -> None:
    first = record(PIECES)
    soon = record(PIECES, part=1, began_at=first.began_at + 6.0)
    next_day = record(part=2, began_at=first.began_at + 86_400.0)

    assert length_s_of(first) == 5.01
    assert starts_of((first, soon, next_day)) == pytest.approx((0.0, 6.0, 6.0 + 5.01 + PAUSE_S_MAX))
    assert starts_of(()) == ()


def test_a_clock_that_was_put_back_does_not_put_parts_into_one_another() -> None:
    assert starts_of((record(PIECES), record(part=1, began_at=1.0))) == (0.0, 5.01)
