"""Asks every kind of thing of a store whose disk fails, under the recorder, and tells as JSON how each ended."""

from __future__ import annotations

import asyncio
import errno
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.outbox import Queued
from desktop_chat.store.store import Store
from tests.helpers.samples import question, reply
from tests.store.files import store_in
from tests.store.power_cut.recording import Call, Faults

Ask: TypeAlias = Callable[[], Awaitable[object]]

FAULTS: Final = {
    "writes fail": (Call.WRITE, errno.EIO),
    "syncs fail": (Call.SYNC, errno.EIO),
    "everything fails": (Call.OPEN | Call.WRITE | Call.SYNC | Call.TRUNCATE, errno.EIO),
    "the disk is full": (Call.WRITE, errno.ENOSPC),
    "the quota is used up": (Call.WRITE, errno.EDQUOT),
    "it is read-only": (Call.WRITE | Call.TRUNCATE, errno.EROFS),
}
STREAMING: Final = reply("c1", None, id="streaming")


def calls(store: Store, name: str) -> Iterator[tuple[str, Ask]]:
    """Everything that writes, with ids of their own for every fault."""
    asked = question(f"c-{name}", f"asked while {name}")
    begun = reply("c1", None, id=f"r-{name}")
    waiting = Queued(f"q-{name}", "c1", 1, "waits", 1.5)
    yield "put", lambda: store.put(asked, "A title")
    yield "put a reply", lambda: store.put(begun)
    yield "put_conversation", lambda: store.put_conversation([question(f"w-{name}")], "Whole", 1.5)
    yield "set_tip", lambda: store.set_tip("c1", STREAMING.id)
    yield "append_journal", lambda: store.append_journal([(STREAMING.id, [TextArrived(0, f"{name}. ")])])
    yield "end_reply", lambda: store.end_reply(replace(begun, status=MessageStatus.COMPLETE))
    yield "put_draft", lambda: store.put_draft("c2", Draft(f"typed while {name}", 0))
    yield "put_queued", lambda: store.put_queued(waiting)
    yield "take_queued", lambda: store.take_queued(waiting)
    yield "put_tabs", lambda: store.put_tabs([OpenTab(f"c-{name}", is_current=True)])
    yield "rename", lambda: store.rename("c1", f"Renamed while {name}")
    yield "set_pinned", lambda: store.set_pinned(asked.conversation_id, True)
    yield "delete", lambda: store.delete("c2")
    yield "restore", lambda: store.restore("c2")


async def _ended(ask: Ask) -> str:
    """How a call ended: empty when all went well, else the kind of the failure and its words."""
    try:
        await ask()
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    return ""


async def _live(folder: Path, faults: Faults) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    store = store_in(folder)
    await store.start()
    await store.put(question("c2"))
    await store.put(STREAMING)
    for name, (failing, error) in FAULTS.items():
        told[name] = {}
        for call, ask in calls(store, name):
            with faults.failing(failing, error):
                told[name][call] = await _ended(ask)
                # What is there can be read all the while.
                assert await store.load("c1") is not None
            # What was refused is asked again, by the keeper or by the reader.
            assert not told[name][call] or await _ended(ask) == "", (name, call)
    await store.close()
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_live(Path(sys.argv[1]), Faults(Path(sys.argv[2]))))))
