"""From Stop to a closed socket, seen by the server.

Units:   milliseconds, from the call that the Stop button makes to the moment the server finds the line closed.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import time

from desktop_chat.api.demo_faults import AT_ONCE, Faults
from desktop_chat.api.demo_server import DemoServer
from tests.end2end.running import Place, Running, until
from tests.loops import QtLoop, application

STOPS = 100
EVENTS_PER_S = 100.0


def measure() -> dict[str, float]:
    """Stop a hundred streams, each in the middle."""
    with tempfile.TemporaryDirectory() as folder, DemoServer(pace=AT_ONCE) as server:
        server.faults = Faults(reply_text="word " * 10_000, events_per_s=EVENTS_PER_S)
        with asyncio.Runner(loop_factory=QtLoop) as runner:
            times_ms = sorted(runner.run(_stops(Place(Path(folder) / "data", server))))
    return {
        "stop_count": len(times_ms),
        "stop_to_closed_median_ms": round(median(times_ms), 2),
        "stop_to_closed_p99_ms": round(times_ms[int(len(times_ms) * 0.99) - 1], 2),
        "stop_to_closed_worst_ms": round(times_ms[-1], 2),
    }


async def _stops(place: Place) -> list[float]:
    times_ms = []
    async with Running(application(), place) as program:
        for _ in range(STOPS):
            program.type_and_send("go on for long")
            await program.writing()
            request = next(seen for seen in reversed(place.server.requests) if seen.path == "/v1/messages")
            stopped_at = time.monotonic()
            program.window.deck.page().stop()
            await until(request.done.is_set)
            assert request.closed_at is not None
            times_ms.append(1000 * (request.closed_at - stopped_at))
            session = program.session
            await until(lambda session=session: not session.is_busy)  # type: ignore[misc]
            program.window.deck.close_current()
    return times_ms


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
