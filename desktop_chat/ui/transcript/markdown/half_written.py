"""What opens and has not been closed yet, while a text comes: it has the look at once that it will have.

Maths is shown as it is written, in one look, until it is whole. Bold, italic, struck and code words are shown without
their signs; when they are never closed, the signs come back with the end of the line.
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
    """The blocks of a text that still comes, its last line with what is open in it closed; none when nothing is.

    `blocks` are those of the text as it is. What is so long that it may be cut is not read twice.
    """
    last = blocks[-1][-1] if blocks and blocks[-1] else None
    if last is None or not isinstance(last.content, Paragraph | Heading) or len(text) >= PARAGRAPH_CHARACTERS_MAX:
        return []
    start = text.rfind("\n") + 1
    end, closing = _closing_of(text[start:])
    if start + end == len(text) and not closing:
        return []
    closed = [block.leaves for block in read(text[: start + end].rstrip(" \t") + closing)]
    other = closed[-1][-1] if len(closed) == len(blocks) and closed[-1] else None
    if other is None or not isinstance(other.content, Paragraph | Heading) or not other.content.spans:
        return []
    is_same = len(closed[-1]) == len(blocks[-1]) and type(other.content) is type(last.content)
    # What did not find its beginning would be seen.
    is_closed = not closing or not other.content.spans[-1].text.endswith(closing[-1])
    return closed if is_same and is_closed else []


def is_all_closed(line: str) -> bool:
    """Whether nothing is open in a line that would be shown as if it were closed."""
    return _closing_of(line) == (len(line), "")


def _closing_of(line: str) -> tuple[int, str]:
    """How much of a line to show, and what closes all that is open in it: a sign alone at its end is not shown."""
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
