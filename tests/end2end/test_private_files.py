"""Whatever the umask: what the running program writes is its owner's alone, and so is its memory."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.end2end.processes import KEY, START_S_MAX, Home, started
from tests.helpers.paced_server import paced_server

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="modes and limits as Linux has them")


def modes(folder: Path) -> dict[str, str]:
    """What is not closed to others, with its mode."""
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in folder.rglob("*")
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    }


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_nobody_else_can_read_what_a_running_program_writes(tmp_path: Path, umask: int) -> None:
    home = Home(tmp_path / "home", {"ANTHROPIC_API_KEY": KEY})
    home.environment()
    data_dir = tmp_path / "data"
    with paced_server() as server:
        before = os.umask(umask)
        try:
            with started(home, "--base-url", server.url, "--debug", "--data-dir", data_dir, "--ask", "x") as program:
                program.wait_until_usable()
                server.wait_for_pieces(40, START_S_MAX)
                found = {path.name for path in data_dir.rglob("*") if path.is_file()}
                open_to_others = modes(data_dir)
                limits = Path(f"/proc/{program.pid}/limits").read_text(encoding="ascii")
        finally:
            os.umask(before)
    wanted = {"", "-wal", "-shm"}
    assert {f"desktop-chat.sqlite3{tail}" for tail in wanted} | {"desktop-chat.journal", "desktop-chat.log"} <= found
    assert open_to_others == {}
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert ["Max core file size", "1", "1"] in [
        [line[:26].strip(), *line[26:].split()[:2]] for line in limits.splitlines()
    ]
