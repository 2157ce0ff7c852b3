"""From a file on the disk to the server, and what a drive that does not answer holds up: nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.attach_note import AttachNote
from desktop_chat.ui.attachment_chip import AttachmentChip
from desktop_chat.ui.brought import BroughtFiles
from desktop_chat.ui.shrinking import SIDE_MAX_PX
from desktop_chat.ui.transcript.messages.edit_box import EditBox
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


@dataclass
class SlowDrive:
    """A file whose drive answers only after `wake`."""

    path: Path
    is_asked: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDrive]:
    drive, real = SlowDrive(tmp_path / "slow.txt"), os.open
    drive.path.write_text("late")

    def open_slowly(path: Path | str, flags: int, mode: int = 0o777) -> int:
        if path == drive.path:
            drive.is_asked.set()
            drive.wake.wait()
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", open_slowly)
    yield drive
    drive.wake.set()


async def test_a_drive_that_does_not_answer_holds_up_neither_replies_nor_drafts_nor_the_end(
    run: Run, slow: SlowDrive
) -> None:
    async with run() as program:
        attach(program, slow.path)
        await asyncio.to_thread(slow.is_asked.wait, 10)
        program.window.deck.open_new()
        program.type_and_send("Meanwhile")
        assert (await program.reply()).status is MessageStatus.COMPLETE
    # A step of the way out that takes too long would have been logged.
    assert program.code == 0


async def test_a_question_sent_ahead_of_its_file_arrives_with_it_once(run: Run, place: Place, slow: SlowDrive) -> None:
    async with run() as program:
        attach(program, slow.path)
        await asyncio.to_thread(slow.is_asked.wait, 10)
        program.type_and_send("What is in it?")
        assert questions_to(place.server) == []
        slow.wake.set()
        assert (await program.reply()).status is MessageStatus.COMPLETE
    (asked,) = questions_to(place.server)
    sent, said = asked.body["messages"][-1]["content"]
    assert (sent["title"], sent["source"]["data"], said["text"]) == ("slow.txt", "late", "What is in it?")


async def test_a_file_that_is_taken_out_of_a_question_does_not_go_out_again(
    run: Run, place: Place, tmp_path: Path
) -> None:
    wrong, right = tmp_path / "wrong.txt", tmp_path / "right.txt"
    wrong.write_text("wrong")
    right.write_text("right")
    async with run() as program:
        attach(program, wrong, right)
        await until(lambda: attached(program) == ["wrong.txt", "right.txt"])
        program.type_and_send("What is in it?")
        await program.reply()
        page = program.window.deck.page()
        page.composer.edit_last_requested.emit()
        chip = next(chip for chip in page.findChildren(AttachmentChip) if chip.attachment.name == "wrong.txt")
        chip.remove_clicked.emit()
        box = page.findChild(EditBox)
        assert box is not None
        box.send_requested.emit(box.message_id, box.draft())
        await program.reply()
    first, second = (
        [block.get("title") for block in asked.body["messages"][-1]["content"]] for asked in questions_to(place.server)
    )
    assert first == ["wrong.txt", "right.txt", None]
    assert second == ["right.txt", None]
