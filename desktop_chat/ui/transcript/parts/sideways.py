"""Scrolling sideways inside one block: how far it is moved, and the thin bar that shows it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

BAR_PX: Final = 4.0
_LEAST_PX: Final = 32.0
"""A shorter handle is hard to take."""


class Sideways:
    """Content of some width behind a window of another.

    Units:   pixels.
    """

    def __init__(self) -> None:
        self.shift_px = 0.0
        self._room_px = 0.0
        self._hidden_px = 0.0

    @property
    def is_needed(self) -> bool:
        """Whether the content is wider than its window."""
        return self._hidden_px > 0

    def fit(self, content_px: float, room_px: float) -> None:
        """Tell how wide the content is, and the window it is seen through."""
        self._room_px, self._hidden_px = room_px, max(0.0, content_px - room_px)
        self.move(0.0)

    def move(self, by: float) -> bool:
        """Move to the right, or left below 0; True when it moved."""
        before = self.shift_px
        self.shift_px = min(max(0.0, before + by), self._hidden_px)
        return self.shift_px != before

    def show(self, start_px: float, end_px: float) -> bool:
        """Move as little as it takes to see a stretch of the content; True when it moved."""
        if start_px < self.shift_px:
            return self.move(start_px - self.shift_px)
        return self.move(max(0.0, end_px - self.shift_px - self._room_px))

    def handle(self, left: float, top: float) -> QRectF:
        """The handle of the bar, of which the track begins at a place; empty when everything fits."""
        if not self.is_needed:
            return QRectF()
        x = (self._room_px - self._handle_px) * self.shift_px / self._hidden_px
        return QRectF(left + x, top, self._handle_px, BAR_PX)

    @property
    def _handle_px(self) -> float:
        room = self._room_px
        return min(room, max(_LEAST_PX, room * room / (room + self._hidden_px)))

    def drag(self, by: float) -> bool:
        """Move the handle; True when the content moved."""
        travel = self._room_px - self._handle_px
        return travel > 0 and self.move(by * self._hidden_px / travel)


def paint_handle(painter: QPainter, handle: QRectF, ink: QColor) -> None:
    """Draw the handle of a bar."""
    if handle.isEmpty():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(handle, BAR_PX / 2, BAR_PX / 2)
