"""A stand-in for the reader of files, for tests of the window; what is slow comes when the test says so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.chat.file_reader import NewFile
from desktop_chat.core.attachments import Attachment, NotAttachable
from desktop_chat.ui.shrinking import fitted

if TYPE_CHECKING:
    from desktop_chat.chat.file_reader import FileReader


class FakeFileReader(QObject):
    """Reads real files, a moment later; while `is_slow` each of them waits for `go_on`."""

    file_read = Signal(str, object)
    file_refused = Signal(str, object)
    ended = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.is_slow = False
        self.asked_count = 0
        self.left: list[str] = []
        self._numbers = count(1)
        self._waiting: list[tuple[str, list[Path | NewFile]]] = []
        self._moment = QTimer(self)
        self._moment.setSingleShot(True)
        self._moment.timeout.connect(self._tell_all)

    def read(self, wanted: Sequence[Path | NewFile]) -> str:
        self.asked_count += 1
        token = f"files-{next(self._numbers)}"
        self._waiting.append((token, list(wanted)))
        self._moment.start(0)
        return token

    def leave(self, token: str) -> None:
        self.left.append(token)
        self._waiting = [waiting for waiting in self._waiting if waiting[0] != token]

    # --- played by the test

    def go_on(self) -> None:
        """Have the slow drive give the next file."""
        token, wanted = self._waiting[0]
        one = wanted.pop(0)
        try:
            file = one.make() if isinstance(one, NewFile) else one.read_bytes()
            self.file_read.emit(token, Attachment.of(one.name, fitted(one.name, file)))
        except NotAttachable as error:
            self.file_refused.emit(token, error.failure())
        except OSError:
            self.file_refused.emit(token, NotAttachable(f"“{one.name}” is not there.").failure())
        if not wanted:
            self._waiting.pop(0)
            self.ended.emit(token)

    def _tell_all(self) -> None:
        while self._waiting and not self.is_slow:
            self.go_on()


def as_reader(fake: FakeFileReader) -> FileReader:
    """Say once that the fake stands in for it."""
    return cast("FileReader", fake)
