"""Joins the key card of one page, where the composer stands otherwise, to the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.keys import KeyCheck, KeyState
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.key_column import KeyColumn
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.keys import Keys


class TabKeyCard(QObject):
    """The card is there while it is needed, and not made before."""

    looking_around = Signal()
    link_clicked = Signal(str)

    def __init__(self, keys: Keys, look: Look, layout: PageLayout) -> None:
        super().__init__(layout)
        self._keys = keys
        self._look = look
        self._layout = layout
        self._column: KeyColumn | None = None

    def connect_all(self, connections: Connections) -> None:
        """Listen until the tab lets go of the conversation."""
        connections.add(self._keys.state_changed, self._show_state)
        connections.add(self._keys.check_ended, self._show_check)

    @property
    def is_shown(self) -> bool:
        """Whether the card is on the page."""
        return self._column is not None

    def show(self) -> None:
        """Put the card on the page, if it is not there."""
        if self._column is not None:
            return
        column = self._column = KeyColumn(self._look, self._keys)
        column.looking_around.connect(self.looking_around)
        column.link_clicked.connect(self.link_clicked)
        self._layout.put_key_column(column)

    def drop(self) -> None:
        """Take the card away, if it is there."""
        if self._column is not None:
            self._column.hide()
            self._column.deleteLater()
            self._column = None

    def focus(self) -> None:
        """Put the keyboard into the card."""
        if self._column is not None:
            self._column.focus()

    def _show_state(self, state: KeyState) -> None:
        if self._column is not None:
            self._column.show_state(state)

    def _show_check(self, check: KeyCheck) -> None:
        if self._column is not None:
            self._column.show_check(check)
