"""The seam of a reply that was continued: a hairline at the place of the text where its next part begins.

It is painted beside the text and is no part of it, so it is neither copied nor found nor counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from desktop_chat.ui.transcript.markdown.blocks import Heading, Leaf, Mark, Paragraph, Spans, Table, text_of
from desktop_chat.ui.transcript.markdown.seams import shown_text
from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.parts.code_pads import laid_units, pads_of

REACH_PX: Final = 5.0
"""So near to it the pointer is on it: a hairline is hard to hit."""

EDGE_PX: Final = 7.0
"""How far left of a part the line stands, where its place in the text is not known."""


@dataclass(frozen=True, slots=True)
class SeamMark:
    """A seam in a part.

    Units:   `offset` in UTF-16 units of the text as laid out; None for the top edge of the part.
    """

    offset: int | None
    words: str
    """What is said about it where the pointer is, and to a screen reader."""
    is_after_right_to_left: bool = False
    """Whether what stands before it runs from right to left: then it is at its left."""


def paint_seam(painter: QPainter, rect: QRectF, ink: QColor) -> None:
    """Draw a seam: one pixel of the screen wide at any zoom, as high as its line."""
    scale = painter.transform().m11()
    x = math.floor(rect.left() * scale) / scale
    painter.fillRect(QRectF(x, rect.top(), 1.0 / scale, rect.height()), ink)


def laid_offset(leaf: Leaf, characters: int) -> int:
    """Where a place of a leaf's shown text is as laid out.

    Units:   `characters` of the shown text before it; UTF-16 units.
    """
    content = leaf.content
    if isinstance(content, Paragraph | Heading):
        return _in_spans(content.spans, characters)
    if not isinstance(content, Table):
        return units(shown_text(leaf)[:characters])
    at = 0
    for row in content.rows if leaf.is_joined else (content.head, *content.rows):
        for cell in row:
            size = len(text_of(cell))
            if characters <= size:
                return at + _in_spans(cell, characters)
            characters -= size + 1
            at += laid_units(cell) + 1
    return max(0, at - 1)


def _in_spans(spans: Spans, characters: int) -> int:
    at, pads = 0, pads_of(spans)
    for span in spans:
        if characters <= len(span.text):
            pad = pads.units if span.marks & Mark.CODE and characters > 0 else 0
            return at + pad + units(span.text[:characters])
        characters -= len(span.text)
        at += pads.units_of(span)
    return at
