"""The messages of the path, one row each; only rows near the screen have an item, the others a guessed height."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.ui.transcript.heights import Heights
from desktop_chat.ui.transcript.message_item import REPLY_GAP_PX, MessageItem, Place
from desktop_chat.ui.transcript.reply_item import ReplyItem
from desktop_chat.ui.transcript.sections import Folds
from desktop_chat.ui.transcript.style import Style
from desktop_chat.ui.transcript.user_item import UserItem
from desktop_chat.ui.transcript.words import Waiting

Siblings: TypeAlias = Callable[[str], tuple[str, ...]]

_TURN_GAP_PX: Final = 28.0
_PX_PER_CHARACTER: Final = 7.2 * 24.0
"""Area of one character of prose; a guess of a row's height is made of it."""

_ROW_EXTRA_PX: Final = 60.0
_MEASURED_AT_ONCE: Final = 24
"""More new parts than this are a burst: of those only what is on the screen is measured."""


@dataclass(slots=True)
class Row:
    """One message of the path."""

    message: Message
    siblings: tuple[str, ...]
    gap: float
    folds: Folds = field(default_factory=dict)
    item: MessageItem | None = None
    characters: int = 0
    floor: float = 0.0
    """It does not get lower than this while it streams, nor by its end."""
    kept: float = 0.0
    """Its height when it was last seen, without an item."""


