"""The messages of one conversation that wait to be sent: kept on the disk, sent in order, never into an error."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.saves import Saves
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Draft, new_id
from desktop_chat.core.outbox import Queued, Wait, Waiting


class Outbox(QObject):
    """Owns what waits and decides when the next message goes out; sending it is the session's part.

    Order:   `begin_turn` and `end_turn` tell when there is a turn. What `load` brings from the disk, what came while
             the conversation lay in the trash and what is brought back too late wait for a click.
    """

    changed = Signal(object)
    """tuple[Waiting, ...]: all that waits, in order."""
    send_requested = Signal(object)
    """Queued: it waits no more, and is to be sent now."""
    stop_requested = Signal()
    """The running reply is to be stopped: what waits behind it shall not wait any longer."""
    text_returned = Signal(object)
    """Draft: a message that could not be kept, for the composer."""

    def __init__(self, conversation_id: str, surroundings: Surroundings, saves: Saves, parent: QObject) -> None:
        super().__init__(parent)
        self._conversation_id = conversation_id
        self._with = surroundings
        self._messages: list[Queued] = []
        self._held: set[str] = set()
        """Ids of those that wait for the reader."""
        self._unstored: set[str] = set()
        """Ids of those that are on their way to the disk: only what is safe there is sent."""
        self._urgent_id: str | None = None
        """The one that goes out next whatever else is in the way."""
        self._pause: Wait | None = None
        self._is_in_turn = False
        self._last_place = 0
        self._saves = saves
        self._told: tuple[Waiting, ...] = ()
        surroundings.network.offline_changed.connect(self._look_again)
        surroundings.preferences.settings_changed.connect(self._look_again)

    # --- what can be asked

    @property
    def rows(self) -> tuple[Waiting, ...]:
        """All that waits, in order, and what for."""
        return tuple(Waiting(message, self._why(message)) for message in self._messages)

    @property
    def is_offline(self) -> bool:
        """Whether the server cannot be reached now."""
        return self._with.network.is_offline_for(self._with.preferences.profile())

    @property
    def outgoing_count(self) -> int:
        """How many go out without a click, sooner or later."""
        return sum(not row.why.is_for_reader for row in self.rows)

    # --- wishes

    def load(self, messages: Sequence[Queued]) -> None:
        """Take over what the disk holds: nothing of it goes out by itself."""
        for message in messages:
            self._held.add(message.id)
            self._insert(message)
        self._tell()

    def add(self, draft: Draft) -> Queued:
        """Queue what was written in the composer; `text_returned` gives it back if the disk refuses it."""
        queued = Queued(
            new_id(), self._conversation_id, self._last_place + 1, draft.text, time.time(), draft.attachments
        )
        self._insert(queued)
        self._store(queued, keeps_draft=False)
        self._tell()
        return queued

    def take_out(self, queued_id: str, draft: Draft) -> None:
        """Forget a message that is in the composer again, where `draft` stands now."""
        if (queued := self._removed(queued_id)) is not None:
            self._saves.begin(self._with.store.take_queued(queued, draft), "take a message out of the queue")
            self._tell()

    def drop(self, queued_id: str) -> Queued | None:
        """Forget a message; `put_back` can undo that. None when it has gone out already."""
        if (queued := self._removed(queued_id)) is not None:
            self._saves.begin(self._with.store.take_queued(queued), "drop a queued message")
            self._tell()
        return queued

    def put_back(self, queued: Queued) -> None:
        """Undo `drop`: it waits where it stood. If its turn would be now, the reader is asked first."""
        self._insert(queued)
        if not self._is_in_turn and not self.is_offline:
            self._held.add(queued.id)
        self._store(queued, keeps_draft=True)
        self._tell()

    def send_now(self, queued_id: str) -> None:
        """Send this one before all others, network or not; a running reply is stopped, and what came of it stays."""
        if self._place_of(queued_id) is None:
            return
        self._urgent_id = queued_id
        self._held.discard(queued_id)
        self._tell()
        if self._is_in_turn:
            self.stop_requested.emit()
        else:
            self._go_on()

    def resume(self, why: Wait) -> None:
        """Let those that wait for the reader, and for this reason, go out by themselves again."""
        if why is Wait.READER:
            self._held.clear()
        self._pause = None
        self._tell()
        self._go_on()

    def hold(self) -> None:
        """Let nothing go out without a click: the conversation was thrown away, say."""
        self._urgent_id = None
        self._held.update(message.id for message in self._messages)
        self._tell()

    # --- facts

    def pass_over(self) -> None:
        """Hear that the reader asks something else: what was paused goes on waiting for a click."""
        if self._pause is not None:
            self._held.update(message.id for message in self._messages)

    def begin_turn(self) -> None:
        """Hear that a reply is being asked for."""
        self._is_in_turn = True
        self._tell()

    def end_turn(self, pause: Wait | None) -> None:
        """Hear that a turn is over, and why nothing may follow it, if so; the next message goes out in here."""
        self._is_in_turn = False
        self._pause = pause
        self._tell()
        self._go_on()

    def return_unsent(self, queued: Queued) -> None:
        """Take back a message that could not be stored as sent: it waits on."""
        self._insert(queued)
        self._tell()

    # --- inside

    def _why(self, message: Queued) -> Wait:
        if message.id in self._held:
            return Wait.READER
        if self._is_in_turn or message.id == self._urgent_id:
            return Wait.REPLY
        if self._pause is not None:
            return self._pause
        return Wait.NETWORK if self.is_offline else Wait.REPLY

    def _go_on(self) -> None:
        """Send the next one, if there is nothing in its way."""
        queued = None if self._is_in_turn else self._next()
        if queued is not None:
            self._removed(queued.id)
            self._tell()
            self.send_requested.emit(queued)

    def _next(self) -> Queued | None:
        if self._urgent_id is not None:
            wanted = [message for message in self._messages if message.id == self._urgent_id]
        elif self._pause is not None or self.is_offline:
            wanted = []
        else:
            wanted = [message for message in self._messages if message.id not in self._held]
        return wanted[0] if wanted and wanted[0].id not in self._unstored else None

    def _look_again(self, _changed: object) -> None:
        """See whether the server can be reached: the network has changed, or the server has."""
        if self._messages:
            self._tell()
            self._go_on()

    def _insert(self, queued: Queued) -> None:
        insort(self._messages, queued, key=lambda message: message.place)
        self._last_place = max(self._last_place, queued.place)

    def _removed(self, queued_id: str) -> Queued | None:
        """Take a message out; it stays known whether it was held."""
        if self._urgent_id == queued_id:
            self._urgent_id = None
        place = self._place_of(queued_id)
        return None if place is None else self._messages.pop(place)

    def _place_of(self, queued_id: str) -> int | None:
        return next((place for place, message in enumerate(self._messages) if message.id == queued_id), None)

    def _tell(self) -> None:
        rows = self.rows
        if rows != self._told:
            self._told = rows
            self.changed.emit(rows)

    def _store(self, queued: Queued, *, keeps_draft: bool) -> None:
        self._unstored.add(queued.id)
        self._saves.begin(self._stored(queued, keeps_draft), "queue a message")

    async def _stored(self, queued: Queued, keeps_draft: bool) -> None:
        try:
            await self._with.store.put_queued(queued, keeps_draft=keeps_draft)
        except StoreError:
            if self._removed(queued.id) is not None:
                self._tell()
                self.text_returned.emit(queued.as_draft())
            raise
        finally:
            self._unstored.discard(queued.id)
            # Also when it is refused: those behind it have waited for it.
            self._go_on()
