"""Paints the application's icon in the sizes and formats the three systems want."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SIZES_PX: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
LARGEST_ICO_PX: Final = 256


def paint_icons(svg: Path, folder: Path) -> None:
    """Write `app-<size>.png`, `app.ico` and `app.icns` into the folder.

    Raises:  OSError when one of them cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(svg))

    def painted(size_px: int) -> QImage:
        image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        return image

    files = {f"app-{size_px}.png": painted(size_px) for size_px in SIZES_PX}
    files |= {"app.ico": painted(LARGEST_ICO_PX), "app.icns": painted(SIZES_PX[-1])}
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in files.items():
        if not image.save(str(folder / name)):
            raise OSError(f"{folder / name} could not be written")
    del application
