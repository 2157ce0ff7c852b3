"""Parts of an answer's text: what they share is the frames around them – quote bars, list markers, indents."""

from __future__ import annotations

import math
from functools import cached_property
from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from desktop_chat.ui.transcript.markdown.blocks import (
    Code,
    Frame,
    Heading,
    Html,
    Leaf,
    Mark,
    Paragraph,
    Rule,
    Span,
    Table,
    text_of,
)
from desktop_chat.ui.transcript.markdown.visible_text import is_right_to_left
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Part
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.seam import EDGE_PX, SeamMark, paint_seam
from desktop_chat.ui.transcript.parts.style import FRAME_INDENT_PX, Role, Style

_QUOTE_INDENT_PX: Final = 14.0
_QUOTE_BAR_PX: Final = 2.0
_MARKER_GAP_PX: Final = 8.0
_BOX_PX: Final = 13.0
_LEAST_WIDTH_PX: Final = 80.0
_FRAMES_MAX: Final = 12
"""Deeper nesting stands as far to the right as this: the words have to stay on the page."""

_RIGHT_TO_LEFT: Final = "\u200f"
"""Has no width; what stands beside it runs from right to left."""

_BOXES: Final = {"☐": False, "☑": True}


class LeafPart(Part):
    """A leaf with its frames; subclasses lay out and paint the content beside them."""

    is_selectable: ClassVar[bool] = True
    first_line_px: float = Role.PROSE.line_px
    """Height of the line the marker stands beside."""
    content_top: float = 0.0

    def __init__(self, leaf: Leaf, style: Style) -> None:
        self.leaf = leaf
        self.style = style
        self.joined_quotes = 0
        """How many of the quotes began above: their bars also cover the gap."""
        self._frames = leaf.frames[:_FRAMES_MAX]
        self.indent = sum(_QUOTE_INDENT_PX if frame is Frame.QUOTE else FRAME_INDENT_PX for frame in self._frames)
        self._is_mirrored = isinstance(leaf.content, Paragraph | Heading) and is_right_to_left(
            text_of(leaf.content.spans)
        )
        """Whether it reads from right to left: then its frames stand at its right."""

    @cached_property
    def _marker(self) -> RichText | None:
        """The marker laid out; only when it is painted, most of a long answer never is."""
        leaf = self.leaf
        if not leaf.marker or leaf.marker in _BOXES:
            return None
        role = Role.NOTE if leaf.frames[-1:] == (Frame.FOOTNOTE,) else Role.PROSE
        if not self._is_mirrored:
            return label(leaf.marker, role, self.style, self.style.inks.dim)
        # The dot of a number follows it, which is at its left here.
        marker = label(f"{_RIGHT_TO_LEFT}{leaf.marker}", role, self.style, self.style.inks.dim)
        marker.measure(math.ceil(marker.width))
        return marker

    def update(self, leaf: Leaf) -> bool:
        """Take a changed leaf over, where that is cheaper than a new part; False when it is not."""
        return False

    def measure(self, width: float) -> None:
        self.height = self.measure_content(max(width - self.indent, _LEAST_WIDTH_PX))
        self.measured_width = width

    def measure_content(self, width: float) -> float:
        """Lay out the content; give its height."""
        raise NotImplementedError

    @property
    def content_left(self) -> float:
        """Where the content begins, from the part's corner."""
        return 0.0 if self._is_mirrored else self.indent

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        if self.leaf.frames:
            self._paint_frames(canvas, left, top)
        self.paint_content(canvas, left + self.content_left, top, marked)
        for seam in self.seams:
            rect = self.seam_rect(seam)
            if rect is not None:
                paint_seam(canvas.painter, rect.translated(left, top), canvas.style.inks.accent)

    def seam_rect(self, seam: SeamMark) -> QRectF | None:
        at = None if self.is_picture else seam.offset
        if at:
            # What stands before a seam: at the end of a line it is not yet on the next one.
            before = self.rects(at - 1, at)
            if before:
                last = before[-1]
                x = last.left() if seam.is_after_right_to_left else last.right()
                return QRectF(x, last.top(), 1.0, last.height())
        elif at == 0 and (after := self.rects(0, 1)):
            return QRectF(after[0].left(), after[0].top(), 1.0, after[0].height())
        return QRectF(self.content_left - EDGE_PX, 0.0, 1.0, min(self.height, Role.PROSE.line_px))

    @property
    def is_picture(self) -> bool:
        """Whether a picture stands in the place of the text."""
        return False

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Draw what stands beside the frames."""
        raise NotImplementedError

    def taken(self, start: int, end: int) -> Leaf:
        text, content = self.plain(start, end), self.leaf.content
        frames, marker = self.leaf.frames, self.leaf.marker if start == 0 else ""
        if not isinstance(content, Code):
            return Leaf(Paragraph((Span(text),)), frames, marker)
        if "\n" not in text and (start > 0 or end < self.length):
            # Words of a line are no block.
            return Leaf(Paragraph((Span(text, Mark.CODE),)), frames, marker)
        return Leaf(Code(content.language, f"{text}\n"), frames, marker)

    def _placed(self, x: float, width: float, left: float) -> float:
        """Where something stands that is `x` away from the side the text begins at."""
        return left + self.measured_width - x - width if self._is_mirrored else left + x

    def _paint_frames(self, canvas: Canvas, left: float, top: float) -> None:
        quotes, x = 0, 0.0
        for frame in self._frames:
            if frame is Frame.QUOTE:
                quotes += 1
                above = self.gap if quotes <= self.joined_quotes else 0.0
                bar_left = self._placed(x, _QUOTE_BAR_PX, left)
                bar = QRectF(bar_left, top - above, _QUOTE_BAR_PX, self.height + above)
                canvas.painter.fillRect(bar, canvas.style.inks.line)
                x += _QUOTE_INDENT_PX
            else:
                x += FRAME_INDENT_PX
        if self._marker is not None:
            width = self._marker.width
            y = top + self.content_top + (self.first_line_px - self._marker.height) / 2
            at = max(x - _MARKER_GAP_PX - width, x - 2 * FRAME_INDENT_PX)
            self._marker.paint(canvas.painter, self._placed(at, width, left), y)
        elif self.leaf.marker:
            self._paint_box(canvas, self._placed(x - _MARKER_GAP_PX - _BOX_PX, _BOX_PX, left), top)

    def _paint_box(self, canvas: Canvas, left: float, top: float) -> None:
        painter, inks = canvas.painter, canvas.style.inks
        # Rounded down, not to even: a box must not jump by a pixel as the page moves.
        y = math.floor(top + self.content_top + (self.first_line_px - _BOX_PX) / 2) + 0.5
        box = QRectF(math.floor(left) + 0.5, y, _BOX_PX, _BOX_PX)
        is_done = _BOXES[self.leaf.marker]
        painter.setPen(QPen(inks.accent if is_done else inks.dim, 1))
        painter.setBrush(inks.accent if is_done else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if is_done:
            paint_tick(painter, box.adjusted(3, 3.5, -3, -3.5), QPen(inks.page, 1.6))


def paint_tick(painter: QPainter, box: QRectF, pen: QPen) -> None:
    """Draw a check mark that fills a box."""
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    middle = QPointF(box.left() + box.width() * 0.38, box.bottom())
    painter.drawPolyline(QPolygonF([QPointF(box.left(), box.center().y()), middle, box.topRight()]))


_MARGINS_PX: Final = {Paragraph: (10.0, 10.0), Code: (6.0, 12.0), Table: (4.0, 12.0), Rule: (14.0, 14.0)}
_HEADING_MARGINS_PX: Final = ((24.0, 8.0), (20.0, 8.0), (16.0, 6.0), (14.0, 6.0), (14.0, 6.0), (14.0, 6.0))
_TIGHT_GAP_PX: Final = 4.0


def set_gap(above: Part | None, below: Part) -> None:
    """Give a part the room above that the part before it asks for."""
    if above is None:
        below.gap = 0.0
        return
    first = above.leaf if isinstance(above, LeafPart) else None
    second = below.leaf if isinstance(below, LeafPart) else None
    if second is not None and second.is_joined:
        below.gap = 0.0
    elif first is not None and second is not None and first.is_tight and second.is_tight:
        below.gap = _TIGHT_GAP_PX
    else:
        top = _margins(second)[0] if second else below.margins[0]
        bottom = _margins(first)[1] if first else above.margins[1]
        below.gap = max(top, bottom)
    if isinstance(below, LeafPart):
        below.joined_quotes = joined_quotes_of(first, below.leaf)


def joined_quotes_of(above: Leaf | None, below: Leaf) -> int:
    """How many quotes two leaves share."""
    shared = 0
    for one, other in zip(above.frames if above else (), below.frames, strict=False):
        if one is not other:
            break
        shared += one is Frame.QUOTE
    return shared


def _margins(leaf: Leaf) -> tuple[float, float]:
    content = leaf.content
    if isinstance(content, Heading):
        return _HEADING_MARGINS_PX[content.level - 1]
    if isinstance(content, Html):
        return _MARGINS_PX[Paragraph]
    return _MARGINS_PX.get(type(content), (10.0, 10.0))
