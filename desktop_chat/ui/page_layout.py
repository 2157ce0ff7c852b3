"""Where things stand on a page: the composer below the transcript, or in the middle of an empty conversation."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_chat.ui.column import COLUMN_PX, Column
from desktop_chat.ui.status_line import HEIGHT_PX as STATUS_PX
from desktop_chat.ui.status_part import PAD_PX as STATUS_PAD_PX

_BELOW_STATUS_PX: Final = 7
_BELOW_NOTE_PX: Final = 8
_ABOVE_STRETCH, _BELOW_STRETCH = 5, 7
"""In an empty conversation the composer stands a little above the middle, where the eye is."""


class PageLayout(QVBoxLayout):
    """A page from top to bottom. Transcript and status line come later: until then their room is kept free."""

    def __init__(self, page: QWidget, composer: QWidget, welcome: QWidget) -> None:
        super().__init__(page)
        self._above, self._below = _space(), _space()
        self._above.hide()
        self._below.hide()
        self._welcome = Column(welcome)
        self._welcome.hide()
        self._composer = Column(composer)
        self._outbox: Column | None = None
        self._note: Column | None = None
        self._has_outbox = self._has_note = self._has_card = False
        self._reading_px = COLUMN_PX
        self._transcript: QWidget = _space()
        self._status: QWidget = QWidget()
        self._status.setFixedHeight(STATUS_PX + _BELOW_STATUS_PX)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        self.addWidget(self._transcript, 1)
        self.addWidget(self._above, _ABOVE_STRETCH)
        self.addWidget(self._welcome)
        self.addWidget(self._composer)
        self.addWidget(self._below, _BELOW_STRETCH)
        self.addWidget(self._status)

    def put_transcript(self, transcript: QWidget) -> None:
        """Give the transcript the room that was kept free for it, or that something else had meanwhile."""
        self._put_in_place_of(self._transcript, transcript, 1).deleteLater()
        self._transcript = transcript

    def lend_place(self, guest: QWidget) -> None:
        """Give something else the transcript's room; the transcript is hidden, and can be put there again."""
        self._put_in_place_of(self._transcript, guest, 1)
        self._transcript = guest

    def put_status(self, status: QWidget) -> None:
        """Give the status line the room that was kept free for it."""
        column = Column(status, below_px=_BELOW_STATUS_PX, overhang_px=STATUS_PAD_PX)
        self._put_in_place_of(self._status, column, 0).deleteLater()
        self._status = column

    def put_key_column(self, column: Column) -> None:
        """Let the key card stand where the composer stands without it."""
        self.insertWidget(self.indexOf(self._composer), column)
        # A layout shows its new widgets only later, and what is hidden cannot take the keyboard.
        column.show()

    def put_outbox(self, rows: QWidget) -> None:
        """Let what waits to be sent stand right above the composer."""
        column = self._outbox = Column(rows, width_px=self._reading_px)
        self.insertWidget(self.indexOf(self._composer), column)

    def show_outbox(self, is_shown: bool) -> None:
        """Show whether something waits."""
        self._has_outbox = is_shown
        self._show_above_composer()

    def put_note(self, note: QWidget) -> None:
        """Let what is said about attached files stand above the composer, and above what waits there."""
        column = self._note = Column(note, below_px=_BELOW_NOTE_PX, width_px=self._reading_px)
        self.insertWidget(self.indexOf(self._outbox or self._composer), column)

    @property
    def has_note(self) -> bool:
        """Whether something is said there."""
        return self._has_note

    def show_note(self, is_shown: bool) -> None:
        """Show whether something is said."""
        self._has_note = is_shown
        self._show_above_composer()

    def _show_above_composer(self) -> None:
        for column, has_words in ((self._note, self._has_note), (self._outbox, self._has_outbox)):
            if column is not None:
                column.setVisible(has_words and not self._has_card)

    def _put_in_place_of(self, old: QWidget, new: QWidget, stretch: int) -> QWidget:
        # Not replaceWidget(): the item it returns belongs to the caller, and PySide never frees it.
        self.insertWidget(self.indexOf(old), new, stretch)
        self.removeWidget(old)
        new.show()
        old.hide()
        return old

    def set_reading(self, width_px: int) -> None:
        """Keep what is written below in line with the text above."""
        self._reading_px = width_px
        for column in (self._note, self._outbox, self._composer, self._status):
            if isinstance(column, Column):
                column.set_width(width_px)

    def arrange(self, is_empty: bool, has_card: bool) -> None:
        """Show what belongs to a conversation with or without messages, and to one that wants a key first."""
        self._transcript.setVisible(not is_empty)
        for space in (self._above, self._below):
            space.setVisible(is_empty)
        self._welcome.setVisible(is_empty and not has_card)
        self._composer.setVisible(not has_card)
        self._has_card = has_card
        self._show_above_composer()

    @property
    def written_px(self) -> int:
        """How much of the page's lower end belongs to the composer and what stands below it."""
        page = self.parentWidget()
        assert page is not None
        is_at_bottom = self._composer.isVisibleTo(page) and not self._below.isVisibleTo(page)
        above = (column for column in (self._note, self._outbox) if column is not None and column.isVisibleTo(page))
        upper = next(above, self._composer)
        return page.height() - upper.y() if is_at_bottom else 0


def _space() -> QWidget:
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return space
