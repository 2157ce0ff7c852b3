"""Joins what a reader does with whole messages to the conversation they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import Draft
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.transcript.messages.message_acts import MessageActs


STILL_ANSWERING: Final = "Still answering: stop it or wait."


class TabActs(QObject):
    """Edits, branches and steps of one tab."""

    key_requested = Signal()

    def __init__(self, session: ChatSession, desk: Desk, acts: MessageActs, composer: Composer) -> None:
        super().__init__(composer)
        self._session = session
        self._desk = desk
        self._acts = acts
        self._composer = composer

    def connect_all(self, connections: Connections) -> None:
        """Listen to both sides until the tab lets go of the conversation."""
        add, acts, session = connections.add, self._acts, self._session
        add(acts.send_requested, self._edit)
        add(acts.branch_requested, self._branch)
        add(acts.keep_requested, session.keep_as_is)
        add(acts.go_on_now_requested, session.reconnect_now)
        add(acts.stop_requested, session.stop)
        add(acts.composer_requested, self._composer.focus)
        add(self._composer.edit_last_requested, acts.edit_last)
        add(session.edit_failed, acts.edit)

    def _edit(self, message_id: str, draft: Draft) -> None:
        """Ask a question in other words; what cannot be sent now stays in its editor."""
        if self._desk.keys.state.source is KeySource.NONE:
            self.key_requested.emit()
        elif self._session.is_busy:
            self._acts.editing.say(message_id, STILL_ANSWERING)
        elif self._session.edit(message_id, draft):
            self._acts.editing.end(message_id)
            self._composer.focus()

    def _branch(self, message_id: str) -> None:
        self._desk.library.branch(self._session.conversation_id, message_id)
