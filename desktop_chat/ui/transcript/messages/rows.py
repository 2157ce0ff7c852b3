"""The messages of the path, one row each; only rows near the screen have an item, the others a guessed height."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.ui.status_words import end_text
from desktop_chat.ui.transcript.messages.message_item import MessageItem, Place
from desktop_chat.ui.transcript.messages.reply_item import ReplyItem
from desktop_chat.ui.transcript.messages.row_list import Row, RowList, Siblings, characters_of
from desktop_chat.ui.transcript.messages.user_item import UserItem
from desktop_chat.ui.transcript.messages.words import Waiting
from desktop_chat.ui.transcript.parts.heights import Heights
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.style import Style

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.taking.stay import Stay

_PX_PER_CHARACTER: Final = 7.2 * 24.0
"""Area of one character of prose; a guess of a row's height is made of it."""

_ROW_EXTRA_PX: Final = 60.0
_MEASURED_AT_ONCE: Final = 24
"""More new parts than this are a burst: of those only what is on the screen is measured."""


_GUESSED_ONE_BY_ONE_MAX: Final = 1_000
"""Of more messages than this, those that were never seen are taken for as high as the average of some of them."""

_ASKED_COUNT: Final = 100


class Rows:
    """All rows, their heights, and the items of those that can be seen.

    Units:   pixels from the top of the first row.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        self.width = self.spread = 0.0
        self._rows = RowList()
        self._heights = Heights()
        self._built: set[int] = set()
        self._behind: set[int] = set()
        self._read: set[int] = set()
        """What has been read on in this frame already."""
        self._waiting: Waiting | None = None
        self.stay: Stay | None = None
        """Who has to know when parts are replaced by others."""

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

    def built_between(self, start: int, stop: int) -> list[int]:
        """Which rows of a stretch have an item now."""
        return [index for index in self._built if start <= index < stop]

    def index_of(self, message_id: str) -> int | None:
        return self._rows.index_of(message_id)

    # --- what is shown ---

    @property
    def messages(self) -> Sequence[Message]:
        """The messages of all rows."""
        return self._rows.messages

    def show(self, messages: Sequence[Message], siblings: Siblings) -> None:
        """Show another path; rows of messages that stay keep what they are."""
        self._rows = RowList(messages, siblings, self._rows)
        items = {index: row.item for index, row in self._rows.made.items() if row.item is not None}
        self._built = set(items)
        self._behind = {index for index, item in items.items() if item.unread_from is not None or item.is_read_again}
        self._guess_heights()
        self._place_last()

    def add(self, message: Message) -> int:
        """Put a message at the end; give its index."""
        index = self._rows.append(message)
        self._heights.append(self._height_of(self._rows[index]))
        if index:
            self._place(index - 1)
        self._place(index)
        return index

    @property
    def is_under_way(self) -> bool:
        """Whether the last message is a reply that grows, or waits for its line to go on."""
        waits = self._waiting is not None and self._waiting.strip is not None
        return len(self._rows) > 0 and (waits or self._rows[-1].message.status is MessageStatus.STREAMING)

    @property
    def end_words(self) -> str:
        """How the last reply ended, or what it waits for, in two words; empty when it simply ended, or grows."""
        if self._waiting is not None:
            return self._waiting.strip.title if self._waiting.strip is not None else ""
        return end_text(self._rows[-1].message) if len(self._rows) else ""

    def set_waiting(self, waiting: Waiting | None) -> bool:
        """Show at the end what is being waited for; True when that is something else than before."""
        if waiting == self._waiting:
            return False
        self._waiting = waiting
        self._place_last()
        return True

    def _place_last(self) -> None:
        if len(self._rows):
            self._place(len(self._rows) - 1)

    def _place(self, index: int) -> None:
        """Tell the item of a row where it stands."""
        row = self._rows[index]
        if row.item is None:
            return
        is_last = index == len(self._rows) - 1
        ids = row.siblings
        number = ids.index(row.message.id) + 1 if row.message.id in ids else 1
        is_open = row.message.role is Role.USER or row.message.status is MessageStatus.STREAMING
        goes_on = self._waiting is not None and self._waiting.strip is not None
        is_waiting = is_last and (is_open or goes_on)
        row.item.set_place(Place(number, max(1, len(ids)), is_last), self._waiting if is_waiting else None)
        self.refresh(index)

    # --- layout ---

    def item(self, index: int) -> MessageItem:
        """The item of a row, made when there is none yet."""
        made = self._rows.made
        row = made[index] if index in made else self._rows[index]
        if row.item is None:
            kind = UserItem if row.message.role is Role.USER else ReplyItem
            row.item = kind(row.message, self.style, row.folds)
            row.item.stack.set_room(self.width, self.spread)
            row.item.set_edit_px(row.edit_px)
            self._built.add(index)
            self._place(index)
            self.refresh(index)
        return row.item

    def refresh(self, index: int) -> int | None:
        """Show what changed in a row; give its first changed part."""
        row = self._rows[index]
        item = row.item
        if item is None or (index in self._behind and index in self._read):
            return None
        stay = self.stay if self.stay is not None and self.stay.selection.fixed is not None else None
        notes = stay.notes(index, item.stack.parts) if stay is not None else None
        first = item.sync()
        if stay is not None and notes is not None and first is not None:
            stay.follow(notes, item.stack.parts)
        self._read.add(index)
        if item.unread_from is None and not item.is_read_again:
            self._behind.discard(index)
        else:
            self._behind.add(index)
        if item.unread_from is not None:
            row.floor = 0.0
        height = self._height_of(row)
        if height != self._heights.values[index]:
            self._heights[index] = height
        return first

    @property
    def is_behind(self) -> bool:
        """Whether a text near the screen is not read to its end yet."""
        return bool(self._behind)

    def read_on(self) -> bool:
        """Read on in texts that are too long for one frame; True when there was one."""
        self._read.clear()
        if not self._behind:
            return False
        for index in sorted(self._behind):
            self.refresh(index)
        return True

    def grow(self, index: int) -> bool:
        """Show what changed in a row; measured at once, so that it never gets lower while it streams.

        Tell whether anything stands elsewhere for that, or may.
        """
        item = self.item(index)
        before = (item.stack.moves, self._heights.values[index])
        first = self.refresh(index)
        if first is not None and index not in self._behind and len(item.stack.parts) - first <= _MEASURED_AT_ONCE:
            item.stack.settle_from(first)
            self.remeasured(index)
        return index in self._behind or before != (item.stack.moves, self._heights.values[index])

    def remeasure(self, index: int, part: Part) -> None:
        """Measure a part that has changed its shape by itself, where its row still has it."""
        item = self._rows[index].item if index < len(self._rows) else None
        if item is not None and part in item.stack.parts:
            item.stack.remeasure(item.stack.parts.index(part))
            self.remeasured(index)

    def remeasured(self, index: int) -> None:
        """Take over the height of a row's item."""
        made = self._rows.made
        row = made[index] if index in made else self._rows[index]
        is_streaming = row.message.status is MessageStatus.STREAMING
        if is_streaming and row.item is not None and index not in self._behind:
            height = row.item.stack.height
            row.floor = height if height > row.floor else row.floor
            height = row.gap + row.floor
        else:
            height = self._height_of(row)
        if height != self._heights.values[index]:
            self._heights[index] = height

    def _height_of(self, row: Row) -> float:
        if row.item is not None:
            height = row.item.stack.height
            return row.gap + (height if height > row.floor else row.floor)
        if row.kept:
            return row.gap + row.kept
        # Whole pixels: with fractions of one the rounding of everything below would jump when it is measured.
        return row.gap + self._guess(row.message)

    def _guess(self, message: Message) -> float:
        """About how high a message is, without a look into it."""
        return _ROW_EXTRA_PX + round(characters_of(message) * _PX_PER_CHARACTER / max(self.width, 100.0))

    def _guess_heights(self) -> None:
        """Take the heights of rows that were seen as they are, and guess the others."""
        messages = self._rows.messages
        if len(messages) <= _GUESSED_ONE_BY_ONE_MAX:
            gaps = map(self._rows.gap_of, range(len(messages)))
            self._heights = Heights(map(float.__add__, gaps, map(self._guess, messages)))
        else:
            asked = messages[:: len(messages) // _ASKED_COUNT]
            average = sum(map(self._guess, asked)) / len(asked) + self._rows.gap_of(1)
            self._heights = Heights.alike(len(messages), float(round(average)))
        for index, row in self._rows.made.items():
            self._heights[index] = self._height_of(row)
        for index, height in self._rows.seen_px():
            self._heights[index] = self._rows.gap_of(index) + height

    def set_room(self, width: float, spread: float) -> None:
        """Lay out for another width of the column, or other room beside it."""
        if (width, spread) == (self.width, self.spread):
            return
        self.width, self.spread = width, spread
        self._rows.forget_heights()
        for row in self._rows.made.values():
            if row.item is not None:
                row.item.stack.set_room(width, spread)
        self._guess_heights()

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
        item = self.item(index)
        item.end(message)
        self._rows.replace(index, message)
        self._place(index)

    def toggle(self, index: int, fold: str) -> None:
        """Fold or unfold something in a row."""
        self._rows[index].floor = 0.0
        self.item(index).toggle(fold)
        self.refresh(index)

    def set_edit_px(self, index: int, edit_px: float) -> None:
        """Make room for the editor of a question, or show its text again."""
        if self._rows[index].edit_px != edit_px:
            self._rows[index].edit_px = edit_px
            self.item(index).set_edit_px(edit_px)
            self.refresh(index)

    def make_end(self, height: float) -> None:
        """Make the last rows, as many as fill so much.

        A row's own guess is far better than the one of its message: after that more rows would be made than are seen.
        """
        index = len(self._rows)
        while index > 0 and height > 0:
            index -= 1
            self.item(index)
            height -= self._heights.values[index]

    def settle(self, top: float, bottom: float) -> bool:
        """Make and measure what lies between two heights; True when a height turned out different."""
        has_changed, made = False, self._rows.made
        for index, y in self.between(top, bottom):
            before = self._heights.values[index]
            item = made[index].item if index in made else None
            stack = (item or self.item(index)).stack
            guessed = stack.height
            if stack.settle(top - y, bottom - y):
                # Parts above the screen are measured when somebody looks: less than guessed leaves no hole.
                self._rows[index].floor -= max(0.0, guessed - stack.height)
            self.remeasured(index)
            if self._heights.values[index] != before:
                has_changed = True
        return has_changed

    def is_measured(self, top: float, bottom: float) -> bool:
        """Whether `settle` would find nothing to measure between two heights."""
        made = self._rows.made
        for index, y in self.between(top, bottom):
            item = made[index].item if index in made else None
            if item is None or not item.stack.is_settled(top - y, bottom - y):
                return False
        return True

    def evict(self, top: float, bottom: float) -> None:
        """Drop the items of rows that lie outside; a reply that streams stays."""
        if not self._built:
            return
        first, last = self._heights.index_at(top), self._heights.index_at(bottom)
        for index in [index for index in self._built if not first <= index <= last]:
            row = self._rows[index]
            if row.message.status is not MessageStatus.STREAMING:
                self._rows.leave(index, self._heights[index] - row.gap)
                self._built.discard(index)
                self._behind.discard(index)

    def top_of(self, index: int) -> float:
        """Where a row's message begins, below its gap."""
        return self._heights.top_of(index) + self._rows.gap_of(index)

    def index_at(self, y: float) -> int:
        return self._heights.index_at(y)

    def between(self, top: float, bottom: float) -> Iterator[tuple[int, float]]:
        """Index and top of the rows between two heights."""
        count, made = len(self._rows.messages), self._rows.made
        if not count:
            return
        index, y = self._heights.place_at(top)
        while index < count and y <= bottom:
            yield index, y + (made[index].gap if index in made else self._rows.gap_of(index))
            # It may have been measured meanwhile.
            y += self._heights.values[index]
            index += 1
