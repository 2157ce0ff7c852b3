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

from desktop_chat.core.messages import MessageStatus
from tests.store.files import started
from tests.store.journalling_child import REPLY_IDS, piece

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")


@pytest.mark.parametrize("seed", range(5))
async def test_what_was_journalled_survives_a_kill(tmp_path: Path, seed: int) -> None:
    acknowledged = await _kill_after(tmp_path, random.Random(seed).randrange(1, 120))

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


async def _kill_after(folder: Path, count: int) -> int:
    """Let a child journal until it has acknowledged so many batches, then kill it; the last number it told."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.journalling_child", str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    told = [await asyncio.wait_for(child.stdout.readline(), 30) for _ in range(count)]
    os.kill(child.pid, signal.SIGKILL)
    # What it told before it died, but nobody had read yet.
    told += (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    return max(int(line) for line in told if line.endswith(b"\n"))
