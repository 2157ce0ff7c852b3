"""A one-line field that renames something in place: Return keeps, Escape gives up, an input method is not disturbed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_chat.ui.own_escape import has_kept_escape, is_escape


class TitleEdit(QLineEdit):
    """Emits exactly one of its two signals, once."""

    committed = Signal(str)
    cancelled = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName("titleEdit")
        self.setAccessibleName("New title")
        self.setFrame(False)
        # The fields of dialogs are roomier than a line that must fit into a tab or a row.
        self.setStyleSheet("QLineEdit, QLineEdit:focus { padding: 0 3px; min-height: 0; border-radius: 4px; }")
        self.is_composing = False
        self._is_done = False
        self.selectAll()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.is_composing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif not self.is_composing and is_escape(event):
            self._cancel()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A context menu of the field itself, or a switch to another window, is no decision.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._commit()

    def _commit(self) -> None:
        title = " ".join(self.text().split())
        if not title:
            self._cancel()
        elif not self._is_done:
            self._is_done = True
            self.committed.emit(title)

    def _cancel(self) -> None:
        if not self._is_done:
            self._is_done = True
            self.cancelled.emit()
