"""The reading column: one widget in the middle of the page, never wider than reads well, never at the edge."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_chat.core.settings import ColumnWidth

COLUMN_PX: Final = 760
COLUMN_WIDTHS_PX: Final = {
    ColumnWidth.NARROW: 640,
    ColumnWidth.NORMAL: COLUMN_PX,
    ColumnWidth.WIDE: 1000,
    ColumnWidth.FULL: 4000,
}
"""How wide prose may get at 100 %; FULL takes whatever the window has."""

COLUMN_PADDING_PX: Final = 24
_WRITING_MIN_PX: Final = 480
"""However narrow the text above, the composer keeps room for its chips."""

_WRITING_MAX_PX: Final = 1000
"""Nobody types a line as long as the whole window."""


def writing_px(column: ColumnWidth, zoom_percent: int) -> int:
    """How wide the composer gets: as wide as the text above it."""
    if column is ColumnWidth.FULL:
        return _WRITING_MAX_PX
    return max(_WRITING_MIN_PX, round(COLUMN_WIDTHS_PX[column] * zoom_percent / 100))


class Column(QWidget):
    """Holds its widget; hiding the column hides it.

    Units:   `overhang_px` is what the widget keeps free beside its words, and sticks out on both sides by, so that the
             words themselves stand in line with the text above.
    """

    def __init__(self, inner: QWidget, below_px: int = 0, width_px: int = COLUMN_PX, overhang_px: int = 0) -> None:
        super().__init__()
        self._inner = inner
        self._overhang_px = overhang_px
        self.set_width(width_px)
        padding_px = COLUMN_PADDING_PX - overhang_px
        layout = QHBoxLayout(self)
        layout.setContentsMargins(padding_px, 0, padding_px, below_px)
        layout.setSpacing(0)
        layout.addStretch(1)
        # The widget takes all there is; only what is beyond its maximum goes to the sides.
        layout.addWidget(inner, 10_000)
        layout.addStretch(1)

    def set_width(self, width_px: int) -> None:
        """Let the words get so wide."""
        self._inner.setMaximumWidth(width_px + 2 * self._overhang_px)
