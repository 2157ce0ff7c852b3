"""Painting the page, and no more of it than looks different from before."""

from __future__ import annotations

import math
import time
from typing import Final

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
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.taking.selection import Selection

_EXACT_PX = 1e-6
"""Less is only the rounding of the product of two numbers."""

_BLEED_PX = 3
"""Rings and bars may stand out of their part that far."""

_SMOOTH: Final = QPainter.RenderHint.Antialiasing
_NOWHERE: Final[tuple[int | None, float]] = (None, 0.0)

_APART_PX = 48
"""What is closer together is painted at once: to begin anew costs more than the two lines between."""


class PagePainter:
    """Knows what is on the screen; compares it with what should be there."""

    def __init__(self, page: Page, selection: Selection, pointer: Pointer, focus: FocusWalk, walk: Walk) -> None:
        self._page = page
        self._selection = selection
        self._pointer = pointer
        self._focus = focus
        self._walk = walk
        self._has_focus = False
        self._shown: dict[Part, tuple[int, float]] = {}
        """Top and height of the parts on the screen."""
        self._spots: list[Spot] = []
        """Where they are, as long as nothing has changed since `refresh`."""
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
        self._spots = []

    def refresh(self, viewport: QWidget, covered: QRect | None) -> bool:
        """Move what has only moved, and ask for painting of the rest; True when something will be painted.

        `covered` is what lies above the page.
        """
        zoom, inf = self._page.zoom, math.inf
        before = self._shown
        now: dict[Part, tuple[int, float]] = {}
        strips: list[tuple[Part, float, float]] = []
        shift: int | None = None
        still_px = 0.0
        self._spots = self._page.spots(-_BLEED_PX, self._page.scrolling.page_px + _BLEED_PX)
        for spot in self._spots:
            part, top = spot.part, round(spot.top)
            now[part] = (top, part.height)
            # For most of them nothing changes: they stand below the top of the screen as before.
            stretches = part.stand_below(-top if top < 0 else 0.0) if top < 0 or part.hidden_px else ()
            if stretches and part.still_px and self._stays(viewport, part, stretches[0][0]):
                still_px = part.still_px
            elif stretches:
                strips += [(part, top + stretch_top, stretch_px) for stretch_top, stretch_px in stretches]
            if shift is None and part in before and not part.is_dirty:
                shift = top - before[part][0]
        self._shown = now
        self.waiting = self._waiting_rect()
        screen = viewport.rect()
        if shift is None or abs(shift) * zoom >= screen.height() or (shift and not _fits(viewport, shift * zoom)):
            viewport.update()
            return True
        if shift:
            by = round(shift * zoom)
            viewport.scroll(0, by, screen.adjusted(0, round(still_px * zoom), 0, 0))
            if covered is not None:
                viewport.update(covered.united(covered.translated(0, by)))
        dirty = QRegion()
        for part, (top, height) in now.items():
            old_top, old_height = before.get(part, _NOWHERE)
            is_in_place = old_top is not None and old_top + shift == top
            if is_in_place and not part.is_dirty and old_height == height and part.dirty_from == inf:
                continue
            if is_in_place and not part.is_dirty and part.dirty_from < inf:
                dirty += self._lower_end(viewport, screen, part, top, round(height), round(old_height))
                continue
            reach = round(max(height, old_height))
            dirty += self._reach(screen, part, top, reach)
            if old_top is not None and not is_in_place:
                dirty += self._reach(screen, part, old_top + shift, reach)
        for part, strip_top, strip_height in strips:
            dirty += self._reach(screen, part, round(strip_top), round(strip_height))
        for part, (top, height) in before.items():
            if part not in now:
                dirty += self._reach(screen, part, top + shift, round(height))
        if dirty.isEmpty():
            return shift != 0
        viewport.update(dirty)
        return True

    @property
    def is_in_place(self) -> bool:
        """Whether all that is on the screen is laid out, as long as nothing has moved since `refresh`."""
        width = self._page.rows.width
        return not [spot for spot in self._spots if spot.part.measured_width != width]

    def refresh_in_place(self, viewport: QWidget) -> bool:
        """Ask for painting of what looks different where it stands; True when something will be painted."""
        dirty, screen = QRegion(), viewport.rect()
        for spot in self._spots:
            part = spot.part
            if part.is_dirty:
                dirty += self._reach(screen, part, round(spot.top), round(part.height))
            elif part.dirty_from < math.inf:
                height = round(part.height)
                dirty += self._lower_end(viewport, screen, part, round(spot.top), height, height)
        if dirty.isEmpty():
            return False
        viewport.update(dirty)
        return True

    def paint(self, viewport: QWidget, region: QRegion, style: Style, has_focus: bool, is_settled: bool) -> None:
        """Paint a region of the page; when it `is_settled`, everything is where `refresh` has found it."""
        painter = QPainter(viewport)
        zoom = self._page.zoom
        bounds = region.boundingRect()
        painter.fillRect(bounds, style.inks.page)
        painter.setRenderHint(_SMOOTH)
        if zoom != 1.0:
            painter.scale(zoom, zoom)
        canvas = Canvas(painter, style, QRectF(), time.monotonic(), zoom * viewport.devicePixelRatioF())
        self._has_focus = has_focus
        whole = (bounds.top(), bounds.top() + bounds.height())
        # Where pixels are shared between lines, what is cut off leaves its mark.
        bands = _bands(region) if region.rectCount() > 1 and self._is_sharp(viewport) else [whole]
        for top, bottom in bands:
            canvas.clip = QRectF(bounds.x() / zoom, top / zoom, bounds.width() / zoom, (bottom - top) / zoom)
            if len(bands) > 1:
                painter.setClipRect(canvas.clip)
            first, last = top / zoom - _BLEED_PX, bottom / zoom + _BLEED_PX
            for spot in self._spots if is_settled else self._page.spots(first, last):
                part = spot.part
                if spot.top - part.gap > last:
                    break
                if spot.top + part.height < first:
                    continue
                spot_top = round(spot.top)
                above = spot_top - round(part.gap)
                if above * zoom < bottom and (spot_top + round(part.height) + _BLEED_PX) * zoom > top:
                    self._paint_spot(canvas, spot)
        if len(bands) > 1:
            painter.setClipping(False)
        if has_focus:
            self._walk.paint(painter, style, has_focus)
            self._focus.paint(painter, style, has_focus)
            if self.caret is not None:
                self.caret.paint(painter, style)
        painter.end()

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
        has_selection = self._selection.fixed is not None
        selection = self._selection.within(spot.row, spot.index, spot.part) if has_selection else None
        found = self.finder.marked(spot, selection) if self.finder is not None else None
        return found or (UNMARKED if selection is None else Marked(selection))

    def _waiting_rect(self) -> QRect | None:
        pulsing: tuple[int, float] | None = None
        for part, place in self._shown.items():
            if part.is_pulsing:
                pulsing = place
        if pulsing is None:
            return None
        (top, height), zoom = pulsing, self._page.zoom
        rect = QRectF(self._page.left * zoom, top * zoom, self._page.rows.width * zoom, round(height) * zoom)
        return rect.toAlignedRect()

    def _stays(self, viewport: QWidget, part: Part, still_from: float) -> bool:
        """Whether what was painted at the top of the screen can be left there, while the page below it is moved.

        With the keyboard's focus a ring may reach out of it.
        """
        is_as_painted = part in self._shown and not part.is_dirty and self._shown[part][0] + still_from == 0
        return is_as_painted and not self._has_focus and self._is_sharp(viewport)

    def _is_sharp(self, viewport: QWidget) -> bool:
        """Whether every pixel of the page begins with one of the screen."""
        return self._page.zoom % 1 == 0 and viewport.devicePixelRatioF() % 1 == 0

    def _on_screen(self, screen: QRect, top: int, height: int) -> QRect:
        """A stretch of the page as pixels of the screen, over the whole width."""
        zoom = self._page.zoom
        first, last = top, top + height
        if zoom != 1.0:
            first, last = math.floor(first * zoom), math.ceil(last * zoom)
        return QRect(0, first, screen.width(), last - first).intersected(screen)

    def _reach(self, screen: QRect, part: Part, top: int, height: int) -> QRect:
        """Where on the screen a part may leave ink."""
        above = round(part.gap) + _BLEED_PX
        return self._on_screen(screen, top - above, height + above + _BLEED_PX)

    def _lower_end(self, viewport: QWidget, screen: QRect, part: Part, top: int, height: int, old_height: int) -> QRect:
        """Where on the screen a part may leave ink that looks different from some height on only."""
        first = min(round(part.dirty_from), old_height)
        if not self._is_sharp(viewport):
            return self._reach(screen, part, top + first, max(height, old_height) - first)
        # Lines keep their ink to themselves: the one above stays as it is. Nothing is above the first one but its gap.
        first = first if first > 0 else -_BLEED_PX
        last = height - round(part.foot_px) if height == old_height else max(height, old_height) + _BLEED_PX
        return self._on_screen(screen, top + first, last - first)

    def take_drawn(self) -> bool:
        """Show what threads have drawn meanwhile; True when something looks different now."""
        if not self.undrawn:
            return False
        has_changed = False
        for row, part in self.undrawn:
            if part.take_drawn():
                part.is_dirty = has_changed = True
                self._page.remeasure(row, part)
        self.undrawn = [(row, part) for row, part in self.undrawn if part.is_waiting and part in self._shown]
        return has_changed

    def color_ahead(self, budget_s: float) -> None:
        """Colour the code that is about to be painted first, as far as the time goes."""
        for spot in self._page.spots(0.0, self._page.scrolling.page_px):
            part = spot.part
            if isinstance(part, CodePart):
                part.look_down_to(self._page.scrolling.page_px - spot.top)
                if not part.is_colored and part not in self.uncolored:
                    self.uncolored.append(part)
        self.color_code(budget_s)

    def color_code(self, budget_s: float) -> bool:
        """Go on colouring code for a while; True when something looks different now."""
        now_s = time.perf_counter()
        awake = [part for part in self.uncolored if not part.is_resting(now_s)]
        if not awake:
            return False
        until_s = now_s + budget_s
        has_changed = False
        for part in awake:
            left_s = until_s - time.perf_counter()
            if left_s <= 0:
                break
            has_changed = part.work(left_s) or has_changed
        self.uncolored = [part for part in self.uncolored if not part.is_colored]
        return has_changed


def _bands(region: QRegion) -> list[tuple[int, int]]:
    """The stretches of the screen a region lies in, each as its first pixel and the one after its last.

    What lies between them would be drawn for nothing: of a code block that moves, most lines.
    """
    bands: list[tuple[int, int]] = []
    for rect in region:  # type: ignore[attr-defined]  # the stubs do not know
        top, bottom = rect.top(), rect.top() + rect.height()
        if bands and top - bands[-1][1] < _APART_PX:
            bands[-1] = (bands[-1][0], max(bottom, bands[-1][1]))
        else:
            bands.append((top, bottom))
    return bands


def _fits(viewport: QWidget, by: float) -> bool:
    """Whether pieces of the page fit together after a move by so many pixels.

    On a screen at 125 % any piece may begin within a pixel; a page at 110 % may have moved by a part of one.
    """
    return viewport.devicePixelRatioF().is_integer() and abs(by - round(by)) < _EXACT_PX
