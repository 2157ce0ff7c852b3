"""An even pace for text that comes in bursts: what arrived waits a little, never longer than the eye forgives."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from desktop_chat.core.events import ReplyEvent, TextArrived, ThinkingArrived

LAG_S: Final = 0.08
"""All text is handed out within this time; with one frame on top it stays below 100 ms."""

FRAME_S: Final = 0.016
BURST_CHARACTERS: Final = 1_600
"""No more than this in one frame, so that a big burst does not hold up the window."""


class Pacer:
    """A queue of events between the network and the page.

    Units:   moments in seconds of a steady clock.
    """

    def __init__(self) -> None:
        self._queue: deque[tuple[str, ReplyEvent, float]] = deque()
        self._characters = 0

    @property
    def is_empty(self) -> bool:
        return not self._queue

    def put(self, reply_id: str, event: ReplyEvent, now_s: float) -> None:
        """Take an event in."""
        self._queue.append((reply_id, event, now_s))
        self._characters += _size(event)

    def take(self, now_s: float, is_hurried: bool = False, skipped_count: int = 0) -> list[tuple[str, ReplyEvent]]:
        """What shall be shown in this frame, in order; `is_hurried` gives out as much as a frame can bear.

        The share of `skipped_count` frames before this one comes with it.
        """
        if not self._queue:
            return []
        share = BURST_CHARACTERS if is_hurried else self._share(now_s)
        left = share * (1 + skipped_count)
        taken: list[tuple[str, ReplyEvent]] = []
        while self._queue:
            reply_id, event, arrived_s = self._queue[0]
            size = _size(event)
            if size > left:
                if left > 0:
                    first, rest = _cut(event, left)
                    taken.append((reply_id, first))
                    self._queue[0] = (reply_id, rest, arrived_s)
                    self._characters -= left
                break
            self._queue.popleft()
            self._characters -= size
            left -= size
            taken.append((reply_id, event))
        return taken

    def _share(self, now_s: float) -> int:
        remaining_s = LAG_S - (now_s - self._queue[0][2])
        frames = max(1.0, remaining_s / FRAME_S)
        return min(BURST_CHARACTERS, math.ceil(self._characters / frames))


def _size(event: ReplyEvent) -> int:
    return len(event.text) if isinstance(event, TextArrived | ThinkingArrived) else 0


def _cut(event: ReplyEvent, at: int) -> tuple[ReplyEvent, ReplyEvent]:
    assert isinstance(event, TextArrived | ThinkingArrived)
    kind = type(event)
    return kind(event.index, event.text[:at]), kind(event.index, event.text[at:])
