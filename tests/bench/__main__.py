"""Runs all benchmarks, each in a process of its own, one after the other: `make bench`.

Prints a table with the goals and writes every figure to `build/bench.json`. Machines are noisy: look at ratios and
medians, and run it while nothing else does. `python -m tests.bench streaming reading` runs these two alone, and leaves
the other figures in the file as they were.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.screen import private_screen

RESULT: Final = Path("build/bench.json")
FRAME_MS: Final = 16.7
NAMES: Final = ("start", "running", "stop", "sse", "store", "journal", "streaming", "reading")


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
        return f"{self.label:<64}{value:>10.2f}   {sign} {self.bound:<8g}{'kept' if is_kept else 'MISSED'}"


def _streaming() -> Iterator[Goal]:
    """What a reader waits for or feels while a reply is written."""
    yield Goal("streaming 100 KB: cost of a frame, median ms", ("streaming", "100_kb", "median_ms"), 2)
    yield Goal("streaming 100 KB: cost of a frame, p99 ms", ("streaming", "100_kb", "p99_ms"), 8)
    yield Goal("streaming 100 KB: cost of a frame, longest ms", ("streaming", "100_kb", "longest_ms"), FRAME_MS)
    yield Goal(
        "streaming 100 KB: times painted to the screen a second", ("streaming", "100_kb", "painted_per_s"), 55, True
    )
    yield Goal("streaming 100 KB: last twentieth / first twentieth", ("streaming", "100_kb_ends", "growth"), 1.2)
    yield Goal("streaming 1 MB: last twentieth / first twentieth", ("streaming", "1_mb_ends", "growth"), 1.2)
    yield Goal("setMarkdown(all) on 20 KB / a frame of ours on 100 KB", ("streaming", "peer_over_ours"), 10, True)
    yield Goal("burst of 1 MB: until its end is shown, ms", ("streaming", "burst_1_mb", "shown_ms"), 400)
    yield Goal("burst of 1 MB: longest frame, ms", ("streaming", "burst_1_mb", "longest_ms"), 16)
    yield Goal(
        "five tabs at 200 chunks/s, one visible: longest frame, ms", ("streaming", "five_tabs", "longest_ms"), FRAME_MS
    )
    for name in ("fence_5000_lines", "table_500_rows", "paragraph_300_kb", "paragraph_300_kb_one_word"):
        words = name.replace("_", " ")
        yield Goal(f"streaming one {words}: median ms", ("streaming", name, "median_ms"), 8)
        yield Goal(f"streaming one {words}: p99 ms", ("streaming", name, "p99_ms"), FRAME_MS)
    one_tab = ("running", "one_tab_past_95_kb_cpu_percent")
    yield Goal("CPU of one tab at 200 chunks/s past 95 KB, % of a core", one_tab, 23)
    yield Goal("CPU of five tabs at 200 chunks/s each, % of a core", ("running", "five_tabs_cpu_percent"), 60)


def _reading() -> Iterator[Goal]:
    """What a reader of a long conversation waits for."""
    for count, bound_ms in (("1000", 40), ("10000", 60), ("100000", 120)):
        yield Goal(f"{count} messages: show_path to paint, ms", ("reading", "shown_ms", count), bound_ms)
        yield Goal(
            f"{count} messages: click to paint, from the database, ms", ("reading", "opened_ms", count), bound_ms
        )
    for step, bound_ms in (("wheel", 8), ("jump", 30), ("resize", 16)):
        yield Goal(f"10000 messages: a {step}, p99 ms", ("reading", "steps", f"{step}_p99_ms"), bound_ms)
    yield Goal("10000 messages: memory after scrolling end to end, MB", ("reading", "memory", "scrolled_mb"), 60)
    yield Goal("10000 messages: find, first hit, ms", ("reading", "find", "first_hit_ms"), 50)
    yield Goal("10000 messages: find, all counted, ms", ("reading", "find", "all_counted_ms"), 300)


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
    Goal("CPU while idle, % of a core", ("running", "idle_cpu_percent"), 0.2),
    Goal("memory after the start, MB", ("running", "rss_after_start_mb"), 150),
    Goal("Stop to closed socket, median ms", ("stop", "stop_to_closed_median_ms"), 100),
    Goal("Stop to closed socket, p99 ms", ("stop", "stop_to_closed_p99_ms"), 100),
    Goal("journal of five streams at 200 events/s: CPU, % of a core", ("journal", "cpu_percent"), 2),
    Goal("journal: bytes written to disk for each byte of text", ("journal", "written_per_byte"), 4),
    *_streaming(),
    *_reading(),
)


def main(names: Sequence[str]) -> int:
    """Run, print, write; fails only when a benchmark itself does."""
    if unknown := [name for name in names if name not in NAMES]:
        sys.stderr.write(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    figures: dict[str, Any] = {}
    if names and RESULT.exists():
        figures = json.loads(RESULT.read_text(encoding="utf-8"))
    with private_screen() as screen:
        for name in names or NAMES:
            began_s = time.monotonic()
            figures[name] = _figures_of(name, screen)
            sys.stderr.write(f"measured {name} in {time.monotonic() - began_s:.0f} s\n")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(goal.line(figures) for goal in GOALS if goal.path[0] in (names or NAMES)))
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
    sys.exit(main(sys.argv[1:]))
