"""What a repair has saved and what is lost, told once after it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.salvage import SalvageReport
from desktop_chat.ui.dialog_parts import MARGIN_PX, WIDTH_PX
from desktop_chat.ui.plain_label import let_select, plain_label
from desktop_chat.ui.repair_words import report_lines


class RepairReport(QDialog):
    """Opened with `open` over the repaired history."""

    def __init__(self, report: SalvageReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Repair")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(8)
        title = plain_label("The history is repaired.", "title", self)
        lines = [plain_label(line, parent=self) for line in report_lines(report)]
        kept = plain_label("The damaged file is kept:", "dim", self)
        path = plain_label(report.kept, "path", self)
        let_select(path)
        path.setAccessibleName("Path of the damaged file")
        # Else half a letter is left free beside the ring.
        path.setIndent(0)
        for label in (title, *lines, kept, path):
            label.setFixedWidth(WIDTH_PX)
        for label in (title, *lines):
            column.addWidget(label)
        column.addSpacing(4)
        for label in (kept, path):
            column.addWidget(label)
        close = QPushButton("Close", self)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column.addSpacing(8)
        column.addLayout(buttons)
        close.setDefault(True)
        close.setFocus()
