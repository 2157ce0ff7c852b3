"""What stands above the time line: who answered one part of a reply how, its phases, its first figures."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_chat.ui.inspector.figure_grid import FigureGrid
from desktop_chat.ui.inspector.figure_rows import head_rows, limits_left
from desktop_chat.ui.inspector.head import Head
from desktop_chat.ui.inspector.phases import phases_of
from desktop_chat.ui.inspector.phases_bar import PhasesBar
from desktop_chat.ui.inspector.subject import Subject
from desktop_chat.ui.theme import Look


class PartSummary(QWidget):
    """Shows a part of a subject whose figures are there."""

    def __init__(self, look: Look, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = subject
        self.head = Head(look)
        self.phases = PhasesBar(look)
        self.figures = FigureGrid()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.head, self.phases, self.figures):
            column.addWidget(widget)

    def show_part(self, part: int) -> None:
        """Show all of it."""
        message = self._subject.message
        self.head.show_part(self._subject.records, part, (message.model if message else None) or "")
        self.show_figures(part)

    def show_figures(self, part: int) -> None:
        """Show what changes while a reply is being written."""
        subject = self._subject
        record, figures, length_s = subject.records[part], subject.figures[part], subject.length_s(part)
        self.phases.show_phases(phases_of(record, figures, subject.now_in(part)))
        self.figures.show_rows(head_rows(figures, length_s, limits_left(record), subject.quiet_s(part)))
