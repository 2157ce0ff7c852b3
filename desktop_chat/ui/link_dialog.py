"""A second look at a link whose real target is not what it seems."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.dialog_parts import MARGIN_PX
from desktop_chat.ui.plain_label import let_select, plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.transcript.markdown.links import shown_target

_WIDTH_PX: Final = 460


class LinkDialog(QDialog):
    """Shown with `open`; accepted when the reader wants to go there all the same."""

    def __init__(self, address: str, doubt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Open this link?")
        # A long address has no blanks: `shown_target` has invisible places to break it at.
        reason, target = plain_label(doubt), plain_label(shown_target(address), "dim")
        let_select(target)
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
            label.setFixedWidth(_WIDTH_PX)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(buttons)
        cancel.setFocus()
