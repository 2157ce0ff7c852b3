"""The pill “↓ Newest”: the way back to the end, with a dot while text is written there, or what happened there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

_HEIGHT_PX: Final = 28
_PADDING_PX: Final = 13
_DOT_PX: Final = 7
_DOT_GAP_PX: Final = 7
_MARGIN_PX: Final = 8
_BESIDE_MARGIN_PX: Final = 4
_NEWEST: Final = "Newest"


class NewestPill(QAbstractButton):
    """A small button above the text."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_writing = False
        self._news = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.put_on(style)
        self.hide()

    def put_on(self, style: Style) -> None:
        """Take the colours of a theme."""
        self._style = style
        self._show_words()

    def tell(self, news: str) -> None:
        """Say what has happened at the end, or nothing but where it leads."""
        if news != self._news:
            self._news = news
            self._show_words()

    def _show_words(self) -> None:
        inks = self._style.inks
        usual = self._words = label(f"↓ {_NEWEST}", Role.NOTE, self._style, inks.dim)
        if self._news:
            self._words = label(f"↓ {self._news}", Role.NOTE, self._style, inks.text)
        self._usual_px = _width_px(usual, has_dot=True)
        self.setAccessibleName(f"{self._news}. Go to the newest text" if self._news else "Go to the newest text")
        self.resize(self.sizeHint())
        self.update()

    def set_writing(self, is_writing: bool) -> None:
        """Show or hide the dot."""
        if is_writing != self._is_writing:
            self._is_writing = is_writing
            self.resize(self.sizeHint())
            self.update()

    def stand(self, viewport: QWidget, width_px: int, page: Page) -> None:
        """Take its place at the lower edge: beside the text where there is room, else above it."""
        right = round((page.left + page.rows.width) * page.zoom)
        beside = viewport.width() - right
        left = (width_px - self.width()) // 2
        # With room for the usual word and the dot, though they are not there: the pill stays where it is when the
        # reply has ended.
        if beside >= max(self.width(), self._usual_px) + 2 * _BESIDE_MARGIN_PX:
            left = right + (beside - self.width()) // 2
        self.move(left, viewport.height() - self.height() - _MARGIN_PX)

    def sizeHint(self) -> QSize:
        return QSize(_width_px(self._words, has_dot=self._is_writing), _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inks = self._style.inks
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.hover if self.underMouse() else inks.page)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _HEIGHT_PX / 2, _HEIGHT_PX / 2)
        x = float(_PADDING_PX)
        if self._is_writing:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(inks.accent)
            painter.drawEllipse(QRectF(x, (_HEIGHT_PX - _DOT_PX) / 2, _DOT_PX, _DOT_PX))
            x += _DOT_PX + _DOT_GAP_PX
        self._words.paint(painter, x, (_HEIGHT_PX - self._words.height) / 2)
        painter.end()


def _width_px(words: RichText, *, has_dot: bool) -> int:
    return round(words.width) + 2 * _PADDING_PX + (_DOT_PX + _DOT_GAP_PX if has_dot else 0)
