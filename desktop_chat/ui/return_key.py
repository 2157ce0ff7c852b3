"""Return on a button: Qt's own buttons take it as the default of a dialog, and else leave it to the default."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget


def has_pressed(event: QKeyEvent) -> bool:
    """Press the button that has the keyboard, if this is Return and there is one; True when it was done."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or held or event.isAutoRepeat():
        return False
    focused = QApplication.focusWidget()
    if not isinstance(focused, (QPushButton, QToolButton)):
        return False
    focused.click()
    return True


class ReturnPresses(QObject):
    """Lets Return press the button that has the keyboard, anywhere in a window; elsewhere it stays what it was."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and has_pressed(event):
            return True
        return super().eventFilter(watched, event)
