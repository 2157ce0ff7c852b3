"""The left button on the transcript: clicks, selecting up to and beyond the edge, and dragging text away."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal

from desktop_chat.ui.transcript.moving.edge_scroll import EdgeScroll
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.pointer import Pointer
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Target
from desktop_chat.ui.transcript.taking.selection import Selection
from desktop_chat.ui.transcript.taking.taking import Taking


class Mouse(QObject):
    """What follows from the pointer's moves.

    Units:   points in pixels of the page, seen from the corner of the screen.
    """

    changed = Signal()
    """The page has moved under the pointer, and the selection with it."""
    drag_wanted = Signal()
    """Selected text is being dragged away: somebody has to carry it, and call `end_drag`."""

    def __init__(
        self, page: Page, selection: Selection, pointer: Pointer, moves: Moves, taking: Taking, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._selection = selection
        self._pointer = pointer
        self._moves = moves
        self._taking = taking
        self._edge = EdgeScroll(page, pointer, moves, self)
        self._edge.scrolled.connect(self.changed)

    @property
    def is_scrolling(self) -> bool:
        """Whether the page moves because the button is held beyond the edge."""
        return self._edge.is_running

    def press(self, point: QPointF, is_extending: bool) -> None:
        """The button goes down; with Shift it extends what is selected."""
        self._pointer.press(point, is_extending)
        self._pause_following()

    def move(self, point: QPointF, is_held: bool) -> bool:
        """The mouse moves; True when something looks different."""
        if not is_held and self._pointer.is_selecting:
            # The button came up where nobody told us.
            self.release(point)
        has_changed = self._pointer.move(point, is_held)
        if is_held and self._pointer.takes_text_along:
            self.drag_wanted.emit()
            return True
        if self._pointer.is_selecting:
            self._pause_following()
            self._edge.follow(point)
        return has_changed

    def _pause_following(self) -> None:
        """Selected text must not run away from the reader."""
        if not self._selection.is_empty:
            self._moves.let_go()

    def end_drag(self) -> None:
        """The selected text was carried away, or not."""
        self._pointer.end_drag()

    def release(self, point: QPointF) -> tuple[Spot, Target] | None:
        """The button goes up; give the target that was clicked."""
        self._edge.stop()
        was_selecting = self._pointer.is_selecting
        clicked = self._pointer.release(point)
        if was_selecting and not self._selection.is_empty:
            self._taking.offer_selection()
        return clicked
