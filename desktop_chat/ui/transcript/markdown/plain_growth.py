"""More words at the end of a paragraph, a heading or a list item: they are put there, and nothing is parsed again.

Most of what comes is just that. What the parser would make of the whole text is the same; a property test holds it to
that.
"""

from __future__ import annotations

import re
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import Heading, Leaf, Leaves, Mark, Paragraph, Span
from desktop_chat.ui.transcript.markdown.half_written import is_all_closed

_PLAIN: Final = r"""[^\W_]|[-,.;:!?()'"%’‘“”–—…]"""
_WORDS: Final = re.compile(rf"(?:{_PLAIN}| )*+\Z")
"""What neither opens nor closes anything behind a letter of its line, and is part of no address."""

_WORDS_AT_END: Final = re.compile(rf"(?=[^\n]*[^\W\d_])[^\n]*(?:{_PLAIN}) *\Z")
"""A line of which words change neither the kind nor the marks: it has a letter, its last sign is a plain one."""

_PENDING: Final = re.compile(r"&[#\w]*\Z|<[^\n]*\Z|\]\((?![^\s()<>\\]*\))|\]:|://\S*\Z")
"""What may begin something that plain signs go on or end: an entity, HTML, a target, a definition, an address."""

_FOOTNOTE: Final = re.compile(r"\[\^[^\]\s]+\]: ")
"""What begins a footnote; any other definition is no words yet."""


def words_end(text: str, blocks: list[Leaves]) -> int:
    """How much of a text its blocks show to the end, if mere words can go on there; 0 when they cannot.

    The blanks at the end of a text are not shown yet.
    """
    line = text.rfind("\n") + 1
    footnote = _FOOTNOTE.match(text)
    if _WORDS_AT_END.match(text, line) is None or _PENDING.search(text, footnote.end() if footnote else 0) is not None:
        return 0
    content = blocks[-1][-1].content if blocks and blocks[-1] else None
    if not isinstance(content, Paragraph | Heading) or not content.spans:
        return 0
    if content.spans[-1].href or content.spans[-1].marks & Mark.MATHS:
        return 0
    return len(text.rstrip(" ")) if is_all_closed(text) else 0


def words_from(text: str, start: int) -> str | None:
    """What a text shows more than its first characters, if that is mere words; None when it may be more."""
    return text[start:].rstrip(" ") if _WORDS.match(text, start) else None


def with_words(blocks: list[Leaves], words: str) -> list[Leaves]:
    """The blocks with words put at their end."""
    *above, last = blocks[-1]
    content = last.content
    assert isinstance(content, Paragraph | Heading)
    *spans, end = content.spans
    grown = (*spans, Span(end.text + words, end.marks, end.href))
    content = Paragraph(grown) if isinstance(content, Paragraph) else Heading(content.level, grown)
    return [*blocks[:-1], (*above, Leaf(content, last.frames, last.marker, last.is_tight, last.is_joined))]
