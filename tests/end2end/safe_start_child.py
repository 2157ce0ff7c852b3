"""A program that starts behind a crash; says as JSON what is shown as plain text, None when the transcript is there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from tests.end2end.alone import run_alone
from tests.end2end.running import Place, Running, until


async def shown(app: QApplication, data_dir: Path) -> str | None:
    """Start, and look at the tab in view."""
    async with Running(app, Place(data_dir, DemoServer(), is_watched=True)) as program:
        await until(lambda: program.session.is_loaded)
        return program.plain_text


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_alone(lambda app: shown(app, Path(sys.argv[1])))) + "\n")
