"""A second program on the same data directory: it calls the first, and says what to do when that one hangs."""

from __future__ import annotations

import os

from desktop_chat.paths import Paths
from desktop_chat.single_instance import SingleInstance
from tests.end2end.processes import Home
from tests.end2end.processes import run as run_process


def test_a_first_program_that_hangs_is_told_with_its_number(home: Home) -> None:
    paths = Paths.below(home.folder / "data")
    paths.make()
    first = SingleInstance(paths.lock_file)
    assert first.acquire()
    try:
        ended = run_process(home, "--demo", "--data-dir", home.folder / "data")
    finally:
        first.release()

    assert (ended.code, ended.out) == (1, "")
    assert "does not answer" in ended.err
    assert f"It is process {os.getpid()}." in ended.err
    assert "end it first" in ended.err
    assert "Traceback" not in ended.err
