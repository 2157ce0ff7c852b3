"""The find bar of one page, over whatever is read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.ui.find_bar import FindBar
    from desktop_chat.ui.plain_finder import PlainFinder
    from desktop_chat.ui.transcript.finding.find import Finder


class TabFinding(QObject):
    """The bar is made when it is first opened, for one finder; `drop` it before another one is used."""

    word_changed = Signal(str)

    def __init__(self, look: Look, page: QWidget) -> None:
        super().__init__(page)
        self._look = look
        self._page = page
        self._bar: FindBar | None = None

    @property
    def is_open(self) -> bool:
        """Whether the bar is there for the reader."""
        return self._bar is not None and self._bar.isVisible()

    def open(self, finder: Finder | PlainFinder, word: str, top_px: int) -> None:
        """Let the reader find what he has selected, or this word, or another one; `top_px` as `stand_below`."""
        if self._bar is None:
            from desktop_chat.ui.find_bar import FindBar

            self._bar = FindBar(self._look, finder, self._page)
            self._bar.word_changed.connect(self.word_changed)
        self._bar.stand_below(top_px)
        self._bar.open_bar(finder.selected_line or word)

    def stand_below(self, top_px: int) -> None:
        """Leave so much of the page's upper end free."""
        if self._bar is not None:
            self._bar.stand_below(top_px)

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before."""
        if self._bar is not None:
            self._bar.step(step)

    def close(self) -> bool:
        """Close the bar; False when it was not open."""
        was_open = self.is_open
        if self._bar is not None:
            self._bar.close_bar()
        return was_open

    def drop(self) -> None:
        """Close the bar and forget the finder."""
        self.close()
        if self._bar is not None:
            self._bar.deleteLater()
            self._bar = None
