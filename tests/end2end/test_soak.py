"""A short soak: what the program holds while it rests, and after its end, does not grow.

`python -m tests.end2end.soak` does the same for ten minutes, and looks at the memory, too.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.leaving_threads import LeavingThreads
from tests.end2end.fault_table import squeezed
from tests.end2end.running import Place
from tests.end2end.soak import COUNTS, OF_SYSTEM, Soak, demo_process, leaks

SOAK_S = 20.0


async def test_use_leaves_nothing_behind(qapp: QApplication, tmp_path: Path) -> None:
    # Threads that stay for the next piece of work, as the loop's own do, would count as left behind.
    asyncio.get_running_loop().set_default_executor(LeavingThreads())
    with squeezed(), demo_process() as url:
        place = Place(tmp_path / "data", DemoServer(port=int(url.rpartition(":")[2])))
        long_run = Soak(qapp, place, turns_per_round=8)
        await long_run.use_until(time.monotonic() + SOAK_S / 2)
        short_runs = Soak(qapp, place, turns_per_round=4, rounds_per_run=1)
        await short_runs.use_until(time.monotonic() + SOAK_S / 2)
    # The first of each has loaded what is loaded but once.
    assert leaks(long_run.at_rest[1:], COUNTS) == {}
    assert leaks(short_runs.ended[1:], OF_SYSTEM) == {}
    assert len(long_run.at_rest) > 3
    assert len(short_runs.ended) > 3
