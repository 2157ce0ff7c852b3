"""The rows of a path, each made when somebody asks for it: of a long conversation hardly any ever is."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.ui.transcript.messages.message_item import REPLY_GAP_PX, MessageItem
from desktop_chat.ui.transcript.parts.folds import Folds

Siblings: TypeAlias = Callable[[str], tuple[str, ...]]

_TURN_GAP_PX: Final = 28.0
_NEAR: Final = 1_000
"""So many of the last messages are found at once; for the others all are looked through, the first time."""


@dataclass(slots=True)
class Row:
    """One message of the path."""

    message: Message
    siblings: tuple[str, ...]
    gap: float
    folds: Folds = field(default_factory=dict)
    item: MessageItem | None = None
    floor: float = 0.0
    """It does not get lower than this while it streams, nor by its end."""
    edit_px: float = 0.0
    """Room for the editor of a question; 0 while it is not edited."""
    kept: float = 0.0
    """Its height when it was last seen, without an item."""


class RowList:
    """Messages with a row behind each."""

    def __init__(
        self,
        messages: Sequence[Message] = (),
        siblings: Siblings = lambda message_id: (message_id,),
        former: RowList | None = None,
    ) -> None:
        self.messages: list[Message] = list(messages)
        self._siblings = siblings
        self.made: dict[int, Row] = {}
        """The rows that somebody has asked for, by index; to be read only."""
        self._near = {self.messages[at].id: at for at in range(max(0, len(self.messages) - _NEAR), len(self.messages))}
        self._indices: dict[str, int] | None = None
        self._seen_px = array("d", bytes(8 * len(self.messages)))
        """The heights of rows that were seen and of which nothing else is kept; 0 for the others."""
        if former is not None:
            for row in former.made.values():
                self._take_over(row)
            for seen, height in former.seen_px():
                index = self.index_of(former.messages[seen].id)
                if index is not None and self.messages[index] is former.messages[seen]:
                    self._seen_px[index] = height

    def _take_over(self, row: Row) -> None:
        """Let the row of a message that stays be what it is; of a message that changed stay only the folds."""
        index = self.index_of(row.message.id)
        if index is None:
            return
        message = self.messages[index]
        if not _shows(row, message) and not _goes_on(row, message):
            row = Row(message, (), 0.0, row.folds)
        row.siblings = self._siblings(message.id)
        row.gap = self.gap_of(index)
        self.made[index] = row

    def __len__(self) -> int:
        return len(self.messages)

    def __getitem__(self, index: int) -> Row:
        if index in self.made:
            return self.made[index]
        if index < 0:
            index += len(self.messages)
        row = self.made.get(index)
        if row is None:
            message = self.messages[index]
            row = self.made[index] = Row(message, self._siblings(message.id), self.gap_of(index))
            row.kept, self._seen_px[index] = self._seen_px[index], 0.0
        return row

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self.messages)))

    def index_of(self, message_id: str) -> int | None:
        """Where a message stands; None when it is not on the path."""
        index = self._near.get(message_id)
        if index is not None or len(self._near) == len(self.messages):
            return index
        if self._indices is None:
            self._indices = {message.id: at for at, message in enumerate(self.messages)}
        return self._indices.get(message_id)

    def append(self, message: Message) -> int:
        """Put a message at the end; give its index."""
        index = len(self.messages)
        self.messages.append(message)
        self._seen_px.append(0.0)
        self._near[message.id] = index
        return index

    def replace(self, index: int, message: Message) -> None:
        """Give a row the next state of its message."""
        self.messages[index] = message
        self[index].message = message

    def leave(self, index: int, height: float) -> None:
        """Nobody sees a row any more: of most only the height is kept, without the gap.

        MEASURED 390 bytes a row, 8 so, 2026-11-23: somebody who scrolls through 10,000 messages has seen all of them.
        """
        row = self.made[index]
        row.item = None
        row.kept = height
        if not row.folds and not row.edit_px:
            del self.made[index]
            self._seen_px[index] = height

    def seen_px(self) -> Iterator[tuple[int, float]]:
        """Index and height of rows that were seen, where nothing else is kept of them."""
        return ((index, height) for index, height in enumerate(self._seen_px) if height)

    def forget_heights(self) -> None:
        """The rows are laid out for another width: no height is known any more."""
        self._seen_px = array("d", bytes(8 * len(self.messages)))
        for row in self.made.values():
            row.floor = row.kept = 0.0

    def gap_of(self, index: int) -> float:
        """Room above a message."""
        if index == 0:
            return 0.0
        return _TURN_GAP_PX if self.messages[index].role is Role.USER else REPLY_GAP_PX


def characters_of(message: Message) -> int:
    """Length of a message's text, roughly."""
    return sum(len(block.get("text") or "") for block in message.content)


def _shows(row: Row, message: Message) -> bool:
    """Whether a row shows a message already; while it streams, the row knows more than the message does."""
    is_same_stream = row.message.status is message.status is MessageStatus.STREAMING
    return row.message is message or (is_same_stream and row.message.seams == message.seams)


def _goes_on(row: Row, message: Message) -> bool:
    """Let a row go on where its reply does, after that had been cut; False when it has to be made anew."""
    item = row.item
    if message.status is not MessageStatus.STREAMING or item is None or not item.go_on(message):
        return False
    # The actions below it go: what stands further down stays, the text grows into their place.
    row.floor = max(row.floor, item.stack.height)
    row.message = message
    return True
