"""How long a start takes: to the first paint, against a bare QMainWindow, and to a composer that can send.

Units:   seconds from the start of the process; medians of runs that take turns, started as by a double click.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.programs import home_environment, program, started
from tests.bench.screen import private_screen

RUNS = 9
WARM_RUNS = 2


def measure(runs: int = RUNS) -> dict[str, float]:
    """Start both in turns, the first runs of each thrown away: they fill the disk's cache."""
    floor, painted, typing, usable = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, private_screen() as screen:
        environment = home_environment(Path(folder) / "home") | screen
        for _ in range(runs + WARM_RUNS):
            with started([sys.executable, "-m", "tests.bench.bare_window"], environment) as bare:
                floor.append(bare.milestone_s("first_painted"))
            with started(program(), environment) as ours:
                painted.append(ours.milestone_s("first_painted"))
                typing.append(ours.milestone_s("furnished"))
                usable.append(ours.milestone_s("usable"))
    floor_s, painted_s, typing_s, usable_s = (median(times[WARM_RUNS:]) for times in (floor, painted, typing, usable))
    ratios = [ours / bare for ours, bare in zip(painted[WARM_RUNS:], floor[WARM_RUNS:], strict=True)]
    return {
        "bare_window_first_paint_s": round(floor_s, 4),
        "first_paint_s": round(painted_s, 4),
        "first_paint_ratio": round(median(ratios), 3),
        "composer_takes_keys_s": round(typing_s, 4),
        "composer_can_send_s": round(usable_s, 4),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
