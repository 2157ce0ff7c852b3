"""Leaves as markdown that reads as the same leaves again."""

from __future__ import annotations

import re
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import (
    Align,
    Code,
    Formula,
    Heading,
    Html,
    Leaf,
    Leaves,
    Paragraph,
    Rule,
    Table,
)
from desktop_chat.ui.transcript.taking.markdown_spans import written
from desktop_chat.ui.transcript.taking.outline import BOXES, Group, Kind, Node, outline_of

_RULES: Final = {Align.NONE: "---", Align.LEFT: ":--", Align.CENTER: ":-:", Align.RIGHT: "--:"}
_RULE, _OTHER_RULE = "---", "___"
_FENCES: Final = re.compile("`{3,}")
_CLOSING: Final = re.compile(r"(?:(?<=\s)|^)#+\s*$")
"""What would be the closing sequence of a heading."""

_LISTS: Final = (Kind.BULLETS, Kind.NUMBERS)


def markdown_text_of(leaves: Leaves) -> str:
    """Write leaves with their marks, markers and fences."""
    return _children(outline_of(leaves))


def fenced(code: str, language: str) -> str:
    """Code between fences that are longer than any in it."""
    fence = "`" * max(3, *(len(found) + 1 for found in _FENCES.findall(code)), 3)
    end = "" if code.endswith("\n") or not code else "\n"
    return f"{fence}{language}\n{code}{end}{fence}"


def _children(group: Group) -> str:
    pieces: list[str] = []
    above: Node | None = None
    is_other_list = False
    for node in group.children:
        is_list = isinstance(node, Group) and node.kind in _LISTS
        # Two lists below each other need different signs, or they would be one.
        follows_list = isinstance(above, Group) and isinstance(node, Group) and above.kind is node.kind and is_list
        is_other_list = follows_list and not is_other_list
        if above is not None:
            pieces.append("\n" if _is_close(group, above, node) else "\n\n")
        pieces.append(_list(node, is_other_list) if isinstance(node, Group) and is_list else _node(node))
        above = node
    return "".join(pieces)


def _is_close(group: Group, above: Node, below: Node) -> bool:
    """Whether no blank line stands between two neighbours: in an item one would make its list loose."""
    if any(isinstance(node, Leaf) and isinstance(node.content, Formula) and node.is_tight for node in (above, below)):
        return True
    if group.kind is not Kind.ITEM:
        return False
    if isinstance(above, Leaf) and isinstance(above.content, Table):
        return False
    return any(isinstance(node, Leaf) and node.is_tight for node in (above, below, group.children[0]))


def _node(node: Node) -> str:
    if isinstance(node, Leaf):
        return _leaf(node)
    inner = _children(node)
    if node.kind is Kind.QUOTE:
        return "\n".join(f"> {line}" if line else ">" for line in inner.split("\n"))
    if node.kind is Kind.FOOTNOTE:
        return _indented(f"[^{node.marker}]: ", inner, 4)
    return inner


def _list(group: Group, is_other: bool) -> str:
    items = []
    for item in group.children:
        assert isinstance(item, Group)
        sign = _sign(item.marker, is_other)
        # The box of a task belongs to the text of its item.
        box = BOXES.get(item.marker)
        task = "" if box is None else ("[x] " if box else "[ ] ")
        text = task + _children(item)
        if text.startswith(_RULE):
            # Behind a dash it would be a rule of the outer text.
            text = _OTHER_RULE + text.removeprefix(_RULE)
        items.append(_indented(f"{sign} ", text, len(sign) + 1))
    return ("\n" if group.is_tight is not False else "\n\n").join(items)


def _sign(marker: str, is_other: bool) -> str:
    if marker[:-1].isdecimal():
        return marker[:-1] + (")" if is_other else ".")
    return "*" if is_other else "-"


def _indented(first: str, text: str, by: int) -> str:
    lines = text.split("\n")
    return "\n".join(
        [(first + lines[0]).rstrip(" ") if not lines[0] else first + lines[0]]
        + [" " * by + line if line else "" for line in lines[1:]]
    )


def _leaf(leaf: Leaf) -> str:
    content = leaf.content
    if isinstance(content, Paragraph):
        return written(content.spans)
    if isinstance(content, Heading):
        text = _CLOSING.sub(r"\\\g<0>", written(content.spans))
        return f"{'#' * content.level} {text}".rstrip(" ")
    if isinstance(content, Code):
        return fenced(content.text, content.language)
    if isinstance(content, Formula):
        return content.source
    if isinstance(content, Table):
        return _table(content)
    if isinstance(content, Html):
        return content.text
    return _RULE if isinstance(content, Rule) else ""


def _table(table: Table) -> str:
    rows = ["| " + " | ".join(written(cell, is_cell=True) for cell in row) + " |" for row in (table.head, *table.rows)]
    rows.insert(1, "|" + "|".join(_RULES[align] for align in table.aligns) + "|")
    return "\n".join(rows)
