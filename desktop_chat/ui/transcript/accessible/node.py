"""The base of what an assistive technology finds below the transcript.

A node holds nothing but its key and looks up in the page what it stands for, each time it is asked; what is not there
any more makes it invalid. Children are found by index, and made when somebody asks for one.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from shiboken6 import VoidPtr

from desktop_chat.ui.transcript.accessible.text import NodeText
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.part import Part

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.accessible.tree import AccessibleTree
    from desktop_chat.ui.transcript.messages.row_list import Row

Key: TypeAlias = tuple[str, int, str]
"""Message, part of it (-1 for the message itself), and what of the part: nothing, `row:3`, `cell:3:2`, `target:…`."""

_NOWHERE: Final = VoidPtr(0)
"""What `interface_cast` gives where it has nothing: PySide 6.11.3 ends the program when it is None."""


class Node(QAccessibleInterface):
    """Base of all nodes below the transcript."""

    has_text: ClassVar[bool] = False

    def __init__(self, tree: AccessibleTree, key: Key) -> None:
        super().__init__()
        self.key = key
        # The tree owns the nodes: a reference back would leave both to the garbage collector.
        self._tree = weakref.ref(tree)
        self._text = NodeText(self) if self.has_text else None

    # --- what subclasses tell ---

    @property
    def words(self) -> str:
        """What it says."""
        return ""

    def name(self) -> str:
        """What it is called."""
        return self.words

    def description(self) -> str:
        return ""

    def caret(self) -> int:
        """Where in its text the reader is, in UTF-16 units."""
        return 0

    def kids(self) -> Sequence[Key]:
        """The key of each child."""
        return ()

    def parent_key(self) -> Key | None:
        """The key of the parent; None below the transcript itself."""
        return (self.key[0], self.key[1], "")

    def bounds(self) -> QRectF | None:
        """Where it is, in pixels of the page; None when that is not known."""
        spot = self.spot()
        return None if spot is None else QRectF(spot.left, spot.top, self.tree.page.rows.width, spot.part.height)

    # --- where it stands ---

    @property
    def tree(self) -> AccessibleTree:
        tree = self._tree()
        assert tree is not None
        return tree

    def row_index(self) -> int | None:
        tree = self._tree()
        return None if tree is None else tree.page.rows.index_of(self.key[0])

    def row(self) -> Row | None:
        index = self.row_index()
        return None if index is None else self.tree.page.rows[index]

    def part(self) -> Part | None:
        row = self.row()
        parts = row.item.stack.parts if row is not None and row.item is not None else []
        return parts[self.key[1]] if 0 <= self.key[1] < len(parts) else None

    def spot(self) -> Spot | None:
        """Its part and where that is; None while it is not laid out."""
        row, part = self.row_index(), self.part()
        return None if row is None or part is None else self.tree.spot_of(row, self.key[1])

    def reveal(self) -> None:
        """Bring it to the screen."""
        bounds = self.bounds()
        if bounds is not None:
            self.tree.reveal(bounds)

    # --- what Qt asks ---

    def isValid(self) -> bool:
        return self.row_index() is not None and (self.key[1] < 0 or self.part() is not None)

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.tree.view.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        key = self.parent_key()
        return self.tree.root() if key is None else self.tree.node(key)

    def childCount(self) -> int:
        return len(self.kids()) if self.isValid() else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        kids = self.kids() if self.isValid() else ()
        return self.tree.node(kids[index]) if 0 <= index < len(kids) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        keys = list(self.kids()) if self.isValid() else []
        return keys.index(child.key) if isinstance(child, Node) and child.key in keys else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        children = (self.tree.node(key) for key in (self.kids() if self.isValid() else ()))
        return next((child for child in children if child.rect().contains(x, y)), None)

    def rect(self) -> QRect:
        bounds = self.bounds() if self.isValid() else None
        return QRect() if bounds is None else self.tree.on_screen(bounds)

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return self.name()
        if kind == QAccessible.Text.Description:
            return self.description()
        return self.words if kind == QAccessible.Text.Value and self.has_text else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing: it is for reading."""

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = 1
        else:
            state.readOnly = 1
            state.offscreen = int(not self.rect().intersects(self.tree.screen_rect()))
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.TextInterface and self._text is not None:
            return self._text
        return _NOWHERE
