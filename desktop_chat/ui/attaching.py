"""Brings files and pictures into one tab's composer; says above it what is being read, and what cannot be attached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.core.attachments import COUNT_MAX, Attachment, NotAttachable
from desktop_chat.core.failure import Failure
from desktop_chat.ui.attach_words import known_words, reading_words, refusal_words, waiting_words, withdrawn_words
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

    arrived = Signal(object)
    """Attachment: it was read, and is put into the composer now."""
    plan_changed = Signal()
    """Other files than were expected will be attached: more were brought, or one is left out or cannot be."""
    ended = Signal()
    """Nothing is being read any more."""

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
        self._known: list[tuple[str, str]] = []
        """Names of files that are attached already, and the names they are attached under."""
        self._words: Callable[[Sequence[str]], str] = reading_words
        """What is said while something is being read."""
        self._note: AttachNote | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._show_reading)
        composer.files_pasted.connect(self.take)
        composer.refused.connect(self._refuse)
        composer.send_requested.connect(self._forget_failures)
        composer.attachment_removed.connect(self._forget_known)

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
            self._composer.set_files_coming(True)
            return
        self._forget_failures()
        wanted = found.paths if isinstance(found, BroughtFiles) else (self._new_file(found),)
        if len(wanted) > COUNT_MAX:
            # Of a folder's thousand pictures none is read, only to be refused.
            self._refuse(NotAttachable("These are too many files.", f"{COUNT_MAX} can go out with one question."))
            return
        self._unread[self._reader.read(wanted)] = [one.name for one in wanted]
        self._composer.set_files_coming(True)
        if not self._patience.isActive():
            self._patience.start()
        self.plan_changed.emit()

    def show_waiting(self) -> None:
        """Say that the question goes out once everything is read."""
        self._say_meanwhile(waiting_words)

    def show_withdrawn(self) -> None:
        """Say that the question does not go out by itself any more."""
        self._say_meanwhile(withdrawn_words)

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
            self._note_known(attachment)
            self.arrived.emit(attachment)
            self._composer.add_attachments((attachment,))
            self._follow()

    def _note_known(self, attachment: Attachment) -> None:
        names = {one.id: one.name for one in self._composer.attachments}
        if attachment.id in names:
            self._known.append((attachment.name, names[attachment.id]))

    def _take_refused(self, token: str, failure: Failure) -> None:
        if token in self._unread:
            self._unread[token].pop(0)
            self._failures.append(failure)
            self.plan_changed.emit()
            self._follow()

    def _end(self, token: str) -> None:
        if self._unread.pop(token, None) is not None and not self._unread:
            self._rest()
            self.ended.emit()

    # --- what is said

    def _follow(self) -> None:
        if self.names and self._is_note_shown:
            self._shown_note().show_reading(self._words(self.names), is_told=False)

    def _show_reading(self) -> None:
        if self.names:
            self._shown_note().show_reading(self._words(self.names))

    def _say_meanwhile(self, words: Callable[[Sequence[str]], str]) -> None:
        if self._words is not words:
            self._words = words
            self._patience.stop()
            self._show_reading()

    def _refuse(self, error: NotAttachable) -> None:
        self._failures.append(error.failure())
        self.plan_changed.emit()
        if not self._unread:
            self._rest()

    def _rest(self) -> None:
        """Nothing is being read: say what could not be attached, what is attached already, or nothing."""
        self._patience.stop()
        self._composer.set_files_coming(self.is_reading)
        before, self._words = self._words, reading_words
        # Of a question that goes out now there is nothing to say any more.
        known = known_words(self._known) if self._known and before is not waiting_words else ""
        if self._failures:
            refusal = refusal_words(self._failures, has_waited=before is withdrawn_words)
            self._shown_note().show_refusal(f"{refusal} {known}".rstrip())
        elif known:
            self._shown_note().show_known(known)
        else:
            self._hide_note()

    def _leave_out(self) -> None:
        for token in self._unread:
            if self._reader is not None:
                self._reader.leave(token)
        self._unread.clear()
        self.plan_changed.emit()
        self._rest()

    def _forget_failures(self) -> None:
        """What was said of earlier files is known by now; what is being read is still to be told."""
        if not self._unread:
            self._failures.clear()
            self._known.clear()
            self._rest()

    def _forget_known(self) -> None:
        """What was attached already may be the one that was taken out."""
        if self._known:
            self._known.clear()
            if not self._unread:
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
