"""How far a key or a turn of the wheel moves the page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent

LINE_PX: Final = 48
PAGE_OVERLAP_PX: Final = 48
_NOTCH_PX: Final = 90
"""For one notch of a wheel."""

_NOTCH_UNITS: Final = 120


def key_step(event: QKeyEvent, page_px: float) -> float:
    """Pixels down for a key; 0 when it moves nothing."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return 0
    screen_px = max(LINE_PX, page_px - PAGE_OVERLAP_PX)
    steps = {
        Qt.Key.Key_Up: -LINE_PX,
        Qt.Key.Key_Down: LINE_PX,
        Qt.Key.Key_PageUp: -screen_px,
        Qt.Key.Key_PageDown: screen_px,
    }
    return steps.get(Qt.Key(event.key()), 0)


class Notches:
    """Whole notches out of the small turns of a wheel or a touch pad."""

    def __init__(self) -> None:
        self._units = 0

    def take(self, event: QWheelEvent) -> int:
        """So many notches up have come together; below 0 down."""
        self._units += event.angleDelta().y()
        notches = int(self._units / _NOTCH_UNITS)
        self._units -= notches * _NOTCH_UNITS
        return notches


def wheel_step(event: QWheelEvent) -> tuple[int, int]:
    """Pixels to the right and down for a turn of the wheel or a stroke on a touch pad."""
    pixels, angle = event.pixelDelta(), event.angleDelta()
    across = pixels.x() or round(angle.x() * _NOTCH_PX / _NOTCH_UNITS)
    along = pixels.y() or round(angle.y() * _NOTCH_PX / _NOTCH_UNITS)
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not across:
        across, along = along, 0
    return -across, -along
