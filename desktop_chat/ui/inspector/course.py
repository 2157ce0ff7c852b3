"""The course of a reply: the events of its parts on one axis of time, ready to be drawn and counted quickly."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from desktop_chat.core.stream_figures import GAP_S, length_s_of, starts_of
from desktop_chat.core.stream_record import Arrival, Step, StepKind, StreamRecord
from desktop_chat.ui.inspector.kinds import Kind, kind_of
from desktop_chat.ui.inspector.words import time_words

_LEAST_S: Final = 0.1
_ENDS: Final = frozenset({StepKind.ENDED, StepKind.STOPPED, StepKind.FAILED})


class MarkKind(Enum):
    """What is marked across the time line."""

    RETRY = auto()
    SEAM = auto()
    ENDED = auto()
    STOPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that is no event.

    Units:   `at_s` in seconds on the axis.
    """

    at_s: float
    kind: MarkKind
    words: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence, in seconds on the axis."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


class Course:
    """Takes the records in slices, because 50,000 events are more than a frame has time for.

    Order:   `show` whenever the records have changed, then `read_on` until it says there is nothing more.
    Units:   seconds on the axis, which begins with the first request; bytes; characters.
    """

    def __init__(self) -> None:
        self.records: tuple[StreamRecord, ...] = ()
        self._clear()

    def _clear(self) -> None:
        self.arrivals: list[Arrival] = []
        self.times = array("d")
        self.sizes = array("q")
        self.kinds = bytearray()
        self.units_before = array("d", [0.0])
        """How many characters had come before each event, and at last all of them."""
        self.firsts: list[int] = []
        """The number of the first event of each part that was reached."""
        self.largest_bytes = 0
        self._silences: list[Gap] = []
        self.starts: tuple[float, ...] = ()
        self.marks: tuple[Mark, ...] = ()

    def __len__(self) -> int:
        return len(self.arrivals)

    # --- taking

    def show(self, records: tuple[StreamRecord, ...]) -> bool:
        """Take these records from now on; False when they are other ones and everything read so far was dropped."""
        goes_on = self._goes_on(records)
        if not goes_on:
            self._clear()
        self.records = records
        self.starts = starts_of(records)
        self.marks = tuple(_marks(records, self.starts))
        return goes_on

    def _goes_on(self, records: tuple[StreamRecord, ...]) -> bool:
        """Whether these are the records so far, only longer."""
        if len(records) < len(self.records):
            return False
        for old, new in zip(self.records, records, strict=False):
            if (old.message_id, old.part) != (new.message_id, new.part) or len(old.arrivals) > len(new.arrivals):
                return False
            if old.arrivals and old.arrivals[0] != new.arrivals[0]:
                return False
        # What follows a part that has grown since was read too early.
        grown = [old for old, new in zip(self.records, records, strict=False) if len(old.arrivals) < len(new.arrivals)]
        return not grown or grown == [self.records[-1]]

    def read_on(self, count_max: int) -> bool:
        """Read so many more events; True while there are others."""
        left = count_max
        while left > 0:
            part = max(0, len(self.firsts) - 1)
            if part >= len(self.records):
                return False
            if not self.firsts:
                self.firsts.append(0)
            arrivals, read = self.records[part].arrivals, len(self) - self.firsts[part]
            taken = arrivals[read : read + left]
            self._take(taken, self.starts[part])
            left -= len(taken)
            if read + len(taken) == len(arrivals):
                if part + 1 == len(self.records):
                    return False
                self.firsts.append(len(self))
        return True

    def _take(self, taken: tuple[Arrival, ...], start_s: float) -> None:
        total = self.units_before[-1]
        is_first = len(self) == self.firsts[-1]
        last_s = start_s if is_first else self.times[-1]
        for arrival in taken:
            at_s = start_s + arrival.at_s
            if at_s - last_s >= GAP_S:
                self._silences.append(Gap(last_s, at_s))
            last_s = max(last_s, at_s)
            total += arrival.units
            self.times.append(last_s)
            self.sizes.append(arrival.size_bytes)
            self.kinds.append(kind_of(arrival))
            self.units_before.append(total)
        self.arrivals.extend(taken)
        self.largest_bytes = max([self.largest_bytes, *self.sizes[len(self) - len(taken) :]])

    # --- asking

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come; a part that is being written has no last step."""
        return not self.records or any(step.kind in _ENDS for step in self.records[-1].steps)

    @property
    def end_s(self) -> float:
        """The last moment that is known."""
        if not self.records:
            return 0.0
        return max(_LEAST_S, self.starts[-1] + length_s_of(self.records[-1]))

    def gaps(self, now_s: float | None = None) -> tuple[Gap, ...]:
        """All silences in order; with `now_s`, of a reply that is being written, the present one too."""
        found = [*self._silences, *self._silences_at_ends(now_s)]
        parts = zip(self.records, self.starts, strict=True)
        moments = sorted(start_s + step.at_s for record, start_s in parts for step in record.steps)
        return tuple(sorted((piece for gap in found for piece in _split(gap, moments)), key=lambda gap: gap.start_s))

    def _silences_at_ends(self, now_s: float | None) -> list[Gap]:
        """What was waited for in vain at the end of each part."""
        found = []
        for part, (record, start_s) in enumerate(zip(self.records, self.starts, strict=True)):
            is_last = part + 1 == len(self.records)
            end_s = start_s + length_s_of(record)
            if is_last and now_s is not None and not self.is_over:
                end_s = max(end_s, now_s)
            last_s = start_s + (record.arrivals[-1].at_s if record.arrivals else 0.0)
            if end_s - last_s >= GAP_S:
                found.append(Gap(last_s, end_s))
        return found

    def part_of(self, number: int) -> int:
        """Which of the shown parts an event belongs to, counted from 0."""
        return bisect_right(self.firsts, number) - 1

    def before(self, at_s: float) -> int:
        """How many events came before a moment."""
        return bisect_left(self.times, at_s)

    def kind(self, number: int) -> Kind:
        """The kind of an event."""
        return Kind(self.kinds[number])

    def delta_s(self, number: int) -> float:
        """How long after the event before it an event came; the first of a part, after the request."""
        part = self.part_of(number)
        former_s = self.starts[part] if number == self.firsts[part] else self.times[number - 1]
        return self.times[number] - former_s

    def rate(self, start_s: float, end_s: float) -> float:
        """Characters a second in a stretch of time."""
        units = self.units_before
        return (units[self.before(end_s)] - units[self.before(start_s)]) / max(1e-6, end_s - start_s)


def _marks(records: tuple[StreamRecord, ...], starts: tuple[float, ...]) -> list[Mark]:
    marks = []
    for number, (record, start_s) in enumerate(zip(records, starts, strict=True)):
        if number:
            pause_s = max(0.0, record.began_at - records[number - 1].began_at - length_s_of(records[number - 1]))
            words = f"Part {record.part + 1}, {time_words(pause_s)} after the one before"
            marks.append(Mark(start_s, MarkKind.SEAM, words))
        for step in record.steps:
            kind = _MARKS.get(step.kind)
            if kind is not None:
                marks.append(Mark(start_s + step.at_s, kind, _mark_words(step)))
    return marks


_MARKS: Final = {
    StepKind.RETRY: MarkKind.RETRY,
    StepKind.ENDED: MarkKind.ENDED,
    StepKind.STOPPED: MarkKind.STOPPED,
    StepKind.FAILED: MarkKind.FAILED,
}
_MARK_WORDS: Final = {
    StepKind.RETRY: "Tried again",
    StepKind.ENDED: "Ended",
    StepKind.STOPPED: "Stopped",
    StepKind.FAILED: "Failed",
}


def _mark_words(step: Step) -> str:
    words = _MARK_WORDS[step.kind]
    return f"{words}: {step.words}" if step.words else words


def _split(gap: Gap, moments: list[float]) -> list[Gap]:
    """Cut a silence at what happened in it; pieces shorter than a gap are none."""
    cuts = [gap.start_s, *(at_s for at_s in moments if gap.start_s < at_s < gap.end_s), gap.end_s]
    pieces = [Gap(start_s, end_s) for start_s, end_s in pairwise(cuts)]
    return [piece for piece in pieces if piece.length_s >= GAP_S]
