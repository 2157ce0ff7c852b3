"""The conversations in the trash: to be brought back, or deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError


class Trash(QObject):
    """Reads it and empties it; what is brought back goes through the library, which shows it in its list again."""

    changed = Signal(object)
    """tuple[ConversationSummary, ...]: all of it, the one deleted last first; told after each wish."""
    store_failed = Signal(object)
    """Failure: the store did not do it."""

    def __init__(
        self,
        store: ConversationStore,
        tasks: Tasks,
        restore: Callable[[str], Coroutine[Any, Any, None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._restore = restore

    def read(self) -> None:
        """Have all of it told."""
        self._tasks.spawn(self._told(), "read the trash")

    def restore(self, conversation_id: str) -> None:
        """Bring a conversation back."""
        self._tasks.spawn(self._told(self._restore(conversation_id)), "restore a conversation", is_saving=True)

    def delete_for_good(self, ids: Sequence[str]) -> None:
        """Delete conversations so that nothing of them is left in the database's files."""
        work = self._store.delete_for_good(tuple(ids))
        self._tasks.spawn(self._told(work), "delete for good", is_saving=True)

    async def _told(self, first: Coroutine[Any, Any, None] | None = None) -> None:
        try:
            if first is not None:
                await first
            self.changed.emit(await self._store.trash())
        except StoreError as error:
            self.store_failed.emit(error.failure())
