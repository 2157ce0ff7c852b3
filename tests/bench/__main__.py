"""Runs all benchmarks, each in a process of its own, one after the other: `make bench`.

Prints a table with the goals and writes every figure to `build/bench.json`. Machines are noisy: look at ratios and
medians, and run it while nothing else does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.screen import private_screen

RESULT: Final = Path("build/bench.json")
NAMES: Final = ("start", "running", "stop", "sse", "store", "transcript")


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table: where its figure stands, and the bound it has to keep."""

    label: str
    path: tuple[str, ...]
    bound: float
    is_least: bool = False
    """Whether the figure must reach the bound instead of staying below it."""

    def line(self, figures: dict[str, Any]) -> str:
        value: Any = figures
        for step in self.path:
            value = value[step]
        is_kept = value >= self.bound if self.is_least else value <= self.bound
        sign = "≥" if self.is_least else "≤"
        return f"{self.label:<58}{value:>10.2f}   {sign} {self.bound:<8g}{'kept' if is_kept else 'MISSED'}"


GOALS: Final = (
    Goal("start to first paint / bare QMainWindow", ("start", "first_paint_ratio"), 1.3),
    Goal("start to a composer that takes keys, s", ("start", "composer_takes_keys_s"), 0.5),
    Goal("start to a composer that can send, s", ("start", "composer_can_send_s"), 1.2),
    Goal(
        "decoding: SDK create(stream=True) / ours, event a chunk", ("sse", "event_a_chunk", "sdk_over_reply"), 4, True
    ),
    Goal(
        "decoding: SDK create(stream=True) / ours, 64 KiB chunks", ("sse", "chunks_64_kib", "sdk_over_reply"), 4, True
    ),
    Goal(
        "decoding: SDK create(stream=True) / ours, 37-byte chunks",
        ("sse", "chunks_37_bytes", "sdk_over_reply"),
        4,
        True,
    ),
    Goal("decoding: httpx-sse / ours, event a chunk", ("sse", "event_a_chunk", "httpx_sse_over_decode"), 1, True),
    Goal("decoding: httpx-sse / ours, 64 KiB chunks", ("sse", "chunks_64_kib", "httpx_sse_over_decode"), 1, True),
    Goal("decoding: httpx-sse / ours, 37-byte chunks", ("sse", "chunks_37_bytes", "httpx_sse_over_decode"), 1, True),
    Goal("CPU of five tabs at 100 events a second each, % of a core", ("running", "five_tabs_cpu_percent"), 60),
    Goal("CPU while idle, % of a core", ("running", "idle_cpu_percent"), 0.2),
    Goal("memory after the start, MB", ("running", "rss_after_start_mb"), 150),
    Goal("Stop to closed socket, median ms", ("stop", "stop_to_closed_median_ms"), 100),
    Goal("Stop to closed socket, p99 ms", ("stop", "stop_to_closed_p99_ms"), 100),
)


def main() -> int:
    """Run, print, write; fails only when a benchmark itself does."""
    figures: dict[str, Any] = {}
    with private_screen() as screen:
        for name in NAMES:
            sys.stderr.write(f"measuring: {name}\n")
            figures[name] = _figures_of(name, screen)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(goal.line(figures) for goal in GOALS))
    print(f"\nAll figures: {RESULT}")
    return 0


def _figures_of(name: str, screen: dict[str, str]) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.bench_{name}"],
        env={**os.environ, **screen},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
