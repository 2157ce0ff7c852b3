"""The conversations in the trash: to be brought back, or deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.stored_list import StoredList
from desktop_chat.chat.tasks import Tasks


class Trash(StoredList):
    """Reads it and empties it; what is brought back goes through the library, which shows it in its list again.

    Shape:   `changed` carries a tuple[ConversationSummary, ...], the one deleted last first.
    """

    def __init__(
        self,
        store: ConversationStore,
        tasks: Tasks,
        restore: Callable[[str], Coroutine[Any, Any, None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(store.trash, tasks, parent)
        self._store = store
        self._restore = restore

    def restore(self, conversation_id: str) -> None:
        """Bring a conversation back."""
        self._change(self._restore(conversation_id), "restore a conversation")

    def delete_for_good(self, ids: Sequence[str]) -> None:
        """Delete conversations so that nothing of them is left in the database's files."""
        self._change(self._store.delete_for_good(tuple(ids)), "delete for good")
