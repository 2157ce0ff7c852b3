"""Where in the shown text a place of its source is: found by reading the source once more with a sign put there.

Markdown hides part of what is written, and a place may lie inside of such a mark: the sign then changes what is read,
and the nearest text is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import (
    Code,
    Formula,
    Heading,
    Html,
    Leaf,
    Leaves,
    Paragraph,
    Table,
    text_of,
)

SIGN: Final = "\ue204"
"""A sign of private use, which no writer types."""

_OTHER_SIGN: Final = "\ufffd"
"""Stands for the sign where somebody did type it."""

_TRIES: Final = 4
"""In the target of a link no sign is shown: the starts of the words before it are tried."""

OPENING_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two characters of the shown text.

    Units:   `characters` of the leaf's `shown_text` stand before it; None when it is only known which leaf it is.
    """

    block: int
    leaf: int
    characters: int | None


def shown_text(leaf: Leaf) -> str:
    """The text of a leaf as it is laid out; the cells of a table one below the other."""
    content = leaf.content
    if isinstance(content, Paragraph | Heading):
        return text_of(content.spans)
    if isinstance(content, Code | Html):
        return content.text
    if isinstance(content, Formula):
        return content.source
    if isinstance(content, Table):
        # The head of a table that goes on above is shown there.
        rows = content.rows if leaf.is_joined else (content.head, *content.rows)
        return "".join(f"{text_of(cell)}\n" for row in rows for cell in row)
    return ""


def place_in(
    source: str, at: int, leaves: Sequence[Leaf], read: Callable[[str], Leaves], block: int = 0
) -> Place | None:
    """Find a place of a block's source among its leaves; None when it has none.

    `read` gives the leaves of another source in the place of this one.
    """
    if not leaves:
        return None
    if at >= len(source.rstrip()):
        return Place(block, len(leaves) - 1, len(shown_text(leaves[-1])))
    if (fence := OPENING_FENCE.match(source)) and len(leaves) == 1 and isinstance(leaves[0].content, Code):
        # A block of code may be long, and its lines are shown as they are written.
        code = leaves[0].content.text
        return Place(block, 0, min(max(0, at - fence.end()), len(code)))
    source = source.replace(SIGN, _OTHER_SIGN)
    for _ in range(_TRIES):
        for number, leaf in enumerate(read(source[:at] + SIGN + source[at:])):
            before, sign, _ = shown_text(leaf).partition(SIGN)
            if sign:
                same = min(number, len(leaves) - 1)
                return Place(block, same, carried(before, shown_text(leaves[same]).replace(SIGN, _OTHER_SIGN)))
        start = _word_start(source, at)
        if start == at:
            break
        at = start
    return Place(block, 0, None)


def _word_start(source: str, at: int) -> int:
    """Where the word before a place begins; the same place when there is none in its line."""
    line = source[source.rfind("\n", 0, at) + 1 : at]
    words = line.rsplit(None, 1)
    return at if not words else at - len(line) + len(line.rstrip()) - len(words[-1])


def carried(before: str, shown: str) -> int:
    """How much of a text stands before a place, when another reading of it has this before the place."""
    if shown.startswith(before):
        return len(before)
    at = 0
    for character in before:
        # What is not shown here is a mark.
        if at < len(shown) and shown[at] == character:
            at += 1
    return at
