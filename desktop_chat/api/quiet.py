"""Notices when a line has gone quiet, or the computer has slept, with one timer however many chunks arrive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_SLEEP_S_MIN: Final = 20.0
"""Lines outlive a shorter sleep, and so do servers' hopes."""
_LINUX_CLOCKS: Final = ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")
_MACOS_CLOCKS: Final = ("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW")


def slept_s() -> float:
    """How long this computer has slept, since some moment; timers stand still meanwhile, and wall clocks may be set.

    0 where timers run on, as on Windows: there the usual limit is over when it wakes.
    """
    for running_on, standing_still in (_LINUX_CLOCKS, _MACOS_CLOCKS):
        if hasattr(time, running_on) and hasattr(time, standing_still):
            return time.clock_gettime(getattr(time, running_on)) - time.clock_gettime(getattr(time, standing_still))
    return 0.0


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
    after_sleep_s: float = 10.0
    """After a sleep it is given up sooner: the other end has mostly hung up, and nobody has told us."""
    slept_s: Callable[[], float] = slept_s


class QuietWatch:
    """Watches one line. `touch` only takes down the time; the timer compares and sets itself anew.

    A timer per chunk would be simpler, but qasync keeps every cancelled one until it is due.
    """

    def __init__(
        self, patience: Patience, on_quiet: Callable[[float], None], on_given_up: Callable[[bool], None]
    ) -> None:
        """`on_given_up` is told whether a sleep was the reason."""
        self._patience = patience
        self._on_quiet = on_quiet
        self._on_given_up = on_given_up
        self._loop = asyncio.get_running_loop()
        self._next_notice_s = patience.notice_s
        self._touched_at = self._loop.time()
        self._slept_s = patience.slept_s()
        self._woken_at: float | None = None
        """When it was noticed that the computer had slept, until something has arrived since."""
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
        now = self._loop.time()
        quiet_s = now - self._touched_at
        self._look_for_sleep(now)
        is_dead = self._woken_at is not None and now - self._woken_at >= patience.after_sleep_s
        if is_dead or quiet_s >= patience.limit_s:
            self._on_given_up(is_dead)
            return
        if quiet_s >= self._next_notice_s:
            self._next_notice_s += patience.repeat_s
            self._on_quiet(quiet_s)
        due_s = min(self._next_notice_s, patience.limit_s) - quiet_s
        if self._woken_at is not None:
            due_s = min(due_s, self._woken_at + patience.after_sleep_s - now)
        self._timer = self._loop.call_later(due_s, self._look)

    def _look_for_sleep(self, now: float) -> None:
        if self._woken_at is not None and self._touched_at > self._woken_at:
            self._woken_at = None
        slept_s = self._patience.slept_s()
        if slept_s - self._slept_s >= _SLEEP_S_MIN:
            self._woken_at = now
        self._slept_s = slept_s
