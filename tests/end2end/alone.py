"""A program in a process that is no test's: for what kills it, measures it or breaks its disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop_chat.application import Application

T = TypeVar("T")


def run_alone(live: Callable[[QApplication], Coroutine[Any, Any, T]]) -> T:
    """Run this with an application and a loop of its own; a failed expectation ends it with a trace."""
    logging.captureWarnings(True)
    app = Application(["desktop-chat"])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        return runner.run(live(app))
