"""Markdown into leaves: CommonMark with tables, tasks, strikethrough, footnotes and maths; HTML stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyromark
from pyromark import Options

from desktop_chat.ui.transcript.markdown.blocks import (
    Align,
    Code,
    Content,
    Formula,
    Frame,
    Heading,
    Html,
    Leaf,
    Leaves,
    Mark,
    Marks,
    Nothing,
    Paragraph,
    Rule,
    Span,
    Spans,
    Table,
    without_end_blank,
)
from desktop_chat.ui.transcript.markdown.delimiters import Delimiters, Event, latex_of

OPTIONS: Final = (
    Options.ENABLE_TABLES
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_MATH
)

Definitions: TypeAlias = Mapping[str, tuple[str, str]]
"""Link targets by normalised label: (target, title)."""


_Lookup: TypeAlias = Callable[[Any], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class TopBlock:
    """A block at the outermost level.

    Units:   `start` and `end` in UTF-8 bytes of the parsed text.
    """

    leaves: Leaves
    start: int
    end: int
    is_fenced_code: bool
    footnote: str = ""
    """The label, when the block defines a footnote."""


def parse(text: str, definitions: Definitions | None = None) -> list[TopBlock]:
    """Parse markdown into top-level blocks, in order.

    `definitions` are link targets that stand elsewhere in the same answer.
    """
    reader = _Reader()
    reader.read(events_of(text, _lookup(definitions)))
    return reader.blocks


def events_of(text: str, lookup: _Lookup | None = None) -> list[Event]:
    """What the parser finds; a formula is given as it was written."""
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return _parser_events(text, lookup)
    delimiters = Delimiters(text)
    while not delimiters.are_right(events := _parser_events(delimiters.text, lookup)):
        pass
    return [_with_source(delimiters, event) for event in events]


def _parser_events(text: str, lookup: _Lookup | None) -> list[Event]:
    found = pyromark.events_with_range(text, options=OPTIONS, merge_text=True, broken_link_callback=lookup)
    return [(event, where["start"], where["end"]) for event, where in found]


def _with_source(delimiters: Delimiters, found: Event) -> Event:
    event, start, end = found
    for name in ("InlineMath", "DisplayMath"):
        if name in event:
            return {"Maths": delimiters.source_of(event[name], start, name == "DisplayMath")}, start, end
    return delimiters.restored(event), start, end


def definitions_in(text: str) -> dict[str, tuple[str, str]]:
    """The link targets a text defines, by normalised label; of two with one label the first holds."""
    if "]:" not in text:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for label, definition in pyromark.reference_definitions(text, options=OPTIONS).items():
        found.setdefault(normalised(label), (definition["dest"], definition["title"] or ""))
    return found


def citation_mark(number: int) -> str:
    """What stands in a text where a raised number shall be shown; signs of private use, which no writer types."""
    return f"{_MARK_START}{number}{_MARK_END}"


def normalised(label: str) -> str:
    """A label as it is compared: case and runs of blanks do not count."""
    return " ".join(label.split()).casefold()


def _lookup(definitions: Definitions | None) -> _Lookup | None:
    if not definitions:
        return None
    return lambda link: definitions.get(normalised(link["reference"]))


_INLINE_MARKS: Final = {"Emphasis": Mark.ITALIC, "Strong": Mark.BOLD, "Strikethrough": Mark.STRIKE}
_ALONE: Final = Mark.CODE | Mark.RAISED | Mark.MATHS
"""Two of these side by side stay two."""

_ALIGNS: Final = {"None": Align.NONE, "Left": Align.LEFT, "Center": Align.CENTER, "Right": Align.RIGHT}
_URL: Final = re.compile(r"https?://[^\s<>\"'`|\\^{}]*[^\s<>\"'`|\\^{}.,;:!?)\]*_~]")
_MARK_START, _MARK_END = "\ue200", "\ue201"
_CITATION: Final = re.compile(f"{_MARK_START}(\\d+){_MARK_END}")
_DONE_BOX: Final = "☑"
_OPEN_BOX: Final = "☐"
_BULLETS: Final = "•◦▪"


@dataclass(slots=True)
class _OpenSpan:
    """A span that still grows: its texts are joined once, or a long paragraph of short lines would take its square."""

    texts: list[str]
    marks: Marks
    href: str


class _Reader:
    """Turns the parser's events into leaves; one text, one reader."""

    def __init__(self) -> None:
        self.blocks: list[TopBlock] = []
        self._depth = 0
        self._leaves: list[Leaf] = []
        self._frames: list[Frame] = []
        self._lists: list[int | None] = []
        self._marker = ""
        self._level = 0
        self._marks: list[Marks] = []
        self._hrefs: list[str] = []
        self._spans: list[_OpenSpan] | None = None
        self._inside = ""
        """What the text stands in: Paragraph, TableCell, Heading; nothing in a list item without blank lines."""
        self._is_broken = False
        """Whether maths that stands by itself has ended a paragraph, which may yet go on below it."""
        self._code: list[str] | None = None
        self._language = ""
        self._html: list[str] | None = None
        self._aligns: tuple[Align, ...] = ()
        self._rows: list[tuple[Spans, ...]] = []
        self._cells: list[Spans] = []
        self._start = 0
        self._is_fenced = False
        self._footnote = ""
        self._items: list[int] = []

    def read(self, events: Iterable[Event]) -> None:
        """Take the events of the text; a loop over them all, as there are hundreds in a frame that shows a table."""
        for event, start, end in events:
            if type(event) is str:
                self._read_bare(event, start, end)
                continue
            (name,) = event
            value = event[name]
            if name == "Start":
                if self._depth == 0:
                    self._start, self._is_fenced, self._footnote, self._leaves = start, False, "", []
                self._depth += 1
                self._open(value)
            elif name == "End":
                self._close(value)
                self._depth -= 1
                if self._depth == 0:
                    self._put_block(end)
            else:
                self._read_text(name, value)

    def _put_block(self, end: int) -> None:
        self.blocks.append(TopBlock(tuple(self._leaves), self._start, end, self._is_fenced, self._footnote))

    def _read_bare(self, event: str, start: int, end: int) -> None:
        if event == "Rule":
            if self._depth == 0:
                self._start, self._is_fenced, self._footnote, self._leaves = start, False, "", []
            self._flush_inline()
            self._put(Rule())
            if self._depth == 0:
                self._put_block(end)
        elif event == "SoftBreak":
            self._add(" ")
        elif event == "HardBreak":
            self._add("\n")

    def _read_text(self, name: str, value: Any) -> None:
        if name in ("Text", "Html") and self._code is not None:
            self._code.append(value)
        elif name in ("Html", "Text") and self._html is not None:
            self._html.append(value)
        elif name == "Text":
            self._add_prose(value)
        elif name == "Code":
            self._add(value, Mark.CODE)
        elif name == "Maths":
            self._add_formula(value)
        elif name == "FootnoteReference":
            self._add(value, Mark.RAISED)
        elif name == "TaskListMarker":
            self._marker = _DONE_BOX if value else _OPEN_BOX
        else:  # InlineHtml and whatever a later parser may add: shown as it was written
            self._add(str(value))

    def _open(self, tag: Any) -> None:
        name = tag
        value: Any = None
        if type(tag) is not str:
            (name,) = tag
            value = tag[name]
        if name in _INLINE_MARKS:
            self._marks.append(_INLINE_MARKS[name])
        elif name in ("Link", "Image"):
            self._hrefs.append(value["dest_url"])
        elif name in ("Paragraph", "TableCell", "Heading"):
            self._flush_inline()
            self._spans, self._inside, self._is_broken = [], name, False
            self._level = int(value["level"][1:]) if value else 0
        elif name == "CodeBlock":
            self._flush_inline()
            self._code = []
            self._is_fenced = isinstance(value, Mapping) and self._depth == 1
            self._language = language_of(value["Fenced"]) if isinstance(value, Mapping) else ""
        elif name == "HtmlBlock":
            self._flush_inline()
            self._html = []
        elif name == "Table":
            self._flush_inline()
            self._aligns = tuple(_ALIGNS[align] for align in value)
            self._rows, self._cells = [], []
        else:
            self._open_container(name, value)

    def _open_container(self, name: str, value: Any) -> None:
        if name == "BlockQuote":
            self._flush_inline()
            self._frames.append(Frame.QUOTE)
            self._items.append(len(self._leaves))
        elif name == "FootnoteDefinition":
            self._frames.append(Frame.FOOTNOTE)
            self._items.append(len(self._leaves))
            self._marker = self._footnote = value
        elif name == "List":
            self._flush_inline()
            self._lists.append(value)
        elif name == "Item":
            self._open_item()

    def _open_item(self) -> None:
        self._frames.append(Frame.ITEM)
        self._items.append(len(self._leaves))
        number = self._lists[-1]
        if number is None:
            bullets = sum(1 for at in self._lists if at is None)
            self._marker = _BULLETS[min(bullets, len(_BULLETS)) - 1]
        else:
            self._marker = f"{number}."
            self._lists[-1] = number + 1

    def _close(self, tag: Any) -> None:
        name: Any = tag
        if type(tag) is not str:
            (name,) = tag
        if name in _INLINE_MARKS:
            self._marks.pop()
        elif name in ("Link", "Image"):
            self._hrefs.pop()
        elif name == "Paragraph":
            self._put_paragraph(is_tight=False)
            self._inside = ""
        elif name == "Heading":
            self._put(Heading(self._level, self._taken()))
            self._inside = ""
        elif name == "TableCell":
            self._cells.append(self._taken())
            self._inside = ""
        elif name in ("TableHead", "TableRow"):
            self._rows.append(tuple(self._cells))
            self._cells = []
        elif name == "Table":
            self._put(Table(self._aligns, self._rows[0], tuple(self._rows[1:])))
        elif name == "CodeBlock":
            self._put(Code(self._language, "".join(self._code or ())))
            self._code = None
        elif name == "HtmlBlock":
            self._put(Html("".join(self._html or ()).rstrip("\n")))
            self._html = None
        elif name == "List":
            self._lists.pop()
        elif name in ("Item", "BlockQuote", "FootnoteDefinition"):
            self._close_container()

    def _close_container(self) -> None:
        self._flush_inline()
        if self._items.pop() == len(self._leaves):
            self._put(Nothing(), is_tight=True)
        self._frames.pop()
        self._marker = ""

    def _add_prose(self, text: str) -> None:
        """Add text, with the marks of citations raised."""
        if _MARK_START not in text:
            if "://" in text:
                self._add_linked(text)
            else:
                self._add(text)
            return
        at = 0
        for found in _CITATION.finditer(text):
            self._add_linked(text[at : found.start()])
            self._add(found.group(1), Mark.RAISED)
            at = found.end()
        self._add_linked(text[at:])

    def _add_linked(self, text: str) -> None:
        """Add text; addresses in it become links although nobody put brackets around them."""
        if "://" not in text or self._hrefs:
            self._add(text)
            return
        at = 0
        for found in _URL.finditer(text):
            self._add(text[at : found.start()])
            self._hrefs.append(found.group())
            self._add(found.group())
            self._hrefs.pop()
            at = found.end()
        self._add(text[at:])

    def _add(self, text: str, mark: Marks = Mark.NONE) -> None:
        if not text:
            return
        if self._is_broken and not self._spans and not mark:
            text = text.lstrip()
            if not text:
                return
        if self._spans is None:
            # The text of a list item without blank lines comes without a paragraph around it.
            self._spans = []
        for outer in self._marks:
            mark |= outer
        href = self._hrefs[-1] if self._hrefs else ""
        last = self._spans[-1] if self._spans else None
        if last is not None and last.marks == mark and last.href == href and not mark & _ALONE:
            last.texts.append(text)
        else:
            self._spans.append(_OpenSpan([text], mark, href))

    def _add_formula(self, source: str) -> None:
        """Add maths; what is made for a line of its own gets one, unless it stands inside of something."""
        is_inside = self._marks or self._hrefs or self._inside in ("TableCell", "Heading")
        if is_inside or not latex_of(source)[1]:
            self._add(source, Mark.MATHS)
            return
        above = without_end_blank(self._taken())
        if above:
            self._put(Paragraph(above), is_tight=not self._inside)
        self._put(Formula(source), is_tight=not self._inside)
        self._spans, self._is_broken = [], True

    def _put_paragraph(self, is_tight: bool) -> None:
        """Close a paragraph; nothing is left of it where maths took its end."""
        spans = self._taken()
        if spans or not self._is_broken:
            self._put(Paragraph(spans), is_tight)
        self._is_broken = False

    def _taken(self) -> Spans:
        spans = tuple([Span("".join(span.texts), span.marks, span.href) for span in self._spans or ()])
        self._spans = None
        return spans

    def _flush_inline(self) -> None:
        if self._spans is not None:
            self._put_paragraph(is_tight=True)

    def _put(self, content: Content, is_tight: bool = False) -> None:
        self._leaves.append(Leaf(content, tuple(self._frames), self._marker, is_tight))
        self._marker = ""


def language_of(info: str) -> str:
    """The language a fence names: its first word, without the braces some writers put around it."""
    word = info.split(maxsplit=1)[0] if info.strip() else ""
    return word.strip("{}.").split(",")[0]
