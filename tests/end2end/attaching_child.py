"""A program in which a question with files is being written, and another one waits; then it waits to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.attachments import Attachment
from tests.end2end.alone import run_alone
from tests.end2end.queueing_child import ServerElsewhere
from tests.end2end.running import Place, Running, until

WRITTEN = "the question is being written"
ASKED, WAITING, TYPED = "What is a seed?", "Which of them waits?", "Which of them is red?"


async def write(app: QApplication, server: ServerElsewhere, data_dir: Path, names: list[str]) -> None:
    """Ask, queue a question with the first file, write one with all of them, and say when they are on the disk."""
    files = tuple(Attachment.of(Path(name).name, Path(name).read_bytes()) for name in names)  # noqa: ASYNC240
    async with Running(app, Place(data_dir, cast("DemoServer", server))) as program:
        program.type_and_send(ASKED)
        await program.writing()
        composer = program.window.deck.page().composer
        composer.add_attachments(files[:1])
        program.type_and_send(WAITING)
        await until(lambda: len(program.session.outbox.rows) == 1)
        composer.add_attachments(files)
        QTest.keyClicks(QApplication.focusWidget() or composer, TYPED)
        composer.flush_draft()
        await program.session._saves.finish()
        sys.stderr.write(f"{WRITTEN}\n")
        sys.stderr.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run until somebody ends it."""
    url, data_dir, *names = sys.argv[1:]
    server = ServerElsewhere(url, ApiKey(sys.stdin.read().strip()))
    run_alone(lambda app: write(app, server, Path(data_dir), names))


if __name__ == "__main__":
    main()
