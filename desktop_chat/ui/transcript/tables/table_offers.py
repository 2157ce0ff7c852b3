"""The words beside the head of a table that copy it: to be seen while the pointer is at the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRectF

from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

CSV: Final = "csv"
MARKDOWN: Final = "markdown"
_OFFERS: Final = ((MARKDOWN, "Markdown", "Copy table as Markdown"), (CSV, "CSV", "Copy table as CSV"))
"""From right to left."""

_GAP_PX: Final = 16.0
_MARGIN_PX: Final = 3.0


class TableOffers:
    """The words of one table; where there is no room beside its head they stand over the head's end.

    Units:   `right` is the right edge of the table.
    """

    def __init__(self, style: Style, line_px: float) -> None:
        self._style = style
        self._line_px = line_px
        self._made: list[tuple[RichText, RichText]] = []

    def _laid(self, right: float) -> Iterator[tuple[str, str, RichText, RichText, QRectF]]:
        """Value, tip, the word dim and strong, and its place."""
        if not self._made:
            self._made = [
                (
                    label(word, Role.CODE_HEAD, self._style, self._style.inks.dim),
                    label(word, Role.CODE_HEAD, self._style),
                )
                for _, word, _ in _OFFERS
            ]
        for (value, _, tip), (dim, strong) in zip(_OFFERS, self._made, strict=True):
            yield (
                value,
                tip,
                dim,
                strong,
                QRectF(right - dim.width, (self._line_px - dim.height) / 2, dim.width, dim.height),
            )
            right -= dim.width + _GAP_PX

    def paint(self, canvas: Canvas, right: float, top: float) -> None:
        """Draw at the right of a line that begins at `top`."""
        hovered = canvas.hovered.name if canvas.hovered is not None else ""
        for value, _, dim, strong, rect in self._laid(right):
            place = rect.translated(0, top)
            canvas.painter.fillRect(place.adjusted(-_GAP_PX / 2, 0, 1, 0), canvas.style.inks.page)
            word = strong if value in (hovered, canvas.copied) else dim
            if value == canvas.copied:
                word = label("✓", Role.CODE_HEAD, self._style)
            word.paint(canvas.painter, place.right() - word.width, place.top())

    def targets(self, right: float) -> tuple[Target, ...]:
        """The places of the words, from left to right."""
        grown = (-_GAP_PX / 2, -_MARGIN_PX, _GAP_PX / 2, _MARGIN_PX)
        found = [
            Target(value, rect.adjusted(*grown), Deed.COPY_TABLE, value, tip)
            for value, tip, _, _, rect in self._laid(right)
        ]
        return tuple(reversed(found))
