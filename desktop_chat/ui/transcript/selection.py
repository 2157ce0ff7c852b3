"""What the reader has selected: from one place in the text to another, across parts and messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_chat.ui.transcript.leaf_part import LeafPart
from desktop_chat.ui.transcript.part import Part
from desktop_chat.ui.transcript.rows import Rows


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the text: message, part of it, character (in UTF-16 units)."""

    row: int
    part: int
    offset: int


END = 2**31
"""Beyond the last position of any part."""


@dataclass(slots=True)
class Selection:
    """A range with a fixed and a moving end; empty when both are the same."""

    fixed: Position | None = None
    moving: Position | None = None

    @property
    def is_empty(self) -> bool:
        return self.fixed is None or self.moving is None or self.fixed == self.moving

    def clear(self) -> None:
        self.fixed = self.moving = None

    def set(self, fixed: Position, moving: Position) -> None:
        self.fixed, self.moving = fixed, moving

    @property
    def ends(self) -> tuple[Position, Position]:
        """First and last end, in the order of the text."""
        assert self.fixed is not None
        assert self.moving is not None
        return (self.fixed, self.moving) if self.fixed <= self.moving else (self.moving, self.fixed)

    def within(self, row: int, index: int, part: Part) -> tuple[int, int] | None:
        """The selected range of one part; None when nothing of it is selected."""
        if self.is_empty or not part.is_selectable:
            return None
        first, last = self.ends
        at = (row, index)
        if at < (first.row, first.part) or at > (last.row, last.part):
            return None
        start = first.offset if at == (first.row, first.part) else 0
        end = last.offset if at == (last.row, last.part) else part.length
        end = min(end, part.length)
        return (start, end) if start < end else None


def everything(rows: Rows) -> Selection:
    """A selection of the whole conversation."""
    if not len(rows):
        return Selection()
    return Selection(Position(0, 0, 0), Position(len(rows) - 1, END, END))


def texts_of(selection: Selection, rows: Rows) -> tuple[str, str]:
    """The selected text, plain and as markdown.

    A message that lies wholly inside is given as it was written while it is far off the screen, or not read to its end.
    """
    if selection.is_empty:
        return "", ""
    first, last = selection.ends
    plain: list[str] = []
    marked: list[str] = []
    for index in range(first.row, min(last.row, len(rows) - 1) + 1):
        row = rows[index]
        is_whole = first <= Position(index, 0, 0) and last > Position(index, END, 0)
        if is_whole and (row.item is None or row.item.unread_from is not None):
            text = row.item.text if row.item else row.message.text
            plain.append(text)
            marked.append(text)
            continue
        pieces = list(_pieces(selection, rows, index))
        if pieces:
            plain.append("".join(between + piece for between, piece, _ in pieces))
            marked.append("".join(between + piece for between, _, piece in pieces))
    return "\n\n".join(plain), "\n\n".join(marked)


def _pieces(selection: Selection, rows: Rows, row: int) -> Iterator[tuple[str, str, str]]:
    """What is selected of one message, part by part: what stands before it, plain, markdown."""
    above: Part | None = None
    for index, part in enumerate(rows.item(row).stack.parts):
        span = selection.within(row, index, part)
        if span is None:
            continue
        yield _separator(above, part), part.plain(*span), part.markdown(*span)
        above = part


def is_joined(part: Part) -> bool:
    """Whether a part goes on the text of the one above it."""
    return isinstance(part, LeafPart) and part.leaf.is_joined


def _separator(above: Part | None, part: Part) -> str:
    if above is None or is_joined(part):
        return ""
    is_tight = isinstance(part, LeafPart) and isinstance(above, LeafPart) and part.leaf.is_tight and above.leaf.is_tight
    return "\n" if is_tight else "\n\n"