class Rows:
    """All rows, their heights, and the items of those that can be seen.

    Units:   pixels from the top of the first row.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        self.width = self.spread = 0.0
        self._rows: list[Row] = []
        self._indices: dict[str, int] = {}
        self._heights = Heights()
        self._built: set[int] = set()
        self._behind: set[int] = set()
        self._read: set[int] = set()
        """What has been read on in this frame already."""
        self._waiting: Waiting | None = None
        self._siblings: Siblings = lambda message_id: (message_id,)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def total(self) -> float:
        return self._heights.total

    @property
    def built_count(self) -> int:
        """How many rows have an item now."""
        return len(self._built)

    def index_of(self, message_id: str) -> int | None:
        return self._indices.get(message_id)

    def last_finished_text(self) -> str:
        """The text of the last message that is complete."""
        finished = (row.message for row in reversed(self._rows) if row.message.status is not MessageStatus.STREAMING)
        message = next(finished, None)
        return message.text if message else ""

    # --- what is shown ---

    def show(self, messages: Iterable[Message], siblings: Siblings) -> None:
        """Show another path; rows of messages that stay keep what they are."""
        self._siblings = siblings
        known = {row.message.id: row for row in self._rows}
        self._rows, self._indices, self._built, self._behind = [], {}, set(), set()
        for message in messages:
            row = known.get(message.id)
            if row is None or not _shows(row, message):
                row = Row(message, (), 0.0, row.folds if row else {})
            row.siblings = siblings(message.id)
            self._put(row)
        self._heights = Heights(self._height_of(row) for row in self._rows)
        self._place_last()

    def add(self, message: Message) -> int:
        """Put a message at the end; give its index."""
        last = len(self._rows) - 1
        row = Row(message, self._siblings(message.id), 0.0)
        self._put(row)
        self._heights.append(self._height_of(row))
        if last >= 0:
            self._place(last)
        self._place_last()
        return len(self._rows) - 1

    def _put(self, row: Row) -> None:
        index = len(self._rows)
        is_user = row.message.role is Role.USER
        row.characters = sum(len(block.get("text") or "") for block in row.message.content)
        row.gap = 0.0 if index == 0 else (_TURN_GAP_PX if is_user else REPLY_GAP_PX)
        self._rows.append(row)
        self._indices[row.message.id] = index
        if row.item is not None:
            self._built.add(index)
            if row.item.unread_from is not None:
                self._behind.add(index)

    def set_waiting(self, waiting: Waiting | None) -> bool:
        """Show at the end what is being waited for; True when that is something else than before."""
        if waiting == self._waiting:
            return False
        self._waiting = waiting
        self._place_last()
        return True

    def _place_last(self) -> None:
        if self._rows:
            self._place(len(self._rows) - 1)

    def _place(self, index: int) -> None:
        """Tell the item of a row where it stands."""
        row = self._rows[index]
        if row.item is None:
            return
        is_last = index == len(self._rows) - 1
        ids = row.siblings
        number = ids.index(row.message.id) + 1 if row.message.id in ids else 1
        is_waiting = is_last and (row.message.role is Role.USER or row.message.status is MessageStatus.STREAMING)
        row.item.set_place(Place(number, max(1, len(ids)), is_last), self._waiting if is_waiting else None)
        self.refresh(index)

    # --- layout ---

    def item(self, index: int) -> MessageItem:
        """The item of a row, made when there is none yet."""
        row = self._rows[index]
        if row.item is None:
            kind = UserItem if row.message.role is Role.USER else ReplyItem
            row.item = kind(row.message, self.style, row.folds)
            row.item.stack.set_room(self.width, self.spread)
            self._built.add(index)
            self._place(index)
            self.refresh(index)
        return row.item

    def refresh(self, index: int) -> int | None:
        """Show what changed in a row; give its first changed part."""
        item = self._rows[index].item
        if item is None or (index in self._behind and index in self._read):
            return None
        first = item.sync()
        self._read.add(index)
        if item.unread_from is None:
            self._behind.discard(index)
        else:
            self._behind.add(index)
            self._rows[index].floor = 0.0
        self._heights[index] = self._height_of(self._rows[index])
        return first

    @property
    def is_behind(self) -> bool:
        """Whether a text near the screen is not read to its end yet."""
        return bool(self._behind)

    def read_on(self) -> bool:
        """Read on in texts that are too long for one frame; True when there was one."""
        self._read.clear()
        behind = sorted(self._behind)
        for index in behind:
            self.refresh(index)
        return bool(behind)

    def grow(self, index: int) -> None:
        """Show what changed in a row; measured at once, so that it never gets lower while it streams."""
        first = self.refresh(index)
        stack = self.item(index).stack
        if first is not None and index not in self._behind and len(stack.parts) - first <= _MEASURED_AT_ONCE:
            stack.settle_from(first)
            self.remeasured(index)

    def remeasured(self, index: int) -> None:
        """Take over the height of a row's item."""
        row = self._rows[index]
        is_streaming = row.message.status is MessageStatus.STREAMING
        if is_streaming and row.item is not None and index not in self._behind:
            row.floor = max(row.floor, row.item.stack.height)
        self._heights[index] = self._height_of(row)

    def _height_of(self, row: Row) -> float:
        if row.item is not None:
            return row.gap + max(row.floor, row.item.stack.height)
        if row.kept:
            return row.gap + row.kept
        return row.gap + _ROW_EXTRA_PX + row.characters * _PX_PER_CHARACTER / max(self.width, 100.0)

    def set_room(self, width: float, spread: float) -> None:
        """Lay out for another width of the column, or other room beside it."""
        if (width, spread) == (self.width, self.spread):
            return
        self.width, self.spread = width, spread
        for row in self._rows:
            row.floor = row.kept = 0.0
            if row.item is not None:
                row.item.stack.set_room(width, spread)
        self._heights = Heights(self._height_of(row) for row in self._rows)

    def set_style(self, style: Style) -> None:
        """Show everything in other colours."""
        self.style = style
        for index in sorted(self._built):
            item = self._rows[index].item
            if item is not None:
                item.restyle(style)
                self.refresh(index)

    def end(self, index: int, message: Message) -> None:
        """Give a row its final message."""
        row = self._rows[index]
        item = self.item(index)
        item.end(message)
        row.message = message
        self._place(index)

    def toggle(self, index: int, fold: str) -> None:
        """Fold or unfold something in a row."""
        self._rows[index].floor = 0.0
        self.item(index).toggle(fold)
        self.refresh(index)

    def settle(self, top: float, bottom: float) -> bool:
        """Make and measure what lies between two heights; True when a height turned out different."""
        has_changed = False
        for index, y in self.between(top, bottom):
            before = self._heights[index]
            stack = self.item(index).stack
            guessed = stack.height
            if stack.settle(top - y, bottom - y):
                # Parts above the screen are measured when somebody looks: less than guessed leaves no hole.
                self._rows[index].floor -= max(0.0, guessed - stack.height)
            self.remeasured(index)
            if self._heights[index] != before:
                has_changed = True
        return has_changed

    def evict(self, top: float, bottom: float) -> None:
        """Drop the items of rows that lie outside; a reply that streams stays."""
        if not self._rows:
            return
        first, last = self._heights.index_at(max(0.0, top)), self._heights.index_at(bottom)
        for index in [index for index in self._built if not first <= index <= last]:
            row = self._rows[index]
            if row.message.status is not MessageStatus.STREAMING:
                row.kept = self._heights[index] - row.gap
                row.item = None
                self._built.discard(index)
                self._behind.discard(index)

    def top_of(self, index: int) -> float:
        """Where a row's message begins, below its gap."""
        return self._heights.top_of(index) + self._rows[index].gap

    def index_at(self, y: float) -> int:
        return self._heights.index_at(y)

    def between(self, top: float, bottom: float) -> Iterator[tuple[int, float]]:
        """Index and top of the rows between two heights."""
        if not self._rows:
            return
        index = self._heights.index_at(max(0.0, top))
        y = self._heights.top_of(index)
        while index < len(self._rows) and y <= bottom:
            yield index, y + self._rows[index].gap
            y += self._heights[index]
            index += 1


def _shows(row: Row, message: Message) -> bool:
    """Whether a row shows a message already; while it streams, the row knows more than the message does."""
    is_same_stream = row.message.status is message.status is MessageStatus.STREAMING
    return row.message is message or is_same_stream
