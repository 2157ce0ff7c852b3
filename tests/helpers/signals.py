"""Waiting for Qt's signals in async tests, and keeping what they carried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from PySide6.QtCore import SignalInstance

PATIENCE_S: Final = 15.0
"""For what comes at once on a machine with nothing else to do."""


async def next_signal(
    signal: SignalInstance, timeout_s: float = PATIENCE_S, matching: Callable[..., bool] = lambda *_: True
) -> Any:
    """Wait for the next emission that matches and give what it carried: nothing, a value, or a tuple of values.

    Raises:  TimeoutError.
    """
    arrived: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def hear(*values: Any) -> None:
        if not arrived.done() and matching(*values):
            arrived.set_result(values)

    signal.connect(hear)
    try:
        values = await asyncio.wait_for(arrived, timeout_s)
    finally:
        # After `destroyed` there is nothing left to disconnect.
        with suppress(RuntimeError):
            signal.disconnect(hear)
    return values[0] if len(values) == 1 else values or None


class Heard(list[Any]):
    """What a signal carried from now on, oldest first; a tuple where it carries several values."""

    def __init__(self, signal: SignalInstance) -> None:
        super().__init__()
        signal.connect(self._hear)

    def _hear(self, *values: Any) -> None:
        self.append(values[0] if len(values) == 1 else values)
