"""Painting the page, and no more of it than looks different from before."""

from __future__ import annotations

import time

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.transcript.code_block import CodePart
from desktop_chat.ui.transcript.focus import FocusWalk
from desktop_chat.ui.transcript.marked import UNMARKED, Marked
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.part import Canvas, Part
from desktop_chat.ui.transcript.pointer import Pointer
from desktop_chat.ui.transcript.selection import Selection
from desktop_chat.ui.transcript.small_parts import WaitingPart
from desktop_chat.ui.transcript.style import Style

_BLEED_PX = 3
"""Rings and bars may stand out of their part that far."""


class PagePainter:
    """Knows what is on the screen; compares it with what should be there."""

    def __init__(self, page: Page, selection: Selection, pointer: Pointer, focus: FocusWalk) -> None:
        self._page = page
        self._selection = selection
        self._pointer = pointer
        self._focus = focus
        self._shown: dict[Part, tuple[int, int]] = {}
        self.copied: tuple[int, int, str] | None = None
        """Row, part and target whose Copy was pressed a moment ago."""
        self.uncolored: list[CodePart] = []
        """Code on the screen that waits for its colours."""
        self.waiting: QRect | None = None
        """Where the pulsing dot is, if it is on the screen."""

    def forget(self) -> None:
        """Paint everything with the next frame."""
        self._shown.clear()

    def refresh(self, viewport: QWidget, covered: QRect | None) -> bool:
        """Move what has only moved, and ask for painting of the rest; True when something will be painted.

        `covered` is what lies above the page.
        """
        zoom = self._page.zoom
        spots = list(self._page.spots(0.0, self._page.scrolling.page_px))
        now = {spot.part: (round(spot.top), round(spot.part.height)) for spot in spots}
        before, self._shown = self._shown, now
        shift = next((now[part][0] - before[part][0] for part in now if part in before and not part.is_dirty), None)
        # At 125 % a line of the page may begin within a pixel of the screen: pieces would not fit together.
        is_fractional = not (viewport.devicePixelRatioF() * zoom).is_integer() or not zoom.is_integer()
        if shift is None or abs(shift) * zoom >= viewport.height() or is_fractional:
            viewport.update()
            return True
        if shift:
            area = viewport.rect()
            by = round(shift * zoom)
            viewport.scroll(0, by, area)
            if covered is not None:
                viewport.update(covered.united(covered.translated(0, by)))
        dirty = QRegion()
        for part, (top, height) in now.items():
            old = before.get(part)
            if old is None or part.is_dirty or (old[0] + shift, old[1]) != (top, height):
                reach = max(height, old[1] if old else 0)
                dirty += self._reach(viewport, part, top, reach)
                if old is not None and old[0] + shift != top:
                    dirty += self._reach(viewport, part, old[0] + shift, reach)
        for part, (top, height) in before.items():
            if part not in now:
                dirty += self._reach(viewport, part, top + shift, height)
        viewport.update(dirty)
        return shift != 0 or not dirty.isEmpty()

    def paint(self, viewport: QWidget, region: QRegion, style: Style, has_focus: bool) -> None:
        """Paint a region of the page."""
        painter = QPainter(viewport)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = self._page.zoom
        bounds = QRectF(region.boundingRect())
        painter.fillRect(bounds, style.inks.page)
        painter.scale(zoom, zoom)
        clip = QRectF(bounds.topLeft() / zoom, bounds.size() / zoom)
        canvas = Canvas(painter, style, clip, time.monotonic())
        for spot in self._page.spots(clip.top() - _BLEED_PX, clip.bottom() + _BLEED_PX):
            above = round(spot.part.gap)
            top, height = round(spot.top), round(spot.part.height)
            if region.intersects(self._on_screen(viewport, top - above, height + above + _BLEED_PX)):
                self._paint_spot(canvas, spot)
        self._focus.paint(painter, style, has_focus)
        painter.end()
        self.waiting = self._waiting_rect()

    def _paint_spot(self, canvas: Canvas, spot: Spot) -> None:
        key = (spot.row, spot.index)
        hovered, copied, part = self._pointer.hovered, self.copied, spot.part
        canvas.hovered = hovered[1] if hovered and (hovered[0].row, hovered[0].index) == key else None
        canvas.copied = copied[2] if copied and copied[:2] == key else ""
        part.paint(canvas, spot.left, spot.top, self._marked(spot))
        part.is_dirty = False
        if isinstance(part, CodePart) and not part.is_colored and part not in self.uncolored:
            self.uncolored.append(part)

    def _marked(self, spot: Spot) -> Marked:
        selection = self._selection.within(spot.row, spot.index, spot.part)
        return UNMARKED if selection is None else Marked(selection)

    def _waiting_rect(self) -> QRect | None:
        for part, (top, height) in reversed(self._shown.items()):
            if isinstance(part, WaitingPart):
                zoom = self._page.zoom
                rect = QRectF(self._page.left * zoom, top * zoom, self._page.rows.width * zoom, height * zoom)
                return rect.toAlignedRect()
        return None

    def _on_screen(self, viewport: QWidget, top: float, height: float) -> QRect:
        """A stretch of the page as pixels of the screen, over the whole width."""
        zoom = self._page.zoom
        return QRectF(0.0, top * zoom, viewport.width(), height * zoom).toAlignedRect()

    def _reach(self, viewport: QWidget, part: Part, top: int, height: int) -> QRegion:
        """Where on the screen a part may leave ink."""
        above = round(part.gap) + _BLEED_PX
        whole = self._on_screen(viewport, top - above, height + above + _BLEED_PX)
        return QRegion(whole.intersected(viewport.rect()))

    def color_code(self, budget_s: float) -> bool:
        """Go on colouring code for a while; True when something looks different now."""
        until_s = time.perf_counter() + budget_s
        has_changed = False
        for part in self.uncolored:
            left_s = until_s - time.perf_counter()
            if left_s <= 0:
                break
            has_changed = part.work(left_s) or has_changed
        self.uncolored = [part for part in self.uncolored if not part.is_colored]
        return has_changed
