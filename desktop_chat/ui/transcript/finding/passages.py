"""The text of a part as it can be searched, with the positions it has in the layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.markdown.blocks import Code, Heading, Html, Mark, Paragraph, Span, Spans, Table
from desktop_chat.ui.transcript.markdown.visible_text import units, visible
from desktop_chat.ui.transcript.parts.code_pads import laid_units, pads_of
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.marked import Range
from desktop_chat.ui.transcript.parts.part import Part


@dataclass(slots=True)
class Passage:
    """A stretch of text that is read in one go: words found in it may cross the borders of its pieces.

    Units:   `starts` are pairs of a character of `text` and its position in UTF-16 units of the layout.
    """

    text: str = ""
    starts: list[tuple[int, int]] = field(default_factory=list)

    def put(self, text: str, at: int) -> None:
        """Add a piece that stands at a position of the layout."""
        self.starts.append((len(self.text), at))
        self.text += text

    def range_of(self, start: int, end: int) -> Range:
        """Where some characters, at least one, stand in the layout."""
        return self._position(start), self._position(end - 1) + units(self.text[end - 1 : end])

    def _position(self, character: int) -> int:
        first, at = next(start for start in reversed(self.starts) if start[0] <= character)
        return at + units(self.text[first:character])


def found_in(part: Part, word: str, is_case_kept: bool) -> tuple[Range, ...]:
    """Where a folded word stands in the selectable text of a part, in the order of the text."""
    return tuple(
        passage.range_of(start, end)
        for passage in _passages(part)
        for start, end in folded(passage.text, is_case_kept).found(word)
    )


def text_key(part: Part) -> object:
    """Something that is another object, or another value, when the text of a part is another."""
    return part.leaf if isinstance(part, LeafPart) else part.whole


def _passages(part: Part) -> Iterator[Passage]:
    content = part.leaf.content if isinstance(part, LeafPart) else None
    if isinstance(content, Paragraph | Heading):
        yield _of_spans(content.spans, 0)
    elif isinstance(content, Html):
        yield _of_spans((Span(content.text),), 0)
    elif isinstance(content, Table):
        at = 0
        # The head of a table that was cut is shown once, by its first piece.
        is_joined = isinstance(part, LeafPart) and part.leaf.is_joined
        for row in content.rows if is_joined else (content.head, *content.rows):
            for spans in row:
                yield _of_spans(spans, at)
                at += laid_units(spans) + 1
    elif part.is_selectable:
        passage = Passage()
        passage.put(visible(content.text if isinstance(content, Code) else part.whole), 0)
        yield passage


def _of_spans(spans: Spans, at: int) -> Passage:
    passage, pads = Passage(), pads_of(spans)
    for span in spans:
        # The number of a footnote stands in the text, but not in its words.
        if not span.marks & Mark.RAISED:
            passage.put(visible(span.text), at + (pads.units if span.marks & Mark.CODE else 0))
        at += pads.units_of(span)
    return passage
