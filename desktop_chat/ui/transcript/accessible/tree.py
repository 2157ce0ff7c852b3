"""The transcript for assistive technologies: a list of messages, with everything an answer holds below them.

Qt asks for an interface by the name of a widget's class (`install`), only while an assistive technology is there: until
then nothing of this is made, and no frame does more than look. The messages are children by index, all of them, but a
node is made only for what was asked for; what a message holds is known while it is near the screen.

MEASURED 2026-11-23, PySide 6.11.3: interfaces written in Python are stable over AT-SPI when three rules are kept.
Whoever made a node keeps it until `QAccessible.deleteAccessibleInterface`, as Qt keeps a bare pointer. Nodes go before
the widget does. No node stands in a reference cycle, which the collector might break up in another thread.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QAccessibleTextCursorEvent
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QWidget
from shiboken6 import isValid

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.announcement import announce
from desktop_chat.ui.transcript.accessible.leaves import CellNode, RowNode, TargetNode
from desktop_chat.ui.transcript.accessible.node import Key, Node
from desktop_chat.ui.transcript.accessible.parts import MessageNode, PartNode
from desktop_chat.ui.transcript.accessible.speech import Speech
from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.walk import Walk
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Target
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX
from desktop_chat.ui.transcript.taking.selection import Position, Selection
from desktop_chat.ui.transcript.taking.taking import Taking

_CLASS: Final = "TranscriptView"


@dataclass(frozen=True, slots=True)
class Acts:
    """What the reader can do with the page, and where the keyboard is."""

    focus: FocusWalk
    walk: Walk
    moves: Moves
    deeds: Deeds
    taking: Taking
    selection: Selection


class AccessibleTree(QObject):
    """All nodes of one transcript that somebody has asked for; a child of the transcript."""

    def __init__(self, page: Page, acts: Acts, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        install()
        self.page = page
        self._acts = acts
        self._told: Key | None = None
        acts.taking.ticked.connect(self._tell_copied)
        self.speech = Speech(page.rows, self.say)
        self._roots: list[TranscriptNode] = []
        nodes: dict[Key, Node] = {}
        self._nodes = nodes
        # Not a method: this object is half gone by then.
        self.destroyed.connect(lambda: _drop(nodes, list(nodes)))

    @property
    def view(self) -> QAbstractScrollArea:
        view = self.parent()
        assert isinstance(view, QAbstractScrollArea)
        return view

    def root(self) -> QAccessibleInterface:
        """The transcript itself."""
        return QAccessible.queryAccessibleInterface(self.view)

    def made_root(self) -> QAccessibleInterface:
        """A new interface of the transcript itself.

        Qt asks again after a signal was connected to a method: PySide makes the class another meta object then, and Qt
        looks its interfaces up by that. It deletes each of them: they must not be the same.
        """
        made = TranscriptNode(self.view, self)
        self._roots.append(made)
        return made

    def node(self, key: Key) -> Node:
        """The node for a key."""
        if key not in self._nodes:
            self._nodes[key] = _kind_of(key)(self, key)
        return self._nodes[key]

    def forget_gone(self) -> None:
        """Drop the nodes of messages that are not shown any more, and tell that there are others."""
        _drop(self._nodes, [key for key in self._nodes if self.page.rows.index_of(key[0]) is None])
        self.tell_changed()

    def tell_changed(self) -> None:
        """Tell that the children of the transcript are others now."""
        if QAccessible.isActive() and self._roots:
            QAccessible.updateAccessibility(QAccessibleEvent(self.view, QAccessible.Event.ObjectReorder))

    def add(self, message: Message) -> None:
        """A message has come."""
        if message.status is MessageStatus.STREAMING:
            self.speech.begin(message.id)
        self.tell_changed()

    def say(self, words: str) -> None:
        """Let a screen reader say something when it has finished what it is saying."""
        announce(self.view, words)

    def _tell_copied(self) -> None:
        if QAccessible.isActive() and self._acts.taking.copied is not None and self.view.isVisible():
            self.say(self._acts.taking.done)

    def tell_focus(self) -> None:
        """Tell what the keyboard is on, and where in the text."""
        if not QAccessible.isActive():
            return
        before, self._told = self._told, self.focused()
        if self._told is None:
            return
        node = self.node(self._told)
        if self._told != before:
            QAccessible.updateAccessibility(QAccessibleEvent(node, QAccessible.Event.Focus))
        if isinstance(node, PartNode):
            QAccessible.updateAccessibility(QAccessibleTextCursorEvent(node, node.caret()))

    # --- for the nodes ---

    def focused(self) -> Key | None:
        """The link, button, text or message the keyboard is on."""
        if not self.view.hasFocus():
            return None
        found, caret, row = self._acts.focus.current, self.caret(), self._acts.walk.row
        if found is not None:
            spot, target = found
            return (self._id_of(spot.row), spot.index, f"target:{target.name}")
        if caret is not None:
            return (self._id_of(caret.row), caret.part, "")
        return None if row is None else (self._id_of(row), -1, "")

    def _id_of(self, row: int) -> str:
        return self.page.rows[row].message.id

    def caret(self) -> Position | None:
        """The moving end of the selection, while there is one."""
        selection = self._acts.selection
        return None if selection.is_empty else selection.moving

    def spot_of(self, row: int, index: int) -> Spot | None:
        """A part and where it is; None while it is not laid out."""
        page = self.page
        item = page.rows[row].item
        if item is None or not item.stack.is_measured(item.stack.parts[index]):
            return None
        top = page.rows.top_of(row) + item.stack.top_of(index) - page.scroll_value + PAGE_PADDING_PX
        return Spot(row, index, item.stack.parts[index], page.left, top)

    def row_bounds(self, row: int) -> QRectF:
        """Where a message is, in pixels of the page."""
        rows = self.page.rows
        top, last = rows.top_of(row), row == len(rows) - 1
        bottom = rows.total if last else rows.top_of(row + 1) - rows[row + 1].gap
        return QRectF(self.page.left, top - self.page.scroll_value + PAGE_PADDING_PX, rows.width, bottom - top)

    def on_screen(self, bounds: QRectF) -> QRect:
        """An area of the page in pixels of the screen."""
        zoom, corner = self.page.zoom, self.view.viewport().mapToGlobal(QPoint())
        scaled = QRectF(bounds.topLeft() * zoom, bounds.size() * zoom)
        return scaled.toAlignedRect().translated(corner)

    def screen_rect(self) -> QRect:
        """What of the page can be seen, in pixels of the screen."""
        viewport = self.view.viewport()
        return QRect(viewport.mapToGlobal(QPoint()), viewport.size())

    def reveal(self, bounds: QRectF) -> None:
        """Move an area of the page to the screen."""
        if bounds.top() < 0:
            self._acts.moves.by(bounds.top())
        elif bounds.bottom() > self.page.scrolling.page_px:
            self._acts.moves.by(min(bounds.top(), bounds.bottom() - self.page.scrolling.page_px))

    def perform(self, spot: Spot, target: Target) -> None:
        """Do what a click on a target does."""
        self._acts.deeds.perform(spot, target)


class TranscriptNode(QAccessibleWidget):
    """The transcript; below it the messages, and last what lies above the page, such as the way to its end."""

    def __init__(self, view: QWidget, tree: AccessibleTree) -> None:
        super().__init__(view, QAccessible.Role.List, "")
        self._tree = weakref.ref(tree)

    def _row_count(self) -> int:
        tree = self._tree()
        return 0 if tree is None else len(tree.page.rows)

    def _row(self, index: int) -> QAccessibleInterface | None:
        tree = self._tree()
        return None if tree is None else tree.node((tree.page.rows[index].message.id, -1, ""))

    def _cover(self) -> QAccessibleInterface | None:
        """The viewport, when there are widgets on it."""
        tree = self._tree()
        viewport = tree.view.viewport() if tree is not None else None
        if viewport is None or not any(
            isinstance(child, QWidget) and child.isVisible() for child in viewport.children()
        ):
            return None
        return QAccessible.queryAccessibleInterface(viewport)

    def childCount(self) -> int:
        return self._row_count() + (self._cover() is not None)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        count = self._row_count()
        if 0 <= index < count:
            return self._row(index)
        return self._cover() if index == count else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        tree = self._tree()
        if tree is not None and isinstance(child, MessageNode):
            row = child.row_index()
            return -1 if row is None else row
        return self._row_count() if child is self._cover() else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        tree = self._tree()
        if tree is None or not tree.screen_rect().contains(x, y):
            return None
        point = tree.view.viewport().mapFromGlobal(QPoint(x, y)) / tree.page.zoom
        spot = tree.page.spot_at(QPointF(point))
        return None if spot is None else self._row(spot.row)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        tree = self._tree()
        key = tree.focused() if tree is not None else None
        return None if tree is None or key is None else tree.node(key)


_KINDS: Final[dict[str, type[Node]]] = {"": PartNode, "row": RowNode, "cell": CellNode, "target": TargetNode}


def _kind_of(key: Key) -> type[Node]:
    return MessageNode if key[1] < 0 else _KINDS[key[2].partition(":")[0]]


def _drop(nodes: dict[Key, Node], keys: Iterable[Key]) -> None:
    """Let go of nodes: first Qt, then Python."""
    for key in keys:
        node = nodes.pop(key)
        if isValid(node):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(node))


@cache
def install() -> None:
    """Let Qt find the interface of a transcript when an assistive technology asks for it."""
    QAccessible.installFactory(_made)


def _made(class_name: str, thing: QObject | None) -> QAccessibleInterface | None:
    """The interface of a transcript; Qt makes those of all other widgets."""
    if class_name != _CLASS or thing is None:
        return None
    tree = thing.findChild(AccessibleTree)
    return tree.made_root() if tree is not None else None
