"""What the clipboard and a drag bring: files, a picture, or text that is meant."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from desktop_chat.ui.brought import BroughtFiles, BroughtPicture, brings_any, brought

PNG = b"\x89PNG\r\n\x1a\n and pixels"
ADDRESS = "https://example.org/cat.png"


def data(text: str | None = None, urls: Iterable[QUrl] = (), **pictures: bytes) -> QMimeData:
    """What another program offers; pictures by their kinds."""
    made = QMimeData()
    if text is not None:
        made.setText(text)
    if urls:
        made.setUrls(list(urls))
    for kind, file in pictures.items():
        made.setData(f"image/{kind}", file)
    return made


def taken(made: QMimeData) -> BroughtFiles | BroughtPicture | None:
    found = brought(made, "Pasted picture")
    assert brings_any(made) == (found is not None)
    return found


def test_files_of_this_computer_are_taken_each_once() -> None:
    urls = [QUrl.fromLocalFile(f"/home/me/{name}") for name in ("a b.txt", "c.pdf", "a b.txt")]
    assert taken(data("/home/me/a b.txt", urls)) == BroughtFiles((Path("/home/me/a b.txt"), Path("/home/me/c.pdf")))


def test_files_are_taken_ahead_of_their_pictures() -> None:
    found = taken(data(None, [QUrl.fromLocalFile("/home/me/cat.png")], png=PNG))
    assert found == BroughtFiles((Path("/home/me/cat.png"),))


@pytest.mark.parametrize("urls", [[QUrl(ADDRESS)], [QUrl("ftp://example.org/a"), QUrl("smb://nas/share/a.txt")]])
def test_addresses_of_other_computers_are_text(urls: list[QUrl]) -> None:
    assert taken(data(None, urls)) is None


def test_text_is_text() -> None:
    assert taken(data("Hello")) is None
    assert taken(QMimeData()) is None


def test_a_picture_is_taken_as_it_came_the_best_kind_first() -> None:
    assert taken(data(None, bmp=b"BM", jpeg=b"\xff\xd8", png=PNG)) == BroughtPicture("png", PNG, "Pasted picture")
    assert taken(data(None, jpeg=b"\xff\xd8", bmp=b"BM")) == BroughtPicture("jpeg", b"\xff\xd8", "Pasted picture")


def test_a_picture_of_a_kind_that_no_model_knows_is_taken_to_be_turned_into_another() -> None:
    found = taken(data(None, bmp=b"BM"))
    assert isinstance(found, BroughtPicture)
    assert (found.kind, found.is_ready, found.ending) == ("bmp", False, "png")


def test_pixels_are_taken() -> None:
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(0)
    made = QMimeData()
    made.setImageData(image)
    found = taken(made)
    assert isinstance(found, BroughtPicture)
    assert isinstance(found.picture, QImage)
    assert (found.is_ready, found.picture.width()) == (False, 3)


@pytest.mark.parametrize("text", [None, "", ADDRESS, f"{ADDRESS}\n", "data:image/png;base64,iVBOR"])
def test_the_picture_is_meant_where_the_text_is_but_its_address(text: str | None) -> None:
    made = data(text, png=PNG)
    made.setHtml(f"<img src='{ADDRESS}'>")
    assert isinstance(taken(made), BroughtPicture)


def test_a_picture_that_a_browser_drags_is_taken_and_its_address_not_fetched() -> None:
    assert isinstance(taken(data(None, [QUrl(ADDRESS)], png=PNG)), BroughtPicture)


@pytest.mark.parametrize("text", ["Name\tSum\nApples\t3", f"see {ADDRESS}", "word"])
def test_the_text_is_meant_where_an_office_program_adds_a_picture_of_it(text: str) -> None:
    assert taken(data(text, png=PNG)) is None
