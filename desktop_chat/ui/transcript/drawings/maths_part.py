"""Maths that stands by itself: in the middle of the column, as high as it is; what is too wide scrolls sideways."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop_chat.ui.transcript.drawings import maths
from desktop_chat.ui.transcript.drawings.inline_maths import MATHS_SCALE
from desktop_chat.ui.transcript.drawings.maths import Drawing
from desktop_chat.ui.transcript.markdown.blocks import Formula, Leaf, Mark, Span
from desktop_chat.ui.transcript.markdown.delimiters import latex_of
from desktop_chat.ui.transcript.markdown.visible_text import cut, units
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.sideways import BAR_PX, Sideways, paint_handle
from desktop_chat.ui.transcript.parts.style import Role, Style

_FONT_PX: Final = Role.PROSE.pixels * MATHS_SCALE * 1.06
_PADDING_PX: Final = 4.0


class FormulaPart(LeafPart):
    """One formula; its source stands there until it is drawn, and for good when it cannot be."""

    def __init__(self, leaf: Leaf, style: Style) -> None:
        super().__init__(leaf, style)
        self._latex = latex_of(self.source)[0].strip()
        self._drawing: Drawing | None = None
        self._text: RichText | None = None
        self._width = 0.0
        self._sideways = Sideways()

    @property
    def source(self) -> str:
        """The formula as it was written, with its delimiters."""
        assert isinstance(self.leaf.content, Formula)
        return self.leaf.content.source

    @property
    def is_waiting(self) -> bool:
        return bool(self._latex) and self._drawing is None and self._text is not None

    @property
    def is_picture(self) -> bool:
        return self._drawing is not None and self._text is None

    def take_drawn(self) -> bool:
        if maths.look(self._latex, True, _FONT_PX) is None:
            return False
        self.retire()
        return True

    # --- layout ---

    def estimate(self, width: float) -> float:
        return Role.PROSE.line_px * (1 + self.source.count("\\\\")) + 2 * _PADDING_PX

    def measure_content(self, width: float) -> float:
        self._width = width
        if self._latex and self._drawing is None:
            self._drawing = maths.look(self._latex, True, _FONT_PX)
        if self._drawing is not None and self._drawing.is_drawn:
            self._text = None
            self._sideways.fit(self._drawing.width, width)
            height = max(Role.PROSE.line_px, round(self._drawing.height))
            self.content_top = (height - Role.PROSE.line_px) / 2 + _PADDING_PX
            return height + 2 * _PADDING_PX
        self._text = RichText((Span(self.source.rstrip(), Mark.SOURCE),), Role.PROSE, self.style)
        return self._text.measure(width)

    def retire(self) -> None:
        super().retire()
        self._text = self._drawing = None

    def scroll_sideways(self, by: float) -> bool:
        return self._sideways.move(by)

    def bar_rect(self) -> QRectF:
        return self._sideways.handle(self.indent, self.height - BAR_PX)

    def drag_bar(self, by: float) -> bool:
        return self._sideways.drag(by)

    @property
    def _place(self) -> QRectF:
        """Where the formula is, right of the frames."""
        assert self._drawing is not None
        x = max(0.0, (self._width - self._drawing.width) / 2) - self._sideways.shift_px
        return QRectF(x, (self.height - self._drawing.height) / 2, self._drawing.width, self._drawing.height)

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        if self._text is not None:
            self._text.paint(canvas.painter, left, top, marked)
            return
        if self._drawing is None:
            return
        painter, inks = canvas.painter, canvas.style.inks
        painter.save()
        painter.setClipRect(QRectF(left, top, self._width, self.height), Qt.ClipOperation.IntersectClip)
        place = self._place.translated(left, top)
        if marked.selection is not None or marked.hits:
            ink = inks.selection if marked.selection else inks.hit_current if marked.current else inks.hit
            painter.fillRect(place.adjusted(-3, -2, 3, 2), ink)
        self._drawing.paint(painter, place.left(), round(place.top() + self._drawing.ascent), inks.text)
        if self._sideways.is_needed:
            paint_handle(painter, self.bar_rect().translated(left - self.indent, top), inks.line)
        painter.restore()

    # --- text ---

    @property
    def length(self) -> int:
        return units(self.source.rstrip())

    def offset_at(self, point: QPointF) -> int:
        x = point.x() - self.indent
        if self._text is not None:
            return self._text.offset_at(x, point.y())
        return 0 if self._drawing is None or x < self._place.center().x() else self.length

    def word_at(self, offset: int) -> tuple[int, int]:
        return self._text.word_at(offset) if self._text is not None else (0, self.length)

    def rects(self, start: int, end: int) -> list[QRectF]:
        if self._text is not None:
            return [rect.translated(self.indent, 0.0) for rect in self._text.rects(start, end)]
        return [self._place.translated(self.indent, 0.0)] if self._drawing is not None else []

    def latex_at(self, point: QPointF) -> str:
        """The formula, wherever in its block the point is."""
        return self._latex

    def plain(self, start: int, end: int) -> str:
        if self._text is not None and (start > 0 or end < self.length):
            return cut(self.source, start, end)
        return self.source

    def taken(self, start: int, end: int) -> Leaf:
        return replace(self.leaf, marker=self.leaf.marker if start == 0 else "")
