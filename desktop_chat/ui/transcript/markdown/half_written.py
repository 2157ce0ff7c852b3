"""Maths whose end has not come yet: shown as it is written, in one look, until it is whole."""

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
from desktop_chat.ui.transcript.markdown.parser import TopBlock

_HALF_WRITTEN: Final = "\ue203"
"""Stands for a formula whose end has not come; a sign of private use."""

_OPENING: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?s:.*?)(?<!`)(?P=ticks)(?!`))"
    r"|\$\$(?s:.*?)\$\$|(?<!\\)\\\((?s:.*?)\\\)|(?<!\\)\\\[(?s:.*?)\\\]"
    r"|\\\$|(?P<dollar>(?<!\$)\$(?!\$)(?=\S)[^$\n]*?(?<=\S)\$(?!\d))"
    r"|(?P<open>\$\$|(?<!\\)\\[(\[]|\$(?=\\|[A-Za-z](?:[^A-Za-z]|\Z)))"
)


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
