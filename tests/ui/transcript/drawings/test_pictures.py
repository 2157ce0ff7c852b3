"""What the reader sent along: thumbnails, cards, the viewer; nothing is fetched, nothing fills the memory."""

from __future__ import annotations

import base64
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.messages import Message, user_message
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from desktop_chat.ui.transcript.drawings.pictures import Card, Picture, attached
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Deed
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage


def file_of(width: int, height: int, kind: str = "PNG", color: str = "#cc3311") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def block(data: bytes) -> Mapping[str, Any]:
    text = base64.b64encode(data).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": text}}


def sent(*blocks: Mapping[str, Any], text: str = "What is it?") -> Message:
    return replace(question("c"), content=(*blocks, *([{"type": "text", "text": text}] if text else [])))


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(b"\0" * 1000))
    packed = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_size_is_known_by_the_header(kind: str) -> None:
    (picture,) = attached((block(file_of(640, 480, kind)),))
    assert isinstance(picture, Picture)
    assert picture.size == QSize(640, 480)
    assert picture.kind == kind.lower()


def test_a_picture_that_would_fill_the_memory_is_a_card() -> None:
    (card,) = attached((block(bomb(20_000, 20_000)),))
    assert card == Card("Picture", "20,000 × 20,000: too large to be shown")


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", b"\x89PNG\r\n\x1a\n"],
)
def test_broken_data_and_other_formats_are_cards(data: bytes) -> None:
    (card,) = attached((block(data),))
    assert isinstance(card, Card)
    assert card.detail.startswith("Broken")


def test_an_address_is_shown_and_never_fetched() -> None:
    source = {"type": "url", "url": "http://127.0.0.1:9/cat.png"}
    assert attached(({"type": "image", "source": source},)) == (Card("Picture, not fetched", source["url"]),)


def test_a_document_is_a_card_with_title_and_size() -> None:
    source = {"type": "base64", "media_type": "application/pdf", "data": "A" * 2_000_000}
    (card,) = attached(({"type": "document", "title": "Report\n2026", "source": source},))
    assert card == Card("Report 2026", "PDF · 1.5 MB")


def test_the_text_of_a_file_unfolds_below_its_card_and_folds_again(stage: Stage) -> None:
    text = "".join(f"line_{number} = {number}\n" for number in range(100))
    file = Attachment.of("seeds.py", text.encode())
    stage.view.show_path((user_message("c", None, "Why?", (file,)),), lambda message_id: (message_id,))
    stage.qtbot.waitUntil(lambda: len(stage.spots()) > 1)
    ((_, target),) = stage.targets(Deed.FOLD)
    assert target.words == "seeds.py, Text · 1.3 kB"

    stage.click(Deed.FOLD)

    shown = stage.part(CodePart).part
    assert isinstance(shown, CodePart)
    assert (shown.code, shown.language, shown.is_folded) == (text, "py", True)
    stage.click(Deed.FOLD, -1)
    unfolded = stage.part(CodePart).part
    assert isinstance(unfolded, CodePart)
    assert not unfolded.is_folded

    stage.click(Deed.FOLD)
    assert [spot for spot in stage.spots() if isinstance(spot.part, CodePart)] == []


@pytest.mark.parametrize("source", [None, 5, {}, {"type": "base64"}, {"type": "base64", "data": 7}, {"type": "file"}])
def test_a_source_of_any_shape_is_shown_somehow(source: object) -> None:
    for kind in ("image", "document"):
        assert len(attached(({"type": kind, "source": source},))) == 1


