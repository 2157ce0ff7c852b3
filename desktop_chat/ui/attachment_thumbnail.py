"""Small squares of attached pictures, made in a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage

from desktop_chat.core.attachments import Attachment
from desktop_chat.ui.transcript.drawings.pictures import Picture
from desktop_chat.ui.transcript.drawings.workbench import Workbench

_KEPT_MAX: Final = 60


@dataclass(slots=True, unsafe_hash=True)
class _Wish:
    id: str
    side_px: int
    data: str = field(compare=False, repr=False)


def thumbnail_of(attachment: Attachment, side_px: int) -> QImage | None:
    """The middle of a picture, no larger than a square; None while it is made, null when it is broken."""
    return _bench.look(_Wish(attachment.id, side_px, attachment.data))


def _made(wish: _Wish) -> QImage:
    picture = Picture(wish.data)
    # The bench keeps the wish with what was made for it: not the file, too.
    wish.data = ""
    if picture.trouble:
        return QImage()
    side = QSize(wish.side_px, wish.side_px)
    image = picture.decoded(picture.size.scaled(side, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    middle = QRect(0, 0, min(wish.side_px, image.width()), min(wish.side_px, image.height()))
    middle.moveCenter(image.rect().center())
    return image.copy(middle)


_bench: Final = Workbench("thumbnails", _made, QImage(), _KEPT_MAX)
