"""Leaves as clean text: what is left without any marks, but with the markers of lists."""

from __future__ import annotations

from desktop_chat.ui.transcript.markdown.blocks import (
    Code,
    Formula,
    Heading,
    Html,
    Leaf,
    Leaves,
    Paragraph,
    Rule,
    Table,
    text_of,
)
from desktop_chat.ui.transcript.taking.outline import Group, Kind, Node, outline_of

_INDENT = "  "


def clean_text_of(leaves: Leaves, is_alone: bool = False) -> str:
    """Write leaves without marks; the cells of a table stand a tab apart.

    A leaf that was taken alone is given without its marker: who takes one item wants its words.
    """
    return _text(leaves[0]) if is_alone else _group(outline_of(leaves))


def _group(group: Group) -> str:
    written: list[str] = []
    above: Node | None = None
    for node in group.children:
        if isinstance(node, Leaf) and isinstance(node.content, Rule):
            continue
        text = _node(node)
        if above is not None:
            written.append("\n" if _is_close(group, above, node) else "\n\n")
        written.append(text)
        above = node
    return "".join(written)


def _node(node: Node) -> str:
    if isinstance(node, Leaf):
        return _text(node)
    if node.kind is Kind.ITEM:
        return _item(node)
    if node.kind is Kind.FOOTNOTE:
        return f"{node.marker} {_group(node)}"
    return _group(node)


def _item(item: Group) -> str:
    """An item; what stands in it below its first line is indented."""
    first, *rest = _group(item).split("\n")
    lines = [f"{item.marker} {first}".rstrip(), *(f"{_INDENT}{line}" if line else "" for line in rest)]
    return "\n".join(lines)


def _is_close(group: Group, above: Node, below: Node) -> bool:
    """Whether no blank line stands between two neighbours."""
    if group.kind in (Kind.BULLETS, Kind.NUMBERS):
        return group.is_tight is not False
    return any(isinstance(node, Leaf) and node.is_tight for node in (above, below))


def _text(leaf: Leaf) -> str:
    content = leaf.content
    if isinstance(content, Paragraph | Heading):
        return text_of(content.spans)
    if isinstance(content, Code):
        return content.text.removesuffix("\n")
    if isinstance(content, Formula):
        return content.source
    if isinstance(content, Table):
        rows = [row for row in (content.head, *content.rows) if any(row)]
        return "\n".join("\t".join(text_of(cell) for cell in row) for row in rows)
    return content.text if isinstance(content, Html) else ""
