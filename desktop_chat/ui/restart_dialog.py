"""Asks before the program restarts to repair the history. Opened with `open`."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.dialog_parts import MARGIN_PX, WIDTH_PX, quiet_button, still_written
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role


class RestartDialog(QDialog):
    """Closing it in any other way than by its button means to go on as it is."""

    restart_confirmed = Signal()

    def __init__(self, busy_count: int, parent: QWidget) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Repair the history")
        title = plain_label("The program restarts to repair the history.", "title", self, wraps=False)
        words = (
            "Nobody may write into the file meanwhile. You choose there between a repair and a copy of an earlier day."
        )
        if busy_count:
            words += f" {still_written(busy_count)}: that is stopped, and what has come so far is saved."
        detail = plain_label(words, parent=self)
        detail.setFixedWidth(WIDTH_PX)
        restart, stay = quiet_button("Restart", self.accept, self), QPushButton("Cancel", self)
        set_role(restart, "primary")
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
        self.accepted.connect(self.restart_confirmed)
        stay.setDefault(True)
        stay.setFocus()
