"""Joins a status line to the conversation it tells about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_chat.core.messages import Message
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.status_words import ActivityWords, ended_words

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.desk import Desk


class TabStatus(QObject):
    """Shows what one tab's conversation does and costs, and what all of today's do."""

    def __init__(self, session: ChatSession, desk: Desk, status: StatusLine) -> None:
        super().__init__(status)
        self._session = session
        self._desk = desk
        self._status = status

    def connect_all(self, connections: Connections) -> None:
        """Listen until the tab lets go of the conversation."""
        connections.add(self._session.activity_changed, self._status.show_activity)
        connections.add(self._session.turn_ended, self._show_end)
        connections.add(self._session.path_changed, self._forget_end)
        connections.add(self._session.limits_changed, self._status.show_limits)
        connections.add(self._session.totals_changed, self._show_totals)
        connections.add(self._desk.library.today_cost_changed, self._show_totals)

    def show_all(self) -> None:
        """Show what is known so far."""
        self._status.show_activity(self._session.activity)
        self._status.show_limits(self._session.limits)
        self._show_totals()

    def _show_end(self, message: Message) -> None:
        self._status.show_end(ended_words(message))

    def _forget_end(self, _path: object) -> None:
        """Other messages are shown: how the last turn ended says nothing of them."""
        self._status.show_end(ActivityWords())

    def _show_totals(self, _changed: object = None) -> None:
        self._status.show_totals(self._session.totals, self._desk.library.today_cost_usd)
