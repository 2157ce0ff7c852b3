"""The quiet lines of a message: head line, waiting, thinking, cards."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from desktop_chat.ui.transcript.markdown.blocks import Frame, Leaf, Paragraph, Span
from desktop_chat.ui.transcript.markdown.giants import pieces_between
from desktop_chat.ui.transcript.markdown.visible_text import cut
from desktop_chat.ui.transcript.moving.motion import is_motion_reduced
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Part, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

NAME: Final = "Claude"
_UNREAD_LINE_PX: Final = 8.0
_UNREAD_PX: Final = 7.0 * Role.PROSE.line_px
"""Height of a line end and area of a character, rather too little: a page may grow while it is read, not shrink."""


class HeadPart(Part):
    """Who speaks, and how fast."""

    margins = (0.0, 4.0)
    height = Role.NOTE.line_px

    def __init__(self, words: str, style: Style, room_px: float = 0.0) -> None:
        self.margins = (room_px, self.margins[1])
        self._said = f"{NAME}, {words}" if words else NAME
        self._name = label(NAME, Role.NOTE_BOLD, style)
        self._words = label(f"· {words}" if words else "", Role.NOTE, style, style.inks.dim)

    def measure(self, width: float) -> None:
        self.measured_width = width

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        self._name.paint(canvas.painter, left, top)
        self._words.paint(canvas.painter, left + self._name.width + 8, top)

    @property
    def spoken(self) -> str:
        return self._said


class WaitingPart(Part):
    """A pulsing dot and what is being waited for."""

    is_pulsing = True
    margins = (4.0, 4.0)
    height = Role.PROSE.line_px
    _DOT_PX: Final = 8.0
    _PERIOD_S: Final = 1.6

    def __init__(self, words: str, style: Style) -> None:
        self.words = words
        self._words = label(words, Role.SMALL, style, style.inks.dim)

    def measure(self, width: float) -> None:
        self.measured_width = width

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter = canvas.painter
        turn = 0.5 if is_motion_reduced() else canvas.now_s / self._PERIOD_S
        wave = 0.5 - 0.5 * math.cos(turn * 2 * math.pi)
        painter.save()
        painter.setOpacity(0.35 + 0.65 * wave)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(canvas.style.inks.accent)
        painter.drawEllipse(QRectF(left, top + (self.height - self._DOT_PX) / 2, self._DOT_PX, self._DOT_PX))
        painter.restore()
        self._words.paint(painter, left + self._DOT_PX + 10, top + 1)

    @property
    def spoken(self) -> str:
        return self.words


class ThinkingPart(Part):
    """The thinking: one line that unfolds; the text itself while it runs."""

    is_selectable: ClassVar[bool] = True
    margins = (6.0, 10.0)
    _PADDING_PX: Final = (12.0, 2.0)
    _RULE_PX: Final = 2.0
    _TEXT_GAP_PX: Final = 4.0

    def __init__(self, title: str, text: str, fold: str, is_unfolded: bool, style: Style) -> None:
        self._fold = fold
        self._style = style
        self._is_unfolded = is_unfolded and bool(text)
        arrow = ("▾ " if self._is_unfolded else "▸ ") if text else ""
        self.title = arrow + title
        self._title = label(self.title, Role.SMALL, style, style.inks.dim)
        self._has_text = bool(text)
        self._whole = text
        self._text = ""
        self._lines: list[RichText] = []
        self._tops: list[float] = []
        self._starts: list[int] = []
        """Where each line begins, in UTF-16 units; `_indices` has the same in characters."""
        self._indices: list[int] = []
        if self._is_unfolded:
            self.grow(text)

    def grow(self, text: str) -> None:
        """Take a longer text over; only its last paragraph is laid out again."""
        kept = max(0, len(self._lines) - 1)
        index, start = (self._indices[kept], self._starts[kept]) if self._lines else (0, 0)
        del self._lines[kept:], self._starts[kept:], self._indices[kept:], self._tops[kept:]
        for line in text[index:].split("\n"):
            for at, end in pieces_between(line):
                made = RichText((Span(line[at:end]),), Role.SMALL, self._style, self._style.inks.dim)
                self._lines.append(made)
                self._starts.append(start)
                self._indices.append(index + at)
                start += made.length
            start += 1
            index += len(line) + 1
        self._text = self._whole = text
        self.is_dirty = True
        if self.measured_width >= 0:
            self._stack(kept, self.measured_width)

    @property
    def is_unfolded(self) -> bool:
        return self._is_unfolded

    def measure(self, width: float) -> None:
        self._tops.clear()
        self._stack(0, width)
        self.measured_width = width

    def _stack(self, first: int, width: float) -> None:
        room = max(40.0, width - self._PADDING_PX[0] - self._RULE_PX)
        top = self._PADDING_PX[1] + self._title.height + self._TEXT_GAP_PX
        if first:
            top = self._tops[first - 1] + self._lines[first - 1].height
        for line in self._lines[first:]:
            self._tops.append(top)
            top += line.measure(room)
        self.height = (top if self._lines else self._PADDING_PX[1] + self._title.height) + self._PADDING_PX[1]

    def estimate(self, width: float) -> float:
        return self._title.height + 2 * self._PADDING_PX[1] + Role.SMALL.line_px * len(self._lines)

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter = canvas.painter
        painter.fillRect(QRectF(left, top, self._RULE_PX, self.height), canvas.style.inks.line)
        x = left + self._RULE_PX + self._PADDING_PX[0]
        self._title.paint(painter, x, top + self._PADDING_PX[1])
        for line, line_top, start in zip(self._lines, self._tops, self._starts, strict=True):
            y = top + line_top
            if y > canvas.clip.bottom() or y + line.height < canvas.clip.top():
                continue
            line.paint(painter, x, y, marked.within(start, line.length))

    def targets(self) -> tuple[Target, ...]:
        if not self._has_text:
            return ()
        rect = QRectF(0, 0, self._title.width + 2 * self._PADDING_PX[0], self._title.height + 2 * self._PADDING_PX[1])
        return (Target("fold", rect, Deed.FOLD, self._fold, words=self.title),)

    @property
    def length(self) -> int:
        return self._starts[-1] + self._lines[-1].length if self._lines else 0

    def offset_at(self, point: QPointF) -> int:
        for line, top, start in reversed(list(zip(self._lines, self._tops, self._starts, strict=True))):
            if point.y() >= top:
                return start + line.offset_at(point.x() - self._RULE_PX - self._PADDING_PX[0], point.y() - top)
        return 0

    def word_at(self, offset: int) -> tuple[int, int]:
        for line, start in reversed(list(zip(self._lines, self._starts, strict=True))):
            if offset >= start:
                first, last = line.word_at(offset - start)
                return start + first, start + last
        return offset, offset

    def plain(self, start: int, end: int) -> str:
        return cut(self._text, start, end)

    @property
    def whole(self) -> str:
        return self._whole

    def fold_over(self, end: int) -> str:
        return "" if self._is_unfolded else self._fold

    def rects(self, start: int, end: int) -> list[QRectF]:
        left = self._RULE_PX + self._PADDING_PX[0]
        return [
            rect.translated(left, top)
            for line, top, first in zip(self._lines, self._tops, self._starts, strict=True)
            if first < end and first + line.length > start
            for rect in line.rects(start - first, end - first)
        ]

    def taken(self, start: int, end: int) -> Leaf:
        return Leaf(Paragraph((Span(self.plain(start, end)),)), (Frame.QUOTE,))


class UnreadPart(Part):
    """Room for text that has arrived and will be read with the next frames."""

    def __init__(self, characters: int, lines: int) -> None:
        self._characters = characters
        self._lines = lines

    def estimate(self, width: float) -> float:
        return self._characters * _UNREAD_PX / max(width, 100.0) + self._lines * _UNREAD_LINE_PX

    def measure(self, width: float) -> None:
        self.height = self.estimate(width)
        self.measured_width = width

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Nothing: a moment later the text stands here."""


class CardPart(Part):
    """Something that is not text, such as a tool call: one line that unfolds what came."""

    margins = (6.0, 10.0)
    height = 34.0
    _PADDING_PX: Final = 12.0

    def __init__(self, title: str, fold: str, is_unfolded: bool, style: Style) -> None:
        self._fold = fold
        self.title = ("▾ " if is_unfolded else "▸ ") + title
        self._title = label(self.title, Role.SMALL, style, style.inks.dim)
        self._width = 0.0

    def measure(self, width: float) -> None:
        self._width = self.measured_width = width

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter = canvas.painter
        painter.setPen(QPen(canvas.style.inks.line, 1))
        painter.setBrush(canvas.style.inks.hover if canvas.hovered else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(left + 0.5, round(top) + 0.5, self._width - 1, self.height - 1), 10, 10)
        painter.save()
        room = QRectF(left, top, self._width - self._PADDING_PX, self.height)
        painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        self._title.paint(painter, left + self._PADDING_PX, round(top) + (self.height - self._title.height) / 2)
        painter.restore()

    def targets(self) -> tuple[Target, ...]:
        return (Target("fold", QRectF(0, 0, self._width, self.height), Deed.FOLD, self._fold, words=self.title),)
