"""Sidebar and page beside each other; in a narrow window the sidebar lies over the page, and only on demand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.sidebar import SIDEBAR_MAX_PX, SIDEBAR_MIN_PX, SIDEBAR_PX

NARROW_BELOW_PX: Final = 760
"""Below this width a sidebar beside the page would leave too little for reading."""

_EDGE_PX: Final = 7
_VEIL: Final = QColor(0, 0, 0, 60)


class SideBySide(QWidget):
    """Places two widgets by itself; a layout could not lay one over the other."""

    sidebar_changed = Signal()
    """Shown or hidden, or another width: `is_sidebar_shown`, `sidebar_px`."""

    focus_left = Signal()
    """The sidebar went away with the keyboard in it."""

    def __init__(self, sidebar: QWidget, page: QWidget, sidebar_px: int, is_sidebar_shown: bool) -> None:
        super().__init__()
        self._sidebar = sidebar
        self._page = page
        self.sidebar_px = _within(sidebar_px)
        self.is_sidebar_wanted = is_sidebar_shown
        """What the reader chose for windows that are wide enough."""
        self._is_over = False
        self._was_narrow = self.is_narrow
        page.setParent(self)
        sidebar.setParent(self)
        self._edge = _Edge(self)
        self._edge.pulled_to.connect(self._resize_sidebar)
        self._edge.let_go.connect(self.sidebar_changed)
        self._veil = _Veil(self)
        self._veil.clicked.connect(self.put_away)

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for both."""
        return self.width() < NARROW_BELOW_PX

    @property
    def is_sidebar_shown(self) -> bool:
        """Whether the sidebar can be seen now."""
        return self._is_over if self.is_narrow else self.is_sidebar_wanted

    def toggle_sidebar(self) -> None:
        """Show the sidebar, or hide it."""
        self.show_sidebar(not self.is_sidebar_shown)

    def show_sidebar(self, is_shown: bool) -> None:
        """Show or hide the sidebar, over the page when the window is narrow."""
        if self.is_narrow:
            self._is_over = is_shown
        else:
            self.is_sidebar_wanted = is_shown
        self._place()
        self.sidebar_changed.emit()

    def put_away(self) -> None:
        """Take a sidebar that lies over the page out of the way."""
        if self._is_over and self.is_narrow:
            self.show_sidebar(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        has_switched = self.is_narrow != self._was_narrow
        self._was_narrow = self.is_narrow
        if has_switched:
            self._is_over = False
        self._place()
        if has_switched:
            self.sidebar_changed.emit()

    def _resize_sidebar(self, width_px: int) -> None:
        self.sidebar_px = _within(width_px)
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        is_shown = self.is_sidebar_shown
        focused = self.focusWidget()
        had_focus = focused is not None and self._sidebar.isAncestorOf(focused)
        beside_px = self.sidebar_px if is_shown and not self.is_narrow else 0
        self._page.setGeometry(beside_px, 0, width - beside_px, height)
        self._sidebar.setGeometry(0, 0, self.sidebar_px, height)
        self._sidebar.setVisible(is_shown)
        self._edge.setGeometry(self.sidebar_px - _EDGE_PX // 2 - 1, 0, _EDGE_PX, height)
        self._edge.setVisible(is_shown)
        self._veil.setGeometry(0, 0, width, height)
        self._veil.setVisible(is_shown and self.is_narrow)
        if is_shown:
            self._veil.raise_()
            self._sidebar.raise_()
            self._edge.raise_()
        elif had_focus:
            self.focus_left.emit()


class _Veil(QWidget):
    """Darkens the page under a sidebar that lies over it; a click anywhere puts the sidebar away."""

    clicked = Signal()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _VEIL)
        painter.end()


class _Edge(QWidget):
    """The line between the two, to be pulled; wider than it looks, so that it can be hit."""

    pulled_to = Signal(int)
    let_go = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pulled_to.emit(self.mapToParent(event.position().toPoint()).x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.let_go.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.pulled_to.emit(SIDEBAR_PX)


def _within(width_px: int) -> int:
    return max(SIDEBAR_MIN_PX, min(SIDEBAR_MAX_PX, width_px))
