"""When Python looks for cycles of references: what is new while things move, thoroughly while nobody moves anything.

What is free then goes back to the system: the C library keeps what a busy minute took, in case there is another one.

Python's collector is off, for by itself it has two faults. It runs in whichever thread makes an object: where a
receiver of a signal dies, PySide (6.11.3) asks for Python's lock while it holds one of Qt's, and so a death in another
thread and a `connect` here wait for each other for ever. And a full collection takes 40–300 ms after megabytes of
replies (MEASURED 2026-11-23), in the midst of a burst. Almost all objects here die without the collector; what it is
needed for are tracebacks and closed widgets.
"""

from __future__ import annotations

import gc
import linecache
import sys
import time
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

NEW_OBJECTS_MIN: Final = 1_000
"""Fewer new objects are not worth a look."""

_NEW_OBJECTS_MAX: Final = 30_000
"""More wait until the program is at rest. MEASURED 5 ms for so many, 2026-11-23."""

_LOOK_MS: Final = 5_000
_REST_CPU_S: Final = 0.025
"""The GUI thread is at rest when it used no more than this from one look to the next: nobody scrolls or types, and
nothing streams."""

_ARENAS_MAX: Final = -8
"""`M_ARENA_MAX` of malloc.h."""

_BUSY_LOOKS: Final = 12
"""After a minute without rest they do not wait any longer: one late frame costs less than memory without end."""

_LONG_REST_LOOKS: Final = 60
"""After five minutes of rest nobody sits there: all objects are looked through, the old ones too."""


class Housekeeping(QObject):
    """Replaces the collector's own idea of when and where to look, for as long as the program runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._used_s = time.thread_time()
        self._rests_count = 0
        self._waits_count = 0
        self._has_frozen = False
        # What was loaded so far stays to the end: it need not be looked through again and again.
        gc.freeze()
        forget_sources()
        share_pools()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def look(self) -> None:
        """Collect what is new; everything if the program is at rest and there is enough of it."""
        now_s = time.thread_time()
        is_resting = now_s - self._used_s <= _REST_CPU_S
        self._rests_count = self._rests_count + 1 if is_resting else 0
        forget_sources()
        new_count, _, looked_through_count = gc.get_count()
        self._waits_count = self._waits_count + 1 if new_count > _NEW_OBJECTS_MAX else 0
        if is_resting and (new_count >= NEW_OBJECTS_MIN or looked_through_count > 0):
            gc.collect()
            # What is old now need not be looked through again with the next few things that grow old.
            gc.freeze()
            give_back_memory()
            self._has_frozen = True
        elif self._rests_count >= _LONG_REST_LOOKS and self._has_frozen:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._has_frozen = False
        elif NEW_OBJECTS_MIN <= new_count <= _NEW_OBJECTS_MAX or self._waits_count >= _BUSY_LOOKS:
            gc.collect(1)
        self._used_s = time.thread_time()


def share_pools() -> None:
    """Let all threads take memory from the pools there are.

    Otherwise each thread that comes and goes, one for a look-up or a file, makes one of its own. MEASURED 3 to 5 MB
    for each that was once used, 2026-11-23.
    """
    _ask_c_library("mallopt", _ARENAS_MAX, 1)


def give_back_memory() -> None:
    """Return to the system what the C library keeps though nothing is in it."""
    _ask_c_library("malloc_trim", 0)


def _ask_c_library(wish: str, *values: int) -> None:
    """Only glibc has these wishes, and only it needs them."""
    if sys.platform != "linux":
        return
    # Not before the window is there.
    import ctypes

    if (call := getattr(ctypes.CDLL(None), wish, None)) is not None:
        call(*values)


def forget_sources() -> None:
    """Drop the source lines of all modules: PySide reads them at every import, in search of `__feature__`.

    MEASURED 10 MB, 2026-11-23. A traceback reads again what it shows.
    """
    linecache.clearcache()
