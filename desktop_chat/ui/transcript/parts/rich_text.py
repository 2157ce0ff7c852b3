"""A run of spans, laid out in lines: the one thing all prose, cells and labels are made of.

Lines are equally far apart; only one that holds a high formula takes more room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, zip_longest
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from desktop_chat.ui.transcript.drawings.inline_maths import InlineFormula, Lines, formula_of
from desktop_chat.ui.transcript.markdown.blocks import Mark, Span, Spans
from desktop_chat.ui.transcript.markdown.links import is_link
from desktop_chat.ui.transcript.markdown.visible_text import cut, has_right_to_left, is_right_to_left, units, visible
from desktop_chat.ui.transcript.parts.code_pads import PAD, pads_of
from desktop_chat.ui.transcript.parts.marked import UNMARKED, Marked
from desktop_chat.ui.transcript.parts.style import (
    CODE_BOX_PX,
    Role,
    Style,
    baseline_of,
    font_of,
    metrics_of,
)
from desktop_chat.ui.transcript.parts.text_line import stretches_of, x_of

_JOINER: Final = "\u2060"
"""Fills up the room of a formula to the length of its source; it has no width and no line breaks at it."""

_RAISED_GAP_PX: Final = 3.0
"""Between two raised numbers: 1 and 2 are not twelve."""

_LINE_SEPARATOR: Final = "\u2028"
_NO_LIMIT: Final = 1e7


@cache
def _option(is_right: bool) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setAlignment(Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft)
    return option


@dataclass(frozen=True, slots=True)
class Stretch:
    """Positions of a span in the laid-out text, in UTF-16 units."""

    start: int
    end: int
    span: Span


@dataclass(slots=True)
class Former:
    """How a text was laid out before it changed: so much of it is the same still, and there its lines ended.

    Units:   UTF-16 units of the text.
    """

    same: int
    line_ends: list[int]


class RichText:
    """Spans as lines of text. Positions are UTF-16 units of the text as laid out."""

    def __init__(
        self,
        spans: Spans,
        role: Role,
        style: Style,
        color: QColor | None = None,
        bold_color: QColor | None = None,
        is_piece: bool = False,
    ) -> None:
        self._role = role
        self._bold_color = bold_color
        self._style = style
        self._color = color or style.inks.text
        self._spans = spans
        self._stretches: list[Stretch] = []
        self._last_from = 0
        """Where the last stretch begins, in characters."""
        self._is_piece = is_piece
        self._boxes: list[QRectF] = []
        self._formulas: list[InlineFormula] = []
        self._undrawn: list[Span] = []
        """Formulas that are being drawn; their source stands in their place."""
        self._lines: Lines | None = None
        """Where the lines are, when not all of them are of one height."""
        self._ends: list[int] = []
        """Where the lines end, once it was asked for."""
        self._width: float | None = None
        self.height = 0.0
        self._pads = pads_of(spans)
        self._text = self._put_together(spans)
        self._is_right = is_right_to_left(self._text)
        self._layout = QTextLayout(self._text, font_of(role))
        self._layout.setCacheEnabled(True)
        self._layout.setTextOption(_option(self._is_right))
        self._layout.setFormats(list(self._formats()))

    def _put_together(self, spans: Spans) -> str:
        parts: list[str] = []
        at = 0
        for span in spans:
            shown = visible(span.text)
            if span.marks & Mark.CODE:
                shown = f"{self._pads.opening}{shown}{self._pads.closing}"
            elif span.marks & Mark.MATHS:
                shown = self._maths(span, at) or shown.replace("\n", " ")
            end = at + units(shown)
            self._stretches.append(Stretch(at, end, span))
            parts.append(shown)
            at = end
        self.length = at
        text = "".join(parts).replace("\n", _LINE_SEPARATOR)
        self._last_from = len(text) - len(parts[-1]) if parts else 0
        # The piece of a text that was cut behind a line end: a separator would make an empty line below it.
        return f"{text[:-1]} " if self._is_piece and text.endswith(_LINE_SEPARATOR) else text

    def grow(self, spans: Spans) -> Former | None:
        """Take over spans that differ only by more plain words at their end, to be measured again.

        Give how it was before, for `same_since`; None, with nothing changed, when they differ by more than that.
        """
        if len(spans) != len(self._spans) or not spans or spans[:-1] != self._spans[:-1] or self._formulas:
            return None
        old, new = self._spans[-1], spans[-1]
        is_plain = not (old.marks or new.marks or old.href or new.href)
        if not is_plain or not old.text or not new.text.startswith(old.text):
            return None
        shown = visible(new.text)
        text = self._text[: self._last_from] + shown
        if "\n" in shown or (not text.isascii() and is_right_to_left(text) is not self._is_right):
            return None
        former, stretch = Former(self.length, self._line_ends()), self._stretches[-1]
        self._spans, self._text, self.length = spans, text, stretch.start + units(shown)
        self._stretches[-1] = Stretch(stretch.start, self.length, new)
        # The formats before it stay, and plain words have none.
        self._layout.setText(text)
        return former

    def _maths(self, span: Span, at: int) -> str:
        """The room for a formula, as long as its source; empty when it is shown as source."""
        formula, is_undrawn = formula_of(span, at, self._role)
        if is_undrawn:
            self._undrawn.append(span)
        if formula is None:
            return ""
        self._formulas.append(formula)
        return PAD + _JOINER * (formula.end - formula.start - 1)

    @property
    def has_news(self) -> bool:
        """Whether a formula that is shown as source has been drawn: the text has to be made anew."""
        return any(not formula_of(span, 0, self._role)[1] for span in self._undrawn)

    @property
    def is_waiting(self) -> bool:
        """Whether a formula is still being drawn."""
        return bool(self._undrawn)

    def _formats(self) -> Iterator[QTextLayout.FormatRange]:
        for stretch, after in zip_longest(self._stretches, self._stretches[1:]):
            span = stretch.span
            if not span.marks and not span.href:
                continue
            drawn = self._style.format_of(self._role, span.marks, is_link(span))
            if self._bold_color is not None and span.marks & Mark.BOLD:
                drawn = QTextCharFormat(drawn)
                drawn.setForeground(self._bold_color)
            if not span.marks & Mark.CODE:
                if formula := self._formula_at(stretch.start):
                    yield _range(stretch.start, stretch.start + 1, self._spaced(formula))
                else:
                    is_set_off = after is not None and bool(span.marks & after.span.marks & Mark.RAISED)
                    yield _range(stretch.start, stretch.end - is_set_off, drawn)
                    if is_set_off:
                        yield _range(stretch.end - 1, stretch.end, _set_off(drawn))
                continue
            pad = self._style.pad_format(self._role, span.marks, is_link(span))
            first, last = stretch.start + self._pads.units, stretch.end - self._pads.units
            yield _range(stretch.start, first, pad)
            yield _range(first, last, drawn)
            yield _range(last, stretch.end, pad)

    def _formula_at(self, start: int) -> InlineFormula | None:
        return next((formula for formula in self._formulas if formula.start == start), None)

    def _spaced(self, formula: InlineFormula) -> QTextCharFormat:
        """A blank as wide as a formula."""
        font = QFont(font_of(self._role))
        wide = formula.width - metrics_of(self._role).horizontalAdvance(PAD)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, wide)
        spaced = QTextCharFormat()
        spaced.setFont(font)
        return spaced

    def _fit_formulas(self, width: float) -> None:
        """Make formulas smaller that are wider than a line."""
        has_changed = False
        for formula in self._formulas:
            has_changed = formula.fit(width) or has_changed
        if has_changed:
            self._layout.setFormats(list(self._formats()))

    def measure(self, width: float = _NO_LIMIT, alignment: Qt.AlignmentFlag | None = None) -> float:
        """Break into lines no wider than `width`; give the height."""
        layout = self._layout
        if alignment is not None:
            option = layout.textOption()
            option.setAlignment(alignment)  # a cell's own alignment is the author's word, whatever the script
            layout.setTextOption(option)
        if self._formulas:
            self._fit_formulas(width)
        line_px, baseline = self._role.line_px, baseline_of(self._role)
        top, down = 0.0, round(baseline)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0.0, top + down - line.ascent()))
            top += line_px
        layout.endLayout()
        self.height, self._ends, self._width = top or line_px, [], None
        if self._formulas:
            self._lines = Lines(layout, self._formulas, line_px, baseline)
            self.height = self._lines.height
        self._boxes = [
            box for stretch in self._stretches if stretch.span.marks & Mark.CODE for box in self._box(stretch)
        ]
        return self.height

    @property
    def width(self) -> float:
        """Width of the widest line."""
        if self._width is None:
            lines = map(self._layout.lineAt, range(self._layout.lineCount()))
            self._width = max([line.naturalTextWidth() for line in lines], default=0.0)
        return self._width

    def _box(self, stretch: Stretch) -> Iterator[QRectF]:
        margin = (self._role.line_px - CODE_BOX_PX) / 2
        for rect in self.text_rects(stretch.start, stretch.end):
            yield rect.adjusted(0.5, margin, -0.5, -margin)

    def text_rects(self, start: int, end: int) -> Iterator[QRectF]:
        """What the words of a range cover, line by line, each as high as a line of words alone."""
        for rect in self.rects(start, end):
            above = self._lines.above_words(rect.top()) if self._lines else 0.0
            yield QRectF(rect.left(), rect.top() + above, rect.width(), self._role.line_px)

    @property
    def first_line_top(self) -> float:
        """Where the words of the first line begin."""
        return self._lines.above_words(0.0) if self._lines else 0.0

    def paint(
        self, painter: QPainter, left: float, top: float, marked: Marked = UNMARKED, clip: QRectF | None = None
    ) -> None:
        """Draw at a place; lines outside `clip` may be left out."""
        inks = self._style.inks
        for hit in marked.hits:
            for rect in self.rects(*hit):
                painter.fillRect(rect.translated(left, top), inks.hit_current if hit == marked.current else inks.hit)
        if marked.selection is not None:
            for rect in self.rects(*marked.selection):
                painter.fillRect(rect.translated(left, top), inks.selection)
        if self._boxes:
            painter.setPen(inks.line)
            painter.setBrush(inks.code if marked is UNMARKED else Qt.BrushStyle.NoBrush)
            for box in self._boxes:
                painter.drawRoundedRect(box.translated(left, top), 5, 5)
        painter.setPen(self._color)
        self._layout.draw(painter, QPointF(left, top), [], clip or QRectF())
        for formula in self._formulas:
            formula.paint(painter, left, top, self._color)

    def same_to(self, other: RichText) -> float:
        """How much of another text of the same width looks the same, from the top down to a line."""
        if self._formulas or other._formulas or self._is_right is not other._is_right:
            return 0.0
        same = 0
        for one, two in zip(self._stretches, other._stretches, strict=False):
            if one == two:
                same = one.end
                continue
            old, new = one.span, two.span
            is_alike = (old.marks, old.href) == (new.marks, new.href) and not old.marks & Mark.CODE
            if is_alike and new.text.startswith(old.text):
                same = one.end
            elif is_alike and old.text.startswith(new.text):
                same = two.end
            break
        return self.same_since(Former(same, other._line_ends()))

    def same_since(self, former: Former) -> float:
        """How much looks the same as before it grew, from the top down to a line."""
        index = 0
        # The word at the end of a line may still go to the next one.
        for end, beside in zip(self._line_ends()[:-1], former.line_ends[:-1], strict=False):
            if end != beside or end >= former.same:
                break
            index += 1
        return index * self._role.line_px

    def _line_ends(self) -> list[int]:
        """Where each line ends, in UTF-16 units; counted once, a text that grows is compared with two others."""
        if not self._ends:
            layout = self._layout
            self._ends = list(accumulate([layout.lineAt(index).textLength() for index in range(layout.lineCount())]))
        return self._ends

    @property
    def is_wrapped(self) -> bool:
        """Whether a line was broken for want of room."""
        return self._layout.lineCount() > self._layout.text().count(_LINE_SEPARATOR) + 1

    def rects(self, start: int, end: int) -> list[QRectF]:
        """What a range covers, line by line, each as high as its line; several where the direction changes in it."""
        found: list[QRectF] = []
        line_px, turns = self._role.line_px, has_right_to_left(self._text)
        for formula in self._formulas:
            start, end = formula.widened(start, end)
        for index in range(self._layout.lineCount()):
            line = self._layout.lineAt(index)
            first, last = line.textStart(), line.textStart() + line.textLength()
            if last <= start or first >= end:
                continue
            top, height = self._lines.room_of(index) if self._lines else (index * line_px, line_px)
            stretches = stretches_of(line, max(start, first), min(end, last)) if turns else []
            if not stretches:
                x1, x2 = x_of(line, max(start, first)), x_of(line, min(end, last))
                stretches = [(min(x1, x2), max(x1, x2))]
            found += [QRectF(left, top, right - left, height) for left, right in stretches]
        return found

    def offset_at(self, x: float, y: float) -> int:
        """The position nearest to a point."""
        count = self._layout.lineCount()
        if not count or y < 0:
            return 0
        index = self._lines.index_at(y) if self._lines else int(y // self._role.line_px)
        if index >= count:
            return self.length
        line = self._layout.lineAt(index)
        offset = line.xToCursor(x)
        for formula in self._formulas:
            if formula.start < offset < formula.end:
                offset = formula.end
        ends_at = line.textStart() + line.textLength()
        # The end of a wrapped line is the start of the next one: stay on this line.
        return min(offset, ends_at - 1) if index < count - 1 and offset >= ends_at else offset

    def links(self) -> Iterator[Stretch]:
        """All spans with a target."""
        return (stretch for stretch in self._stretches if stretch.span.href)

    def word_at(self, offset: int) -> tuple[int, int]:
        """The word around a position."""
        if formula := self.formula_over(offset):
            return formula.start, formula.end
        layout = self._layout
        start = layout.previousCursorPosition(min(offset + 1, self.length), QTextLayout.CursorMode.SkipWords)
        end = layout.nextCursorPosition(start, QTextLayout.CursorMode.SkipWords)
        blank = cut(layout.text(), start, end)
        return start, max(start + units(blank.rstrip()), min(offset + 1, self.length))

    def formula_over(self, offset: int) -> InlineFormula | None:
        """The formula a position is in."""
        return next((formula for formula in self._formulas if formula.start <= offset < formula.end), None)

    def latex_at(self, x: float, y: float) -> str:
        """The formula under a point, without its delimiters; empty when there is none."""
        return next((formula.latex for formula in self._formulas if formula.rect.contains(x, y)), "")

    def spans_between(self, start: int, end: int) -> Spans:
        """The spans of a range, as they were given: without pads, with what the signs stand for."""
        found: list[Span] = []
        for stretch in self._stretches:
            first, last = max(start, stretch.start), min(end, stretch.end)
            if first >= last:
                continue
            if self._formula_at(stretch.start):
                found.append(stretch.span)
                continue
            pad = self._pads.units if stretch.span.marks & Mark.CODE else 0
            text = cut(stretch.span.text, max(0, first - stretch.start - pad), last - stretch.start - pad)
            if text:
                found.append(Span(text, stretch.span.marks, stretch.span.href))
        return tuple(found)


def label(text: str, role: Role, style: Style, color: QColor | None = None) -> RichText:
    """One line of plain text, ready to paint."""
    made = RichText((Span(text),), role, style, color)
    made.measure()
    return made


def _set_off(drawn: QTextCharFormat) -> QTextCharFormat:
    """The same with some room behind it."""
    font = drawn.font()
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, _RAISED_GAP_PX)
    made = QTextCharFormat(drawn)
    made.setFont(font)
    return made


def _range(start: int, end: int, drawn: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, end - start, drawn
    return made
