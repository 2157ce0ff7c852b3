"""The header of a code block: language at the left, what can be done at the right; it stays while code passes below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from desktop_chat.ui.transcript.parts.leaf_part import paint_tick
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

HEADER_PX: Final = 27.0
RADIUS_PX: Final = 10.0
_PADDING_PX: Final = 12.0
_GAP_PX: Final = 16.0
_TICK_PX: Final = (11.0, 8.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """A word in the header, and what a click on it does."""

    word: str
    deed: Deed
    value: str
    tip: str


class CodeHeader:
    """The words of one header; offers run from the right edge to the left.

    Units:   `top` in pixels from the top of the block.
    """

    def __init__(self, language: str, style: Style) -> None:
        self.top = 0.0
        self._style = style
        self._name = label(language or "text", Role.CODE_HEAD, style, style.inks.dim)
        self._given: Sequence[Offer] = ()
        self._offers: list[tuple[Offer, RichText, float]] = []
        self._width = 0.0

    def set_offers(self, offers: Sequence[Offer], width: float) -> bool:
        """Lay the words out, the first one at the right; True when they look different now."""
        if (offers, width) == (self._given, self._width):
            return False
        self._given, self._width = offers, width
        self._offers.clear()
        right = width - _PADDING_PX
        for offer in offers:
            word = label(offer.word, Role.CODE_HEAD, self._style, self._style.inks.dim)
            if right - word.width < _PADDING_PX + self._name.width + _GAP_PX and self._offers:
                break  # in a narrow block the words farther left give way
            self._offers.append((offer, word, right - word.width))
            right -= word.width + _GAP_PX
        return True

    def targets(self, left: float) -> Iterable[Target]:
        """The places of the words, from left to right, in a block whose left edge is at `left`."""
        for offer, word, x in reversed(self._offers):
            rect = QRectF(left + x - _GAP_PX / 2, self.top, word.width + _GAP_PX, HEADER_PX)
            yield Target(offer.value, rect, offer.deed, offer.value, offer.tip)

    def paint(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw into a block whose corner is at a place."""
        painter, inks = canvas.painter, canvas.style.inks
        y = top + self.top
        if y > canvas.clip.bottom() or y + HEADER_PX < canvas.clip.top():
            return
        inside = QRectF(left + 1, y + 1, self._width - 2, HEADER_PX - 1)
        if self.top > 0:
            painter.fillRect(inside.adjusted(0, -1, 0, 0), inks.code_head)
            painter.fillRect(QRectF(left, inside.bottom(), self._width, 1), inks.line)
        else:
            shape = QPainterPath()
            shape.setFillRule(Qt.FillRule.WindingFill)
            shape.addRoundedRect(inside, RADIUS_PX - 1, RADIUS_PX - 1)
            shape.addRect(inside.adjusted(0, RADIUS_PX, 0, 0))
            painter.fillPath(shape.simplified(), inks.code_head)
        text_top = y + (HEADER_PX - self._name.height) / 2
        self._name.paint(painter, left + _PADDING_PX, text_top)
        for offer, word, x in self._offers:
            self._paint_offer(canvas, offer, word, left + x, text_top)

    def _paint_offer(self, canvas: Canvas, offer: Offer, word: RichText, x: float, y: float) -> None:
        if canvas.copied == offer.value:
            width, height = _TICK_PX
            tick = QRectF(x + word.width - width - 1, y + (word.height - height) / 2, width, height)
            canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
            paint_tick(canvas.painter, tick, QPen(QColor(canvas.style.colors.good), 1.8))
        elif canvas.hovered is not None and canvas.hovered.name == offer.value:
            label(offer.word, Role.CODE_HEAD, self._style).paint(canvas.painter, x, y)
        else:
            word.paint(canvas.painter, x, y)
