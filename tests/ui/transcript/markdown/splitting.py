"""A text read at once, and the same text read as it comes."""

from __future__ import annotations

from desktop_chat.ui.transcript.markdown.blocks import Leaf
from desktop_chat.ui.transcript.markdown.parser import definitions_in, parse
from desktop_chat.ui.transcript.markdown.splitter import Splitter, plain_source


def whole(text: str) -> list[Leaf]:
    """What all of it is."""
    text = plain_source(text)
    return [leaf for block in parse(text, definitions_in(text)) for leaf in block.leaves]


def split(text: str, cuts: list[int]) -> list[Leaf]:
    """What it is when it comes in pieces that end at these places."""
    splitter = Splitter()
    shown: list[tuple[Leaf, ...]] = []
    at = 0
    for cut in [*sorted(min(cut, len(text)) for cut in cuts), len(text)]:
        splitter.append(text[at:cut])
        start, blocks = splitter.taken_changes()
        shown[start:] = blocks
        at = cut
    splitter.finish()
    start, blocks = splitter.taken_changes()
    shown[start:] = blocks
    assert shown == splitter.blocks
    return [leaf for block in shown for leaf in block]
