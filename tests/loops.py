"""Which event loop an async test runs on: Qt's below chat, ui and end2end, the plain one elsewhere.

One QApplication serves the whole run; every async test has a loop of its own on top of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop_chat.application import Application
from desktop_chat.event_loop import QtEventLoop

QT_FOLDERS: Final = frozenset({"chat", "ui", "end2end"})
LEFT_TASKS_GRACE_S: Final = 0.5
"""How long tasks that are already ending may take for it."""

_application: list[QApplication] = []


def application() -> QApplication:
    """Give the one QApplication of the run, made at the first call."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    app = Application(["desktop-chat"])
    app.setQuitOnLastWindowClosed(False)
    _application.append(app)
    return app


class _Stage:
    """Stands in for the application inside qasync: runs and ends a nested loop instead of the application's own.

    `QApplication.exit()` outside of `exec()` makes every later `qtbot.wait…` return at once; and `exec()` announces
    at its end that the application is about to quit, which it is not.
    """

    def __init__(self, app: QApplication) -> None:
        self._loop = QEventLoop()
        self._app = app
        self.aboutToQuit = app.aboutToQuit

    def exec(self) -> int:
        return self._loop.exec()

    def exit(self) -> None:
        self._loop.exit()

    def eventDispatcher(self) -> object:  # noqa: N802  Named as in Qt.
        return self._app.eventDispatcher()


class QtLoop(QtEventLoop):
    """The program's loop, which may be left and entered again.

    pytest-qt processes events between the test and its fixtures, while no coroutine runs. What is due then must
    find its loop running, as it does in the program, where the loop is never left.
    """

    def __init__(self) -> None:
        super().__init__(_Stage(application()))

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        return super().call_soon(self._call, callback, *args, context=context)

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        return super().call_later(delay, self._call, callback, *args, context=context)

    def close(self) -> None:
        super().close()
        # A closed loop is garbage in a cycle, and its timers would run on until that is collected. In the program the
        # one loop lives to the end.
        self._timer.deleteLater()

    def _call(self, callback: Callable[..., object], *args: Any) -> None:
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(outer)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    folders = {parent.name for parent in item.path.parents}
    return {"qt": QtLoop} if folders & QT_FOLDERS else {"plain": asyncio.new_event_loop}


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The one QApplication; pytest-qt's own fixtures use it too."""
    return application()


@pytest.fixture
async def no_task_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind; put before all other fixtures of an async test, so it ends last."""
    yield
    left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=LEFT_TASKS_GRACE_S)
    if left:
        names = "\n".join(f"  {task!r}" for task in left)
        pytest.fail(f"the test left tasks behind:\n{names}", pytrace=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("asyncio"):
            item.fixturenames.insert(0, "no_task_left")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Undo an `exit()` or `quit()` of the application that was called while it did not run."""
    app = QCoreApplication.instance()
    if app is None:
        return
    probe = QEventLoop()
    QTimer.singleShot(0, probe, probe.quit)
    if probe.exec() == -1:
        QTimer.singleShot(0, app, app.exit)
        app.exec()


def pytest_sessionfinish() -> None:
    """Empty the clipboard: the offscreen platform keeps it in a static object, which outlives Python.

    What Python made would be destroyed after the interpreter, with a crash as the exit code of the whole run.
    """
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.clipboard().clear()
