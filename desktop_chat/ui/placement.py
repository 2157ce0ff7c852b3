"""Where the window stood: restored before it is shown, onto a screen that still exists, and kept while it moves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QWidget

SIZE_PX: Final = QSize(1280, 840)
SIZE_MIN_PX: Final = QSize(640, 480)
FRAME_PX: Final = QSize(8, 40)
"""Room for the title bar and the borders, which the system adds around the window."""

_AT_REST_MS: Final = 500
"""A window that is being dragged reports every step; only where it comes to rest is worth writing down."""


def bounded_by_screen(window: QWidget, size: QSize) -> QSize:
    """The size that a window shall have, or as much of it as its screen has room for."""
    return size.boundedTo(window.screen().availableSize() - FRAME_PX)


class Placement(QObject):
    """Of one window, which tells whenever it has been changed."""

    changed = Signal(str)
    """The place as text, for the settings."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AT_REST_MS)
        self._timer.timeout.connect(self.tell)
        self._told = ""
        window.setMinimumSize(SIZE_MIN_PX)

    def restore(self, stored: str) -> None:
        """Put the window where it stood, or where a new one stands; before it is shown."""
        window = self._window
        # Qt itself brings a window back that would stand on a screen which is gone.
        if not (stored and window.restoreGeometry(QByteArray.fromBase64(QByteArray(stored.encode("ascii", "ignore"))))):
            window.resize(bounded_by_screen(window, SIZE_PX).expandedTo(SIZE_MIN_PX))
        self._told = self._as_text()

    def note_change(self) -> None:
        """Take notice that the window was moved, resized, maximised or restored."""
        if self._window.isVisible():
            self._timer.start()

    def tell(self) -> None:
        """Hand the place on now, if it is another one; a full screen is not where a window stands."""
        from PySide6.QtCore import Qt

        self._timer.stop()
        place = self._as_text()
        if place != self._told and not self._window.windowState() & Qt.WindowState.WindowFullScreen:
            self._told = place
            self.changed.emit(place)

    def _as_text(self) -> str:
        return bytes(self._window.saveGeometry().toBase64().data()).decode("ascii")
