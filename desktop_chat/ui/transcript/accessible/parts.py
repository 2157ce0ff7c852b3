"""Messages and their parts, as an assistive technology finds them."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleAttributesInterface

from desktop_chat.core.excerpt import shortened
from desktop_chat.core.messages import Role
from desktop_chat.ui.transcript.accessible.node import Key, Node
from desktop_chat.ui.transcript.accessible.speech import spoken_text, summary_of
from desktop_chat.ui.transcript.markdown.blocks import Code, Frame, Heading, Nothing, Rule, Table
from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part, Target
from desktop_chat.ui.transcript.parts.small_parts import NAME, UnreadPart

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.accessible.tree import AccessibleTree

_NAME_LENGTH: Final = 120


class MessageNode(Node):
    """One message."""

    has_text = True

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    @property
    def words(self) -> str:
        """Its text; as it was written while it is far from the screen."""
        row = self.row()
        if row is None:
            return ""
        if row.item is None:
            return row.message.text
        said = (words_of(part) for part in row.item.stack.parts if part.is_selectable)
        return "\n\n".join(words for words in said if words)

    def name(self) -> str:
        row = self.row()
        who = "You" if row is not None and row.message.role is Role.USER else NAME
        line = " ".join(self.words[: 2 * _NAME_LENGTH].split())
        return f"{who}: {shortened(line, _NAME_LENGTH)}"

    def kids(self) -> Sequence[Key]:
        row = self.row()
        parts = row.item.stack.parts if row is not None and row.item is not None else []
        message_id = self.key[0]
        return [(message_id, index, "") for index, part in enumerate(parts) if says_anything(part)]

    def parent_key(self) -> Key | None:
        return None

    def bounds(self) -> QRectF | None:
        row = self.row_index()
        return None if row is None else self.tree.row_bounds(row)

    def state(self) -> QAccessible.State:
        state = super().state()
        row = self.row()
        state.focusable = 1
        state.focused = int(self.isValid() and self.tree.focused() == self.key)
        state.busy = int(row is not None and row.item is not None and row.item.is_streaming)
        return state


class PartNode(Node):
    """A paragraph, a heading, a code block, a table, a strip … of a message."""

    has_text = True

    def __init__(self, tree: AccessibleTree, key: Key) -> None:
        super().__init__(tree, key)
        self._level = Level(self)

    def role(self) -> QAccessible.Role:
        part = self.part()
        if not isinstance(part, LeafPart):
            has_targets = part is not None and bool(self._targets())
            return QAccessible.Role.Grouping if has_targets else QAccessible.Role.Paragraph
        content = part.leaf.content
        if isinstance(content, Heading):
            return QAccessible.Role.Heading
        if isinstance(content, Code):
            return QAccessible.Role.Section
        if isinstance(content, Table):
            return QAccessible.Role.Table
        if isinstance(content, Rule):
            return QAccessible.Role.Separator
        is_quote = Frame.QUOTE in part.leaf.frames
        return QAccessible.Role.BlockQuote if is_quote else QAccessible.Role.Paragraph

    @property
    def words(self) -> str:
        part = self.part()
        return "" if part is None else words_of(part)

    def name(self) -> str:
        part = self.part()
        summary = summary_of(part.leaf).rstrip(".") if isinstance(part, LeafPart) else ""
        return summary or self.words

    def description(self) -> str:
        part = self.part()
        return "; ".join(seam.words for seam in part.seams) if part is not None else ""

    def kids(self) -> Sequence[Key]:
        part = self.part()
        message_id, index, _ = self.key
        found: list[Key] = []
        if isinstance(part, LeafPart) and isinstance(part.leaf.content, Table):
            count = 1 + len(part.leaf.content.rows)
            found += [(message_id, index, f"row:{row}") for row in range(count)]
        # A link over two lines is two targets of one name.
        names = dict.fromkeys(target.name for target in self._targets())
        return found + [(message_id, index, f"target:{name}") for name in names]

    def caret(self) -> int:
        row, part, at = self.row_index(), self.part(), self.tree.caret()
        if at is None or part is None or (at.row, at.part) != (row, self.key[1]):
            return 0
        # What stands before the text, such as a bullet, is not said.
        unsaid = units(part.plain(0, part.length)) - units(self.words)
        return max(0, units(part.plain(0, at.offset)) - unsaid)

    def state(self) -> QAccessible.State:
        state = super().state()
        state.focusable = 1
        state.focused = int(self.isValid() and self.tree.focused() == self.key)
        return state

    def _targets(self) -> tuple[Target, ...]:
        spot = self.spot()
        return tuple(target for target in spot.part.targets() if target.is_active) if spot is not None else ()

    def parent_key(self) -> Key | None:
        return (self.key[0], -1, "")

    @property
    def level(self) -> int:
        """The level of a heading; 0 of anything else."""
        part = self.part()
        content = part.leaf.content if isinstance(part, LeafPart) else None
        return content.level if isinstance(content, Heading) else 0

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.AttributesInterface:
            return self._level
        return super().interface_cast(kind)


class Level(QAccessibleAttributesInterface):
    """The level of a heading."""

    def __init__(self, node: PartNode) -> None:
        super().__init__()
        self._node = weakref.ref(node)

    def attributeKeys(self) -> list[QAccessible.Attribute]:
        node = self._node()
        return [QAccessible.Attribute.Level] if node is not None and node.level else []

    def attributeValue(self, key: QAccessible.Attribute) -> Any:
        node = self._node()
        return node.level if node is not None and key == QAccessible.Attribute.Level else None


def words_of(part: Part) -> str:
    """What a part says."""
    return spoken_text(part) if isinstance(part, LeafPart) else part.spoken


def says_anything(part: Part) -> bool:
    """Whether a part is there for anybody who cannot see it."""
    if isinstance(part, LeafPart):
        return not isinstance(part.leaf.content, Nothing)
    return not isinstance(part, UnreadPart)
