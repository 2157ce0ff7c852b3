"""What an empty tab shows: a greeting and some quiet suggestions to start from."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.roles import set_role

STARTERS: Final = (
    ("Explain a piece of code", "Explain what this code does, and where it may fail:\n\n"),
    ("Draft a short letter", "Draft a short, friendly letter that "),
    ("Compare two options", "Compare these two options in a table and recommend one:\n\n"),
    ("Plan a day somewhere", "Plan one unhurried day in "),
)
"""What stands on a suggestion, and what it puts into the composer."""

COLUMN_COUNT: Final = 2
WIDTH_MAX_PX: Final = 560
DEMO_LINE: Final = "This is the demonstration: a built-in server answers, nothing leaves this computer."


class Welcome(QWidget):
    """Stands in the middle of an empty tab."""

    starter_chosen = Signal(str)
    """The beginning of a question, for the composer; it is not sent."""

    def __init__(self) -> None:
        super().__init__()
        greeting = _line("What can I help you with?", "greeting", self)
        self._demo = _line(DEMO_LINE, "dim", self)
        self._demo.setVisible(False)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, (title, text) in enumerate(STARTERS):
            button = QPushButton(title, self)
            set_role(button, "starter")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(plain_tip(text.strip()))
            button.setAccessibleDescription("Puts the beginning of a question into the composer")
            button.clicked.connect(lambda _checked=False, text=text: self.starter_chosen.emit(text))
            grid.addWidget(button, number // COLUMN_COUNT, number % COLUMN_COUNT)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(greeting)
        column.addWidget(self._demo)
        column.addSpacing(12)
        column.addLayout(grid)
        inner = QWidget(self)
        inner.setLayout(column)
        inner.setMaximumWidth(WIDTH_MAX_PX)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 100)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)

    def set_demo(self, is_demo: bool) -> None:
        """Say that this is the demonstration, or not."""
        self._demo.setVisible(is_demo)


def _line(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    set_role(label, role)
    return label
