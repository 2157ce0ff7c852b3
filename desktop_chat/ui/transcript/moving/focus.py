"""Walking through the targets on the screen with Tab."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Target
from desktop_chat.ui.transcript.parts.style import Style

_RING_PX = 2.0


class FocusWalk:
    """The target the keyboard is on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._key: tuple[int, int, str] | None = None
        self.start_row: int | None = None
        """The message whose targets come first."""
        self.is_by_keyboard = False
        """Whether the keyboard came here by Tab: then the transcript shows that it has it."""

    @property
    def row(self) -> int | None:
        """The message the target belongs to."""
        return self._key[0] if self._key is not None else None

    @property
    def current(self) -> tuple[Spot, Target] | None:
        """The target, if it is on the screen."""
        return next((found for found in self._visible() if _key_of(found) == self._key), None)

    def clear(self) -> None:
        self._key = None
        self.is_by_keyboard = False

    def enter(self, by: int) -> None:
        """The keyboard comes in from before (+1) or behind (-1)."""
        self.step(by)
        self.is_by_keyboard = True

    def step(self, by: int) -> bool:
        """Go on to the next or former target; False when there is none left, the focus leaves then."""
        # A link that was broken into lines has a target on each; it is one step all the same.
        keys = list(dict.fromkeys(_key_of(each) for each in self._visible()))
        at = keys.index(self._key) + by if self._key in keys else self._start(keys, by)
        if not 0 <= at < len(keys):
            self._key = None
            return False
        self._key = keys[at]
        return True

    def _start(self, keys: list[tuple[int, int, str]], by: int) -> int:
        """Where a walk begins: where the target is gone that it was on, else at a message, or at an end."""
        ways = range(len(keys)) if by > 0 else range(len(keys) - 1, -1, -1)
        if self._key is not None:
            lost = self._key[:2]
            near = (at for at in ways if (keys[at][:2] >= lost if by > 0 else keys[at][:2] <= lost))
            return next(near, ways.start)
        own = (at for at in ways if by > 0 and keys[at][0] == self.start_row)
        return next(own, ways.start)

    def paint(self, painter: QPainter, style: Style, has_focus: bool) -> None:
        """Draw the ring around the target, and at the edges that the keyboard is here at all."""
        if has_focus and self.is_by_keyboard:
            # No frame: what scrolls by would take its upper and lower edge along.
            height, left = self._page.scrolling.page_px, self._page.left
            for x in (0.0, 2 * left + self._page.rows.width - _RING_PX):
                painter.fillRect(QRectF(x, 0.0, _RING_PX, height), style.inks.accent)
        if not has_focus or self._key is None:
            return
        painter.setPen(QPen(style.inks.accent, _RING_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for spot, target in self._visible():
            if _key_of((spot, target)) == self._key:
                painter.drawRoundedRect(spot.rect_of(target).adjusted(-2, -1, 2, 1), 5, 5)

    def _visible(self) -> list[tuple[Spot, Target]]:
        spots = self._page.spots(0.0, self._page.scrolling.page_px)
        return [(spot, target) for spot in spots for target in spot.part.targets() if target.is_active]


def _key_of(found: tuple[Spot, Target]) -> tuple[int, int, str]:
    spot, target = found
    return spot.row, spot.index, target.name
