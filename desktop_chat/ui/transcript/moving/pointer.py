"""The mouse on the transcript: hovering, clicking, selecting, dragging."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QPointF, Qt
from PySide6.QtWidgets import QApplication

from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Part, Target
from desktop_chat.ui.transcript.taking.selection import END, Position, Selection, is_joined

_BAR_REACH_PX: Final = 4.0
"""A thin scroll bar can be taken this far beside it."""


class Pointer:
    """What the mouse does; the view asks it and paints the outcome.

    Units:   points in pixels of the page, seen from the corner of the screen.
    """

    def __init__(self, page: Page, selection: Selection) -> None:
        self._page = page
        self._selection = selection
        self.hovered: tuple[Spot, Target] | None = None
        self.pointed: Part | None = None
        """The part under the pointer, when it looks different for that."""
        self._pressed: tuple[Spot, Target] | None = None
        self._dragged_bar: Part | None = None
        self._is_selecting = False
        self._is_held = False
        """Whether the button went down on selected text, which may be dragged away."""
        self._origin: tuple[Position, Position] | None = None
        """What the first of several clicks took: the word or the paragraph a drag begins with."""
        self._last = QPointF()
        self._is_inside = False
        self._clicks = 0
        self._clicked = QPointF()
        self._since_click = QElapsedTimer()

    @property
    def is_selecting(self) -> bool:
        """Whether the button is held to select."""
        return self._is_selecting

    @property
    def takes_text_along(self) -> bool:
        """Whether the selected text is being dragged away now."""
        far = (self._last - self._clicked).manhattanLength() * self._page.zoom
        return self._is_held and far >= QApplication.startDragDistance()

    @property
    def cursor(self) -> Qt.CursorShape:
        """The shape of the pointer where it is."""
        if self.hovered is not None and self.hovered[1].is_active:
            return Qt.CursorShape.PointingHandCursor
        spot = self._page.spot_at(self._last)
        if spot is None or not spot.part.is_selectable or (not self._is_selecting and self._is_selected(self._last)):
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.IBeamCursor

    def target_at(self, point: QPointF) -> tuple[Spot, Target] | None:
        """The target under a point, with the part it belongs to."""
        spot = self._page.spot_at(point)
        target = spot.target_at(point) if spot else None
        return (spot, target) if spot and target else None

    def press(self, point: QPointF, is_extending: bool) -> None:
        """The left button goes down; with Shift it extends what is selected."""
        self._last = point
        self._clicks = self._clicks + 1 if self._is_repeated(point) else 1
        self._clicked = point
        self._since_click.start()
        found = self.target_at(point)
        self._pressed = found if found is not None and found[0].part.is_settled else None
        bar = self._bar_at(point)
        if bar is not None:
            self._dragged_bar = bar
            return
        if found is not None and not found[1].name.startswith("link"):
            return
        position = self._page.position_at(point)
        if position is None:
            return
        if self._clicks == 1 and not is_extending and self._is_selected(point):
            self._is_held = True
            return
        self._is_selecting = True
        self._origin = None
        if is_extending and self._selection.fixed is not None:
            self._clicks = 1
            self._selection.set(self._selection.fixed, position)
        elif self._clicks == 1:
            self._selection.set(position, position)
        else:
            self._origin = self._around(position)
            self._selection.set(*self._origin)

    def _is_selected(self, point: QPointF) -> bool:
        """Whether a point lies on selected text."""
        spot = self._page.spot_at(point)
        selected = self._selection.within(spot.row, spot.index, spot.part) if spot else None
        if spot is None or selected is None:
            return False
        local = spot.local(point)
        if not 0 <= local.y() <= spot.part.height:
            return False
        rects = spot.part.rects(*selected)
        return any(rect.contains(local) for rect in rects) if rects else True

    def _is_repeated(self, point: QPointF) -> bool:
        if not self._since_click.isValid() or self._since_click.elapsed() >= QApplication.doubleClickInterval():
            return False
        return (point - self._clicked).manhattanLength() <= QApplication.startDragDistance()

    def _around(self, position: Position) -> tuple[Position, Position]:
        """The word at a place, at the third click the whole part, with the parts it was cut into."""
        parts = self._page.rows.item(position.row).stack.parts
        first = last = position.part
        if self._clicks == 2:
            start, end = parts[first].word_at(position.offset)
        else:
            while first > 0 and is_joined(parts[first]):
                first -= 1
            while last + 1 < len(parts) and is_joined(parts[last + 1]):
                last += 1
            start, end = 0, END
        return Position(position.row, first, start), Position(position.row, last, end)

    def _bar_at(self, point: QPointF) -> Part | None:
        spot = self._page.spot_at(point)
        if spot is None or spot.part.bar_rect().isEmpty():
            return None
        reach = spot.part.bar_rect().adjusted(0, -_BAR_REACH_PX, 0, _BAR_REACH_PX)
        return spot.part if reach.contains(spot.local(point)) else None

    def move(self, point: QPointF, is_held: bool) -> bool:
        """The mouse moves, with the left button held or not; True when something looks different."""
        travelled, self._last = point - self._last, point
        self._is_inside = True
        if self._dragged_bar is not None:
            return self._dragged_bar.drag_bar(travelled.x())
        if self._is_selecting and is_held:
            return self.drag_to(point)
        return self._look()

    def settle(self) -> bool:
        """The page may have moved under the pointer; True when something looks different."""
        is_busy = self._is_selecting or self._dragged_bar is not None
        return self._is_inside and not is_busy and self._look()

    def _look(self) -> bool:
        """See what is under the pointer; True when that is something else than before."""
        before, pointed = self.hovered, self.pointed
        spot = self._page.spot_at(self._last)
        self.pointed = spot.part if spot is not None and spot.part.offers_when_pointed else None
        self.hovered = self.target_at(self._last)
        return _names(before) != _names(self.hovered) or self.pointed is not pointed

    def drag_to(self, point: QPointF) -> bool:
        """Move the free end of the selection: to a place, or by whole words or paragraphs if it began with one."""
        inside = min(max(0.0, point.y()), self._page.scrolling.page_px - 1)
        position = self._page.position_at(QPointF(point.x(), inside))
        if position is None:
            return False
        before = (self._selection.fixed, self._selection.moving)
        if self._origin is None:
            self._selection.moving = position
        else:
            first, last = self._origin
            start, end = self._around(position)
            if position < first:
                self._selection.set(last, start)
            else:
                self._selection.set(first, max(last, end))
        return before != (self._selection.fixed, self._selection.moving)

    def forget(self) -> None:
        """What was under the pointer is gone."""
        self.hovered = self.pointed = self._pressed = self._dragged_bar = None
        self._is_held = self._is_selecting = False

    def leave(self) -> bool:
        """The mouse has left; True when something looks different."""
        self._is_inside = False
        was_hovered = self.hovered is not None or self.pointed is not None
        self.hovered = self.pointed = None
        return was_hovered

    def end_drag(self) -> None:
        """The selected text was dropped somewhere, or not: the button is up without having said so."""
        self._is_held = False
        self._pressed = None

    def release(self, point: QPointF) -> tuple[Spot, Target] | None:
        """The left button goes up; give the target that was clicked."""
        self._dragged_bar = None
        self._is_selecting = False
        pressed, self._pressed = self._pressed, None
        if self._is_held:
            # A click on selected text that dragged nothing away.
            self._is_held = False
            position = self._page.position_at(point)
            self._selection.clear()
            if position is not None:
                self._selection.set(position, position)
            return None
        if pressed is None or (not self._selection.is_empty and pressed[1].name.startswith("link")):
            return None
        released = self.target_at(point)
        return released if released and _names(released) == _names(pressed) else None


def _names(found: tuple[Spot, Target] | None) -> tuple[int, int, str] | None:
    return (found[0].row, found[0].index, found[1].name) if found else None
