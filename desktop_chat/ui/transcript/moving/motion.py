"""Motion: whether there may be any, and how the page moves where it moves by itself."""

from __future__ import annotations

import math
import time
from typing import Final

from PySide6.QtWidgets import QApplication, QStyle

GLIDE_S: Final = 0.15
_ASKED_EVERY_S: Final = 1.0
_WISH: Final = "isMotionReduced"
"""Property of the application, as its style is: everything that paints may ask."""


def reduce_motion(is_reduced: bool) -> None:
    """Leave animations and pacing out by the reader's own setting, whatever the desktop says."""
    application = QApplication.instance()
    assert application is not None
    application.setProperty(_WISH, is_reduced)
    _answer.forget()


def is_motion_reduced() -> bool:
    """Whether animations and pacing shall be left out.

    Qt tells a desktop's wish as a duration of nothing; on Linux it knows of none (6.11).
    """
    return _answer.is_reduced()


class _Answer:
    """What the reader and the desktop wish; asked now and then, as it takes as long as laying out a line."""

    def __init__(self) -> None:
        self._is_reduced = False
        self._asked_s = -math.inf

    def forget(self) -> None:
        self._asked_s = -math.inf

    def is_reduced(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._asked_s >= _ASKED_EVERY_S:
            self._asked_s = now_s
            application = QApplication.instance()
            assert application is not None
            duration_ms = QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
            self._is_reduced = bool(application.property(_WISH)) or duration_ms == 0
        return self._is_reduced


_answer = _Answer()


class Glide:
    """A short way that gets slower towards its end.

    Units:   `offset_px` is what is left of the way; moments in seconds of a steady clock.
    """

    def __init__(self, way_px: float, now_s: float) -> None:
        self.offset_px = way_px
        self._way_px = way_px
        self._began_s = now_s

    def advance(self, now_s: float) -> bool:
        """Go on to where it is now; False at the end."""
        left = max(0.0, 1.0 - (now_s - self._began_s) / GLIDE_S)
        self.offset_px = self._way_px * left**3
        return left > 0.0
