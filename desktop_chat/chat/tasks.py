"""The one door for asyncio tasks: each has a name, is reported when it breaks and awaited at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

log = logging.getLogger(__name__)

CLOSE_DEADLINE_S: Final = 3.0


class Tasks:
    """Starts tasks and keeps them until they end.

    A task is expected to handle its ChatErrors; anything that escapes one is a bug and goes to `on_bug`.
    """

    def __init__(self, on_bug: Callable[[BaseException], None]) -> None:
        self._on_bug = on_bug
        self._running: set[asyncio.Task[Any]] = set()
        self._saving: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str, *, is_saving: bool = False) -> asyncio.Task[Any]:
        """Start a coroutine as a named task; one that saves something is waited for at the end, not cancelled."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        if is_saving:
            self._saving.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Wait for what saves, cancel the rest once; what does not end in time is logged and left."""
        for task in self._running - self._saving:
            task.cancel()
        while self._running:
            _, late = await asyncio.wait(self._running, timeout=CLOSE_DEADLINE_S)
            for task in late:
                log.error("task %s did not end within %.0f s", task.get_name(), CLOSE_DEADLINE_S)
                self._running.discard(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self._saving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_bug(error)
