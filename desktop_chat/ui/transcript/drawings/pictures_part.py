"""What the reader sent along: pictures as thumbnails, the rest as cards, right-aligned above the words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from desktop_chat.ui.transcript.drawings.pictures import Card, Picture, pixels_of
from desktop_chat.ui.transcript.drawings.sent_file import SentFile
from desktop_chat.ui.transcript.markdown.visible_text import visible
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Part, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style, font_of

_BOX_PX: Final = (240.0, 180.0)
_SMALL_BOX_PX: Final = (144.0, 108.0)
_SEVERAL: Final = 3
"""So many are smaller: the answer below them is to be seen as well."""

_CARD_PX: Final = (232.0, 58.0)
_LEAST_PX: Final = 44.0
_GAP_PX: Final = 8.0
_RADIUS_PX: Final = 10.0
_CARD_PADDING_PX: Final = 12.0
_GRAIN_MAX: Final = 4


@dataclass(slots=True)
class _Thing:
    """One of them, and its place from the part's corner."""

    shown: Picture | Card
    rect: QRectF


class PicturesPart(Part):
    """Room for each is known from the start: nothing moves when a picture is there."""

    margins = (0.0, 6.0)

    def __init__(self, shown: tuple[Picture | Card, ...], style: Style) -> None:
        self._style = style
        self._box_px = _SMALL_BOX_PX if len(shown) >= _SEVERAL else _BOX_PX
        self._things = [_Thing(one, QRectF(0.0, 0.0, *_size_of(one, self._box_px))) for one in shown]
        self._grain = 0
        self._images: dict[Picture, QImage | None] = {}
        self._cards: dict[int, tuple[RichText, RichText]] = {}

    def picture(self, name: str) -> Picture:
        """The picture of a target."""
        shown = self._things[int(name.partition(":")[2])].shown
        assert isinstance(shown, Picture)
        return shown

    def file(self, name: str) -> SentFile | None:
        """The file of a target; None for a picture that is shown, and for what is not in the message."""
        shown = self._things[int(name.partition(":")[2])].shown
        return shown.file if isinstance(shown, Card) else None

    # --- layout ---

    def estimate(self, width: float) -> float:
        self._place(width)
        return self.height

    def measure(self, width: float) -> None:
        self._place(width)
        self.measured_width = width

    def _place(self, width: float) -> None:
        """Put as many beside each other as there is room for, the lines against the right edge."""
        top, line = 0.0, list[_Thing]()
        for thing in self._things:
            if line and sum(one.rect.width() + _GAP_PX for one in line) + thing.rect.width() > width:
                top += self._put_line(line, top, width) + _GAP_PX
                line = []
            line.append(thing)
        self.height = top + (self._put_line(line, top, width) if line else 0.0)

    def _put_line(self, line: list[_Thing], top: float, width: float) -> float:
        height = max(thing.rect.height() for thing in line)
        left = round(width - sum(thing.rect.width() + _GAP_PX for thing in line) + _GAP_PX)
        for thing in line:
            thing.rect.moveTo(left, top + height - thing.rect.height())
            left += round(thing.rect.width() + _GAP_PX)
        return height

    # --- pixels ---

    def _image(self, picture: Picture) -> QImage | None:
        if self._images.get(picture) is None:
            width, height = _size_of(picture, self._box_px)
            self._images[picture] = pixels_of(picture, QSize(int(width), int(height)) * self._grain)
        return self._images[picture]

    @property
    def is_waiting(self) -> bool:
        return any(image is None for image in self._images.values())

    def take_drawn(self) -> bool:
        before = [image is None for image in self._images.values()]
        return before != [self._image(picture) is None for picture in list(self._images)]

    # --- painting ---

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        grain = min(_GRAIN_MAX, math.ceil(abs(canvas.painter.deviceTransform().m11())))
        if grain != self._grain:
            self._grain, self._images = grain, {}
        for index, thing in enumerate(self._things):
            rect = thing.rect.translated(left, top)
            if isinstance(thing.shown, Card):
                self._paint_card(canvas, index, thing.shown, rect)
            else:
                self._paint_picture(canvas.painter, thing.shown, rect)

    def _paint_picture(self, painter: QPainter, picture: Picture, rect: QRectF) -> None:
        inks, image = self._style.inks, self._image(picture)
        outline = QPainterPath()
        outline.addRoundedRect(rect, _RADIUS_PX, _RADIUS_PX)
        painter.fillPath(outline, inks.bubble)
        if image is not None and not image.isNull():
            painter.save()
            painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            ratio = min(rect.width() / image.width(), rect.height() / image.height(), 1.0)
            shown = QRectF(0.0, 0.0, image.width() * ratio, image.height() * ratio)
            shown.moveCenter(rect.center())
            painter.drawImage(shown, image)
            painter.restore()
        elif image is not None:
            words = label("Broken picture", Role.NOTE, self._style, inks.dim)
            words.paint(painter, rect.center().x() - words.width / 2, rect.center().y() - words.height / 2)
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)

    def _paint_card(self, canvas: Canvas, index: int, card: Card, rect: QRectF) -> None:
        painter, inks = canvas.painter, self._style.inks
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.bubble)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        if index not in self._cards:
            self._cards[index] = (
                label(_short(card.title, Role.SMALL), Role.SMALL, self._style),
                label(_short(card.detail, Role.NOTE), Role.NOTE, self._style, inks.dim),
            )
        title, detail = self._cards[index]
        if canvas.copied == _name_of(index):
            detail = label("Saved", Role.NOTE, self._style)
        y = rect.top() + (rect.height() - title.height - detail.height) / 2
        for words in (title, detail):
            words.paint(painter, rect.left() + _CARD_PADDING_PX, y)
            y += words.height

    # --- pointing and speech ---

    def targets(self) -> tuple[Target, ...]:
        return tuple(
            _target(index, thing)
            for index, thing in enumerate(self._things)
            if isinstance(thing.shown, Picture) or thing.shown.file is not None
        )

    @property
    def spoken(self) -> str:
        return ". ".join(_words(thing.shown) for thing in self._things)


def fold_of(index: int) -> str:
    """What unfolds the text of the file at a place."""
    return f"file:{index}"


def _name_of(index: int) -> str:
    return f"picture:{index}"


def _target(index: int, thing: _Thing) -> Target:
    name, words = _name_of(index), _words(thing.shown)
    if isinstance(thing.shown, Picture):
        return Target(name, thing.rect, Deed.SHOW_PICTURE, tip="Show the picture", words=words)
    if thing.shown.text:
        return Target(name, thing.rect, Deed.FOLD, fold_of(index), tip="Show or hide the text", words=words)
    return Target(name, thing.rect, Deed.SAVE_FILE, tip="Save the file…", words=words)


def _size_of(shown: Picture | Card, box_px: tuple[float, float]) -> tuple[float, float]:
    if isinstance(shown, Card):
        return _CARD_PX
    width, height = shown.size.width(), shown.size.height()
    ratio = min(box_px[0] / width, box_px[1] / height, 1.0)
    return max(_LEAST_PX, round(width * ratio)), max(_LEAST_PX, round(height * ratio))


def _words(shown: Picture | Card) -> str:
    if isinstance(shown, Card):
        return f"{shown.title}, {shown.detail}"
    return f"Picture, {shown.size.width()} by {shown.size.height()} pixels"


def _short(text: str, role: Role) -> str:
    room = _CARD_PX[0] - 2 * _CARD_PADDING_PX
    return QFontMetricsF(font_of(role)).elidedText(visible(text[:400]), Qt.TextElideMode.ElideMiddle, room)
