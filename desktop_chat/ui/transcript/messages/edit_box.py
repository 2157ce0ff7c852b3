"""The editor of an earlier question: the composer's text field in a card, above the page where the question stood."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.messages import Draft
from desktop_chat.core.settings import SendKey
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.send_button import SIDE_PX, SendButton
from desktop_chat.ui.theme import Look

RADIUS_PX: Final = 14
_MARGINS_PX: Final = (14, 12, 10, 8)
_SPACING_PX: Final = 6
CARD_ROWS_PX: Final = _MARGINS_PX[1] + _SPACING_PX + SIDE_PX + _MARGINS_PX[3]
"""What of the height is not text."""

HINT: Final = "The old question is kept"


class EditText(ComposerText):
    """The text field of the composer; Esc leaves it."""

    escaped = Signal()
    fitted = Signal()
    """It may have another height now."""

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            event.accept()
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.ensureCursorVisible()
        self.fitted.emit()


class EditBox(QWidget):
    """Holds the text of one question while it is edited; Esc puts the old text back, Ctrl+Z the new one."""

    send_requested = Signal(str, object)
    """Message id and Draft."""
    left = Signal(str)
    """Message id: the reader wants the old text back."""
    height_changed = Signal()
    edited = Signal(str)
    """Message id: something was typed."""

    def __init__(self, look: Look, message_id: str, original: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.message_id = message_id
        self._original = original
        self._text = EditText(self)
        self._hint = ElidedLabel(HINT, self)
        self._cancel = QPushButton("Cancel", self)
        self._button = SendButton(look, self)
        self.height_px = 0
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusProxy(self._text)
        self._text.setAccessibleName("Edit the question")
        self._arrange()
        self._connect()
        self._text.start_with(original)
        self.to_end()
        self._follow_height()

    def _arrange(self) -> None:
        self._hint.setProperty("role", "tiny")
        self._cancel.setProperty("role", "quiet")
        self._cancel.setToolTip("Put the old text back (Esc)")
        self._cancel.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._hint, 1)
        row.addWidget(self._cancel)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS_PX)
        column.setSpacing(_SPACING_PX)
        column.addWidget(self._text)
        column.addLayout(row)

    def _connect(self) -> None:
        self._text.return_pressed.connect(self._send)
        self._text.return_now_pressed.connect(self._send)
        self._text.escaped.connect(self._leave)
        self._text.textChanged.connect(self._note_change)
        self._text.fitted.connect(self._follow_height)
        self._text.document().documentLayout().documentSizeChanged.connect(self._follow_height)
        self._text.focus_changed.connect(self._show_focus)
        self._button.send_clicked.connect(self._send)
        self._cancel.clicked.connect(self._leave)

    def draft(self) -> Draft:
        """What stands in it now."""
        return Draft(self._text.text(), self._text.textCursor().position())

    @property
    def is_changed(self) -> bool:
        """Whether something else stands in it than the question."""
        return self._text.text() != self._original

    def set_text(self, text: str) -> None:
        """Put another text in; Ctrl+Z brings the former one back."""
        if text != self._text.text():
            self._text.replace_all(text)

    def to_end(self) -> None:
        """Put the caret behind the last word."""
        cursor = self._text.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self._text.setTextCursor(cursor)
        self._text.ensureCursorVisible()

    def set_send_key(self, key: SendKey) -> None:
        """Choose which key sends."""
        self._text.send_key = key
        self._button.set_send_key("Enter" if key is SendKey.ENTER else "Ctrl+Enter")

    def set_max_height_px(self, px: int) -> None:
        """Let the whole card grow to this height; longer texts scroll."""
        self._text.set_height_max_px(px - CARD_ROWS_PX)
        self._follow_height()

    def set_zoom(self, zoom_percent: int) -> None:
        """Show the text as large as the conversation around it."""
        self._text.set_zoom(zoom_percent)

    def say(self, hint: str) -> None:
        """Say why it was not sent, until the next key."""
        self._hint.set_text(hint)

    def focus(self) -> None:
        """Take the keyboard."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def has_keyboard(self) -> bool:
        """Whether what is typed goes into it."""
        return self._text.hasFocus() or self._cancel.hasFocus() or self._button.hasFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self._leave()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._look.colors
        painter.fillRect(self.rect(), QColor(colors.page))
        painter.setPen(QPen(QColor(colors.accent if self._text.hasFocus() else colors.line), 1))
        painter.setBrush(QColor(colors.page))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)

    def _send(self) -> None:
        if not self._text.is_blank():
            self.send_requested.emit(self.message_id, self.draft())

    def _leave(self) -> None:
        # Not forgotten: Ctrl+Z in the next edit brings it back.
        self.set_text(self._original)
        self.left.emit(self.message_id)

    def _note_change(self) -> None:
        self._button.set_state(is_busy=False, may_send=not self._text.is_blank())
        self._hint.set_text(HINT)
        self.edited.emit(self.message_id)

    def _show_focus(self, _has_focus: bool) -> None:
        self.update()

    def _follow_height(self) -> None:
        height_px = self._text.minimumHeight() + CARD_ROWS_PX
        if height_px != self.height_px:
            self.height_px = height_px
            self.height_changed.emit()
