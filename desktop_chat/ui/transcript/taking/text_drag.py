"""Dragging selected text out of the transcript."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QDrag, QFontMetricsF, QPainter, QPen, QPixmap

from desktop_chat.ui.transcript.parts.style import Role, Style, font_of
from desktop_chat.ui.transcript.taking.clip import Clip
from desktop_chat.ui.transcript.taking.clip_mime import ClipMime

_WIDTH_MAX_PX: Final = 260.0
_PADDING_PX: Final = (10.0, 6.0)
_HAND: Final = QPoint(-12, -8)
"""Where the picture hangs at the pointer."""

_SHOWN_CHARACTERS_MAX: Final = 120


def drag_out(clip: Clip, style: Style, source: QObject, ratio: float) -> None:
    """Let the reader carry a clip to another place; returns when it was dropped.

    Qt runs a loop of its own meanwhile. Called from an event of the mouse that is no harm: timers, the network and
    tasks go on in it. It must never be called by a task: no other task would run before the drop.
    """
    drag = QDrag(source)
    drag.setMimeData(ClipMime(clip))
    drag.setPixmap(_picture(clip, style, ratio))
    drag.setHotSpot(_HAND)
    drag.exec(Qt.DropAction.CopyAction)


def _picture(clip: Clip, style: Style, ratio: float) -> QPixmap:
    """The first words on a slip of paper."""
    words = " ".join(clip.beginning(_SHOWN_CHARACTERS_MAX).split())
    metrics = QFontMetricsF(font_of(Role.SMALL))
    text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, _WIDTH_MAX_PX)
    width = metrics.horizontalAdvance(text) + 2 * _PADDING_PX[0]
    height = metrics.height() + 2 * _PADDING_PX[1]
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.inks.line, 1))
    painter.setBrush(style.inks.page)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 7, 7)
    painter.setPen(style.inks.text)
    painter.setFont(font_of(Role.SMALL))
    painter.drawText(QRectF(_PADDING_PX[0], 0, width, height), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return picture
