"""A small flat square button with an icon, tinted by the theme; its name is the tool tip and what is read aloud."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_chat.ui.icons import icon
from desktop_chat.ui.theme import Look

_RADIUS_PX: Final = 6.0
FOCUS_RING_PX: Final = 2.0


class IconButton(QAbstractButton):
    """For places that paint themselves, such as the tab strip, where a tool button's box would not fit."""

    def __init__(
        self,
        look: Look,
        icon_name: str,
        name: str,
        side_px: int = 28,
        icon_px: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon_name = icon_name
        self._side_px = side_px
        self._icon_px = icon_px
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(self._side_px, self._side_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected))
            painter.drawRoundedRect(QRectF(self.rect()), _RADIUS_PX, _RADIUS_PX)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()), _RADIUS_PX, QColor(colors.accent))
        place = QRect(0, 0, self._icon_px, self._icon_px)
        place.moveCenter(self.rect().center())
        icon(self._icon_name, colors.text if self.underMouse() else colors.dim, self._icon_px).paint(painter, place)
        painter.end()


def paint_focus_ring(painter: QPainter, rect: QRectF, radius_px: float, color: QColor) -> None:
    """Draw the mark of the keyboard's place inside `rect`."""
    inset = FOCUS_RING_PX / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, FOCUS_RING_PX))
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius_px, radius_px)
