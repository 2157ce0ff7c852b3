"""The composer: a card with the question in the making, its files, the chips below them, and the send button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.messages import Draft
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import SendKey, ThinkingMode
from desktop_chat.ui.chips import AttachChip, ModelChip, ThinkingChip
from desktop_chat.ui.composer_files import ComposerFiles
from desktop_chat.ui.composer_text import HEIGHT_MAX_PX, ComposerText
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.theme import Look

DRAFT_MS: Final = 300
"""So long after the last key the draft is handed on."""

DRAFT_MS_MAX: Final = 3_000
"""And so often while somebody types on and on."""

RADIUS_PX: Final = 16
SHADOW_PX: Final = 6
"""Room below the card for its shadow."""

CARD_ROWS_PX: Final = 66
"""What of the card's height is neither text nor files: margins, gap and the row of chips."""

GAP_PX: Final = 8

NARROW_BELOW_PX: Final = 400
"""Below this width the chips have no room for all their words."""


class Composer(QWidget):
    """Takes a question; never disabled, never loses a text."""

    send_requested = Signal(object)
    send_now_requested = Signal(object)
    """Draft: before all else, also when it is empty."""
    stop_requested = Signal()
    draft_changed = Signal(object)
    """Draft, a moment after the last change."""
    changed = Signal()
    """Text or files are not what they were."""
    model_chosen = Signal(str)
    thinking_chosen = Signal(str)
    recent_requested = Signal()
    """The reader reaches for what was written before, with nothing typed."""
    attach_requested = Signal()
    """The reader wants to choose files."""
    refused = Signal(object)
    """NotAttachable: files were not added."""
    files_pasted = Signal(object)
    """BroughtFiles or BroughtPicture, to be read and added."""
    attachment_removed = Signal(object, int)
    """Attachment that the reader took out, and its place."""
    edit_last_requested = Signal()
    """The reader reaches for the last question, with nothing typed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_busy = False
        self._send_key = ""
        self._told = Draft()
        self._text = ComposerText(self)
        self._files = ComposerFiles(look, self._text, self)
        self._has_new_files = False
        """Whether the next draft is not put off by what is typed meanwhile."""
        self._are_files_coming = False
        self._height_max_px = HEIGHT_MAX_PX + CARD_ROWS_PX + SHADOW_PX
        self._attach_chip = AttachChip(self)
        self._model_chip = ModelChip(self)
        self._thinking_chip = ThinkingChip(self)
        self._hint = ElidedLabel("", self)
        self._button = SendButton(look, self)
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_MS)
        self._since_change = QElapsedTimer()
        """Runs from the first change that was not handed on."""
        self._arrange()
        self._connect()
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusProxy(self._text)
        self._text.setAccessibleName("Message")
        self.set_placeholder("Reply to Claude…")
        self.set_send_key(SendKey.ENTER)

    def draft(self) -> Draft:
        """What stands in the composer now."""
        return Draft(self._text.text(), self._text.textCursor().position(), self.attachments)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that go out with the text, as they are shown."""
        return self._files.attachments

    def set_draft(self, draft: Draft) -> None:
        """Put a text with its files in, the caret where it was; Undo does not reach behind it."""
        self._text.start_with(draft.text)
        cursor = self._text.textCursor()
        cursor.setPosition(min(draft.caret, self._text.document().characterCount() - 1))
        self._text.setTextCursor(cursor)
        self._files.show(draft.attachments)
        self._rest()

    def clear_sent(self) -> None:
        """Empty the composer after its text and files have been taken over; Ctrl+Z brings the text back."""
        self._text.replace_all("")
        self._files.show(())
        self._rest()

    def take_in(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Put in what was written before; what stands there stays, and Ctrl+Z takes the text out again."""
        if self._text.is_blank():
            self.replace_with(text, attachments)
            return
        if text:
            cursor = self._text.textCursor()
            cursor.clearSelection()
            self._text.setTextCursor(cursor)
            is_in_line = bool(cursor.block().text()[: cursor.positionInBlock()].strip())
            self._text.insert(("\n\n" if is_in_line else "") + text)
        self.add_attachments(attachments)

    def replace_with(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Put a text in the place of what stands there, which is handed on first, and comes back with Ctrl+Z.

        Files are added to those that are there.
        """
        self.flush_draft()
        self._text.replace_all(text)
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self.add_attachments(attachments)

    def add_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        """Add files at the end; those that are there already are left out.

        Where they are too many or too large together, none is added, and `refused` says so.
        """
        self._files.add(attachments)

    def set_files_coming(self, are_coming: bool) -> None:
        """Let a question be sent for files that are still on their way."""
        if are_coming != self._are_files_coming:
            self._are_files_coming = are_coming
            self._update_button()

    def bring_back(self, attachment: Attachment, place: int) -> None:
        """Undo `remove_attachment`."""
        self._files.bring_back(attachment, place)

    def remove_attachment(self, attachment_id: str) -> None:
        """Take a file out for the reader; `attachment_removed` tells, so that it can be taken back."""
        self._files.remove(attachment_id)

    def insert_text(self, text: str) -> None:
        """Type for the reader at the caret, in place of what is selected."""
        self._text.insert(text)

    def flush_draft(self) -> None:
        """Hand the draft on now, before the window or the tab goes away."""
        self._draft_timer.stop()
        self._since_change.invalidate()
        self._has_new_files = False
        draft = self.draft()
        if draft != self._told:
            self._told = draft
            self.draft_changed.emit(draft)

    def set_busy(self, is_busy: bool) -> None:
        """Make the button stop a reply, or send; typing goes on either way."""
        self._is_busy = is_busy
        self._update_button()

    def set_models(self, models: tuple[ModelInfo, ...], current_id: str) -> None:
        """Offer these models; one that is current but unknown is offered by its id."""
        self._model_chip.set_models(models, current_id)

    def set_thinking(self, mode: ThinkingMode, is_available: bool) -> None:
        """Show whether the model is asked to think, and whether it can."""
        self._thinking_chip.set_mode(mode, is_available)

    def set_send_key(self, key: SendKey) -> None:
        """Choose which key sends; the tooltip tells it."""
        self._text.send_key = key
        self._send_key = "Enter" if key is SendKey.ENTER else "Ctrl+Enter"
        self._button.set_send_key(self._send_key)
        self._update_button()

    def set_zoom(self, zoom_percent: int) -> None:
        """Show the text as large as the conversation above it."""
        self._text.set_zoom(zoom_percent)

    def set_placeholder(self, text: str) -> None:
        """Show a line while the composer is empty."""
        self._text.setPlaceholderText(text)

    def set_max_height_px(self, px: int) -> None:
        """Let the whole card grow to this height; longer texts scroll, and so do many files."""
        self._height_max_px = px
        self._share_height()

    def focus(self) -> None:
        """Take the keyboard, caret as it was."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_model_menu(self) -> None:
        """Open the list of models, as a click on its chip does."""
        self._model_chip.open_menu()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # The whole card is the field.
        self.focus()
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._attach_chip.set_short(self.width() < NARROW_BELOW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._look.colors
        card = QRectF(self.rect()).adjusted(0, 0, 0, -SHADOW_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(SHADOW_PX):
            painter.setBrush(QColor(0, 0, 0, 3))
            painter.drawRoundedRect(card.adjusted(step, step, -step, SHADOW_PX - step), RADIUS_PX, RADIUS_PX)
        # A thin line: the composer has the keyboard nearly always, and the caret says so too.
        painter.setPen(QPen(QColor(colors.ring if self._text.hasFocus() else colors.line), 1))
        painter.setBrush(QColor(colors.page))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX - 0.5, RADIUS_PX - 0.5)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GAP_PX)
        row.addWidget(self._attach_chip)
        row.addWidget(self._model_chip)
        row.addWidget(self._thinking_chip)
        row.addWidget(self._hint, 1)
        row.addWidget(self._button)
        self._hint.setProperty("role", "tiny")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 8 + SHADOW_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self._text)
        column.addLayout(row)

    def _connect(self) -> None:
        self._text.textChanged.connect(self._note_change)
        self._text.cursorPositionChanged.connect(self._hand_on_soon)
        self._text.return_pressed.connect(self._send)
        self._text.return_now_pressed.connect(self._send_now)
        self._text.up_pressed.connect(self.edit_last_requested)
        self._text.recent_pressed.connect(self.recent_requested)
        self._text.files_pasted.connect(self.files_pasted)
        self._text.takes_files = True
        # It is as it was typed to the last letter, should it be thrown away.
        self._text.all_selected.connect(self.flush_draft)
        self._text.focus_left.connect(self.flush_draft)
        self._text.focus_changed.connect(self._show_focus)
        self._button.send_clicked.connect(self._send)
        self._button.stop_clicked.connect(self.stop_requested)
        self._files.changed.connect(self._note_files)
        self._files.removed.connect(self._tell_removed)
        self._files.refused.connect(self.refused)
        self._files.left.connect(self.focus)
        self._files.height_changed.connect(self._share_height)
        self._attach_chip.clicked.connect(self.attach_requested)
        self._model_chip.chosen.connect(self.model_chosen)
        self._thinking_chip.chosen.connect(self.thinking_chosen)
        self._draft_timer.timeout.connect(self.flush_draft)

    def _show_focus(self) -> None:
        self.update()

    def _tell_removed(self, attachment: Attachment, place: int) -> None:
        self._text.yields_undo = True
        self.attachment_removed.emit(attachment, place)

    def _note_change(self) -> None:
        self._hand_on_soon()
        self._update_button()
        self.changed.emit()

    def _note_files(self) -> None:
        self._draft_timer.start()
        self._has_new_files = True
        self._update_button()
        self.changed.emit()

    def _hand_on_soon(self) -> None:
        if self._has_new_files:
            return
        if not self._since_change.isValid():
            self._since_change.start()
        if self._since_change.elapsed() < DRAFT_MS_MAX - DRAFT_MS or not self._draft_timer.isActive():
            self._draft_timer.start()

    def _rest(self) -> None:
        """Take the text as known: its owner put it there."""
        self._told = self.draft()
        self._draft_timer.stop()
        self._since_change.invalidate()
        self._has_new_files = False
        self._update_button()

    def _share_height(self) -> None:
        """Give the files what they need, within limits, and the text the rest."""
        room_px = self._height_max_px - CARD_ROWS_PX - SHADOW_PX
        self._text.set_height_max_px(self._files.take_height(room_px, GAP_PX))

    def _send(self) -> None:
        if self._has_something and self._files.go_together():
            self.send_requested.emit(self.draft())

    def _send_now(self) -> None:
        if self._files.go_together():
            self.send_now_requested.emit(self.draft())

    @property
    def _has_something(self) -> bool:
        return self._are_files_coming or bool(self.attachments) or not self._text.is_blank()

    def _update_button(self) -> None:
        may_send = self._has_something
        if self._button.hasFocus() and not self._is_busy and not may_send:
            # A button that goes grey would pass the focus on to a stranger.
            self.focus()
        self._button.set_state(is_busy=self._is_busy, may_send=may_send)
        # The button goes on to stop the reply: what the key does instead is said beside it.
        self._hint.set_text(f"{self._send_key} queues it" if self._is_busy and may_send else "")
