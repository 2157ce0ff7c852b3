"""A code block: a header with language and Copy, lines in colours, wide lines scroll inside."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTextCharFormat, QTextLayout, QTextOption

from desktop_chat.ui.transcript.blocks import Code, Leaf
from desktop_chat.ui.transcript.giants import pieces_between
from desktop_chat.ui.transcript.highlight import Highlighter
from desktop_chat.ui.transcript.leaf_part import LeafPart, paint_tick
from desktop_chat.ui.transcript.marked import Marked, Range
from desktop_chat.ui.transcript.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.rich_text import RichText, label, x_of
from desktop_chat.ui.transcript.style import Role, Style, font_of, metrics_of
from desktop_chat.ui.transcript.visible_text import cut, units, visible

HEADER_PX: Final = 27.0
_PADDING_PX: Final = (14.0, 10.0)
_HEADER_PADDING_PX: Final = 12.0
_RADIUS_PX: Final = 10.0
_LINE_PX: Final = Role.CODE.line_px
_TAB_COLUMNS: Final = 4
_BAR_PX: Final = 4.0
_NO_LIMIT_PX: Final = 1e6
_LINE_UNITS_MAX: Final = 1_000
"""A longer line goes on in the next one: no layout is so long that the window waits for it."""

_LAYOUTS_MAX: Final = 400
"""So many lines keep their layout; more than any screen shows."""


class CodePart(LeafPart):
    """One code block. Lines are laid out when they are painted, so a long block costs no more than a short one."""

    first_line_px = HEADER_PX

    def __init__(self, leaf: Leaf, style: Style) -> None:
        super().__init__(leaf, style)
        assert isinstance(leaf.content, Code)
        self._code = leaf.content.text
        self._lines: list[str] = []
        self._starts: list[int] = []
        """Where each line begins, in UTF-16 units; `_indices` has the same in characters."""
        self._indices: list[int] = []
        self._layouts: dict[int, QTextLayout] = {}
        self._highlighter = Highlighter(leaf.content.language)
        self._widest_px = 0.0
        self._shift_px = 0.0
        self._width = 0.0
        self._put_lines(0)

    @cached_property
    def _name(self) -> RichText:
        assert isinstance(self.leaf.content, Code)
        return label(self.leaf.content.language or "text", Role.CODE_HEAD, self.style, self.style.inks.dim)

    @cached_property
    def _copy(self) -> RichText:
        return label("Copy", Role.CODE_HEAD, self.style, self.style.inks.dim)

    @cached_property
    def _copy_hovered(self) -> RichText:
        return label("Copy", Role.CODE_HEAD, self.style)

    # --- text ---

    def update(self, leaf: Leaf) -> bool:
        code, old = leaf.content, self.leaf.content
        if not isinstance(code, Code) or not isinstance(old, Code) or leaf.frames != self.leaf.frames:
            return False
        if code.language != old.language or not code.text.startswith(self._code):
            return False
        last = max(0, len(self._lines) - 1)
        self.leaf, self._code = leaf, code.text
        self._put_lines(last)
        if self.measured_width >= 0:
            self.height = self._whole_height()
        return True

    def _put_lines(self, first: int) -> None:
        """Take the lines from line `first` on from the code."""
        index, start = (self._indices[first], self._starts[first]) if first < len(self._lines) else (0, 0)
        del self._lines[first:], self._starts[first:], self._indices[first:]
        lines = self._code[index:].split("\n")
        if len(lines) > 1 and not lines[-1]:
            lines.pop()
        for line in lines:
            for at, end in pieces_between(line, _LINE_UNITS_MAX):
                self._put_line(line[at:end], index + at, start)
                start += units(line[at:end])
            index += len(line) + 1
            start += 1
        for known in [known for known in self._layouts if known >= first]:
            del self._layouts[known]
        self._highlighter.put_lines(first, self._lines[first:])
        self.is_dirty = True

    def _put_line(self, line: str, index: int, start: int) -> None:
        shown = visible(line)
        self._lines.append(shown)
        self._indices.append(index)
        self._starts.append(start)
        metrics = metrics_of(Role.CODE)
        if shown.isascii() and "\t" not in shown:
            width = len(shown) * metrics.horizontalAdvance("0")
        else:
            width = metrics.horizontalAdvance(shown.replace("\t", " " * _TAB_COLUMNS))
        self._widest_px = max(self._widest_px, width)

    @property
    def code(self) -> str:
        """The exact code, as Copy gives it."""
        return self._code

    @property
    def length(self) -> int:
        return (self._starts[-1] + units(self._lines[-1])) if self._lines else 0

    def plain(self, start: int, end: int) -> str:
        return cut(self._code, start, end)

    def markdown(self, start: int, end: int) -> str:
        code = self.plain(start, end)
        if start > 0 or end < self.length:
            return code
        assert isinstance(self.leaf.content, Code)
        fence = "```"
        while fence in code:
            fence += "`"
        return f"{fence}{self.leaf.content.language}\n{code}\n{fence}"

    # --- layout ---

    def estimate(self, width: float) -> float:
        return self._whole_height()

    def measure_content(self, width: float) -> float:
        self._width = width
        self.scroll_sideways(0.0)
        return self._whole_height()

    def _whole_height(self) -> float:
        return HEADER_PX + 2 * _PADDING_PX[1] + _LINE_PX * max(1, len(self._lines)) + 2

    def retire(self) -> None:
        super().retire()
        self._layouts.clear()

    @property
    def _hidden_px(self) -> float:
        return max(0.0, self._widest_px - (self._width - 2 * _PADDING_PX[0]))

    def scroll_sideways(self, by: float) -> bool:
        before = self._shift_px
        self._shift_px = min(max(0.0, before + by), self._hidden_px)
        return self._shift_px != before

    def work(self, budget_s: float) -> bool:
        """Colour some more lines; True when something looks different now."""
        changed = self._highlighter.work(budget_s)
        for index in changed:
            self._layouts.pop(index, None)
        self.is_dirty = self.is_dirty or len(changed) > 0
        return len(changed) > 0

    @property
    def is_colored(self) -> bool:
        """Whether all lines have their colours."""
        return self._highlighter.is_done

    def _layout_of(self, index: int) -> QTextLayout:
        layout = self._layouts.get(index)
        if layout is None:
            if len(self._layouts) > _LAYOUTS_MAX:
                self._layouts.clear()
            layout = self._layouts[index] = self._made_layout(index)
        return layout

    def _made_layout(self, index: int) -> QTextLayout:
        text = self._lines[index]
        layout = QTextLayout(text, font_of(Role.CODE))
        layout.setCacheEnabled(True)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        option.setTabStopDistance(_TAB_COLUMNS * metrics_of(Role.CODE).horizontalAdvance("0"))
        layout.setTextOption(option)
        formats = []
        for start, length, role in self._highlighter.colors_of(index):
            drawn = QTextLayout.FormatRange()
            drawn.start = units(text[:start])
            drawn.length = units(text[start : start + length])
            look = QTextCharFormat()
            look.setForeground(QColor(getattr(self.style.colors, role)))
            drawn.format = look
            formats.append(drawn)
        layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(_NO_LIMIT_PX)
        metrics = metrics_of(Role.CODE)
        line.setPosition(QPointF(0.0, round((_LINE_PX - metrics.height()) / 2 + metrics.ascent()) - line.ascent()))
        layout.endLayout()
        return layout

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter, inks = canvas.painter, canvas.style.inks
        frame = QRectF(left + 0.5, round(top) + 0.5, self._width - 1, self.height - 1)
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.code)
        painter.drawRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        head = QPainterPath()
        head.addRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX - 0.5, _RADIUS_PX - 0.5)
        painter.save()
        painter.setClipRect(QRectF(left, frame.top(), self._width, HEADER_PX), Qt.ClipOperation.IntersectClip)
        painter.fillPath(head, inks.code_head)
        painter.restore()
        self._paint_header(canvas, left, round(top))
        self._paint_body(canvas, left, round(top) + HEADER_PX, marked)

    def _paint_header(self, canvas: Canvas, left: float, top: float) -> None:
        y = top + (HEADER_PX - self._name.height) / 2
        self._name.paint(canvas.painter, left + _HEADER_PADDING_PX, y)
        right = left + self._width - _HEADER_PADDING_PX
        if canvas.copied == _COPY:
            tick = QRectF(right - 12, top + HEADER_PX / 2 - 4, 11, 8)
            canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
            paint_tick(canvas.painter, tick, QPen(QColor(canvas.style.colors.good), 1.8))
        else:
            is_hovered = canvas.hovered is not None
            copy = self._copy_hovered if is_hovered else self._copy
            copy.paint(canvas.painter, right - copy.width, y)

    def _paint_body(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter = canvas.painter
        painter.save()
        body = QRectF(left + 1, top, self._width - 2, self.height - HEADER_PX - 1)
        painter.setClipRect(body, Qt.ClipOperation.IntersectClip)
        first_top = top + _PADDING_PX[1]
        first = max(0, int((canvas.clip.top() - first_top) // _LINE_PX))
        last = min(len(self._lines), int((canvas.clip.bottom() - first_top) // _LINE_PX) + 1)
        x = left + _PADDING_PX[0] - self._shift_px
        painter.setPen(canvas.style.inks.text)
        for index in range(first, last):
            y = first_top + index * _LINE_PX
            layout = self._layout_of(index)
            for hit in marked.hits:
                inks = canvas.style.inks
                self._paint_range(
                    canvas, index, layout, QPointF(x, y), hit, inks.hit_current if hit == marked.current else inks.hit
                )
            if marked.selection is not None:
                self._paint_range(canvas, index, layout, QPointF(x, y), marked.selection, canvas.style.inks.selection)
            layout.draw(painter, QPointF(x, y))
        self._paint_bar(painter, canvas, left, top)
        painter.restore()

    def _paint_range(
        self, canvas: Canvas, index: int, layout: QTextLayout, at: QPointF, marked: Range, ink: QColor
    ) -> None:
        start, end = self._starts[index], self._starts[index] + units(self._lines[index])
        first, last = max(start, marked[0]), min(end, marked[1])
        if marked[0] > end or marked[1] <= start:
            return
        line = layout.lineAt(0)
        x1, x2 = x_of(line, first - start), x_of(line, last - start)
        if marked[1] > end:
            x2 += _LINE_PX / 4  # the line end is selected too
        canvas.painter.fillRect(QRectF(at.x() + x1, at.y(), x2 - x1, _LINE_PX), ink)

    def _paint_bar(self, painter: QPainter, canvas: Canvas, left: float, top: float) -> None:
        if self._hidden_px <= 0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(canvas.style.inks.line)
        bar = self.bar_rect().translated(left - self.indent, top - HEADER_PX)
        painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)

    def bar_rect(self) -> QRectF:
        """The handle of the sideways scroll bar, from the part's corner; empty when everything fits."""
        if self._hidden_px <= 0:
            return QRectF()
        room = self._width - 2 * _PADDING_PX[0]
        length = max(32.0, room * room / (room + self._hidden_px))
        x = _PADDING_PX[0] + (room - length) * self._shift_px / self._hidden_px
        return QRectF(self.indent + x, self.height - _BAR_PX - 3, length, _BAR_PX)

    def drag_bar(self, by: float) -> bool:
        """Move the handle of the sideways scroll bar."""
        room = self._width - 2 * _PADDING_PX[0]
        travel = room - self.bar_rect().width()
        return travel > 0 and self.scroll_sideways(by * self._hidden_px / travel)

    # --- pointing ---

    def targets(self) -> tuple[Target, ...]:
        width = self._copy.width + 2 * _HEADER_PADDING_PX
        rect = QRectF(self.indent + self._width - width, 0.0, width, HEADER_PX)
        return (Target(_COPY, rect, Deed.COPY_CODE, tip="Copy code"),)

    def offset_at(self, point: QPointF) -> int:
        if not self._lines:
            return 0
        y = point.y() - HEADER_PX - _PADDING_PX[1]
        index = int(y // _LINE_PX)
        if index < 0:
            return 0
        if index >= len(self._lines):
            return self.length
        x = point.x() - self.indent - _PADDING_PX[0] + self._shift_px
        return self._starts[index] + self._layout_of(index).lineAt(0).xToCursor(x)

    def word_at(self, offset: int) -> tuple[int, int]:
        index = max(0, sum(1 for start in self._starts if start <= offset) - 1)
        start = self._starts[index]
        layout = self._layout_of(index)
        at = min(offset - start, units(self._lines[index]))
        first = layout.previousCursorPosition(at + 1, QTextLayout.CursorMode.SkipWords)
        last = layout.nextCursorPosition(first, QTextLayout.CursorMode.SkipWords)
        word = cut(self._lines[index], first, last)
        return start + first, start + max(first + units(word.rstrip()), min(at + 1, units(self._lines[index])))


_COPY: Final = "copy"
