"""A program that is killed while replies stream in: everything that was journalled is there at the next start."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
from pathlib import Path

import pytest

from desktop_chat.core.messages import MessageStatus, user_message
from tests.store.attaching_child import STEPS, files_of, queued
from tests.store.files import started
from tests.store.journalling_child import REPLY_IDS, piece

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")


@pytest.mark.parametrize("seed", range(5))
async def test_what_was_journalled_survives_a_kill(tmp_path: Path, seed: int) -> None:
    acknowledged = await _kill_after("journalling_child", tmp_path, random.Random(seed).randrange(1, 120))

    store_state = started(tmp_path)
    async with store_state as store:
        stored = await store.load("c")

    assert stored is not None
    assert {message.id for message in stored.messages} == set(REPLY_IDS)
    for message in stored.messages:
        assert message.status is MessageStatus.INTERRUPTED
        numbers = [int(number) for number in re.findall(rf"{message.id}:(\d+)\.", message.text)]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > acknowledged
        assert message.text == "".join(piece(message.id, number) for number in numbers)


@pytest.mark.parametrize("seed", range(4))
async def test_files_survive_a_kill_whatever_becomes_of_them(tmp_path: Path, seed: int) -> None:
    acknowledged = await _kill_after("attaching_child", tmp_path, random.Random(seed).randrange(1, 60))

    async with started(tmp_path) as store:
        stored = await store.load("c")
        files = await store._database.read(lambda c: dict(c.execute("SELECT id, data FROM attachments").fetchall()))

    assert stored is not None
    # What it was about to do next may be done, and nothing else.
    done = len(stored.messages)
    number, step = divmod(acknowledged, len(STEPS))
    assert done in ({number + 1} if STEPS[step] == "sent" else {number, number + 1})
    assert [message.content for message in sorted(stored.messages, key=lambda each: each.id)] == [
        user_message("c", None, f"Question {each}", files_of(each)).content for each in range(done)
    ]
    unsent = [*(each.as_draft() for each in stored.queued), *([] if stored.draft.is_empty else [stored.draft])]
    assert len(unsent) == 1 or STEPS[step] == "sent" or done > number
    assert all(each.attachments == files_of(done) for each in unsent)
    assert files == {each.id: each.file for draft in unsent for each in draft.attachments}
    assert stored.queued in ((), (queued(done),))


async def _kill_after(child_name: str, folder: Path, count: int) -> int:
    """Let a child write until it has acknowledged so many batches, then kill it; the last number it told."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.store.{child_name}", str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    told = [await asyncio.wait_for(child.stdout.readline(), 30) for _ in range(count)]
    os.kill(child.pid, signal.SIGKILL)
    # What it told before it died, but nobody had read yet.
    told += (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    return max(int(line) for line in told if line.endswith(b"\n"))
