"""What the soak looks at while everything rests, and how that grows."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from desktop_chat.housekeeping import forget_sources, give_back_memory
from tests.helpers.c_memory import given_bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds while everything rests.

    Units:   `rss_mb` resident memory, `given_mb` what of it the C library has given out; all others are counts.
    """

    turns: int
    rss_mb: float
    given_mb: float
    blocks: int
    """What Python has given out of its own memory, 80 bytes each on average."""
    handles: int
    sockets: int
    threads: int
    tasks: int
    timers: int
    objects: int
    """QObjects that Python knows and Qt has not deleted."""
    widgets: int

    @classmethod
    def taken(cls, turns: int) -> Sample:
        """Look now."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        # What the program does after some seconds in which nobody uses it, which do not happen here.
        forget_sources()
        gc.collect()
        give_back_memory()
        known = [each for each in gc.get_objects() if isinstance(each, QObject) and isValid(each)]
        process = psutil.Process()
        return cls(
            turns,
            round(process.memory_info().rss / 1e6, 2),
            round(given_bytes() / 1e6, 3),
            sys.getallocatedblocks(),
            process.num_fds(),
            len(process.net_connections()),
            threading.active_count(),
            len(asyncio.all_tasks()),
            sum(isinstance(each, QTimer) and each.isActive() for each in known),
            len(known),
            len(QApplication.allWidgets()),
        )


OF_SYSTEM: Final = ("handles", "sockets", "threads", "tasks", "timers", "widgets")
"""What must be back at the end of the program. Its own objects live as long as the process, but for tests."""

MEMORY: Final = ("rss_mb", "given_mb", "blocks")
COUNTS: Final = tuple(field.name for field in fields(Sample) if field.name not in ("turns", *MEMORY))


def slope(samples: Sequence[Sample], name: str) -> float:
    """How much a figure grows with a thousand turns, by the straight line nearest to all samples."""
    if len(samples) < 2:
        return 0.0
    turns = [sample.turns for sample in samples]
    values = [float(getattr(sample, name)) for sample in samples]
    mean_x, mean_y = sum(turns) / len(turns), sum(values) / len(values)
    spread = sum((x - mean_x) ** 2 for x in turns)
    return 1000 * sum((x - mean_x) * (y - mean_y) for x, y in zip(turns, values, strict=True)) / spread


def leaks(samples: Sequence[Sample], names: Sequence[str]) -> dict[str, list[int]]:
    """The counts that are higher in every sample of each third than in any of the third before: from first to last.

    Not just higher than at first: a timer that runs once, of a notice say, may be there or not. And not just once: a
    thread that colours code is there from the first long block on, whenever that comes.
    """
    told = {name: [int(getattr(sample, name)) for sample in samples] for name in names}
    first, second = len(samples) // 3, 2 * len(samples) // 3

    def grows(counts: list[int]) -> bool:
        thirds = counts[:first], counts[first:second], counts[second:]
        return all(min(later) > max(earlier) for earlier, later in pairwise(thirds))

    return {name: counts for name, counts in told.items() if first and grows(counts)}
