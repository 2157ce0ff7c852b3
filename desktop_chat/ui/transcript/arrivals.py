"""What arrives from a session, handed to the rows frame by frame."""

from __future__ import annotations

import time
from typing import Final

from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.pacing import FRAME_S, Pacer
from desktop_chat.ui.transcript.reply_item import ReplyItem
from desktop_chat.ui.transcript.rows import Rows

COST_S_MAX: Final = 0.008
"""What one frame may cost without a rest after it."""
REST_FACTOR: Final = 5.0
"""How many times its own cost an expensive frame is followed by nothing, so that the network is read meanwhile."""


class Arrivals:
    """Pieces on their way to the page, and endings that wait until the last piece is there.

    Units:   moments in seconds of a steady clock.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._pacer = Pacer()
        self._endings: dict[str, Message] = {}
        self._rests_until_s = 0.0
        self._frames_skipped = 0

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
        """Let the rows have one frame's share; tell whether something changed, and whether a reply ended."""
        if now_s < self._rests_until_s:
            return False, False
        touched: set[int] = set()
        started_s = time.perf_counter()
        for reply_id, event in self._pacer.take(now_s, is_hurried or bool(self._endings), self._frames_skipped):
            index = self._rows.index_of(reply_id)
            item = self._rows.item(index) if index is not None else None
            if index is not None and isinstance(item, ReplyItem):
                item.apply(event)
                touched.add(index)
        for index in touched:
            self._show(index)
        self._rest(now_s, time.perf_counter() - started_s)
        if self._pacer.is_empty and self._endings:
            self._take_endings()
            return True, True
        return bool(touched), False

    def _rest(self, now_s: float, cost_s: float) -> None:
        """After an expensive frame let some pass: a paragraph of 100 KB is laid out anew for every letter."""
        pause_s = cost_s * REST_FACTOR if cost_s > COST_S_MAX else 0.0
        self._rests_until_s = now_s + pause_s
        self._frames_skipped = int(pause_s / FRAME_S)

    def _take_endings(self) -> None:
        for message_id, message in self._endings.items():
            index = self._rows.index_of(message_id)
            if index is not None:
                self._rows.end(index, message)
                self._show(index)
        self._endings.clear()

    def _show(self, index: int) -> None:
        """Show what changed in a reply; measured at once, so that it never gets lower while it streams."""
        first = self._rows.refresh(index)
        if first is not None:
            self._rows.item(index).stack.settle_from(first)
            self._rows.remeasured(index)
