"""The strip above the composer that says what became of files: being read, there already, or why they are not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop_chat.ui.announcement import announce
from desktop_chat.ui.icons import icon
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.tab_order import put_before
from desktop_chat.ui.theme import Look

_SIGN_PX: Final = 16


class AttachNote(QFrame):
    """Says one thing at a time, with one button; Esc gives the keyboard back to the composer."""

    left_out = Signal()
    """What is being read shall not be waited for."""
    dismissed = Signal()
    left = Signal()
    """The keyboard belongs to the composer again."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._is_refusal = False
        self._is_over = False
        """Whether the button does nothing but dismiss it."""
        set_role(self, "note")
        self._sign = QLabel(self)
        self._text = plain_label(parent=self)
        self._button = QPushButton(self)
        set_role(self._button, "row_link")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        look.colors_changed.connect(self._draw)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    @property
    def is_refusal(self) -> bool:
        """Whether it says that something is not attached."""
        return self._is_refusal

    def stand_before(self, follower: QWidget) -> None:
        """Have Tab come to the button ahead of another control."""
        put_before(follower, self, (self._button,))

    def show_reading(self, text: str, *, is_told: bool = True) -> None:
        """Say that something is being read, which can be left out; read aloud where it `is_told`."""
        self._say(text, label="Leave out", name="Do not wait for these files")
        if is_told:
            announce(self, self.text)

    def show_refusal(self, text: str) -> None:
        """Say why something is not attached."""
        self._say(text, is_refusal=True, is_over=True)
        announce(self, self.text)

    def show_known(self, text: str) -> None:
        """Say what is attached already."""
        self._say(text, is_over=True)
        announce(self, self.text)

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _say(
        self,
        text: str,
        *,
        is_refusal: bool = False,
        is_over: bool = False,
        label: str = "Dismiss",
        name: str = "Dismiss the notice",
    ) -> None:
        self._is_refusal = is_refusal
        self._is_over = is_over
        self._text.setText(text)
        self._button.setText(label)
        self._button.setAccessibleName(name)
        self.setAccessibleName(text)
        self.setProperty("is_error", is_refusal)
        self.style().polish(self)
        self._sign.setVisible(is_refusal)
        self._draw()

    def _press(self) -> None:
        (self.dismissed if self._is_over else self.left_out).emit()

    def _draw(self) -> None:
        sign = icon("warning", self._look.colors.warn, _SIGN_PX)
        self._sign.setPixmap(sign.pixmap(QSize(_SIGN_PX, _SIGN_PX), self.devicePixelRatioF()))
