"""The nesting behind leaves: quotes, lists and their items as a tree, for writing a text in another form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from desktop_chat.ui.transcript.markdown.blocks import Content, Frame, Heading, Html, Leaf, Paragraph, Table

BOXES: Final = {"☐": False, "☑": True}
"""Markers of tasks, and whether they are done."""

_BULLET: Final = "•"


class Kind(Enum):
    """What holds leaves together."""

    ROOT = auto()
    QUOTE = auto()
    FOOTNOTE = auto()
    BULLETS = auto()
    NUMBERS = auto()
    ITEM = auto()
    BARE = auto()
    """An item or a footnote whose marker is not part of the text: its content stands by itself."""


@dataclass(slots=True)
class Group:
    """A container and what stands in it, in order."""

    kind: Kind
    marker: str = ""
    """Of an item, or the label of a footnote."""
    is_tight: bool | None = None
    """Of a list: whether its items stand close; None while no paragraph has told."""
    children: list[Node] = field(default_factory=list)


Node: TypeAlias = Leaf | Group


def outline_of(leaves: tuple[Leaf, ...]) -> Group:
    """Build the tree of some leaves, wherever in a text they begin and end."""
    root = Group(Kind.ROOT)
    open_groups: list[tuple[Frame, Group]] = []
    for leaf in _joined(leaves):
        _put(leaf, root, open_groups)
    return root


def _put(leaf: Leaf, root: Group, open_groups: list[tuple[Frame, Group]]) -> None:
    frames = leaf.frames
    shared = 0
    while shared < min(len(open_groups), len(frames)) and open_groups[shared][0] is frames[shared]:
        shared += 1
    marked = next((at for at in reversed(range(len(frames))) if frames[at] is not Frame.QUOTE), 0)
    if leaf.marker:
        # A marker begins a container of its own; a quote may stand in it at once.
        shared = min(shared, marked)
    del open_groups[shared:]
    for depth in range(shared, len(frames)):
        parent = open_groups[-1][1] if open_groups else root
        # An item that begins with a list has no leaf of its own to bear its marker; the first one may be cut off.
        own = _BULLET if leaf.marker and root.children and frames[depth] is Frame.ITEM else ""
        marker = leaf.marker if depth == marked else own
        open_groups.append((frames[depth], _opened(frames[depth], marker, parent, leaf)))
    (open_groups[-1][1] if open_groups else root).children.append(leaf)


def _opened(frame: Frame, marker: str, parent: Group, leaf: Leaf) -> Group:
    """Begin a container in another one."""
    if frame is Frame.QUOTE:
        made = Group(Kind.QUOTE)
    elif not marker:
        made = Group(Kind.BARE)
    elif frame is Frame.FOOTNOTE:
        made = Group(Kind.FOOTNOTE, marker)
    else:
        made = Group(Kind.ITEM, marker)
        parent = _list_for(marker, leaf, parent)
    parent.children.append(made)
    return made


def _list_for(marker: str, leaf: Leaf, parent: Group) -> Group:
    """The list an item belongs to: the one right above it, or a new one."""
    kind = Kind.NUMBERS if number_of(marker) is not None else Kind.BULLETS
    is_tight = leaf.is_tight if isinstance(leaf.content, Paragraph) else None
    last = parent.children[-1] if parent.children else None
    if isinstance(last, Group) and last.kind is kind and _goes_on(last, marker, is_tight):
        last.is_tight = is_tight if last.is_tight is None else last.is_tight
        return last
    made = Group(kind, is_tight=is_tight)
    parent.children.append(made)
    return made


def _goes_on(above: Group, marker: str, is_tight: bool | None) -> bool:
    last = above.children[-1]
    assert isinstance(last, Group)
    number, before = number_of(marker), number_of(last.marker)
    is_next = number is None or before is None or number == before + 1
    return is_next and (is_tight is None or above.is_tight is None or is_tight == above.is_tight)


def number_of(marker: str) -> int | None:
    """The number of an item, such as `7.`; None for a bullet or a box."""
    return int(marker[:-1]) if marker[:-1].isdecimal() else None


def _joined(leaves: tuple[Leaf, ...]) -> Iterator[Leaf]:
    """The leaves, with those that were cut for the layout made whole again."""
    last: Leaf | None = None
    pieces: list[Content] = []
    for leaf in leaves:
        if last is not None and leaf.is_joined and isinstance(leaf.content, Table) and isinstance(last.content, Table):
            last = replace(last, content=replace(last.content, rows=last.content.rows + leaf.content.rows))
            continue
        if last is not None and leaf.is_joined and type(leaf.content) is type(last.content):
            pieces.append(leaf.content)
            continue
        if last is not None:
            yield _whole(last, pieces)
        last, pieces = leaf, []
    if last is not None:
        yield _whole(last, pieces)


def _whole(leaf: Leaf, pieces: list[Content]) -> Leaf:
    content = leaf.content
    if isinstance(content, Html):
        text = "".join(piece.text for piece in (content, *pieces) if isinstance(piece, Html))
        return replace(leaf, content=Html(text))
    if not pieces or not isinstance(content, Paragraph | Heading):
        return leaf
    spans = [span for piece in (content, *pieces) if isinstance(piece, Paragraph | Heading) for span in piece.spans]
    merged = spans[:1]
    for span in spans[1:]:
        last = merged[-1]
        if (last.marks, last.href) == (span.marks, span.href):
            merged[-1] = replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return replace(leaf, content=replace(content, spans=tuple(merged)))
