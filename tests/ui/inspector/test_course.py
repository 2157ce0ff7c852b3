"""The events of a reply on one axis of time."""

from __future__ import annotations

import pytest

from desktop_chat.core.stream_record import Step, StepKind, StreamRecord
from desktop_chat.ui.inspector.course import Course, Gap, MarkKind
from desktop_chat.ui.inspector.kinds import Kind
from tests.ui.inspector.records import BEGAN_AT, STEPS, delta, event, record, reply_events


def course_of(*records: StreamRecord) -> Course:
    course = Course()
    course.show(records)
    while course.read_on(7):
        pass
    return course


def test_read_in_slices_it_is_the_same_as_at_once() -> None:
    records = (record(reply_events()), record(reply_events(), part=1, began_at=BEGAN_AT + 30))
    sliced, whole = course_of(*records), Course()
    whole.show(records)
    assert not whole.read_on(1_000)
    assert sliced.times == whole.times
    assert sliced.kinds == whole.kinds
    assert sliced.firsts == whole.firsts == [0, 24]
    assert len(whole) == 48


def test_a_record_that_grows_is_read_on_where_it_was() -> None:
    events = reply_events()
    course = Course()
    course.show((record(events[:5], ended=None),))
    course.read_on(100)
    assert course.show((record(events, ended=None),))
    course.read_on(100)
    assert [arrival.name for arrival in course.arrivals] == [arrival.name for arrival in events]


def test_another_part_goes_on_behind_the_last_one() -> None:
    first = record(reply_events(), ended=StepKind.FAILED)
    course = course_of(first)
    assert course.show((first, record(reply_events()[:3], part=1, ended=None)))
    assert not course.read_on(100)
    assert course.firsts == [0, 24]
    assert course.part_of(23) == 0
    assert course.part_of(24) == 1


def test_other_records_begin_again() -> None:
    course = course_of(record(reply_events()))
    assert not course.show((record(reply_events(start_s=0.7)),))
    assert len(course) == 0
    assert not course.read_on(100)
    assert course.times[0] == 0.7


def test_a_former_part_that_grew_after_the_next_one_was_read_begins_again() -> None:
    events = reply_events()
    later = record(events, part=1)
    course = course_of(record(events[:5]), later)
    assert not course.show((record(events[:9]), later))


def test_a_reply_continued_the_next_day_does_not_stretch_the_axis() -> None:
    first = record([event(1.0)], ended=StepKind.FAILED)
    course = course_of(first, record([event(0.5)], part=1, began_at=BEGAN_AT + 86_400))
    assert course.starts == (0.0, 3.0)
    assert course.times[1] == 3.5
    seam = course.marks[1]
    assert (seam.kind, seam.at_s) == (MarkKind.SEAM, 3.0)


def test_silences_of_a_second_and_more_are_gaps() -> None:
    course = course_of(record([event(0.4), event(1.35), event(3.35)], ended=None))
    assert course.gaps() == (Gap(1.35, 3.35),)


def test_a_retry_cuts_a_silence_in_two() -> None:
    steps = (*STEPS, Step(2.5, StepKind.RETRY, "529"), Step(3.0, StepKind.OPENED))
    course = course_of(record([event(0.4), event(4.5)], steps=steps))
    assert course.gaps() == (Gap(0.4, 2.5), Gap(3.0, 4.5))
    assert [mark.kind for mark in course.marks] == [MarkKind.RETRY, MarkKind.ENDED]
    assert course.marks[0].words == "Tried again: 529"


def test_what_was_waited_for_in_vain_is_a_gap() -> None:
    steps = (*STEPS, Step(9.0, StepKind.FAILED, "Nothing came"))
    assert course_of(record([event(0.4)], steps=steps, ended=None)).gaps() == (Gap(0.4, 9.0),)


def test_while_it_is_written_the_present_silence_grows() -> None:
    course = course_of(record([event(0.4)], ended=None))
    assert not course.is_over
    assert course.gaps(now_s=3.4) == (Gap(0.4, 3.4),)
    over = course_of(record([event(0.4)]))
    assert over.is_over
    assert over.gaps(now_s=3.4) == ()


@pytest.mark.parametrize(
    ("arrival", "kind"),
    [
        (delta(0, "a"), Kind.TEXT),
        (delta(0, "a", "thinking_delta", "thinking"), Kind.THINKING),
        (delta(0, "a", "signature_delta", "signature"), Kind.THINKING),
        (delta(0, "{", "input_json_delta", "partial_json"), Kind.TOOL),
        (delta(0, "a", "unheard_of", "x"), Kind.MESSAGE),
        (event(0, "ping"), Kind.PING),
        (event(0, "error"), Kind.ERROR),
        (event(0, "message_start"), Kind.MESSAGE),
        (event(0, ""), Kind.MESSAGE),
    ],
)
def test_the_kind_follows_from_name_and_data(arrival: object, kind: Kind) -> None:
    course = course_of(record([arrival]))  # type: ignore[list-item]
    assert course.kind(0) is kind


def test_the_pace_counts_characters_in_a_stretch() -> None:
    course = course_of(record([delta(1.0, "four"), delta(1.5, "more"), delta(3.0, "late")]))
    assert course.rate(1.0, 2.0) == 8.0
    assert course.rate(2.0, 2.5) == 0.0


def test_the_first_event_of_a_part_is_timed_from_its_request() -> None:
    course = course_of(record([event(0.4), event(0.6)]), record([event(0.25)], part=1, began_at=BEGAN_AT + 10))
    assert [round(course.delta_s(number), 6) for number in range(3)] == [0.4, 0.2, 0.25]
