"""A mermaid diagram: a code block that shows its picture, and its source when the reader wants it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.code.code_header import HEADER_PX, RADIUS_PX, Offer
from desktop_chat.ui.transcript.drawings import mermaid
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.parts.folds import BlockFold
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed
from desktop_chat.ui.transcript.parts.style import Style

_PADDING_PX: Final = 14.0
_HEIGHT_MAX_PX: Final = 900.0
_DARK_LIGHTNESS: Final = 128


def is_diagram(leaf: Leaf) -> bool:
    """Whether a leaf is shown as a picture: its end has come, and there is somebody to draw it."""
    code = leaf.content
    if not isinstance(code, Code) or code.language.lower() != mermaid.LANGUAGE or code.is_open:
        return False
    return not leaf.frames and bool(code.text.strip()) and mermaid.is_available()


class DiagramPart(CodePart):
    """Its source stands there until it is drawn, and for good when it cannot be."""

    def __init__(self, leaf: Leaf, style: Style, fold: BlockFold | None = None) -> None:
        super().__init__(leaf, style, fold)
        self._image: QImage | None = None
        self._is_dark = QColor(style.colors.page).lightness() < _DARK_LIGHTNESS

    def update(self, leaf: Leaf) -> bool:
        return False

    @property
    def _source_name(self) -> str:
        return f"{self._fold.name}.source"

    @property
    def _is_drawn(self) -> bool:
        return self._image is not None and not self._image.isNull()

    @property
    def is_picture(self) -> bool:
        """Whether the picture is shown now."""
        return self._is_drawn and not self._fold.is_noted(self._source_name)

    @property
    def is_waiting(self) -> bool:
        return self._image is None and self.measured_width >= 0

    def take_drawn(self) -> bool:
        self._image = mermaid.look(self.code, self._is_dark)
        return self._image is not None

    def toggle(self, fold: str) -> bool:
        if fold != self._source_name:
            return super().toggle(fold)
        self._fold.note(fold)
        self.is_dirty = True
        return True

    # --- layout ---

    def _offers(self, is_wide: bool) -> list[Offer]:
        offers = super()._offers(is_wide and not self.is_picture)
        if self._is_drawn:
            word, tip = ("Source", "Show the source") if self.is_picture else ("Diagram", "Show the diagram")
            offers.insert(2, Offer(word, Deed.FOLD, self._source_name, tip))
        return offers

    def measure_content(self, width: float) -> float:
        if self._image is None:
            self._image = mermaid.look(self.code, self._is_dark)
        height = super().measure_content(width)
        if not self.is_picture:
            return height
        self._width = self._column
        self._header.set_offers(self._offers(False), self._width)
        return HEADER_PX + self._place.height() + 2 * _PADDING_PX + 2

    @property
    def _place(self) -> QRectF:
        """Where the picture is in the block."""
        assert self._image is not None
        width, height = self._image.width() / mermaid.SCALE, self._image.height() / mermaid.SCALE
        ratio = min(1.0, (self._width - 2 * _PADDING_PX) / width, _HEIGHT_MAX_PX / height)
        x = (self._width - width * ratio) / 2
        return QRectF(x, HEADER_PX + _PADDING_PX, width * ratio, round(height * ratio))

    @property
    def is_folded(self) -> bool:
        return not self.is_picture and super().is_folded

    @property
    def is_colored(self) -> bool:
        return self.is_picture or super().is_colored

    def bar_rect(self) -> QRectF:
        return QRectF() if self.is_picture else super().bar_rect()

    def scroll_sideways(self, by: float) -> bool:
        return not self.is_picture and super().scroll_sideways(by)

    # --- painting and pointing ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        if not self.is_picture:
            super().paint_content(canvas, left, top, marked)
            return
        assert self._image is not None
        painter, inks = canvas.painter, canvas.style.inks
        top = round(top)
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.page)
        painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, self._width - 1, self.height - 1), RADIUS_PX, RADIUS_PX)
        place = self._place.translated(left, top)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.restore()
        if marked.selection is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(place, inks.selection)
        self._header.paint(canvas, left, top)

    def rects(self, start: int, end: int) -> list[QRectF]:
        return [self._place.translated(self.indent, 0.0)] if self.is_picture else super().rects(start, end)

    def offset_at(self, point: QPointF) -> int:
        if not self.is_picture:
            return super().offset_at(point)
        return 0 if point.y() < self.height / 2 else self.length

    def word_at(self, offset: int) -> tuple[int, int]:
        return (0, self.length) if self.is_picture else super().word_at(offset)

    def fold_over(self, end: int) -> str:
        # What is searched stands in the source.
        return self._source_name if self.is_picture else super().fold_over(end)
