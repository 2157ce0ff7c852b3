"""Taking a file out of what is being written: at once and without a question, with ten seconds to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from desktop_chat.core.attachments import Attachment
from desktop_chat.ui.figures import counted
from desktop_chat.ui.notice_bar import Toasts
from desktop_chat.ui.tab_deck import TabDeck

_SHOWN_CHARACTERS_MAX: Final = 36


@dataclass(frozen=True, slots=True)
class _Removed:
    attachment: Attachment
    place: int


@dataclass(frozen=True, slots=True)
class _Offer:
    conversation_id: str
    removed: tuple[_Removed, ...]
    """In the order in which they were taken out."""

    @property
    def words(self) -> str:
        """What is said of it."""
        # Only whoever has a file needs them.
        from desktop_chat.ui.attachment_words import shown_name

        if len(self.removed) > 1:
            return f"Removed {counted(len(self.removed), 'file')}"
        name = shown_name(self.removed[0].attachment)
        half = _SHOWN_CHARACTERS_MAX // 2
        return f"Removed “{name if len(name) <= _SHOWN_CHARACTERS_MAX else f'{name[:half]}…{name[-half:]}'}”"


class Detaching(QObject):
    """Knows the files that were taken out as long as a notice offers Undo: one for all of a conversation.

    Of files that were still being read when their tab was closed, a notice tells.
    """

    def __init__(self, deck: TabDeck, toasts: Toasts) -> None:
        super().__init__(deck)
        self._deck = deck
        self._toasts = toasts
        self._offers: dict[str, _Offer] = {}
        deck.pages.attachment_removed.connect(self._offer_undo)
        deck.pages.reading_cut.connect(self._tell_cut)
        toasts.action_clicked.connect(self._undo)
        toasts.lapsed.connect(self._forget)

    def _offer_undo(self, conversation_id: str, attachment: Attachment, place: int) -> None:
        before: tuple[_Removed, ...] = ()
        token = next((token for token, one in self._offers.items() if one.conversation_id == conversation_id), None)
        if token is not None:
            # Three notices have room: with one for each file, the first of five could not be brought back.
            before = self._offers.pop(token).removed
            self._toasts.dismiss(token)
        offer = _Offer(conversation_id, (*before, _Removed(attachment, place)))
        self._offers[self._toasts.offer_undo(offer.words, self._deck.page().written_px)] = offer

    def _tell_cut(self, names: tuple[str, ...], has_waited: bool) -> None:
        from desktop_chat.ui.attach_words import cut_words

        self._toasts.show_toast(cut_words(names, has_waited=has_waited))

    def _undo(self, token: str) -> None:
        offer = self._offers.pop(token, None)
        if offer is None:
            return
        self._deck.open(offer.conversation_id, in_new_tab=True)
        composer = self._deck.page().composer
        for one in reversed(offer.removed):
            composer.bring_back(one.attachment, one.place)
        composer.focus()

    def _forget(self, token: str) -> None:
        self._offers.pop(token, None)
