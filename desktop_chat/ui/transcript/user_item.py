"""The reader's message on the page: a bubble, and below the last one what became of it."""

from __future__ import annotations

from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.bubble import BubblePart
from desktop_chat.ui.transcript.message_item import REPLY_GAP_PX, MessageItem, Place, sibling_actions
from desktop_chat.ui.transcript.part import Deed, Part
from desktop_chat.ui.transcript.sections import Folds
from desktop_chat.ui.transcript.small_parts import ActionsPart, HeadPart, WaitingPart
from desktop_chat.ui.transcript.style import Style
from desktop_chat.ui.transcript.words import Waiting


class UserItem(MessageItem):
    """One message of the reader."""

    def __init__(self, message: Message, style: Style, folds: Folds) -> None:
        super().__init__(message, style, folds)
        self._is_stale = True

    def sync(self) -> int | None:
        if not self._is_stale:
            return None
        self._is_stale = False
        parts: list[Part] = [BubblePart(self.message.text, self.style, self.folds.get("text", False))]
        if self.place.count > 1:
            parts.append(ActionsPart(sibling_actions(self.place), "", self.style, is_right=True))
        if self.waiting is not None:
            # Where the reply will have its own, so that nothing moves when it begins.
            parts += [HeadPart("", self.style, REPLY_GAP_PX), WaitingPart(self.waiting.words, self.style)]
        elif self.place.is_last:
            parts.append(ActionsPart((("Not answered yet · Retry", Deed.RETRY),), "", self.style, is_right=True))
        self.stack.replace_from(0, parts)
        return 0

    def toggle(self, fold: str) -> None:
        self.folds[fold] = not self.folds.get(fold, False)
        self._is_stale = True

    def restyle(self, style: Style) -> None:
        self.style, self._is_stale = style, True

    def set_place(self, place: Place, waiting: Waiting | None) -> None:
        if (place, waiting) != (self.place, self.waiting):
            self.place, self.waiting = place, waiting
            self._is_stale = True
