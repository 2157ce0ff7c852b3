"""Why the program cannot start, in words, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.failure import Failure

WIDTH_PX = 460
MARGIN_PX = 24


class FailureDialog(QDialog):
    """Shown with `open`, over the empty window or alone; closing it in any way means to quit."""

    quit_chosen = Signal()
    anew_chosen = Signal()
    """The reader wants to go on with an empty history; the file that cannot be used is kept beside it."""

    def __init__(self, failure: Failure, *, may_start_anew: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Desktop Chat")
        title = QLabel(failure.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        font = title.font()
        font.setPixelSize(17)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        detail = QLabel(failure.detail)
        detail.setTextFormat(Qt.TextFormat.PlainText)
        detail.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox()
        quit_button = QPushButton("Quit")
        buttons.addButton(quit_button, QDialogButtonBox.ButtonRole.RejectRole)
        quit_button.clicked.connect(self.reject)
        if may_start_anew:
            anew_button = QPushButton("Start with an empty history")
            anew_button.setAutoDefault(False)
            buttons.addButton(anew_button, QDialogButtonBox.ButtonRole.AcceptRole)
            anew_button.clicked.connect(self.accept)
        quit_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        for label in (title, detail):
            label.setWordWrap(True)
            label.setFixedWidth(WIDTH_PX)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(buttons)
        self.rejected.connect(self.quit_chosen)
        self.accepted.connect(self.anew_chosen)
        quit_button.setFocus()
