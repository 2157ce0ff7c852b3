"""Selecting with the keyboard: the moving end of the selection as a caret that walks through the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QTextBoundaryFinder
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter

from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.steps import PAGE_OVERLAP_PX
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.taking.clip_text import clean_text_of
from desktop_chat.ui.transcript.taking.selection import Position, Selection

_WIDTH_PX: Final = 1.5
_MARGIN_PX: Final = 24.0
"""So much stays in sight around the caret."""

_FAR_PX: Final = 1e6
_LOOKED_AT_UNITS: Final = 40
"""Long enough for any one character as a reader counts, such as a family of emoji."""

_Key = QKeySequence.StandardKey


class Caret:
    """Extends the selection key by key.

    Units:   pixels from the corner of a part, unless it says otherwise.
    """

    def __init__(self, page: Page, selection: Selection, moves: Moves, focus: FocusWalk) -> None:
        self._page = page
        self._selection = selection
        self._moves = moves
        self._focus = focus
        self._wanted_x: float | None = None
        """The column that steps up and down keep to."""

    # --- keys

    def press(self, event: QKeyEvent) -> bool:
        """Extend the selection if the key is for that."""
        acts: dict[QKeySequence.StandardKey, Callable[[Position], Position]] = {
            _Key.SelectNextChar: lambda at: self._by_character(at, 1),
            _Key.SelectPreviousChar: lambda at: self._by_character(at, -1),
            _Key.SelectNextWord: self._word_on,
            _Key.SelectPreviousWord: self._word_back,
            _Key.SelectStartOfLine: lambda at: self._line_end(at, -_FAR_PX),
            _Key.SelectEndOfLine: lambda at: self._line_end(at, _FAR_PX),
            _Key.SelectStartOfDocument: lambda at: self._first(),
            _Key.SelectEndOfDocument: lambda at: self._last(),
            _Key.SelectNextLine: lambda at: self._by_line(at, 1),
            _Key.SelectPreviousLine: lambda at: self._by_line(at, -1),
            _Key.SelectNextPage: lambda at: self._by_page(at, 1),
            _Key.SelectPreviousPage: lambda at: self._by_page(at, -1),
        }
        key = next((key for key in acts if event.matches(key)), None)
        if key is None:
            return False
        start = self._start()
        if start is not None:
            if key not in _KEEP_COLUMN:
                self._wanted_x = None
            self._extend(start, acts[key])
        return True

    def _extend(self, start: Position, act: Callable[[Position], Position]) -> None:
        fixed = self._selection.fixed if not self._selection.is_empty else None
        moving = act(start)
        self._selection.set(fixed if fixed is not None else start, moving)
        self._selection.has_caret = True
        self._show(moving)

    def _start(self) -> Position | None:
        """Where the moving end is, or where one begins: what has the focus, or the top of the screen."""
        if not self._selection.is_empty and self._selection.moving is not None:
            return self._real(self._selection.moving)
        clicked, spots = self._selection.moving, list(self._page.spots(0.0, self._page.scrolling.page_px))
        focused = self._focus.current
        if focused is not None and focused[0].part.is_selectable:
            return Position(focused[0].row, focused[0].index, 0)
        if clicked is not None and any((spot.row, spot.index) == (clicked.row, clicked.part) for spot in spots):
            return self._real(clicked)
        # A part that began above the screen is one whose start nobody sees.
        shown = [spot for spot in spots if spot.part.is_selectable and spot.part.length]
        first = next((spot for spot in shown if spot.top >= 0), None)
        if first is not None:
            return Position(first.row, first.index, 0)
        return self._page.position_at(QPointF(self._page.left, 0.0))

    # --- walking

    def _parts(self, row: int) -> list[Part]:
        return self._page.rows.item(row).stack.parts

    def _part(self, at: Position) -> Part:
        return self._parts(at.row)[at.part]

    def _real(self, at: Position) -> Position:
        """A place that may lie behind the end of its message, as one that has a part."""
        row = min(at.row, len(self._page.rows) - 1)
        parts = self._parts(row)
        if at.part < len(parts) and parts[at.part].is_selectable:
            return Position(row, at.part, min(at.offset, parts[at.part].length))
        return self._neighbour(Position(row, min(at.part, len(parts)), 0), -1) or self._first()

    def _neighbour(self, at: Position, by: int) -> Position | None:
        """The near end of the next part with text, in either direction."""
        row, index = at.row, at.part + by
        while 0 <= row < len(self._page.rows):
            parts = self._parts(row)
            index = len(parts) - 1 if index < 0 and row != at.row else index
            while 0 <= index < len(parts):
                if parts[index].is_selectable and parts[index].length:
                    return Position(row, index, 0 if by > 0 else parts[index].length)
                index += by
            row += by
            index = 0 if by > 0 else -1
        return None

    def _first(self) -> Position:
        return self._neighbour(Position(0, -1, 0), 1) or Position(0, 0, 0)

    def _last(self) -> Position:
        last = len(self._page.rows) - 1
        return self._neighbour(Position(last, len(self._parts(last)), 0), -1) or Position(last, 0, 0)

    def _by_character(self, at: Position, by: int) -> Position:
        part = self._part(at)
        if (by > 0 and at.offset >= part.length) or (by < 0 and at.offset <= 0):
            return self._neighbour(at, by) or at
        if by > 0:
            ahead = self._words(part, at.offset, at.offset + _LOOKED_AT_UNITS)
            step = size = _first_character(ahead)
            # The pads around inline code count in the text, but are no characters.
            while units(self._words(part, at.offset, at.offset + step)) < size and at.offset + step < part.length:
                step += 1
            return Position(at.row, at.part, min(at.offset + step, part.length))
        behind = self._words(part, max(0, at.offset - _LOOKED_AT_UNITS), at.offset)
        step = size = _last_character(behind)
        while units(self._words(part, at.offset - step, at.offset)) < size and at.offset - step > 0:
            step += 1
        return Position(at.row, at.part, max(at.offset - step, 0))

    @staticmethod
    def _words(part: Part, start: int, end: int) -> str:
        end = min(end, part.length)
        return clean_text_of((part.taken(max(0, start), end),), is_alone=True) if end > start else ""

    def _word_on(self, at: Position) -> Position:
        """Behind the word that comes."""
        at = self._by_character(at, 1) if at.offset >= self._part(at).length else at
        part = self._part(at)
        self._measure(at)
        offset = at.offset
        while offset < part.length:
            end = part.word_at(offset)[1]
            if end > offset and self._words(part, offset, end).strip():
                return Position(at.row, at.part, end)
            offset = max(end, offset + 1)
        return Position(at.row, at.part, part.length)

    def _word_back(self, at: Position) -> Position:
        """Before the word that was."""
        at = self._by_character(at, -1) if at.offset <= 0 else at
        part = self._part(at)
        self._measure(at)
        offset = at.offset
        while offset > 0 and not self._words(part, offset - 1, offset).strip():
            offset -= 1
        return Position(at.row, at.part, min(part.word_at(offset - 1)[0], offset - 1) if offset > 0 else 0)

    def _line_end(self, at: Position, x: float) -> Position:
        part = self._part(at)
        return Position(at.row, at.part, part.offset_at(QPointF(x, self._rect(at).center().y())))

    def _by_line(self, at: Position, by: int) -> Position:
        rect, part = self._rect(at), self._part(at)
        if self._wanted_x is None:
            self._wanted_x = rect.left()
        beyond = rect.bottom() + rect.height() / 2 if by > 0 else rect.top() - rect.height() / 2
        there = Position(at.row, at.part, part.offset_at(QPointF(self._wanted_x, beyond)))
        if (self._rect(there).top() - rect.top()) * by > 0:
            return there
        beside = self._neighbour(at, by)
        if beside is None:
            return Position(at.row, at.part, part.length if by > 0 else 0)
        y = self._rect(beside).center().y()
        return Position(beside.row, beside.part, self._part(beside).offset_at(QPointF(self._wanted_x, y)))

    def _by_page(self, at: Position, by: int) -> Position:
        """As many lines on as one screen shows."""
        goal = self._page.scrolling.page_px - PAGE_OVERLAP_PX
        start = self._y(at)
        while abs(self._y(at) - start) < goal:
            there = self._by_line(at, by)
            if there == at:
                break
            at = there
        return at

    # --- where it stands

    def _measure(self, at: Position) -> None:
        rows = self._page.rows
        stack = rows.item(at.row).stack
        top = stack.top_of(at.part)
        if not stack.is_measured(stack.parts[at.part]) and stack.settle(top, top):
            rows.remeasured(at.row)

    def _rect(self, at: Position) -> QRectF:
        """The line of a place, from its left edge on."""
        self._measure(at)
        part = self._part(at)
        rects = part.rects(at.offset, at.offset + 1) if at.offset < part.length else []
        if rects:
            return QRectF(rects[0].left(), rects[0].top(), _WIDTH_PX, rects[0].height())
        rects = part.rects(max(0, at.offset - 1), at.offset)
        if rects:
            return QRectF(rects[-1].right(), rects[-1].top(), _WIDTH_PX, rects[-1].height())
        return QRectF(0.0, 0.0, _WIDTH_PX, part.height)

    def _y(self, at: Position) -> float:
        """Height of a place on the page."""
        rect = self._rect(at)
        return self._page.rows.top_of(at.row) + self._page.rows.item(at.row).stack.top_of(at.part) + rect.top()

    def _show(self, at: Position) -> None:
        """Move the page so that the caret is in sight."""
        rect = self._rect(at)
        self._part(at).reveal(at.offset, at.offset)
        self._moves.reveal(at.row, at.part, rect.top(), rect.bottom(), _MARGIN_PX)

    def paint(self, painter: QPainter, style: Style) -> None:
        """Draw the caret where it is on the screen."""
        at = self._selection.moving
        if not self._selection.has_caret or at is None:
            return
        for spot in self._page.spots(0.0, self._page.scrolling.page_px):
            if (spot.row, spot.index) == (at.row, at.part):
                rect = self._rect(Position(at.row, at.part, min(at.offset, spot.part.length)))
                painter.fillRect(rect.translated(spot.left, spot.top), style.inks.accent)


def _first_character(text: str) -> int:
    """How many units the first character takes, as a reader counts characters."""
    return max(1, QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text).toNextBoundary())


def _last_character(text: str) -> int:
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    finder.toEnd()
    return max(1, units(text) - max(0, finder.toPreviousBoundary()))


_KEEP_COLUMN: Final = (_Key.SelectNextLine, _Key.SelectPreviousLine, _Key.SelectNextPage, _Key.SelectPreviousPage)
