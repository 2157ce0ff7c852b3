"""Tries every fault of `fault_rows`: `python -m tests.end2end.fault_table` prints what came of each as markdown."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.end2end.alone import run_alone
from tests.end2end.fault_processes import KILLED, NAMELESS, killed, nameless
from tests.end2end.fault_rows import ROWS, Row
from tests.end2end.fault_trial import Outcome, outcome_of


def markdown_of(results: list[tuple[str, Row, Outcome]]) -> str:
    """The table."""
    lines = [
        "| fault | what is shown | meanwhile | stored | tries | waits, ms | socket | in the end | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row, outcome in results:
        faults = outcome.faults(row)
        gaps = ", ".join(f"{1000 * gap:.0f}" for gap in outcome.gaps_s)
        stored = " · ".join(part for part in (outcome.status, outcome.kind, f"{outcome.text} of the text") if part)
        told = " / ".join(words for words in outcome.told if row.told and row.told in words.lower())[:60]
        end = f"{row.repair}: {'whole' if outcome.is_whole_at_last else '—'}"
        cells = [name, outcome.shown or "no strip", told, stored, str(outcome.tries), gaps]
        line = "kept" if row.is_line_kept else "closed"
        cells += [line if outcome.is_closed else "OPEN", end, "✗ " + "; ".join(faults) if faults else "✓"]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def main() -> int:
    """Try all faults, or those whose names are given, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.fault_table", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    names = parser.parse_args().names
    results: list[tuple[str, Row, Outcome]] = []

    async def try_all(app: QApplication) -> None:
        tries: dict[str, tuple[Row, Callable[[Path], Awaitable[Outcome]]]] = {
            name: (row, partial(outcome_of, row, app)) for name, row in ROWS.items()
        }
        tries["kill -9"] = (KILLED, partial(killed, app))
        for name in names or tries:
            row, attempt = tries[name]
            with tempfile.TemporaryDirectory() as folder:
                results.append((name, row, await attempt(Path(folder))))
            sys.stderr.write(f"{name}: {results[-1][2].took_s:.1f} s\n")

    run_alone(try_all)
    if not names:
        with tempfile.TemporaryDirectory() as folder:
            outcome = nameless(Path(folder))
        if isinstance(outcome, str):
            sys.stderr.write(f"silent name servers: {outcome}\n")
        else:
            results.append(("silent name servers", NAMELESS, outcome))
    sys.stdout.write(markdown_of(results) + "\n")
    return 1 if any(outcome.faults(row) for _, row, outcome in results) else 0


if __name__ == "__main__":
    sys.exit(main())
