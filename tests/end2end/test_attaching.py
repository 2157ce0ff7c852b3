"""From a file on the disk to the server, and what a drive that does not answer holds up: nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.attach_note import AttachNote
from desktop_chat.ui.brought import BroughtFiles
from desktop_chat.ui.shrinking import SIDE_MAX_PX
from tests.end2end.running import Place, Run, Running, until
from tests.helpers.demo import questions_to
from tests.ui.test_shrinking import file_of, turned


def attach(program: Running, *paths: Path) -> None:
    """Have these brought into the tab in view."""
    program.window.deck.page().attach(BroughtFiles(paths))


def attached(program: Running) -> list[str]:
    return [attachment.name for attachment in program.window.deck.page().composer.draft().attachments]


async def test_a_large_photograph_from_the_disk_arrives_small_upright_and_without_its_place(
    run: Run, place: Place, tmp_path: Path
) -> None:
    image = QImage(4000, 3000, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    photo, notes = tmp_path / "photo.jpg", tmp_path / "notes.csv"
    photo.write_bytes(turned(file_of(image, "jpeg"), 6))
    notes.write_bytes("Größe;Länge\n".encode("utf-16"))

    async with run() as program:
        attach(program, photo, tmp_path / "gone.txt", notes)
        await until(lambda: attached(program) == ["photo.jpg", "notes.csv"])
        note = program.window.deck.page().findChild(AttachNote)
        assert note is not None
        await until(lambda: note.text == "“gone.txt” is not there. It may have been moved or deleted.")
        program.type_and_send("What is in it?")
        assert (await program.reply()).status is MessageStatus.COMPLETE

    sent, text, _ = questions_to(place.server)[-1].body["messages"][-1]["content"]
    file = base64.b64decode(sent["source"]["data"])
    arrived = QImage.fromData(file)
    assert (arrived.width(), arrived.height()) == (SIDE_MAX_PX * 3 // 4, SIDE_MAX_PX)
    assert b"52.52 N" not in file
    assert (text["title"], text["source"]["data"]) == ("notes.csv", "Größe;Länge\n")


async def test_a_drive_that_does_not_answer_holds_up_neither_replies_nor_drafts_nor_the_end(
    run: Run, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow.txt"
    slow.write_text("late")
    is_asked, wake, real = threading.Event(), threading.Event(), os.open

    def open_slowly(path: Path | str, flags: int, mode: int = 0o777) -> int:
        if path == slow:
            is_asked.set()
            wake.wait()
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", open_slowly)
    async with run() as program:
        attach(program, slow)
        await asyncio.to_thread(is_asked.wait, 10)
        program.window.deck.open_new()
        program.type_and_send("Meanwhile")
        assert (await program.reply()).status is MessageStatus.COMPLETE
    # A step of the way out that takes too long would have been logged.
    assert program.code == 0
    wake.set()
