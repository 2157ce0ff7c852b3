"""Painting the page, and no more of it than looks different from before."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.finding.find import Finder
from desktop_chat.ui.transcript.moving.caret import Caret
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.pointer import Pointer
from desktop_chat.ui.transcript.moving.walk import Walk
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.marked import UNMARKED, Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Part
from desktop_chat.ui.transcript.parts.small_parts import WaitingPart
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.taking.selection import Selection

_EXACT_PX = 1e-6
"""Less is only the rounding of the product of two numbers."""

_BLEED_PX = 3
"""Rings and bars may stand out of their part that far."""


class PagePainter:
    """Knows what is on the screen; compares it with what should be there."""

    def __init__(self, page: Page, selection: Selection, pointer: Pointer, focus: FocusWalk, walk: Walk) -> None:
        self._page = page
        self._selection = selection
        self._pointer = pointer
        self._focus = focus
        self._walk = walk
        self._has_focus = False
        self._shown: dict[Part, tuple[int, int]] = {}
        self.finder: Finder | None = None
        self.caret: Caret | None = None
        self.copied: tuple[int, int, str] | None = None
        """Row, part and target whose Copy was pressed a moment ago."""
        self.uncolored: list[CodePart] = []
        """Code on the screen that waits for its colours."""
        self.undrawn: list[tuple[int, Part]] = []
        """Rows and parts on the screen that wait for a picture of something in them."""
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
        strips = {spot.part: spot.part.stand_below(max(0.0, -round(spot.top))) for spot in spots}
        now = {spot.part: (round(spot.top), round(spot.part.height)) for spot in spots}
        before, self._shown = self._shown, now
        shift = next((now[part][0] - before[part][0] for part in now if part in before and not part.is_dirty), None)
        if shift is None or abs(shift) * zoom >= viewport.height() or not _fits(viewport, shift * zoom):
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
            is_moved = old is not None and old[0] + shift != top
            if old is not None and not part.is_dirty and not is_moved and part.dirty_from < math.inf:
                dirty += self._lower_end(viewport, part, top, height, old[1])
            elif old is None or part.is_dirty or is_moved or old[1] != height:
                reach = max(height, old[1] if old else 0)
                dirty += self._reach(viewport, part, top, reach)
                if old is not None and old[0] + shift != top:
                    dirty += self._reach(viewport, part, old[0] + shift, reach)
            for strip_top, strip_height in strips[part]:
                dirty += self._reach(viewport, part, round(top + strip_top), round(strip_height))
        for part, (top, height) in before.items():
            if part not in now:
                dirty += self._reach(viewport, part, top + shift, height)
        viewport.update(dirty)
        return shift != 0 or not dirty.isEmpty()

    def paint(self, viewport: QWidget, region: QRegion, style: Style, has_focus: bool) -> None:
        """Paint a region of the page."""
        painter = QPainter(viewport)
        zoom = self._page.zoom
        bounds = region.boundingRect()
        painter.fillRect(bounds, style.inks.page)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(zoom, zoom)
        clip = QRectF(bounds.x() / zoom, bounds.y() / zoom, bounds.width() / zoom, bounds.height() / zoom)
        canvas = Canvas(painter, style, clip, time.monotonic(), zoom * viewport.devicePixelRatioF())
        self._has_focus = has_focus
        for spot in self._page.spots(clip.top() - _BLEED_PX, clip.bottom() + _BLEED_PX):
            above = round(spot.part.gap)
            top, height = round(spot.top), round(spot.part.height)
            if region.intersects(self._on_screen(viewport, top - above, height + above + _BLEED_PX)):
                self._paint_spot(canvas, spot)
        self._walk.paint(painter, style, has_focus)
        self._focus.paint(painter, style, has_focus)
        if self.caret is not None and has_focus:
            self.caret.paint(painter, style)
        painter.end()
        self.waiting = self._waiting_rect()

    def _paint_spot(self, canvas: Canvas, spot: Spot) -> None:
        key = (spot.row, spot.index)
        hovered, copied, part = self._pointer.hovered, self.copied, spot.part
        canvas.hovered = hovered[1] if hovered and (hovered[0].row, hovered[0].index) == key else None
        canvas.is_attended = self._walk.is_at(spot.row, self._has_focus) or self._focus.row == spot.row
        canvas.is_pointed = part is self._pointer.pointed
        canvas.copied = copied[2] if copied and copied[:2] == key else ""
        part.paint(canvas, spot.left, spot.top, self._marked(spot))
        part.is_dirty, part.dirty_from = False, math.inf
        if isinstance(part, CodePart) and not part.is_colored and part not in self.uncolored:
            self.uncolored.append(part)
        if part.is_waiting and (spot.row, part) not in self.undrawn:
            self.undrawn.append((spot.row, part))

    def _marked(self, spot: Spot) -> Marked:
        selection = self._selection.within(spot.row, spot.index, spot.part)
        found = self.finder.marked(spot, selection) if self.finder is not None else None
        return found or (UNMARKED if selection is None else Marked(selection))

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
        first, last = math.floor(top * zoom), math.ceil((top + height) * zoom)
        return QRect(0, first, viewport.width(), last - first)

    def _reach(self, viewport: QWidget, part: Part, top: int, height: int) -> QRegion:
        """Where on the screen a part may leave ink."""
        above = round(part.gap) + _BLEED_PX
        whole = self._on_screen(viewport, top - above, height + above + _BLEED_PX)
        return QRegion(whole.intersected(viewport.rect()))

    def _lower_end(self, viewport: QWidget, part: Part, top: int, height: int, old_height: int) -> QRegion:
        """Where on the screen a part may leave ink that looks different from some height on only."""
        first = min(round(part.dirty_from), old_height)
        is_sharp = self._page.zoom.is_integer() and viewport.devicePixelRatioF().is_integer()
        if first <= 0 or not is_sharp:
            return self._reach(viewport, part, top + first, max(height, old_height) - first)
        # Lines keep their ink to themselves: the one above stays as it is.
        last = height - round(part.foot_px) if height == old_height else max(height, old_height) + _BLEED_PX
        return QRegion(self._on_screen(viewport, top + first, last - first).intersected(viewport.rect()))

    def take_drawn(self) -> bool:
        """Show what threads have drawn meanwhile; True when something looks different now."""
        has_changed = False
        for row, part in self.undrawn:
            if part.take_drawn():
                part.is_dirty = has_changed = True
                self._page.remeasure(row, part)
        self.undrawn = [(row, part) for row, part in self.undrawn if part.is_waiting and part in self._shown]
        return has_changed

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


def _fits(viewport: QWidget, by: float) -> bool:
    """Whether pieces of the page fit together after a move by so many pixels.

    On a screen at 125 % any piece may begin within a pixel; a page at 110 % may have moved by a part of one.
    """
    return viewport.devicePixelRatioF().is_integer() and abs(by - round(by)) < _EXACT_PX
