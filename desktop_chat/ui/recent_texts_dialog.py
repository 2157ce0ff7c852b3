"""What was thrown away, replaced or sent, to be taken again. Opened with `open()`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.kept_draft import KEPT_MAX, KeptDraft
from desktop_chat.ui.dialog_parts import quiet_button
from desktop_chat.ui.placement import bounded_by_screen
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.recent_texts_list import RecentTextsList
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

SIZE_PX: Final = QSize(560, 520)
CLEAR: Final = "Clear all"
CLEAR_SURELY: Final = "Really clear all?"
EMPTY: Final = (
    "There is nothing here yet.\n"
    f"The last {KEPT_MAX} texts that you send, replace or throw away in the composer can be taken again from here."
)
_SEARCHED_CHARACTERS: Final = 20_000
"""Of each text; a filter that looked through fifty megabytes would hang at every letter."""

_LIST_KEYS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class RecentTextsDialog(QDialog):
    """The filter has the keyboard; the arrows, Return and, while it is empty, Delete are for the list below it."""

    chosen = Signal(int)
    """The number of the one to put into the composer; the dialog has closed."""
    delete_requested = Signal(int)
    clear_requested = Signal()

    def __init__(self, look: Look, parent: QWidget, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self._now = now
        self._texts: tuple[KeptDraft, ...] = ()
        self._is_read = False
        self.setWindowTitle("Recent texts")
        self.resize(bounded_by_screen(self, SIZE_PX))
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter")
        self.list = RecentTextsList(look, self)
        self._note = plain_label(role="dim", parent=self)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clear_button = quiet_button(CLEAR, self._ask_twice, self)
        self.delete_button = quiet_button("Delete", self.list.delete_current, self)
        self.close_button = quiet_button("Close", self.reject, self)
        self.take_button = QPushButton("Put into the composer", self)
        set_role(self.clear_button, "danger")
        set_role(self.take_button, "primary")
        self._arrange()
        self._connect()
        self._show()

    def show_texts(self, texts: tuple[KeptDraft, ...]) -> None:
        """Show these, newest first."""
        self._texts, self._is_read = texts, True
        self._show()

    @property
    def note(self) -> str:
        """What is said where there is no list; empty otherwise."""
        return self._note.text() if not self._note.isHidden() else ""

    def open(self) -> None:
        """Show the dialog, the caret in the filter."""
        super().open()
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() == Qt.Key.Key_Delete and not self.filter.text():
                self.list.delete_current()
                return True
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.clear_button)
        foot.addStretch(1)
        foot.addWidget(self.delete_button)
        foot.addWidget(self.close_button)
        foot.addWidget(self.take_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        column.addWidget(self._note, 1)
        column.addLayout(foot)
        self.take_button.setDefault(True)

    def _connect(self) -> None:
        self.filter.installEventFilter(self)
        self.filter.textChanged.connect(lambda _text: self._show())
        self.list.chosen.connect(self._choose)
        self.list.delete_requested.connect(self.delete_requested)
        self.take_button.clicked.connect(self.list.choose)

    def _show(self) -> None:
        word = self.filter.text().strip().casefold()
        found = tuple(kept for kept in self._texts if not word or word in _searched(kept))
        self.list.show_texts(found, self._now())
        if self._is_read:
            self._note.setText(f"Nothing with “{self.filter.text().strip()}”." if self._texts else EMPTY)
        self.list.setVisible(bool(found))
        self._note.setVisible(not found)
        self.clear_button.setText(CLEAR)
        self.clear_button.setEnabled(bool(self._texts))
        for button in (self.delete_button, self.take_button):
            button.setEnabled(bool(found))
        if not self.list.isVisible() and self.isVisible():
            # The list, or a button that went grey, must not take the keyboard along.
            self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, number: int) -> None:
        self.accept()
        self.chosen.emit(number)

    def _ask_twice(self) -> None:
        # It cannot be taken back, so the first press only asks.
        if self.clear_button.text() == CLEAR:
            self.clear_button.setText(CLEAR_SURELY)
            return
        self.clear_button.setText(CLEAR)
        self.clear_requested.emit()


def _searched(kept: KeptDraft) -> str:
    return "\n".join((kept.text[:_SEARCHED_CHARACTERS], *kept.file_names, kept.title)).casefold()
