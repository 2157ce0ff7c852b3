"""What takes long is made in a thread that goes away when it is done."""

from __future__ import annotations

import sys
import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.ui.transcript.drawings.workbench import Workbench


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_a_thing_is_made_once_in_a_thread_that_then_ends(qtbot: QtBot) -> None:
    made: list[tuple[int, str]] = []

    def make(key: int) -> str:
        made.append((key, threading.current_thread().name))
        return str(key)

    bench = Workbench("bench", make, "", 5)
    assert bench.look(1) is None
    qtbot.waitUntil(lambda: bench.look(1) == "1")
    assert bench.look(1) == "1"
    assert made == [(1, "bench")]
    qtbot.waitUntil(lambda: "bench" not in names())


def test_what_was_asked_for_last_comes_first(qtbot: QtBot) -> None:
    go = threading.Event()
    made: list[int] = []

    def make(key: int) -> int:
        go.wait(20)
        made.append(key)
        return key

    bench = Workbench("bench", make, 0, 5)
    for key in (1, 2, 3):
        bench.look(key)
    qtbot.waitUntil(lambda: "bench" in names())
    go.set()
    qtbot.waitUntil(lambda: len(made) == 3)
    assert made in ([1, 3, 2], [3, 2, 1], [2, 3, 1])


def test_what_was_not_looked_at_for_long_is_dropped(qtbot: QtBot) -> None:
    bench = Workbench("bench", str, "", 2)
    for key in (1, 2):
        qtbot.waitUntil(lambda key=key: bench.look(key) is not None)  # type: ignore[misc]
    bench.look(1)
    qtbot.waitUntil(lambda: bench.look(3) is not None)
    assert set(bench._made) == {1, 3}


def test_frames_get_their_turn_quickly_while_something_is_made(qtbot: QtBot) -> None:
    before = sys.getswitchinterval()
    seen: list[float] = []

    def make(key: int) -> str:
        seen.append(sys.getswitchinterval())
        return "made"

    bench = Workbench("bench", make, "", 5)
    qtbot.waitUntil(lambda: bench.look(1) == "made")
    qtbot.waitUntil(lambda: "bench" not in names())
    assert seen[0] < 0.001
    assert sys.getswitchinterval() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_is_reported_once_and_what_it_concerns_has_failed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))
    bench = Workbench[int, str]("bench", lambda key: str(1 // key), "failed", 5)
    qtbot.waitUntil(lambda: bench.look(0) == "failed")
    qtbot.waitUntil(lambda: bench.look(1) == "1")
    assert reported == [ZeroDivisionError]
