"""Deleting a conversation: at once and without a question, with ten seconds to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from desktop_chat.core.excerpt import shortened
from desktop_chat.ui.desk import Desk
from desktop_chat.ui.notice_bar import Toasts
from desktop_chat.ui.tab_deck import ClosedTab, TabDeck

_SHOWN_CHARACTERS_MAX: Final = 36
"""So much of a title fits into a notice, which would leave out its middle otherwise."""


@dataclass(frozen=True, slots=True)
class _Deleted:
    conversation_id: str
    tab: ClosedTab | None
    was_shown: bool
    """Whether it was in view."""


class Deletion(QObject):
    """Knows what was deleted and where its tab stood, as long as the notice offers Undo, and the last one longer."""

    def __init__(self, desk: Desk, deck: TabDeck, toasts: Toasts) -> None:
        super().__init__(deck)
        self._desk = desk
        self._deck = deck
        self._toasts = toasts
        self._deleted: dict[str, _Deleted] = {}
        toasts.action_clicked.connect(self._undo)

    def delete(self, conversation_id: str) -> None:
        """Close the conversation's tab, move it to the trash and offer to take that back."""
        titles = {summary.id: summary.title for summary in self._desk.library.conversations()}
        title = titles.get(conversation_id)
        if title is None:
            return
        was_shown = conversation_id == self._deck.current_id
        tab = self._deck.close_tab(conversation_id)
        self._deck.forget_closed(conversation_id)
        self._desk.library.delete(conversation_id)
        shown = shortened(title, _SHOWN_CHARACTERS_MAX)
        token = self._toasts.offer_undo(f"Deleted “{shown}”", self._deck.page().written_px)
        self._deleted[token] = _Deleted(conversation_id, tab, was_shown)

    def undo_last(self) -> None:
        """Bring back what was deleted last, also when its notice is gone."""
        if self._deleted:
            token = next(reversed(self._deleted))
            self._toasts.dismiss(token)
            self._undo(token)

    def _undo(self, token: str) -> None:
        deleted = self._deleted.pop(token, None)
        if deleted is None:
            return
        self._desk.library.restore(deleted.conversation_id)
        if deleted.tab is not None:
            self._deck.open_at(deleted.tab, is_shown=deleted.was_shown)
