"""The page: rows in a centred column, and what lies under a point of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from desktop_chat.ui.column import COLUMN_PADDING_PX, COLUMN_PX
from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.moving.scrolling import Scrolling
from desktop_chat.ui.transcript.parts.part import Part, Target
from desktop_chat.ui.transcript.parts.seam import SeamMark
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX, WIDE_PX, Style
from desktop_chat.ui.transcript.taking.selection import Position


# Dozens are made for every frame, and a frozen one takes three times as long.
@dataclass(slots=True)
class Spot:
    """A part on the screen.

    Units:   `left` and `top` in pixels of the screen.
    """

    row: int
    index: int
    part: Part
    left: float
    top: float

    def local(self, point: QPointF) -> QPointF:
        """A point of the screen, seen from the part's corner."""
        return QPointF(point.x() - self.left, point.y() - self.top)

    def target_at(self, point: QPointF) -> Target | None:
        """The target under a point of the screen."""
        local = self.local(point)
        return next((target for target in self.part.targets() if target.rect.contains(local)), None)

    def rect_of(self, target: Target) -> QRectF:
        """Where a target of the part is on the screen."""
        return target.rect.translated(self.left, self.top)


class Page:
    """Rows, scrolling and the column they stand in.

    Units:   pixels of the page, each `zoom` pixels of the screen wide.
    """

    def __init__(self, style: Style) -> None:
        self.rows = Rows(style)
        self.scrolling = Scrolling(self.rows)
        self.left = 0.0
        self.zoom = 1.0
        self.column_px: int = COLUMN_PX
        """How wide prose may get."""
        self.scroll_value = 0
        """As last written; what is on the screen."""
        self.is_short = False
        """Whether only what is on the screen was measured, as the page has moved; the rest is for the next frame."""
        self._measured_at = 0
        self._kept: tuple[int, int] | None = None
        """Where the page stood when rows far away were dropped, and how many were left."""
        self._fitted: tuple[int, int, float, int] | None = None
        """Width, height, zoom and column that everything was fitted into last."""

    def resize(self, width: int, height: int) -> bool:
        """Fit the column into a screen of so many pixels; the line under the eye stays. True when that was new."""
        fitted = (width, height, self.zoom, self.column_px)
        if fitted == self._fitted:
            return False
        self._fitted = fitted
        # The composer below keeps the same distance from the edge at every zoom.
        room = (width - 2 * COLUMN_PADDING_PX) / self.zoom
        column = float(max(120, min(self.column_px, int(room))))
        wide = max(column, min(float(WIDE_PX), room))
        # A whole pixel of the screen, so that boxes stand as sharp and as far left as the composer below.
        self.left = (width - round(column * self.zoom)) // 2 / self.zoom
        self.scrolling.page_px = height / self.zoom
        if (column, (wide - column) // 2) != (self.rows.width, self.rows.spread):
            self.rows.set_room(column, (wide - column) // 2)
            self.scrolling.hold_share()
        return True

    def settle(self, is_new: bool = False) -> int:
        """Measure what is on the screen, once the page stands still half a screen around, too; give the scroll value.

        A turn of the wheel then finds measured what it brings, and pays for painting alone. So does whoever opens a
        page that `is_new`: nothing was on the screen that could jump.
        """
        if is_new and self.scrolling.is_following:
            self.rows.make_end(self.scrolling.page_px)
        value = self.scrolling.value()
        ahead = self.scrolling.page_px / 2
        # What is moved to has to be measured before: an end of the screen amid guessed heights would jump.
        self.is_short = is_new or (value != self.scroll_value and abs(value - self._measured_at) < ahead / 2)
        ahead = 0.0 if self.is_short else ahead
        for _ in range(_SETTLE_ROUNDS_MAX):
            top = value - PAGE_PADDING_PX
            if not self.rows.settle(top - ahead, top + self.scrolling.page_px + ahead):
                break
            value = self.scrolling.value()
        top = value - PAGE_PADDING_PX
        if self.is_short:
            around = self.scrolling.page_px / 2
            # While it follows a reply that grows, there is nothing around it that was not on the screen.
            self.is_short = not self.rows.is_measured(top - around, top + self.scrolling.page_px + around)
        self._measured_at = self._measured_at if self.is_short else value
        kept = (value, self.rows.built_count)
        if kept != self._kept:
            far = _KEPT_SCREENS * self.scrolling.page_px
            self.rows.evict(top - far, top + self.scrolling.page_px + far)
            self._kept = (value, self.rows.built_count)
        return value

    def top_of(self, row: int) -> float:
        """Where a message begins, seen from the corner of the screen; it may lie beyond."""
        return self.rows.top_of(row) - self.scroll_value + PAGE_PADDING_PX

    def remeasure(self, row: int, part: Part) -> None:
        """Measure a part that has changed its shape by itself; what stands below the top of the screen stays."""
        before = part.height
        self.rows.remeasure(row, part)
        self.scrolling.note_growth_at_top(part, part.height - before)

    def spots(self, top: float, bottom: float) -> list[Spot]:
        """All parts between two heights of the screen."""
        offset = self.scroll_value - PAGE_PADDING_PX
        return [
            Spot(row, index, part, self.left, row_top + part_top - offset)
            for row, row_top in self.rows.between(top + offset, bottom + offset)
            for index, part, part_top in self.rows.item(row).stack.measured_between(
                top + offset - row_top, bottom + offset - row_top
            )
        ]

    def spot_at(self, point: QPointF) -> Spot | None:
        """The part at a height of the screen; None beside the rows."""
        return next((spot for spot in self.spots(point.y(), point.y()) if spot.top <= point.y()), None)

    def seam_at(self, point: QPointF) -> SeamMark | None:
        """The seam under a point of the screen."""
        spot = self.spot_at(point)
        return spot.part.seam_at(spot.local(point)) if spot is not None else None

    def position_at(self, point: QPointF) -> Position | None:
        """The text position nearest to a point of the screen."""
        best: tuple[float, Spot] | None = None
        for spot in self.spots(point.y() - self.scrolling.page_px, point.y() + self.scrolling.page_px):
            if not spot.part.is_selectable:
                continue
            bottom = spot.top + spot.part.height
            distance = max(spot.top - point.y(), point.y() - bottom, 0.0)
            if best is None or distance < best[0]:
                best = (distance, spot)
        if best is None:
            return None
        spot = best[1]
        local = spot.local(point)
        if local.y() < 0:
            return Position(spot.row, spot.index, 0)
        if local.y() > spot.part.height:
            return Position(spot.row, spot.index, spot.part.length)
        return Position(spot.row, spot.index, spot.part.offset_at(local))


_SETTLE_ROUNDS_MAX = 6
_KEPT_SCREENS = 3
"""So many screens above and below keep their layout."""
