"""One message on the page: the base of the reader's own messages and of replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.transcript.messages.words import Waiting
from desktop_chat.ui.transcript.parts.folds import Folds
from desktop_chat.ui.transcript.parts.part_stack import PartStack
from desktop_chat.ui.transcript.parts.style import Style

REPLY_GAP_PX: Final = 4.0
"""Room between the actions of a question and its reply."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands among its siblings, and whether it is the last of the path."""

    number: int = 1
    count: int = 1
    is_last: bool = False


class MessageItem:
    """Base of both kinds of messages."""

    def __init__(self, message: Message, style: Style, folds: Folds) -> None:
        self.message = message
        self.style = style
        self.folds = folds
        self.stack = PartStack()
        self.place = Place()
        self.edit_px = 0.0
        """Room for the editor that stands in place of the text; 0 while it is not edited."""
        self.waiting: Waiting | None = None
        """What is being waited for, in the place of what comes next."""
        self.unread_from: int | None = None
        """From which part on stands what the next `sync` will put other parts before; None when all is read."""
        self.is_read_again = False
        """Whether a text that stands there already is being read once more."""

    @property
    def text(self) -> str:
        """The text as it was written, also while it is being written."""
        return self.message.text

    @property
    def is_streaming(self) -> bool:
        return self.message.status is MessageStatus.STREAMING

    def go_on(self, message: Message) -> bool:
        """Take over that the message streams again, behind what stands there; False when it is to be made anew."""
        return False

    def sync(self) -> int | None:
        """Bring the parts up to date; give the index of the first changed one."""
        raise NotImplementedError

    def toggle(self, fold: str) -> None:
        """Fold or unfold something."""
        raise NotImplementedError

    def end(self, message: Message) -> None:
        """Take the final state over; what stands there already stays as it is."""
        self.message = message

    def restyle(self, style: Style) -> None:
        """Make everything anew in other colours."""
        raise NotImplementedError

    def set_edit_px(self, edit_px: float) -> None:
        """Make room for an editor, or show the text again; only questions are edited."""
        self.edit_px = edit_px

    def set_place(self, place: Place, waiting: Waiting | None) -> None:
        """Tell where the message stands and what is being waited for after it."""
        raise NotImplementedError
