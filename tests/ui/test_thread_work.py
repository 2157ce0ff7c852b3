"""Work that is done in a thread and told on the GUI's."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_chat.ui.thread_work import ThreadWork, giving_way


def test_it_is_done_in_another_thread_and_told_in_this_one(qtbot: QtBot) -> None:
    parent = QObject()
    work = ThreadWork(parent)
    told: list[tuple[int, int]] = []
    work.begin(threading.get_ident, lambda made: told.append((made, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(told))
    ((made_in, told_in),) = told
    assert made_in != told_in == threading.get_ident()


def test_one_that_is_slow_holds_up_no_other(qtbot: QtBot) -> None:
    parent, gate = QObject(), threading.Event()
    work = ThreadWork(parent)
    told: list[bool | str] = []
    work.begin(lambda: gate.wait(10), told.append)
    work.begin(lambda: "quick", told.append)
    qtbot.waitUntil(lambda: told == ["quick"])
    gate.set()
    qtbot.waitUntil(lambda: told == ["quick", True])


def test_nothing_looks_again_and_again_once_all_is_told(qtbot: QtBot) -> None:
    parent = QObject()
    work = ThreadWork(parent)
    told: list[int] = []
    work.begin(lambda: 1, told.append)
    assert work._timer.isActive()
    qtbot.waitUntil(lambda: told == [1])
    assert not work._timer.isActive()


def test_what_was_begun_is_done_when_its_owner_has_gone_and_told_to_nobody(qtbot: QtBot) -> None:
    parent, gate, done = QObject(), threading.Event(), threading.Event()
    told: list[None] = []

    def make() -> None:
        gate.wait(10)
        done.set()

    ThreadWork(parent).begin(make, told.append)
    with qtbot.waitSignal(parent.destroyed):
        parent.deleteLater()
    gate.set()
    assert done.wait(10)
    assert told == []


def test_frames_come_first_until_the_last_of_several_threads_has_done() -> None:
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(0.004)
    try:
        first, second = ExitStack(), ExitStack()
        first.enter_context(giving_way())
        second.enter_context(giving_way())
        first.close()
        assert sys.getswitchinterval() < 0.001
        second.close()
        assert sys.getswitchinterval() == 0.004
    finally:
        sys.setswitchinterval(usual_s)
