"""Dropping a queued message: at once and without a question, with ten seconds to take it back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from desktop_chat.core.excerpt import shortened
from desktop_chat.core.outbox import Queued
from desktop_chat.ui.desk import Desk
from desktop_chat.ui.notice_bar import Toasts
from desktop_chat.ui.tab_deck import TabDeck

_SHOWN_CHARACTERS_MAX: Final = 40


class Dropping(QObject):
    """Knows what was dropped as long as the notice offers Undo."""

    def __init__(self, desk: Desk, deck: TabDeck, toasts: Toasts) -> None:
        super().__init__(deck)
        self._desk = desk
        self._deck = deck
        self._toasts = toasts
        self._dropped: dict[str, Queued] = {}
        deck.pages.queued_dropped.connect(self._offer_undo)
        toasts.action_clicked.connect(self._undo)
        toasts.lapsed.connect(self._forget)

    def _offer_undo(self, queued: Queued) -> None:
        shown = shortened(queued.line, _SHOWN_CHARACTERS_MAX)
        token = self._toasts.offer_undo(f"Dropped “{shown}”", self._deck.page().written_px)
        self._dropped[token] = queued

    def _undo(self, token: str) -> None:
        if (queued := self._dropped.pop(token, None)) is not None:
            self._desk.library.put_back_queued(queued)

    def _forget(self, token: str) -> None:
        self._dropped.pop(token, None)
