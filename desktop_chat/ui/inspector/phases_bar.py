"""The phases of a request as a thin bar, each with its time in words below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_chat.ui.fonts import TINY_PX, figures_font
from desktop_chat.ui.inspector.phases import Phase, PhaseName
from desktop_chat.ui.inspector.words import time_words
from desktop_chat.ui.theme import Look

_BAR_PX: Final = 8.0
_LINE_PX: Final = 18.0
_ABOVE_WORDS_PX: Final = 4.0
_SQUARE_PX: Final = 8.0
_GAP_PX: Final = 14.0
_LEAST_PX: Final = 3.0
"""A phase of a millisecond is seen beside one of a minute."""
_ROLES: Final = {
    PhaseName.FAILED_TRIES: "bad",
    PhaseName.CONNECT: "ring",
    PhaseName.TLS: "keyword",
    PhaseName.SEND: "number",
    PhaseName.WAIT: "warn",
    PhaseName.FIRST_WORD: "function",
    PhaseName.STREAMING: "good",
}


class PhasesBar(QWidget):
    """As high as the lines of its words need."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._phases: tuple[Phase, ...] = ()
        self._font = figures_font(TINY_PX)
        self._metrics = QFontMetricsF(self._font)
        self._places: list[tuple[float, float]] = []
        """Where the words of each phase begin."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Phases")
        self._arrange()

    def show_phases(self, phases: tuple[Phase, ...]) -> None:
        """Show these."""
        self._phases = phases
        self.setAccessibleDescription(", ".join(_words(phase) for phase in phases))
        self._arrange()
        self.update()

    @property
    def words(self) -> tuple[str, ...]:
        """What is written below the bar."""
        return tuple(_words(phase) for phase in self._phases)

    def _arrange(self) -> None:
        """Break the words into lines."""
        self._places, x, line = [], 0.0, 0
        for words in self.words:
            width = _SQUARE_PX + 4 + self._metrics.horizontalAdvance(words)
            if x and x + width > self.width():
                x, line = 0.0, line + 1
            self._places.append((x, line * _LINE_PX))
            x += width + _GAP_PX
        height = round(_BAR_PX + _ABOVE_WORDS_PX + (line + 1) * _LINE_PX)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def widths(self, room_px: float) -> list[float]:
        """How wide each phase is drawn: in proportion, but none too narrow to be seen."""
        whole_s = sum(phase.length_s for phase in self._phases)
        spare = max(0.0, room_px - _LEAST_PX * len(self._phases))
        return [
            _LEAST_PX + (phase.length_s / whole_s * spare if whole_s else spare / len(self._phases))
            for phase in self._phases
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setFont(self._font)
        x = 0.0
        for phase, width in zip(self._phases, self.widths(self.width()), strict=True):
            painter.fillRect(QRectF(x, 0.0, width - 1.0, _BAR_PX), QColor(getattr(colors, _ROLES[phase.name])))
            x += width
        top = _BAR_PX + _ABOVE_WORDS_PX
        for phase, (left, below) in zip(self._phases, self._places, strict=True):
            middle = top + below + _LINE_PX / 2
            square = QRectF(left, middle - _SQUARE_PX / 2, _SQUARE_PX, _SQUARE_PX)
            painter.fillRect(square, QColor(getattr(colors, _ROLES[phase.name])))
            painter.setPen(QColor(colors.dim))
            baseline = middle + (self._metrics.ascent() - self._metrics.descent()) / 2
            painter.drawText(QPointF(left + _SQUARE_PX + 4, baseline), _words(phase))
        painter.end()


def _words(phase: Phase) -> str:
    return f"{phase.name} {time_words(phase.length_s)}"
