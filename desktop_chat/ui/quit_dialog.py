"""Asks before replies that are being written are stopped by quitting. Opened with `open()`."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.dialog_parts import quiet_button, still_written
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role


class QuitDialog(QDialog):
    """Closing it in any other way than by its first button means to stay."""

    quit_confirmed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Quit")
        self._title = QLabel(self)
        set_role(self._title, "heading")
        detail = QLabel("What has come so far is saved, and stays with the question.", self)
        set_role(detail, "dim")
        # Return must not end what somebody is waiting for.
        self.stop_button = quiet_button("Stop and quit", self.accept, self)
        set_role(self.stop_button, "primary")
        self.stay_button = QPushButton("Cancel", self)
        self.stay_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.stay_button)
        buttons.addWidget(self.stop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(detail)
        column.addSpacing(8)
        column.addLayout(buttons)
        self.stay_button.clicked.connect(self.reject)
        self.accepted.connect(self.quit_confirmed)

    @property
    def title(self) -> str:
        """What it says in its first line."""
        return self._title.text()

    def show_count(self, busy_count: int) -> None:
        """Say how many replies it is about."""
        self._title.setText(f"{still_written(busy_count)}.")

    def open(self) -> None:
        """Show the dialog; the harmless answer has the keyboard."""
        super().open()
        self.stay_button.setFocus(Qt.FocusReason.OtherFocusReason)
