"""A short soak: what the program holds while it rests, and after its end, does not grow.

`python -m tests.end2end.soak` does the same for ten minutes, and looks at the memory, too.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from tests.end2end.running import Place
from tests.end2end.soak import Soak, demo_process
from tests.end2end.soak_samples import COUNTS, OF_SYSTEM, leaks
from tests.end2end.squeezed import squeezed

SAMPLES_COUNT = 6


async def test_use_leaves_nothing_behind(qapp: QApplication, tmp_path: Path) -> None:
    with squeezed(), demo_process() as url:
        place = Place(tmp_path / "data", DemoServer(port=int(url.rpartition(":")[2])))
        long_run = Soak(qapp, place, turns_per_round=4)
        await long_run.use(lambda: len(long_run.at_rest) > SAMPLES_COUNT)
        short_runs = Soak(qapp, place, turns_per_round=2, rounds_per_run=1)
        await short_runs.use(lambda: len(short_runs.ended) > SAMPLES_COUNT)
    # The first of each has loaded what is loaded but once.
    assert leaks(long_run.at_rest[1:], COUNTS) == {}
    assert leaks(short_runs.ended[1:], OF_SYSTEM) == {}
