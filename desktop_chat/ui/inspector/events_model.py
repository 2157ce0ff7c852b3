"""The events of a course as rows: 50,000 of them, filtered in slices while the window stays awake."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from typing import Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop_chat.ui.figures import bytes_text, counted
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.kinds import WORDS, color_of
from desktop_chat.ui.inspector.shown_text import escaped, first_words
from desktop_chat.ui.inspector.words import moment_words
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.theme import Look

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex

NUMBER, TIME, DELTA, NAME, SIZE, DATA = range(6)
HEADS: Final = ("#", "Time (s)", "After (s)", "Event", "Size", "First words")
_SLICE_S: Final = 0.004
_NAME_CHARACTERS_MAX: Final = 60
_TIP_CHARACTERS_MAX: Final = 500
_NOWHERE: Final = QModelIndex()


class EventsModel(QAbstractTableModel):
    """Rows of a course; whoever lets the course grow calls `take_grown`, whoever changes it `begin_again`."""

    counted = Signal()
    """How many rows there are has changed, or all of them have been looked at."""

    def __init__(self, look: Look, course: Course, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._course = course
        self._needle = ""
        self._fitting = array("l")
        """Numbers of the events that fit the filter, as far as they have been looked at."""
        self._seen = 0
        """How many events have been looked at."""
        self._clock = QTimer(self)
        self._clock.setInterval(0)
        self._clock.timeout.connect(self._look_on)

    # --- as Qt asks

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        if parent.isValid():
            return 0
        return len(self._fitting) if self._needle else self._seen

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.alignment(section))
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        number, column = self.number(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words_of(number, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.alignment(column))
        if role == Qt.ItemDataRole.ToolTipRole and column in (NAME, DATA):
            if column == NAME:
                return WORDS[self._course.kind(number)]
            return plain_tip(escaped((self._course.arrivals[number].raw or "")[:_TIP_CHARACTERS_MAX]))
        return None

    def words_of(self, number: int, column: int) -> str:
        """What stands in a cell, by the number of its event."""
        course = self._course
        arrival = course.arrivals[number]
        if column == NUMBER:
            return f"{number + 1:,}"
        if column == TIME:
            return moment_words(course.times[number])
        if column == DELTA:
            return f"+{moment_words(course.delta_s(number))}"
        if column == NAME:
            return escaped(arrival.name[:_NAME_CHARACTERS_MAX].replace("\n", " "))
        if column == SIZE:
            return bytes_text(arrival.size_bytes)
        return first_words(arrival)

    def color(self, number: int) -> str:
        """The colour of an event's kind."""
        return color_of(self._course.kind(number), self._look.colors)

    @staticmethod
    def alignment(column: int) -> Qt.AlignmentFlag:
        """Numbers stand at the right."""
        side = Qt.AlignmentFlag.AlignRight if column in (NUMBER, TIME, DELTA, SIZE) else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    # --- rows and events

    def number(self, row: int) -> int:
        """Which event stands in a row."""
        return self._fitting[row] if self._needle else row

    def row_of(self, number: int) -> int | None:
        """Where an event stands; None when the filter leaves it out, or it has not been reached."""
        if not self._needle:
            return number if number < self._seen else None
        row = bisect_left(self._fitting, number)
        return row if row < len(self._fitting) and self._fitting[row] == number else None

    @property
    def words(self) -> str:
        """How many rows there are."""
        total = len(self._course)
        if not self._needle:
            return counted(total, "event")
        more = "…" if self._seen < total else ""
        return f"{len(self._fitting):,} of {total:,}{more}"

    # --- changes

    def begin_again(self) -> None:
        """The course is another one."""
        self.beginResetModel()
        self._fitting = array("l")
        self._seen = 0
        self.endResetModel()
        self.take_grown()

    def take_grown(self) -> None:
        """The course may have more events than before."""
        if self._needle:
            self._look_on()
            return
        total = len(self._course)
        if total > self._seen:
            self.beginInsertRows(QModelIndex(), self._seen, total - 1)
            self._seen = total
            self.endInsertRows()
        self.counted.emit()

    def set_filter(self, text: str) -> None:
        """Show only events with this in their name or data, whatever the case."""
        needle = text.strip().casefold()
        if needle != self._needle:
            self._clock.stop()
            # Before the reset: while it runs, views ask for the rows of the new state.
            self.beginResetModel()
            self._needle = needle
            self._fitting = array("l")
            self._seen = 0
            self.endResetModel()
            self.take_grown()

    def _look_on(self) -> None:
        """Look at events for a moment; the rest with the next turn of the loop."""
        until_s = time.perf_counter() + _SLICE_S
        found, number, total = array("l"), self._seen, len(self._course)
        while number < total:
            arrival = self._course.arrivals[number]
            if self._needle in arrival.name.casefold() or self._needle in (arrival.raw or "").casefold():
                found.append(number)
            number += 1
            if time.perf_counter() > until_s:
                break
        if found:
            first = len(self._fitting)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self._fitting.extend(found)
            self.endInsertRows()
        self._seen = number
        if number < total:
            self._clock.start()
        else:
            self._clock.stop()
        self.counted.emit()
