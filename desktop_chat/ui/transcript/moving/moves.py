"""The reader's acts that move the page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX


class Moves(QObject):
    """Moves the page when the reader wants it moved; nothing else calls these.

    Units:   pixels of the page.
    """

    moved = Signal()
    """The page stands elsewhere, or holds on to another place: it has to be laid out."""

    def __init__(self, page: Page, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._scrolling = page.scrolling

    def by(self, pixels: float) -> None:
        """Move down, or up below 0; whoever moves down to the end follows it again."""
        if pixels < 0:
            self._scrolling.let_go()
        self._scrolling.move_to(self._scrolling.value() + pixels, may_attach=pixels > 0)
        self.moved.emit()

    def to(self, value: float, is_dragging: bool = False) -> None:
        """Stand where the scroll bar was put; its handle must not change under the hand that drags it."""
        is_down = value > self._scrolling.value()
        self._scrolling.move_to(value, may_attach=is_down, gives_back=not is_dragging)
        self.moved.emit()

    def release(self) -> None:
        """The scroll bar is not dragged any more."""
        self._scrolling.give_back()
        self.moved.emit()

    def drag_by(self, pixels: float) -> None:
        """Move along with a selection that is being dragged; it never begins to follow."""
        self._scrolling.move_to(self._scrolling.value() + pixels, may_attach=False)
        self.moved.emit()

    def to_start(self) -> None:
        self._scrolling.move_to(0, may_attach=False)
        self.moved.emit()

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self._scrolling.to_end()
        self.moved.emit()

    def reveal(self, row: int, part: int, top: float, bottom: float, margin: float) -> None:
        """Move just far enough that a stretch of a part can be seen, with some room around it."""
        place = self._page.rows.top_of(row) + self._page.rows.item(row).stack.top_of(part) + PAGE_PADDING_PX
        above = place + top - margin - self._scrolling.value()
        below = place + bottom + margin - self._scrolling.value() - self._scrolling.page_px
        if above < 0:
            self._scrolling.hold(row, part, top - margin)
        elif below > 0:
            self._scrolling.hold(row, part, bottom + margin - self._scrolling.page_px)
        else:
            self._scrolling.let_go()
        self.moved.emit()

    def let_go(self) -> None:
        """Stop following; the page stays where it is."""
        self._scrolling.let_go()
        self.moved.emit()
