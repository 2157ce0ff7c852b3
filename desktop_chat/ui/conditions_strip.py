"""The strip above a conversation whose line is made worse on purpose: nobody shall take that for the real network."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop_chat.core.conditions_text import text_of
from desktop_chat.core.network_conditions import NetworkConditions, name_of
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.icons import icon
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.tab_button import BAD_NETWORK_ICON
from desktop_chat.ui.theme import Look

HEIGHT_PX: Final = 36
_ICON_PX: Final = 16
_SIDE_PX: Final = 24


class ConditionsStrip(QFrame):
    """Names the conditions and offers to turn them off."""

    off_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        set_role(self, "conditions")
        self.setFixedHeight(HEIGHT_PX)
        self._sign = QLabel(self)
        self._words = ElidedLabel("", self)
        self._off = QPushButton("Turn off", self)
        set_role(self._off, "link")
        self._off.setAccessibleName("Turn the network conditions off")
        self._off.setAutoDefault(False)
        self._off.clicked.connect(self.off_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE_PX, 0, _SIDE_PX, 1)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self._off)
        look.colors_changed.connect(self._draw)
        self._draw()

    def show_conditions(self, conditions: NetworkConditions) -> None:
        """Say which ones hold; what they are in numbers stands in the tool tip."""
        words = f"Network conditions: {name_of(conditions)} — made worse on purpose"
        self._words.set_text(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(text_of(conditions))
        self.setToolTip(plain_tip(text_of(conditions).replace(",", ", ")))

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is on it."""
        return self._off.hasFocus()

    def _draw(self) -> None:
        colors = self._look.colors
        sign = icon(BAD_NETWORK_ICON, colors.warn, _ICON_PX)
        self._sign.setPixmap(sign.pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatioF()))
