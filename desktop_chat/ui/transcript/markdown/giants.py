"""Where a text that goes on without an end is cut, so that no step of reading or layout grows with it.

A paragraph of megabytes is no writer's paragraph: it is cut where that shows least, and goes on in the next piece.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_chat.ui.transcript.markdown.blocks import (
    Heading,
    Html,
    Leaf,
    Leaves,
    Paragraph,
    Span,
    Spans,
    Table,
    text_of,
)
from desktop_chat.ui.transcript.markdown.parser import events_of

BLOCK_CHARACTERS_MAX: Final = 16_000
"""A block this long is cut: MEASURED up to 0.5 ms per KB for prose full of marks, 2026-11-23."""

PARAGRAPH_CHARACTERS_MAX: Final = 6_000
"""A plain paragraph is cut sooner: no writer's is that long, and nothing is lost by it."""

TABLE_CHARACTERS: Final = (1_000, 2_000, 4_000, 8_000)
"""A table is cut between its rows at the first of these lengths: it goes on below as if it were one."""

PIECE_UNITS_MAX: Final = 4_000
"""One layout at most, in UTF-16 units: MEASURED 3 ms without any blank, and growing with the square (2026-11-23)."""

PIECE_ROWS: Final = 24
"""So many rows of a table are laid out in one go."""

_REACH: Final = 64
"""So many characters back a border between characters is looked for; a pile of accents has no end of its own."""

_BLANK: Final = re.compile(rb"(?<=[^ \n]) (?=[^ \n])")

GUARD: Final = "\ue202 "
"""Stands before a text that goes on inside a paragraph, so that it is read as one: a sign of private use."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a block is cut.

    Units:   `at` and `text_to` in characters; between them stands the blank or line end that is shown as `between`.
    """

    at: int
    guard: str = ""
    """What has to stand before the rest for the parser to read it right."""
    text_to: int = -1
    between: str = ""


