"""Keeps what streams in: into the journal a few times a second, into the message row at the end of a turn."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message
from desktop_chat.core.stream_record import StreamRecord

log = logging.getLogger(__name__)

JOURNAL_DELAY_S: Final = 0.08
"""From the first unwritten event to the write; with the write itself it stays below 250 ms, on a busy machine too."""
RETRY_DELAY_S: Final = 3.0
"""Between two tries to write what a full or locked disk refused."""


class ReplyKeeper(QObject):
    """One for the whole program: all streams share a commit.

    What the disk refuses stays in memory and is tried again, so a full disk loses nothing while the program runs.
    """

    failed = Signal(object)
    """Failure: the disk refused; told once until it works again."""
    recovered = Signal()

    def __init__(self, store: ConversationStore, tasks: Tasks) -> None:
        super().__init__()
        self._store = store
        self._tasks = tasks
        self._events: dict[str, list[ReplyEvent]] = {}
        self._unsaved: dict[str, Message] = {}
        self._records: dict[str, StreamRecord] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_failing = False
        # One write at a time: what one that fails puts back must not come behind what followed it.
        self._writing = asyncio.Lock()

    async def start(self, reply: Message) -> None:
        """Store a reply that is still empty, or one that goes on, so that a crash finds it.

        Raises:  StoreError.
        """
        if reply.id not in self._unsaved:
            await self._store.put(reply)
            return
        async with self._writing:
            # Its former end, which the disk refused, must not be written over what comes now.
            self._unsaved.pop(reply.id, None)
            await self._store.put(reply)

    def add(self, reply_id: str, event: ReplyEvent) -> None:
        """Have one event written within the next 250 ms."""
        self._events.setdefault(reply_id, []).append(event)
        if self._timer is None:
            self._schedule(JOURNAL_DELAY_S)

    async def end(self, reply: Message, record: StreamRecord | None = None) -> None:
        """Store the final state of a reply, with the record of its last part, now or as soon as the disk lets us."""
        self._events.pop(reply.id, None)
        if record is not None:
            self._records[reply.id] = record
        self._unsaved[reply.id] = reply
        async with self._writing:
            await self._save_ended()

    async def close(self) -> None:
        """Make a last try for everything that is still in memory."""
        await self._write()
        for reply_id in self._unsaved:
            log.error("the end of reply %s could not be stored; its journal is kept", reply_id)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, delay_s: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._tasks.spawn(self._write(), "write the journal", is_saving=True)

    async def _write(self) -> None:
        async with self._writing:
            await self._write_journal()
            await self._save_ended()

    async def _write_journal(self) -> None:
        batch, self._events = self._events, {}
        if not batch:
            return
        try:
            await self._store.append_journal(list(batch.items()))
        except StoreError as error:
            for reply_id, events in self._events.items():
                batch.setdefault(reply_id, []).extend(events)
            # A reply that ended meanwhile is stored whole; a journal behind it would pass for an interrupted reply.
            self._events = {reply_id: events for reply_id, events in batch.items() if reply_id not in self._unsaved}
            self._told(error)
        else:
            self._worked()

    async def _save_ended(self) -> None:
        for reply in list(self._unsaved.values()):
            try:
                await self._store.end_reply(reply, self._records.get(reply.id))
            except StoreError as error:
                self._told(error)
                return
            if self._unsaved.get(reply.id) is reply:
                del self._unsaved[reply.id]
                self._records.pop(reply.id, None)
            self._worked()

    def _told(self, error: StoreError) -> None:
        log.info("not stored, will try again: %s", error)
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error.failure())
        if self._timer is None:
            self._schedule(RETRY_DELAY_S)

    def _worked(self) -> None:
        if self._is_failing:
            self._is_failing = False
            self.recovered.emit()
