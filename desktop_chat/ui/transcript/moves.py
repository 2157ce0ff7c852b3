"""The reader's acts that move the page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.ui.transcript.page import Page


class Moves(QObject):
    """Moves the page when the reader wants it moved; nothing else calls these.

    Units:   pixels of the page.
    """

    moved = Signal()
    """The page stands elsewhere, or holds on to another place: it has to be laid out."""

    def __init__(self, page: Page, parent: QObject) -> None:
        super().__init__(parent)
        self._scrolling = page.scrolling

    def by(self, pixels: float) -> None:
        """Move down, or up below 0; whoever moves down to the end follows it again."""
        if pixels < 0:
            self._scrolling.let_go()
        self._scrolling.move_to(self._scrolling.value() + pixels, may_attach=pixels > 0)
        self.moved.emit()

    def to(self, value: float) -> None:
        """Stand where the scroll bar was put."""
        self._scrolling.move_to(value, may_attach=True)
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
        self._scrolling.is_following = True
        self.moved.emit()

    def let_go(self) -> None:
        """Stop following; the page stays where it is."""
        self._scrolling.let_go()
        self.moved.emit()
