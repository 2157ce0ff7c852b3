"""Reading what shall be attached: one after the other, told as it comes, and left whenever nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import AttachedFiles
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.attachments import Attachment, NotAttachable


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is no file on the disk, such as a picture from the clipboard; `make` gives its bytes, in a thread."""

    name: str
    make: Callable[[], bytes]


class FileReader(QObject):
    """Serves all tabs: each wish has a token, under which its files are told."""

    file_read = Signal(str, object)
    """Token, and an Attachment."""
    file_refused = Signal(str, object)
    """Token, and a Failure: the next file cannot be attached."""
    ended = Signal(str)
    """All files of this token have been told."""

    def __init__(self, files: AttachedFiles, tasks: Tasks) -> None:
        super().__init__()
        self._files = files
        self._tasks = tasks
        self._numbers = count(1)
        self._running: dict[str, asyncio.Task[None]] = {}

    def read(self, wanted: Sequence[Path | NewFile]) -> str:
        """Read these, and tell them in this order; gives the token."""
        token = f"files-{next(self._numbers)}"
        self._running[token] = self._tasks.spawn(self._read(token, tuple(wanted)), "read files to attach")
        return token

    def leave(self, token: str) -> None:
        """Read no more of these, and tell nothing; no error when they have all been told."""
        if (task := self._running.pop(token, None)) is not None:
            task.cancel()

    async def _read(self, token: str, wanted: tuple[Path | NewFile, ...]) -> None:
        try:
            for one in wanted:
                try:
                    self.file_read.emit(token, await self._attached(one))
                except NotAttachable as error:
                    self.file_refused.emit(token, error.failure())
        finally:
            # Whatever happened: nothing may be waited for that does not come.
            if self._running.pop(token, None) is not None:
                self.ended.emit(token)

    async def _attached(self, one: Path | NewFile) -> Attachment:
        if isinstance(one, NewFile):
            return await self._files.take(one.name, one.make)
        return await self._files.read(one)
