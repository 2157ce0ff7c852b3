"""How long the store takes for what happens while somebody waits: `python -m tests.bench.bench_store` prints JSON.

Units:   milliseconds, medians; the database lies in the folder for temporary files.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Message, MessageStatus, new_id
from desktop_chat.paths import Paths
from desktop_chat.store.rows import write_message
from desktop_chat.store.store import Store, open_store
from tests.helpers.samples import question, reply

WRITES = 200
LOADS = 7
STREAMS = 5
LONG_CONVERSATION_MESSAGES = 1_000
CONVERSATIONS = 10_000
PARAGRAPH = "Some words that a reply may hold, in a sentence of usual length. " * 15


async def _ms(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def _store_below(folder: Path) -> Store:
    paths = Paths.below(folder)
    paths.make()
    return open_store(paths.database, paths.backups_dir)


async def _writes(folder: Path) -> dict[str, float]:
    store = _store_below(folder)
    await store.start()
    streams = [reply("c", None) for _ in range(STREAMS)]
    for begun in streams:
        await store.put(begun)
    # 250 ms of five streams at 100 events a second each.
    batch = [(begun.id, [TextArrived(0, "four words or so ")] * 25) for begun in streams]
    put, journal, end = [], [], []
    for _ in range(WRITES):
        asked = question("c", PARAGRAPH)
        put.append(await _ms(partial(store.put, asked)))
        journal.append(await _ms(partial(store.append_journal, batch)))
        ended = replace(
            streams[0], id=new_id(), status=MessageStatus.COMPLETE, content=({"type": "text", "text": PARAGRAPH},)
        )
        end.append(await _ms(partial(store.end_reply, ended)))
    await store.close()
    return {"put_ms": median(put), "append_journal_5_streams_ms": median(journal), "end_reply_ms": median(end)}


async def _load(folder: Path) -> dict[str, float]:
    def messages() -> list[Message]:
        path, parent_id = [], None
        for number in range(LONG_CONVERSATION_MESSAGES):
            make = question if number % 2 == 0 else reply
            message = make("c", text=PARAGRAPH, parent_id=parent_id, status=MessageStatus.COMPLETE)
            path.append(message)
            parent_id = message.id
        return path

    store = _store_below(folder)
    await store.start()
    first, *rest = messages()
    await store.put(first)
    with closing(sqlite3.connect(Paths.below(folder).database)) as connection:
        for message in rest:
            write_message(connection, message)
        connection.commit()
    loads = [await _ms(partial(store.load, "c")) for _ in range(LOADS)]
    await store.close()
    return {"load_1000_messages_ms": median(loads)}


async def _start(folder: Path) -> dict[str, float]:
    store = _store_below(folder)
    await store.start()
    await store.close()
    with closing(sqlite3.connect(Paths.below(folder).database)) as connection:
        for number in range(CONVERSATIONS):
            connection.execute(
                "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)",
                (f"c{number}", f"Conversation number {number}", number, number),
            )
            write_message(connection, question(f"c{number}", PARAGRAPH))
        connection.commit()
    starts = []
    for _ in range(LOADS):
        store = _store_below(folder)
        starts.append(await _ms(store.start))
        await store.close()
    return {"start_10000_conversations_ms": median(starts)}


async def measure() -> dict[str, float]:
    """All figures of the store."""
    figures: dict[str, float] = {}
    for part in (_writes, _load, _start):
        with tempfile.TemporaryDirectory() as folder:
            figures.update(await part(Path(folder)))
    return {name: round(value, 3) for name, value in figures.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure()), indent=2))
