"""Scrolling while a selection is dragged beyond the edge of the screen, also when the mouse stands still."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from desktop_chat.ui.transcript.frame_clock import FRAME_MS
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.pointer import Pointer
from desktop_chat.ui.transcript.page import Page

_SPEED_PER_PX: Final = 16.0
_SPEED_MAX_PX: Final = 5_000.0
"""Pixels a second for each pixel beyond the edge, and at most."""

_STEP_S_MAX: Final = 0.05
"""A frame that came late does not make a leap."""


class EdgeScroll(QObject):
    """Its timer runs only while the button is held beyond the edge."""

    scrolled = Signal()
    """The page and the selection have moved."""

    def __init__(self, page: Page, pointer: Pointer, moves: Moves, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._pointer = pointer
        self._moves = moves
        self._point = QPointF()
        self._last_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._step)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def follow(self, point: QPointF) -> None:
        """The pointer is here now, in pixels of the page."""
        self._point = point
        if not self._pointer.is_selecting or not self._beyond():
            self._timer.stop()
        elif not self._timer.isActive():
            self._last_s = time.monotonic()
            self._timer.start()

    def stop(self) -> None:
        """The button is up."""
        self._timer.stop()

    def _beyond(self) -> float:
        """How far the pointer is above (below 0) or below the screen."""
        y, bottom = self._point.y(), self._page.scrolling.page_px
        return y if y < 0 else max(0.0, y - bottom)

    def _step(self) -> None:
        now_s = time.monotonic()
        passed_s, self._last_s = min(now_s - self._last_s, _STEP_S_MAX), now_s
        if not self._pointer.is_selecting:
            self._timer.stop()
            return
        speed_px = min(max(-_SPEED_MAX_PX, self._beyond() * _SPEED_PER_PX), _SPEED_MAX_PX)
        # Of what came into sight with the last frame all is selected.
        self._pointer.drag_to(self._point)
        self._moves.drag_by(speed_px * passed_s)
        self.scrolled.emit()
