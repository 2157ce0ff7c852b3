"""What the running program costs: CPU while five tabs stream and while nothing happens, and memory.

Units:   CPU in percent of one core, of the program's process alone: the server is another one; memory in MB (RSS).
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from tests.bench.programs import demo_server, home_environment, program, started
from tests.bench.screen import private_screen

TABS = 5
EVENTS_PER_S = 100
SAMPLES = 5
SAMPLE_S = 6.0
IDLE_SAMPLE_S = 12.0
SETTLE_S = 4.0
PIECE_CHARACTERS = 4
REPLY = """## A section

Some words that a reply may hold, with **emphasis**, `code` and a [link](https://example.org), in sentences of usual
length, until the paragraph ends.

- a point
- another point, somewhat longer than the first one

```python
def answer(question: str) -> str:
    # forty-two, as ever
    return "42" if question else ""
```

| column | another | third |
|---|---:|---|
| one | 1 | yes |
| two | 2 | no |

"""


def measure() -> dict[str, float]:
    """Run one program for everything: memory after the start, idle CPU, CPU of five streams, memory after them."""
    with tempfile.TemporaryDirectory() as folder, private_screen() as screen:
        root = Path(folder)
        environment = home_environment(root / "home") | screen
        needed_characters = int(EVENTS_PER_S * PIECE_CHARACTERS * (SAMPLES * SAMPLE_S + 60))
        reply_file = root / "reply.md"
        reply_file.write_text(REPLY * (needed_characters // len(REPLY) + 1), encoding="utf-8")
        pace = ("--events-per-s", str(EVENTS_PER_S), "--piece-characters", str(PIECE_CHARACTERS))
        with started(demo_server("--reply-file", str(reply_file), *pace), environment) as server:
            options = ("--data-dir", str(root / "data"), "--base-url", server.first_line(), "--size", "1280x840")
            with started(program(*options), environment) as ours:
                ours.milestone_s("usable")
                return _measure_running(ours.pid, options, environment)


def _measure_running(pid: int, options: tuple[str, ...], environment: dict[str, str]) -> dict[str, float]:
    process = psutil.Process(pid)
    time.sleep(SETTLE_S)
    rss_start = process.memory_info().rss
    idle = _cpu_percent(process, IDLE_SAMPLE_S)
    for number in range(TABS):
        # A second start hands its question to the running program.
        subprocess.run(program(*options, "--ask", f"question {number}"), env=environment, check=True, timeout=60)
    time.sleep(SETTLE_S)
    streaming = _cpu_percent(process, SAMPLE_S)
    return {
        "rss_after_start_mb": round(rss_start / 1e6, 1),
        "idle_cpu_percent": round(idle, 3),
        "five_tabs_cpu_percent": round(streaming, 1),
        "rss_with_five_streams_mb": round(process.memory_info().rss / 1e6, 1),
    }


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
