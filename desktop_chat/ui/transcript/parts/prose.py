"""Paragraphs, headings, rules, and HTML shown as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from desktop_chat.ui.transcript.markdown.blocks import (
    Content,
    Heading,
    Html,
    Leaf,
    Paragraph,
    Rule,
    Span,
    Spans,
    text_of,
)
from desktop_chat.ui.transcript.parts.code_pads import laid_units
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.link_targets import link_targets
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.style import HEADING_ROLES, Role, Style

_UNDERLINE_PX: Final = 20.0
"""From the top of a line down to the underline of a hovered link."""

_CHARACTERS_PER_PX: Final = 1 / 7.2
"""Prose at 15 px runs to about 7.2 pixels a character; for estimates only."""


class ProsePart(LeafPart):
    """One paragraph or heading."""

    def __init__(self, leaf: Leaf, style: Style) -> None:
        super().__init__(leaf, style)
        self._spans, self._role = _spans_and_role(leaf)
        self.first_line_px = self._role.line_px
        self._text: RichText | None = None
        self._targets: tuple[Target, ...] | None = None

    @property
    def _laid(self) -> RichText:
        if self._text is None:
            self._text = RichText(self._spans, self._role, self.style, is_piece=True)
        return self._text

    def update(self, leaf: Leaf) -> bool:
        old, before = self.leaf, self._text
        # What stands around the text is painted with it.
        if before is None or not leaf.stands_like(old) or type(leaf.content) is not type(old.content):
            return False
        spans, role = _spans_and_role(leaf)
        if role is not self._role or self.measured_width < 0:
            return False
        self.leaf, self._spans = leaf, spans
        former = before.grow(spans)
        if former is None:
            self._text = None
        self.measure(self.measured_width)
        same_px = before.same_since(former) if former is not None else before.same_to(self._laid)
        self.dirty_from = same_px if same_px < self.dirty_from else self.dirty_from
        return True

    def estimate(self, width: float) -> float:
        characters = sum(len(span.text) for span in self._spans)
        per_line = max(1.0, (width - self.indent) * _CHARACTERS_PER_PX)
        return self._role.line_px * max(1, -(-characters // int(per_line)))

    def measure_content(self, width: float) -> float:
        self._targets = None
        text = self._laid
        height = text.measure(width)
        self.content_top = text.first_line_top
        return height

    def retire(self) -> None:
        super().retire()
        self._text = self._targets = None

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        self._laid.paint(canvas.painter, left, top, marked, canvas.clip)
        if canvas.hovered is not None and canvas.hovered.is_active:
            start, end = (int(value) for value in canvas.hovered.name.split(":")[1:])
            for rect in self._laid.text_rects(start, end):
                line = QRectF(left + rect.left(), top + rect.top() + _UNDERLINE_PX, rect.width(), 1.0)
                canvas.painter.fillRect(line, canvas.style.inks.accent)

    def targets(self) -> tuple[Target, ...]:
        if self._targets is None:
            self._targets = tuple(self._found_targets())
        return self._targets

    def _found_targets(self) -> list[Target]:
        if not any(span.href for span in self._spans):
            return []
        found: list[Target] = []
        for link in self._laid.links():
            rects = self._laid.rects(link.start, link.end)
            moved = (rect.translated(self.content_left, 0) for rect in rects)
            found += link_targets(link.span, f"link:{link.start}:{link.end}", moved)
        return found

    @property
    def is_waiting(self) -> bool:
        return self._text is not None and self._text.is_waiting

    def take_drawn(self) -> bool:
        if self._text is None or not self._text.has_news:
            return False
        self.retire()
        return True

    def latex_at(self, point: QPointF) -> str:
        return self._laid.latex_at(point.x() - self.content_left, point.y()) if self._text else ""

    @property
    def length(self) -> int:
        if self._text is not None:
            return self._text.length
        return laid_units(self._spans)

    def _spans_between(self, start: int, end: int) -> Spans:
        """The spans of a range; all of them are known without a layout."""
        return self._spans if start == 0 and end >= self.length else self._laid.spans_between(start, end)

    def offset_at(self, point: QPointF) -> int:
        return self._laid.offset_at(point.x() - self.content_left, point.y())

    def word_at(self, offset: int) -> tuple[int, int]:
        return self._laid.word_at(offset)

    def rects(self, start: int, end: int) -> list[QRectF]:
        return [rect.translated(self.content_left, 0) for rect in self._laid.rects(start, end)]

    def plain(self, start: int, end: int) -> str:
        text = text_of(self._spans_between(start, end))
        return f"{self.leaf.marker} {text}" if start == 0 and self.leaf.marker else text

    def taken(self, start: int, end: int) -> Leaf:
        is_start = start == 0
        spans, content = self._spans_between(start, end), self.leaf.content
        if isinstance(content, Heading):
            taken: Content = Heading(content.level, spans) if is_start else Paragraph(spans)
        else:
            taken = Html(text_of(spans)) if isinstance(content, Html) else Paragraph(spans)
        marker = self.leaf.marker if is_start else ""
        return replace(self.leaf, content=taken, marker=marker, is_joined=self.leaf.is_joined and is_start)


class RulePart(LeafPart):
    """A line across."""

    is_selectable = False

    def measure_content(self, width: float) -> float:
        self._width = width
        return 1.0

    def estimate(self, width: float) -> float:
        return 1.0

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        canvas.painter.fillRect(QRectF(left, round(top), self._width, 1.0), canvas.style.inks.line)


def _spans_and_role(leaf: Leaf) -> tuple[Spans, Role]:
    content = leaf.content
    if isinstance(content, Paragraph):
        return content.spans, Role.PROSE
    if isinstance(content, Heading):
        return content.spans, HEADING_ROLES[content.level - 1]
    if isinstance(content, Html):
        return (Span(content.text),), Role.PROSE
    assert not isinstance(content, Rule)
    return (), Role.PROSE
