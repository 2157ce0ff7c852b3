"""What the page does by itself: at a send, while a reply grows, and when it is opened again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.messages import Message, MessageStatus, Role
from desktop_chat.core.settings import Following
from desktop_chat.ui.transcript.moving.motion import is_motion_reduced
from desktop_chat.ui.transcript.page import Page


@dataclass(slots=True)
class _Seen:
    """What the screen showed at its end.

    Units:   `width` and `height` in pixels of the page.
    """

    width: float = 0.0
    height: float = 0.0
    zoom: float = 1.0
    has_end: bool = False


class Lead:
    """Moves the page as the reader's setting has it; an act of the reader's own ends that at once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._led_id = ""
        """The question the page was led to last: it is led to each one once."""
        self._place: ReadingPlace | None = None
        """Where the page shall open; it waits for the messages."""
        self._is_unread = False
        """Whether the page shall open at the start of its last reply instead."""
        self._unread_id = ""
        """A reply that ended where nobody saw it."""
        self._seen = _Seen()
        self.following = Following.QUESTION

    # --- sending and growing

    def add(self, message: Message, is_seen: bool) -> int:
        """Put a new message at the end of the page; give its row."""
        rows, scrolling = self._page.rows, self._page.scrolling
        if self.following is Following.NEVER:
            scrolling.let_go()
        before = self._page.scroll_value
        row = rows.add(message)
        rows.item(row)
        asked = row if message.role is Role.USER else row - 1
        if asked >= 0 and rows[asked].message.role is Role.USER and rows[asked].message.id != self._led_id:
            self._led_id = rows[asked].message.id
            self._lead_to(asked, before, is_seen)
        return row

    def _lead_to(self, row: int, before: float, is_seen: bool) -> None:
        """Go where the reader wants to be when a question has been sent."""
        scrolling = self._page.scrolling
        if self.following is Following.END:
            scrolling.drop_room()
            scrolling.to_end()
        elif self.following is Following.QUESTION:
            is_gliding = is_seen and not is_motion_reduced()
            scrolling.bring_up(row, time.monotonic(), is_gliding, before)

    def note_growth(self) -> None:
        """A reply is about to grow: whoever wants nothing to move has it held before."""
        if self.following is Following.NEVER and self._page.scrolling.is_following:
            self._page.scrolling.let_go()

    def keep_end(self) -> bool:
        """Show the end again that was on the screen a moment ago; True when the page has moved for that.

        A row that comes above the composer may hide it. As long as a reply is under way, also while it waits for its
        line, what is being read stays where it is.
        """
        rows, scrolling = self._page.rows, self._page.scrolling
        before, has_end = self._seen, scrolling.is_at_end
        if (before.width, before.height, before.zoom) == (rows.width, scrolling.page_px, self._page.zoom):
            before.has_end = has_end
            return False
        self._seen = seen = _Seen(rows.width, scrolling.page_px, self._page.zoom, has_end)
        is_lower = seen.height < before.height and (seen.width, seen.zoom) == (before.width, before.zoom)
        if not before.has_end or not is_lower or self.following is Following.NEVER or rows.is_under_way:
            return False
        if not scrolling.show_end():
            return False
        self._seen = replace(seen, has_end=True)
        return True

    # --- opening

    def open_at(self, place: ReadingPlace | None, is_unread: bool) -> None:
        """Open the messages to come at a remembered place; with an unread reply at its question instead."""
        self._place, self._is_unread = place, is_unread

    def end_unseen(self, message: Message) -> None:
        """A reply has ended that nobody is looking at."""
        self._unread_id = message.id

    def land(self) -> None:
        """Other messages are shown: stand where the reader was, or at the start of what nobody has read."""
        rows, scrolling = self._page.rows, self._page.scrolling
        scrolling.drop_room()
        scrolling.to_end()
        if not len(rows):
            return
        last = len(rows) - 1
        is_streaming = rows[last].message.status is MessageStatus.STREAMING
        place, self._place = self._place, None
        row = rows.index_of(place.message_id) if place is not None else None
        if self._is_unread or (row is None and is_streaming and self.following is Following.QUESTION):
            self._hold_start(last)
        elif place is not None and row is not None:
            scrolling.hold_share_of(row, place.part, place.share)
        self._is_unread = False

    def change_path(self, last_id: str | None) -> None:
        """Another path is shown that begins as the one before, which ended with that message."""
        rows, scrolling = self._page.rows, self._page.scrolling
        self._led_id = ""
        if not len(rows) or rows[len(rows) - 1].message.id != last_id:
            scrolling.drop_room()
        anchor = scrolling.anchor()
        if anchor is None:
            return
        if anchor.row >= len(rows):
            scrolling.to_end()
        elif rows[anchor.row].message.id != anchor.message_id:
            moved_to = rows.index_of(anchor.message_id)
            if moved_to is None:
                scrolling.hold_top(anchor.row)
            else:
                # The messages before those that were read first have come.
                anchor.row = moved_to

    def come_back(self) -> None:
        """The page is looked at again: a reply that ended meanwhile stands there from its question on."""
        row = self._page.rows.index_of(self._unread_id) if self._unread_id else None
        self._unread_id = ""
        anchor = self._page.scrolling.anchor()
        # Whoever had begun to read that very reply finds the line again instead.
        if row is not None and (anchor is None or anchor.row < row):
            self._hold_start(row)

    def _hold_start(self, row: int) -> None:
        """Hold a reply by its question."""
        first = row - 1 if row > 0 and self._page.rows[row - 1].message.role is Role.USER else row
        self._page.scrolling.hold_top(first)

    @property
    def place(self) -> ReadingPlace | None:
        """Where the reader stands; None at the end."""
        rows, scrolling = self._page.rows, self._page.scrolling
        if not len(rows):
            return self._place
        anchor = scrolling.anchor()
        if anchor is None or scrolling.is_at_end:
            return None
        row = min(anchor.row, len(rows) - 1)
        parts = rows.item(row).stack.parts
        if not parts:
            return ReadingPlace(rows[row].message.id)
        part = anchor.part if anchor.part >= 0 else max(0, len(parts) + anchor.part)
        height = parts[min(part, len(parts) - 1)].height
        is_measured = height > 0 and not anchor.is_by_share
        share = anchor.below / height if is_measured else anchor.share
        return ReadingPlace(rows[row].message.id, part, anchor.below if anchor.below < 0 else share)
