"""One attached file in the composer: a thumbnail or a sign, its name and size, and a button that takes it out."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_chat.core.attachments import Attachment
from desktop_chat.ui.attachment_thumbnail import thumbnail_of
from desktop_chat.ui.attachment_words import shown_name, sign_of, size_text, spoken
from desktop_chat.ui.fonts import ui_font
from desktop_chat.ui.icon_button import IconButton, paint_focus_ring
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.theme import Look

CHIP_PX: Final = 44
"""How high a chip is."""

_WIDTH_MIN_PX: Final = 132
_WIDTH_MAX_PX: Final = 228
_RADIUS_PX: Final = 8
_SIGN_PX: Final = 32
_SIGN_RADIUS_PX: Final = 5
_PAD_PX: Final = 6
_GAP_PX: Final = 8
_REMOVE_PX: Final = 24
_NAME_PX, _SIZE_PX, _LETTERS_PX = 13, 12, 10
_GRAIN_MAX: Final = 4
_TIP_CHARACTERS_MAX: Final = 80
"""Of one line: a tool tip of plain text is not wrapped."""

_ROW_KEYS: Final = frozenset(
    (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
)
"""A button would take them itself; here they are for the row."""


class AttachmentChip(QToolButton):
    """What a click does, is for the row to know; the keyboard stops at the chip, not at its button."""

    remove_clicked = Signal()
    focused = Signal()
    waits = Signal()
    """The thumbnail was asked for; `take_drawn` shows it once it has come."""

    def __init__(self, look: Look, attachment: Attachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self._look = look
        self._name = shown_name(attachment)
        self._name_font, self._size_font, self._letters_font = (ui_font(px) for px in (_NAME_PX, _SIZE_PX, _LETTERS_PX))
        self._letters_font.setBold(True)
        words_px = max(
            QFontMetrics(self._name_font).horizontalAdvance(self._name),
            QFontMetrics(self._size_font).horizontalAdvance(size_text(attachment)),
        )
        wanted_px = _PAD_PX + _SIGN_PX + _GAP_PX + words_px + 1 + 2 * _PAD_PX + _REMOVE_PX
        self._wanted_px = min(max(wanted_px, _WIDTH_MIN_PX), _WIDTH_MAX_PX)
        self._grain = 0
        self._image: QImage | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(spoken(attachment))
        self.setAccessibleDescription(
            "Enter shows it, Delete removes it" if attachment.is_picture else "Delete removes it"
        )
        self.setToolTip(plain_tip(self._tip()))
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if attachment.is_picture else arrow)
        self._remove = IconButton(look, "close", "Remove", _REMOVE_PX, 12, self)
        self._remove.setAccessibleName(f"Remove {self._name}")
        self._remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._remove.setCursor(hand)
        self._remove.clicked.connect(self.remove_clicked)

    @property
    def is_waiting(self) -> bool:
        """Whether the thumbnail was asked for and has not come."""
        return self._grain > 0 and self._image is None

    def take_drawn(self) -> None:
        """Show the thumbnail if it has come meanwhile."""
        self._image = thumbnail_of(self.attachment, _SIGN_PX * self._grain)
        if self._image is not None:
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._wanted_px, CHIP_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ROW_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._remove.move(self.width() - _PAD_PX - _REMOVE_PX, (self.height() - _REMOVE_PX) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_warm = self.attachment.is_picture and (self.underMouse() or self.isDown())
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.hover if is_warm else colors.sidebar))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        sign = QRectF(_PAD_PX, (self.height() - _SIGN_PX) / 2, _SIGN_PX, _SIGN_PX)
        if self.attachment.is_picture:
            self._paint_picture(painter, sign)
        else:
            self._paint_letters(painter, sign, sign_of(self.attachment))
        self._paint_words(painter, round(sign.right()) + _GAP_PX)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()), _RADIUS_PX, QColor(colors.accent))
        painter.end()

    def _tip(self) -> str:
        name, width = self._name, _TIP_CHARACTERS_MAX
        lines = [name[start : start + width] for start in range(0, len(name), width)]
        return "\n".join((*lines, size_text(self.attachment)))

    def _paint_picture(self, painter: QPainter, sign: QRectF) -> None:
        colors = self._look.colors
        grain = min(_GRAIN_MAX, math.ceil(self.devicePixelRatioF()))
        if grain != self._grain:
            self._grain, self._image = grain, None
            self.take_drawn()
            if self.is_waiting:
                self.waits.emit()
        outline = QPainterPath()
        outline.addRoundedRect(sign, _SIGN_RADIUS_PX, _SIGN_RADIUS_PX)
        if self._image is not None and self._image.isNull():
            self._paint_letters(painter, sign, "?")
            return
        painter.fillPath(outline, QColor(colors.bubble))
        if self._image is not None:
            painter.save()
            painter.setClipPath(outline)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = QRectF(0, 0, self._image.width() / grain, self._image.height() / grain)
            shown.moveCenter(sign.center())
            painter.drawImage(shown, self._image)
            painter.restore()

    def _paint_letters(self, painter: QPainter, sign: QRectF, letters: str) -> None:
        colors = self._look.colors
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.page))
        painter.drawRoundedRect(sign.adjusted(0.5, 0.5, -0.5, -0.5), _SIGN_RADIUS_PX, _SIGN_RADIUS_PX)
        painter.setPen(QColor(colors.dim))
        painter.setFont(self._letters_font)
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, letters)

    def _paint_words(self, painter: QPainter, left: int) -> None:
        colors = self._look.colors
        room = self._remove.x() - _PAD_PX - left
        # At the left also where they are read from the right: beside their sign.
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        lines = ((self._name, self._name_font, colors.text), (size_text(self.attachment), self._size_font, colors.dim))
        height = (self.height() - 2 * _PAD_PX) // 2
        for number, (words, font, color) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(QColor(color))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(QRect(left, _PAD_PX + number * height, room, height), flags, shown)
