"""Joins what waits to be sent in a conversation to the rows above its composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.outbox import Wait, Waiting
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.tab_writing import TabWriting
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.outbox_rows import OutboxRows


class TabOutbox(QObject):
    """Edits, drops and sends what waits in one tab; the rows are made when there is something to show."""

    dropped = Signal(object)
    """Queued: it was thrown away, which can be undone."""
    changed = Signal()
    """Something waits, or waits no more."""

    def __init__(
        self, session: ChatSession, writing: TabWriting, composer: Composer, layout: PageLayout, look: Look
    ) -> None:
        super().__init__(composer)
        self._outbox = session.outbox
        self._writing = writing
        self._composer = composer
        self._layout = layout
        self._look = look
        self._rows: OutboxRows | None = None

    def connect_all(self, connections: Connections) -> None:
        """Listen until the tab lets go of the conversation."""
        connections.add(self._outbox.changed, self._show)

    def show_all(self) -> None:
        """Show what is known so far."""
        self._show(self._outbox.rows)

    def _show(self, waiting: tuple[Waiting, ...]) -> None:
        if waiting and self._rows is None:
            self._rows = self._made()
        if self._rows is not None:
            self._rows.show_rows(waiting)
            self._layout.show_outbox(bool(waiting))
        self.changed.emit()

    def _made(self) -> OutboxRows:
        from desktop_chat.ui.outbox_rows import OutboxRows

        rows = OutboxRows(self._look, self._composer.focusProxy() or self._composer)
        rows.edit_requested.connect(self._edit)
        rows.drop_requested.connect(self._drop)
        rows.send_requested.connect(self._send)
        rows.resume_requested.connect(self._resume)
        rows.left.connect(self._composer.focus)
        self._layout.put_outbox(rows)
        return rows

    def _edit(self, queued_id: str) -> None:
        """Bring a message back into the composer, ahead of what stands there."""
        queued = next((row.message for row in self._outbox.rows if row.message.id == queued_id), None)
        if queued is None:
            return
        self._composer.focus()
        self._writing.give_back(queued.as_draft())
        self._outbox.take_out(queued_id, self._composer.draft())

    def _drop(self, queued_id: str) -> None:
        if (queued := self._outbox.drop(queued_id)) is not None:
            self.dropped.emit(queued)

    def _send(self, queued_id: str) -> None:
        self._composer.focus()
        self._outbox.send_now(queued_id)

    def _resume(self, why: Wait) -> None:
        self._composer.focus()
        self._outbox.resume(why)
