"""Has the store live through some turns, for the recorder: three streams at a time, a stop, a reply that goes on.

With a second argument, the file of the recorder's faults, the disk fails now and then, and what it refuses is tried
again, as the keeper does it.
"""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import BlockStarted, TextArrived
from desktop_chat.core.messages import Draft, Message, MessageStatus, Seam, new_id, user_message
from desktop_chat.core.outbox import Queued
from desktop_chat.store.store import Store
from tests.helpers.attached_samples import noise
from tests.helpers.samples import question, reply
from tests.store.files import store_in
from tests.store.power_cut.recording import Call, Faults
from tests.store.power_cut.watching import watch

ROUNDS: Final = 2
BATCHES: Final = 8
BATCH_S: Final = 0.05
STREAMS: Final = 3
QUIET_S: Final = 3.0
DRAFT_EVERY: Final = 5
FILE_BYTES: Final = 2_000
LARGE_FILE_BYTES: Final = 300_000


def piece(reply_id: str, number: int) -> str:
    """Text that is told from any other by its place."""
    return f"{reply_id[-4:]}:{number}. " + "wörter 中 " * (number * 37 % 40) + "\n"


async def _done(ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        with suppress(StoreError):
            return await ask()
        await asyncio.sleep(BATCH_S)


def files_of(conversation_id: str, round_number: int) -> tuple[Attachment, ...]:
    """A file of its own, large in one of the conversations, and one that all have."""
    size_bytes = LARGE_FILE_BYTES if conversation_id == "c1" else FILE_BYTES
    return noise(f"{conversation_id}-{round_number}.png", size_bytes), noise("in all.png", FILE_BYTES)


async def _stream(store: Store, begun: Message, index: int, files: tuple[Attachment, ...]) -> str:
    await _done(lambda: store.put(begun))
    await _done(lambda: store.append_journal([(begun.id, [BlockStarted(index, {"type": "text", "text": ""})])]))
    said = []
    for number in range(BATCHES):
        said.append(piece(begun.id, number))
        await _done(partial(store.append_journal, [(begun.id, [TextArrived(index, said[-1])])]))
        if number % DRAFT_EVERY == 0:
            # Somebody types the next question meanwhile.
            await _done(partial(store.put_draft, begun.conversation_id, Draft("typed " * number, number, files)))
        await asyncio.sleep(BATCH_S)
    return "".join(said)


async def _turn(store: Store, conversation_id: str, round_number: int) -> None:
    files = files_of(conversation_id, round_number)
    await _done(lambda: store.put_draft(conversation_id, Draft(f"Question {round_number}, not sent yet", 3, files)))
    asked = user_message(conversation_id, None, f"Question {round_number}? " * 20, files)
    await _done(lambda: store.put(asked, "A title"))
    begun = reply(conversation_id, asked.id)
    first = {"type": "text", "text": await _stream(store, begun, 0, files[:1])}
    cut = replace(begun, content=(first,), status=MessageStatus.STOPPED, ended_at=begun.created_at + 1)
    await _done(lambda: store.end_reply(cut))
    waiting = Queued(new_id(), conversation_id, round_number, f"Waits {round_number}", begun.created_at, files)
    await _done(lambda: store.put_queued(waiting))
    if round_number == 1:
        await _done(lambda: store.take_queued(waiting, waiting.as_draft()))
        going_on = replace(cut, status=MessageStatus.STREAMING, seams=(Seam(1, cut.created_at + 2),))
        second = {"type": "text", "text": await _stream(store, going_on, 1, files)}
        await _done(lambda: store.end_reply(replace(going_on, content=(first, second), status=MessageStatus.COMPLETE)))
    else:
        sent = user_message(conversation_id, begun.id, waiting.text, files)
        await _done(lambda: store.put(sent, keeps_draft=True, queued_id=waiting.id))


async def _break_down(faults: Faults) -> None:
    """Let every kind of call fail for a while, on one file and on the other."""
    while True:
        for calls in (Call.SYNC, Call.WRITE, Call.SYNC | Call.WRITE | Call.TRUNCATE):
            for suffix in ("-wal", ".journal", ".sqlite3"):
                await asyncio.sleep(4 * BATCH_S)
                with faults.failing(calls, errno.EIO, suffix):
                    await asyncio.sleep(2 * BATCH_S)


async def _sync_badly(store: Store, faults: Faults) -> None:
    """Let a sync fail that was to take along what came before it without one."""
    await store.put(question("c0", "synced"))
    await store.put_draft("c0", Draft("not synced yet", 0))
    asked = question("c0", "refused first")
    with faults.failing(Call.SYNC, errno.EIO, "-wal"), suppress(StoreError):
        await store.put(asked)
    await store.put(asked)


async def _live(folder: Path, faults: Faults | None) -> None:
    store = store_in(folder)
    await store.start()
    watch(store, folder)
    # As seldom as it comes otherwise, it would not come at all here.
    await store._database.read(lambda connection: connection.execute("PRAGMA wal_autocheckpoint = 60").fetchall())
    await store.put_tabs([OpenTab(f"c{number}") for number in range(STREAMS)])
    breaking = asyncio.ensure_future(_break_down(faults)) if faults is not None else None
    for round_number in range(ROUNDS):
        await asyncio.gather(*(_turn(store, f"c{number}", round_number) for number in range(STREAMS)))
    if breaking is not None and faults is not None:
        breaking.cancel()
        await _sync_badly(store, faults)
    # One that is cut off: nothing follows that would take it along to the disk.
    await store.put(reply("c0", None, id="cut-off"))
    await store.append_journal([("cut-off", [TextArrived(0, "first, ")])])
    await store.append_journal([("cut-off", [TextArrived(0, "last")])])
    await store.put_draft("c1", Draft("the last draft", 0))
    await asyncio.sleep(QUIET_S)
    await store.close()


if __name__ == "__main__":
    asyncio.run(_live(Path(sys.argv[1]), Faults(Path(sys.argv[2])) if len(sys.argv) > 2 else None))
