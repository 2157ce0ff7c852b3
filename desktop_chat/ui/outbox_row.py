"""The parts of the outbox on the page: a line that says what is waited for, and a line for each message below it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop_chat.core.outbox import Queued, Wait
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.roles import set_role

ROW_PX: Final = 30
HEAD_PX: Final = 26
LINK_PAD_PX: Final = 5
"""What a button of the outbox keeps free beside its words, as `base.qss` has it."""
_GAP_PX: Final = 10
_NAME_CHARACTERS_MAX: Final = 60
"""So much of a text names its buttons."""

_UNTIL: Final = {
    Wait.REPLY: "when this reply has ended",
    Wait.NETWORK: "when you are online again",
}
_SINCE: Final = {
    Wait.STOPPED: "Paused · the reply was stopped",
    Wait.FAILED: "Paused · the reply failed",
    Wait.ENDED_EARLY: "Paused · the reply ended early",
    Wait.NOT_STORED: "Paused · a message could not be stored",
    Wait.READER: "Not sent yet · nothing goes out before you say so",
}


def caption(why: Wait, count: int) -> str:
    """What so many messages wait for, in words."""
    if why in _SINCE:
        return _SINCE[why]
    return f"Queued · goes out {_UNTIL[why]}" if count == 1 else f"{count} queued · go out in order {_UNTIL[why]}"


class OutboxHead(QWidget):
    """Says what the messages below it wait for; when it is for the reader, offers to go on with all of them."""

    resume_clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ElidedLabel("", self)
        set_role(self._words, "tiny")
        self._resume = _link("Resume", self)
        self._resume.clicked.connect(self.resume_clicked)
        self.setFixedHeight(HEAD_PX)
        row = _row(self)
        row.addWidget(self._words, 1)
        row.addWidget(self._resume)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.full_text

    def show_wait(self, why: Wait, count: int) -> None:
        """Say why so many messages wait; one alone is sent by its own button."""
        self._words.set_text(caption(why, count))
        set_role(self._words, "tiny" if why in (*_UNTIL, Wait.READER) else "tiny_warning")
        self._resume.setVisible(why.is_for_reader and count > 1)
        self._resume.setText("Send all" if why is Wait.READER else "Resume")
        self._resume.setAccessibleName(f"{self._resume.text()}: {count} messages, one after the other")

    def links(self) -> tuple[QPushButton, ...]:
        """What the keyboard stops at."""
        return (self._resume,)


class OutboxRow(QWidget):
    """The beginning of one message, and what can be done with it."""

    edit_clicked = Signal(str)
    drop_clicked = Signal(str)
    send_clicked = Signal(str)
    """Id of the message."""

    def __init__(self, queued: Queued, parent: QWidget) -> None:
        super().__init__(parent)
        self.queued_id = queued.id
        line = queued.line
        self._text = ElidedLabel(line, self)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        set_role(self._text, "queued")
        self.setFixedHeight(ROW_PX)
        self.setAccessibleName(f"Queued message: {line}")
        row = _row(self)
        row.addWidget(self._text, 1)
        short = line if len(line) <= _NAME_CHARACTERS_MAX else f"{line[:_NAME_CHARACTERS_MAX]}…"
        self._links = tuple(_link(words, self) for words in ("Edit", "Drop", "Send now"))
        tips = ("Bring it back into the composer", "Throw it away", "Send it at once; a running reply is stopped")
        for link, tip, clicked in zip(
            self._links, tips, (self.edit_clicked, self.drop_clicked, self.send_clicked), strict=True
        ):
            link.setToolTip(tip)
            link.setAccessibleName(f"{link.text()}: {short}")
            link.clicked.connect(lambda _checked=False, clicked=clicked: clicked.emit(self.queued_id))
            row.addWidget(link)

    @property
    def text(self) -> str:
        """What it shows of the message, as long as there is room."""
        return self._text.full_text

    def links(self) -> tuple[QPushButton, ...]:
        """What the keyboard stops at: Edit, Drop, Send now."""
        return self._links


def _row(of: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(of)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(_GAP_PX)
    return row


def _link(words: str, parent: QWidget) -> QPushButton:
    link = QPushButton(words, parent)
    set_role(link, "row_link")
    link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    link.setCursor(Qt.CursorShape.PointingHandCursor)
    return link
