"""The figures that are looked at first: small names above their values, in columns."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.fonts import SMALL_PX, figures_font
from desktop_chat.ui.roles import set_role

_COLUMNS: Final = 5
_ROW_GAP_PX: Final = 6


class FigureGrid(QWidget):
    """Two rows of five."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)
        self._values: dict[str, ElidedLabel] = {}

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these names and values; the names are always the same ones."""
        for number, (name, value) in enumerate(rows):
            label = self._values.get(name) or self._add(name, number)
            if label.full_text != value:
                label.set_text(value)
                label.setAccessibleName(f"{name}: {value}")

    def value(self, name: str) -> str:
        """What is shown for a name."""
        return self._values[name].full_text

    def _add(self, name: str, number: int) -> ElidedLabel:
        row, column = divmod(number, _COLUMNS)
        title = QLabel(name)
        set_role(title, "tiny")
        value = self._values[name] = ElidedLabel("")
        value.setFont(figures_font(SMALL_PX))
        self._grid.addWidget(title, 3 * row, column)
        self._grid.addWidget(value, 3 * row + 1, column)
        if row:
            self._grid.setRowMinimumHeight(3 * row - 1, _ROW_GAP_PX)
        self._grid.setColumnStretch(column, 1)
        return value
