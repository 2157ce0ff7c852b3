"""Where the page stands: the one owner of the scroll value.

Either the page follows the end, or it is held by an anchor: a part and the distance of the screen's top edge from it.
Whatever changes height above the anchor, the line under the eye stays where it is.

Below the last question there may be more room than its answer fills, so that the question can stand at the top. That
room shrinks as the answer grows, and is given back as the reader scrolls up; it never moves anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.moving.motion import Glide
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.part_stack import PartStack
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX, Role

_LINE_PX: Final = Role.PROSE.line_px
"""Closer to the end than one line counts as there."""


@dataclass(slots=True)
class Anchor:
    """A place in a part.

    Units:   `below` in pixels from the part's top; `share` is the same as a share of its height.
    """

    row: int = 0
    message_id: str = ""
    part: int = 0
    """Counted from the end (-1 is the last) while other parts will be put before it."""
    below: float = 0.0
    share: float = 0.0
    held: Part | None = None
    """The part itself: others that come before it or go do not move it."""
    is_by_share: bool = False
    """Whether `below` follows from `share` as soon as the part is there to be measured."""


class Scrolling:
    """Follows the end, or holds an anchor.

    Units:   pixels of the page.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._is_following = True
        self._anchor = Anchor()
        self._glide: Glide | None = None
        self._question_id: str | None = None
        """The question that has room below it."""
        self._given_back_px = 0.0
        """How far above the question's own place the page has stood since it got its room."""
        self.page_px = 0.0
        """Height of the screen."""

    # --- what can be asked

    @property
    def is_following(self) -> bool:
        """Whether the page stays at the end by itself."""
        return self._is_following

    @property
    def most(self) -> int:
        """The largest scroll value."""
        end = self._end
        place = self._question_place() if self._question_id is not None else None
        return end if place is None else max(end, round(place - self._given_back_px))

    @property
    def _end(self) -> int:
        """The value at which the last line stands at the bottom."""
        return max(0, round(self._rows.total + 2 * PAGE_PADDING_PX - self.page_px))

    def _question_place(self) -> float | None:
        """The value at which the question with the room stands at the top."""
        row = self._rows.index_of(self._question_id) if self._question_id is not None else None
        return None if row is None else self._rows.top_of(row)

    @property
    def is_at_end(self) -> bool:
        """Whether the newest line is on the screen."""
        return self._is_following or self.value() >= self._end - _LINE_PX

    def value(self) -> int:
        """Where the page stands now."""
        if self._is_following or not len(self._rows):
            return self.most
        anchor = self._anchor
        row = min(anchor.row, len(self._rows) - 1)
        stack = self._rows.item(row).stack
        y = self._rows.top_of(row)
        if stack.parts:
            part = self._part_of(stack, self._rows.item(row).unread_from)
            if anchor.is_by_share:
                self._measure_share(row, part)
                y = self._rows.top_of(row)
            y += stack.top_of(part)
        glide_px = self._glide.offset_px if self._glide is not None else 0.0
        return min(max(0, round(y + anchor.below + PAGE_PADDING_PX + glide_px)), self.most)

    def _part_of(self, stack: PartStack, unread_from: int | None) -> int:
        """Index of the part that is held, wherever it has got to."""
        anchor, parts = self._anchor, stack.parts
        if anchor.part < 0 and unread_from is None:
            anchor.part = max(0, len(parts) + anchor.part)
        index = anchor.part % len(parts) if anchor.part < 0 else min(anchor.part, len(parts) - 1)
        if anchor.held is None and anchor.part == index and not anchor.is_by_share:
            is_read = unread_from is None or index < unread_from
            anchor.held = parts[index] if is_read else None
        elif anchor.held is not None and parts[index] is not anchor.held:
            if anchor.held in parts:
                index = parts.index(anchor.held)
                anchor.part = index - len(parts) if anchor.part < 0 else index
            else:
                # Made anew, in other colours say: what stands in its place is held.
                anchor.held = parts[index]
        return index

    def _measure_share(self, row: int, part: int) -> None:
        """Turn a share into pixels; while the part is not read yet, the share waits for it."""
        anchor, item = self._anchor, self._rows.item(row)
        stack, unread_from = item.stack, item.unread_from
        top = stack.top_of(part)
        if stack.settle(top, top):
            self._rows.remeasured(row)
        anchor.below = round(anchor.share * stack.parts[part].height)
        if anchor.part == part and (unread_from is None or part < unread_from):
            anchor.is_by_share = False
            anchor.held = stack.parts[part]

    # --- the reader's acts

    def move_to(self, value: float, may_attach: bool, gives_back: bool = True) -> None:
        """Stand somewhere else, by the reader's own act; at the end it follows again if that is wanted."""
        value = min(max(0.0, value), self.most)
        self._glide = None
        self._is_following = may_attach and value >= self.most - _LINE_PX
        if not self._is_following:
            if gives_back:
                self._give_back(value)
            self._hold(value)

    def give_back(self) -> None:
        """Let the blank room below the text end with the screen."""
        self._give_back(self.value())

    def let_go(self) -> None:
        """Stop following and gliding; the page stays where it is."""
        value = self.value()
        self._give_back(value)
        if self._is_following or self._glide is not None:
            self._hold(value)
            self._is_following, self._glide = False, None

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self._is_following, self._glide = True, None

    def show_end(self) -> bool:
        """Stand so that the last line is on the screen, without following it; False when it was there anyway."""
        if self._is_following or self._glide is not None or self.value() >= self._end:
            return False
        self._hold(self._end)
        return True

    def note_growth_at_top(self, part: Part, by: float) -> None:
        """A part has got higher by itself: when the top of the screen crosses it, what stands below it stays."""
        anchor = self._anchor
        if not self.is_following and anchor.held is part and anchor.below > 0:
            anchor.below = max(0.0, anchor.below + by)

    def hold(self, row: int, part: int, below: float) -> None:
        """Hold a part where it is: `below` pixels of it are above the screen."""
        self._is_following, self._glide = False, None
        stack = self._rows.item(row).stack
        held = stack.parts[part] if part < len(stack.parts) else None
        share = below / held.height if held is not None and held.height else 0.0
        self._anchor = Anchor(row, self._rows[row].message.id, part, below, share, held)

    def hold_top(self, row: int) -> None:
        """Hold a message at the top of the screen."""
        self.hold(row, 0, -PAGE_PADDING_PX)

    def hold_share_of(self, row: int, part: int, share: float) -> None:
        """Hold a part that may not be measured or even read yet, by a share of its height (see `ReadingPlace`)."""
        self._is_following, self._glide = False, None
        anchor = self._anchor = Anchor(row, self._rows[row].message.id, part)
        if share < 0:
            anchor.below = share
        else:
            anchor.share, anchor.is_by_share = share, True

    def bring_up(self, row: int, now_s: float, is_gliding: bool, from_value: float) -> None:
        """Bring a question to the top of the screen, and make room below it for that."""
        self._question_id, self._given_back_px = self._rows[row].message.id, 0.0
        self.hold_top(row)
        way_px = from_value - self._rows.top_of(row)
        if is_gliding and way_px:
            # What is farther away than a screen would only flash by.
            self._glide = Glide(min(max(way_px, -self.page_px), self.page_px), now_s)

    def drop_room(self) -> None:
        """Take the room below the last question away."""
        self._question_id = None

    def glide(self, now_s: float) -> bool:
        """Take the next step of a movement that has begun; False when there is none."""
        if self._glide is None:
            return False
        if not self._glide.advance(now_s):
            self._glide = None
        return True

    @property
    def is_gliding(self) -> bool:
        return self._glide is not None

    def _give_back(self, value: float) -> None:
        # Only ever less: whoever scrolls down again does not get it back.
        place = self._question_place()
        if place is not None:
            self._given_back_px = max(self._given_back_px, place - value)
            if place - self._given_back_px <= self._end:
                self._question_id = None

    # --- anchors

    def _hold(self, value: float) -> None:
        if not len(self._rows):
            return
        y = value - PAGE_PADDING_PX
        row = self._rows.index_at(max(0.0, y))
        stack = self._rows.item(row).stack
        inside = y - self._rows.top_of(row)
        if not stack.parts:
            self._anchor = Anchor(row, self._rows[row].message.id, 0, inside)
            return
        part = stack.index_at(max(0.0, inside))
        below = inside - stack.top_of(part)
        held = stack.parts[part]
        unread_from = self._rows.item(row).unread_from
        index = part - len(stack.parts) if unread_from is not None and part >= unread_from else part
        share = below / held.height if held.height else 0.0
        self._anchor = Anchor(row, self._rows[row].message.id, index, below, share, held)

    def anchor(self) -> Anchor | None:
        """What holds the page now; None while it follows the end."""
        return None if self._is_following else self._anchor

    def hold_share(self) -> None:
        """After a change of width: hold the same place of the text, which stands elsewhere in its part now."""
        anchor = self._anchor
        if self._is_following or anchor.is_by_share or anchor.below <= 0:
            return
        if anchor.held is not None and anchor.held.height:
            # It still has the height it had before.
            anchor.share = anchor.below / anchor.held.height
        anchor.is_by_share = True
