"""What opens and has not been closed yet, while a text comes: it has the look at once that it will have.

Maths is shown as it is written, in one look, until it is whole. Bold, italic, struck and code words are shown without
their signs; when they are never closed, the signs come back with the end of the paragraph, or of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import (
    Formula,
    Heading,
    Leaves,
    Mark,
    Paragraph,
    Span,
    Table,
    without_end_blank,
)
from desktop_chat.ui.transcript.markdown.delimiters import latex_of
from desktop_chat.ui.transcript.markdown.giants import PARAGRAPH_CHARACTERS_MAX
from desktop_chat.ui.transcript.markdown.parser import TopBlock

_HALF_WRITTEN: Final = "\ue203"
"""Stands for a formula whose end has not come; a sign of private use."""

_OPENING: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?s:.*?)(?<!`)(?P=ticks)(?!`))"
    r"|\$\$(?s:.*?)\$\$|(?<!\\)\\\((?s:.*?)\\\)|(?<!\\)\\\[(?s:.*?)\\\]"
    r"|\\\$|(?P<dollar>(?<!\$)\$(?!\$)(?=\S)[^$\n]*?(?<=\S)\$(?!\d))"
    r"|(?P<open>\$\$|(?<!\\)\\[(\[]|\$(?=\\|[A-Za-z](?:[^A-Za-z]|\Z)))"
)

PIPE: Final = re.compile(r"(?<!\\)\|")
"""A bar between two cells; `\\|` is one in a cell."""
_SIGN: Final = re.compile(r"\\.|`+|\*+|_+|~~+")
_OPENS_AFTER: Final = frozenset("([{<\"'“‘„‚«‹—–*_~")
"""Signs opens after a blank, or after one of these."""

_REACH_MAX: Final = {"*": 120, "_": 120, "**": 400, "__": 400, "`": 160}
"""So many characters may be open; a lone star or line is often meant as such, and does not close."""
_REACH_ELSE_MAX: Final = 400


def half_written_from(text: str) -> int:
    """Where maths begins in the last paragraph that is not closed yet; -1 when there is none."""
    if "$" not in text and "\\" not in text:
        return -1
    start = text.rfind("\n\n") + 1
    return next((found.start("open") for found in _OPENING.finditer(text, start) if found["open"]), -1)


def with_half_written(text: str, read: Callable[[str], list[TopBlock]]) -> list[Leaves]:
    """The blocks of a text that still comes, when it ends within maths: that is kept together; none when it does not.

    Parsed as text it would change its look with every sign that comes.
    """
    start = half_written_from(text)
    blocks = [block.leaves for block in read(text[:start] + _HALF_WRITTEN)] if start >= 0 else []
    last = blocks[-1][-1] if blocks and blocks[-1] else None
    if last is None or not isinstance(last.content, Paragraph | Heading) or not last.content.spans:
        return []
    *above, end = last.content.spans
    if not end.text.endswith(_HALF_WRITTEN):
        return []
    source = text[start:]
    spans = (*above, replace(end, text=end.text.removesuffix(_HALF_WRITTEN))) if end.text != _HALF_WRITTEN else above
    if isinstance(last.content, Heading) or end.marks or end.href or not latex_of(source)[1]:
        content = replace(last.content, spans=(*spans, Span(source, Mark.MATHS)))
        return [*blocks[:-1], (*blocks[-1][:-1], replace(last, content=content))]
    words = without_end_blank(tuple(spans))
    formula = replace(last, content=Formula(source), marker="" if words else last.marker)
    leaves = (replace(last, content=Paragraph(words)), formula) if words else (formula,)
    return [*blocks[:-1], (*blocks[-1][:-1], *leaves)]


def with_open_signs_closed(text: str, blocks: list[Leaves], read: Callable[[str], list[TopBlock]]) -> list[Leaves]:
    """The blocks of a text that still comes, with what is open at its end closed; none when nothing is.

    `blocks` are those of the text as it is. What is so long that it may be cut is not read twice.
    """
    last = blocks[-1][-1] if blocks and blocks[-1] else None
    if last is None or len(text) >= PARAGRAPH_CHARACTERS_MAX:
        return []
    starts: tuple[int, ...] = ()
    if isinstance(last.content, Table):
        starts = (cell_start(text),)
    elif isinstance(last.content, Paragraph | Heading):
        # What opens in a line above may be another item's, and then opens nothing here.
        starts = tuple(dict.fromkeys((_paragraph_start(text), text.rfind("\n") + 1)))
    for start in starts:
        end, closing = _closing_of(text[start:])
        if (start + end, closing) != (len(text), ""):
            closed = [block.leaves for block in read(text[: start + end].rstrip(" \t\n") + closing)]
            if _is_closed(closed, blocks, closing):
                return closed
    return []


def _is_closed(closed: list[Leaves], blocks: list[Leaves], closing: str) -> bool:
    """Whether the blocks are those of before but for what has been closed in the last one."""
    if len(closed) != len(blocks) or len(closed[-1]) != len(blocks[-1]):
        return False
    content = closed[-1][-1].content
    if type(content) is not type(blocks[-1][-1].content):
        return False
    if isinstance(content, Table):
        spans = next((spans for spans in reversed((content.rows or (content.head,))[-1]) if spans), ())
    else:
        assert isinstance(content, Paragraph | Heading)
        spans = content.spans
    # What did not find its beginning would be seen.
    return not closing or (bool(spans) and not spans[-1].text.endswith(closing[-1]))


def cell_start(text: str) -> int:
    """Where the last cell of a table's text begins."""
    line = text.rfind("\n") + 1
    return max((found.end() for found in PIPE.finditer(text, line)), default=line)


