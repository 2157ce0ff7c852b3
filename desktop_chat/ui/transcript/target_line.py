"""The line that says where a link leads, as soon as the pointer or the keyboard is on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.transcript.parts.part import ADDRESSES, Target
from desktop_chat.ui.transcript.parts.rich_text import label
from desktop_chat.ui.transcript.parts.style import Role, Style, font_of

_HEIGHT_PX: Final = 26
_PADDING_PX: Final = 10
_MARGIN_PX: Final = 8
_RADIUS_PX: Final = 8


class TargetLine(QWidget):
    """Stands in the lower left corner of the text; shown without delay, so that nobody clicks before it is there."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self.text = ""
        """The address, and whether it can be opened."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def put_on(self, style: Style) -> None:
        """Take the colours of a theme."""
        self._style = style
        self.update()

    def show_target(self, target: Target | None) -> None:
        """Tell where a link leads; anything else hides the line."""
        text = target.tip if target is not None and target.deed in ADDRESSES else ""
        if text == self.text:
            return
        self.text = text
        self.setVisible(bool(text))
        if text:
            self._place()
            self.update()

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        room = parent.width() - 2 * _MARGIN_PX
        metrics = QFontMetricsF(font_of(Role.NOTE))
        self._shown = metrics.elidedText(self.text, Qt.TextElideMode.ElideMiddle, room - 2 * _PADDING_PX)
        width = round(metrics.horizontalAdvance(self._shown)) + 2 * _PADDING_PX + 2
        self.setGeometry(_MARGIN_PX, parent.height() - _HEIGHT_PX - _MARGIN_PX, min(width, room), _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inks = self._style.inks
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.bubble)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        words = label(self._shown, Role.NOTE, self._style, inks.dim)
        words.paint(painter, _PADDING_PX, (_HEIGHT_PX - words.height) / 2)
        painter.end()
