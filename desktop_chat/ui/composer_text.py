"""The text field of the composer: grows with its text, takes plain text only, and knows which key sends."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desktop_chat.core.settings import SendKey
from desktop_chat.ui.brought import brings_any, brought
from desktop_chat.ui.fonts import TEXT_PX, ui_font
from desktop_chat.ui.roles import show_ground

COMMIT_MS: Final = 100
"""A Return that follows the end of an input method's composition this fast is the key that ended it."""

PASTED: Final = "Pasted picture"
HEIGHT_MAX_PX: Final = 320
AIR_PX: Final = 3
"""Room above the first and below the last line."""

UNBROKEN_MAX: Final = 1_000
"""Longer runs without a place to break are wrapped anywhere.

MEASURED: of a run of 1 MB Qt looks for the end anew at every line, 103 s, against 2 s; 2026-11-23.
"""

_RUN: Final = re.compile("[^\\s\u2e80-\U0003ffff]+")
"""Characters between two places to break: blanks, and the scripts that may break anywhere."""

BY_WORDS: Final = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_RETURNS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PAGES: Final = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_PARAGRAPH: Final = "\u2029"


class ComposerText(QPlainTextEdit):
    """Plain text with undo; Return is a wish to send, a new line, or belongs to the input method."""

    return_pressed = Signal()
    """The key that sends, as set."""
    return_now_pressed = Signal()
    """The key that sends before all else."""
    up_pressed = Signal()
    """The key up, while there is no text to move in."""
    recent_pressed = Signal()
    """The same with Ctrl."""
    all_selected = Signal()
    """Whatever is done next may replace the whole text."""
    files_pasted = Signal(object)
    """BroughtFiles or BroughtPicture, where `takes_files` says that somebody wants them."""
    focus_left = Signal()
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.send_key = SendKey.ENTER
        self.takes_files = False
        self.yields_undo = False
        """Whether something else was done after the last change of the text, which comes first."""
        self._height_max_px = HEIGHT_MAX_PX
        self._is_one_page = True
        self._is_composing = False
        self._since_commit = QElapsedTimer()
        self.setObjectName("composerText")
        show_ground(self)
        self.setFont(ui_font(TEXT_PX))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(BY_WORDS)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(0, AIR_PX, 0, AIR_PX)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.selectionChanged.connect(self._note_selection)
        self.textChanged.connect(self._take_undo)
        self._fit()

    def text(self) -> str:
        """The text as it was typed; `toPlainText` would turn no-break spaces into plain ones."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n")

    def is_blank(self) -> bool:
        """Whether there is nothing but white space; does not read a long text to its end."""
        block = self.document().firstBlock()
        while block.isValid():
            if block.text().strip():
                return False
            block = block.next()
        return True

    def replace_all(self, text: str) -> None:
        """Put another text in place; Ctrl+Z brings the former one back."""
        if self.wordWrapMode() is not BY_WORDS:
            # Undo would lay a huge run out by words.
            self.start_with(text)
            return
        self._prepare_for(text)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def start_with(self, text: str) -> None:
        """Put a text in that Undo does not reach behind."""
        self.clear()
        self.setWordWrapMode(BY_WORDS)
        self._prepare_for(text)
        self.setPlainText(text)

    def paste_text(self) -> None:
        """Put in the clipboard's text, whatever else is there."""
        data = QGuiApplication.clipboard().mimeData()
        if data.hasText():
            self.insert(data.text())

    def insert(self, text: str) -> None:
        """Put a text in at the caret, in place of what is selected."""
        self._prepare_for(text)
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def set_zoom(self, zoom_percent: int) -> None:
        """Show the text larger or smaller."""
        font = ui_font(max(1, round(TEXT_PX * zoom_percent / 100)))
        self.setFont(font)
        # The line in the empty field is painted with this one.
        self.viewport().setFont(font)
        self._fit()

    def set_height_max_px(self, height_px: int) -> None:
        """Grow up to this height, then scroll; the last line to be seen is a whole one."""
        line_px = self.fontMetrics().lineSpacing()
        line_count = max(1, (height_px - 2 * AIR_PX) // line_px)
        self._height_max_px = line_count * line_px + 2 * AIR_PX
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.height())

    def event(self, event: QEvent) -> bool:
        key = event if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) else None
        if key is not None and key.matches(QKeySequence.StandardKey.Undo) and self._leaves_undo_to_others:
            key.ignore()
            return True
        return super().event(event)

    @property
    def _leaves_undo_to_others(self) -> bool:
        """Whether what was done elsewhere comes first; with nothing to take back there, Undo works here all the same.

        An empty text has been sent, mostly: what came after that is meant.
        """
        return self.yields_undo or self.document().isEmpty() or not self.document().isUndoAvailable()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.MoveToEndOfDocument) and self.textCursor().atEnd():
            # Nothing left to do here: the conversation above has an end, too.
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Up and not event.modifiers() and self.document().isEmpty():
            self.up_pressed.emit()
            return
        if _is_recent_key(event) and self.document().isEmpty():
            self.recent_pressed.emit()
            return
        if event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection():
            # What is selected above is meant.
            event.ignore()
            return
        if event.key() in _PAGES and not event.modifiers() and self._is_one_page:
            # There is but one page here; the conversation above has more.
            event.ignore()
            return
        if is_paste_text(event):
            self.paste_text()
            return
        if event.key() not in _RETURNS:
            self._since_commit.invalidate()
            super().keyPressEvent(event)
            return
        event.accept()
        if self._is_composing or self._has_just_committed():
            return
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_send_key = self.send_key is SendKey.ENTER and held == Qt.KeyboardModifier.NoModifier
        is_now_key = held == Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if held == Qt.KeyboardModifier.ControlModifier or is_send_key or is_now_key:
            if not event.isAutoRepeat():
                (self.return_now_pressed if is_now_key else self.return_pressed).emit()
            return
        # Qt's own Shift+Return inserts a line separator, which is not the end of a line elsewhere.
        self.textCursor().insertBlock()
        self.ensureCursorVisible()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._since_commit.invalidate()
        super().keyReleaseEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        was_composing, self._is_composing = self._is_composing, bool(event.preeditString())
        if was_composing and not self._is_composing:
            self._since_commit.start()
        super().inputMethodEvent(event)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_composing = False
        self.focus_changed.emit(False)
        # A menu opened over the text is no leave-taking.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.focus_left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Files are for the window, wherever they are let go.
        if brings_any(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if brings_any(event.mimeData()):
            event.ignore()
        else:
            super().dragMoveEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or (self.takes_files and brings_any(source))

    def insertFromMimeData(self, source: QMimeData) -> None:
        found = brought(source, PASTED) if self.takes_files else None
        if found is not None:
            self.files_pasted.emit(found)
        elif source.hasText():
            self.insert(source.text())

    def _take_undo(self) -> None:
        self.yields_undo = False

    def _note_selection(self) -> None:
        cursor = self.textCursor()
        selected = cursor.selectionEnd() - cursor.selectionStart()
        if selected and selected == self.document().characterCount() - 1:
            self.all_selected.emit()

    def _prepare_for(self, text: str) -> None:
        if any(len(run[0]) > UNBROKEN_MAX for run in _RUN.finditer(text)):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    def _has_just_committed(self) -> bool:
        return self._since_commit.isValid() and self._since_commit.elapsed() < COMMIT_MS

    def _fit(self) -> None:
        """Be as high as the text, up to the limit; only beyond it there is a scroll bar."""
        wanted = self._text_height_px() + 2 * AIR_PX
        height = min(wanted, self._height_max_px)
        is_scrolling = wanted > self._height_max_px
        self._is_one_page = not is_scrolling
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_scrolling else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if self.height() != height:
            self.setFixedHeight(height)
        if not is_scrolling:
            self.verticalScrollBar().setValue(0)

    def _text_height_px(self) -> int:
        """The height of all lines, or anything above the limit: a long text is not measured to its end."""
        height = 0.0
        block = self.document().firstBlock()
        while block.isValid() and height <= self._height_max_px:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return max(round(height), self.fontMetrics().lineSpacing())


def _is_recent_key(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.key() == Qt.Key.Key_Up and held == Qt.KeyboardModifier.ControlModifier


def is_paste_text(event: QKeyEvent) -> bool:
    """Whether a key asks for the clipboard's text, whatever else is there."""
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_V and event.modifiers() == held
