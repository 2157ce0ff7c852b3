"""What the clipboard or a drag brings along besides text: files, or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

_ENDINGS: Final = {"png": "png", "jpeg": "jpg", "webp": "webp", "gif": "gif"}
"""Kinds that go out as they came, the best one first, and how their files are called."""

_TURNED_INTO_PNG: Final = ("bmp", "tiff")
_ADDRESS_STARTS: Final = ("http://", "https://", "file://", "data:")


@dataclass(frozen=True, slots=True)
class BroughtFiles:
    """Files of this computer; none of them has been looked at."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class BroughtPicture:
    """A picture that is no file: one of a known kind as bytes, or pixels, whose `kind` is empty."""

    kind: str
    picture: bytes | QImage
    stem: str
    """What it is called, without a number and an ending."""

    @property
    def ending(self) -> str:
        """How the name of the file ends that is made of it."""
        return _ENDINGS[self.kind] if self.is_ready else "png"

    @property
    def is_ready(self) -> bool:
        """Whether it can go out as it is."""
        return self.kind in _ENDINGS


def brings_any(data: QMimeData) -> bool:
    """Whether there are files or a picture in it that are meant; cheap enough to ask while something is dragged."""
    return bool(_files(data)) or _is_picture_meant(data)


def brought(data: QMimeData, stem: str) -> BroughtFiles | BroughtPicture | None:
    """Take them out; None where text is meant, and for addresses of other computers, which are never fetched.

    A picture is called `stem`.
    """
    if paths := _files(data):
        return BroughtFiles(paths)
    return _picture(data, stem) if _is_picture_meant(data) else None


def _files(data: QMimeData) -> tuple[Path, ...]:
    # One with a host is a file of another computer, which Windows would ask for it.
    local = (url.toLocalFile() for url in data.urls() if not url.host()) if data.hasUrls() else ()
    return tuple(dict.fromkeys(Path(path) for path in local if path))


def _is_picture_meant(data: QMimeData) -> bool:
    """A browser adds the address of a picture; an office program offers a picture of the text that is meant."""
    if not data.hasImage() and _kind(data) is None:
        return False
    text = data.text().strip() if data.hasFormat("text/plain") or data.hasUrls() else ""
    return not text or (text[:8].lower().startswith(_ADDRESS_STARTS) and len(text.split(maxsplit=1)) == 1)


def _picture(data: QMimeData, stem: str) -> BroughtPicture | None:
    if (kind := _kind(data)) is not None and (file := bytes(data.data(f"image/{kind}").data())):
        return BroughtPicture(kind, file, stem)
    image = data.imageData() if data.hasImage() else None
    return BroughtPicture("", image, stem) if isinstance(image, QImage) and not image.isNull() else None


def _kind(data: QMimeData) -> str | None:
    return next((kind for kind in (*_ENDINGS, *_TURNED_INTO_PNG) if data.hasFormat(f"image/{kind}")), None)
