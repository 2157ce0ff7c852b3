"""A program in a process that is no test's: for what kills it, measures it or breaks its disk."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication

from desktop_chat.application import Application
from desktop_chat.event_loop import QtEventLoop

T = TypeVar("T")


def run_alone(live: Callable[[QApplication], Coroutine[Any, Any, T]]) -> T:
    """Run this with an application and a loop of its own; a failed expectation ends it with a trace."""
    logging.captureWarnings(True)
    # As in the tests: Qt aborts a process that has no display to show its windows on.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = Application(["desktop-chat"])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
        return runner.run(live(app))
