"""The editor of an earlier question: the composer's field and files in a card, above the page where it stood."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.messages import Draft
from desktop_chat.core.settings import SendKey
from desktop_chat.ui.composer_files import ComposerFiles
from desktop_chat.ui.composer_text import HEIGHT_MAX_PX, ComposerText
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.send_button import SIDE_PX, SendButton
from desktop_chat.ui.theme import Look

RADIUS_PX: Final = 14
_MARGINS_PX: Final = (14, 12, 10, 8)
_SPACING_PX: Final = 6
CARD_ROWS_PX: Final = _MARGINS_PX[1] + _SPACING_PX + SIDE_PX + _MARGINS_PX[3]
"""What of the height is neither text nor files."""

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
        elif self._leaves_undo_to_others and event.matches(QKeySequence.StandardKey.Undo):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.ensureCursorVisible()
        self.fitted.emit()


class EditBox(QWidget):
    """Holds text and files of one question while it is edited; Esc puts the old ones back, Ctrl+Z the new text.

    A file that is taken out comes back with Ctrl+Z, too.
    """

    send_requested = Signal(str, object)
    """Message id and Draft."""
    left = Signal(str)
    """Message id: the reader wants the old question back."""
    height_changed = Signal()
    edited = Signal(str)
    """Message id: something was typed, or taken out."""
    walked_past = Signal(Qt.FocusReason)
    """Tab goes on to the page."""

    def __init__(self, look: Look, message_id: str, original: Draft, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.message_id = message_id
        self._original = original
        self._text = EditText(self)
        self._files = ComposerFiles(look, self._text, self)
        self._removed: list[tuple[Attachment, int]] = []
        """What was taken out, and its place; the last one comes back first."""
        self._height_max_px = HEIGHT_MAX_PX + CARD_ROWS_PX
        self._files_px = 0
        self._hint = ElidedLabel(HINT, self)
        self._cancel = QPushButton("Cancel", self)
        self._button = SendButton(look, self)
        self.height_px = 0
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusProxy(self._text)
        self._text.setAccessibleName("Edit the question")
        self._arrange()
        self._connect()
        self._text.start_with(original.text)
        self._files.show(original.attachments)
        self.to_end()
        self._follow_height()

    def _arrange(self) -> None:
        self._hint.setProperty("role", "tiny")
        self._cancel.setProperty("role", "quiet")
        self._cancel.setToolTip("Put the old question back (Esc)")
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
        self._files.changed.connect(self._note_change)
        self._files.removed.connect(self._note_removed)
        self._files.left.connect(self.focus)
        self._files.height_changed.connect(self._share_height)
        self._button.send_clicked.connect(self._send)
        self._cancel.clicked.connect(self._leave)

    def draft(self) -> Draft:
        """What stands in it now."""
        return Draft(self._text.text(), self._text.textCursor().position(), self._files.attachments)

    @property
    def is_changed(self) -> bool:
        """Whether something else stands in it than the question."""
        return (self._text.text(), self._files.attachments) != (self._original.text, self._original.attachments)

    def set_draft(self, draft: Draft) -> None:
        """Put another text in, which Ctrl+Z takes back, and other ones of the question's files."""
        if draft.text != self._text.text():
            self._text.replace_all(draft.text)
        self._removed.clear()
        self._text.yields_undo = False
        self._files.show(draft.attachments)
        self._show_sending()

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
        self._height_max_px = px
        self._share_height()

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
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own_undo(event):
            # A notice may offer to undo something else.
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        # From control to control: the page would walk over its own targets, and the keyboard stay here.
        stops = [stop for stop in (self._text, self._files.stop, self._cancel, self._button) if _is_stop(stop)]
        here = next((place for place, stop in enumerate(stops) if stop is not None and stop.hasFocus()), None)
        if here is None:
            return super().focusNextPrevChild(is_next)
        reason = Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason
        there = here + (1 if is_next else -1)
        stop = stops[there] if 0 <= there < len(stops) else None
        if stop is not None:
            stop.setFocus(reason)
        else:
            self.walked_past.emit(reason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self._leave()
        elif self._is_own_undo(event):
            self._files.bring_back(*self._removed.pop())
            self._text.yields_undo = bool(self._removed)
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
        if self._has_something:
            self.send_requested.emit(self.message_id, self.draft())

    def _leave(self) -> None:
        # Not forgotten: Ctrl+Z in the next edit brings the text back.
        self.set_draft(self._original)
        self.left.emit(self.message_id)

    @property
    def _has_something(self) -> bool:
        return bool(self._files.attachments) or not self._text.is_blank()

    def _is_own_undo(self, event: QKeyEvent) -> bool:
        """Whether a file comes back; what the text has to undo never comes here."""
        return bool(self._removed) and event.matches(QKeySequence.StandardKey.Undo)

    def _note_removed(self, attachment: Attachment, place: int) -> None:
        self._removed.append((attachment, place))
        self._text.yields_undo = True

    def _note_change(self) -> None:
        self._show_sending()
        self._hint.set_text(HINT)
        self.edited.emit(self.message_id)

    def _show_sending(self) -> None:
        if self._button.hasFocus() and not self._has_something:
            # A button that goes grey would pass the focus on to a stranger.
            self.focus()
        self._button.set_state(is_busy=False, may_send=self._has_something)

    def _show_focus(self, _has_focus: bool) -> None:
        self.update()

    def _share_height(self) -> None:
        """Give the files what they need, within limits, and the text the rest."""
        room_px = self._height_max_px - CARD_ROWS_PX
        text_px = self._files.take_height(room_px, _SPACING_PX)
        self._files_px = room_px - text_px
        self._text.set_height_max_px(text_px)
        self._follow_height()

    def _follow_height(self) -> None:
        height_px = self._text.minimumHeight() + self._files_px + CARD_ROWS_PX
        if height_px != self.height_px:
            self.height_px = height_px
            self.height_changed.emit()


def _is_stop(control: QWidget | None) -> bool:
    """Whether Tab comes to it."""
    return control is not None and control.isVisible() and control.isEnabled()
