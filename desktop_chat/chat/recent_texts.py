"""The last texts that were thrown away, replaced or sent, to be taken again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.stored_list import StoredList
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError


class RecentTexts(StoredList):
    """Reads and forgets them; keeping them is the store's part, in the same transaction that loses them.

    Shape:   `changed` carries a tuple[KeptDraft, ...], newest first.
    """

    taken = Signal(object)
    """Draft: one of them, with its files, for a composer."""

    def __init__(self, store: ConversationStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(store.kept_drafts, tasks, parent)
        self._store = store

    def take(self, number: int) -> None:
        """Have one told with its files; nothing is told of one that is gone."""
        self._tasks.spawn(self._told_whole(number), "take a text again")

    async def _told_whole(self, number: int) -> None:
        try:
            draft = await self._store.kept_draft(number)
        except StoreError as error:
            self.store_failed.emit(error.failure())
            return
        if draft is not None:
            self.taken.emit(draft)

    def delete(self, number: int) -> None:
        """Forget one."""
        self._change(self._store.delete_kept_draft(number), "forget a text")

    def clear(self) -> None:
        """Forget all."""
        self._change(self._store.clear_kept_drafts(), "forget the recent texts")
