"""A text that came over the line: read-only, in a fixed pitch, to be searched, selected and copied; plain always."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QKeyEvent, QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_chat.ui.figures import counted
from desktop_chat.ui.fonts import MONO_FAMILIES, SMALL_PX
from desktop_chat.ui.inspector.shown_text import Shown
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.transcript.taking.taking import put_text

_FIND_CHARACTERS_MAX: Final = 200


class TextPane(QWidget):
    """A row with a find field above the text; `bar` has room for more at its left."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.field = _FindField(self)
        self.field.setAccessibleName(f"Find in {name.lower()}")
        self._count = plain_label(role="tiny", wraps=False)
        self._note = plain_label(role="dim")
        self._note.hide()
        self.copying = QPushButton("Copy")
        self.copying.setAccessibleName(f"Copy {name.lower()}")
        self.copying.clicked.connect(self._copy)
        self.text = _PlainText(self)
        self.text.setAccessibleName(name)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(6)
        self.bar.addWidget(self.field, 1)
        self.bar.addWidget(self._count)
        self.bar.addWidget(self.copying)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.bar)
        column.addWidget(self._note)
        column.addWidget(self.text, 1)
        self.field.textChanged.connect(lambda _text: self._search())
        self.set_zoom(100)

    def show_text(self, shown: Shown, whole: str) -> None:
        """Show a text; `whole` is what Copy takes."""
        self._whole = whole
        if shown.text != self.text.toPlainText():
            self.text.setPlainText(shown.text)
        self._note.setText(shown.note)
        self._note.setVisible(bool(shown.note))
        self.copying.setEnabled(bool(whole))
        self._tell_count()

    @property
    def note(self) -> str:
        """What is said about the text."""
        return self._note.text()

    @property
    def count_words(self) -> str:
        """What is said about the hits."""
        return self._count.text()

    def set_zoom(self, percent: int) -> None:
        """Show the text in another size."""
        font = QFont()
        font.setFamilies(MONO_FAMILIES)
        font.setPixelSize(max(1, round(SMALL_PX * percent / 100)))
        self.text.setFont(font)

    def step(self, by: int) -> None:
        """Go to the next hit, or with -1 to the one before; from the end on to the first one."""
        word = self.field.text()
        if not word:
            return
        flag = QTextDocument.FindFlag.FindBackward if by < 0 else QTextDocument.FindFlag(0)
        if not self.text.find(word, flag):
            cursor = self.text.textCursor()
            cursor.movePosition(QTextCursor.MoveOperation.End if by < 0 else QTextCursor.MoveOperation.Start)
            self.text.setTextCursor(cursor)
            self.text.find(word, flag)

    def _search(self) -> None:
        cursor = self.text.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.text.setTextCursor(cursor)
        self.step(1)
        self._tell_count()

    def _tell_count(self) -> None:
        word = self.field.text().casefold()
        count = self.text.toPlainText().casefold().count(word) if word else 0
        words = counted(count, "hit") if count else "No hits"
        self._count.setText(words if word else "")
        self.field.setAccessibleDescription(self._count.text())

    def _copy(self) -> None:
        put_text(self._whole)


class _PlainText(QPlainTextEdit):
    """Tab leaves it: nothing is written here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # Not through `set_role`, after which the first showing would drop the font that is set below.
        self.setProperty("role", "field")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # JSON is read from the left, whatever it quotes.
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.document().setDefaultTextOption(option)


class _FindField(QLineEdit):
    """Return goes on to the next hit, with Shift to the one before; Esc empties it first."""

    def __init__(self, pane: TextPane) -> None:
        super().__init__(pane)
        self._pane = pane
        self.setPlaceholderText("Find")
        self.setMaxLength(_FIND_CHARACTERS_MAX)
        self.setClearButtonEnabled(False)

    def event(self, event: QEvent) -> bool:
        if self.text() and has_kept_escape(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pane.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif is_escape(event) and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
