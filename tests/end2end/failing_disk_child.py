"""A program whose disk fails in the middle of its replies, under the recorder; tells as JSON what the window said."""

from __future__ import annotations

import errno
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_faults import Faults as ServerFaults
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.messages import MessageStatus
from tests.end2end.alone import run_alone
from tests.end2end.running import Place, Running, until
from tests.store.power_cut.recording import Call, Faults

TEXT: Final = "Every word of it is kept, whatever the disk says. " * 120
FAILS: Final = Call.OPEN | Call.WRITE | Call.SYNC | Call.TRUNCATE
PATIENCE_S: Final = 60.0


async def live(app: QApplication, data_dir: Path, faults: Faults) -> dict[str, Any]:
    """Let two replies stream, the disk fail until both are whole, and work again; then start anew."""
    server = DemoServer(faults=ServerFaults(reply_text=TEXT, events_per_s=400))
    server.start()
    place = Place(data_dir, server)
    failures: list[object] = []
    async with Running(app, place) as program:
        program.program._keeper.failed.connect(failures.append)
        sessions = [await _ask(program, "first"), await _ask(program, "second")]
        with faults.failing(FAILS, errno.EIO):
            await until(lambda: program.banner, PATIENCE_S)
            told = program.banner
            await until(lambda: not any(session.is_busy for session in sessions), PATIENCE_S)
            still_told = program.banner
            told_count = len(failures)
        replies = [session.path()[-1] for session in sessions]
        await until(lambda: not program.banner, PATIENCE_S)
    async with Running(app, place) as again:
        found = []
        for session in sessions:
            opened = again.library.session(session.conversation_id)
            await until(partial(getattr, opened, "is_loaded"), PATIENCE_S)
            found.append(opened.path()[-1])
    server.close()
    return {
        "told": told,
        "still_told": still_told,
        "told_count": told_count,
        "whole": [(reply.status is MessageStatus.COMPLETE, reply.text == TEXT) for reply in replies],
        "found": [message == reply for message, reply in zip(found, replies, strict=True)],
    }


async def _ask(program: Running, question: str) -> ChatSession:
    program.window.deck.open_new()
    program.type_and_send(question)
    session = program.session
    await program.writing(session)
    return session


def main() -> None:
    """Run once."""
    data_dir, faults = map(Path, sys.argv[1:])
    told = run_alone(lambda app: live(app, data_dir, Faults(faults)))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
