"""Hands the events of one reading task over in batches, and speaks up when nothing comes.

A generator cannot wait for bytes and tell about silence at once; so a task reads, and the generator waits for
whichever comes first. Pieces of text that are handed over together become one: they are seen at the same moment, and
whatever follows costs by the event.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from itertools import groupby
from typing import Any, Final, TypeAlias

from desktop_chat.api.quiet import Patience, QuietWatch
from desktop_chat.core.events import StillWaiting, StreamEvent, TextArrived, ThinkingArrived

BATCHES_AHEAD_MAX: Final = 64
"""How far reading may run ahead of a slow consumer before it pauses: at 64 KiB a chunk, 4 MiB."""

DRAIN_S: Final = 0.25
"""How long the last bytes after the reply's end are waited for, so that the connection can be used again."""


class FellSilent(Exception):
    """Nothing has come for so long that the line was given up."""

    def __init__(self, has_slept: bool) -> None:
        super().__init__()
        self.has_slept = has_slept


class Outlet:
    """What the reading task writes to."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[list[StreamEvent] | None] = asyncio.Queue()
        self.touch: Callable[[], None] = lambda: None

    async def put(self, batch: list[StreamEvent]) -> None:
        """Hand a batch over; waits while the consumer is far behind, which is not the server's silence."""
        self._queue.put_nowait(batch)
        if self._queue.qsize() > BATCHES_AHEAD_MAX:
            await self._queue.join()
            self.touch()

    def end(self) -> None:
        """Tell that no batch will follow."""
        self._queue.put_nowait(None)

    def tell_quiet(self, quiet_s: float) -> None:
        """Hand over a notice of silence, unless there is something better to read."""
        if self._queue.empty():
            self._queue.put_nowait([StillWaiting(quiet_s)])

    async def batches(self) -> AsyncGenerator[list[StreamEvent], None]:
        """Give what was put, up to the end; what was put meanwhile comes in one."""
        is_over = False
        while not is_over:
            taken = [await self._queue.get()]
            while not self._queue.empty():
                taken.append(self._queue.get_nowait())
            events: list[StreamEvent] = []
            for batch in taken:
                if batch is None:
                    is_over = True
                    break
                events += batch
            if events:
                yield joined(events)
            for _ in taken:
                self._queue.task_done()


def joined(events: list[StreamEvent]) -> list[StreamEvent]:
    """Make one event of pieces of the same text that follow each other."""
    if len(events) < 2:
        return events
    done: list[StreamEvent] = []
    for text, run in groupby(events, _text_of):
        if text is None:
            done += run
        else:
            kind, index = text
            done.append(kind(index, "".join([piece.text for piece in run])))  # type: ignore[union-attr]
    return done


def _text_of(event: StreamEvent) -> tuple[type[TextArrived] | type[ThinkingArrived], int] | None:
    """Which text an event is a piece of."""
    return (type(event), event.index) if isinstance(event, TextArrived | ThinkingArrived) else None


Read: TypeAlias = Callable[[Outlet], Coroutine[Any, Any, None]]


async def relay(read: Read, patience: Patience) -> AsyncGenerator[list[StreamEvent], None]:
    """Run `read` in a task of its own and give its batches, with `StillWaiting` in between when it is quiet.

    Raises:  what `read` raises, after the last batch; FellSilent.
    Cancel:  cancels the task and waits until it has closed its connection.
    """
    outlet = Outlet()
    has_slept = False

    def give_up(is_after_sleep: bool) -> None:
        nonlocal has_slept
        has_slept = is_after_sleep
        reading.cancel()

    # Held, cancelled and awaited below: chat's door for tasks is out of reach of this layer.
    reading = asyncio.get_running_loop().create_task(read(outlet), name="reading a reply")
    reading.add_done_callback(lambda _: outlet.end())
    watch = QuietWatch(patience, outlet.tell_quiet, give_up)
    outlet.touch = watch.touch
    try:
        async for batch in outlet.batches():
            yield batch
        await asyncio.wait({reading}, timeout=DRAIN_S)
        if reading.cancelled():
            raise FellSilent(has_slept)
        if reading.done():
            reading.result()
    finally:
        watch.close()
        reading.cancel()
        await asyncio.wait({reading})
        if not reading.cancelled():
            reading.exception()
