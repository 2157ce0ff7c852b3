"""The seams of one run of text, each put on the part it is in, wherever that comes to stand as the text grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop_chat.core.messages import Seam
from desktop_chat.ui.transcript.markdown.blocks import Leaves
from desktop_chat.ui.transcript.markdown.giants import pieces_of
from desktop_chat.ui.transcript.markdown.seams import Place, shown_text
from desktop_chat.ui.transcript.markdown.splitter import Splitter
from desktop_chat.ui.transcript.markdown.visible_text import is_right_to_left
from desktop_chat.ui.transcript.messages.words import seam_words
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.seam import SeamMark, laid_offset

_LOOKED_BACK: Final = 64
"""So many characters before a seam tell in which direction the text runs there."""


class SectionSeams:
    """Knows where in the source the seams are, and which parts show them."""

    def __init__(self) -> None:
        self._seams: dict[Seam, int] = {}
        """Where each is, in characters of the source."""
        self._places: dict[Seam, tuple[int, Part, SeamMark]] = {}
        """The block it was found in, and what shows it."""
        self._shown: list[Part] = []
        self.is_stale = False

    def put(self, seam: Seam, source: str) -> None:
        """Another part begins behind this source; blanks at its end are left to that."""
        if seam not in self._seams:
            self._seams[seam] = len(source.rstrip())
            self.is_stale = True

    def keep_only(self, seams: Sequence[Seam]) -> None:
        """Forget those that turned out to be none, as nothing came behind them."""
        gone = [seam for seam in self._seams if seam not in seams]
        for seam in gone:
            del self._seams[seam]
            self._places.pop(seam, None)
            self.is_stale = True

    def place(self, splitter: Splitter, first_block: int, starts: Sequence[int], parts: Sequence[Part]) -> None:
        """Put each on its part.

        `first_block` is the first block that may be another since the last time, `starts` the first part of each.
        """
        if not self._seams and not self.is_stale:
            return
        for seam, at in self._seams.items():
            known = self._places.pop(seam, None)
            if known is not None and known[0] < first_block and not self.is_stale:
                self._places[seam] = known
            elif (place := splitter.place_of(at)) is not None and place.block < len(starts):
                leaves = splitter.leaves_of(place.block)
                index, mark = _marked(place, leaves, starts[place.block], parts, seam_words(seam))
                self._places[seam] = place.block, parts[index], mark
        self.is_stale = False
        self._show()

    def _show(self) -> None:
        now: dict[Part, tuple[SeamMark, ...]] = dict.fromkeys(self._shown, ())
        for _, part, mark in self._places.values():
            now[part] = (*now.get(part, ()), mark)
        for part, marks in now.items():
            if part.seams != marks:
                part.seams, part.is_dirty = marks, True
        self._shown = [part for part, marks in now.items() if marks]

    def follow(self, splitter: Splitter, starts: Sequence[int], parts: Sequence[Part]) -> None:
        """All parts were made anew."""
        self._places.clear()
        self.is_stale = True
        self.place(splitter, 0, starts, parts)


def _marked(place: Place, leaves: Leaves, first: int, parts: Sequence[Part], words: str) -> tuple[int, SeamMark]:
    """Index of the part that shows a place, and how: a leaf may be laid out in several."""
    index, left = first, place.characters
    for number, leaf in enumerate(leaves):
        pieces = list(pieces_of(leaf))
        if number < place.leaf:
            index += len(pieces)
            continue
        for piece in pieces:
            if left is None or left <= len(shown_text(piece)) or piece is pieces[-1]:
                break
            left -= len(shown_text(piece))
            index += 1
        break
    index = min(index, len(parts) - 1)
    part = parts[index]
    if left is None or not isinstance(part, LeafPart):
        return index, SeamMark(None, words)
    text = shown_text(part.leaf)
    before = text[max(0, left - _LOOKED_BACK) : left]
    return index, SeamMark(laid_offset(part.leaf, min(left, len(text))), words, is_right_to_left(before[::-1]))
