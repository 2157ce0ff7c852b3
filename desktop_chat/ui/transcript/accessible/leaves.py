"""The rows and cells of tables, links and buttons, as an assistive technology finds them."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface

from desktop_chat.ui.transcript.accessible.node import Key, Node
from desktop_chat.ui.transcript.markdown.blocks import Table, text_of
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Deed, Target

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.accessible.tree import AccessibleTree

_ARROWS: Final = {"▸ ": False, "▾ ": True}
"""What a fold is written with, and whether it is open."""


class RowNode(Node):
    """A row of a table; row 0 is the head."""

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Row

    @property
    def number(self) -> int:
        return int(self.key[2].split(":")[1])

    def cells(self) -> list[str]:
        """The texts of its cells."""
        part = self.part()
        content = part.leaf.content if isinstance(part, LeafPart) else None
        rows = (content.head, *content.rows) if isinstance(content, Table) else ()
        return [text_of(spans) for spans in rows[self.number]] if self.number < len(rows) else []

    @property
    def words(self) -> str:
        return ", ".join(self.cells())

    def kids(self) -> Sequence[Key]:
        message_id, index, _ = self.key
        count = len(self.cells())
        return [(message_id, index, f"cell:{self.number}:{column}") for column in range(count)]


class CellNode(RowNode):
    """A cell of a table."""

    has_text = True

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Cell if self.number else QAccessible.Role.ColumnHeader

    @property
    def words(self) -> str:
        cells, column = self.cells(), int(self.key[2].split(":")[2])
        return cells[column] if column < len(cells) else ""

    def kids(self) -> Sequence[Key]:
        return ()

    def parent_key(self) -> Key | None:
        return (self.key[0], self.key[1], f"row:{self.number}")


class TargetNode(Node):
    """A link or a button; pressing it does what a click does."""

    def __init__(self, tree: AccessibleTree, key: Key) -> None:
        super().__init__(tree, key)
        self._press = Press(self)

    def found(self) -> tuple[Spot, Target] | None:
        """The target it stands for, while that is laid out."""
        spot = self.spot() if self._tree() is not None else None
        name = self.key[2].removeprefix("target:")
        targets = spot.part.targets() if spot is not None else ()
        target = next((target for target in targets if target.name == name), None)
        return (spot, target) if spot is not None and target is not None else None

    def isValid(self) -> bool:
        return self.found() is not None

    def role(self) -> QAccessible.Role:
        found = self.found()
        is_link = found is not None and found[1].deed is Deed.FOLLOW_LINK
        return QAccessible.Role.Link if is_link else QAccessible.Role.Button

    @property
    def words(self) -> str:
        found = self.found()
        if found is None:
            return ""
        words = found[1].words.removeprefix("▸ ").removeprefix("▾ ")
        # A sign such as ‹ says nothing.
        return words if any(map(str.isalnum, words)) else found[1].tip

    def description(self) -> str:
        found = self.found()
        return found[1].tip if found is not None and found[1].tip != self.words else ""

    def bounds(self) -> QRectF | None:
        found = self.found()
        return None if found is None else found[0].rect_of(found[1])

    def state(self) -> QAccessible.State:
        state = super().state()
        found = self.found()
        if found is None:
            return state
        state.focusable = 1
        state.linked = int(found[1].deed is Deed.FOLLOW_LINK)
        state.focused = int(self.tree.focused() == self.key)
        is_open = _ARROWS.get(found[1].words[:2])
        if is_open is not None:
            state.expandable, state.expanded, state.collapsed = 1, int(is_open), int(not is_open)
        return state

    def press(self) -> None:
        """Do what a click does."""
        found = self.found()
        if found is not None:
            self.tree.perform(*found)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        return self._press if kind == QAccessible.InterfaceType.ActionInterface else super().interface_cast(kind)


class Press(QAccessibleActionInterface):
    """The one thing that can be done with a link or a button."""

    def __init__(self, node: TargetNode) -> None:
        super().__init__()
        self._node = weakref.ref(node)

    def actionNames(self) -> list[str]:
        return [QAccessibleActionInterface.pressAction()]

    def doAction(self, name: str) -> None:
        node = self._node()
        if node is not None and name == QAccessibleActionInterface.pressAction():
            node.press()

    def keyBindingsForAction(self, name: str) -> list[str]:
        return []