def _paragraph_start(text: str) -> int:
    """Where the lines begin that stand together at the end of a text."""
    blank = text.rfind("\n\n")
    return blank + 2 if blank >= 0 else 0


def closed_cell(line: str) -> str:
    """A line of a table whose last cell still comes, with what is open in it closed."""
    start = cell_start(line)
    end, closing = _closing_of(line[start:])
    return (line[: start + end].rstrip() + closing) if closing or start + end < len(line) else line


def is_all_closed(text: str) -> bool:
    """Whether nothing is open at the end of a text that would be shown as if it were closed."""
    starts = {_paragraph_start(text), text.rfind("\n") + 1}
    return all(_closing_of(text[start:]) == (len(text) - start, "") for start in starts)


def _closing_of(line: str) -> tuple[int, str]:
    """How much of some lines to show, and what closes all that is open there: a sign alone at the end is not shown."""
    opened: list[tuple[str, int]] = []
    at, end = 0, len(line)
    while (found := _SIGN.search(line, at)) is not None:
        sign, at = found.group(), found.end()
        if sign[0] == "\\":
            continue
        before, after = line[found.start() - 1 : found.start()] or " ", line[at : at + 1]
        may_open = (before.isspace() or before in _OPENS_AFTER) and not after.isspace()
        if sign[0] == "`":
            closing = re.compile(rf"(?<!`){sign}(?!`)").search(line, at)
            if closing is None:
                opened += [(sign, at)] if after and may_open else []
                end = found.start() if may_open and not after else end
                break
            at = closing.end()
        elif not before.isspace() and opened and opened[-1][0][0] == sign[0] and opened[-1][1] < found.start():
            _close(opened, len(sign))
        elif may_open and len(sign) <= 3:
            opened += [(sign, at)] if after else []
            end = end if after else found.start()
    if not opened:
        return end, ""
    is_in_reach = all(end - begun <= _REACH_MAX.get(sign, _REACH_ELSE_MAX) for sign, begun in opened)
    return (end, "".join(sign for sign, _ in reversed(opened))) if is_in_reach else (len(line), "")


def _close(opened: list[tuple[str, int]], count: int) -> None:
    """Take so many signs from the last that were opened; of a half-written end the rest stays open."""
    kind = opened[-1][0][0]
    while count and opened and opened[-1][0][0] == kind:
        sign, begun = opened.pop()
        if count < len(sign):
            opened.append((sign[count:], begun))
        count -= min(count, len(sign))
