"""The one clock of a transcript: it ticks while there is something to paint, and stands still otherwise."""

from __future__ import annotations

import math
import time
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

FRAME_MS: Final = 16
CALM_MS: Final = 66
"""Between two frames of an animation nobody looks at closely."""


class FrameClock(QObject):
    """Ticks once a frame; `ticked` is the only place the transcript changes from.

    After a rest the first tick comes at once: nobody waits a frame for what has been idle.
    """

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Kept here rather than asked of the timer: they are looked at with every piece that arrives.
        self.is_running = False
        self.is_at_full_pace = False
        """Whether nothing can be gained by `run`."""
        self._interval_ms = FRAME_MS
        self._started_ms = -1
        """What the timer was started with last; the first tick after a rest comes sooner than the next one."""
        self._ticked_s = -math.inf
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def run(self, interval_ms: int = FRAME_MS) -> None:
        """Tick at least that often from now on."""
        if not self.is_running or self._interval_ms > interval_ms:
            self._interval_ms = interval_ms
            passed_ms = (time.monotonic() - self._ticked_s) * 1000
            self._start(max(0, interval_ms - int(min(passed_ms, interval_ms))))

    def hurry(self) -> None:
        """Tick as soon as there is time: what is on the screen has nothing to do with what comes."""
        self._interval_ms = FRAME_MS
        self._start(0)

    def calm_down(self) -> None:
        """Tick slowly: only an animation is left."""
        if self._interval_ms != CALM_MS or not self.is_running:
            self._interval_ms = CALM_MS
            self._start(CALM_MS)

    def stop(self) -> None:
        self._timer.stop()
        self.is_running = self.is_at_full_pace = False

    def _start(self, interval_ms: int) -> None:
        self._timer.start(interval_ms)
        self._started_ms, self.is_running = interval_ms, True
        self.is_at_full_pace = self._interval_ms == FRAME_MS

    def _tick(self) -> None:
        self._ticked_s = time.monotonic()
        if self._started_ms != self._interval_ms:
            self._start(self._interval_ms)
        self.ticked.emit()
