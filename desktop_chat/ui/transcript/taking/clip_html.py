"""Leaves as HTML for pasting: plain tags, everything escaped, nothing that a reader of it would fetch."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import (
    Align,
    Code,
    Formula,
    Heading,
    Html,
    Leaf,
    Leaves,
    Mark,
    Paragraph,
    Rule,
    Span,
    Spans,
    Table,
)
from desktop_chat.ui.transcript.markdown.links import openable
from desktop_chat.ui.transcript.markdown.visible_text import visible
from desktop_chat.ui.transcript.taking.outline import BOXES, Group, Kind, Node, number_of, outline_of

_TAGS: Final = ((Mark.STRIKE, "del"), (Mark.ITALIC, "em"), (Mark.BOLD, "strong"), (Mark.RAISED, "sup"))
"""From the inside out."""

_BOX_SIGNS: Final = {False: "☐ ", True: "☑ "}


def html_of(leaves: Leaves) -> str:
    """Write leaves as a fragment of HTML."""
    return _children(outline_of(leaves))


def html_of_typed(text: str) -> str:
    """Write a text as it was typed."""
    return "".join(f"<p>{_broken(paragraph)}</p>" for paragraph in text.split("\n\n"))


def _children(group: Group) -> str:
    return "".join(_node(node) for node in group.children)


def _node(node: Node) -> str:
    return _leaf(node) if isinstance(node, Leaf) else _group(node)


def _group(group: Group) -> str:
    inner = _children(group)
    match group.kind:
        case Kind.QUOTE:
            return f"<blockquote>{inner}</blockquote>"
        case Kind.BULLETS:
            return f"<ul>{inner}</ul>"
        case Kind.NUMBERS:
            return f"<ol{_start(group)}>{inner}</ol>"
        case Kind.ITEM:
            box = BOXES.get(group.marker)
            return f"<li>{'' if box is None else _BOX_SIGNS[box]}{inner}</li>"
        case Kind.FOOTNOTE:
            return f"<p><sup>{_text(group.marker)}</sup></p>{inner}"
        case Kind.ROOT | Kind.BARE:
            return inner


def _start(group: Group) -> str:
    first = group.children[0]
    number = number_of(first.marker) if isinstance(first, Group) else 1
    return "" if number == 1 else f' start="{number}"'


def _leaf(leaf: Leaf) -> str:
    content = leaf.content
    if isinstance(content, Paragraph):
        return _spans(content.spans) if leaf.is_tight and leaf.frames else f"<p>{_spans(content.spans)}</p>"
    if isinstance(content, Heading):
        return f"<h{content.level}>{_spans(content.spans)}</h{content.level}>"
    if isinstance(content, Code):
        named = f' class="language-{_text(content.language)}"' if content.language else ""
        return f"<pre><code{named}>{_text(content.text)}</code></pre>"
    if isinstance(content, Formula):
        return f"<p><code>{_broken(content.source)}</code></p>"
    if isinstance(content, Table):
        return _table(content)
    if isinstance(content, Rule):
        return "<hr>"
    return f"<p>{_broken(content.text)}</p>" if isinstance(content, Html) else ""


def _table(table: Table) -> str:
    head = f"<thead>{_row(table, table.head, 'th')}</thead>" if any(table.head) else ""
    rows = "".join(_row(table, row, "td") for row in table.rows)
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _row(table: Table, cells: tuple[Spans, ...], tag: str) -> str:
    written = []
    for cell, align in zip(cells, table.aligns, strict=False):
        style = "" if align is Align.NONE else f' style="text-align:{align}"'
        written.append(f"<{tag}{style}>{_spans(cell)}</{tag}>")
    return f"<tr>{''.join(written)}</tr>"


def _spans(spans: Spans) -> str:
    written = []
    for href, run in groupby(spans, key=lambda span: span.href):
        text = "".join(map(_span, run))
        target = openable(href) if href else None
        written.append(f'<a href="{_text(target)}">{text}</a>' if target else text)
    return "".join(written)


def _span(span: Span) -> str:
    is_source = bool(span.marks & (Mark.CODE | Mark.MATHS))
    written = f"<code>{_broken(span.text)}</code>" if is_source else _broken(span.text)
    for mark, tag in _TAGS:
        if span.marks & mark:
            written = f"<{tag}>{written}</{tag}>"
    return written


def _broken(text: str) -> str:
    return _text(text).replace("\n", "<br>")


def _text(text: str) -> str:
    """A text that stays text, and that shows what it holds: also where it is pasted nothing of it is obeyed."""
    return escape(visible(text))
