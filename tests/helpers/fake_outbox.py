"""A stand-in for the outbox of a conversation, for tests of the window: no disk, and nothing goes out by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.messages import Draft
from desktop_chat.core.outbox import Queued, Wait, Waiting


class FakeOutbox(QObject):
    """What waits, as the test puts it there; remembers what it was asked to do."""

    changed = Signal(object)
    send_requested = Signal(object)
    stop_requested = Signal()
    text_returned = Signal(object)

    def __init__(self, conversation_id: str) -> None:
        super().__init__()
        self._conversation_id = conversation_id
        self._last_place = 0
        self.rows: tuple[Waiting, ...] = ()
        self.is_offline = False
        self.taken: list[tuple[str, Draft]] = []
        """Texts that were taken out, each with what stood in the composer then."""
        self.sent_now: list[str] = []
        self.resumed: list[Wait] = []

    @property
    def outgoing_count(self) -> int:
        return sum(not row.why.is_for_reader for row in self.rows)

    def add(self, draft: Draft) -> Queued:
        self._last_place += 1
        key = f"queued-{self._last_place}"
        queued = Queued(key, self._conversation_id, self._last_place, draft.text, 1.0, draft.attachments)
        self._show((*self.rows, Waiting(queued, Wait.NETWORK if self.is_offline else Wait.REPLY)))
        return queued

    def take_out(self, queued_id: str, draft: Draft) -> None:
        self.taken.append((self._text_of(queued_id), draft))
        self.drop(queued_id)

    def drop(self, queued_id: str) -> Queued | None:
        found = [row.message for row in self.rows if row.message.id == queued_id]
        self._show(tuple(row for row in self.rows if row.message.id != queued_id))
        return found[0] if found else None

    def put_back(self, queued: Queued) -> None:
        rows = (*self.rows, Waiting(queued, Wait.REPLY))
        self._show(tuple(sorted(rows, key=lambda row: row.message.place)))

    def send_now(self, queued_id: str) -> None:
        self.sent_now.append(self._text_of(queued_id))
        self.drop(queued_id)

    def resume(self, why: Wait) -> None:
        self.resumed.append(why)

    # --- played by the test

    def wait_for(self, why: Wait, *texts: str) -> None:
        """Have these texts wait, in place of all others."""
        self.rows = ()
        for text in texts:
            self.add(Draft(text))
        self.change(why)

    def change(self, why: Wait) -> None:
        """Have all that waits wait for something else."""
        self._show(tuple(Waiting(row.message, why) for row in self.rows))

    def _text_of(self, queued_id: str) -> str:
        return next(row.message.text for row in self.rows if row.message.id == queued_id)

    def _show(self, rows: tuple[Waiting, ...]) -> None:
        self.rows = rows
        self.changed.emit(rows)
