"""Dragging into the window: files and pictures go to the tab in view, with one overlay that says so; text, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_chat.ui.brought import brings_any, brought
from desktop_chat.ui.fonts import ui_font
from desktop_chat.ui.icons import icon
from desktop_chat.ui.theme import Look

WORDS: Final = "Drop to attach"
KINDS: Final = "Pictures, PDF and text files"
DROPPED: Final = "Dropped picture"
_VEIL_ALPHA: Final = 0.8
_INSET_PX: Final = 14
_RADIUS_PX: Final = 16
_SIGN_PX: Final = 28
_CARD_PX: Final = (280, 140)
_PAD_PX: Final = 22
_GAP_PX: Final = 8
_WORDS_PX, _KINDS_PX = 18, 13
_LINE_PX: Final = 28


class DropZone(QWidget):
    """Holds the window's content and takes what is dropped anywhere on it, unless that takes it itself."""

    brought = Signal(object)
    """BroughtFiles or BroughtPicture."""
    text_dropped = Signal(str)

    def __init__(self, look: Look, content: QWidget, may_take: Callable[[], bool]) -> None:
        """`may_take` tells whether there is a composer now that anything could go into."""
        super().__init__()
        self._may_take = may_take
        self.setAcceptDrops(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)
        self._overlay = DropOverlay(look, self)

    @property
    def is_overlay_shown(self) -> bool:
        """Whether files are being dragged over the window."""
        return not self._overlay.isHidden()

    def put_away(self) -> bool:
        """Take the overlay away; False when there was none."""
        was_shown = self.is_overlay_shown
        self._overlay.hide()
        return was_shown

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._is_wanted(event):
            event.ignore()
            return
        # Nothing is taken away from where it comes from.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if brings_any(event.mimeData()):
            self._overlay.cover()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        data = event.mimeData()
        found = brought(data, DROPPED)
        if found is not None:
            self.brought.emit(found)
        elif data.hasText():
            self.text_dropped.emit(data.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._overlay.resize(self.size())

    def _is_wanted(self, event: QDropEvent) -> bool:
        data = event.mimeData()
        # What is dragged out of a conversation is meant for other windows, or for a place in a text.
        is_ours = event.source() is not None
        return not is_ours and self._may_take() and (brings_any(data) or data.hasText())


class DropOverlay(QWidget):
    """Lies over everything while files are dragged. It takes no drops itself: they go on to the zone below it."""

    def __init__(self, look: Look, zone: QWidget) -> None:
        super().__init__(zone)
        self._zone = zone
        self._look = look
        self.setAccessibleName(WORDS)
        self.hide()

    def cover(self) -> None:
        """Lie over all of the zone."""
        self.resize(self._zone.size())
        self.raise_()
        self.show()

    def event(self, event: QEvent) -> bool:
        # The mouse says nothing while something is dragged: whoever dragged has gone without a word.
        if isinstance(event, QMouseEvent):
            self.hide()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colors.page)
        veil.setAlphaF(_VEIL_ALPHA)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(colors.accent), 2, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        painter.drawRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        card = QRect(0, 0, *_CARD_PX)
        card.moveCenter(self.rect().center())
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.page))
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        sign = icon("plus", colors.accent, _SIGN_PX).pixmap(QSize(_SIGN_PX, _SIGN_PX), self.devicePixelRatioF())
        painter.drawPixmap(card.center().x() - _SIGN_PX // 2, card.top() + _PAD_PX, sign)
        lines = ((WORDS, _WORDS_PX, colors.text), (KINDS, _KINDS_PX, colors.dim))
        top = card.top() + _PAD_PX + _SIGN_PX + _GAP_PX
        for number, (words, px, color) in enumerate(lines):
            painter.setFont(ui_font(px))
            painter.setPen(QColor(color))
            line = QRect(card.left(), top + number * _LINE_PX, card.width(), _LINE_PX)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
