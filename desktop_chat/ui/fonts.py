"""Type: which families and sizes the window uses, said once.

Sizes are device-independent pixels: at 200 % Qt doubles them with everything else.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

UI_PX: Final = 14
SMALL_PX: Final = 13
TINY_PX: Final = 12
TEXT_PX: Final = 15
"""What a person reads or writes at length: messages and the composer."""

FAMILIES: Final = ("Inter", "Noto Sans", "DejaVu Sans")
MONO_FAMILIES: Final = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "DejaVu Sans Mono")


def ui_font(size_px: int = UI_PX) -> QFont:
    """Give the font of the window; the system's own one follows the preferred families."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamilies([*FAMILIES, font.family()])
    font.setPixelSize(size_px)
    return font


def figures_font(size_px: int = TINY_PX) -> QFont:
    """Give the font of figures that change in place: all digits are equally wide."""
    font = ui_font(size_px)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
