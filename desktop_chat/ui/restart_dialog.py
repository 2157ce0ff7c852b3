"""Asks before the program restarts to repair the history. Opened with `open`."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.failure_dialog import MARGIN_PX, WIDTH_PX
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role


class RestartDialog(QDialog):
    """Closing it in any other way than by its button means to go on as it is."""

    restart_confirmed = Signal()

    def __init__(self, busy_count: int, parent: QWidget) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Repair the history")
        title = QLabel("The program restarts to repair the history.", self)
        set_role(title, "title")
        words = (
            "Nobody may write into the file meanwhile. You choose there between a repair and a copy of an earlier day."
        )
        if busy_count:
            are = "reply is" if busy_count == 1 else "replies are"
            words += f" {busy_count} {are} still being written: that is stopped, and what has come so far is saved."
        detail = QLabel(words, self)
        detail.setTextFormat(Qt.TextFormat.PlainText)
        detail.setWordWrap(True)
        detail.setFixedWidth(WIDTH_PX)
        restart, stay = QPushButton("Restart", self), QPushButton("Cancel", self)
        set_role(restart, "primary")
        restart.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(stay)
        buttons.addWidget(restart)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(detail)
        column.addSpacing(8)
        column.addLayout(buttons)
        stay.clicked.connect(self.reject)
        restart.clicked.connect(self.accept)
        self.accepted.connect(self.restart_confirmed)
        stay.setDefault(True)
        stay.setFocus()
