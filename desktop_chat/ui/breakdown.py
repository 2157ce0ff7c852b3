"""The little card that opens over a part of the status line and lists its figures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from desktop_chat.ui.fonts import SMALL_PX, figures_font
from desktop_chat.ui.status_words import Words

NOTE_WIDTH_MAX_PX: Final = 320
GAP_PX: Final = 6


class Breakdown(QFrame):
    """A popup: any click outside or Escape closes it."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setAccessibleName(words.title)
        self.setAccessibleDescription(words.breakdown)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        title = QLabel(words.title)
        title.setProperty("role", "heading")
        grid.addWidget(title, 0, 0, 1, 2)
        for row, (name, value) in enumerate(words.rows, start=1):
            name_label, value_label = QLabel(name), QLabel(value)
            for label in (name_label, value_label):
                label.setTextFormat(Qt.TextFormat.PlainText)
            name_label.setProperty("role", "dim")
            value_label.setFont(figures_font(SMALL_PX))
            value_label.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name_label, row, 0)
            grid.addWidget(value_label, row, 1)
        if words.note:
            note = QLabel(words.note)
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setProperty("role", "tiny")
            note.setWordWrap(True)
            note.setMaximumWidth(NOTE_WIDTH_MAX_PX)
            grid.addWidget(note, grid.rowCount(), 0, 1, 2)

    def open_above(self, place: QPoint) -> None:
        """Show the card with its lower left corner at a point of the screen, moved so that all of it is seen."""
        size = self.sizeHint()
        left, top = place.x(), place.y() - size.height() - GAP_PX
        screen = self.screen().availableGeometry()
        left = max(screen.left(), min(left, screen.right() - size.width()))
        self.move(left, max(screen.top(), top))
        self.show()
