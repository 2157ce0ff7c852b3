"""What the running program costs: CPU while one tab and while five tabs stream, while nothing happens, and memory.

Units:   CPU in percent of one core, of the program's process alone, all its threads: the server is another one; memory
         in MB (RSS). Medians of SAMPLES.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import psutil

from desktop_chat.core.settings import Following, Settings
from desktop_chat.store.settings_file import JsonSettingsFile
from tests.bench.programs import home_environment, program, started
from tests.bench.screen import private_screen

TABS: Final = 5
CHUNKS_PER_S: Final = 200
AT_ONCE_BYTES: Final = 95_000
"""The reply begins with so much, so that what is measured is a long one."""

SAMPLES: Final = 5
SAMPLE_S: Final = 4.0
IDLE_SAMPLE_S: Final = 5.0
SETTLE_S: Final = 4.0


def measure() -> dict[str, float]:
    """Run one program for everything: memory after the start, idle CPU, CPU of one stream and of five, memory after."""
    with tempfile.TemporaryDirectory() as folder, private_screen() as screen:
        root = Path(folder)
        (root / "data").mkdir()
        # With the question held at the top the reply grows below the screen, and nothing of it is painted.
        settings = Settings(following=Following.END)
        JsonSettingsFile(root / "data" / "settings.json").write(settings)
        environment = home_environment(root / "home") | screen
        pace = ("--at-once-bytes", str(AT_ONCE_BYTES), "--chunks-per-s", str(CHUNKS_PER_S))
        with started([sys.executable, "-m", "tests.bench.reply_server", *pace], environment) as server:
            options = ("--data-dir", str(root / "data"), "--base-url", server.first_line(), "--size", "1280x840")
            with started(program(*options), environment) as ours:
                ours.milestone_s("usable")
                return _measure_running(ours.pid, options, environment)


def _measure_running(pid: int, options: tuple[str, ...], environment: dict[str, str]) -> dict[str, float]:
    process = psutil.Process(pid)
    time.sleep(SETTLE_S)
    rss_start = process.memory_info().rss
    idle = _cpu_percent(process, IDLE_SAMPLE_S)
    _ask(1, options, environment)
    one_tab = _cpu_percent(process, SAMPLE_S)
    _ask(TABS - 1, options, environment)
    five_tabs = _cpu_percent(process, SAMPLE_S)
    return {
        "rss_after_start_mb": round(rss_start / 1e6, 1),
        "idle_cpu_percent": round(idle, 3),
        "one_tab_past_95_kb_cpu_percent": round(one_tab, 1),
        "five_tabs_cpu_percent": round(five_tabs, 1),
        "rss_with_five_streams_mb": round(process.memory_info().rss / 1e6, 1),
    }


def _ask(count: int, options: tuple[str, ...], environment: dict[str, str]) -> None:
    """Open tabs with a question each: a second start hands its question to the running program."""
    for number in range(count):
        subprocess.run(program(*options, "--ask", f"question {number}"), env=environment, check=True, timeout=60)
    time.sleep(SETTLE_S)


def _cpu_percent(process: psutil.Process, sample_s: float) -> float:
    samples = []
    for _ in range(SAMPLES):
        before, began = process.cpu_times(), time.monotonic()
        time.sleep(sample_s)
        after, ended = process.cpu_times(), time.monotonic()
        used_s = after.user + after.system - before.user - before.system
        samples.append(max(0.0, 100 * used_s / (ended - began)))
    return median(samples)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
