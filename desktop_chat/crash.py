"""What happens to a bug: it is written to the log, the window is told once, and the program goes on where it can."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from shiboken6 import isValid

from desktop_chat.log import mask

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

FAULTS_FILE: Final = "faults.log"
"""Where the interpreter writes its stacks when the process dies in C, say of a segmentation fault."""

_QT_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Write a message of Qt to the log, as the logger `qt`; may be called in any thread."""
    category = getattr(context, "category", None)
    text = message if category in (None, "default") else f"{category}: {message}"
    # A script that no font has is told once for each of all fonts; what is missing is seen in the window.
    level = logging.DEBUG if category == "qt.text.font.db" else _QT_LEVELS[kind]
    logging.getLogger("qt").log(level, "%s", text)


class CrashHooks(QObject):
    """Catches every exception that nobody caught: in slots, threads, destructors, tasks, and at the top.

    Order:   after `Log`, before the first window; `remove` before the log is closed.
    """

    first_bug = Signal(str)
    """One line about the first bug of this run, for the reader; comes once, to receivers in their own thread."""

    def __init__(self, logs_dir: Path | None = None) -> None:
        super().__init__()
        self._is_told = False
        self._old_hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(log_qt_message)
        self._faults: TextIO | None = None
        if logs_dir is not None:
            self._watch_interpreter(logs_dir / FAULTS_FILE)

    def _watch_interpreter(self, path: Path) -> None:
        try:
            self._faults = path.open("a", encoding="utf-8")
            path.chmod(0o600)
        except OSError as error:
            log.warning("crashes of the interpreter are not written down: %s", error)
            return
        faulthandler.enable(self._faults)

    @property
    def faults_bytes(self) -> int:
        """Size of the file with the interpreter's last words; it grows with every crash."""
        try:
            return os.fstat(self._faults.fileno()).st_size if self._faults is not None else 0
        except OSError:
            return 0

    def watch_for_hang(self, seconds: float) -> None:
        """Write down the stacks of all threads unless `faulthandler.cancel_dump_traceback_later` comes in time.

        A thread of C does it, whatever Python is at.
        """
        if self._faults is not None:
            faulthandler.dump_traceback_later(seconds, file=self._faults)

    def remove(self) -> None:
        """Put the old hooks back; may be called twice."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old_hooks
        qInstallMessageHandler(None)
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            self._faults = None

    def on_loop_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """To be given to `loop.set_exception_handler`."""
        message = context.get("message", "exception in the event loop")
        about = "; ".join(f"{key}: {value!r}" for key, value in context.items() if key not in {"message", "exception"})
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._meet(f"{message} ({about})", error)
        else:
            log.error("%s (%s)", message, about)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._meet("exception that nobody caught", error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread else "unknown"
            self._meet(f"exception in the thread {name}", args.exc_value)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        error = args.exc_value or args.exc_type()
        self._meet(f"{args.err_msg or 'exception ignored in'} {args.object!r}", error)

    def _meet(self, what: str, error: BaseException) -> None:
        log.critical("%s", what, exc_info=(type(error), error, error.__traceback__))
        # At the very end of the program the QObject may be gone already.
        if not self._is_told and isValid(self):
            self._is_told = True
            self.first_bug.emit(mask(f"{type(error).__name__}: {error}"))
