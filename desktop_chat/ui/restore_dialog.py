"""All copies of the history, to be put back. Opened with `open`; closing it changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.failure import Failure
from desktop_chat.ui.dialog_parts import MARGIN_PX, line_list, quiet_button, still_written
from desktop_chat.ui.figures import age_text, bytes_text, counted
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.repair_words import KINDS
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role

_WIDTH_PX: Final = 784
"""With the frame of a window it is as wide as the smallest one."""

_LIST_PX: Final = 230
_HEADS: Final = ("Made", "Date", "Kind", "Conversations", "Messages", "Size")
_KIND_COLUMN: Final = 2
_COUNT_COLUMNS: Final = (3, 4, 5)

_LATER: Final = (
    "A copy takes the place of the history when the program starts the next time. Today's state is kept as a copy in "
    "this list, so that you can come back to it."
)
_AT_ONCE: Final = "A copy takes the place of the damaged history. The damaged file is kept."
_NONE: Final = "There is no copy yet. One is made every week, and before an update changes the file's format."


class RestoreDialog(QDialog):
    """Shows what there is; what is done with it is somebody else's."""

    restore_requested = Signal(object)
    """The BackupCopy to put back."""
    drop_requested = Signal()
    """What was arranged shall not happen."""
    restart_requested = Signal()

    def __init__(self, parent: QWidget, *, is_damaged: bool = False, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Restore a backup")
        self.setFixedWidth(_WIDTH_PX)
        self._clock = clock
        self._copies: tuple[BackupCopy, ...] = ()
        self._is_arranged = False
        self._title = plain_label("Restore a backup", "title", self)
        self._words = plain_label(_AT_ONCE if is_damaged else _LATER, parent=self)
        self._sentence = self._words.text()
        self._list = _make_list(self)
        self._problem = plain_label(role="error", parent=self)
        # Tab comes to them in the order in which they are made: as they stand.
        self._close = quiet_button("Close", self.reject, self)
        self._drop = quiet_button("Cancel the restore", self.drop_requested, self)
        self._restore = quiet_button("Restore", self._request_restore, self)
        set_role(self._restore, "primary")
        self._restart = quiet_button("Restart now", self.restart_requested, self)
        set_role(self._restart, "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self._close, self._drop, self._restore, self._restart):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        for widget in (self._title, self._words, self._list, self._problem):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(buttons)
        self._list.itemSelectionChanged.connect(self._follow_selection)
        # Not `itemActivated`: Return, too, goes on to the default button.
        self._list.itemDoubleClicked.connect(self._request_restore)
        self._show_state()

    def show_copies(self, copies: tuple[BackupCopy, ...]) -> None:
        """Fill the list, newest first."""
        self._copies = copies
        now = self._clock()
        self._list.clear()
        self._list.addTopLevelItems([_line(copy, now) for copy in copies])
        if (first := self._list.topLevelItem(0)) is not None:
            self._list.setCurrentItem(first)
        self._is_arranged = False
        self._problem.setText("")
        self._show_state()

    def show_arranged(self, busy_count: int) -> None:
        """Say that a copy lies ready for the next start, and how many replies a restart would stop."""
        self._is_arranged = True
        self._problem.setText("")
        self._show_state()
        words = (
            "The copy takes the place of the history at the next start of the program. Today's state joins the list."
        )
        if busy_count:
            words += f" {still_written(busy_count)}: a restart stops that, and keeps what has come so far."
        self._words.setText(words)
        self._restart.setFocus()

    def show_busy(self) -> None:
        """Say that the copy is being checked and laid ready."""
        self._problem.setText("")
        self._words.setText("Checking the copy …")
        self._restore.setEnabled(False)

    def show_failure(self, failure: Failure) -> None:
        """Say why a copy cannot be put back."""
        self._show_state()
        self._problem.setText(f"{failure.title} {failure.detail}".strip())
        self._problem.setVisible(True)

    def _show_state(self) -> None:
        has_copies = bool(self._copies)
        self._words.setText(self._sentence if has_copies else _NONE)
        self._list.setVisible(has_copies and not self._is_arranged)
        self._restore.setVisible(has_copies and not self._is_arranged)
        for button in (self._restart, self._drop):
            button.setVisible(self._is_arranged)
        self._close.setText("Later" if self._is_arranged else "Close")
        self._problem.setVisible(bool(self._problem.text()))
        self._follow_selection()
        first = self._restart if self._is_arranged else self._restore if has_copies else self._close
        first.setDefault(True)
        if not self._is_arranged:
            (self._list if has_copies else self._close).setFocus()
        self.adjustSize()

    def _follow_selection(self) -> None:
        self._restore.setEnabled(self._selected() is not None)

    def _selected(self) -> BackupCopy | None:
        chosen = self._list.selectedItems()
        return self._copies[self._list.indexOfTopLevelItem(chosen[0])] if chosen else None

    def _request_restore(self) -> None:
        copy = self._selected()
        if copy is not None and self._restore.isEnabled():
            self.restore_requested.emit(copy)


def _make_list(parent: QWidget) -> QTreeWidget:
    made = line_list("Copies", _HEADS, _KIND_COLUMN, parent)
    for column in _COUNT_COLUMNS:
        made.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setFixedHeight(_LIST_PX)
    return made


def _line(copy: BackupCopy, now: float) -> QTreeWidgetItem:
    date = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(copy.made_at)), "d MMM yyyy, HH:mm")
    is_known = copy.conversation_count is not None and copy.message_count is not None
    counts = [f"{copy.conversation_count:,}", f"{copy.message_count:,}"] if is_known else ["", ""]
    line = QTreeWidgetItem([age_text(now - copy.made_at), date, KINDS[copy.kind], *counts, bytes_text(copy.size_bytes)])
    for column in _COUNT_COLUMNS:
        line.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if is_known:
        held = f"{counted(copy.conversation_count or 0, 'conversation')}, {counted(copy.message_count or 0, 'message')}"
    else:
        held = "restored as far as it can be read"
    words = f"{KINDS[copy.kind]}, {age_text(now - copy.made_at)}, {date}: {held}, {bytes_text(copy.size_bytes)}"
    line.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)
    if copy.kind is CopyKind.DAMAGED:
        line.setToolTip(_KIND_COLUMN, "It is restored as far as it can be read.")
    return line
