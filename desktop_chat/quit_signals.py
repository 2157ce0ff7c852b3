"""SIGTERM and SIGINT as an orderly quit: Python runs signal handlers only between bytecodes, Qt sleeps in C."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class QuitSignals(QObject):
    """Wakes the Qt loop when the process is asked to end, and calls `on_quit` there."""

    def __init__(self, on_quit: Callable[[], None]) -> None:
        super().__init__()
        self._read_end, self._write_end = socket.socketpair()
        for end in (self._read_end, self._write_end):
            end.setblocking(False)
        self._on_quit = on_quit
        self._old_wakeup = signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        self._old_handlers = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def close(self) -> None:
        """Put the old handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._read_end.close()
        self._write_end.close()

    def _read(self) -> None:
        numbers = self._read_end.recv(64)
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            self._on_quit()


def _ignore(number: int, frame: object) -> None:
    """Give Python a handler, so that the signal reaches the wake-up socket and does nothing else."""
