"""Spans written as markdown: marks opened and closed where they change, and what only looks like a mark escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import Mark, Marks, Span, Spans

_SIGNS: Final = {Mark.BOLD: "**", Mark.ITALIC: "*", Mark.STRIKE: "~~"}
_BACKTICKS: Final = re.compile("`+")
_ADDRESS: Final = re.compile(r"https?://\S+")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_ESCAPED: Final = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~\n]|\s*$)     # would escape what follows
    | [`]
    | \*(?!\s)|(?<!\s)\*               # may open or close emphasis
    | (?<!\w)_(?!\s)|(?<!\s)_(?!\w)    # the same; inside a word it is a letter
    | ~(?=~)|(?<=~)~
    | \](?=\s*[(\[:])|(?<=\[[ xX])\]  # the end of a link or a box; `\[` would open maths
    | <(?=[A-Za-z][\w+.-]*[:@])         # an address in angle brackets
    | &(?=\#?\w+;)
    """,
    re.VERBOSE,
)
_NOTE: Final = re.compile(r"(\[\^[^\]\n\\]*)\]")
_LONE_STAR: Final = re.compile(r"(?<!\\)\*")
_DOLLAR: Final = re.compile(r"\$(?=\$|\S[^$]*\$)|(?<=[^\s$])\$|\$(?<=\$\$)")
_TILDE: Final = re.compile(r"~(?=\S)|(?<=\S)~")
_LINE_START: Final = re.compile(
    r"^([ \t]*)(?:(#{1,6}(?=\s|$)|[-+*](?=\s|$|[-+])|=+\s*$|>)|(\d{1,9})([.)](?=\s|$)))", re.M
)


def written(spans: Spans, is_cell: bool = False) -> str:
    """Write spans in one paragraph, or in one cell of a table, where a bar ends the cell."""
    text = "".join(_runs(spans))
    if not is_cell:
        return text
    return text.replace("|", "\\|").replace("\n", " ")


def _runs(spans: Spans) -> Iterator[str]:
    """Links hold their spans together; what stands between links does so, too."""
    is_first = True
    for href, group in groupby(spans, key=lambda span: span.href):
        run = tuple(group)
        text = "".join(span.text for span in run)
        inner = "".join(_marked(run, is_first))
        if href == text and _MAIL.fullmatch(href):
            inner = f"<{href}>"
        elif href and not (href == text and _ADDRESS.fullmatch(href)):
            inner = f"[{inner}]({_target(href)})"
        elif href:
            inner = "".join(_marked(run, is_first, is_address=True))
        yield inner
        is_first = False


def _target(href: str) -> str:
    if re.search(r"[\s()<>\\]", href):
        return "<" + re.sub(r"([<>\\])", r"\\\1", href).replace("\n", "%0A") + ">"
    return href


def _marked(spans: Spans, is_first: bool, is_address: bool = False) -> Iterator[str]:
    """The spans of one run; marks stay open from one span to the next where both have them."""
    stack: list[Marks] = []
    blank = ""
    for index, span in enumerate(spans):
        text = span.text if is_address else _text(span, is_first and index == 0)
        wanted = span.marks & (Mark.BOLD | Mark.ITALIC | Mark.STRIKE)
        while any(not wanted & mark for mark in stack):
            yield _SIGNS[stack.pop()]
        yield blank
        blank = ""
        fresh = [mark for mark in _SIGNS if wanted & mark and mark not in stack]
        # What lasts longest stands outside.
        fresh.sort(key=lambda mark: -_lasts(spans, index, mark))
        body = text
        if wanted:
            # A sign beside a blank does not count as one.
            body = text.strip(" \n")
            if not body:
                blank = text
                continue
            if fresh:
                yield text[: len(text) - len(text.lstrip(" \n"))]
            else:
                body = text.rstrip(" \n")
            blank = text[len(text.rstrip(" \n")) :]
        for mark in fresh:
            stack.append(mark)
            yield _SIGNS[mark]
        yield body
    while stack:
        yield _SIGNS[stack.pop()]
    yield blank


def _lasts(spans: Spans, index: int, mark: Marks) -> int:
    return next((at for at in range(index, len(spans)) if not spans[at].marks & mark), len(spans))


def _text(span: Span, is_line_start: bool) -> str:
    text = span.text
    if span.marks & Mark.CODE:
        return _code(text)
    if span.marks & Mark.RAISED:
        return f"[^{text}]"
    if span.marks & Mark.MATHS:
        return text
    escaped = _escaped(text, is_line_start)
    # A lone star is none of a mark, but for one that comes to stand beside the sign of another.
    return _LONE_STAR.sub(r"\\*", escaped) if span.marks else escaped


def _code(text: str) -> str:
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    length = next(size for size in range(1, len(runs) + 2) if size not in runs)
    needs_pad = text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " and text.strip())
    pad = " " if needs_pad else ""
    fence = "`" * length
    return f"{fence}{pad}{text}{pad}{fence}"


def _escaped(text: str, is_line_start: bool) -> str:
    """A text in which nothing is a mark."""
    made = _ESCAPED.sub(lambda found: "\\" + found[0], text)
    made = _NOTE.sub(r"\1\\]", made)
    if made.count("$") > 1:
        made = _DOLLAR.sub(r"\\$", made)
    if made.count("~") > 1:
        made = re.sub(r"(?<!\\)" + _TILDE.pattern.replace("|", r"|(?<!\\)"), r"\\~", made)
    if "\n" in made or is_line_start:
        head, sep, rest = ("", "", made) if is_line_start else made.partition("\n")
        made = head + sep + _LINE_START.sub(_line_start, rest)
    # A line end in a paragraph is a hard break.
    return made.replace("\n", "  \n")


def _line_start(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[1]}\\{found[2]}"
    return f"{found[1]}{found[3]}\\{found[4]}"
