"""Writes the database file of the schema of today, to be kept for the tests of all later ones.

To be run once for every released schema, before the next migration is added:
`python -m tests.store.old_databases` writes `tests/data/databases/v<version>.sqlite3` and the journal beside it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.conversation import OpenTab, ReadingPlace
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Draft, Message
from desktop_chat.paths import Paths
from desktop_chat.store.migrations import MIGRATIONS
from desktop_chat.store.store import Store
from tests.helpers.samples import full_reply, question, reply
from tests.store.files import journal_in, store_in

DATABASES = Path(__file__).parents[1] / "data" / "databases"

QUESTION = question("c1", "Wie geht's? 世界", id="q1", created_at=1_790_000_000.5, ended_at=1_790_000_000.5)
ANSWER = replace(full_reply("c1", "q1"), id="r1")
CUT_OFF = reply("c1", "q1", id="r2")
DRAFT = Draft("Not sent yet", 3, (Attachment.of("seeds.txt", b"Rye, wheat\n"),))
PLACE = ReadingPlace("r1", 2, 0.25)


def messages() -> tuple[Message, ...]:
    """What the file holds, apart from the reply that was cut off."""
    return (QUESTION, ANSWER)


async def fill(store: Store) -> None:
    """Put something of everything into a store."""
    await store.put(QUESTION, "An old conversation")
    await store.put(ANSWER)
    await store.put(CUT_OFF)
    await store.append_journal([("r2", [TextArrived(0, "Once upon ")]), ("r2", [TextArrived(0, "a time")])])
    await store.put_draft("c2", DRAFT)
    await store.put_tabs([OpenTab("c1", place=PLACE), OpenTab("c2", is_current=True)])


async def _write(target: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = store_in(folder)
        await store.start()
        await fill(store)
        await store.close()
        shutil.copy(Paths.below(folder).database, target)
        shutil.copy(journal_in(folder), target.with_suffix(".journal"))


if __name__ == "__main__":
    asyncio.run(_write(DATABASES / f"v{len(MIGRATIONS)}.sqlite3"))
