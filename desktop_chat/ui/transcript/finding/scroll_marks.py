"""Where in the conversation the hits are: thin ticks over the scroll bar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from desktop_chat.ui.transcript.finding.find import Finder
from desktop_chat.ui.transcript.finding.searched import Searched
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX, Style

_TICK_PX: Final = 2
_CURRENT_PX: Final = 4
_SIDE_PX: Final = 1
_PAUSE_MS: Final = 150
"""Heights are guesses that get better as the reader scrolls: the ticks follow, but not with every frame."""


class ScrollMarks(QWidget):
    """Lies over the scroll bar and lets the mouse through."""

    def __init__(self, finder: Finder, page: Page, style: Style, bar: QScrollBar) -> None:
        super().__init__(bar)
        self._finder = finder
        self._page = page
        self._style = style
        self._ticks: tuple[int, ...] = ()
        self._current: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._place)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        finder.figures_changed.connect(self.note_change)
        finder.marks_changed.connect(self.note_change)
        self.hide()

    def put_on(self, style: Style) -> None:
        """Take the colours of a theme."""
        self._style = style
        self.update()

    @property
    def ticks(self) -> tuple[int, ...]:
        """The rows of pixels that have a tick, from the top."""
        return self._ticks

    def note_change(self) -> None:
        """Hits, heights or the room for the ticks are different: place them anew, soon."""
        if self._finder.searched is None:
            self.hide()
        elif not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    def _place(self) -> None:
        searched = self._finder.searched
        if searched is None or not len(self._page.rows):
            self.hide()
            return
        bar = self.parentWidget()
        assert bar is not None
        self.setGeometry(bar.rect())
        scrolling = self._page.scrolling
        scale = self.height() / max(1.0, scrolling.most + scrolling.page_px)
        self._ticks = tuple(self._found_ticks(searched, scale))
        self._current = None
        hit = self._finder.current
        if hit is not None:
            below = searched.share_of(hit) * self._height_of(hit.row)
            self._current = round((self._top_of(hit.row) + below) * scale)
        self.setVisible(bool(self._ticks))
        self.raise_()
        self.update()

    def _top_of(self, row: int) -> float:
        return self._page.rows.top_of(row) + PAGE_PADDING_PX

    def _found_ticks(self, searched: Searched, scale: float) -> list[int]:
        """The rows of pixels with hits: asked from the bar's side, so that a million hits cost no more than a few."""
        rows, sums = self._page.rows, searched.sums()
        last = min(len(rows), len(sums) - 1) - 1
        found: set[int] = set()
        before, pending = -1, -1
        for y in range(0, self.height() if sums[-1] else 0, _TICK_PX):
            row = min(rows.index_at((y + _TICK_PX) / scale - PAGE_PADDING_PX), last)
            if row == before:
                if pending >= 0:
                    # Higher than a tick: its hits have places of their own.
                    found.update(self._ticks_in(searched, row, scale))
                    pending = -1
                continue
            if pending >= 0:
                found.add(pending)
            if sums[row] > sums[before + 1]:
                found.add(y)
            before, pending = row, y if sums[row + 1] > sums[row] else -1
        return sorted(found | {pending} - {-1})

    def _ticks_in(self, searched: Searched, row: int, scale: float) -> Iterator[int]:
        top, height = self._top_of(row), self._height_of(row)
        return (round((top + share * height) * scale) for share in searched.shares(row))

    def _height_of(self, row: int) -> float:
        rows = self._page.rows
        below = rows.top_of(row + 1) - rows[row + 1].gap if row + 1 < len(rows) else rows.total
        return below - rows.top_of(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        inks = self._style.inks
        width = self.width() - 2 * _SIDE_PX
        for y in self._ticks:
            painter.fillRect(QRectF(_SIDE_PX, y, width, _TICK_PX), inks.warn)
        if self._current is not None:
            painter.fillRect(QRectF(0, self._current - 1, self.width(), _CURRENT_PX), inks.accent)
        painter.end()
