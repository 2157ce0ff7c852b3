"""The list of all shortcuts, made from their one table. Opened with `open()`."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_chat.ui.placement import bounded_by_screen
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.shortcuts import rows

SIZE_PX: Final = QSize(720, 560)
_AT_THE_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


class ShortcutsDialog(QDialog):
    """Escape closes it, as it does every dialog."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(bounded_by_screen(self, SIZE_PX))
        page = QWidget()
        set_role(page, "page")
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 16, 24, 24)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for group, group_rows in groupby(rows(), lambda row: row.group):
            line = grid.rowCount()
            if line > 1:
                grid.setRowMinimumHeight(line, 8)
                line += 1
            grid.addWidget(_label(group, "heading"), line, 0)
            for number, row in enumerate(group_rows, start=line + 1):
                words = _label(row.label, "")
                words.setWordWrap(True)
                grid.addWidget(words, number, 0)
                grid.addWidget(_label(row.keys, "dim"), number, 1, _AT_THE_RIGHT)
        scroller = QScrollArea(self)
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroller)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    if role:
        set_role(label, role)
    return label
