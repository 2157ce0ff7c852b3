"""The trash: deleted conversations, to be brought back or deleted for good. Opened with `open()`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.conversation import TRASH_DAYS, ConversationSummary
from desktop_chat.ui.dialog_parts import MARGIN_PX, line_list, quiet_button
from desktop_chat.ui.figures import age_text, counted
from desktop_chat.ui.placement import bounded_by_screen
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role

SIZE_PX: Final = QSize(680, 420)
"""So wide that it does not grow when a button asks whether many conversations shall really go."""

EMPTY: Final = "The trash is empty."
HOW_LONG: Final = (
    f"What is deleted stays here for {TRASH_DAYS} days. Backups made before still hold what you delete for good."
)
EMPTY_TRASH: Final = "Empty the trash"
DELETE: Final = "Delete for good"


class TrashDialog(QDialog):
    """Shows what there is; what is done with it is somebody else's."""

    restore_requested = Signal(str)
    delete_requested = Signal(object)
    """Ids of conversations that shall be gone for good."""

    def __init__(self, parent: QWidget, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self._now = now
        self._deleted: tuple[ConversationSummary, ...] = ()
        self._asked: QPushButton | None = None
        """The button whose first press has only asked."""
        self.setWindowTitle("Trash")
        self.resize(bounded_by_screen(self, SIZE_PX))
        self.list = line_list("Deleted conversations", ("Conversation", "Deleted"), 0, self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._note = plain_label(role="dim", parent=self)
        self.empty_button = quiet_button(EMPTY_TRASH, self._empty, self)
        self.delete_button = quiet_button(DELETE, self._delete, self)
        self.close_button = quiet_button("Close", self.reject, self)
        self.restore_button = QPushButton("Restore", self)
        for button in (self.empty_button, self.delete_button):
            set_role(button, "danger")
        set_role(self.restore_button, "primary")
        self.restore_button.setDefault(True)
        self._arrange()
        self.list.itemSelectionChanged.connect(self._follow_selection)
        # Not `itemActivated`: Return, too, goes on to the default button.
        self.list.itemDoubleClicked.connect(self._restore)
        self.restore_button.clicked.connect(self._restore)
        self._show_state()

    def show_deleted(self, deleted: tuple[ConversationSummary, ...]) -> None:
        """Fill the list, the one deleted last first; the line after one that has gone is selected."""
        row = max(0, self.list.currentIndex().row())
        self._deleted = deleted
        self.list.clear()
        now = self._now()
        for summary in deleted:
            age = age_text(now - (summary.deleted_at or now))
            item = QTreeWidgetItem([summary.title, age])
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{summary.title}, deleted {age}".rstrip())
            self.list.addTopLevelItem(item)
        if (line := self.list.topLevelItem(min(row, len(deleted) - 1))) is not None:
            self.list.setCurrentItem(line)
        self._show_state()

    @property
    def note(self) -> str:
        """What is said below the list, or in its place."""
        return self._note.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.delete_button.isEnabled():
            self.delete_button.click()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.empty_button)
        foot.addStretch(1)
        foot.addWidget(self.delete_button)
        foot.addWidget(self.close_button)
        foot.addWidget(self.restore_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        column.addWidget(self.list, 1)
        column.addWidget(self._note)
        column.addLayout(foot)

    def _show_state(self) -> None:
        is_empty = not self._deleted
        self.list.setVisible(not is_empty)
        self._note.setText(EMPTY if is_empty else HOW_LONG)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter if is_empty else Qt.AlignmentFlag.AlignLeft)
        self.empty_button.setEnabled(not is_empty)
        (self.close_button if is_empty else self.list).setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow_selection()

    def _follow_selection(self) -> None:
        self._forget_question()
        for button in (self.delete_button, self.restore_button):
            button.setEnabled(bool(self._selected_ids()))

    def _forget_question(self) -> None:
        self._asked = None
        self.empty_button.setText(EMPTY_TRASH)
        self.delete_button.setText(DELETE)

    def _selected_ids(self) -> tuple[str, ...]:
        return tuple(self._deleted[self.list.indexOfTopLevelItem(line)].id for line in self.list.selectedItems())

    def _empty(self) -> None:
        self._ask_twice(self.empty_button, tuple(summary.id for summary in self._deleted))

    def _delete(self) -> None:
        self._ask_twice(self.delete_button, self._selected_ids())

    def _restore(self) -> None:
        for conversation_id in self._selected_ids():
            self.restore_requested.emit(conversation_id)

    def _ask_twice(self, button: QPushButton, ids: tuple[str, ...]) -> None:
        # It cannot be taken back, so the first press only asks.
        if self._asked is button:
            self._forget_question()
            self.delete_requested.emit(ids)
            return
        self._forget_question()
        self._asked = button
        button.setText(f"Really delete {counted(len(ids), 'conversation')}?")
