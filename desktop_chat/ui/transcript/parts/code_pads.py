"""What stands around inline code in the laid-out text: blanks as wide as the padding of its box, never copied.

In a text that runs from right to left they isolate the code, too: its brackets would change sides otherwise.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from desktop_chat.ui.transcript.markdown.blocks import Mark, Span, Spans
from desktop_chat.ui.transcript.markdown.visible_text import is_right_to_left, units

PAD: Final = "\u00a0"


class Pads(NamedTuple):
    """What opens and what closes code, both of one length."""

    opening: str
    closing: str

    @property
    def units(self) -> int:
        """The length of each, in UTF-16 units."""
        return len(self.opening)

    def units_of(self, span: Span) -> int:
        """The length of a span as laid out, in UTF-16 units."""
        return units(span.text) + (2 * self.units if span.marks & Mark.CODE else 0)


_BLANKS: Final = Pads(PAD, PAD)
_ISOLATING: Final = Pads(f"{PAD}\u2066", f"\u2069{PAD}")


def pads_of(spans: Spans) -> Pads:
    """The pads in a text."""
    for span in spans:
        if not span.marks & Mark.MATHS and any(map(str.isalpha, span.text)):
            return _ISOLATING if is_right_to_left(span.text) else _BLANKS
    return _BLANKS


def laid_units(spans: Spans) -> int:
    """The length of a text as laid out, in UTF-16 units."""
    pads = pads_of(spans)
    return sum([pads.units_of(span) for span in spans])
