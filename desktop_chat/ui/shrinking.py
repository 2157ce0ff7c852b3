"""Pictures as the Messages API takes them: made smaller where it would refuse them, or make them smaller itself."""

from __future__ import annotations

import struct
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter, QPainter

from desktop_chat.core.attachments import BYTES_MAX, NotAttachable, media_type_of
from desktop_chat.core.picture_notes import without_notes
from desktop_chat.ui.picture_files import buffer_of, reader_of
from desktop_chat.ui.transcript.drawings.pictures import PIXELS_MAX

SIDE_MAX_PX: Final = 2_576
"""More of the longest side brings nothing: the API makes it smaller (Messages API, Vision)."""

SIDE_TAKEN_MAX_PX: Final = 8_000
"""More is refused (Messages API, Vision): what moves cannot be made smaller here."""

_JPEG_QUALITY: Final = 90
_PNG: Final = "png"


def fitted(name: str, file: bytes) -> bytes:
    """Make a picture small enough, and leave out where it was taken; any other file is given back as it is.

    Not on the GUI thread.
    Raises:  NotAttachable when it is damaged, or too large to be made smaller.
    """
    kind = (media_type_of(file) or "").removeprefix("image/")
    if kind not in ("png", "jpeg", "gif", "webp"):
        return file
    buffer = buffer_of(file)
    reader = reader_of(buffer, kind)
    # Of a GIF the reader tells the size of its first frame, which may be a part of the picture.
    size = QSize(*struct.unpack_from("<HH", file, 6)) if kind == "gif" and len(file) >= 10 else reader.size()
    if size.isEmpty():
        raise _damaged(name)
    side = max(size.width(), size.height())
    if side <= SIDE_MAX_PX and len(file) <= BYTES_MAX:
        return without_notes(file)
    if reader.supportsAnimation() and reader.imageCount() != 1:
        if side > SIDE_TAKEN_MAX_PX:
            raise _too_many_pixels(name, size)
        return without_notes(file)
    if side > SIDE_MAX_PX:
        # Told to the decoder, which is faster so, and lets other threads run.
        small = size.scaled(SIDE_MAX_PX, SIDE_MAX_PX, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(small.expandedTo(QSize(1, 1)))
    image = _decoded(reader, name, size)
    if kind == _PNG or image.hasAlphaChannel():
        png = _encoded(image, _PNG)
        if len(png) <= BYTES_MAX:
            return without_notes(png)
    return without_notes(_encoded(_on_white(image), "jpeg", _JPEG_QUALITY))


def png_of(name: str, picture: bytes | QImage, kind: str) -> bytes:
    """Make a PNG of a picture from the clipboard, which may be of a kind that the API does not know.

    Not on the GUI thread.
    Raises:  NotAttachable when it is damaged or too large.
    """
    if isinstance(picture, bytes):
        buffer = buffer_of(picture)
        reader = reader_of(buffer, kind)
        picture = _decoded(reader, name, reader.size())
    return _encoded(picture, _PNG)


def _decoded(reader: QImageReader, name: str, size: QSize) -> QImage:
    if size.width() * size.height() > PIXELS_MAX:
        raise _too_many_pixels(name, size)
    image = reader.read()
    if image.isNull():
        raise _damaged(name)
    return image


def _encoded(image: QImage, kind: str, quality: int = -1) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind.encode()))
    writer.setQuality(quality)
    writer.write(image)
    return bytes(buffer.data().data())


def _on_white(image: QImage) -> QImage:
    """JPEG knows nothing of what shines through: it would be black."""
    if not image.hasAlphaChannel():
        return image
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("white"))
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def _damaged(name: str) -> NotAttachable:
    return NotAttachable(f"“{name}” cannot be attached.", "The picture is damaged.")


def _too_many_pixels(name: str, size: QSize) -> NotAttachable:
    return NotAttachable(
        f"“{name}” is too large.", f"It has {size.width():,} × {size.height():,} pixels: make it smaller first."
    )
