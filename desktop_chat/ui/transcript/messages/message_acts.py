"""What can be done with a whole message: walking to it, editing it, its menu; wired into the transcript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from desktop_chat.core.messages import Draft, Role
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.messages.editing import Editing
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.walk import Walk
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.actions_part import ActionsPart
from desktop_chat.ui.transcript.parts.part import Deed, Target
from desktop_chat.ui.transcript.parts.strip import StripPart

_MENU_BELOW_PX: Final = 24.0
_MENU_BELOW_QUESTION_PX: Final = 44.0
"""The first line of the message stays in sight; a question's has its bubble around it."""


class MessageActs(QObject):
    """The acts of a reader on messages; wishes go out as signals."""

    send_requested = Signal(str, object)
    """Message id and Draft: the question in other words; `editing.end` tells that it was sent."""
    branch_requested = Signal(str)
    keep_requested = Signal(str)
    inspect_requested = Signal(str)
    """Id of a reply."""
    go_on_now_requested = Signal()
    """The reply that waits for its line shall go on at once."""
    stop_requested = Signal()
    changed = Signal()
    """The page has to be laid out."""
    composer_requested = Signal()
    """The walk went on past the last message."""

    def __init__(
        self, look: Look, page: Page, walk: Walk, focus: FocusWalk, deeds: Deeds, view: QAbstractScrollArea
    ) -> None:
        super().__init__(view)
        self._page = page
        self._focus = focus
        self._deeds = deeds
        self._view = view
        self.walk = walk
        self._left_version: tuple[int, str, float] | None = None
        """Row and id of the message whose other version was asked for, and where on the screen it began."""
        self._walked_id = ""
        """That message, if the walk was on it."""
        self.editing = Editing(look, page, view.viewport())
        self.editing.changed.connect(self.changed)
        self.editing.send_requested.connect(self.send_requested)
        deeds.edit_requested.connect(self.edit)
        deeds.sibling_requested.connect(self._note_version)
        deeds.branch_requested.connect(self.branch_requested)
        deeds.keep_requested.connect(self.keep_requested)
        deeds.inspect_requested.connect(self.inspect_requested)
        deeds.go_on_now_requested.connect(self.go_on_now_requested)
        deeds.stop_requested.connect(self.stop_requested)

    def follow_path(self) -> None:
        """Another path is shown: editors find their questions, and another version stands where the first one did."""
        self.editing.restore()
        left, self._left_version = self._left_version, None
        if left is None:
            return
        row, message_id, top = left
        # Versions of a message stand in the same row.
        if row < len(self._page.rows) and message_id in self._page.rows[row].siblings:
            self._page.scrolling.hold(row, 0, -top)
            if self._walked_id == message_id:
                self.walk.stand_on(row)

    def _note_version(self, message_id: str, by: int) -> None:
        row = self._page.rows.index_of(message_id)
        siblings = self._page.rows[row].siblings if row is not None else ()
        # Without a version there, no path follows, and the next one would be taken for it.
        if row is not None and 0 <= siblings.index(message_id) + by < len(siblings):
            self._left_version = (row, message_id, self._page.top_of(row))
            self._walked_id = message_id if row == self.walk.row else ""

    # --- editing

    def edit(self, message_id: str, draft: Draft | None = None) -> None:
        """Open the editor of a question; with a draft, that is put in."""
        self.editing.begin(message_id, draft)

    def edit_last(self) -> None:
        """Open the editor of the last question."""
        asked = [row.message.id for row in self._page.rows if row.message.role is Role.USER]
        if asked:
            self.edit(asked[-1])

    @property
    def reply_rows(self) -> list[int]:
        """The rows of the replies, also of one being written."""
        rows = range(len(self._page.rows))
        return [row for row in rows if self._page.rows[row].message.role is Role.ASSISTANT]

    def inspect(self) -> bool:
        """Ask for the inspector of the reply the keyboard is on, else of the last one; False when there is none."""
        focused = self._focus.current
        here = focused[0].row if focused is not None else self.walk.row if self._view.hasFocus() else None
        replies = self.reply_rows
        if not replies:
            return False
        self.inspect_requested.emit(self._page.rows[here if here in replies else replies[-1]].message.id)
        return True

    # --- walking

    def step(self, by: int) -> None:
        """Walk to the next or former message; past the last one waits the composer."""
        # Whoever comes back from the composer to the first message finds it, too.
        if self.walk.step(by) or (by < 0 and self.walk.row is not None and not self._view.hasFocus()):
            self._focus.clear()
            self._focus.start_row = self.walk.wanted_row
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            # The bar is no part of the page: laying out alone does not paint it.
            self._view.viewport().update()
            self.changed.emit()
        elif by > 0:
            self.walk.clear()
            self._page.scrolling.to_end()
            self.changed.emit()
            self.composer_requested.emit()

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key is for on the message the walk is on; False when it is for somebody else."""
        row, key = self.walk.row, Qt.Key(event.key())
        if row is None:
            return False
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = -1 if key == Qt.Key.Key_Left else 1
            self._deeds.sibling_requested.emit(self._page.rows[row].message.id, by)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._focus.current is None:
            self.open_menu(row)
            return True
        return False

    # --- the menu

    def open_menu(self, row: int) -> None:
        """Offer the actions of a message beside its top."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu, row)
        page = self._page
        is_right = page.rows[row].message.role is Role.USER
        left = page.left + (page.rows.width if is_right else 0.0)
        below = _MENU_BELOW_QUESTION_PX if is_right else _MENU_BELOW_PX
        corner = QPointF(left, max(0.0, page.top_of(row)) + below) * page.zoom
        place = self._view.mapToGlobal(corner.toPoint())
        menu.popup(place - QPoint(menu.sizeHint().width() if is_right else 0, 0))
        # It was opened with a key: the next one shall do something.
        menu.setActiveAction(menu.actions()[0])

    def fill_menu(self, menu: QMenu, row: int) -> None:
        """Add the actions of a message to a menu."""
        self._measure_end(row)
        for index, part in enumerate(self._page.rows.item(row).stack.parts):
            if isinstance(part, ActionsPart | StripPart):
                for target in part.targets():
                    words = _MENU_WORDS.get(target.deed, target.words)
                    menu.addAction(words, self._doing(row, index, target))

    def _measure_end(self, row: int) -> None:
        """What stands far below the screen is not laid out, and has no targets then."""
        stack = self._page.rows.item(row).stack
        ends = (index for index, part in enumerate(stack.parts) if isinstance(part, ActionsPart | StripPart))
        first = next(ends, None)
        if first is not None:
            stack.settle_from(first)
            self._page.rows.remeasured(row)
            self.changed.emit()

    def _doing(self, row: int, index: int, target: Target) -> Callable[[], None]:
        def do() -> None:
            page = self._page
            if row < len(page.rows) and index < len(parts := page.rows.item(row).stack.parts):
                top = page.top_of(row) + page.rows.item(row).stack.top_of(index)
                self._deeds.perform(Spot(row, index, parts[index], page.left, top), target)

        return do


_MENU_WORDS = {
    Deed.PREVIOUS_SIBLING: "Earlier version",
    Deed.NEXT_SIBLING: "Later version",
    Deed.GO_ON_NOW: "Go on now",
    Deed.STOP: "Stop waiting",
}
