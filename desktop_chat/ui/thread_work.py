"""What takes too long for a frame and is waited for once: done in a thread, told on the GUI's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

Made = TypeVar("Made")

_LOOK_MS: Final = 16

_SWITCH_S: Final = 0.0005
"""How long Python lets the thread run while a frame waits for its turn. MEASURED with formulas in the thread: 95 of 100
frames stay below 2 ms; with Python's own 5 ms they take up to 10 (2026-11-23)."""

_lock: Final = threading.Lock()
_usual_s: list[float] = []
"""Python's own, once for each thread that gives way now."""


@contextmanager
def giving_way() -> Iterator[None]:
    """Let frames come first while a thread is at work."""
    with _lock:
        _usual_s.append(_usual_s[0] if _usual_s else sys.getswitchinterval())
        sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        with _lock:
            usual_s = _usual_s.pop()
            if not _usual_s:
                sys.setswitchinterval(usual_s)


class ThreadWork(QObject):
    """When its parent goes, what was begun is done all the same, and told to nobody."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[_Job[object]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def begin(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        """Have something made of values alone, no QObject of the GUI's; `then` gets it."""
        job = _Job(work, then)
        self._jobs.append(job)  # type: ignore[arg-type]  # each job is given its own kind
        job.start()
        self._timer.start()

    def _look(self) -> None:
        ready = [job for job in self._jobs if not job.is_alive()]
        self._jobs = [job for job in self._jobs if job not in ready]
        if not self._jobs:
            self._timer.stop()
        for job in ready:
            job.join()
            job.tell()


class _Job(threading.Thread, Generic[Made]):
    """One thread each: saving to a drive that does not answer holds up nothing else."""

    def __init__(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        super().__init__(name="work for the reader", daemon=True)
        self._work = work
        self._then = then
        self._made: list[Made] = []

    def run(self) -> None:
        with giving_way():
            self._made.append(self._work())

    def tell(self) -> None:
        """Hand over what was made; nothing after a bug, which is reported as any other."""
        for made in self._made:
            self._then(made)