def test_thumbnails_stand_above_the_words_and_keep_their_place(stage: Stage) -> None:
    message = sent(block(file_of(1600, 900)), block(file_of(300, 900, "JPEG")), block(file_of(60, 50)))
    stage.view.show_path((message,), lambda message_id: (message_id,))
    stage.qtbot.waitUntil(lambda: len(stage.spots()) > 1)
    before = [(spot.top, spot.part.height) for spot in stage.spots()]
    stage.wait()
    assert [(spot.top, spot.part.height) for spot in stage.spots()] == before
    pictures, words = stage.part(PicturesPart), stage.part(BubblePart)
    assert pictures.top + pictures.part.height <= words.top
    sizes = [(target.rect.width(), target.rect.height()) for target in pictures.part.targets()]
    assert sizes == [(144.0, 81.0), (44.0, 108.0), (60.0, 50.0)]
    (rect, *_) = [pictures.rect_of(target) for target in pictures.part.targets()]
    seen = stage.view.viewport().grab().toImage().pixelColor(rect.center().toPoint())
    assert (seen.red(), seen.green(), seen.blue()) == (0xCC, 0x33, 0x11)


def test_one_picture_or_two_are_larger_than_several(stage: Stage) -> None:
    stage.show(sent(block(file_of(1600, 900)), block(file_of(300, 900, "JPEG"))))
    sizes = [(target.rect.width(), target.rect.height()) for target in stage.part(PicturesPart).part.targets()]
    assert sizes == [(240.0, 135.0), (60.0, 180.0)]


def test_looking_at_a_picture_never_waits_for_a_thread_that_decodes_another() -> None:
    child = [sys.executable, "-m", "tests.ui.picture_child"]
    ended = subprocess.run(child, cwd=Path(__file__).parents[4], timeout=60, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_pictures_without_words_have_no_bubble(stage: Stage) -> None:
    stage.show(sent(block(file_of(60, 50)), text=""))
    assert not [spot for spot in stage.spots() if isinstance(spot.part, BubblePart)]


def test_many_pictures_are_set_in_lines_within_the_column(stage: Stage) -> None:
    stage.show(sent(*(block(file_of(480, 200 + number)) for number in range(9))))
    part = stage.part(PicturesPart).part
    rects = [target.rect for target in part.targets()]
    assert len({rect.bottom() for rect in rects}) > 1
    assert all(rect.left() >= 0 and rect.right() <= stage.view._page.rows.width for rect in rects)
    assert part.spoken.count("Picture, 480 by") == 9


def test_a_broken_body_says_so(stage: Stage) -> None:
    stage.show(sent(block(bomb(300, 200))))
    part = stage.part(PicturesPart).part
    assert isinstance(part, PicturesPart)
    assert [image is not None and image.isNull() for image in part._images.values()] == [True]


def test_a_click_opens_the_picture_and_escape_closes_it(stage: Stage) -> None:
    stage.show(sent(block(file_of(300, 200))))
    stage.click(Deed.SHOW_PICTURE)
    (viewer,) = stage.view.findChildren(PictureViewer)
    stage.qtbot.waitUntil(lambda: viewer.is_shown)
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(PictureViewer))


def test_return_opens_the_picture_that_has_the_focus(stage: Stage) -> None:
    stage.show(sent(block(file_of(300, 200))))
    stage.view.setFocus()
    QTest.keyClick(stage.view, Qt.Key.Key_Tab)
    QTest.keyClick(stage.view, Qt.Key.Key_Return)
    (viewer,) = stage.view.findChildren(PictureViewer)
    viewer.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(PictureViewer))


def test_save_keeps_the_file_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    data = file_of(300, 200, "JPEG")
    stage.show(sent(block(data)))
    stage.click(Deed.SHOW_PICTURE)
    (viewer,) = stage.view.findChildren(PictureViewer)
    (box,) = viewer.findChildren(QDialogButtonBox)
    next(button for button in box.buttons() if "Save" in button.text()).click()
    (dialog,) = stage.view.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.jpeg"))
    stage.qtbot.waitUntil(lambda: (tmp_path / "out.jpeg").exists())
    assert (tmp_path / "out.jpeg").read_bytes() == data
    dialog.close()
    viewer.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QDialog))
