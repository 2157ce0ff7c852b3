"""Time on a bad line as a test wants it: it passes at once, and what was waited for is noted."""

from __future__ import annotations

import asyncio

from desktop_chat.api.bad_network import LineClock


class LineTime:
    """Gives a LineClock; a wait without an end lasts until the conditions are lifted, and `is_endless` tells of it."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.waited_s: list[float] = []
        self.is_endless = asyncio.Event()

    @property
    def clock(self) -> LineClock:
        return LineClock(lambda: self.now_s, self._wait_for)

    async def _wait_for(self, lifted: asyncio.Event, seconds: float | None) -> None:
        if seconds is None:
            self.is_endless.set()
            await lifted.wait()
        else:
            self.waited_s.append(seconds)
            self.now_s += seconds
