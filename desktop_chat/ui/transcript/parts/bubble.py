"""The reader's own message: a bubble at the right, its text shown as it was typed."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop_chat.ui.transcript.markdown.blocks import Span
from desktop_chat.ui.transcript.markdown.visible_text import cut, is_right_to_left, units
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Part, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

_WIDTH_MAX_PX: Final = 600.0
_RADIUS_PX: Final = 14.0
_PADDING_PX: Final = (14.0, 10.0)
_FOLDED_LINES: Final = 20
_FOLDED_CHARACTERS: Final = 3_000
"""More than this never fits into the folded lines."""

_FOLD: Final = "text"


class BubblePart(Part):
    """The text of a user message; a long one is folded to its first lines."""

    is_selectable: ClassVar[bool] = True

    def __init__(self, text: str, style: Style, is_unfolded: bool) -> None:
        self._text = text
        self._style = style
        self._is_unfolded = is_unfolded
        self._laid: RichText | None = None
        self._is_long = False
        self._bubble = QRectF()
        self._more = label("Show less" if is_unfolded else "Show more", Role.SMALL, style, style.inks.accent)

    def estimate(self, width: float) -> float:
        per_line = max(10.0, (min(width, _WIDTH_MAX_PX) - 2 * _PADDING_PX[0]) / 7.2)
        lines = sum(1 + int(len(line) / per_line) for line in self._text[:_FOLDED_CHARACTERS].split("\n"))
        return Role.PROSE.line_px * min(lines, _FOLDED_LINES) + 2 * _PADDING_PX[1]

    def measure(self, width: float) -> None:
        shown = self._shown
        if self._laid is None:
            self._laid = RichText((Span(shown),), Role.PROSE, self._style)
        room = min(width, _WIDTH_MAX_PX) - 2 * _PADDING_PX[0]
        height = self._laid.measure(room)
        folded = _FOLDED_LINES * Role.PROSE.line_px
        self._is_long = height > folded or len(shown) < len(self._text)
        if self._is_long:
            height = (height if self._is_unfolded else min(height, folded)) + self._more.height
        text_width = (
            room if self._laid.is_wrapped else max(self._laid.width, self._more.width if self._is_long else 0.0)
        )
        text_width = math.ceil(min(text_width, room))
        if is_right_to_left(shown):
            # It stands at the right of its room, which is the bubble, not the column.
            self._laid.measure(text_width)
        bubble_width = text_width + 2 * _PADDING_PX[0]
        self.height = height + 2 * _PADDING_PX[1]
        self._bubble = QRectF(round(width - bubble_width), 0.0, bubble_width, self.height)
        self.measured_width = width

    def retire(self) -> None:
        super().retire()
        self._laid = None

    @property
    def _text_px(self) -> float:
        """Height of the shown text."""
        return self.height - 2 * _PADDING_PX[1] - (self._more.height if self._is_long else 0.0)

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        assert self._laid is not None
        painter = canvas.painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(canvas.style.inks.bubble)
        bubble = self._bubble.translated(left, top)
        painter.drawRoundedRect(bubble, _RADIUS_PX, _RADIUS_PX)
        x, y = bubble.left() + _PADDING_PX[0], bubble.top() + _PADDING_PX[1]
        painter.save()
        painter.setClipRect(QRectF(bubble.left(), y, bubble.width(), self._text_px), Qt.ClipOperation.IntersectClip)
        self._laid.paint(painter, x, y, marked)
        painter.restore()
        if self._is_long:
            self._more.paint(painter, x, y + self._text_px)

    def targets(self) -> tuple[Target, ...]:
        if not self._is_long:
            return ()
        x, y = self._bubble.left() + _PADDING_PX[0], _PADDING_PX[1] + self._text_px
        words = "Show less" if self._is_unfolded else "Show more"
        return (Target(_FOLD, QRectF(x, y, self._more.width, self._more.height), Deed.FOLD, _FOLD, words=words),)

    @property
    def length(self) -> int:
        return self._laid.length if self._laid else units(self._shown)

    @property
    def _shown(self) -> str:
        return self._text if self._is_unfolded else self._text[:_FOLDED_CHARACTERS]

    def offset_at(self, point: QPointF) -> int:
        assert self._laid is not None
        y = min(point.y() - _PADDING_PX[1], self._text_px - 1)
        return self._laid.offset_at(point.x() - self._bubble.left() - _PADDING_PX[0], y)

    def word_at(self, offset: int) -> tuple[int, int]:
        assert self._laid is not None
        return self._laid.word_at(offset)

    @property
    def whole(self) -> str:
        return self._text

    def fold_over(self, end: int) -> str:
        if not self._is_long or self._is_unfolded:
            return ""
        rects = self.rects(end - 1, end)
        is_shown = bool(rects) and rects[-1].bottom() <= _PADDING_PX[1] + self._text_px
        return "" if is_shown else _FOLD

    def rects(self, start: int, end: int) -> list[QRectF]:
        assert self._laid is not None
        left = self._bubble.left() + _PADDING_PX[0]
        return [rect.translated(left, _PADDING_PX[1]) for rect in self._laid.rects(start, end)]

    def plain(self, start: int, end: int) -> str:
        return self._text if start == 0 and end >= self.length else cut(self._text, start, end)
