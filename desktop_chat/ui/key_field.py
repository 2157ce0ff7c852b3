"""The masked field a key is pasted into, with an eye to look at it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop_chat.core.api_key import ApiKey
from desktop_chat.ui.icons import icon
from desktop_chat.ui.theme import Look

EYE_PX: Final = 32
KEY_CHARACTERS_MAX: Final = 1_000
"""Ten times the longest key known; a whole file pasted by mistake is cut."""


class KeyField(QWidget):
    """Shows dots; the eye shows the key until it is pressed again or the field goes out of sight."""

    confirmed = Signal()
    """Enter was pressed."""
    edited = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._line = QLineEdit(self)
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaxLength(KEY_CHARACTERS_MAX)
        self._line.setValidator(_BlanksDropped(self))
        self._line.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._line.setAccessibleName("API key")
        self._line.returnPressed.connect(self.confirmed)
        self._line.textEdited.connect(lambda _text: self.edited.emit())
        self._eye = QToolButton(self)
        self._eye.setCheckable(True)
        self._eye.setFixedSize(EYE_PX, EYE_PX)
        self._eye.setIconSize(QSize(18, 18))
        self._eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._eye.toggled.connect(self._show_plainly)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._line, 1)
        row.addWidget(self._eye)
        self.setFocusProxy(self._line)
        look.colors_changed.connect(self._draw_eye)
        self._draw_eye()

    def typed(self) -> str:
        """What was typed; it stays in the field and nowhere else."""
        return self._line.text()

    def is_empty(self) -> bool:
        """Whether there is nothing to check."""
        return ApiKey.from_typed(self._line.text()) is None

    def wipe(self) -> None:
        """Forget what was typed, for Undo as well."""
        # clear() could be undone; setText() drops the history.
        self._line.setText("")
        self._eye.setChecked(False)

    def set_placeholder(self, text: str) -> None:
        """Show a line while the field is empty."""
        self._line.setPlaceholderText(text)

    def set_wrong(self, is_wrong: bool) -> None:
        """Mark the field."""
        self._line.setProperty("is_wrong", is_wrong)
        self._line.style().polish(self._line)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._eye.setChecked(False)

    def _show_plainly(self, is_plain: bool) -> None:
        self._line.setEchoMode(QLineEdit.EchoMode.Normal if is_plain else QLineEdit.EchoMode.Password)
        self._draw_eye()

    def _draw_eye(self) -> None:
        is_plain = self._eye.isChecked()
        words = "Hide the key" if is_plain else "Show the key"
        self._eye.setIcon(icon("eye-off" if is_plain else "eye", self._look.colors.dim, 18))
        self._eye.setToolTip(words)
        self._eye.setAccessibleName(words)


class _BlanksDropped(QValidator):
    """Drops blanks and line ends around the key as it is pasted: they come with the copy."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        trimmed = text.strip()
        return QValidator.State.Acceptable, trimmed, min(position, len(trimmed))
