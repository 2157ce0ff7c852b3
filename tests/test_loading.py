"""Loading in a thread while the window answers."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop_chat.loading import Loading


def test_events_are_served_until_the_work_is_done(qapp: QApplication) -> None:
    served = threading.Event()
    QTimer.singleShot(0, served.set)
    seen: list[bool] = []

    Loading(lambda: seen.append(served.wait(5))).run()

    assert seen == [True]


def test_work_that_is_over_at_once_leaves_no_end_behind_for_the_next_loop(qapp: QApplication) -> None:
    seen: list[int] = []
    for number in range(20):
        Loading(lambda number=number: seen.append(number)).run()  # type: ignore[misc]

    assert seen == list(range(20))


def test_what_the_work_raised_is_raised_where_it_was_asked_for(qapp: QApplication) -> None:
    def fail() -> None:
        raise ValueError("no such module")

    with pytest.raises(ValueError, match="no such module"):
        Loading(fail).run()


def test_the_thread_is_over_when_the_work_is(qapp: QApplication) -> None:
    for _ in range(200):
        Loading(lambda: None).run()
        assert "loading" not in {thread.name for thread in threading.enumerate()}
