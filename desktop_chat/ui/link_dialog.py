"""A second look at a link whose real target is not what it seems."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.transcript.markdown.links import shown_target

WIDTH_PX = 460
MARGIN_PX = 24


class LinkDialog(QDialog):
    """Shown with `open`; accepted when the reader wants to go there all the same."""

    def __init__(self, address: str, doubt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Open this link?")
        reason, target = _label(doubt), _label(shown_target(address))
        target.setProperty("role", "dim")
        target.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        target.setAccessibleName("Address")
        buttons = QDialogButtonBox()
        cancel, copy, follow = QPushButton("Cancel"), QPushButton("Copy address"), QPushButton("Open")
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(follow, QDialogButtonBox.ButtonRole.AcceptRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(address))
        cancel.clicked.connect(self.reject)
        follow.clicked.connect(self.accept)
        for button in (copy, follow):
            button.setAutoDefault(False)
        cancel.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        for label in (reason, target):
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(buttons)
        cancel.setFocus()


def _label(text: str) -> QLabel:
    # A long address has no blanks: invisible places to break it at.
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(WIDTH_PX)
    return label
