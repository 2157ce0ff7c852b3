"""The key dialog: the key card, with forgetting. Opened with `open()`."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

WIDTH_PX: Final = 480
FORGET: Final = "Forget key"
FORGET_SURELY: Final = "Really forget it?"
DEMO_WORDS: Final = (
    "The demonstration needs no key: a server inside this program answers. To talk to Claude, start the program "
    "without --demo; it asks for your key then."
)


class KeyDialog(QDialog):
    """Shows, replaces and forgets the key."""

    check_requested = Signal(str, bool)
    forget_requested = Signal()
    link_clicked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("API key")
        self.setMinimumWidth(WIDTH_PX)
        self.card = KeyCard(look, is_first_run=False, parent=self)
        self._forget = QPushButton(FORGET, self)
        self._close = QPushButton("Close", self)
        set_role(self._forget, "danger")
        foot = QHBoxLayout()
        foot.addWidget(self._forget)
        foot.addStretch(1)
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self.card)
        column.addStretch(1)
        column.addLayout(foot)
        for button in (self._forget, self._close):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.card.check_requested.connect(self.check_requested)
        self.card.link_clicked.connect(self.link_clicked)
        self._forget.clicked.connect(self._ask_twice)
        self._close.clicked.connect(self.close)
        self.show_state(KeyState())

    def show_state(self, state: KeyState) -> None:
        """Show which key is in use; only one that is kept here can be forgotten."""
        self.card.show_state(state)
        self._forget.setVisible(state.source in (KeySource.KEYRING, KeySource.SESSION))
        self._forget.setText(FORGET)

    def show_check(self, check: KeyCheck) -> None:
        """Tell how the check went."""
        self.card.show_check(check)

    def open(self) -> None:
        """Show the dialog over its window, the caret in the field."""
        self._forget.setText(FORGET)
        super().open()
        self.card.focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.card.wipe()

    def _ask_twice(self) -> None:
        # A forgotten key cannot be brought back, so the first press only asks.
        if self._forget.text() == FORGET:
            self._forget.setText(FORGET_SURELY)
            return
        self._forget.setText(FORGET)
        self.forget_requested.emit()


class DemoKeyDialog(QDialog):
    """What stands in its place in the demonstration: no key can be typed that would only be refused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("API key")
        self.setMinimumWidth(WIDTH_PX)
        close = QPushButton("Close", self)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(plain_label("No key is needed here", "title", self))
        column.addWidget(plain_label(DEMO_WORDS, parent=self))
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
