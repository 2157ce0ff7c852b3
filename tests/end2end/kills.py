"""Kills the program again and again while replies stream in, one to five at once, and counts what is missing then.

Run alone for many: `python -m tests.end2end.kills 200` prints a JSON summary.
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
from typing import Any, Final

from tests.end2end.disk import conversations_in, text_of
from tests.end2end.processes import KEY, START_S_MAX, Home, run, started
from tests.helpers.paced_server import Sent, paced_server

SAFE_AFTER_S: Final = 0.3
"""What was sent longer ago than this must survive."""
STREAM_S_MAX: Final = 1.6
STREAMS_MAX: Final = 5
HISTORY_KILLS: Final = 20
"""How many kills one data directory sees, before there are more tabs in it than anybody has."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one kill cost one of the replies that streamed.

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


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill cost."""

    losses: tuple[Loss, ...]
    rows_lost_count: int
    """Messages that had been there at the start before, and are gone or others now."""

    @property
    def is_harmless(self) -> bool:
        """Whether nothing is missing that should be there."""
        return self.rows_lost_count == 0 and all(loss.is_harmless for loss in self.losses)


def kills(folder: Path, count: int, seed: int = 0, safe_after_s: float = SAFE_AFTER_S) -> Iterator[Kill]:
    """Kill so many times; every start is also the check of what the kill before it left.

    A machine with other things to do, as one that runs tests, needs a greater `safe_after_s`.

    Raises:  TimeoutError when a start does not come up with what the one before has left.
    """
    for first in range(0, count, HISTORY_KILLS):
        place = folder / str(first)
        place.mkdir()
        yield from _kills_of_one_history(place, min(HISTORY_KILLS, count - first), seed + first, safe_after_s)


def _kills_of_one_history(folder: Path, count: int, seed: int, safe_after_s: float) -> Iterator[Kill]:
    data_dir = folder / "data"
    home = Home(folder, {"ANTHROPIC_API_KEY": KEY})
    generator = random.Random(seed)
    known: dict[str, Any] = {}
    with paced_server(seed) as server:
        options = ("--data-dir", data_dir, "--base-url", server.url, "--debug")
        killed_at, sent = 0.0, dict[str, tuple[Sent, ...]]()
        for number in range(count + 1):
            server.forget()
            questions = [f"question {number}.{each}" for each in range(generator.randint(1, STREAMS_MAX))]
            with started(home, *options, "--ask", questions[0]) as program:
                program.wait_until_usable()
                if number > 0:
                    kill, known = _look(data_dir, killed_at - safe_after_s, killed_at, sent, known)
                    yield kill
                for question in questions[1:]:
                    # A second start hands its question to the running program, which opens a tab for it.
                    assert run(home, *options, "--ask", question).code == 0
                server.wait_for_replies(questions, START_S_MAX)
                time.sleep(generator.uniform(0.0, STREAM_S_MAX))
                killed_at = time.monotonic()
                program.kill()
                sent = {question: server.sent_for(question) for question in questions}


def _look(
    data_dir: Path, safe_at: float, killed_at: float, sent: dict[str, tuple[Sent, ...]], known: dict[str, Any]
) -> tuple[Kill, dict[str, Any]]:
    """Compare what is on disk with what the server had sent, and with what was there at the start before."""
    conversations = {each["title"]: each for each in conversations_in(data_dir)}
    losses = tuple(_loss(conversations[asked], asked, safe_at, killed_at, pieces) for asked, pieces in sent.items())
    found = {
        message["id"]: message
        for each in conversations.values()
        for message in each["messages"]
        # That of the question which this very start has asked has not come to its end.
        if message["status"] != "streaming"
    }
    return Kill(losses, sum(found.get(key) != message for key, message in known.items())), found


def _loss(conversation: dict[str, Any], asked: str, safe_at: float, killed_at: float, sent: tuple[Sent, ...]) -> Loss:
    question, reply = conversation["messages"]
    assert text_of(question) == asked
    kept = text_of(reply)
    due_count, end = 0, 0
    oldest_lost_ms = 0.0
    for piece in sent:
        end += len(piece.text)
        if piece.at < safe_at:
            due_count = end
        if end > len(kept):
            oldest_lost_ms = max(oldest_lost_ms, (killed_at - piece.at) * 1000)
    is_beginning = "".join(piece.text for piece in sent).startswith(kept)
    missing_count = max(0, due_count - len(kept))
    return Loss(end, len(kept), missing_count, round(oldest_lost_ms, 1), reply["status"], is_beginning)


def summary_of(results: Sequence[Kill]) -> dict[str, object]:
    """The figures of many kills."""
    losses = [loss for kill in results for loss in kill.losses]
    return {
        "kills": len(results),
        "complete": sum(kill.is_harmless for kill in results),
        "streams": len(losses),
        "kills_by_streams": {
            str(count): sum(len(kill.losses) == count for kill in results) for count in range(1, STREAMS_MAX + 1)
        },
        "rows_lost": sum(kill.rows_lost_count for kill in results),
        "missing_characters_max": max(loss.missing_count for loss in losses),
        "oldest_lost_ms": max(loss.oldest_lost_ms for loss in losses),
        "characters_sent": sum(loss.sent_count for loss in losses),
        "characters_kept": sum(loss.kept_count for loss in losses),
        "not_harmless": [asdict(kill) for kill in results if not kill.is_harmless],
    }


def main() -> int:
    """Kill as often as the command line says and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.kills", description=main.__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
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
