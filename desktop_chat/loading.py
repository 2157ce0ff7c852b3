"""Loads what the first paint does not need, in a thread, while the window already answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Signal


class Loading(QObject):
    """Runs one piece of blocking work beside a Qt loop.

    MEASURED 120 ms of CPU for asyncio, qasync and the chat layer, 2026-11-23: too long for the GUI thread.
    """

    _finished = Signal()

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self._is_done = False
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work and return once it is done; events are served meanwhile.

        Raises:  whatever the work raised.
        """
        # A loop of its own: a late signal can end this one alone, never the one that follows.
        loop = QEventLoop()
        self._finished.connect(loop.quit)
        thread = threading.Thread(target=self._run, name="loading", daemon=True)
        thread.start()
        while not self._is_done:
            # The desktop may ask to quit in this moment, too: that waits until there is something to close in order.
            loop.exec()
        # The thread still holds this object for a moment. Were it the last to let go, the object would be destroyed
        # there while this thread does the same: MEASURED one crash in 100 starts on a busy machine, 2026-11-23.
        thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  not swallowed: raised on the GUI thread by `run`
            self._error = error
        self._is_done = True
        self._finished.emit()
