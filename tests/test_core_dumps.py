"""No core of the program, and with it no key, is written when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "WCOREDUMP"), reason="this system writes no cores")

DIE = "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)); {} os.abort()"
TURN_OFF = "from desktop_chat.core_dumps import turn_off; turn_off();"


def died(folder: Path, code: str) -> int:
    """Run code that aborts; gives how many files it has left."""
    ended = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert ended.returncode == -6, ended.stderr
    return len(list(folder.iterdir()))


def test_a_program_that_dies_leaves_no_core(tmp_path: Path) -> None:
    assert died(tmp_path, DIE.format(TURN_OFF)) == 0


def test_the_limit_is_the_one_that_stops_crash_reporters_too(tmp_path: Path) -> None:
    code = f"{TURN_OFF} import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() in ("(1, 1)", "(0, 0)"), "0 where the system allows no more"


def test_turning_it_off_twice_is_no_harm(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", f"{TURN_OFF} turn_off()"], cwd=tmp_path, check=True)
