"""A bug is logged and told once, and the program goes on."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qWarning
from pytestqt.qtbot import QtBot

from desktop_chat.crash import FAULTS_FILE, CrashHooks, log_qt_message
from tests.guards import ExpectedLogs

CAUGHT = "exception that nobody caught"


class Bell(QObject):
    """Something with a signal."""

    rung = Signal()


@pytest.fixture
def hooks(qapp: object) -> Iterator[CrashHooks]:
    made = CrashHooks()
    yield made
    made.remove()


@pytest.fixture
def told(hooks: CrashHooks) -> list[str]:
    lines: list[str] = []
    hooks.first_bug.connect(lines.append)
    return lines


@pytest.mark.qt_no_exception_capture
def test_a_bug_in_a_slot_is_logged_and_told_once(told: list[str], expect_log: ExpectedLogs) -> None:
    expect_log(rf"{CAUGHT}[\s\S]*KeyError: 'sk-ant-0123456789'")
    bell = Bell()
    empty: dict[str, int] = {}
    bell.rung.connect(lambda: empty["sk-ant-0123456789"])
    bell.rung.emit()
    bell.rung.emit()
    assert told == ["KeyError: 'sk-ant-…'"]


def test_a_bug_in_a_thread_is_told_in_the_window_s_thread(
    hooks: CrashHooks, qtbot: QtBot, expect_log: ExpectedLogs
) -> None:
    class Window(QObject):
        def hear(self, line: str) -> None:
            heard.append((line, threading.current_thread() is threading.main_thread()))

    heard: list[tuple[str, bool]] = []
    window = Window()
    hooks.first_bug.connect(window.hear)
    expect_log("exception in the thread worker")
    thread = threading.Thread(target=lambda: 1 // 0, name="worker")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [("ZeroDivisionError: integer division or modulo by zero", True)]


def test_a_bug_in_a_destructor_is_told(told: list[str], expect_log: ExpectedLogs) -> None:
    class Dying:
        def __del__(self) -> None:
            raise ValueError("gone")

    expect_log("__del__[\\s\\S]*ValueError: gone")
    Dying()
    assert told == ["ValueError: gone"]


async def test_a_bug_in_a_callback_of_the_loop_is_told(
    hooks: CrashHooks, told: list[str], expect_log: ExpectedLogs
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(hooks.on_loop_exception)
    expect_log("Exception in callback")
    loop.call_soon(lambda: 1 // 0)
    done = asyncio.Event()
    loop.call_soon(done.set)
    await done.wait()
    assert told == ["ZeroDivisionError: integer division or modulo by zero"]


def test_fonts_that_lack_a_script_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Context(QMessageLogContext):
        category = "qt.text.font.db"

    caplog.set_level(logging.DEBUG, "qt")
    log_qt_message(QtMsgType.QtWarningMsg, Context(), "OpenType support missing")
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


def test_a_message_of_qt_is_logged(hooks: CrashHooks, told: list[str], expect_log: ExpectedLogs) -> None:
    expect_log("^qt: something is odd$")
    qWarning("something is odd")
    assert told == []


def test_removing_puts_the_old_hooks_back(qapp: object) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    hooks = CrashHooks()
    assert sys.excepthook != before[0]
    hooks.remove()
    hooks.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_death_in_c_leaves_its_stacks_in_a_file(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, pathlib; from desktop_chat.crash import CrashHooks\n"
        "hooks = CrashHooks(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGSEGV)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=False, timeout=30)
    assert ended.returncode == -11
    assert "Segmentation fault" in (tmp_path / FAULTS_FILE).read_text("utf-8")
