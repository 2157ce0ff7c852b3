"""What is on its way to the disk for one owner: failures are told in words, and the end can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError


class Saves(QObject):
    """Tasks that the end of the program waits for."""

    failed = Signal(object)
    """Failure: something could not be stored."""

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Have something stored."""
        task = self._tasks.spawn(self._told_if_failed(work), name, is_saving=True)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Wait until everything is stored, or has failed to be."""
        if self._running:
            await asyncio.wait(self._running)

    async def _told_if_failed(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StoreError as error:
            self.failed.emit(error.failure())
