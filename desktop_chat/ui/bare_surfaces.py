"""What stands in for the tab strip and the sidebar until they exist, so that the first picture has its shape."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from desktop_chat.core.settings import Settings
from desktop_chat.ui.theme import Colors

_STRIP_PX: Final = 40
"""Height of the tab strip."""


def bare_surfaces(window: QWidget, colors: Colors, settings: Settings) -> tuple[QWidget, ...]:
    """Fill the places of both with their colours, and draw the lines beside them.

    Filled widgets, not `QPainter.fillRect`: that looks into the `Qt` namespace.
    """
    screen = window.screen().size()
    sidebar_px = settings.sidebar_px if settings.is_sidebar_shown else 0
    return (
        _surface(window, colors.sidebar, QRect(0, 0, screen.width(), _STRIP_PX - 1)),
        _surface(window, colors.line, QRect(0, _STRIP_PX - 1, screen.width(), 1)),
        _surface(window, colors.sidebar, QRect(0, 0, sidebar_px, screen.height())),
        _surface(window, colors.line, QRect(sidebar_px - 1, 0, 1, screen.height())),
    )


def _surface(window: QWidget, color: str, place: QRect) -> QWidget:
    surface = QWidget(window)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(color))
    surface.setPalette(palette)
    surface.setAutoFillBackground(True)
    surface.setGeometry(place)
    return surface
