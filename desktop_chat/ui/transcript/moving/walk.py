"""Which message the reader is at: the one under the pointer, and the one the keyboard walks on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX, Style

_BAR_PX: Final = 2.0
_BAR_GAP_PX: Final = 14.0
"""How far beside the message the bar stands."""
_EDGE_PX: Final = 2.0


class Walk:
    """Walks from message to message; the one it is on has a bar, and keys act on it.

    Units:   pixels of the page, seen from the corner of the screen.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._current_id: str | None = None
        self._pointer_y: float | None = None
        self._hovered_id: str | None = None
        self._bar_left = 0.0

    @property
    def row(self) -> int | None:
        """The message it is on, if that is on the screen."""
        row = self.wanted_row
        return row if row is not None and self._is_on_screen(row) else None

    @property
    def wanted_row(self) -> int | None:
        """The message it is on, wherever that is."""
        return self._page.rows.index_of(self._current_id) if self._current_id is not None else None

    def step(self, by: int) -> bool:
        """Go to the next (+1) or former (-1) message and bring its top to the top of the screen; False at the end."""
        rows, row = self._page.rows, self.row
        target = self._from_the_screen(by) if row is None else row + by
        if not 0 <= target < len(rows):
            return False
        self.stand_on(target)
        self._page.scrolling.hold_top(target)
        return True

    def stand_on(self, row: int) -> None:
        """Be on a message, wherever it is."""
        self._current_id = self._page.rows[row].message.id

    def clear(self) -> None:
        """Be nowhere."""
        self._current_id = None

    def hover(self, y: float | None) -> bool:
        """The pointer is at a height of the screen, or gone; True when it is at another message than before."""
        self._pointer_y = y
        return self.settle()

    def settle(self) -> bool:
        """The page may have moved; True when the pointer is at another message now, or the bar farther out or in."""
        if self._pointer_y is None and self._hovered_id is None and self._current_id is None and not self._bar_left:
            return False
        before = (self._hovered_id, self._bar_left)
        row = self.row
        self._hovered_id = self._id_under_pointer()
        self._bar_left = self._left_of_bar(row) if row is not None else 0.0
        return before != (self._hovered_id, self._bar_left)

    def is_at(self, row: int, has_focus: bool) -> bool:
        """Whether the reader is at a message, with the pointer or the keyboard."""
        if self._hovered_id is None and (self._current_id is None or not has_focus):
            return False
        message_id = self._page.rows[row].message.id
        return message_id == self._hovered_id or (has_focus and message_id == self._current_id)

    def paint(self, painter: QPainter, style: Style, has_focus: bool) -> None:
        """Draw the bar beside the message it is on."""
        row = self.row if has_focus else None
        if row is None:
            return
        top, bottom = self._extent(row)
        painter.fillRect(QRectF(self._left_of_bar(row), round(top), _BAR_PX, round(bottom - top)), style.inks.accent)

    def _left_of_bar(self, row: int) -> float:
        """Beside what reaches farthest out of the column: nothing of the message is behind the bar."""
        spots = self._page.spots(0.0, self._page.scrolling.page_px)
        out_px = max((spot.part.out_px for spot in spots if spot.row == row), default=0.0)
        return max(_EDGE_PX, self._page.left - out_px - _BAR_GAP_PX)

    def _extent(self, row: int) -> tuple[float, float]:
        rows = self._page.rows
        top = self._page.top_of(row)
        return top, top + rows.item(row).stack.height

    def _is_on_screen(self, row: int) -> bool:
        top, bottom = self._extent(row)
        return bottom > 0 and top < self._page.scrolling.page_px

    def _from_the_screen(self, by: int) -> int:
        """Where a walk begins: at the next or former message from the top of the screen, at the end with the last."""
        rows, scrolling = self._page.rows, self._page.scrolling
        if not len(rows):
            return -1
        if scrolling.is_at_end:
            return len(rows) - 1 if by < 0 else len(rows)
        top = self._page.scroll_value
        row = rows.index_at(max(0.0, top + by))
        if by > 0:
            return row if rows.top_of(row) > top + 1 else row + 1
        # With nothing above, the walk begins where it is.
        return row if rows.top_of(row) < top - 1 else max(0, row - 1)

    def _id_under_pointer(self) -> str | None:
        if self._pointer_y is None or not len(self._page.rows):
            return None
        y = self._pointer_y + self._page.scroll_value - PAGE_PADDING_PX
        if not 0 <= y <= self._page.rows.total:
            return None
        return self._page.rows[self._page.rows.index_at(y)].message.id
