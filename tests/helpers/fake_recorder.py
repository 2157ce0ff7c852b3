"""A stand-in for the recorder of streams: a test puts records there, and has the disk answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.messages import Message
from desktop_chat.core.stream_record import StreamRecord

if TYPE_CHECKING:
    from desktop_chat.chat.stream_recorder import StreamRecorder


class FakeRecorder(QObject):
    """Keeps what a test puts there; stored records are there once they were loaded."""

    record_changed = Signal(str)
    saved = Signal(str)
    save_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, tuple[StreamRecord, ...]] = {}
        self.stored: dict[str, tuple[StreamRecord, ...]] = {}
        self.asked: list[str] = []
        self.saving: list[tuple[Message, int, str]] = []

    def put(self, *records: StreamRecord) -> None:
        """Have the line bring more."""
        self.records[records[0].message_id] = records
        self.record_changed.emit(records[0].message_id)

    def records_of(self, message_id: str) -> tuple[StreamRecord, ...]:
        return self.records.get(message_id, ())

    def is_loaded(self, message_id: str) -> bool:
        return message_id in self.records

    def load(self, message_id: str) -> None:
        self.asked.append(message_id)

    def end_loading(self, message_id: str) -> None:
        """Have the disk answer."""
        self.records[message_id] = self.stored.get(message_id, ())
        self.record_changed.emit(message_id)

    def save(self, message: Message, part: int, target: str) -> None:
        self.saving.append((message, part, target))


def as_recorder(fake: FakeRecorder) -> StreamRecorder:
    """Say once that the fake stands in for it."""
    return cast("StreamRecorder", fake)
