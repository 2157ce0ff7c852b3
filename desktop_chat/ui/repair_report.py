"""What a repair has saved and what is lost, told once after it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.salvage import SalvageReport
from desktop_chat.ui.failure_dialog import MARGIN_PX, WIDTH_PX
from desktop_chat.ui.repair_words import report_lines
from desktop_chat.ui.roles import set_role


class RepairReport(QDialog):
    """Opened with `open` over the repaired history."""

    def __init__(self, report: SalvageReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Repair")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(8)
        column.addWidget(_label("The history is repaired.", "title", self))
        for line in report_lines(report):
            column.addWidget(_label(line, "", self))
        column.addSpacing(4)
        column.addWidget(_label("The damaged file is kept:", "dim", self))
        path = _label(report.kept, "path", self)
        path.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        path.setAccessibleName("Path of the damaged file")
        # Else half a letter is left free beside the ring.
        path.setIndent(0)
        column.addWidget(path)
        close = QPushButton("Close", self)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column.addSpacing(8)
        column.addLayout(buttons)
        close.setDefault(True)
        close.setFocus()


def _label(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(WIDTH_PX)
    label.setText(text)
    if role:
        set_role(label, role)
    return label
