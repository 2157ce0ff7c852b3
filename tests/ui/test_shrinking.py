"""Pictures that are larger than the API takes go out smaller; the rest as they are, but for what cameras note."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter, QPainter

from desktop_chat.core.attachments import BYTES_MAX, NotAttachable, media_type_of
from desktop_chat.ui import shrinking
from desktop_chat.ui.shrinking import SIDE_MAX_PX, fitted, png_of
from tests.guards import ExpectedLogs


def picture(width: int, height: int, color: str = "teal") -> QImage:
    """A picture whose upper left quarter is white."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(color))
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 2, height // 2, QColor("white"))
    painter.end()
    return image if color == "transparent" else image.convertToFormat(QImage.Format.Format_RGB32)


def file_of(image: QImage, kind: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(kind.encode())).write(image)
    return bytes(buffer.data().data())


def opened(file: bytes) -> QImage:
    image = QImage.fromData(file)
    assert not image.isNull()
    return image


def turned(file: bytes, how: int) -> bytes:
    """A JPEG as a camera that was held this way writes it, with a place in it."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, how, 0, 0) + b"52.52 N"
    exif = b"Exif\0\0" + tiff
    return file[:2] + struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 2) + exif + file[2:]


def noise(width: int, height: int) -> QImage:
    bits = random.Random(7).randbytes(width * height * 4)
    return QImage(bits, width, height, width * 4, QImage.Format.Format_RGB32).copy()


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_that_is_small_enough_goes_out_as_it_is(kind: str) -> None:
    file = file_of(picture(400, 300), kind)
    assert fitted("shot", file) == file


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_with_too_long_a_side_becomes_smaller_and_stays_of_its_kind(kind: str) -> None:
    small = fitted("shot", file_of(picture(5200, 260), kind))

    assert media_type_of(small) == f"image/{kind}"
    image = opened(small)
    assert (image.width(), image.height()) == (SIDE_MAX_PX, 128)
    assert image.pixelColor(10, 10).lightness() > 250
    assert image.pixelColor(2500, 120).lightness() < 100


def test_a_png_with_too_many_bytes_becomes_a_jpeg_as_large() -> None:
    file = file_of(noise(2000, 1400), "png")
    assert len(file) > BYTES_MAX

    small = fitted("shot.png", file)

    assert media_type_of(small) == "image/jpeg"
    assert len(small) <= BYTES_MAX
    assert opened(small).width() == 2000


def test_what_shines_through_stays_so_in_a_png_and_is_white_in_a_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(picture(3000, 100, "transparent"), "png")
    assert opened(fitted("shot.png", file)).pixelColor(2000, 80).alpha() == 0
    monkeypatch.setattr(shrinking, "BYTES_MAX", 1)

    small = fitted("shot.png", file)

    assert media_type_of(small) == "image/jpeg"
    assert opened(small).pixelColor(2000, 80).lightness() > 250


def test_a_photograph_that_is_made_smaller_stands_upright_and_says_no_place() -> None:
    # Held so that the camera's left is up: the white quarter goes to the upper right.
    small = fitted("photo.jpg", turned(file_of(picture(5200, 2600), "jpeg"), 6))

    image = opened(small)
    assert (image.width(), image.height()) == (SIDE_MAX_PX // 2, SIDE_MAX_PX)
    assert image.pixelColor(1000, 100).lightness() > 250
    assert image.pixelColor(100, 100).lightness() < 100
    assert b"52.52 N" not in small


def test_a_photograph_that_is_small_enough_keeps_its_pixels_and_loses_its_place() -> None:
    plain = file_of(picture(400, 300), "jpeg")

    clean = fitted("photo.jpg", turned(plain, 6))

    assert b"52.52 N" not in clean
    assert clean.endswith(plain[plain.index(b"\xff\xda") :])
    image = QImage()
    reader = QImageReader()
    buffer = QBuffer()
    buffer.setData(QByteArray(clean))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader.setDevice(buffer)
    reader.setAutoTransform(True)
    image = reader.read()
    assert (image.width(), image.height()) == (300, 400)


def test_notes_in_a_large_png_do_not_come_along() -> None:
    image = picture(3000, 100)
    image.setText("Comment", "52.52 N")
    file = file_of(image, "png")
    assert b"52.52 N" in file
    assert b"52.52 N" not in fitted("shot.png", file)


def gif(width: int, height: int, frame_count: int) -> bytes:
    """An animation of one-pixel frames on a screen of this size."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frame_count + b";"


def test_an_animation_stays_one() -> None:
    file = gif(4000, 10, 2)
    assert fitted("moving.gif", file) == file


def test_an_animation_that_the_api_refuses_is_told() -> None:
    with pytest.raises(NotAttachable, match=r"“moving\.gif” is too large\. It has 9,000 × 10 pixels"):
        fitted("moving.gif", gif(9000, 10, 2))


def test_a_single_picture_in_a_gif_is_made_smaller() -> None:
    small = fitted("still.gif", gif(4000, 10, 1))
    assert opened(small).width() == SIDE_MAX_PX


@pytest.mark.parametrize("file", [b"text", b"%PDF-1.7", b"", b"RIFF\0\0\0\0WAVE", b"<svg></svg>"])
def test_what_is_no_picture_is_left_alone(file: bytes) -> None:
    assert fitted("file", file) == file


@pytest.mark.parametrize("file", [b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP"])
def test_a_picture_without_a_size_is_told(file: bytes) -> None:
    with pytest.raises(NotAttachable, match=r"“shot” cannot be attached\. The picture is damaged\."):
        fitted("shot", file)


def test_a_picture_of_one_line_keeps_it() -> None:
    assert opened(fitted("line.png", file_of(picture(9000, 1), "png"))).size().toTuple() == (SIDE_MAX_PX, 1)


def test_a_photograph_without_a_picture_is_told(expect_log: ExpectedLogs) -> None:
    expect_log("JPEG datastream contains no image")
    expect_log("Corrupt JPEG data")
    with pytest.raises(NotAttachable, match="damaged"):
        fitted("photo.jpg", b"\xff\xd8\xff\xe0")


def test_a_large_picture_without_its_end_is_told() -> None:
    file = file_of(picture(3000, 3000), "png")
    with pytest.raises(NotAttachable, match="damaged"):
        fitted("shot.png", file[:60])


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    file = bytearray(file_of(picture(10, 10), "png"))
    file[16:24] = struct.pack(">II", 60_000, 60_000)
    # The check sum of the header, or it would count as damaged.
    file[29:33] = struct.pack(">I", zlib.crc32(bytes(file[12:29])))
    with pytest.raises(NotAttachable, match="60,000 × 60,000 pixels: make it smaller first"):
        fitted("bomb.png", bytes(file))


def test_pixels_from_the_clipboard_become_a_png() -> None:
    file = png_of("Pasted picture.png", picture(40, 30), "")
    assert media_type_of(file) == "image/png"
    assert opened(file).size().toTuple() == (40, 30)


def test_a_picture_of_another_kind_from_the_clipboard_becomes_a_png() -> None:
    file = png_of("Pasted picture.png", file_of(picture(40, 30), "bmp"), "bmp")
    assert media_type_of(file) == "image/png"


def test_no_other_decoder_is_let_near_the_clipboard() -> None:
    with pytest.raises(NotAttachable, match="damaged"):
        png_of("Pasted picture.png", file_of(picture(40, 30), "png"), "bmp")
