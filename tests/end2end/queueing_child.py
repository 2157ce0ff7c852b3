"""A program in which messages are queued behind a reply; then it waits to be killed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.api_key import ApiKey
from tests.end2end.alone import run_alone
from tests.end2end.running import Place, Running, until

QUEUED = "the messages are queued"


@dataclass(frozen=True, slots=True)
class ServerElsewhere:
    """What a program needs to know of a demo server that runs in another process."""

    url: str
    key: ApiKey


async def queue_messages(app: QApplication, server: ServerElsewhere, data_dir: Path, texts: list[str]) -> None:
    """Ask the first, queue the others, and say when they are on the disk."""
    async with Running(app, Place(data_dir, cast("DemoServer", server))) as program:
        program.type_and_send(texts[0])
        await program.writing()
        for text in texts[1:]:
            program.type_and_send(text)
        await until(lambda: len(program.session.outbox.rows) == len(texts) - 1)
        await program.session._saves.finish()
        sys.stderr.write(f"{QUEUED}\n")
        sys.stderr.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run until somebody ends it."""
    url, data_dir, *texts = sys.argv[1:]
    server = ServerElsewhere(url, ApiKey(sys.stdin.read().strip()))
    run_alone(lambda app: queue_messages(app, server, Path(data_dir), texts))


if __name__ == "__main__":
    main()
