"""The cells of a table: measured roughly at first, laid out when they are painted or have to be broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

from desktop_chat.ui.transcript.markdown.blocks import Mark, Spans
from desktop_chat.ui.transcript.parts.code_pads import laid_units
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.style import Role, Style
from desktop_chat.ui.transcript.tables.table_columns import natural_px

CELL_PADDING_PX = 5.0
BORDER_PX = 1.0


class Cell:
    """One cell; `start` is where its text begins in the text of the table, in UTF-16 units."""

    def __init__(self, spans: Spans, role: Role, style: Style, start: int) -> None:
        self.spans = spans
        self.start = start
        self.length = laid_units(spans)
        self._has_maths = any(span.marks & Mark.MATHS for span in spans)
        self._role = role
        self._style = style
        self._text: RichText | None = None
        self._width = 0.0
        self._align: Qt.AlignmentFlag | None = None
        self.natural_px = self._wanted_px()
        self.above_px = 0.0
        """How far below its top its first words stand, for a formula that is higher than they are."""

    def _wanted_px(self) -> float:
        if not self._has_maths:
            return natural_px(self.spans, self._role, self._style)
        # How wide a formula is only its drawing knows.
        text = RichText(self.spans, self._role, self._style)
        text.measure()
        return text.width + 1

    @property
    def is_waiting(self) -> bool:
        """Whether a formula in it is still being drawn."""
        return self._has_maths and self.text.is_waiting

    def take_drawn(self) -> bool:
        """Take over the formulas that have been drawn; True when there were some."""
        if not self._has_maths or not self.text.has_news:
            return False
        self._text = None
        self.natural_px = self._wanted_px()
        return True

    @property
    def end(self) -> int:
        return self.start + self.length

    def fit(self, width: float, align: Qt.AlignmentFlag | None) -> float:
        """Take a width; give the height it needs then."""
        if (width, align) != (self._width, self._align):
            self._width, self._align, self._text = width, align, None
        if self._has_maths:
            self.above_px = self.text.first_line_top
        return self._role.line_px if self.natural_px <= width and not self._has_maths else self.text.height

    @property
    def text(self) -> RichText:
        """The text, laid out."""
        if self._text is None:
            self._text = RichText(self.spans, self._role, self._style)
            self._text.measure(self._width, self._align)
        return self._text

    def forget(self) -> None:
        """Drop the layout."""
        self._text = None


@dataclass(slots=True)
class Row:
    """The cells beside each other; the top counts from the part's."""

    cells: list[Cell]
    spans: tuple[Spans, ...]
    """What the cells were made of."""
    top: float = 0.0
    height: float = 0.0
    above_px: float = 0.0
    """Of all its cells the most: their first words stand on one line."""

    def fit(self, top: float, widths: Sequence[float], aligns: Sequence[Qt.AlignmentFlag | None]) -> None:
        """Take a place and the widths of the columns."""
        fitted = list(zip(self.cells, widths, aligns, strict=False))
        heights = [cell.fit(width, align) for cell, width, align in fitted]
        self.above_px = above = max([cell.above_px for cell, *_ in fitted], default=0.0)
        ends = [above - cell.above_px + height for (cell, *_), height in zip(fitted, heights, strict=True)]
        self.top, self.height = top, max(ends, default=Role.CELL.line_px) + 2 * CELL_PADDING_PX + BORDER_PX

    def top_of(self, cell: Cell) -> float:
        """Where the text of one of its cells begins, from the top of the part."""
        return self.top + CELL_PADDING_PX + self.above_px - cell.above_px
