"""Damages a history at random pages and measures how much of the rest is saved.

`python -m tests.store.damage [--seed N] [--seeds COUNT] [--messages COUNT] [--share SHARE]` prints JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Draft, Message, MessageStatus, user_message
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.core.usage import Usage
from desktop_chat.paths import Paths
from desktop_chat.store.salvage import salvage
from desktop_chat.store.salvage_pages import Pages
from tests.helpers.attached_samples import noise
from tests.helpers.samples import reply
from tests.store.files import started

PAGE_BYTES = 4096
_FILE_EVERY = 61
"""A question whose number is a multiple of this has a file."""
_FILE_BYTES = 40_000
_WORDS = 'Der Regen fällt auf 世界, and nobody minds: rain is "only" water.\n'.split(" ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one damaged file gave back.

    Shape:   counts of messages; `undamaged` are those that stand on no page that was overwritten.
    """

    seed: int
    pages_count: int
    damaged_pages_count: int
    messages_count: int
    undamaged_count: int
    saved_undamaged_count: int
    saved_count: int
    cut_count: int
    told_lost_count: int
    seconds: float

    @property
    def share(self) -> float:
        """The share of undamaged messages that came out exactly as they were."""
        return self.saved_undamaged_count / self.undamaged_count


def conversations(messages_count: int, seed: int = 0) -> Iterator[tuple[Message, ...]]:
    """Conversations of all lengths with so many messages together; long replies take pages of their own."""
    chance = random.Random(seed)
    left = messages_count
    number = 0
    while left > 0:
        count = min(left, chance.choice((2, 4, 10, 40, 200)))
        made: list[Message] = []
        for place in range(count):
            parent_id = made[-1].id if made else None
            key = f"{1_790_000_000_000 + number:012x}{chance.randbytes(10).hex()}"
            number += 1
            if place % 2 == 0:
                text = _text(chance, chance.randrange(3, 60))
                files = [noise(key, _FILE_BYTES)] if number % _FILE_EVERY == 0 else []
                asked = user_message(f"{number - place:032x}", parent_id, text, files)
                made.append(replace(asked, id=key))
            else:
                text = _text(chance, int(chance.lognormvariate(4.5, 1.2)))
                ended = {"status": MessageStatus.COMPLETE, "ended_at": 1_790_000_100.0, "usage": Usage(7, 9)}
                made.append(reply(made[0].conversation_id, parent_id, text, id=key, cost_usd=0.01, **ended))
        left -= count
        yield tuple(made)


def _text(chance: random.Random, words_count: int) -> str:
    return " ".join(chance.choices(_WORDS, k=max(1, words_count)))


async def make(folder: Path, messages_count: int) -> Path:
    """Fill a history, with drafts and a reply that streams, too; gives its path."""
    async with started(folder) as store:
        for messages in conversations(messages_count):
            await store.put_conversation(messages, messages[0].text[:40] or "Title", 1_790_000_000.0)
        await store.put_draft("a draft", Draft("Not sent yet", 3, (noise("a file", _FILE_BYTES),)))
        begun = reply("streaming", None)
        await store.put(begun, "Cut off")
        await store.append_journal([(begun.id, [TextArrived(0, "Once upon a time")])])
    return Paths.below(folder).database


def rows_of(path: Path) -> dict[str, tuple[Any, ...]]:
    """All messages of a sound file, by id."""
    with closing(sqlite3.connect(path)) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(messages)") if row[1] != "number"]
        rows = database.execute(f"SELECT {', '.join(names)} FROM messages")
        return {row[0]: row for row in rows}


def places_of(path: Path) -> Mapping[str, frozenset[int]]:
    """The numbers of the pages each message of a sound file stands on."""
    places: dict[str, frozenset[int]] = {}
    pages = WatchedPages(path)
    with closing(pages):
        for number in range(1, pages.count + 1):
            page = pages.page(number)
            assert page is not None
            pages.asked.clear()
            for record in pages.table_rows(number, page):
                if len(record.kinds) >= 18:
                    places[str(record.values[1])] = frozenset({number, *pages.asked})
                pages.asked.clear()
    return places


class WatchedPages(Pages):
    """Takes down which pages are asked for."""

    def __init__(self, path: Path) -> None:
        self.asked: list[int] = []
        super().__init__(path)

    def page(self, number: int) -> bytes | None:
        self.asked.append(number)
        return super().page(number)


def overwrite(path: Path, numbers: Iterable[int], chance: random.Random) -> None:
    """Put random bytes in the place of whole pages."""
    with path.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE_BYTES)
            file.write(chance.randbytes(PAGE_BYTES))


def repaired(damaged: Path) -> tuple[Path, SalvageReport]:
    """The repaired copy of a file, beside it, and what is told of it."""
    target = damaged.with_name("repaired.sqlite3")
    return target, salvage(damaged, target, lambda _share: None)


def table(path: Path, name: str) -> list[tuple[Any, ...]]:
    """All rows of a table."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT * FROM {name}").fetchall()


def measure(sound: Path, seed: int, share: float, folder: Path) -> Outcome:
    """Damage a copy of a sound file at random pages, repair it, and compare."""
    chance = random.Random(seed)
    damaged, target = folder / "damaged.sqlite3", folder / "repaired.sqlite3"
    damaged.write_bytes(sound.read_bytes())
    pages_count = damaged.stat().st_size // PAGE_BYTES
    hit = set(chance.sample(range(1, pages_count + 1), max(1, round(pages_count * share))))
    overwrite(damaged, hit, chance)
    began_s = time.perf_counter()
    report = salvage(damaged, target, lambda _share: None)
    seconds = time.perf_counter() - began_s
    before, after = rows_of(sound), rows_of(target)
    undamaged = {key for key, places in places_of(sound).items() if not places & hit}
    # Behind a gap a message gets another parent: everything else is as it was.
    same = {key for key in undamaged if key in after and _without_parent(after[key]) == _without_parent(before[key])}
    return Outcome(
        seed=seed,
        pages_count=pages_count,
        damaged_pages_count=len(hit),
        messages_count=len(before),
        undamaged_count=len(undamaged),
        saved_undamaged_count=len(same),
        saved_count=len(after),
        cut_count=report.cut_count,
        told_lost_count=report.lost_count,
        seconds=round(seconds, 2),
    )


def _without_parent(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:2], *row[3:])


def main() -> None:
    """Measure as the command line asks."""
    parser = argparse.ArgumentParser(description="How much of a damaged history is saved.")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.01, help="of the pages that are overwritten")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desktop-chat-damage-") as name:
        folder = Path(name)
        sound = asyncio.run(make(folder / "data", wishes.messages))
        outcomes = [
            measure(sound, seed, wishes.share, folder) for seed in range(wishes.seed, wishes.seed + wishes.seeds)
        ]
        told = {
            "file_bytes": sound.stat().st_size,
            "least_share": min(outcome.share for outcome in outcomes),
            "runs": [{name: getattr(outcome, name) for name in (*outcome.__slots__, "share")} for outcome in outcomes],
        }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
