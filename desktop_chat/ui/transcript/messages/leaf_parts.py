"""The part that shows a leaf."""

from __future__ import annotations

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.drawings.diagram_part import DiagramPart, is_diagram
from desktop_chat.ui.transcript.drawings.maths_part import FormulaPart
from desktop_chat.ui.transcript.markdown.blocks import Code, Formula, Leaf, Rule, Table
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.prose import ProsePart, RulePart
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.tables.table import TablePart


def part_of(leaf: Leaf, style: Style) -> LeafPart:
    """The part that shows a leaf."""
    content = leaf.content
    if isinstance(content, Code):
        return CodePart(leaf, style)
    if isinstance(content, Formula):
        return FormulaPart(leaf, style)
    if isinstance(content, Table):
        return TablePart(leaf, style)
    if isinstance(content, Rule):
        return RulePart(leaf, style)
    return ProsePart(leaf, style)


def kept_part(part: Part | None, leaf: Leaf) -> LeafPart | None:
    if not isinstance(part, LeafPart) or is_diagram(leaf) is not isinstance(part, DiagramPart):
        return None
    if part.leaf == leaf or part.update(leaf):
        return part
    return None
