"""Kills the program again and again while a reply streams in, and counts what is missing at the next start.

Run alone for many: `python -m tests.end2end.kills 50` prints a JSON summary.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.end2end.disk import conversations_in, text_of
from tests.end2end.processes import KEY, START_S_MAX, Home, started
from tests.helpers.paced_server import Sent, paced_server

SAFE_AFTER_S: Final = 0.3
"""What was sent longer ago than this must survive."""
STREAM_S_MAX: Final = 1.6


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill cost.

    Units:   `missing_count` in characters that were due; `oldest_lost_ms` is the age, at the kill, of the oldest
             piece that is not there.
    """

    sent_count: int
    kept_count: int
    missing_count: int
    oldest_lost_ms: float
    status: str
    is_beginning: bool
    """Whether what was kept is exactly the beginning of what was sent."""

    @property
    def is_harmless(self) -> bool:
        """Whether everything that was due is there, and marked as what it is."""
        return self.missing_count == 0 and self.is_beginning and self.status == "interrupted"


def kills(folder: Path, count: int, seed: int = 0) -> Iterator[Kill]:
    """Kill so many times on one data directory; every start is also the check of what the kill before it left.

    Raises:  TimeoutError when a start does not come up with what the one before has left.
    """
    data_dir = folder / "data"
    home = Home(folder, {"ANTHROPIC_API_KEY": KEY})
    generator = random.Random(seed)
    with paced_server(seed) as server:
        options = ("--data-dir", data_dir, "--base-url", server.url, "--debug")
        killed_at, sent = 0.0, server.sent
        for number in range(count + 1):
            server.forget()
            with started(home, *options, "--ask", f"question {number}") as program:
                program.wait_until_usable()
                if number > 0:
                    yield _look(data_dir, number - 1, killed_at, sent)
                server.wait_for_pieces(1, START_S_MAX)
                time.sleep(generator.uniform(0.0, STREAM_S_MAX))
                killed_at = time.monotonic()
                program.kill()
                sent = server.sent


def _look(data_dir: Path, number: int, killed_at: float, sent: tuple[Sent, ...]) -> Kill:
    """Compare what is on disk with what the server had sent."""
    asked = f"question {number}"
    conversation = next(each for each in conversations_in(data_dir) if each["title"] == asked)
    question, reply = conversation["messages"]
    assert text_of(question) == asked
    kept = text_of(reply)
    due_count, end = 0, 0
    oldest_lost_ms = 0.0
    for piece in sent:
        end += len(piece.text)
        age_s = killed_at - piece.at
        if age_s > SAFE_AFTER_S:
            due_count = end
        if end > len(kept):
            oldest_lost_ms = max(oldest_lost_ms, age_s * 1000)
    is_beginning = "".join(piece.text for piece in sent).startswith(kept)
    missing_count = max(0, due_count - len(kept))
    return Kill(end, len(kept), missing_count, round(oldest_lost_ms, 1), reply["status"], is_beginning)


def summary_of(results: Sequence[Kill]) -> dict[str, object]:
    """The figures of many kills."""
    return {
        "kills": len(results),
        "complete": sum(kill.is_harmless for kill in results),
        "missing_characters_max": max(kill.missing_count for kill in results),
        "oldest_lost_ms": max(kill.oldest_lost_ms for kill in results),
        "characters_sent": sum(kill.sent_count for kill in results),
        "characters_kept": sum(kill.kept_count for kill in results),
        "not_harmless": [asdict(kill) for kill in results if not kill.is_harmless],
    }


def main() -> int:
    """Kill as often as the command line says and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.kills", description=main.__doc__)
    parser.add_argument("count", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desktop-chat-kills-") as folder:
        results = []
        for kill in kills(Path(folder), options.count, options.seed):
            results.append(kill)
            print(f"{len(results)}/{options.count} {kill}", file=sys.stderr, flush=True)
    print(json.dumps(summary_of(results), indent=2))
    return 0 if all(kill.is_harmless for kill in results) else 1


if __name__ == "__main__":
    sys.exit(main())
