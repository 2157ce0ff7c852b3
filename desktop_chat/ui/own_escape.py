"""Esc as a widget's own key: the window's Stop has it otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def is_escape(event: QKeyEvent) -> bool:
    """Whether Esc alone was pressed."""
    return event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier


def has_kept_escape(event: QEvent) -> bool:
    """Keep Esc from the window's shortcuts, in `event()`; True when this was the moment to."""
    # Qt asks the widget with the focus first whether it wants a key that is somebody's shortcut.
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or not is_escape(event):
        return False
    event.accept()
    return True
