"""Icons: one-colour drawings from `resources/icons`, tinted in the colour of a role."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_chat.resources import resource_path

SCALES: Final = (1.0, 1.5, 2.0, 3.0)
"""Screen scales for which a sharp picture is made; Qt scales the next larger one for those between."""

TINT: Final = "currentColor"
ICONS_KEPT: Final = 256


@lru_cache(maxsize=ICONS_KEPT)
def icon(name: str, color: str, size_px: int = 16) -> QIcon:
    """Give an icon in one colour.

    Units:   `size_px` in device-independent pixels.
    Raises:  FileNotFoundError when there is no such drawing.
    """
    drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8").replace(TINT, color)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    result = QIcon()
    for scale in SCALES:
        result.addPixmap(_pixmap(renderer, size_px, scale))
    return result


def _pixmap(renderer: QSvgRenderer, size_px: int, scale: float) -> QPixmap:
    side = round(size_px * scale)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
