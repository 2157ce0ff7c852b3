"""The one clock of a transcript: it ticks while there is something to paint, and stands still otherwise."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

FRAME_MS: Final = 16
CALM_MS: Final = 66
"""Between two frames of an animation nobody looks at closely."""


class FrameClock(QObject):
    """Ticks once a frame; `ticked` is the only place the transcript changes from."""

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.ticked)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def run(self, interval_ms: int = FRAME_MS) -> None:
        """Tick at least that often from now on."""
        if not self._timer.isActive() or self._timer.interval() > interval_ms:
            self._timer.start(interval_ms)

    def calm_down(self) -> None:
        """Tick slowly: only an animation is left."""
        if self._timer.interval() != CALM_MS or not self._timer.isActive():
            self._timer.start(CALM_MS)

    def stop(self) -> None:
        self._timer.stop()
