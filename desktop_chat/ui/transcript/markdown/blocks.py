"""What an answer is made of, as values: spans of text, contents, and the leaves they are shown as.

Nesting (quotes, lists, footnotes) is flattened: a leaf is one thing that is laid out by itself, and its frames say
what stands around it. Two equal leaves look the same, so a leaf that did not change is never laid out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias

Marks: TypeAlias = int
"""A sum of `Mark`s."""


class Mark:
    """How a span of text differs from plain prose; marks add up.

    Plain numbers: every span is asked for its marks in every frame, and each operator of a flag is five calls.
    """

    NONE: Final = 0
    BOLD: Final = 1
    ITALIC: Final = 2
    STRIKE: Final = 4
    CODE: Final = 8
    MATHS: Final = 16
    """A formula, its delimiters included."""
    RAISED: Final = 32
    """A footnote number or a citation."""
    SOURCE: Final = 64
    """What could be drawn, shown as it was written."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one look; `href` is the target as written, not yet filtered."""

    text: str
    marks: Marks = Mark.NONE
    href: str = ""


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Code:
    """A code block; `language` is the first word after the fence, `text` is exact and ends with its line end."""

    language: str
    text: str
    is_open: bool = field(default=False, compare=False)
    """Whether its end has not come yet."""


@dataclass(frozen=True, slots=True)
class Formula:
    """Maths that stands by itself, as it was written: with its delimiters, the closing ones once they have come."""

    source: str


@dataclass(frozen=True, slots=True)
class Html:
    """HTML as the model wrote it, shown as text."""

    text: str


class Align(StrEnum):
    NONE = "none"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as `aligns`."""

    aligns: tuple[Align, ...]
    head: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A list item or a quote without content: only its marker or bar is shown."""


Content: TypeAlias = Paragraph | Heading | Code | Formula | Html | Table | Rule | Nothing


class Frame(StrEnum):
    """What stands around a leaf; each one indents it."""

    QUOTE = "quote"
    ITEM = "item"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that is laid out by itself."""

    content: Content
    frames: tuple[Frame, ...] = ()
    """From the outside in."""
    marker: str = ""
    """Bullet, number or box, on the first leaf of a list item; it belongs to the innermost frame."""
    is_tight: bool = False
    """Whether it stands close below the leaf before it, as in a list without blank lines."""
    is_joined: bool = False
    """Whether it goes on the text of the leaf before it, which was too long for one layout."""

    def stands_like(self, other: Leaf) -> bool:
        """Whether all that stands around the content is the same."""
        return (
            self.frames == other.frames
            and self.marker == other.marker
            and self.is_tight is other.is_tight
            and self.is_joined is other.is_joined
        )


Leaves: TypeAlias = tuple[Leaf, ...]


def text_of(spans: Spans) -> str:
    """The bare text of spans."""
    if len(spans) == 1:
        return spans[0].text
    return "".join([span.text for span in spans])


def without_end_blank(spans: Spans) -> Spans:
    """Spans without the blank at their end."""
    if not spans or spans[-1].marks or not spans[-1].text[-1:].isspace():
        return spans
    text = spans[-1].text.rstrip()
    return (*spans[:-1], replace(spans[-1], text=text)) if text else spans[:-1]
