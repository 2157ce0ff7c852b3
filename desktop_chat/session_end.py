"""The end of the desktop's session: everything is on disk before the answer that the session may end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QSessionManager

from desktop_chat.chat.tasks import Tasks

SETTLE_MS_MAX: Final = 1_800
"""Desktops wait for about five seconds, and there are other programs."""


class SessionEnd(QObject):
    """Hears that the session is about to end, and has everything settled before it says yes.

    The session may still go on, if another program or the reader objects: nothing is closed here. What was being
    written has stopped and can be continued.
    """

    def __init__(self, app: QGuiApplication, settle: Callable[[], Awaitable[None]], tasks: Tasks) -> None:
        super().__init__()
        self._app = app
        self._settle = settle
        self._tasks = tasks
        app.commitDataRequest.connect(self._hear)

    def close(self) -> None:
        """Hear no more."""
        self._app.commitDataRequest.disconnect(self._hear)

    def settle(self) -> None:
        """Wait until everything is settled; other tasks go on meanwhile. Not to be called in a task.

        The desktop takes the return of `_hear` for the answer, so this has to wait on the spot. Qt hands its question
        on from the event loop, between the steps of tasks: there a loop within the loop holds none of them up.
        """
        waiting = QEventLoop()
        self._tasks.spawn(self._settle_and_leave(waiting), "settle everything before the session ends", is_saving=True)
        QTimer.singleShot(SETTLE_MS_MAX, waiting, waiting.quit)
        waiting.exec()

    async def _settle_and_leave(self, waiting: QEventLoop) -> None:
        try:
            await self._settle()
        finally:
            waiting.quit()

    def _hear(self, _manager: QSessionManager) -> None:
        self.settle()
