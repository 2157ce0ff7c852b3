"""A conversation as plain text: shown in the place of a transcript that has brought the program down."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.ui.column import Column
from desktop_chat.ui.fonts import MONO_FAMILIES, SMALL_PX, ui_font
from desktop_chat.ui.plain_finder import PlainFinder
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.tab_order import put_before
from desktop_chat.ui.theme import Look

WHY: Final = "Shown as plain text, because the program stopped while it showed this conversation."
SHOW_AS_USUAL: Final = "Show as usual"
_LINE_CHARACTERS_MAX: Final = 2_000
"""Longer lines are cut into several: laying out one of a million characters takes minutes."""

_TEXT_CHARACTERS_MAX: Final = 300_000
"""Of a longer conversation only the end is shown."""

_ABOVE_TEXT_PX: Final = 16
_FIND_BAR_LIFT_PX: Final = 4
"""The find bar stands in the room above the text; of that it covers no more than the word *You*."""


class SafeView(QWidget):
    """Uses nothing of the transcript: no markdown, no highlighting, no formulas."""

    normal_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        # With `set_role` its font would be lost.
        self._text.setProperty("role", "plain")
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName("Conversation as plain text")
        # Code and tables keep their shape.
        font = ui_font(SMALL_PX)
        font.setFamilies([*MONO_FAMILIES, *font.families()])
        self._text.setFont(font)
        self._text.document().setDocumentMargin(12)
        self.finder = PlainFinder(look, self._text)
        strip = self._strip = QFrame()
        set_role(strip, "banner")
        why = QLabel(WHY)
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setWordWrap(True)
        button = self._button = QPushButton(SHOW_AS_USUAL)
        button.setAccessibleDescription("If the program stops again, the conversation comes back as plain text")
        button.clicked.connect(self.normal_requested)
        row = QHBoxLayout(strip)
        row.setContentsMargins(12, 4, 6, 4)
        row.addWidget(why, 1)
        row.addWidget(button)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 12, 0, 12)
        inner.setSpacing(_ABOVE_TEXT_PX)
        inner.addWidget(strip)
        inner.addWidget(self._text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Column(body))

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    @property
    def head_px(self) -> int:
        """How much of the upper end the find bar leaves free."""
        return self._strip.mapTo(self, self._strip.rect().bottomLeft()).y() - _FIND_BAR_LIFT_PX

    def copy(self) -> None:
        """Copy what is selected."""
        self._text.copy()

    def turn_page(self, step: int) -> None:
        """Go a page down, or with -1 up."""
        actions = QAbstractSlider.SliderAction
        bar = self._text.verticalScrollBar()
        bar.triggerAction(actions.SliderPageStepAdd if step > 0 else actions.SliderPageStepSub)

    def scroll_to_end(self) -> None:
        """Go to the newest text."""
        bar = self._text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def stand_before(self, follower: QWidget) -> None:
        """Have Tab come to the button and the text ahead of another control."""
        put_before(follower, self, (self._button, self._text))

    def show_messages(self, messages: tuple[Message, ...]) -> None:
        """Show these messages, the end in view."""
        whole = "\n\n".join(f"{_head(message)}\n{_body(message)}" for message in messages)
        if len(whole) > _TEXT_CHARACTERS_MAX:
            whole = "…" + whole[-_TEXT_CHARACTERS_MAX:]
        self._text.setPlainText("\n".join(piece for line in whole.split("\n") for piece in _pieces(line)))
        self.scroll_to_end()
        self.finder.begin_again()


def _head(message: Message) -> str:
    return "You:" if message.role is Role.USER else "Claude:"


def _body(message: Message) -> str:
    if message.status is MessageStatus.STREAMING:
        return f"{message.text}\n(the reply is being written)".lstrip()
    return message.text or "(nothing)"


def _pieces(line: str) -> list[str]:
    starts = range(0, max(1, len(line)), _LINE_CHARACTERS_MAX)
    return [line[start : start + _LINE_CHARACTERS_MAX] for start in starts]
