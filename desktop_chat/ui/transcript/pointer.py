"""The mouse on the transcript: hovering, clicking, selecting, dragging."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QPointF, Qt
from PySide6.QtWidgets import QApplication

from desktop_chat.ui.transcript.code_block import CodePart
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.part import Target
from desktop_chat.ui.transcript.selection import END, Position, Selection, is_joined

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
        self._pressed: tuple[Spot, Target] | None = None
        self._dragged_bar: CodePart | None = None
        self._is_selecting = False
        self._last = QPointF()
        self._clicks = 0
        self._clicked = QPointF()
        self._since_click = QElapsedTimer()

    @property
    def is_selecting(self) -> bool:
        """Whether the button is held to select."""
        return self._is_selecting

    @property
    def cursor(self) -> Qt.CursorShape:
        """The shape of the pointer where it is."""
        if self.hovered is not None:
            return Qt.CursorShape.PointingHandCursor
        spot = self._page.spot_at(self._last)
        return Qt.CursorShape.IBeamCursor if spot and spot.part.is_selectable else Qt.CursorShape.ArrowCursor

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
        self._pressed = self.target_at(point)
        bar = self._bar_at(point)
        if bar is not None:
            self._dragged_bar = bar
            return
        if self._pressed is not None and not self._pressed[1].name.startswith("link"):
            return
        position = self._page.position_at(point)
        if position is None:
            return
        self._is_selecting = True
        if is_extending and self._selection.fixed is not None:
            self._selection.moving = position
        elif self._clicks == 1:
            self._selection.set(position, position)
        else:
            self._select_around(position)

    def _is_repeated(self, point: QPointF) -> bool:
        if not self._since_click.isValid() or self._since_click.elapsed() >= QApplication.doubleClickInterval():
            return False
        return (point - self._clicked).manhattanLength() <= QApplication.startDragDistance()

    def _select_around(self, position: Position) -> None:
        """Select the word, at the third click the whole part, with the parts it was cut into."""
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
        self._selection.set(Position(position.row, first, start), Position(position.row, last, end))

    def _bar_at(self, point: QPointF) -> CodePart | None:
        spot = self._page.spot_at(point)
        if spot is None or not isinstance(spot.part, CodePart):
            return None
        reach = spot.part.bar_rect().adjusted(0, -_BAR_REACH_PX, 0, _BAR_REACH_PX)
        return spot.part if reach.contains(spot.local(point)) else None

    def move(self, point: QPointF, is_held: bool) -> bool:
        """The mouse moves, with the left button held or not; True when something looks different."""
        travelled, self._last = point - self._last, point
        if self._dragged_bar is not None:
            return self._dragged_bar.drag_bar(travelled.x())
        if self._is_selecting and is_held:
            return self.drag_to(point)
        before = self.hovered
        self.hovered = self.target_at(point)
        return _names(before) != _names(self.hovered)

    def drag_to(self, point: QPointF) -> bool:
        """Move the free end of the selection."""
        position = self._page.position_at(point)
        if position is None or position == self._selection.moving or self._clicks > 1:
            return False
        self._selection.moving = position
        return True

    def forget(self) -> None:
        """What was under the pointer is gone."""
        self.hovered = self._pressed = self._dragged_bar = None

    def leave(self) -> bool:
        """The mouse has left; True when something looks different."""
        was_hovered, self.hovered = self.hovered is not None, None
        return was_hovered

    def release(self, point: QPointF) -> tuple[Spot, Target] | None:
        """The left button goes up; give the target that was clicked."""
        self._dragged_bar = None
        self._is_selecting = False
        pressed, self._pressed = self._pressed, None
        if pressed is None or (not self._selection.is_empty and pressed[1].name.startswith("link")):
            return None
        released = self.target_at(point)
        return released if released and _names(released) == _names(pressed) else None


def _names(found: tuple[Spot, Target] | None) -> tuple[int, int, str] | None:
    return (found[0].row, found[0].index, found[1].name) if found else None
