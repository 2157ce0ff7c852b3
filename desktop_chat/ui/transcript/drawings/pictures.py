"""Pictures and files the reader sent: what is known of them without decoding, and their pixels, made in a thread.

Nothing is ever fetched: a picture given by its address is shown as that address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler

from desktop_chat.core.attachments import bytes_in_base64, pieces_of_base64
from desktop_chat.core.messages import Block
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.picture_files import buffer_of, joined, reader_of
from desktop_chat.ui.transcript.drawings.sent_file import SentFile
from desktop_chat.ui.transcript.drawings.workbench import Workbench

PIXELS_MAX: Final = 50_000_000
"""A small file can hold a picture that fills the memory; its header tells."""

_HEADS_CHARACTERS: Final = (64_000, 1_000_000)
"""So much of the base64 tells the size of most pictures, and so much of those with long notes before it.

More is not decoded on the GUI thread: 10 MB take it 10 ms.
"""

_KEPT_MAX: Final = 48
_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))
"""The formats of the API, by their first bytes. No other decoder is let near the data."""


@dataclass(frozen=True)
class Picture:
    """One picture, as it came: base64 of a file."""

    data: str

    @cached_property
    def kind(self) -> str:
        """The format; empty when it is none of the known ones."""
        start = _decoded(self.data[:64])
        return next((kind for sign, kind in _KINDS if start.startswith(sign)), "")

    @cached_property
    def size(self) -> QSize:
        """Its size in pixels, by its header alone; empty when that is broken."""
        if not self.kind:
            return QSize()
        sizes = (self._size_in(self.data[:count]) for count in _HEADS_CHARACTERS)
        return next((size for size in sizes if not size.isEmpty()), QSize())

    def _size_in(self, data: str) -> QSize:
        buffer = buffer_of(_decoded(data))
        reader = reader_of(buffer, self.kind)
        size = reader.size()
        is_turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
        return QSize(max(0, size.height()), max(0, size.width())) if is_turned else size.expandedTo(QSize(0, 0))

    @property
    def is_too_large(self) -> bool:
        return self.size.width() * self.size.height() > PIXELS_MAX

    @property
    def trouble(self) -> str:
        """Why it cannot be shown; empty when it can."""
        if self.size.isEmpty():
            return "Broken, or of a kind this program does not know"
        return f"{_size_words(self.size)}: too large to be shown" if self.is_too_large else ""

    @property
    def name(self) -> str:
        """What a file of it is called: the API takes no name of a picture."""
        return f"picture.{self.kind}"

    def pieces(self) -> Iterator[bytes]:
        """The file as it was sent, bit by bit.

        Raises:  ValueError when it is damaged.
        """
        return pieces_of_base64(self.data[: len(self.data) // 4 * 4])

    @property
    def file(self) -> QByteArray:
        """The same in one; not on the GUI thread."""
        return joined(self.pieces(), bytes_in_base64(self.data))

    def decoded(self, box: QSize) -> QImage:
        """The picture, made smaller to fit into a box; null when it is broken. Not on the GUI thread."""
        if self.trouble:
            return QImage()
        try:
            buffer = buffer_of(self.file)
        except ValueError:
            return QImage()
        image = reader_of(buffer, self.kind).read()
        if image.isNull() or (image.width() <= box.width() and image.height() <= box.height()):
            return image
        return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def __hash__(self) -> int:
        return hash(self.data)


@dataclass(frozen=True, slots=True)
class Card:
    """What is told in words: a file, a picture given by its address, or one that cannot be shown."""

    title: str
    detail: str
    text: str = ""
    """What stands in the file, where it is one to read."""
    file: SentFile | None = field(default=None, compare=False)
    """None where it is not in the message."""


@dataclass(frozen=True, slots=True)
class _Wish:
    picture: Picture
    width: int
    height: int


def pixels_of(picture: Picture, box: QSize) -> QImage | None:
    """The picture no larger than a box; None while it is being decoded."""
    return _bench.look(_Wish(picture, box.width(), box.height()))


def attached(content: tuple[Block, ...]) -> tuple[Picture | Card, ...]:
    """The pictures and files among the blocks of a message, in their order."""
    found = (_shown(block) for block in content if block.get("type") in ("image", "document"))
    return tuple(found)


def _shown(block: Block) -> Picture | Card:
    source = block.get("source")
    source = source if isinstance(source, Mapping) else {}
    data = source.get("data")
    if block.get("type") == "document":
        text = _text(source, "data") if source.get("type") == "text" else ""
        title = " ".join(_text(block, "title").split())
        return Card(title or "Document", _file_words(source), text, _sent_file(title, source))
    if source.get("type") != "base64" or not isinstance(data, str):
        return Card("Picture, not fetched" if source.get("type") == "url" else "Picture", _place_words(source))
    picture = Picture(data)
    return Card("Picture", picture.trouble, file=_sent_file("", source)) if picture.trouble else picture


def _sent_file(title: str, source: Mapping[str, Any]) -> SentFile | None:
    data, kind = _text(source, "data"), source.get("type")
    if not data or kind not in ("base64", "text"):
        return None
    return SentFile(title, _text(source, "media_type"), data, is_text=kind == "text")


def _file_words(source: Mapping[str, Any]) -> str:
    if source.get("type") not in ("base64", "text"):
        return _place_words(source)
    data = _text(source, "data")
    count = bytes_in_base64(data) if source.get("type") == "base64" else len(data.encode("utf-8", "replace"))
    kind = "Text" if source.get("type") == "text" else _text(source, "media_type").rpartition("/")[2].upper()
    return " · ".join(words for words in (kind, bytes_text(count)) if words)


def _place_words(source: Mapping[str, Any]) -> str:
    """Where something lies that is not in the message itself."""
    return _text(source, "url") or _text(source, "file_id") or _text(source, "type") or "Nothing is known about it"


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _size_words(size: QSize) -> str:
    return f"{size.width():,} × {size.height():,}"


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data[: len(data) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def _made(wish: _Wish) -> QImage:
    return wish.picture.decoded(QSize(wish.width, wish.height))


_bench: Final = Workbench("pictures", _made, QImage(), _KEPT_MAX)
