"""Cycles of references are looked for while nobody moves anything."""

from __future__ import annotations

import gc
import linecache
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import psutil
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_chat import housekeeping
from desktop_chat.housekeeping import Housekeeping


class Knot:
    """Refers to itself, so that only the collector can end it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def keeper(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Housekeeping]:
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", 60.0)
    parent = QObject()
    yield Housekeeping(parent)
    gc.unfreeze()
    # As the run began: `tests/conftest.py` keeps all imports out of collections.
    gc.collect()
    gc.freeze()


def old_knot() -> weakref.ref[Knot]:
    """A knot that lived long enough for a full collection alone to find it, and is unreachable now."""
    made = Knot()
    for _ in range(12):
        gc.collect(1)
    known = weakref.ref(made)
    del made
    gc.collect(1)
    assert known() is not None
    return known


def test_at_rest_everything_new_is_looked_through(keeper: Housekeeping) -> None:
    known = old_knot()
    keeper.look()
    assert known() is None


def test_while_the_window_works_nothing_is_looked_through(
    keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", 0.0)
    known = old_knot()
    until_s = time.thread_time() + 0.001
    while time.thread_time() < until_s:
        pass
    keeper.look()
    assert known() is not None


def test_what_was_looked_through_is_not_looked_through_again_at_once(keeper: Housekeeping) -> None:
    keeper.look()
    for _ in range(12):
        gc.collect(1)
    keeper.look()
    assert gc.get_freeze_count() > 0
    assert len(gc.get_objects(generation=2)) < 1_000


def test_after_a_long_rest_the_old_is_looked_through_too(keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Knot()
    for _ in range(12):
        gc.collect(1)
    keeper.look()
    known = weakref.ref(made)
    del made
    keeper.look()
    assert known() is not None
    monkeypatch.setattr(housekeeping, "_LONG_REST_LOOKS", 1)
    keeper.look()
    assert known() is None


def test_what_is_new_is_looked_through_while_the_window_works(
    keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", -1.0)
    known = weakref.ref(Knot())
    keeper.look()
    assert known() is not None, "so little is not worth it"
    kept = [[number] for number in range(2_000)]
    keeper.look()
    assert known() is None
    assert len(kept) == 2_000


def test_more_than_a_frame_has_time_for_waits_for_rest(keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", -1.0)
    known = weakref.ref(Knot())
    kept = [[number] for number in range(40_000)]
    keeper.look()
    assert known() is not None
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", 60.0)
    keeper.look()
    assert known() is None
    assert len(kept) == 40_000


def test_after_a_minute_without_rest_they_do_not_wait_any_longer(
    keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_REST_CPU_S", -1.0)
    known = weakref.ref(Knot())
    kept = [[number] for number in range(40_000)]
    for _ in range(11):
        keeper.look()
    assert known() is not None
    keeper.look()
    assert known() is None
    assert len(kept) == 40_000


def test_nothing_is_looked_through_by_itself_in_whichever_thread(keeper: Housekeeping) -> None:
    collected: list[int] = []
    gc.callbacks.append(lambda phase, told: collected.append(told["generation"]))
    kept: list[list[int]] = []
    thread = threading.Thread(target=lambda: kept.extend([number] for number in range(200_000)))
    try:
        thread.start()
        thread.join()
    finally:
        gc.callbacks.pop()
    assert len(kept) == 200_000
    assert collected == []


def test_sources_that_importing_has_read_are_dropped(keeper: Housekeeping) -> None:
    linecache.getlines(__file__)
    assert linecache.cache
    keeper.look()
    assert not linecache.cache


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' C libraries give back by themselves")
def test_at_rest_free_memory_goes_back_to_the_system(keeper: Housekeeping) -> None:
    process = psutil.Process()
    pieces = [bytes(1_000) for _ in range(60_000)]
    # Between what stays the C library cannot give back by itself.
    kept = pieces[::50]
    del pieces
    before = process.memory_info().rss
    old_knot()
    keeper.look()
    assert len(kept) == 1_200
    assert before - process.memory_info().rss > 20_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' C libraries share by themselves")
def test_threads_that_come_and_go_take_no_pools_of_their_own() -> None:
    program = """
import sys, threading, time
from desktop_chat.housekeeping import share_pools

def pools():
    lines = open("/proc/self/maps").read().splitlines()
    return sum(int(line.split("-")[0], 16) % (64 << 20) == 0 and " 0 " in line for line in lines)

if sys.argv[1:]:
    share_pools()
before = pools()
barrier = threading.Barrier(6)
def work():
    kept = [bytes(2_000) for _ in range(500)]
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(pools() - before)
"""
    made = [
        int(subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True, timeout=60).stdout)
        for words in ((), ("shared",))
    ]
    assert made[0] >= 4
    assert made[1] <= 1
