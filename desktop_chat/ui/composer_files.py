"""The files of a composer: which there are, what may join them, and how much of the card they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_chat.core.attachments import Attachment, NotAttachable, check_together, joined
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.ui.attachment_row import AttachmentRow

LINES_MAX: Final = 2
"""So many lines of files are seen at a time, in a low window only one."""

FOR_TWO_LINES_PX: Final = 140
"""With this much for files and text, two lines of files leave two of text."""


class ComposerFiles(QObject):
    """Makes the row of chips with the first file, as the uppermost thing in the card."""

    changed = Signal()
    """By the reader, not by `show`."""
    removed = Signal(object, int)
    """Attachment that the reader took out, and its place."""
    refused = Signal(object)
    """NotAttachable."""
    height_changed = Signal()
    left = Signal()
    """The keyboard belongs to the text again."""

    def __init__(self, look: Look, text: QWidget, card: QWidget) -> None:
        """`text` is what Tab leads here from."""
        super().__init__(card)
        self._look = look
        self._text = text
        self._row: AttachmentRow | None = None

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is there, in its order."""
        return self._row.attachments if self._row is not None else ()

    @property
    def stop(self) -> QWidget | None:
        """Where Tab comes to among them; None without any."""
        return self._row.stop if self._row is not None else None

    def show(self, attachments: tuple[Attachment, ...]) -> None:
        """Have these in the place of what is there, each once."""
        if self._row is None:
            if not attachments:
                return
            self._row = self._new_row()
        if attachments:
            # Before they are laid out: what is hidden has no width, and cannot take the keyboard.
            self._row.show()
        self._row.show_attachments(joined((), attachments))
        if not attachments:
            # After the keyboard has left.
            self._row.hide()
        self.height_changed.emit()

    def add(self, attachments: tuple[Attachment, ...]) -> None:
        """Add what is not there yet at the end; all of it, or `refused` and nothing."""
        there = self.attachments
        wanted = joined(there, attachments)
        if len(wanted) > len(there) and self._check(wanted):
            self.show(wanted)
            self.changed.emit()

    def bring_back(self, attachment: Attachment, place: int) -> None:
        """Put one back where it stood, even if they are too many now: it has no other place to be."""
        there = self.attachments
        self.show((*there[:place], attachment, *there[place:]))
        self.changed.emit()

    def remove(self, attachment_id: str) -> None:
        """Take one out for the reader."""
        there = self.attachments
        place = next((place for place, one in enumerate(there) if one.id == attachment_id), None)
        if place is not None:
            self.show((*there[:place], *there[place + 1 :]))
            self.changed.emit()
            self.removed.emit(there[place], place)

    def go_together(self) -> bool:
        """Whether they can go out with one question, or `refused`; of what was joined again they may be too many."""
        return self._check(self.attachments)

    def take_height(self, room_px: int, gap_px: int) -> int:
        """Be as high as is needed, within limits; give what is left for the text."""
        if self._row is None or not self.attachments:
            return room_px
        self._row.set_lines_max(LINES_MAX if room_px >= FOR_TWO_LINES_PX else 1)
        return room_px - self._row.height() - gap_px

    def _check(self, attachments: tuple[Attachment, ...]) -> bool:
        try:
            check_together(attachments)
        except NotAttachable as error:
            self.refused.emit(error)
            return False
        return True

    def _new_row(self) -> AttachmentRow:
        # Most questions have no file: its modules come with the first.
        from desktop_chat.ui.attachment_row import AttachmentRow

        card = self.parent()
        assert isinstance(card, QWidget)
        row = AttachmentRow(self._look, self._text, card)
        row.remove_requested.connect(self.remove)
        row.left.connect(self.left)
        row.height_changed.connect(self.height_changed)
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, row)
        return row
