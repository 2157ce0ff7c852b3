"""How often a searched word stands in each message: guessed for all of them, exact for those that were looked at."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from weakref import WeakKeyDictionary

from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.finding.passages import found_in, text_key
from desktop_chat.ui.transcript.finding.projection import projected, source_of, wanted, wanted_bare
from desktop_chat.ui.transcript.messages.message_item import MessageItem
from desktop_chat.ui.transcript.messages.reply_item import ReplyItem
from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.messages.user_item import UserItem
from desktop_chat.ui.transcript.parts.marked import Range
from desktop_chat.ui.transcript.parts.part import Part


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One place where the word stands.

    Units:   `start` and `end` in UTF-16 units of a part's text.
    """

    row: int
    part: int
    start: int
    end: int


class Texts:
    """The messages' texts as they are counted; made once, however often the word changes."""

    def __init__(self, is_case_kept: bool) -> None:
        self.is_case_kept = is_case_kept
        # Two plain tables: MEASURED 40 ms when 10,000 pairs woke the collector of garbage, 2026-11-23.
        self._messages: dict[str, Message] = {}
        self._texts: dict[str, bytes] = {}

    def of(self, message: Message) -> bytes:
        """The text of a message."""
        if self._messages.get(message.id) is not message:
            self._messages[message.id] = message
            self._texts[message.id] = projected(message, self.is_case_kept)
        return self._texts[message.id]


class Searched:
    """One word, searched in the rows of a page."""

    def __init__(self, rows: Rows, word: str, texts: Texts) -> None:
        self.word = word
        self._rows = rows
        self._texts = texts
        self._folded = folded(word, texts.is_case_kept).text
        self._wanted = wanted(word, texts.is_case_kept)
        self._bare = wanted_bare(word, texts.is_case_kept)
        self._counts: list[int] = []
        """Of each row; below 0 while it is not known."""
        self._exact: set[int] = set()
        self._found: WeakKeyDictionary[Part, tuple[object, tuple[Range, ...]]] = WeakKeyDictionary()
        self._begun: tuple[int, MessageItem] | None = None
        self.widen()

    @property
    def row_count(self) -> int:
        """How many rows it has taken in."""
        return len(self._counts)

    def widen(self) -> None:
        """Take in rows that were added."""
        self._counts += [-1] * (len(self._rows) - len(self._counts))

    # --- counting

    def guess(self, row: int) -> int:
        """Count a row, roughly when it was never looked at."""
        if self._counts[row] < 0:
            # No row is made for what only counts.
            if self._rows.messages[row].status is MessageStatus.STREAMING:
                self._take_over(row, self._hits(row, self._rows.item(row)))
            else:
                text, word = self._guessed_in(row)
                self._counts[row] = text.count(word)
        return self._counts[row]

    def _guessed_in(self, row: int) -> tuple[bytes, bytes]:
        """The text and the word with which a row's hits are guessed."""
        message = self._rows.messages[row]
        if message.role is Role.USER:
            return self._texts.of(message), self._wanted
        if self._bare:
            return self._texts.of(message), self._bare
        return wanted(source_of(message), self._texts.is_case_kept), self._wanted

    def is_exact(self, row: int) -> bool:
        return row in self._exact

    @property
    def total(self) -> int:
        """Hits counted so far."""
        return sum(count for count in self._counts if count > 0)

    def before(self, row: int) -> int:
        """Hits counted in the rows above one."""
        return sum(count for count in self._counts[:row] if count > 0)

    def sums(self) -> list[int]:
        """For each row, and the end, how many hits were counted above it."""
        return [0, *accumulate(max(0, count) for count in self._counts)]

    def candidates(self) -> list[int]:
        """The rows that have hits, as far as is known, but were not looked at."""
        return [row for row, count in enumerate(self._counts) if count > 0 and row not in self._exact]

    def look_at(self, row: int) -> bool:
        """Count a row exactly without a place on the page; False when a long one needs to be called again."""
        shown = self._rows[row].item
        if shown is None:
            if self._begun is None or self._begun[0] != row:
                self._begun = (row, self._made_item(row))
            shown = self._begun[1]
            shown.sync()
        if shown.unread_from is not None:
            return False
        self._take_over(row, self._hits(row, shown))
        self._begun = None
        return True

    def _made_item(self, row: int) -> MessageItem:
        found = self._rows[row]
        kind = UserItem if found.message.role is Role.USER else ReplyItem
        return kind(found.message, self._rows.style, found.folds)

    def _take_over(self, row: int, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        self._counts[row] = len(hits)
        self._exact.add(row)
        return hits

    def forget(self, row: int) -> None:
        """Count a row anew: its text is another."""
        self._counts[row] = -1
        self._exact.discard(row)

    # --- places

    def hits(self, row: int) -> tuple[Hit, ...] | None:
        """All hits of a row in the order of its text; None while a long text is being read."""
        item = self._rows.item(row)
        if item.unread_from is not None:
            return None
        return self._take_over(row, self._hits(row, item))

    def _hits(self, row: int, item: MessageItem) -> tuple[Hit, ...]:
        return tuple(
            Hit(row, index, start, end)
            for index, part in enumerate(item.stack.parts)
            if part.is_selectable
            for start, end in self.ranges(part)
        )

    def ranges(self, part: Part) -> tuple[Range, ...]:
        """Where the word stands in a part."""
        key = text_key(part)
        known = self._found.get(part)
        is_known = known is not None and (known[0] is key or (isinstance(key, str) and known[0] == key))
        if known is None or not is_known:
            known = self._found[part] = (key, found_in(part, self._folded, self._texts.is_case_kept))
        return known[1]

    def fold_over(self, hit: Hit) -> str:
        """The fold that hides a hit; empty when it can be seen."""
        return self.laid_out(hit).fold_over(hit.end)

    def laid_out(self, hit: Hit) -> Part:
        """The part of a hit, measured."""
        stack = self._rows.item(hit.row).stack
        top = stack.top_of(hit.part)
        stack.settle(top, top + 1)
        self._rows.remeasured(hit.row)
        return stack.parts[hit.part]

    def share_of(self, hit: Hit) -> float:
        """How far down in its message a hit stands, as far as is known; the message's start when it has no layout."""
        item = self._rows[hit.row].item
        if item is None or hit.part >= len(item.stack.parts):
            return 0.0
        stack, part = item.stack, item.stack.parts[hit.part]
        inside = part.height * min(1.0, hit.start / max(1, part.length))
        return (stack.top_of(hit.part) + inside) / max(1.0, stack.height)

    def shares(self, row: int) -> list[float]:
        """How far down in its message each hit stands, roughly.

        Units:   share of the message's height.
        """
        item = self._rows[row].item
        if item is not None and item.unread_from is None:
            return [self.share_of(hit) for hit in self._hits(row, item)]
        text, word = self._guessed_in(row)
        found: list[float] = []
        at = text.find(word)
        while at >= 0:
            found.append(at / len(text))
            at = text.find(word, at + len(word))
        return found
