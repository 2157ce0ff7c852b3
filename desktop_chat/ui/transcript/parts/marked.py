"""Which ranges of a text look different from the rest: what is selected, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

Range: TypeAlias = tuple[int, int]
"""Start and end in UTF-16 units of the text as laid out; never empty."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The marked ranges of one text."""

    selection: Range | None = None
    hits: tuple[Range, ...] = ()
    """Where the searched words stand, in the order of the text."""
    current: Range | None = None
    """The hit the reader stands on."""

    def within(self, start: int, length: int) -> Marked:
        """The same for a stretch of the text, counted from its start."""
        if self is UNMARKED:
            return UNMARKED
        end = start + length
        return Marked(
            _cut(self.selection, start, end),
            tuple(found for hit in self.hits if (found := _cut(hit, start, end)) is not None),
            _cut(self.current, start, end),
        )


UNMARKED: Final = Marked()


def _cut(whole: Range | None, start: int, end: int) -> Range | None:
    if whole is None or whole[1] <= start or whole[0] >= end:
        return None
    return max(whole[0], start) - start, min(whole[1], end) - start
