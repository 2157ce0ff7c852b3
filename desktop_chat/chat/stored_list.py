"""A list that the disk holds and that is read anew after everything that changes it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError


class StoredList(QObject):
    """Holds nothing itself: whoever shows the list hears all of it after each wish."""

    changed = Signal(object)
    """tuple: all of it; told after each wish."""
    store_failed = Signal(object)
    """Failure: the store did not do it."""

    def __init__(
        self, read: Callable[[], Coroutine[Any, Any, tuple[object, ...]]], tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._tasks = tasks

    def read(self) -> None:
        """Have all of it told."""
        self._tasks.spawn(self._told(), "read a stored list")

    def _change(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Have something done to it, and all of it told."""
        self._tasks.spawn(self._told(work), name, is_saving=True)

    async def _told(self, first: Coroutine[Any, Any, None] | None = None) -> None:
        try:
            if first is not None:
                await first
            self.changed.emit(await self._read())
        except StoreError as error:
            self.store_failed.emit(error.failure())
