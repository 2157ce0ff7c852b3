"""What stands at a place of the time line, for whoever points at it."""

from __future__ import annotations

from typing import Final

from desktop_chat.ui.inspector.axis import Axis
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.shown_text import escaped, event_words
from desktop_chat.ui.inspector.words import time_words

_REACH_PX: Final = 5.0
"""How far beside its tick an event can be pointed at."""
_WORDS_CHARACTERS_MAX: Final = 300


class Pointing:
    """Finds events, marks and silences by their places on an axis."""

    def __init__(self, course: Course, axis: Axis) -> None:
        self._course = course
        self._axis = axis

    def event_at(self, x: float) -> int | None:
        """The event nearest to a place, if one is near; of those that share a tick the largest."""
        course, axis = self._course, self._axis
        first = course.before(axis.s_of(x - _REACH_PX))
        last = course.before(axis.s_of(x + _REACH_PX))
        if first >= last:
            return None
        nearest_x = min(abs(axis.x_of(course.times[number]) - x) for number in self._beside(x, first, last))
        left = course.before(axis.s_of(x - nearest_x - 1.0))
        right = course.before(axis.s_of(x + nearest_x + 1.0))
        sizes = course.sizes[left : max(right, left + 1)]
        return left + sizes.index(max(sizes))

    def words_at(self, x: float, now_s: float | None) -> str:
        """What is told about a place; `now_s` is where a reply that is being written has got to."""
        marks = [mark for mark in self._course.marks if abs(self._axis.x_of(mark.at_s) - x) <= _REACH_PX]
        if marks:
            return "\n".join(escaped(mark.words[:_WORDS_CHARACTERS_MAX]) for mark in marks)
        number = self.event_at(x)
        if number is not None:
            return event_words(self._course, number)
        at_s = self._axis.s_of(x)
        silent = (gap for gap in self._course.gaps(now_s) if gap.start_s <= at_s <= gap.end_s)
        return next((f"Nothing came for {time_words(gap.length_s)}" for gap in silent), "")

    def _beside(self, x: float, first: int, last: int) -> tuple[int, ...]:
        """The events on both sides of a place: one of them is the nearest."""
        middle = min(max(self._course.before(self._axis.s_of(x)), first), last - 1)
        return (middle, max(first, middle - 1))
