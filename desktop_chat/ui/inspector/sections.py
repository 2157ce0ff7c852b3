"""Pages behind a row of words; the one in view is underlined."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop_chat.ui.roles import set_role


class Sections(QWidget):
    """Arrow keys walk along the words."""

    shown = Signal(object)
    """The page that is in view now."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QTabBar()
        set_role(self.bar, "sections")
        self.bar.setAccessibleName(name)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self._pages = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        self.bar.currentChanged.connect(self._show)

    def add(self, title: str, page: QWidget) -> None:
        """Add a page at the end."""
        self._pages.addWidget(page)
        self.bar.addTab(title)

    def show_page(self, page: QWidget) -> None:
        """Bring a page into view."""
        self.bar.setCurrentIndex(self._pages.indexOf(page))

    @property
    def page(self) -> QWidget | None:
        """The page in view."""
        return self._pages.currentWidget()

    def _show(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        self.shown.emit(self._pages.widget(number))
