"""The text of a node, for reading it by character, word and line."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessibleTextInterface

from desktop_chat.ui.transcript.markdown.visible_text import cut, units

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.accessible.node import Node


class NodeText(QAccessibleTextInterface):
    """What a node says, read only; what is selected cannot be told (PySide lacks it), where its end is can.

    Units:   offsets in UTF-16 units.
    """

    def __init__(self, node: Node) -> None:
        super().__init__()
        # The node owns this: a reference back would leave both to the garbage collector.
        self._node = weakref.ref(node)

    def _words(self) -> str:
        node = self._node()
        return node.words if node is not None else ""

    def characterCount(self) -> int:
        return units(self._words())

    def text(self, start: int, end: int) -> str:
        words = self._words()
        return cut(words, max(0, start), units(words) if end < 0 else end)

    def cursorPosition(self) -> int:
        node = self._node()
        return node.caret() if node is not None and node.isValid() else 0

    def setCursorPosition(self, position: int) -> None:
        """Nothing: keys and the mouse move it."""

    def selectionCount(self) -> int:
        return 0

    def setSelection(self, index: int, start: int, end: int) -> None:
        """Nothing: text is selected with the keys and the mouse."""

    def addSelection(self, start: int, end: int) -> None:
        """Nothing."""

    def removeSelection(self, index: int) -> None:
        """Nothing."""

    def characterRect(self, offset: int) -> QRect:
        node = self._node()
        return node.rect() if node is not None else QRect()

    def offsetAtPoint(self, point: QPoint) -> int:
        return 0

    def scrollToSubstring(self, start: int, end: int) -> None:
        node = self._node()
        if node is not None:
            node.reveal()
