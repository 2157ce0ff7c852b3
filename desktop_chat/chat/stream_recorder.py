"""Keeps what went over the line for each reply: of this run with every byte, of earlier ones what the disk has."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.recording import Recording
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Message
from desktop_chat.core.packed_record import packed, unpacked
from desktop_chat.core.stream_record import StreamRecord

log = logging.getLogger(__name__)

UNPACKED_MAX: Final = 3
"""So many replies are kept as they came; those before them are packed."""
PACKED_MAX: Final = 50
"""So many replies are kept packed; those that were used longest ago go first."""
PACKED_BYTES_MAX: Final = 16 * 1024 * 1024
"""And no more than this, all of them together."""
TELL_EVERY_MS: Final = 250


class StreamRecorder(QObject):
    """One for the whole program. The records are stored by `ReplyKeeper`, with the replies."""

    record_changed = Signal(str)
    """Message id: there is more to see of it, or `load` has come to its end. A few times a second at most."""
    saved = Signal(str)
    """The path of a replay file that was written."""
    save_failed = Signal(object)
    """Failure: the replay file could not be written."""

    def __init__(self, store: ConversationStore, tasks: Tasks) -> None:
        super().__init__()
        self._store = store
        self._tasks = tasks
        self._parts: dict[str, list[Recording | StreamRecord]] = {}
        """By message id, the one that was used last at the end."""
        self._packed: dict[str, bytes] = {}
        """In the same order; none of them is among `_parts`."""
        self._packing: set[str] = set()
        self._changed: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TELL_EVERY_MS)
        self._timer.timeout.connect(self._tell_changes)

    # --- what can be asked

    def records_of(self, message_id: str) -> tuple[StreamRecord, ...]:
        """All parts of a reply, in order; what is packed, or was stored by an earlier run, is there after `load`."""
        return tuple(_record_of(part) for part in self._parts.get(message_id, ()) if _has_begun(part))

    def is_loaded(self, message_id: str) -> bool:
        """Whether `records_of` gives everything there is."""
        return message_id in self._parts

    # --- wishes

    def load(self, message_id: str) -> None:
        """Have read what is known of a reply; `record_changed` tells when that is done, also if there is nothing."""
        self._tasks.spawn(self._load_and_tell(message_id), "read what went over the line")

    def save(self, message: Message, part: int, target: str) -> None:
        """Write a part of a reply as a file that can be played again; `saved` or `save_failed` tells how it went."""
        self._tasks.spawn(self._save(message, part, Path(target)), "write a replay file", is_saving=True)

    # --- while a reply streams

    async def begin(self, message: Message) -> Recording:
        """Make the observer of a reply's next part; what was stored of a reply that goes on is read first."""
        if message.content or message.id in self._packed:
            await self._load(message.id)
        parts = self._parts.setdefault(message.id, [])
        # A seam without a record is one of a run that was killed; a record without one brought nothing.
        part = max(parts[-1].part + 1 if parts else 0, len(message.seams))
        recording = Recording(message.id, part, self._note)
        parts.append(recording)
        self._use(message.id)
        return recording

    def end(self, recording: Recording, message: Message) -> StreamRecord | None:
        """Take down how a part ended, and give its record to be stored; None when nothing was asked."""
        if not recording.has_begun:
            recording.is_over = True
            self._parts[message.id].remove(recording)
            return None
        recording.end(message.status, message.failure)
        self._pack_old()
        return recording.record()

    def close(self) -> None:
        """Tell nothing any more."""
        self._timer.stop()

    # --- inside

    async def _load_and_tell(self, message_id: str) -> None:
        await self._load(message_id)
        self._note(message_id)

    async def _load(self, message_id: str) -> None:
        if message_id in self._parts:
            return
        if message_id in self._packed:
            # Megabytes may be in there: not on the GUI thread.
            known = await asyncio.to_thread(unpacked, self._packed[message_id])
        else:
            try:
                known = await self._store.stream_records(message_id)
            except StoreError as error:
                log.info("what went over the line cannot be read: %s", error)
                return
        # Unless it began again, or was read, while this was waiting.
        if message_id not in self._parts:
            self._parts[message_id] = list(known)
            self._packed.pop(message_id, None)
            self._pack_old()

    async def _save(self, message: Message, part: int, target: Path) -> None:
        await self._load(message.id)
        records = self.records_of(message.id)
        record = next((record for record in records if record.part == part), None)
        if record is None:
            return
        # Rarely needed.
        from desktop_chat.core.replay_file import replay_text

        # Megabytes of it may have come: not on the GUI thread.
        text = await asyncio.to_thread(replay_text, record, message, records)
        try:
            await self._store.save_text(target, text)
        except StoreError as error:
            self.save_failed.emit(error.failure())
        else:
            self.saved.emit(str(target))

    def _use(self, message_id: str) -> None:
        self._parts[message_id] = self._parts.pop(message_id)

    def _pack_old(self) -> None:
        """Pack all but the replies that were used last; what is running stays as it is."""
        for message_id in list(self._parts)[:-UNPACKED_MAX]:
            if message_id not in self._packing and all(map(_is_over, self._parts[message_id])):
                self._packing.add(message_id)
                self._tasks.spawn(self._pack(message_id), "pack what went over the line")

    async def _pack(self, message_id: str) -> None:
        records = self.records_of(message_id)
        try:
            data = await asyncio.to_thread(packed, records)
        finally:
            self._packing.discard(message_id)
        # Unless it goes on, or was used again, while this was waiting.
        if message_id in list(self._parts)[:-UNPACKED_MAX] and len(self._parts[message_id]) == len(records):
            del self._parts[message_id]
            self._packed[message_id] = data
            self._forget_old()

    def _forget_old(self) -> None:
        """Keep within bounds."""
        size_bytes = sum(map(len, self._packed.values()))
        while len(self._packed) > PACKED_MAX or size_bytes > PACKED_BYTES_MAX:
            size_bytes -= len(self._packed.pop(next(iter(self._packed))))

    def _note(self, message_id: str) -> None:
        self._changed.add(message_id)
        if not self._timer.isActive():
            self._timer.start()

    def _tell_changes(self) -> None:
        changed, self._changed = self._changed, set()
        for message_id in changed:
            for part in self._parts.get(message_id, ()):
                if isinstance(part, Recording):
                    part.settle()
            self.record_changed.emit(message_id)


def _record_of(part: Recording | StreamRecord) -> StreamRecord:
    return part.record() if isinstance(part, Recording) else part


def _has_begun(part: Recording | StreamRecord) -> bool:
    return not isinstance(part, Recording) or part.has_begun


def _is_over(part: Recording | StreamRecord) -> bool:
    return not isinstance(part, Recording) or part.is_over