def cut_of(head: str, guard: str = "") -> Cut:
    """The best place to cut the block that begins with this text: between items or rows, or inside its paragraph."""
    source = (guard + head).encode()
    least = len(guard.encode()) + len(head) // 2
    blank: Cut | None = None
    stack: list[str] = []
    rows_from = 0

    def cut(text_to: int, at: int, guard_below: str = "", between: str = "") -> Cut:
        first = len(guard)
        return Cut(_characters(source, at) - first, guard_below, _characters(source, text_to) - first, between)

    for event, start, end in events_of(guard + head):
        name, value = _named(event)
        if name == "Start":
            tag, _ = _named(value)
            if stack == ["Table"] and tag == "TableRow":
                rows_from = rows_from or start
                if start >= least:
                    return cut(start, start, source[:rows_from].decode())
            elif stack == ["List"] and tag == "Item" and start >= least:
                line = source.rfind(b"\n", 0, start) + 1
                return cut(line, line)
            stack.append(tag)
        elif name == "End":
            stack.pop()
        elif stack == ["Paragraph"] and end > least:
            if name in ("SoftBreak", "HardBreak"):
                return cut(start, end, GUARD, "\n" if name == "HardBreak" else " ")
            if name == "Text" and blank is None and (found := _BLANK.search(source, max(start, least), end)):
                blank = cut(found.start(), found.end(), GUARD, " ")
    line = head.find("\n", len(head) // 2) + 1
    if blank is not None:
        return blank
    return Cut(line) if 0 < line < len(head) else Cut(_border(head, len(head) // 2), GUARD)


def _named(event: Any) -> tuple[str, Any]:
    return (event, None) if isinstance(event, str) else next(iter(event.items()))


def _characters(source: bytes, at: int) -> int:
    return len(source[:at].decode())


def with_end(leaves: Leaves, cut: Cut) -> Leaves:
    """The leaves of a text that goes on behind a cut, with what is shown between both."""
    last = leaves[-1] if leaves else None
    if last is None or not cut.between or not isinstance(last.content, Paragraph):
        return leaves
    return (*leaves[:-1], replace(last, content=Paragraph((*last.content.spans, Span(cut.between)))))


def without_guard(leaves: Leaves) -> Leaves:
    """The leaves of a text that was read behind the guard: the first goes on what stands above it."""
    first = leaves[0]
    content = first.content
    if isinstance(content, Paragraph | Heading):
        content = replace(content, spans=_stripped(content.spans))
    elif isinstance(content, Table):
        content = replace(content, head=(_stripped(content.head[0]), *content.head[1:]))
    return (replace(first, content=content, is_joined=True), *leaves[1:])


def _stripped(spans: Spans) -> Spans:
    if not spans or not spans[0].text.startswith(GUARD[0]):
        return spans
    text = spans[0].text[1:].lstrip(" \t")
    return (replace(spans[0], text=text), *spans[1:]) if text else spans[1:]


def pieces_of(leaf: Leaf) -> Sequence[Leaf]:
    """The leaf as leaves of which each is laid out quickly; together they are the same text.

    Order:   as more text comes, all pieces but the last stay as they are.
    """
    content = leaf.content
    if isinstance(content, Paragraph | Heading):
        spans = content.spans
    elif isinstance(content, Html):
        spans = (Span(content.text),)
    elif isinstance(content, Table) and len(content.rows) > PIECE_ROWS:
        return list(_table_pieces(leaf, content))
    else:
        return (leaf,)
    if len(spans) == 1 and len(spans[0].text) <= PIECE_UNITS_MAX // 2:
        return (leaf,)
    text = text_of(spans)
    if len(text) <= PIECE_UNITS_MAX // 2:
        return (leaf,)
    pieces = list(pieces_between(text))
    return (leaf,) if len(pieces) == 1 else [_piece(leaf, spans, start, end) for start, end in pieces]


def _table_pieces(leaf: Leaf, table: Table) -> Iterator[Leaf]:
    """The table in runs of rows; all know the head, only the first shows it."""
    for start in range(0, len(table.rows), PIECE_ROWS):
        piece = replace(leaf, content=replace(table, rows=table.rows[start : start + PIECE_ROWS]))
        yield replace(piece, marker="", is_joined=True) if start else piece


def pieces_between(text: str, units_max: int = PIECE_UNITS_MAX) -> Iterator[tuple[int, int]]:
    """Start and end of the pieces a text is laid out in, each cut behind a blank or a line end where there is one.

    Units:   characters; `units_max` in UTF-16 units.
    """
    start = 0
    while True:
        size = units_max if text[start : start + units_max].isascii() else units_max // 2
        if len(text) - start <= size:
            yield start, len(text)
            return
        least, most = start + size * 3 // 4, start + size
        end = max(text.rfind("\n", least, most), text.rfind(" ", least, most)) + 1 or _border(text, most)
        yield start, end
        start = end


def _border(text: str, at: int) -> int:
    """The last border between two characters at or before a position; `at` itself in an endless one."""
    for border in range(at, max(0, at - _REACH), -1):
        if not _continues(text[border - 1], text[border]):
            return border
    return at


def _continues(before: str, character: str) -> bool:
    """Whether a sign belongs to the one before it: accents, joined emoji, halves of flags."""
    if before == "\u200d" or character == "\u200d" or unicodedata.category(character).startswith("M"):
        return True
    code = ord(character)
    return 0x1F3FB <= code <= 0x1F3FF or 0xFE00 <= code <= 0xFE0F or 0x1F1E6 <= code <= 0x1F1FF


def _piece(leaf: Leaf, spans: Spans, start: int, end: int) -> Leaf:
    cut: list[Span] = []
    at = 0
    for span in spans:
        first, last = max(start - at, 0), min(end - at, len(span.text))
        if first < last:
            cut.append(replace(span, text=span.text[first:last]))
        at += len(span.text)
    content = leaf.content
    if isinstance(content, Html):
        content = Html(text_of(tuple(cut)))
    elif isinstance(content, Paragraph | Heading):
        content = replace(content, spans=tuple(cut))
    if not start:
        return replace(leaf, content=content)
    return replace(leaf, content=content, marker="", is_joined=True)
