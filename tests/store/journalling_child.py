"""A program that journals two replies until it is killed, and tells every batch that is in the journal."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from desktop_chat.core.events import TextArrived
from tests.helpers.samples import reply
from tests.store.files import store_in

REPLY_IDS = ("r1", "r2")


def piece(reply_id: str, number: int) -> str:
    """The text that comes as number so and so of a reply; of different lengths."""
    return f"{reply_id}:{number}." + "x" * (number * 37 % 500)


async def _journal(folder: Path) -> None:
    store = store_in(folder)
    await store.start()
    for reply_id in REPLY_IDS:
        await store.put(reply("c", None, id=reply_id))
    for number in count():
        await store.append_journal([(name, [TextArrived(0, piece(name, number))]) for name in REPLY_IDS])
        print(number, flush=True)


if __name__ == "__main__":
    asyncio.run(_journal(Path(sys.argv[1])))
