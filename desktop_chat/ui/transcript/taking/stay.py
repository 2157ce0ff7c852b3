"""Keeping the selection on its words while the text around them is made anew.

As an answer streams, a late definition or its end may cut what stands above into other parts. The ends of the
selection then go where their words have gone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.taking.clip_text import clean_text_of
from desktop_chat.ui.transcript.taking.selection import Position, Selection

_COMPARED_CHARACTERS_MAX: Final = 2_000
"""More changed text than this is not compared word by word: an end in it keeps its share of the way."""

Ends: TypeAlias = tuple[tuple[str, Position], tuple[str, Position]] | None
"""Message id and place of both ends."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The parts of a row, and what they said, before they may change."""

    row: int
    parts: tuple[Part, ...]
    leaves: tuple[Leaf | None, ...]
    at: dict[Position, int]
    """How many characters of its part's words stand before an end of the selection."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Moves the ends of the selection with their words."""

    selection: Selection

    def notes(self, row: int, parts: Sequence[Part]) -> Notes | None:
        """Take down how a row is; None when no end of the selection lies in it."""
        ends = [end for end in (self.selection.fixed, self.selection.moving) if end is not None and end.row == row]
        if not ends:
            return None
        at = {end: len(_bare(parts[end.part], end.offset)) for end in ends if end.part < len(parts)}
        return Notes(row, tuple(parts), tuple(map(_leaf_of, parts)), at)

    def follow(self, notes: Notes, parts: Sequence[Part]) -> None:
        """The parts of a row may be others now, or say something else."""
        selection = self.selection
        if selection.fixed is not None and selection.fixed.row == notes.row:
            selection.fixed = _moved(selection.fixed, notes, parts)
        if selection.moving is not None and selection.moving.row == notes.row:
            selection.moving = _moved(selection.moving, notes, parts)

    def ends(self, rows: Rows) -> Ends:
        """Where the selection begins and ends, for `restore`."""
        fixed, moving = self.selection.fixed, self.selection.moving
        if fixed is None or moving is None:
            return None
        return (rows[fixed.row].message.id, fixed), (rows[moving.row].message.id, moving)

    def restore(self, ends: Ends, rows: Rows) -> None:
        """After the path has changed: select the same again, or nothing if an end is not shown any more."""
        self.selection.clear()
        places = [(rows.index_of(message_id), end) for message_id, end in ends or ()]
        if places and all(index is not None for index, _ in places):
            fixed, moving = (replace(end, row=index) for index, end in places if index is not None)
            self.selection.set(fixed, moving)


def _moved(end: Position, notes: Notes, after: Sequence[Part]) -> Position:
    if end not in notes.at or not after:
        return end
    old, leaf, at = notes.parts[end.part], notes.leaves[end.part], notes.at[end]
    if old in after:
        # It may say something else now.
        index = after.index(old)
        changed = _leaf_of(old)
        if changed is leaf or changed is None or leaf is None or isinstance(changed.content, Code):
            return replace(end, part=index)
        return replace(end, part=index, offset=_offset(old, _carried(at, _words(leaf), _words(changed))))
    same = next((at for at, (one, other) in enumerate(zip(notes.parts, after, strict=False)) if one is not other), 0)
    same = min(same, end.part)
    old_texts = [
        _bare(part) if leaf is None else _words(leaf)
        for part, leaf in zip(notes.parts[same:], notes.leaves[same:], strict=True)
    ]
    new_texts = [_bare(part) for part in after[same:]]
    part = end.part - same
    # What stands between two runs of parts that are the same has become what stands between them now.
    old_from = new_from = 0
    for block in SequenceMatcher(None, old_texts, new_texts, autojunk=False).get_matching_blocks():
        if part < block.a:
            old_gap, new_gap = old_texts[old_from : block.a], new_texts[new_from : block.b]
            at += sum(len(text) + 1 for text in old_gap[: part - old_from])
            return _found(end, _carried(at, "\n".join(old_gap), "\n".join(new_gap)), after, same + new_from)
        if part < block.a + block.size:
            index = same + block.b + part - block.a
            return replace(end, part=index, offset=_offset(after[index], at))
        old_from, new_from = block.a + block.size, block.b + block.size
    return end


def _found(end: Position, at: int, after: Sequence[Part], first: int) -> Position:
    """The place so many characters behind the start of a part."""
    for index in range(first, len(after)):
        size = len(_bare(after[index]))
        if at <= size and after[index].is_selectable:
            return replace(end, part=index, offset=_offset(after[index], at))
        at = max(0, at - size - 1)
    return replace(end, part=len(after) - 1, offset=after[-1].length)


def _leaf_of(part: Part) -> Leaf | None:
    return part.leaf if isinstance(part, LeafPart) and part.is_selectable else None


def _words(leaf: Leaf) -> str:
    return clean_text_of((leaf,), is_alone=True)


def _bare(part: Part, end: int | None = None) -> str:
    """The words of a part up to a position."""
    if not part.is_selectable:
        return ""
    end = part.length if end is None else min(end, part.length)
    return _words(part.taken(0, end)) if end else ""


def _offset(part: Part, at: int) -> int:
    """The position behind so many characters of a part's words."""
    return bisect_left(range(part.length), at, key=lambda end: len(_bare(part, end)))


def _carried(at: int, old: str, new: str) -> int:
    """Where a position of a text is in its new version."""
    head = _shared(old, new)
    if at <= head:
        return at
    most = min(len(old), len(new)) - head
    tail = min(_shared(old[::-1], new[::-1]), most)
    if at >= len(old) - tail:
        return at + len(new) - len(old)
    was, now = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(was), len(now)) > _COMPARED_CHARACTERS_MAX:
        return head + (at - head) * len(now) // len(was)
    carried = head
    for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        if head + block.a > at:
            break
        carried = head + block.b + min(at - head - block.a, block.size)
    return carried


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    sizes = range(1, min(len(one), len(other)) + 1)
    return bisect_left(sizes, True, key=lambda size: not other.startswith(one[:size]))
