"""Walking through the targets on the screen with Tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.part import Target
from desktop_chat.ui.transcript.style import Style

_RING_PX = 2.0


class FocusWalk:
    """The target the keyboard is on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._key: tuple[int, int, str] | None = None

    @property
    def current(self) -> tuple[Spot, Target] | None:
        """The target, if it is on the screen."""
        return next((found for found in self._visible() if _key_of(found) == self._key), None)

    def clear(self) -> None:
        self._key = None

    def step(self, by: int) -> bool:
        """Go on to the next or former target; False when there is none left, the focus leaves then."""
        found = self._visible()
        keys = [_key_of(each) for each in found]
        start = 0 if by > 0 else len(found) - 1
        at = keys.index(self._key) + by if self._key in keys else start
        if not 0 <= at < len(found):
            self._key = None
            return False
        self._key = keys[at]
        return True

    def paint(self, painter: QPainter, style: Style, has_focus: bool) -> None:
        """Draw the ring around the target."""
        found = self.current if has_focus else None
        if found is None:
            return
        spot, target = found
        painter.setPen(QPen(style.inks.accent, _RING_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(spot.rect_of(target).adjusted(-2, -1, 2, 1), 5, 5)

    def _visible(self) -> list[tuple[Spot, Target]]:
        spots = self._page.spots(0.0, self._page.scrolling.page_px)
        return [(spot, target) for spot in spots for target in spot.part.targets()]


def _key_of(found: tuple[Spot, Target]) -> tuple[int, int, str]:
    spot, target = found
    return spot.row, spot.index, target.name
