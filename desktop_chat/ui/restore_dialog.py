"""All copies of the history, to be put back. Opened with `open`; closing it changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.failure import Failure
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.repair_words import KINDS, age_text, counted
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role

_WIDTH_PX: Final = 784
"""With the frame of a window it is as wide as the smallest one."""

_LIST_PX: Final = 230
_MARGIN_PX: Final = 24
_HEADS: Final = ("Made", "Date", "Kind", "Conversations", "Messages", "Size")
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
        self._title = _label("Restore a backup", "title", self)
        self._words = _label(_AT_ONCE if is_damaged else _LATER, "", self)
        self._sentence = self._words.text()
        self._list = _make_list(self)
        self._problem = _label("", "error", self)
        # Tab comes to them in the order in which they are made: as they stand.
        self._close = _button("Close", self.reject, self)
        self._drop = _button("Cancel the restore", self.drop_requested, self)
        self._restore = _button("Restore", self._request_restore, self)
        set_role(self._restore, "primary")
        self._restart = _button("Restart now", self.restart_requested, self)
        set_role(self._restart, "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self._close, self._drop, self._restore, self._restart):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
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
            are = "reply is" if busy_count == 1 else "replies are"
            words += f" {busy_count} {are} still being written: a restart stops that, and keeps what has come so far."
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
    made = QTreeWidget(parent)
    made.setAccessibleName("Copies")
    made.setHeaderLabels(list(_HEADS))
    for column in _COUNT_COLUMNS:
        made.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFixedHeight(_LIST_PX)
    head = made.header()
    head.setStretchLastSection(False)
    head.setSectionsMovable(False)
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
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
        line.setToolTip(2, "It is restored as far as it can be read.")
    return line


def _label(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    if role:
        set_role(label, role)
    return label


def _button(text: str, clicked: Callable[[], object] | SignalInstance, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.clicked.connect(clicked)
    return button
