"""Cuts the power as often as wanted and prints the figures: `python -m tests.store.power_cut 400`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.store.power_cut.recording import Faults, Step, recorded
from tests.store.power_cut.replaying import Cut, cuts, moments


def recording_of_turns(folder: Path, *, has_faults: bool) -> tuple[Path, tuple[Step, ...]]:
    """Let the store live through some turns; gives the folder that was watched and what was done in it."""
    watched = folder / "watched"
    watched.mkdir()
    command = [sys.executable, "-m", "tests.store.power_cut.turns_child", str(watched)]
    faults = None
    if has_faults:
        faults = folder / "faults"
        Faults(faults)
        command.append(str(faults))
    return watched, recorded(command, watched, folder / "log", faults=faults)


def all_cuts(
    recording: Sequence[Step], watched: Path, count: int, seed: int = 0, syncs_max: int | None = None
) -> list[Cut]:
    """Cut the power around every sync, or around so many of them, and so many times more."""
    # In memory, where there is such a place: thousands of databases are opened, each with syncs of its own.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as workshop:
        found = []
        for cut in cuts(recording, watched, Path(workshop), moments(recording, count, seed, syncs_max), seed):
            found.append(cut)
            shutil.rmtree(Path(workshop) / cut.place)
        return found


def main() -> int:
    """Record twice, on a disk that works and on one that fails now and then, and cut."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.power_cut", description=main.__doc__)
    parser.add_argument("count", type=int, nargs="?", default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    problems: list[Cut] = []
    for has_faults in (False, True):
        with tempfile.TemporaryDirectory(prefix="desktop-chat-power-") as name:
            watched, recording = recording_of_turns(Path(name), has_faults=has_faults)
            found = all_cuts(recording, watched, options.count, options.seed)
        problems += [cut for cut in found if cut.problems]
        figures = {
            "disk": "fails now and then" if has_faults else "works",
            "calls": len(recording),
            "power_cuts": len(found),
            "by_what_was_not_synced": Counter(cut.unsynced.value for cut in found),
            "with_problems": sum(bool(cut.problems) for cut in found),
            "journal_back_s_max": round(max(cut.journal_back_s for cut in found), 3),
        }
        print(json.dumps(figures, indent=2))
    for cut in problems:
        print(cut, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
