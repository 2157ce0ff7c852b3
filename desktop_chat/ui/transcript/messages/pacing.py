"""An even pace for text that comes in bursts: what arrived waits a little, never longer than the eye forgives."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from desktop_chat.core.events import ReplyEvent, TextArrived, ThinkingArrived

LAG_S: Final = 0.08
"""All text is handed out within this time; with one frame on top it stays below 100 ms."""

FRAME_S: Final = 0.016
BURST_CHARACTERS: Final = 1_600
"""No more than this in one frame: faster, nobody sees an even pace."""

BACKLOG_CHARACTERS: Final = 100_000
"""More than this at once is no writing any more: it is handed out whole, and read as fast as the frames allow."""


@dataclass(slots=True)
class _Entry:
    """An event, or the text of many that came within one frame."""

    reply_id: str
    event: ReplyEvent
    texts: list[str]
    size: int
    arrived_s: float

    def taken(self, size: int) -> ReplyEvent:
        """Take the first characters out; the rest stays."""
        event = self.event
        if not isinstance(event, TextArrived | ThinkingArrived):
            return event
        text = "".join(self.texts)
        self.texts, self.size = [text[size:]], self.size - size
        return type(event)(event.index, text[:size])


class Pacer:
    """A queue of events between the network and the page.

    Units:   moments in seconds of a steady clock.
    """

    def __init__(self) -> None:
        self._queue: deque[_Entry] = deque()
        self._characters = 0

    @property
    def is_empty(self) -> bool:
        return not self._queue

    def put(self, reply_id: str, event: ReplyEvent, now_s: float) -> None:
        """Take an event in."""
        if not isinstance(event, TextArrived | ThinkingArrived):
            self._queue.append(_Entry(reply_id, event, [], 0, now_s))
            return
        size = len(event.text)
        self._characters += size
        last = self._queue[-1] if self._queue else None
        # The same text within the same frame: nearly every event, and asked here itself for that.
        if (
            last is not None
            and type(event) is type(last.event)
            and event.index == last.event.index
            and reply_id == last.reply_id
            and now_s - last.arrived_s < FRAME_S
        ):
            last.texts.append(event.text)
            last.size += size
        else:
            self._queue.append(_Entry(reply_id, event, [event.text], size, now_s))

    def take(self, now_s: float, is_hurried: bool = False) -> list[tuple[str, ReplyEvent]]:
        """What shall be shown in this frame, in order; `is_hurried` gives out everything.

        Shape:   text that goes on the same text is one event, however many it came in.
        """
        if not self._queue:
            return []
        is_whole = is_hurried or self._characters > BACKLOG_CHARACTERS
        left = self._characters if is_whole else self._share(now_s)
        taken: list[tuple[str, ReplyEvent]] = []
        while self._queue:
            entry = self._queue[0]
            size = entry.size if entry.size < left else left
            if entry.size and not size:
                break
            if size == entry.size:
                self._queue.popleft()
            event = entry.taken(size)
            if taken and (joined := _joined(taken[-1], entry.reply_id, event)) is not None:
                taken[-1] = entry.reply_id, joined
            else:
                taken.append((entry.reply_id, event))
            self._characters -= size
            left -= size
        return taken

    def _share(self, now_s: float) -> int:
        """The slowest even pace at which nothing is late."""
        share = waiting = 0
        for entry in self._queue:
            waiting += entry.size
            # Frames that come in time for it, this one among them.
            remaining_s = LAG_S - (now_s - entry.arrived_s)
            frames = 1 + int(remaining_s / FRAME_S) if remaining_s > 0 else 1
            least = -(-waiting // frames)
            share = least if least > share else share
            if share >= BURST_CHARACTERS:
                return BURST_CHARACTERS
        return share


def _joined(before: tuple[str, ReplyEvent], reply_id: str, event: ReplyEvent) -> ReplyEvent | None:
    """Two pieces of the same text as one; None for anything else."""
    former = before[1]
    if not isinstance(event, TextArrived | ThinkingArrived) or not isinstance(former, TextArrived | ThinkingArrived):
        return None
    if type(event) is not type(former) or event.index != former.index or reply_id != before[0]:
        return None
    return type(event)(event.index, former.text + event.text)
