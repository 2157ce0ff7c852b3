"""What a server that never stops costs the program: how it ends, how much memory, and how long until Stop is obeyed.

`python -m tests.end2end.floods` lets each flood loose on the program and prints a line for it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.end2end.flood_server import FLOODS, flood_server
from tests.end2end.processes import Home, Process


@dataclass(frozen=True, slots=True)
class Survived:
    """What a flood has cost the program.

    Units:   `closed_ms` from the click on Stop to the end of the connection, None when the program had ended it
             before; `peak_mb` is the most memory that was resident at once, the window and Qt with it.
    """

    title: str
    """Of the failure the reader sees; empty when the reply simply went on."""
    status: str
    characters: int
    peak_mb: int
    longest_gap_ms: int
    closed_ms: float | None
    sent_mb: float
    tries: int


def flooded(name: str, folder: Path, stop_after_s: float) -> Survived:
    """Let one flood loose on a program of its own, whose reader clicks Stop after so long.

    Raises:  AssertionError when the program did not live through it.
    """
    home = Home(folder / "home")
    with flood_server(name) as server:
        command = [sys.executable, "-m", "tests.end2end.flood_child", str(server.port), str(folder / "data")]
        process = Process([*command, str(stop_after_s)], home.environment(), Path(__file__).parents[2])
        try:
            ended = process.ended(60.0 + stop_after_s)
        finally:
            process.close()
        assert ended.code == 0, ended.err
        assert server.closed.wait(5.0)
        told = json.loads(ended.out)
        return Survived(
            told["title"],
            told["status"],
            told["characters"],
            told["peak_mb"],
            told["longest_gap_ms"],
            round(1000 * (server.closed_at - told["clicked_at"]), 1) if told["clicked_at"] else None,
            round(server.sent_bytes / 1_000_000, 1),
            len(server.asked_at),
        )


def main() -> int:
    """Let all floods loose, or those whose names are given, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.floods", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=float, default=10.0, help="until Stop is clicked")
    options = parser.parse_args()
    rows = ["| flood | ends with | characters kept | peak, MB | longest gap, ms | Stop to closed, ms | sent, MB |"]
    rows.append("|---|---|---|---|---|---|---|")
    for name in options.names or FLOODS:
        with tempfile.TemporaryDirectory() as folder:
            cost = flooded(name, Path(folder), options.seconds)
        end = cost.title or cost.status
        closed = "—" if cost.closed_ms is None else f"{cost.closed_ms:.0f}"
        cells = (name, end, f"{cost.characters:,}", cost.peak_mb, cost.longest_gap_ms, closed, cost.sent_mb)
        rows.append("| " + " | ".join(map(str, cells)) + " |")
        sys.stderr.write(f"{rows[-1]}\n")
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
