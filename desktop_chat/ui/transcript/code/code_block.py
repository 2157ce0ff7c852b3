"""A code block: a header that stays in sight, lines in colours, wide lines scroll inside, a long block is folded."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QTextLayout

from desktop_chat.ui.transcript.code.code_header import HEADER_PX, RADIUS_PX, CodeHeader, Offer
from desktop_chat.ui.transcript.code.code_lines import LINE_PX, CodeLines
from desktop_chat.ui.transcript.code.code_text import CodeText
from desktop_chat.ui.transcript.code.terminal_code import Terminal
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.markdown.visible_text import cut, units
from desktop_chat.ui.transcript.parts.folds import BlockFold, always_open
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.marked import Marked, Range
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Strips, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label, x_of
from desktop_chat.ui.transcript.parts.sideways import BAR_PX, Sideways, paint_handle
from desktop_chat.ui.transcript.parts.style import Role, Style

FOLDED_LINES: Final = 30
"""A longer block shows so many lines until the reader wants all."""

COPY: Final = "copy"
SAVE: Final = "save"
_PADDING_PX: Final = (14.0, 10.0)
_RECTS_MAX: Final = 100
_UNFOLD_PX: Final = 30.0
_FADE_PX: Final = 2 * LINE_PX
_FADE_BAND_PX: Final = 2.0
_BAR_BELOW_PX: Final = 3.0


class CodePart(LeafPart):
    """One code block. Lines are laid out when they are painted, so a long block costs no more than a short one."""

    is_wide = True
    first_line_px = HEADER_PX

    def __init__(self, leaf: Leaf, style: Style, fold: BlockFold | None = None) -> None:
        super().__init__(leaf, style)
        self._fold = fold or always_open()
        self._sideways = Sideways()
        self._width = self._column = 0.0

    @property
    def _content(self) -> Code:
        assert isinstance(self.leaf.content, Code)
        return self.leaf.content

    @cached_property
    def _text(self) -> CodeText:
        """The lines; made when they are looked at first, most of a long answer never is."""
        return CodeText(self._content.text, None if self._fold.is_open else FOLDED_LINES)

    @cached_property
    def _lines(self) -> CodeLines:
        return CodeLines(self._text, self._content.language, self.style)

    @cached_property
    def _header(self) -> CodeHeader:
        return CodeHeader(self._content.language, self.style)

    @cached_property
    def _unfold_words(self) -> tuple[RichText, RichText]:
        words = f"Show all ({self.line_count})"
        dim = label(words, Role.CODE_HEAD, self.style, self.style.inks.dim)
        return dim, label(words, Role.CODE_HEAD, self.style)

    # --- text ---

    @property
    def code(self) -> str:
        """The exact code, as Copy gives it."""
        return self._content.text

    @property
    def language(self) -> str:
        return self._content.language

    @property
    def commands(self) -> str:
        """What was typed, without prompts and output, when the code is what a terminal showed; else empty."""
        if self._lines.terminal is None:
            return ""
        return Terminal(self.code.split("\n")).commands()

    @property
    def line_count(self) -> int:
        text = self._content.text
        return max(1, text.count("\n") + (not text.endswith("\n")))

    @property
    def is_folded(self) -> bool:
        """Whether only the first lines are shown."""
        return not self._fold.is_open and self.line_count > FOLDED_LINES

    def update(self, leaf: Leaf) -> bool:
        code, old = leaf.content, self._content
        if not isinstance(code, Code) or leaf.frames != self.leaf.frames:
            return False
        if code.language != old.language or not code.text.startswith(old.text):
            return False
        self.leaf = leaf
        self.__dict__.pop("_unfold_words", None)
        if "_text" not in self.__dict__:
            self.is_dirty = True
            return True
        first = self._text.grow(code.text)
        # A line of a patch may look different for the sake of the one below it.
        self.dirty_from = min(self.dirty_from, self._top_of(max(0, first - 1)))
        self.is_dirty = self.is_dirty or self._lines.changed(first) or self.is_folded
        if self.measured_width >= 0:
            self.height = self._laid_out_height()
        return True

    def _top_of(self, line: int) -> float:
        """Where the first row of a line is, from the top of the block."""
        return HEADER_PX + _PADDING_PX[1] + self._text.first_row_of(line) * LINE_PX

    @cached_property
    def _length(self) -> tuple[str, int]:
        return "", 0

    @property
    def length(self) -> int:
        code = self._content.text
        if self._length[0] is not code:
            self._length = code, units(code) - code.endswith("\n")
        return self._length[1]

    def plain(self, start: int, end: int) -> str:
        return cut(self.code, start, end)

    # --- folding and wrapping ---

    def toggle(self, fold: str) -> bool:
        if not self._fold.toggle(fold):
            return False
        first = self.offset_at(QPointF(0.0, self.hidden_px + HEADER_PX))
        self._text.show_lines(None if self._fold.is_open else FOLDED_LINES)
        self._lines.forget()
        self._lines.changed(0)
        self.height = self._laid_out_height()
        if self.is_folded:
            self.hidden_px = 0.0
        elif fold == self._fold.wrap_name and self.hidden_px > 0:
            self.hidden_px = self.rects(first, first)[0].top() - HEADER_PX
        self.is_dirty = True
        return True

    def fold_over(self, end: int) -> str:
        return self._fold.name if self.is_folded and end > self._text.shown_length else ""

    def rects(self, start: int, end: int) -> list[QRectF]:
        if not self._text.row_count:
            return []
        first, last = self._text.row_at(start), self._text.row_at(max(start, end - 1))
        x = self._left + _PADDING_PX[0] - self._sideways.shift_px
        tops = HEADER_PX + _PADDING_PX[1]
        if last - first > _RECTS_MAX:
            # Laying out thousands of lines for their exact ends would keep the window waiting.
            middle = QRectF(x, tops + (first + 1) * LINE_PX, self._text.widest_px, (last - first - 1) * LINE_PX)
            return [self._row_rect(first, start, end, x), middle, self._row_rect(last, start, end, x)]
        return [self._row_rect(index, start, end, x) for index in range(first, last + 1)]

    def _row_rect(self, index: int, start: int, end: int, x: float) -> QRectF:
        row = self._text.row(index)
        line = self._lines.layout(index).lineAt(0)
        x1, x2 = (x_of(line, min(max(at, row.start), row.end) - row.start) for at in (start, end))
        return QRectF(x + x1, HEADER_PX + _PADDING_PX[1] + index * LINE_PX, x2 - x1, LINE_PX)

    def reveal(self, start: int, end: int) -> None:
        rects = self.rects(start, end)
        if rects:
            x = self._left + _PADDING_PX[0] - self._sideways.shift_px
            self._sideways.show(rects[0].left() - x, rects[0].right() - x)

    # --- layout ---

    def estimate(self, width: float) -> float:
        lines = min(self.line_count, FOLDED_LINES) if self.is_folded else self.line_count
        return self._height_of(lines)

    def _height_of(self, rows: int) -> float:
        unfold = _UNFOLD_PX if self.is_folded else 0.0
        return HEADER_PX + 2 * _PADDING_PX[1] + LINE_PX * max(1, rows) + unfold + 2

    def measure_content(self, width: float) -> float:
        self._column = width
        return self._laid_out_height()

    def _laid_out_height(self) -> float:
        room = self._column - 2 * _PADDING_PX[0]
        is_wide = self._text.widest_px > room
        is_wrapped = is_wide and self._fold.is_wrapped
        # All the room there is, not just enough: while it streams it gets wider once at most.
        has_spread = is_wide and not is_wrapped and not self.leaf.frames
        width = self._column + (2 * self.spread if has_spread else 0.0)
        self.is_dirty = self.is_dirty or width != self._width
        self._width = width
        if self._text.wrap(room if is_wrapped else None):
            self._lines.forget()
        self._sideways.fit(0.0 if is_wrapped else self._text.widest_px, self._width - 2 * _PADDING_PX[0])
        self.is_dirty = self._header.set_offers(self._offers(is_wide), self._width) or self.is_dirty
        return self._height_of(self._text.row_count)

    def _offers(self, is_wide: bool) -> list[Offer]:
        offers = [
            Offer("Copy", Deed.COPY_CODE, COPY, "Copy code"),
            Offer("Save", Deed.SAVE_CODE, SAVE, "Save code as a file"),
        ]
        if is_wide:
            word, tip = ("Unwrap", "Long lines as they are") if self._fold.is_wrapped else ("Wrap", "Break long lines")
            offers.append(Offer(word, Deed.FOLD, self._fold.wrap_name, tip))
        if self._fold.is_open and self._fold.is_foldable and self.line_count > FOLDED_LINES:
            offers.append(Offer("Show less", Deed.FOLD, self._fold.name, f"Show the first {FOLDED_LINES} lines"))
        return offers

    @property
    def _out(self) -> float:
        """How far the block stands out of the column on each side."""
        return (self._width - self._column) / 2

    @property
    def _left(self) -> float:
        """The left edge of the block, from the part's corner."""
        return self.indent - self._out

    @property
    def _lines_px(self) -> float:
        """From the top of the block to the end of the lines."""
        return self.height - (_UNFOLD_PX if self.is_folded else 0.0)

    def retire(self) -> None:
        super().retire()
        if "_lines" in self.__dict__:
            self._lines.forget()

    def stand_below(self, hidden_px: float) -> Strips:
        self.hidden_px = hidden_px
        before, most = self._header.top, max(0.0, self.height - HEADER_PX - 2 * RADIUS_PX)
        self._header.top = min(max(0.0, hidden_px), most)
        return () if before == self._header.top else ((before, HEADER_PX), (self._header.top, HEADER_PX))

    def scroll_sideways(self, by: float) -> bool:
        return self._sideways.move(by)

    def work(self, budget_s: float) -> bool:
        """Colour some more lines; True when something looks different now."""
        first = self._lines.work(budget_s)
        if first is not None:
            self.dirty_from = min(self.dirty_from, self._top_of(first))
        return first is not None

    @property
    def is_colored(self) -> bool:
        """Whether all lines that are on the screen have their colours."""
        return self._lines.is_colored

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter, inks = canvas.painter, canvas.style.inks
        left, top = left - self._out, round(top)
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.code)
        # Of a block of thousands of lines only what is near the screen: a shape that high is slow to fill.
        first = max(top, canvas.clip.top() - 2 * RADIUS_PX)
        last = min(top + self.height, canvas.clip.bottom() + 2 * RADIUS_PX)
        painter.drawRoundedRect(
            QRectF(left + 0.5, first + 0.5, self._width - 1, last - first - 1), RADIUS_PX, RADIUS_PX
        )
        painter.save()
        body = QRectF(left + 1, top + HEADER_PX, self._width - 2, self._lines_px - HEADER_PX - 1)
        painter.setClipRect(body, Qt.ClipOperation.IntersectClip)
        self._paint_rows(canvas, left, top + HEADER_PX + _PADDING_PX[1], marked)
        if self.is_folded:
            self._paint_fade(canvas, body)
        paint_handle(painter, self.bar_rect().translated(left - self._left, top), canvas.style.inks.thumb)
        painter.restore()
        if self.is_folded:
            self._paint_unfold(canvas, left, top)
        self._header.paint(canvas, left, top)

    def _paint_rows(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter = canvas.painter
        first = max(0, int((canvas.clip.top() - top) // LINE_PX))
        # The clip may end above the first line, where only the edge of the block is painted.
        last = max(0, min(self._text.row_count, int((canvas.clip.bottom() - top) // LINE_PX) + 1))
        self._lines.look_to(last)
        x = left + _PADDING_PX[0] - self._sideways.shift_px
        for index in range(first, last):
            place = QPointF(x, top + index * LINE_PX)
            tint = self._lines.tint_of(index)
            if tint is not None:
                painter.fillRect(QRectF(left + 1, place.y(), self._width - 2, LINE_PX), tint)
            self._paint_marks(canvas, index, place, marked)
            painter.setPen(canvas.style.inks.text)
            self._lines.layout(index).draw(painter, place)

    def _paint_marks(self, canvas: Canvas, index: int, at: QPointF, marked: Marked) -> None:
        inks = canvas.style.inks
        for hit in marked.hits:
            self._paint_range(canvas, index, at, hit, inks.hit_current if hit == marked.current else inks.hit)
        if marked.selection is not None:
            self._paint_range(canvas, index, at, marked.selection, inks.selection)

    def _paint_range(self, canvas: Canvas, index: int, at: QPointF, marked: Range, ink: QColor) -> None:
        row = self._text.row(index)
        if marked[0] > row.end or marked[1] <= row.start:
            return
        line = self._lines.layout(index).lineAt(0)
        x1 = x_of(line, max(row.start, marked[0]) - row.start)
        x2 = x_of(line, min(row.end, marked[1]) - row.start)
        if marked[1] > row.end and row.is_line_end:
            x2 += LINE_PX / 4  # the line end is selected too
        canvas.painter.fillRect(QRectF(at.x() + x1, at.y(), x2 - x1, LINE_PX), ink)

    def _paint_fade(self, canvas: Canvas, body: QRectF) -> None:
        """Let the last lines shown go out: there is more.

        In bands, not with a gradient: Qt's is dithered by the place on the screen, and would shimmer as the page moves.
        """
        ink = QColor(canvas.style.inks.code)
        height = _FADE_PX + _PADDING_PX[1]
        bands = int(height // _FADE_BAND_PX)
        for band in range(bands):
            ink.setAlphaF((band + 1) / bands)
            y = body.bottom() - height + band * _FADE_BAND_PX
            canvas.painter.fillRect(QRectF(body.left(), y, body.width(), _FADE_BAND_PX), ink)

    def _paint_unfold(self, canvas: Canvas, left: float, top: float) -> None:
        y = top + self._lines_px
        canvas.painter.fillRect(QRectF(left + 1, y - 1, self._width - 2, 1.0), canvas.style.inks.line)
        is_hovered = canvas.hovered is not None and canvas.hovered.name == self._fold.name
        words = self._unfold_words[is_hovered]
        words.paint(canvas.painter, left + (self._width - words.width) / 2, y + (_UNFOLD_PX - 1 - words.height) / 2)

    def bar_rect(self) -> QRectF:
        top = self._lines_px - BAR_PX - _BAR_BELOW_PX
        return self._sideways.handle(self._left + _PADDING_PX[0], top)

    def drag_bar(self, by: float) -> bool:
        return self._sideways.drag(by)

    # --- pointing ---

    def targets(self) -> tuple[Target, ...]:
        found = [*self._header.targets(self._left)]
        if self.is_folded:
            rect = QRectF(self._left, self._lines_px, self._width, _UNFOLD_PX)
            found.append(Target(self._fold.name, rect, Deed.FOLD, self._fold.name, "Show all lines"))
        return tuple(found)

    def offset_at(self, point: QPointF) -> int:
        if not self._text.row_count:
            return 0
        index = int((point.y() - HEADER_PX - _PADDING_PX[1]) // LINE_PX)
        if index < 0:
            return 0
        if index >= self._text.row_count:
            return self._text.shown_length
        row = self._text.row(index)
        x = point.x() - self._left - _PADDING_PX[0] + self._sideways.shift_px
        return row.start + self._lines.layout(index).lineAt(0).xToCursor(x)

    def word_at(self, offset: int) -> tuple[int, int]:
        if not self._text.row_count:
            return offset, offset
        start, line = self._text.line_range(offset)
        layout = QTextLayout(line)
        at = min(offset - start, units(line))
        first = layout.previousCursorPosition(at + 1, QTextLayout.CursorMode.SkipWords)
        last = layout.nextCursorPosition(first, QTextLayout.CursorMode.SkipWords)
        word = cut(line, first, last)
        return start + first, start + max(first + units(word.rstrip()), min(at + 1, units(line)))
