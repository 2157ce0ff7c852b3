"""Files that go out with a question: they arrive as they were, and no kill, cut or restart loses one."""

from __future__ import annotations

import base64
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.attachments import Attachment
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.paths import Paths
from desktop_chat.ui.outbox_row import OutboxRow
from tests.end2end.attaching_child import ASKED, TYPED, WAITING, WRITTEN
from tests.end2end.processes import START_S_MAX, Home, Process
from tests.end2end.running import Place, Run, until
from tests.helpers.demo import questions_to

SLOW = Faults(reply_text="One word after the other. " * 4_000, events_per_s=200)


def picture(width: int = 32, height: int = 24) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


FILES = (
    Attachment.of("leaf.png", picture()),
    Attachment.of("seeds.txt", "Roggen, Weizen, 小麦\n".encode()),
    Attachment.of("report.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40),
)


def last_asked(place: Place) -> list[Mapping[str, Any]]:
    """The blocks of the newest question that the server was asked."""
    content: list[Mapping[str, Any]] = questions_to(place.server)[-1].body["messages"][-1]["content"]
    return content


async def test_files_go_out_before_the_words_and_to_the_last_byte(run: Run, place: Place) -> None:
    async with run() as program:
        program.window.deck.page().composer.add_attachments(FILES)
        program.type_and_send("What grows here?")
        assert (await program.reply()).status is MessageStatus.COMPLETE

        image, text, pdf, words = last_asked(place)
        assert base64.b64decode(image["source"]["data"]) == FILES[0].file
        assert text["source"]["data"] == "Roggen, Weizen, 小麦\n"
        assert base64.b64decode(pdf["source"]["data"]) == FILES[2].file
        assert words == {"type": "text", "text": "What grows here?"}
        assert program.window.deck.page().composer.draft() == Draft()

        program.type_and_send("And why?")
        await program.reply()
        said = questions_to(place.server)[-1].body["messages"]
        assert said[0]["content"][0]["type"] == "image", "the question keeps its files"


async def test_a_picture_alone_is_a_question(run: Run, place: Place) -> None:
    async with run() as program:
        program.window.deck.page().composer.add_attachments(FILES[:1])
        program.type_and_send("")
        assert (await program.reply()).status is MessageStatus.COMPLETE
        assert [block["type"] for block in last_asked(place)] == ["image"]
        assert program.session.title == "leaf.png"


async def test_a_draft_and_a_waiting_message_keep_their_files_through_a_kill(
    run: Run, place: Place, home: Home, tmp_path: Path
) -> None:
    place.server.faults = SLOW
    names = [tmp_path / each.name for each in FILES]
    for name, each in zip(names, FILES, strict=True):
        name.write_bytes(each.file)
    child = [sys.executable, "-m", "tests.end2end.attaching_child", place.server.url, str(place.data_dir)]
    process = Process(
        [*child, *map(str, names)], home.environment(), Path(__file__).parents[2], place.server.key.reveal()
    )
    try:
        process.err.wait_for(WRITTEN, START_S_MAX)
        process.kill()
    finally:
        process.close()
    for name in names:
        name.unlink()
    place.server.faults = Faults(reply_text="Well answered.")

    async with run() as program:
        composer = program.window.deck.page().composer
        await until(lambda: program.session.is_loaded and not composer.draft().is_empty)
        assert program.session.path()[0].text == ASKED
        assert composer.draft() == Draft(TYPED, len(TYPED), FILES)
        assert [each.file for each in composer.draft().attachments] == [each.file for each in FILES]
        (row,) = program.session.outbox.rows
        assert (row.message.text, row.message.attachments) == (WAITING, FILES[:1])

        shown = program.window.deck.page().findChild(OutboxRow)
        assert isinstance(shown, OutboxRow)
        assert shown.text == f"{WAITING} · leaf.png"
        send: QPushButton = next(link for link in shown.links() if link.text() == "Send now")
        send.click()
        await program.reply()
        *_, image, words = last_asked(place)
        assert base64.b64decode(image["source"]["data"]) == FILES[0].file
        assert words["text"] == WAITING


async def test_a_question_that_came_to_nothing_is_sent_again_with_its_files(run: Run, place: Place) -> None:
    place.server.faults = Faults(status=400, count=1)
    async with run() as program:
        program.window.deck.page().composer.add_attachments(FILES[:1])
        program.type_and_send("What is it?")
        assert (await program.reply()).status is MessageStatus.FAILED
        QTest.keyClick(program.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert (await program.reply()).status is MessageStatus.COMPLETE
        assert [block["type"] for block in last_asked(place)] == ["image", "text"]


@pytest.mark.parametrize("leave", ["sent", "removed"])
async def test_a_file_that_is_no_draft_any_more_does_not_stay_behind(run: Run, place: Place, leave: str) -> None:
    async with run() as program:
        composer = program.window.deck.page().composer
        composer.add_attachments(FILES[:1])
        composer.flush_draft()
        await program.session._saves.finish()
        if leave == "sent":
            program.type_and_send("What is it?")
            await program.reply()
        else:
            composer.remove_attachment(FILES[0].id)
            composer.flush_draft()
            await program.session._saves.finish()
    with closing(sqlite3.connect(Paths.below(place.data_dir).database)) as database:
        assert database.execute("SELECT count(*) FROM attachments").fetchone() == (0,)
