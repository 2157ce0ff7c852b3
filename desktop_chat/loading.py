"""Loads what the first paint does not need, in a thread, while the window already answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class Loading(QObject):
    """Runs one piece of blocking work beside the Qt loop; `finished` arrives on the GUI thread.

    MEASURED 120 ms of CPU for asyncio, qasync and the chat layer, 2026-11-23: too long for the GUI thread.
    """

    finished = Signal()

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)
        self.is_done = False
        self.error: BaseException | None = None

    def start(self) -> None:
        """Begin; call once."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  not swallowed: whoever waits raises it on the GUI thread
            self.error = error
        self.is_done = True
        self.finished.emit()
