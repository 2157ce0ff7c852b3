"""What the journal costs at five streams of 200 events a second: `python -m tests.bench.bench_journal` prints JSON.

Shape:   the real keeper and store in a loop of the program's kind, with the pieces of the corpus, each an own event;
         the same loop without a keeper is taken off the GUI thread's share.
Units:   percent of a core; bytes written to disk (`write_bytes` of /proc/self/io, whole pages as the system counts
         them) for each byte of text, while it streams, and with the ends of all turns and the closing of the file.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from statistics import mean

from PySide6.QtCore import QCoreApplication

from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.event_loop import QtEventLoop
from desktop_chat.paths import Paths
from desktop_chat.store.store import Store, open_store
from tests.bench.corpus import chunks, reply_text
from tests.helpers.samples import reply

STREAMS = 5
EVENTS_PER_S = 200
TICK_S = 0.01
DURATION_S = 30.0
SETTLE_S = 2.0

Take = Callable[[str, TextArrived], None]


async def _stream(take: Take, replies: list[Message], pieces: dict[str, list[str]]) -> float:
    """Let events arrive at the pace of five streams; gives the CPU seconds of this thread."""
    # Each stream somewhere else in the corpus.
    sources = [cycle(islice(cycle(_PIECES), number * 7919, number * 7919 + len(_PIECES))) for number in range(STREAMS)]
    began_s, cpu_s, count = time.monotonic(), time.thread_time(), 0
    while (now_s := time.monotonic() - began_s) < DURATION_S:
        due = int(now_s * EVENTS_PER_S)
        for message, source in zip(replies, sources, strict=True):
            for text in islice(source, due - count):
                pieces[message.id].append(text)
                take(message.id, TextArrived(0, text))
        count = due
        await asyncio.sleep(TICK_S)
    return time.thread_time() - cpu_s


async def _thread_cpu_s(store: Store) -> float:
    """What the threads of the store have used so far."""
    writer = store._database._journal_writer
    journal_s = [await worker.run(time.thread_time) for worker in (writer._writing, writer._syncing)]
    return sum(journal_s) + await store._database.read(lambda _: time.thread_time())


def _written() -> dict[str, int]:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


async def _measure(folder: Path) -> dict[str, float]:
    paths = Paths.below(folder)
    paths.make()
    store, tasks = open_store(paths.database, paths.backups_dir), Tasks(lambda error: sys.exit(repr(error)))
    await store.start()
    keeper = ReplyKeeper(store, tasks)
    replies = [reply(f"c{number}", None) for number in range(STREAMS)]
    bare_s = await _stream(lambda _id, _event: None, replies, {message.id: [] for message in replies})
    for message in replies:
        await keeper.start(message)
    await asyncio.sleep(SETTLE_S)
    pieces: dict[str, list[str]] = {message.id: [] for message in replies}
    thread_s, before = await _thread_cpu_s(store), _written()
    main_s = await _stream(keeper.add, replies, pieces) - bare_s
    thread_s = await _thread_cpu_s(store) - thread_s
    streamed = _written()
    for message in replies:
        content = ({"type": "text", "text": "".join(pieces[message.id])},)
        await keeper.end(
            reply(message.conversation_id, None, id=message.id, content=content, status=MessageStatus.COMPLETE)
        )
    await keeper.close()
    await tasks.close()
    await store.close()
    closed = _written()
    text_bytes = sum(len("".join(texts).encode()) for texts in pieces.values())
    return {
        "event_bytes_mean": mean(len(text.encode()) for texts in pieces.values() for text in texts),
        "keeper_cpu_percent": 100 * main_s / DURATION_S,
        "thread_cpu_percent": 100 * thread_s / DURATION_S,
        "cpu_percent": 100 * (main_s + thread_s) / DURATION_S,
        "written_per_byte": (streamed["write_bytes"] - before["write_bytes"]) / text_bytes,
        "written_per_byte_with_the_end": (closed["write_bytes"] - before["write_bytes"]) / text_bytes,
        "handed_over_per_byte": (streamed["wchar"] - before["wchar"]) / text_bytes,
    }


_PIECES = list(chunks(reply_text(400_000)))


def measure() -> dict[str, float]:
    """All figures; the folder must be on a disk, for what is in memory counts as never written."""
    app = QCoreApplication([])
    # Often /tmp is in memory; this one outlives a restart.
    place = Path("/var/tmp")
    with (
        tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder,
        asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner,
    ):
        figures = runner.run(_measure(Path(folder)))
    return {name: round(value, 3) for name, value in figures.items()}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
