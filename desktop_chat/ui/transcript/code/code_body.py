"""The lines of a code block in their place below the header: broken or moved sideways, coloured, marked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QTextLayout

from desktop_chat.ui.transcript.code.code_lines import LINE_PX, CodeLines
from desktop_chat.ui.transcript.code.code_text import CodeText
from desktop_chat.ui.transcript.markdown.visible_text import cut, units
from desktop_chat.ui.transcript.parts.marked import UNMARKED, Marked, Range
from desktop_chat.ui.transcript.parts.part import Canvas
from desktop_chat.ui.transcript.parts.sideways import Sideways
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.parts.text_line import x_of

PADDING_PX: Final = (14.0, 10.0)
_RECTS_MAX: Final = 100


def body_px(row_count: int) -> float:
    """How high so many rows are."""
    return 2 * PADDING_PX[1] + LINE_PX * max(1, row_count)


class CodeBody:
    """Rows are laid out when they are painted, so a long block costs no more than a short one.

    Units:   pixels from the body's corner; positions of the text in UTF-16 units.
    """

    def __init__(self, code: str, language: str, style: Style, lines_max: int | None) -> None:
        self.text = CodeText(code, lines_max)
        self.sideways = Sideways()
        self._language = language
        self._style = style
        self._made_lines: CodeLines | None = None

    @property
    def lines(self) -> CodeLines:
        """Layouts and colours; made when they are asked for first, most of a long answer never is."""
        if self._made_lines is None:
            self._made_lines = CodeLines(self.text, self._language, self._style)
        return self._made_lines

    # --- what changes ---

    def grow(self, code: str) -> int:
        """Take a longer code over; give the first line that looks different now."""
        first = self.text.grow(code)
        if self._made_lines is not None and self._made_lines.changed(first):
            return 0
        looks_ahead = self._made_lines is None or self._made_lines.looks_ahead
        return max(0, first - 1) if looks_ahead else first

    def show_lines(self, lines_max: int | None) -> None:
        """Show so many lines; None for all."""
        self.text.show_lines(lines_max)
        if self._made_lines is not None:
            self._made_lines.forget()
            self._made_lines.changed(0)

    def is_wider_than(self, width: float) -> bool:
        """Whether the widest line has no room in a block of this width."""
        return self.text.widest_px > width - 2 * PADDING_PX[0]

    def fit(self, width: float, is_wrapped: bool) -> None:
        """Take the width of the block; wider lines are broken, or can be moved sideways."""
        room = width - 2 * PADDING_PX[0]
        if self.text.wrap(room if is_wrapped else None):
            self.forget()
        self.sideways.fit(0.0 if is_wrapped else self.text.widest_px, room)

    def forget(self) -> None:
        """Drop all layouts."""
        if self._made_lines is not None:
            self._made_lines.forget()

    # --- places ---

    @property
    def height(self) -> float:
        return body_px(self.text.row_count)

    def top_of(self, line: int) -> float:
        """Where the first row of a line is."""
        return PADDING_PX[1] + self.text.first_row_of(line) * LINE_PX

    @property
    def _rows_left(self) -> float:
        return PADDING_PX[0] - self.sideways.shift_px

    def offset_at(self, point: QPointF) -> int:
        """The position in the text that is nearest to a point."""
        index = int((point.y() - PADDING_PX[1]) // LINE_PX)
        if index < 0 or not self.text.row_count:
            return 0
        if index >= self.text.row_count:
            return self.text.shown_length
        line = self.lines.layout(index).lineAt(0)
        return self.text.row(index).start + line.xToCursor(point.x() - self._rows_left)

    def word_at(self, offset: int) -> tuple[int, int]:
        """Start and end of the word around a position."""
        if not self.text.row_count:
            return offset, offset
        start, line = self.text.line_range(offset)
        layout = QTextLayout(line)
        at = min(offset - start, units(line))
        first = layout.previousCursorPosition(at + 1, QTextLayout.CursorMode.SkipWords)
        last = layout.nextCursorPosition(first, QTextLayout.CursorMode.SkipWords)
        word = cut(line, first, last)
        return start + first, start + max(first + units(word.rstrip()), min(at + 1, units(line)))

    def rects(self, start: int, end: int) -> list[QRectF]:
        """The places of a stretch of the text, row by row."""
        if not self.text.row_count:
            return []
        first, last = self.text.row_at(start), self.text.row_at(max(start, end - 1))
        if last - first > _RECTS_MAX:
            # Laying out thousands of lines for their exact ends would keep the window waiting.
            top = PADDING_PX[1] + (first + 1) * LINE_PX
            middle = QRectF(self._rows_left, top, self.text.widest_px, (last - first - 1) * LINE_PX)
            return [self._row_rect(first, start, end), middle, self._row_rect(last, start, end)]
        return [self._row_rect(index, start, end) for index in range(first, last + 1)]

    def _row_rect(self, index: int, start: int, end: int) -> QRectF:
        row = self.text.row(index)
        line = self.lines.layout(index).lineAt(0)
        x1, x2 = (x_of(line, min(max(at, row.start), row.end) - row.start) for at in (start, end))
        return QRectF(self._rows_left + x1, PADDING_PX[1] + index * LINE_PX, x2 - x1, LINE_PX)

    def reveal(self, start: int, end: int) -> None:
        """Move sideways so that a stretch of the text can be seen."""
        rects = self.rects(start, end)
        if rects:
            self.sideways.show(rects[0].left() - self._rows_left, rects[0].right() - self._rows_left)

    # --- painting ---

    def look_down_to(self, bottom: float) -> None:
        """Rows above this height will be painted, and want their colours."""
        self.lines.look_to(max(0, int((bottom - PADDING_PX[1]) // LINE_PX) + 1))

    def paint(
        self, canvas: Canvas, left: float, top: float, width: float, marked: Marked, covered_px: float = 0.0
    ) -> None:
        """Draw the rows on the screen into a block of this width, whose body's corner is at a place.

        Nothing can be seen of the first `covered_px`.
        """
        painter, rows_top = canvas.painter, top + PADDING_PX[1]
        first = max(0, int((max(canvas.clip.top(), top + covered_px) - rows_top) // LINE_PX))
        # The clip may end above the first line, where only the edge of the block is painted.
        last = max(0, min(self.text.row_count, int((canvas.clip.bottom() - rows_top) // LINE_PX) + 1))
        lines, rows_left = self.lines, left + self._rows_left
        has_tints = lines.has_tints
        lines.look_to(last)
        painter.setPen(canvas.style.inks.text)
        for index in range(first, last):
            place = QPointF(rows_left, rows_top + index * LINE_PX)
            if has_tints and (tint := lines.tint_of(index)) is not None:
                painter.fillRect(QRectF(left + 1, place.y(), width - 2, LINE_PX), tint)
            if marked is not UNMARKED:
                self._paint_marks(canvas, index, place, marked)
            lines.layout(index).draw(painter, place)

    def _paint_marks(self, canvas: Canvas, index: int, at: QPointF, marked: Marked) -> None:
        inks = canvas.style.inks
        for hit in marked.hits:
            self._paint_range(canvas, index, at, hit, inks.hit_current if hit == marked.current else inks.hit)
        if marked.selection is not None:
            self._paint_range(canvas, index, at, marked.selection, inks.selection)

    def _paint_range(self, canvas: Canvas, index: int, at: QPointF, marked: Range, ink: QColor) -> None:
        row = self.text.row(index)
        if marked[0] > row.end or marked[1] <= row.start:
            return
        line = self.lines.layout(index).lineAt(0)
        x1 = x_of(line, max(row.start, marked[0]) - row.start)
        x2 = x_of(line, min(row.end, marked[1]) - row.start)
        if marked[1] > row.end and row.is_line_end:
            x2 += LINE_PX / 4  # the line end is selected too
        canvas.painter.fillRect(QRectF(at.x() + x1, at.y(), x2 - x1, LINE_PX), ink)
