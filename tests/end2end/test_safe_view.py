"""A conversation that crashes the window comes as plain text at the next start, and the start goes well."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from desktop_chat.showing_mark import MARK_FILE
from tests.end2end.processes import START_S_MAX, Home, Process, started
from tests.helpers.paced_server import paced_server

HEAD_BYTES = 16
DIED = "died while it showed the conversation"


def stop_in_a_frame(program: Process, mark: Path) -> None:
    """Let the process stand still at a moment at which it lays out or paints."""
    seen = psutil.Process(program.pid)
    until_s = time.monotonic() + START_S_MAX
    while time.monotonic() < until_s:
        os.kill(program.pid, signal.SIGSTOP)
        while seen.status() != psutil.STATUS_STOPPED:
            assert time.monotonic() < until_s
        if mark.read_bytes()[HEAD_BYTES:].strip(b"\0"):
            return
        os.kill(program.pid, signal.SIGCONT)
    raise TimeoutError("it never was in the middle of a frame")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sends a signal to a thread of another process")
def test_after_a_crash_in_the_midst_of_a_reply_the_next_start_is_safe(home_with_key: Home, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with paced_server(1) as server:
        options = ("--data-dir", data_dir, "--base-url", server.url, "--debug")
        with started(home_with_key, *options, "--ask", "a question") as program:
            program.wait_until_usable()
            # So long that some of it is on the disk.
            server.wait_for_pieces(60, START_S_MAX)
            stop_in_a_frame(program, data_dir / "logs" / MARK_FILE)
            # To the window's own thread, where a real crash would be: with any other it would go on meanwhile.
            assert ctypes.CDLL(None).tgkill(program.pid, program.pid, signal.SIGSEGV) == 0
            os.kill(program.pid, signal.SIGCONT)
            program.ended()
        child = [sys.executable, "-m", "tests.end2end.safe_start_child", str(data_dir)]
        process = Process(child, home_with_key.environment(), Path(__file__).parents[2])
        try:
            ended = process.ended()
        finally:
            process.close()
        assert ended.code == 0, ended.err
        assert DIED in ended.err
        shown = json.loads(ended.out)
        assert shown is not None, "the transcript, which crashed, is shown again"
        assert shown.startswith("You:\na question\n\nClaude:\n0: ")
        with started(home_with_key, *options) as program:
            program.wait_until_usable()
            program.signal(signal.SIGTERM)
            assert DIED not in program.ended().err
