"""What a program that dies in the middle of a frame leaves behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.crash import FAULTS_FILE, CrashHooks
from desktop_chat.showing_mark import MARK_FILE, ShowingMark
from tests.guards import ExpectedLogs

DYING = """
import ctypes, os, signal, sys, time
from pathlib import Path
from desktop_chat.crash import CrashHooks
from desktop_chat.showing_mark import ShowingMark
folder = Path(sys.argv[1])
hooks = CrashHooks(folder)
watch = ShowingMark(folder, hooks).watch("c-1")
watch.enter()
{}
"""
CRASH = "ctypes.string_at(0)"
FRAME_BEFORE_CRASH = "watch.leave(); ctypes.string_at(0)"
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
HANG = "hooks.watch_for_hang(0.2); time.sleep(1.0); os.kill(os.getpid(), signal.SIGKILL)"
DIED = r"died while it showed the conversation c-1"


@pytest.fixture
def hooks(tmp_path: Path, qapp: object) -> Iterator[CrashHooks]:
    made = CrashHooks(tmp_path)
    yield made
    made.remove()


def die(folder: Path, how: str) -> None:
    """Let a program of its own die in the middle of a frame."""
    ended = subprocess.run([sys.executable, "-c", DYING.format(how), str(folder)], timeout=60, check=False)
    assert ended.returncode < 0


def suspects_after(folder: Path) -> set[str]:
    hooks = CrashHooks(folder)
    mark = ShowingMark(folder, hooks)
    mark.close()
    hooks.remove()
    return mark.suspect_ids


@pytest.mark.parametrize("how", [CRASH, HANG], ids=["crash", "hang"])
def test_a_conversation_that_brought_the_program_down_is_suspected_once(
    tmp_path: Path, qapp: object, how: str, expect_log: ExpectedLogs
) -> None:
    expect_log(DIED)
    die(tmp_path, how)
    assert suspects_after(tmp_path) == {"c-1"}
    assert suspects_after(tmp_path) == set()


def test_a_program_that_was_killed_in_the_middle_of_a_frame_has_nothing_against_the_conversation(
    tmp_path: Path, qapp: object
) -> None:
    die(tmp_path, KILL)
    assert suspects_after(tmp_path) == set()


def test_a_crash_between_two_frames_is_not_the_conversation_s(tmp_path: Path, qapp: object) -> None:
    die(tmp_path, FRAME_BEFORE_CRASH)
    assert suspects_after(tmp_path) == set()


@pytest.mark.parametrize("left", [b"", b"dcShow01", b"\xff" * 80, b"x" * 10_000], ids=["empty", "cut", "odd", "long"])
def test_a_file_of_nonsense_suspects_nobody(tmp_path: Path, qapp: object, left: bytes) -> None:
    (tmp_path / MARK_FILE).write_bytes(left)
    assert suspects_after(tmp_path) == set()


def test_frames_that_go_well_leave_nothing(tmp_path: Path, hooks: CrashHooks) -> None:
    mark = ShowingMark(tmp_path, hooks)
    watch = mark.watch("c-1")
    watch.enter()
    assert b"c-1" in (tmp_path / MARK_FILE).read_bytes()
    watch.leave()
    assert b"c-1" not in (tmp_path / MARK_FILE).read_bytes()
    mark.close()


def test_standing_still_is_no_hang(tmp_path: Path, hooks: CrashHooks, qtbot: QtBot) -> None:
    mark = ShowingMark(tmp_path, hooks)
    watch = mark.watch("c-1")
    watch.enter()
    watch.leave()
    watch.rest()
    assert mark._armed_s is not None
    mark._disarming.setInterval(1)
    watch.rest()
    qtbot.waitUntil(lambda: mark._armed_s is None)
    mark.close()
    assert (tmp_path / FAULTS_FILE).stat().st_size == 0


def test_a_hang_is_watched_for_as_long_as_frames_follow(tmp_path: Path, hooks: CrashHooks) -> None:
    mark = ShowingMark(tmp_path, hooks)
    watch = mark.watch("c-1")
    for _ in range(2):
        watch.enter()
        assert not mark._disarming.isActive()
        watch.leave()
        watch.rest()
        assert mark._disarming.isActive()
    mark.close()


def test_the_mark_is_for_its_owner_only(tmp_path: Path, hooks: CrashHooks) -> None:
    before = os.umask(0)
    try:
        ShowingMark(tmp_path, hooks).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / MARK_FILE).stat().st_mode) == 0o600


def test_without_a_file_to_write_the_program_does_without(
    tmp_path: Path, hooks: CrashHooks, expect_log: ExpectedLogs
) -> None:
    expect_log("cannot be marked")
    (tmp_path / MARK_FILE).mkdir()
    mark = ShowingMark(tmp_path, hooks)
    watch = mark.watch("c-1")
    watch.enter()
    watch.leave()
    mark.close()
