"""The soft end of the row of tabs: a tab that is only half in sight fades out instead of being cut off."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.theme import Look

_WIDTH_PX: Final = 24


class TabFade(QWidget):
    """Lies over one end of the row; clicks go through to the tab below."""

    def __init__(self, look: Look, is_left: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._is_left = is_left
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, row_px: int, seen_px: int, height_px: int) -> None:
        """Lie over what is seen of the cut tab, never over its whole neighbour; nothing seen, nothing covered."""
        width = min(_WIDTH_PX, seen_px)
        self.setGeometry(0 if self._is_left else row_px - width, 0, width, height_px)
        self.setVisible(width > 0)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        opaque = QColor(self._look.colors.sidebar)
        clear = QColor(opaque)
        clear.setAlpha(0)
        fade = QLinearGradient(0, 0, self.width(), 0)
        fade.setColorAt(0, opaque if self._is_left else clear)
        fade.setColorAt(1, clear if self._is_left else opaque)
        painter = QPainter(self)
        painter.fillRect(self.rect(), fade)
        painter.end()
