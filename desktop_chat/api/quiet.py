"""Notices when a line has gone quiet, with one timer however many chunks arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence is borne.

    Units:   seconds since the last byte.
    """

    notice_s: float = 20.0
    """After this the reader is told."""
    repeat_s: float = 10.0
    """And told again this often."""
    limit_s: float = 300.0
    """After this the line is given up: no server is silent that long and alive."""


class QuietWatch:
    """Watches one line. `touch` only takes down the time; the timer compares and sets itself anew.

    A timer per chunk would be simpler, but qasync keeps every cancelled one until it is due.
    """

    def __init__(self, patience: Patience, on_quiet: Callable[[float], None], on_given_up: Callable[[], None]) -> None:
        self._patience = patience
        self._on_quiet = on_quiet
        self._on_given_up = on_given_up
        self._loop = asyncio.get_running_loop()
        self._next_notice_s = patience.notice_s
        self._touched_at = self._loop.time()
        self._timer = self._loop.call_later(min(patience.notice_s, patience.limit_s), self._look)

    def touch(self) -> None:
        """Take down that something has arrived."""
        self._touched_at = self._loop.time()
        self._next_notice_s = self._patience.notice_s

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _look(self) -> None:
        patience = self._patience
        quiet_s = self._loop.time() - self._touched_at
        if quiet_s >= patience.limit_s:
            self._on_given_up()
            return
        if quiet_s >= self._next_notice_s:
            self._next_notice_s += patience.repeat_s
            self._on_quiet(quiet_s)
        due_s = min(self._next_notice_s, patience.limit_s) - quiet_s
        self._timer = self._loop.call_later(due_s, self._look)
