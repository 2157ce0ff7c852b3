"""The end of a folded code block: its last lines go out, and a word shows all of them."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from desktop_chat.ui.transcript.code.code_body import PADDING_PX
from desktop_chat.ui.transcript.code.code_lines import LINE_PX
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

FOOT_PX: Final = 30.0
_FADE_PX: Final = 2 * LINE_PX + PADDING_PX[1]
_FADE_BAND_PX: Final = 2.0


class CodeFoot:
    """What stands below the lines that are shown of a longer code.

    Units:   `y` is where the lines end, in pixels from the top of the block.
    """

    def __init__(self, line_count: int, fold: str, style: Style) -> None:
        self._line_count = line_count
        self._fold = fold
        self._style = style

    @cached_property
    def _words(self) -> tuple[RichText, RichText]:
        """Dim, and as they look under the pointer."""
        words = f"Show all ({self._line_count})"
        dim = label(words, Role.CODE_HEAD, self._style, self._style.inks.dim)
        return dim, label(words, Role.CODE_HEAD, self._style)

    def target(self, left: float, y: float, width: float) -> Target:
        """The place that unfolds a block whose left edge is at `left`."""
        return Target(self._fold, QRectF(left, y, width, FOOT_PX), Deed.FOLD, self._fold, "Show all lines")

    def paint(self, canvas: Canvas, left: float, y: float, width: float) -> None:
        """Draw the words, and the line above them."""
        canvas.painter.fillRect(QRectF(left + 1, y - 1, width - 2, 1.0), canvas.style.inks.line)
        is_hovered = canvas.hovered is not None and canvas.hovered.name == self._fold
        words = self._words[is_hovered]
        words.paint(canvas.painter, left + (width - words.width) / 2, y + (FOOT_PX - 1 - words.height) / 2)


def paint_fade(canvas: Canvas, body: QRectF) -> None:
    """Let the last lines shown go out: there is more.

    In bands, not with a gradient: Qt's is dithered by the place on the screen, and would shimmer as the page moves.
    """
    ink = QColor(canvas.style.inks.code)
    bands = int(_FADE_PX // _FADE_BAND_PX)
    for band in range(bands):
        ink.setAlphaF((band + 1) / bands)
        y = body.bottom() - _FADE_PX + band * _FADE_BAND_PX
        canvas.painter.fillRect(QRectF(body.left(), y, body.width(), _FADE_BAND_PX), ink)
