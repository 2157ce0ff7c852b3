"""The text of a code block as rows of equal height: cut at line ends, and where a line is too long."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop_chat.ui.transcript.markdown.giants import pieces_between
from desktop_chat.ui.transcript.markdown.visible_text import units, visible
from desktop_chat.ui.transcript.parts.style import Role, metrics_of

TAB_COLUMNS: Final = 4
_LINE_UNITS_MAX: Final = 1_000
"""A longer line goes on in the next one: no layout is so long that the window waits for it."""

_LEAST_COLUMNS: Final = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One row of code.

    Units:   `start` and `end` in UTF-16 units of the code; `first` and `last` in characters of the line.
    """

    line: int
    first: int
    last: int
    start: int
    end: int
    is_line_end: bool
    """Whether a line end follows; otherwise the line goes on in the next row."""


class CodeText:
    """Code that may still grow, of which perhaps only the first lines are shown."""

    def __init__(self, code: str, lines_max: int | None = None) -> None:
        self.code = code
        self.lines: list[str] = []
        """What is shown, control characters as signs; a line end of the code, or a cut, between each two."""
        self.widest_px = 0.0
        """Width of the widest line of all, hidden ones included."""
        self._lines_max = lines_max
        self._widened_to = 0
        """Where the last line begins that `widest_px` knows."""
        self._columns: int | None = None
        self._starts: list[int] = []
        """Where each line begins, in UTF-16 units; `_indices` has the same in characters."""
        self._indices: list[int] = []
        self._are_ends: list[bool] = []
        self._rows: list[Row] = []
        self._rows_from: list[int] = []
        """The first row of each line; both lists are filled while lines are wrapped."""
        self._take(0)

    @property
    def row_count(self) -> int:
        return len(self._rows) if self._columns else len(self.lines)

    def row(self, index: int) -> Row:
        if self._columns:
            return self._rows[index]
        text, start = self.lines[index], self._starts[index]
        return Row(index, 0, len(text), start, start + units(text), self._are_ends[index])

    def line_of(self, row: int) -> int:
        """The line a row is of."""
        return self._rows[row].line if self._columns else row

    def first_row_of(self, line: int) -> int:
        """The first row of a line; one past the last row when there is no such line."""
        if not self._columns:
            return min(line, len(self.lines))
        return self._rows_from[line] if line < len(self._rows_from) else len(self._rows)

    def row_at(self, offset: int) -> int:
        """The row a position of the text stands in; there must be one."""
        line = max(0, bisect_right(self._starts, offset) - 1)
        if not self._columns:
            return line
        row = self._rows_from[line]
        end = self._rows_from[line + 1] if line + 1 < len(self._rows_from) else len(self._rows)
        while row + 1 < end and self._rows[row + 1].start <= offset:
            row += 1
        return row

    @property
    def shown_length(self) -> int:
        """Length of what is shown, in UTF-16 units."""
        return self._starts[-1] + units(self.lines[-1]) if self.lines else 0

    def line_range(self, offset: int) -> tuple[int, str]:
        """Where the line around a position begins, and its text."""
        line = max(0, bisect_right(self._starts, offset) - 1)
        return self._starts[line], self.lines[line]

    def grow(self, code: str) -> int:
        """Take a longer code over; give the first line that is not what it was."""
        first = max(0, len(self.lines) - 1)
        self.code = code
        self._take(first)
        return first

    def show_lines(self, lines_max: int | None) -> None:
        """Show so many lines; None for all."""
        self._lines_max = lines_max
        self._take(0)

    def wrap(self, width_px: float | None) -> bool:
        """Break lines that are wider; None for as they are. True when the rows are others now."""
        columns = None
        if width_px is not None:
            columns = max(_LEAST_COLUMNS, int(width_px // metrics_of(Role.CODE).horizontalAdvance("0")))
        if columns == self._columns:
            return False
        self._columns = columns
        self._rows.clear()
        self._rows_from.clear()
        self._break_lines(0)
        return True

    def _take(self, first: int) -> None:
        """Take the lines from `first` on from the code."""
        index, start = (self._indices[first], self._starts[first]) if first < len(self.lines) else (0, 0)
        del self.lines[first:], self._starts[first:], self._indices[first:], self._are_ends[first:]
        self._widen()
        room = -1 if self._lines_max is None else max(0, self._lines_max - first)
        lines = self.code[index:].split("\n", room)
        if len(lines) > 1 and (not lines[-1] or len(lines) > room >= 0):
            lines.pop()
        for line in lines[:room] if room >= 0 else lines:
            shown = visible(line)
            if len(shown) <= _LINE_UNITS_MAX // 2:
                start = self._put(shown, index, start, is_end=True)
            else:
                for at, end in pieces_between(shown, _LINE_UNITS_MAX):
                    start = self._put(shown[at:end], index + at, start, is_end=end == len(shown))
            index += len(line) + 1
            start += 1
        if self._columns:
            self._break_lines(first)

    def _widen(self) -> None:
        lines = self.code[self._widened_to :].split("\n")
        self._widened_to = len(self.code) - len(lines[-1])
        letter = metrics_of(Role.CODE).horizontalAdvance("0")
        if self.code.isascii() and "\t" not in self.code:
            widest = max(map(len, lines)) * letter
        else:
            widest = max(map(_width_of, lines))
        self.widest_px = max(self.widest_px, widest)

    def _put(self, shown: str, index: int, start: int, is_end: bool) -> int:
        self.lines.append(shown)
        self._indices.append(index)
        self._starts.append(start)
        self._are_ends.append(is_end)
        return start + units(shown)

    def _break_lines(self, first: int) -> None:
        if first < len(self._rows_from):
            del self._rows[self._rows_from[first] :], self._rows_from[first:]
        if self._columns is None:
            return
        for line in range(first, len(self.lines)):
            text, start = self.lines[line], self._starts[line]
            self._rows_from.append(len(self._rows))
            for at, end in rows_between(text, self._columns):
                last = start + units(text[at:end])
                is_end = self._are_ends[line] and end == len(text)
                self._rows.append(Row(line, at, end, start, last, is_end))
                start = last


def _width_of(line: str) -> float:
    metrics = metrics_of(Role.CODE)
    if line.isascii() and "\t" not in line:
        return len(line) * metrics.horizontalAdvance("0")
    return metrics.horizontalAdvance(visible(line).expandtabs(TAB_COLUMNS))


def rows_between(text: str, columns: int) -> Iterator[tuple[int, int]]:
    """Start and end of the rows of a line, each broken behind a blank where one is near.

    Units:   characters; `columns` in widths of a Latin letter, of which an East Asian one takes two.
    """
    if len(text) <= columns and text.isascii() and "\t" not in text:
        yield 0, len(text)
        return
    start = column = 0
    for at, character in enumerate(text):
        width = _columns_of(character, column)
        if column + width > columns and width:
            blank = text.rfind(" ", start + (at - start) * 3 // 4, at) + 1
            end = blank or at
            yield start, end
            start, column = end, sum(_columns_of(each, 0) for each in text[end:at])
        column += width
    yield start, len(text)


def _columns_of(character: str, column: int) -> int:
    if character == "\t":
        return TAB_COLUMNS - column % TAB_COLUMNS
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
