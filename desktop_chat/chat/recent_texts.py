"""The last texts that were thrown away, replaced or sent, to be taken again."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError


class RecentTexts(QObject):
    """Reads and forgets them; keeping them is the store's part, in the same transaction that loses them."""

    changed = Signal(object)
    """tuple[KeptDraft, ...]: all of them, newest first; told after each wish."""
    store_failed = Signal(object)
    """Failure: the store did not do it."""

    def __init__(self, store: ConversationStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks

    def read(self) -> None:
        """Have all of them told."""
        self._tasks.spawn(self._told(), "read the recent texts")

    def delete(self, number: int) -> None:
        """Forget one."""
        self._tasks.spawn(self._told(self._store.delete_kept_draft(number)), "forget a text", is_saving=True)

    def clear(self) -> None:
        """Forget all."""
        self._tasks.spawn(self._told(self._store.clear_kept_drafts()), "forget the recent texts", is_saving=True)

    async def _told(self, first: Coroutine[Any, Any, None] | None = None) -> None:
        try:
            if first is not None:
                await first
            self.changed.emit(await self._store.kept_drafts())
        except StoreError as error:
            self.store_failed.emit(error.failure())
