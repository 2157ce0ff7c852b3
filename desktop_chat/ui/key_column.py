"""The key card of an empty conversation, joined to the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from desktop_chat.core.keys import KeyCheck, KeyState
from desktop_chat.ui.column import Column
from desktop_chat.ui.key_card import WIDTH_PX, KeyCard
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.keys import Keys


class KeyColumn(Column):
    """Stands on the page as long as there is no key."""

    looking_around = Signal()
    link_clicked = Signal(str)

    def __init__(self, look: Look, keys: Keys) -> None:
        card = KeyCard(look)
        super().__init__(card, width_px=WIDTH_PX)
        self._card = card
        self._keys = keys
        self._is_checking = False
        self._card.check_requested.connect(self._check)
        self._card.look_around_requested.connect(self.looking_around)
        self._card.link_clicked.connect(self.link_clicked)
        self._card.show_state(keys.state)

    def focus(self) -> None:
        """Put the keyboard where the key is typed."""
        self._card.focus()

    def show_state(self, state: KeyState) -> None:
        """Show which key there is."""
        self._card.show_state(state)

    def show_check(self, check: KeyCheck) -> None:
        """Tell how the check went, if it was asked for here: the key dialog may have asked, too."""
        if self._is_checking:
            self._card.show_check(check)
        self._is_checking = False

    def _check(self, text: str, for_session_only: bool) -> None:
        self._is_checking = True
        self._keys.check_and_keep(text, for_session_only)
