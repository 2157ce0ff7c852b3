"""A program that types, queues and sends questions with files until it is killed, and tells every step that is done."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path
from typing import Final

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.messages import Draft, user_message
from desktop_chat.core.outbox import Queued
from desktop_chat.store.store import Store
from tests.helpers.attached_samples import noise
from tests.store.files import store_in

STEPS: Final = ("typed", "typed on", "queued", "sent")


def files_of(number: int) -> tuple[Attachment, ...]:
    """What goes out with the question of this number: one of its own, and one that all have."""
    return noise(f"{number}.png", 100_000 + number * 7919 % 200_000), noise("in all.png")


def queued(number: int) -> Queued:
    """The question of this number while it waits."""
    return Queued(f"q{number}", "c", number, f"Question {number}", 1.5, files_of(number))


async def _write(store: Store, number: int, step: str) -> None:
    files = files_of(number)
    match step:
        case "typed":
            await store.put_draft("c", Draft("Ques", 4, files))
        case "typed on":
            await store.put_draft("c", Draft(f"Question {number}", 3, files))
        case "queued":
            await store.put_queued(queued(number))
        case _:
            asked = user_message("c", None, f"Question {number}", files)
            await store.put(asked, keeps_draft=True, queued_id=f"q{number}")


async def _live(folder: Path) -> None:
    store = store_in(folder)
    await store.start()
    await store.put_tabs([OpenTab("c", is_current=True)])
    for number in count():
        for step in STEPS:
            await _write(store, number, step)
            print(number * len(STEPS) + STEPS.index(step), flush=True)


if __name__ == "__main__":
    asyncio.run(_live(Path(sys.argv[1])))
