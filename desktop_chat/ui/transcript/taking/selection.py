"""What the reader has selected: from one place in the text to another, across parts and messages."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_chat.core.messages import Message, Role
from desktop_chat.ui.transcript.markdown.blocks import Leaf, Rule
from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.taking.clip import Clip, Share


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
    has_caret: bool = False
    """Whether the moving end is shown, because the keyboard moves it."""

    @property
    def is_empty(self) -> bool:
        return self.fixed is None or self.moving is None or self.fixed == self.moving

    def clear(self) -> None:
        self.fixed = self.moving = None
        self.has_caret = False

    def set(self, fixed: Position, moving: Position) -> None:
        self.fixed, self.moving = fixed, moving
        self.has_caret = False

    @property
    def ends(self) -> tuple[Position, Position]:
        """First and last end, in the order of the text."""
        assert self.fixed is not None
        assert self.moving is not None
        return (self.fixed, self.moving) if self.fixed <= self.moving else (self.moving, self.fixed)

    def within(self, row: int, index: int, part: Part) -> tuple[int, int] | None:
        """The selected range of one part; None when nothing of it is selected."""
        if self.fixed is None or self.is_empty or not part.is_selectable:
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


def clip_of(selection: Selection, rows: Rows) -> Clip:
    """What is selected, as it stands now.

    A message that lies wholly inside is given as it was written.
    """
    if selection.is_empty:
        return Clip(())
    first, last = selection.ends
    stop = min(last.row, len(rows) - 1)
    taken: list[Share | Message] = []
    at = first.row
    for index in sorted({first.row, stop, *rows.built_between(first.row, stop)}):
        # MEASURED with 10,000 messages: a look at each would hold the window for 50 ms, 2026-11-23.
        taken += rows.messages[at:index]
        taken += _taken_of(selection, rows, index)
        at = index + 1
    return Clip(taken)


def _taken_of(selection: Selection, rows: Rows, index: int) -> list[Share | Message]:
    """What is selected of one message, if anything is."""
    if _is_whole(selection, rows, index):
        return [rows[index].message]
    share = _part_share(selection, rows, index)
    return [share] if share.text or share.leaves else []


def _is_whole(selection: Selection, rows: Rows, index: int) -> bool:
    """Whether a message is selected from its first word to its last, and nothing beside its text is."""
    first, last = selection.ends
    row = rows[index]
    is_inside = first <= Position(index, 0, 0) and last > Position(index, END, 0)
    if row.item is None or row.item.unread_from is not None:
        return is_inside
    # What is unfolded is read and taken, too: thinking, the sources, what a tool was given.
    has_more = (
        row.item.is_streaming or any(row.folds.values()) or any("citations" in block for block in row.message.content)
    )
    if row.message.role is not Role.USER and has_more:
        return False
    taken = [at for at, part in enumerate(row.item.stack.parts) if part.is_selectable and part.length]
    if not taken:
        return is_inside
    end = Position(index, taken[-1], row.item.stack.parts[taken[-1]].length)
    return first <= Position(index, taken[0], 0) and last >= end


def _part_share(selection: Selection, rows: Rows, row: int) -> Share:
    """What is selected of one message, part by part."""
    is_typed = rows[row].message.role is Role.USER
    leaves: list[Leaf] = []
    texts: list[str] = []
    for index, part in enumerate(rows.item(row).stack.parts):
        span = selection.within(row, index, part)
        if span is None:
            if leaves and isinstance(part, LeafPart) and isinstance(part.leaf.content, Rule):
                leaves.append(part.leaf)
        elif is_typed:
            texts.append(part.plain(*span))
        else:
            leaves.append(part.taken(*span))
    while leaves and isinstance(leaves[-1].content, Rule):
        leaves.pop()
    return Share(text="".join(texts), is_typed=is_typed, leaves=tuple(leaves))


def is_joined(part: Part) -> bool:
    """Whether a part goes on the text of the one above it."""
    return isinstance(part, LeafPart) and part.leaf.is_joined
