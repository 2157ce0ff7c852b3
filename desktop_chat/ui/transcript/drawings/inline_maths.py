"""Formulas within a line of text: the room they need, and where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QTextLayout, QTextLine

from desktop_chat.ui.transcript.drawings import maths
from desktop_chat.ui.transcript.drawings.maths import Drawing
from desktop_chat.ui.transcript.markdown.blocks import Span
from desktop_chat.ui.transcript.markdown.delimiters import latex_of
from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.parts.style import Role
from desktop_chat.ui.transcript.parts.text_line import x_of

MATHS_SCALE: Final = 1.16
"""The letters of the font for maths are smaller than those around them; so much larger they look alike."""

_SIDE_PX: Final = 1.0
_LINE_GAP_PX: Final = 3.0
"""Least room between a formula and the lines above and below."""


@dataclass(slots=True)
class InlineFormula:
    """One formula in a text.

    Units:   `start` and `end` in UTF-16 units of the text; `rect` in pixels from its corner.
    """

    start: int
    end: int
    latex: str
    drawing: Drawing
    scale: float = 1.0
    baseline: float = 0.0
    rect: QRectF = field(default_factory=QRectF)

    @property
    def width(self) -> float:
        return self.drawing.width * self.scale + 2 * _SIDE_PX

    def fit(self, room: float) -> bool:
        """Be no wider than a line; True when the size is another one now."""
        scale = min(1.0, max(1.0, room - 2 * _SIDE_PX) / self.drawing.width)
        has_changed, self.scale = scale != self.scale, scale
        return has_changed

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """A range that covers the whole formula if it covers some of it."""
        if end <= self.start or start >= self.end or start >= end:
            return start, end
        return min(start, self.start), max(end, self.end)

    def place(self, left: float, baseline: float) -> None:
        """Stand at a place of the text."""
        self.baseline = baseline
        above = self.drawing.ascent * self.scale
        self.rect = QRectF(left, baseline - above, self.width, self.drawing.height * self.scale)

    def paint(self, painter: QPainter, left: float, top: float, ink: QColor) -> None:
        x = left + self.rect.left() + _SIDE_PX
        self.drawing.paint(painter, x, top + self.baseline, ink, self.scale)


def formula_of(span: Span, at: int, role: Role) -> tuple[InlineFormula | None, bool]:
    """The formula a span is, unless it has to be shown as source; and whether it is being drawn."""
    latex = latex_of(span.text)[0]
    if not latex:
        return None, False
    drawing = maths.look(latex, False, role.pixels * MATHS_SCALE)
    if drawing is None or not drawing.is_drawn:
        return None, drawing is None
    return InlineFormula(at, at + units(span.text), latex.strip(), drawing), False


class Lines:
    """Lines of a layout, moved apart where formulas need more room than a line has."""

    def __init__(self, layout: QTextLayout, formulas: Sequence[InlineFormula], line_px: float, baseline: float) -> None:
        self._tops: list[float] = []
        self._heights: list[float] = []
        self._above: list[float] = []
        top = 0.0
        for index in range(layout.lineCount()):
            line = layout.lineAt(index)
            first, last = line.textStart(), line.textStart() + line.textLength()
            inside = [formula for formula in formulas if first <= formula.start < last]
            ascent = max((formula.drawing.ascent * formula.scale for formula in inside), default=0.0)
            descent = max((formula.drawing.descent * formula.scale for formula in inside), default=0.0)
            above = ceil(max(0.0, ascent + _LINE_GAP_PX - baseline))
            below = ceil(max(0.0, descent + _LINE_GAP_PX - (line_px - baseline)))
            position = line.position()
            position.setY(position.y() + top + above - index * line_px)
            line.setPosition(position)
            self._tops.append(top)
            self._above.append(above)
            self._heights.append(line_px + above + below)
            for formula in inside:
                formula.place(_left_of(line, formula.start), round(top + above + baseline))
            top += self._heights[-1]
        self.height = max(top, line_px)

    def room_of(self, index: int) -> tuple[float, float]:
        """Top and height of a line."""
        return self._tops[index], self._heights[index]

    def index_at(self, y: float) -> int:
        """The line at a height; one too many below the last one."""
        return len(self._tops) if y >= self.height else max(0, bisect_right(self._tops, y) - 1)

    def above_words(self, y: float) -> float:
        """How far below the top of the line at a height its words begin."""
        return self._above[min(self.index_at(y), len(self._above) - 1)] if self._above else 0.0


def _left_of(line: QTextLine, offset: int) -> float:
    """Where the room of a formula begins, whichever way the text runs."""
    return min(x_of(line, offset), x_of(line, offset + 1))
