"""The one button of the composer: sends, and stops while a reply is being written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_chat.ui.icons import icon
from desktop_chat.ui.theme import Look

SWAP_GUARD_MS: Final = 300
"""So long after a click the button keeps its meaning: a double click must not send and then stop."""

SIDE_PX: Final = 36
"""32 px of colour within 2 px of room for the focus ring on each side."""

RING_PX: Final = 2
ICON_PX: Final = 16


class SendButton(QToolButton):
    """Shows what a click does; what it does follows a change of state only once the guard is over."""

    send_clicked = Signal()
    stop_clicked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._send_key = "Enter"
        self._is_busy = False
        self._may_send = False
        self._is_stop = False
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.setInterval(SWAP_GUARD_MS)
        self._guard.timeout.connect(self._apply)
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._act)
        look.colors_changed.connect(self._apply)
        self._apply()

    @property
    def is_stop(self) -> bool:
        """Whether a click stops the reply."""
        return self._is_stop

    @property
    def is_settled(self) -> bool:
        """Whether a change of state shows at once: no click came just before."""
        return not self._guard.isActive()

    def set_state(self, is_busy: bool, may_send: bool) -> None:
        """Tell whether a reply is being written and whether there is something to send."""
        self._is_busy, self._may_send = is_busy, may_send
        self._apply()

    def set_send_key(self, name: str) -> None:
        """Name the key that sends, for the tooltip."""
        self._send_key = name
        self._apply()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._look.colors
        is_warm = self.isEnabled() and (self.underMouse() or self.isDown())
        fill = colors.accent_strong if is_warm else colors.accent
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill if self.isEnabled() else colors.selected))
        painter.drawEllipse(QRectF(self.rect()).adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.text), RING_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            half = RING_PX / 2
            painter.drawEllipse(QRectF(self.rect()).adjusted(half, half, -half, -half))
        place = QRect(0, 0, ICON_PX, ICON_PX)
        place.moveCenter(self.rect().center())
        self._icon().paint(painter, place)

    def _icon(self) -> QIcon:
        colors = self._look.colors
        color = colors.accent_ink if self.isEnabled() else colors.dim
        return icon("stop" if self._is_stop else "send", color, ICON_PX)

    def _act(self) -> None:
        if not self.is_settled:
            return
        self._guard.start()
        if self._is_stop:
            self.stop_clicked.emit()
        else:
            self.send_clicked.emit()

    def _apply(self) -> None:
        if not self.is_settled:
            return
        self._is_stop = self._is_busy
        self.setEnabled(self._is_busy or self._may_send)
        self.setAccessibleName("Stop" if self._is_stop else "Send")
        self.setToolTip("Stop (Esc)" if self._is_stop else f"Send ({self._send_key})")
        self.update()
