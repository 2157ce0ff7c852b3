"""One part of the status line: a line of small text, for the context with a bar, that opens its breakdown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_chat.ui.fonts import figures_font
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.status_words import Tone, Words
from desktop_chat.ui.theme import Look

BAR_WIDTH_PX: Final = 70
BAR_HEIGHT_PX: Final = 5
BAR_GAP_PX: Final = 6
BAR_NAME: Final = "Context"
PAD_PX: Final = 4
"""Room for the focus ring beside the words."""

RING_PX: Final = 2


class StatusPart(QAbstractButton):
    """Paints itself in the width it is given; `set_level` chooses how long its words are."""

    def __init__(self, look: Look, name: str, has_bar: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._has_bar = has_bar
        self._level = 0
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.words = Words()
        self.setFont(figures_font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)

    def show_words(self, words: Words) -> None:
        """Take new words; the length chosen before is kept."""
        if words == self.words:
            return
        self.words = words
        self._tell()

    def set_level(self, level: int) -> None:
        """Choose a variant: 0 is the longest."""
        if level != self._level:
            self._level = level
            self._tell()

    @property
    def level_max(self) -> int:
        """The number of the shortest variant."""
        return len(self.words.variants) - 1

    @property
    def shown_text(self) -> str:
        """The words as they are painted, unless they are cut at the end."""
        return self.words.variants[min(self._level, self.level_max)]

    def width_px(self, level: int) -> int:
        """The room one variant needs; 0 when there is nothing to say."""
        at = min(level, self.level_max)
        text = self.words.variants[at]
        if not text:
            return 0
        texts = (text, self.words.rooms[at]) if self.words.rooms else (text,)
        width = max(map(self._metrics().horizontalAdvance, texts)) + 1 + 2 * PAD_PX
        return width + self._bar_room_px() if self._has_bar and self.words.share is not None else width

    def sizeHint(self) -> QSize:
        return QSize(self.width_px(self._level), self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._look.colors
        tone = getattr(colors, self.words.tone.value)
        is_warm = self.underMouse() and self.words.tone is Tone.NEUTRAL
        painter.setPen(QColor(colors.text if is_warm else tone))
        left = PAD_PX
        if self._has_bar and self.words.share is not None:
            left = self._paint_bar(painter)
        room = self.rect().adjusted(left, 0, -PAD_PX, 0)
        text = self._metrics().elidedText(self.shown_text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.accent), RING_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 2, -1, -2), 5, 5)

    def _paint_bar(self, painter: QPainter) -> int:
        """Paint name and bar; give where the text begins."""
        colors = self._look.colors
        place = self.rect().adjusted(PAD_PX, 0, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, BAR_NAME)
        left = PAD_PX + self._metrics().horizontalAdvance(BAR_NAME) + BAR_GAP_PX
        trough = QRectF(left, (self.height() - BAR_HEIGHT_PX) / 2, BAR_WIDTH_PX, BAR_HEIGHT_PX)
        fill = QRectF(trough)
        share = self.words.share or 0.0
        fill.setWidth(max(BAR_HEIGHT_PX, BAR_WIDTH_PX * share) if share else 0)
        radius = BAR_HEIGHT_PX / 2
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.line))
        painter.drawRoundedRect(trough, radius, radius)
        is_calm = self.words.tone is Tone.NEUTRAL
        painter.setBrush(QColor(colors.good if is_calm else getattr(colors, self.words.tone.value)))
        painter.drawRoundedRect(fill, radius, radius)
        painter.setPen(pen)
        return PAD_PX + self._bar_room_px()

    def _bar_room_px(self) -> int:
        return self._metrics().horizontalAdvance(BAR_NAME) + BAR_GAP_PX + BAR_WIDTH_PX + BAR_GAP_PX

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self.font())

    def _tell(self) -> None:
        self.setToolTip(plain_tip(self.words.breakdown))
        self.setAccessibleName(f"{self._name}: {self.shown_text}" if self.shown_text else self._name)
        self.setAccessibleDescription(self.words.breakdown)
        self.update()
