"""Labels that show words as they are: nothing in them becomes markup or a link."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop_chat.ui.roles import set_role


def plain_label(text: str = "", role: str = "", parent: QWidget | None = None, *, wraps: bool = True) -> QLabel:
    """Make a label, over several lines where it `wraps`; `role` is what `base.qss` paints it as."""
    label = QLabel(parent)
    # Before the text: QLabel takes what looks like markup for it until it is told.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    label.setText(text)
    if role:
        set_role(label, role)
    return label


def let_select(label: QLabel) -> None:
    """Let the reader select and copy what a label says, by mouse and by keyboard."""
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
