"""Brings files and pictures into one tab's composer; says above it what is being read, and what cannot be attached."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from desktop_chat.core.attachments import COUNT_MAX, Attachment, NotAttachable
from desktop_chat.core.failure import Failure
from desktop_chat.ui.attach_words import not_sent_words, reading_words, refusal_words
from desktop_chat.ui.brought import BroughtFiles, BroughtPicture
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.file_reader import FileReader, NewFile
    from desktop_chat.ui.attach_note import AttachNote

PATIENCE_MS: Final = 300
"""What is read faster is not worth a word."""


class Attaching(QObject):
    """Takes files from the first moment on; they are read once the tab has its conversation."""

    def __init__(self, composer: Composer, layout: PageLayout, look: Look) -> None:
        super().__init__(composer)
        self._composer = composer
        self._layout = layout
        self._look = look
        self._reader: FileReader | None = None
        self._early: list[BroughtFiles | BroughtPicture] = []
        self._unread: dict[str, list[str]] = {}
        """Names of files in their order, by the token of their reading."""
        self._failures: list[Failure] = []
        self._note: AttachNote | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._show_reading)
        composer.files_pasted.connect(self.take)
        composer.refused.connect(self._refuse)
        composer.send_requested.connect(self._forget_failures)

    def bind(self, reader: FileReader, connections: Connections) -> None:
        """Read with this from now on, until the tab lets go of the conversation."""
        self._reader = reader
        connections.add(reader.file_read, self._take_read)
        connections.add(reader.file_refused, self._take_refused)
        connections.add(reader.ended, self._end)
        early, self._early = self._early, []
        for found in early:
            self.take(found)

    def unbind(self) -> None:
        """Wait for nothing any more."""
        self._leave_out()
        self._reader = None

    @property
    def names(self) -> tuple[str, ...]:
        """What is still being read."""
        return tuple(name for names in self._unread.values() for name in names)

    @property
    def is_reading(self) -> bool:
        """Whether there is anything that will be attached, or is to be read first."""
        return bool(self._early or self._unread)

    def take(self, found: BroughtFiles | BroughtPicture) -> None:
        """Have them read and attached."""
        if self._reader is None:
            self._early.append(found)
            return
        self._forget_failures()
        wanted = found.paths if isinstance(found, BroughtFiles) else (self._new_file(found),)
        if len(wanted) > COUNT_MAX:
            # Of a folder's thousand pictures none is read, only to be refused.
            self._refuse(NotAttachable("These are too many files.", f"{COUNT_MAX} can go out with one question."))
            return
        self._unread[self._reader.read(wanted)] = [one.name for one in wanted]
        if not self._patience.isActive():
            self._patience.start()

    def holds_back(self) -> bool:
        """Whether a question has to wait for what is being read; then it says so."""
        if not self.names:
            return False
        self._patience.stop()
        self._shown_note().show_reading(not_sent_words(self.names))
        return True

    def _new_file(self, found: BroughtPicture) -> NewFile:
        from desktop_chat.chat.file_reader import NewFile
        from desktop_chat.ui.shrinking import png_of

        used = {*self.names, *(attachment.name for attachment in self._composer.draft().attachments)}
        numbered = (f"{found.stem}{f' {number}' if number > 1 else ''}.{found.ending}" for number in count(1))
        name = next(name for name in numbered if name not in used)
        picture = found.picture
        if found.is_ready and isinstance(picture, bytes):
            return NewFile(name, lambda: picture)
        return NewFile(name, partial(png_of, name, picture, found.kind))

    # --- what the reader tells

    def _take_read(self, token: str, attachment: Attachment) -> None:
        if token in self._unread:
            self._unread[token].pop(0)
            self._composer.add_attachments((attachment,))
            self._follow()

    def _take_refused(self, token: str, failure: Failure) -> None:
        if token in self._unread:
            self._unread[token].pop(0)
            self._failures.append(failure)
            self._follow()

    def _end(self, token: str) -> None:
        if self._unread.pop(token, None) is not None and not self._unread:
            self._rest()

    # --- what is said

    def _follow(self) -> None:
        if self.names and self._is_note_shown:
            self._shown_note().show_reading(reading_words(self.names), is_told=False)

    def _show_reading(self) -> None:
        if self.names:
            self._shown_note().show_reading(reading_words(self.names))

    def _refuse(self, error: NotAttachable) -> None:
        self._failures.append(error.failure())
        if not self._unread:
            self._rest()

    def _rest(self) -> None:
        """Nothing is being read: say what could not be attached, or nothing."""
        self._patience.stop()
        if self._failures:
            self._shown_note().show_refusal(refusal_words(self._failures))
        else:
            self._hide_note()

    def _leave_out(self) -> None:
        for token in self._unread:
            if self._reader is not None:
                self._reader.leave(token)
        self._unread.clear()
        self._rest()

    def _forget_failures(self) -> None:
        """What was said of earlier files is known by now; what is being read is still to be told."""
        if not self._unread:
            self._failures.clear()
            self._rest()

    # --- the strip

    @property
    def _is_note_shown(self) -> bool:
        return self._note is not None and self._layout.has_note

    def _shown_note(self) -> AttachNote:
        if self._note is None:
            from desktop_chat.ui.attach_note import AttachNote

            self._note = AttachNote(self._look)
            self._note.left_out.connect(self._leave_out)
            self._note.dismissed.connect(self._forget_failures)
            self._note.left.connect(self._composer.focus)
            self._layout.put_note(self._note)
            self._note.stand_before(self._composer.focusProxy() or self._composer)
        self._layout.show_note(True)
        return self._note

    def _hide_note(self) -> None:
        # The keyboard, should it be there, goes on to the composer, as by Tab.
        if self._is_note_shown:
            self._layout.show_note(False)
