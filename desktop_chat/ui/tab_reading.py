"""Joins a transcript to the conversation that is read in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.messages import Message
from desktop_chat.core.settings import Settings
from desktop_chat.ui.connections import Connections

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.safe_view import SafeView
    from desktop_chat.ui.transcript.view import TranscriptView


class TabReading(QObject):
    """Shows the messages of one tab, as they come and as the reader wants to see them."""

    emptiness_changed = Signal()
    """Whether there is anything to read may have changed."""

    def __init__(self, session: ChatSession, desk: Desk, transcript: TranscriptView, opens_at_end: bool) -> None:
        super().__init__(transcript)
        self._session = session
        self._desk = desk
        self._transcript = transcript
        self._opens_at_end = opens_at_end

    def connect_all(self, connections: Connections) -> None:
        """Listen to both sides until the tab lets go of the conversation."""
        add, transcript, session, desk = connections.add, self._transcript, self._session, self._desk
        add(transcript.retry_requested, session.retry)
        add(transcript.continue_requested, session.go_on)
        add(transcript.sibling_requested, session.select_sibling)
        add(transcript.zoom_requested, self._zoom)
        add(session.path_changed, lambda _path: self._show_path())
        add(session.end_read, self._show_end)
        add(session.message_added, self._add_message)
        add(session.event_arrived, transcript.apply_event)
        add(session.turn_cut, transcript.end_message)
        add(session.turn_ended, self._end_turn)
        add(session.activity_changed, transcript.show_activity)
        add(desk.preferences.settings_changed, self._show_settings)

    def show_all(self) -> None:
        """Show what is known so far."""
        if self._opens_at_end and self._session.end:
            self._show_end(self._session.end)
        else:
            self._show_path()
        self._show_settings(self._desk.preferences.settings)

    def _zoom(self, step: int) -> None:
        # Not the desk's own method: it is no QObject, and for each tab PySide would keep an entry as long as it lives.
        self._desk.zoom(step)

    def _show_end(self, messages: tuple[Message, ...]) -> None:
        """Show the last messages of a long conversation before all of it is there."""
        if self._opens_at_end and not self._session.is_loaded:
            self._transcript.show_path(messages, lambda message_id: (message_id,))

    def _show_path(self) -> None:
        self._transcript.show_path(self._session.path(), self._session.siblings)
        self._transcript.show_activity(self._session.activity)
        self.emptiness_changed.emit()

    def _add_message(self, message: Message) -> None:
        # The transcript is to be seen before it gets its first message.
        self.emptiness_changed.emit()
        self._transcript.add_message(message)

    def _end_turn(self, message: Message) -> None:
        self._transcript.end_message(message)
        self.emptiness_changed.emit()

    def _show_settings(self, settings: Settings) -> None:
        self._transcript.acts.editing.set_send_key(settings.send_key)
        self._transcript.set_reading(settings.zoom_percent, settings.column)
        self._transcript.set_following(settings.following)


class SafeReading(QObject):
    """Shows the messages of one tab as plain text, until the reader wants them as usual."""

    def __init__(self, session: ChatSession, view: SafeView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view

    def connect_all(self, connections: Connections) -> None:
        """Listen until the tab lets go of the conversation, or shows it as usual."""
        session = self._session
        for signal in (session.path_changed, session.message_added, session.turn_ended):
            connections.add(signal, self._show)

    def show_all(self) -> None:
        """Show what is known so far."""
        self._show()

    def _show(self, _changed: object = None) -> None:
        self._view.show_messages(self._session.path())
