"""A program that asks a server which never stops, and stops it with a click; says in JSON what that cost."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.send_button import SendButton
from tests.end2end.alone import run_alone
from tests.end2end.running import Place, Running, until

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


async def flooded(app: QApplication, port: int, data_dir: Path, stop_after_s: float) -> dict[str, Any]:
    """Ask; wait for an end, or click Stop after so long."""
    async with Running(app, Place(data_dir, DemoServer(port=port))) as program:
        program.let_cut_replies_be()
        session = program.session
        gaps = _Gaps()
        program.window.ask("go on")
        clicked_at = 0.0
        try:
            await until(lambda: not session.is_busy and len(session.path()) == 2, stop_after_s)
        except TimeoutError:
            button = program.window.deck.page().findChild(SendButton)
            assert isinstance(button, SendButton)
            clicked_at = time.monotonic()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: not session.is_busy and len(session.path()) == 2, 20.0)
        gaps.stop()
        reply = session.path()[-1]
        assert reply.status is not MessageStatus.STREAMING
        return {
            "clicked_at": clicked_at,
            "status": reply.status,
            "title": reply.failure.title if reply.failure else "",
            "characters": len(reply.text),
            "longest_gap_ms": gaps.longest_ms,
            "peak_mb": peak_mb(),
        }


def peak_mb() -> int:
    """The most memory this process ever had resident."""
    found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) // 1024 if found else 0


class _Gaps:
    """How long the GUI thread was away at most."""

    def __init__(self) -> None:
        self.longest_ms = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._clock.start()
        self._timer.start(2)

    def _tick(self) -> None:
        self.longest_ms = max(self.longest_ms, self._clock.restart())

    def stop(self) -> None:
        self._timer.stop()


def main() -> None:
    """Run once: port, data directory, seconds until the click."""
    port, data_dir, stop_after_s = sys.argv[1:]
    result = run_alone(lambda app: flooded(app, int(port), Path(data_dir), float(stop_after_s)))
    # Again: the way out holds the last copies.
    result["peak_mb"] = peak_mb()
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
