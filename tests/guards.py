"""What no test may do, whatever it asserts: warn, log trouble, leave things behind, or touch the world outside.

Python warnings are errors by configuration, exceptions in slots are pytest-qt's, tasks are `tests.loops`'. The rest
is here. Each guard has a test in `test_guards.py` that shows it fail.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import re
import socket
import sys
import traceback
import weakref
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import psutil
import pytest

from tests import real_home

CHILD_GRACE_S: Final = 2.0
"""How long a child process that was told to end may take for it."""

KNOWN_QT_NOISE: Final = (
    # The offscreen platform has no window manager to tell.
    re.compile(r"^This plugin does not support (propagateSizeHints|raise)\(\)"),
)

_violations: list[str] = []
_children_started: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_audit)


# --- the world outside: files and sockets ---------------------------------------------------------------------------


def _audit(event: str, args: tuple[Any, ...]) -> None:
    check = _AUDITED.get(event)
    if check is not None:
        check(args)


def _refuse(what: str) -> None:
    where = "".join(traceback.format_stack(limit=8)[:-3])
    _violations.append(f"{what}, from:\n{where}")
    raise PermissionError(f"tests may not do that: {what}")


def _is_loopback(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check_address(args: tuple[Any, ...]) -> None:
    address = args[1]
    if isinstance(address, tuple) and not _is_loopback(address[0]):
        _refuse(f"a connection to {address[0]!r}")


def _check_name(args: tuple[Any, ...]) -> None:
    # asyncio hands the name over as bytes.
    host = args[0].decode("ascii", "replace") if isinstance(args[0], bytes) else args[0]
    if isinstance(host, str) and host.endswith(".invalid"):
        # Reserved by RFC 2606 for names that do not exist: tests of unreachable hosts need one, without a network.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if not _is_loopback(host):
        _refuse(f"a look-up of the name {host!r}")


def _check_file(args: tuple[Any, ...]) -> None:
    path, mode, flags = args
    if isinstance(path, (str, bytes)):
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else "r" not in mode
        if real_home.is_forbidden(os.fsdecode(path), writes=writes):
            _refuse(f"opening {os.fsdecode(path)} of the real home")


def _check_change(args: tuple[Any, ...]) -> None:
    if isinstance(args[0], (str, bytes)) and real_home.is_forbidden(os.fsdecode(args[0]), writes=True):
        _refuse(f"changing {os.fsdecode(args[0])} in the real home")


def _note_child(args: tuple[Any, ...]) -> None:
    _children_started.append(str(args[0]) if args else "fork")


_AUDITED: Final[dict[str, Callable[[tuple[Any, ...]], None]]] = {
    "socket.connect": _check_address,
    "socket.sendto": _check_address,
    "socket.getaddrinfo": _check_name,
    "socket.gethostbyname": _check_name,
    "open": _check_file,
    "sqlite3.connect": _check_change,
    "os.mkdir": _check_change,
    "os.rename": _check_change,
    "os.remove": _check_change,
    "os.rmdir": _check_change,
    "subprocess.Popen": _note_child,
    "os.posix_spawn": _note_child,
    "os.fork": _note_child,
    "os.forkpty": _note_child,
}


# --- log records, Qt's messages among them --------------------------------------------------------------------------


@dataclass
class ExpectedLogs:
    """The log records a test says it will cause; call it with a pattern that is searched in `logger: message`."""

    patterns: list[re.Pattern[str]] = field(default_factory=list)
    seen: set[re.Pattern[str]] = field(default_factory=set)

    def __call__(self, pattern: str) -> None:
        self.patterns.append(re.compile(pattern))

    def takes(self, text: str) -> bool:
        matching = [pattern for pattern in self.patterns if pattern.search(text)]
        self.seen.update(matching)
        return bool(matching)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}"
        if record.exc_info:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.records.append(text)


_EXPECTED: Final = pytest.StashKey[ExpectedLogs]()
_RECORDER: Final = pytest.StashKey[_Recorder]()


@pytest.fixture
def expect_log(request: pytest.FixtureRequest) -> ExpectedLogs:
    """Allow, and demand, log records of WARNING or above: `expect_log(r"store: .*disk is full")`.

    The pattern is searched in `logger name: message`; Qt's own messages come from the logger `qt`. One that never
    comes fails the test, too.
    """
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(_EXPECTED, ExpectedLogs())


def install_qt_messages() -> None:
    """Have Qt's messages logged, but for those that only the offscreen platform causes."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    from desktop_chat.crash import log_qt_message

    def handle(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if not any(noise.search(message) for noise in KNOWN_QT_NOISE):
            log_qt_message(kind, context, message)

    qInstallMessageHandler(handle)


# --- around each test -----------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    _violations.clear()
    _children_started.clear()
    if "PySide6.QtCore" in sys.modules:
        install_qt_messages()
        _watch_timers()
        item.stash[_WINDOWS] = _parentless_windows()
    recorder = item.stash[_RECORDER] = _Recorder()
    logging.getLogger().addHandler(recorder)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Look at what is left once all fixtures of the test are gone."""
    try:
        return (yield)
    finally:
        problems = [*_violations, *_left_windows(item), *_left_timers(), *_left_children()]
        recorder = item.stash[_RECORDER]
        logging.getLogger().removeHandler(recorder)
        problems += _log_problems(recorder, item.stash.get(_EXPECTED, ExpectedLogs()))
        if problems:
            pytest.fail("\n".join(problems), pytrace=False)


def _log_problems(recorder: _Recorder, expected: ExpectedLogs) -> Iterator[str]:
    for text in recorder.records:
        if not expected.takes(text):
            yield f"unexpected log record: {text}"
    for pattern in expected.patterns:
        if pattern not in expected.seen:
            yield f"no log record matched {pattern.pattern!r}"


# --- things left behind ---------------------------------------------------------------------------------------------

_WINDOWS: Final = pytest.StashKey[dict[int, Any]]()
_started_timers: weakref.WeakSet[Any] = weakref.WeakSet()


def _watch_timers() -> None:
    from PySide6.QtCore import QTimer

    start = QTimer.start
    if getattr(start, "is_watched", False):
        return

    def watched(self: QTimer, *args: Any) -> None:
        _started_timers.add(self)
        start(self, *args)

    watched.is_watched = True  # type: ignore[attr-defined]
    QTimer.start = watched  # type: ignore[method-assign]


def _active_timers() -> list[Any]:
    from shiboken6 import isValid

    return [timer for timer in list(_started_timers) if isValid(timer) and timer.isActive()]


def _left_timers() -> Iterator[str]:
    if "PySide6.QtCore" not in sys.modules or not _active_timers():
        return
    gc.collect()
    for timer in _active_timers():
        yield f"a timer was left running: {timer!r}, child of {timer.parent()!r}"
        timer.stop()


def _parentless_windows() -> dict[int, Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    windows = [window for window in widgets.QApplication.topLevelWidgets() if window.parent() is None]
    return {id(window): window for window in windows}


def _left_windows(item: pytest.Item) -> Iterator[str]:
    # The windows themselves are kept, so that no new one can have the same id.
    before = item.stash.get(_WINDOWS, {})
    if not _parentless_windows().keys() - before.keys():
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for key, window in _parentless_windows().items():
        if key not in before:
            yield f"a window was left behind: {window!r}"
            window.hide()
            window.deleteLater()


def _left_children() -> Iterator[str]:
    if not _children_started:
        return
    _, alive = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=CHILD_GRACE_S)
    for child in alive:
        yield f"a child process was left running: {child!r}; started here: {', '.join(_children_started)}"
        child.kill()
    psutil.wait_procs(alive, timeout=CHILD_GRACE_S)
