"""What arrives from a session, handed to the rows frame by frame."""

from __future__ import annotations

from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.messages.pacing import Pacer
from desktop_chat.ui.transcript.messages.reply_item import ReplyItem
from desktop_chat.ui.transcript.messages.rows import Rows


class Arrivals:
    """Pieces on their way to the page, and endings that wait until the last piece is there.

    Units:   moments in seconds of a steady clock.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._pacer = Pacer()
        self._endings: dict[str, Message] = {}

    @property
    def is_empty(self) -> bool:
        """Whether all that arrived stands in the rows."""
        return self._pacer.is_empty and not self._endings

    def put(self, reply_id: str, event: ReplyEvent, now_s: float) -> None:
        """Take a piece in."""
        self._pacer.put(reply_id, event, now_s)

    def end(self, message: Message) -> None:
        """Take the final state of a reply in."""
        self._endings[message.id] = message

    def drop(self) -> None:
        """Forget everything: other messages are shown now."""
        self._pacer = Pacer()
        self._endings.clear()

    def take(self, now_s: float, is_hurried: bool) -> tuple[bool, bool]:
        """Let the rows have one frame's share; tell whether something changed, and whether anything moved for that."""
        touched: set[int] = set()
        for reply_id, event in self._pacer.take(now_s, is_hurried or bool(self._endings)):
            index = self._rows.index_of(reply_id)
            item = self._rows.item(index) if index is not None else None
            if index is not None and isinstance(item, ReplyItem):
                item.apply(event)
                touched.add(index)
        has_moved = False
        for index in touched:
            has_moved = self._rows.grow(index) or has_moved
        if self._endings and self._pacer.is_empty:
            self._take_endings()
            return True, True
        return bool(touched), has_moved

    def _take_endings(self) -> None:
        for message_id, message in self._endings.items():
            index = self._rows.index_of(message_id)
            if index is not None:
                self._rows.end(index, message)
                self._rows.grow(index)
        self._endings.clear()
