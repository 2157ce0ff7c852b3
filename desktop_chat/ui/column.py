"""The reading column: one widget in the middle of the page, never wider than reads well, never at the edge."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

COLUMN_PX: Final = 760
COLUMN_PADDING_PX: Final = 24


class Column(QWidget):
    """Holds its widget; hiding the column hides it.

    Units:   `overhang_px` is what the widget keeps free beside its words, and sticks out on both sides by, so that the
             words themselves stand in line with the text above.
    """

    def __init__(self, inner: QWidget, below_px: int = 0, width_px: int = COLUMN_PX, overhang_px: int = 0) -> None:
        super().__init__()
        inner.setMaximumWidth(width_px + 2 * overhang_px)
        padding_px = COLUMN_PADDING_PX - overhang_px
        layout = QHBoxLayout(self)
        layout.setContentsMargins(padding_px, 0, padding_px, below_px)
        layout.setSpacing(0)
        layout.addStretch(1)
        # The widget takes all there is; only what is beyond its maximum goes to the sides.
        layout.addWidget(inner, 10_000)
        layout.addStretch(1)
