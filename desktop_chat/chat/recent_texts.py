"""The last texts that were thrown away, replaced or sent, to be taken again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.stored_list import StoredList
from desktop_chat.chat.tasks import Tasks


class RecentTexts(StoredList):
    """Reads and forgets them; keeping them is the store's part, in the same transaction that loses them.

    Shape:   `changed` carries a tuple[KeptDraft, ...], newest first.
    """

    def __init__(self, store: ConversationStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(store.kept_drafts, tasks, parent)
        self._store = store

    def delete(self, number: int) -> None:
        """Forget one."""
        self._change(self._store.delete_kept_draft(number), "forget a text")

    def clear(self) -> None:
        """Forget all."""
        self._change(self._store.clear_kept_drafts(), "forget the recent texts")
