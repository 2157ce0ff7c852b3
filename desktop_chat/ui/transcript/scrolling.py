"""Where the page stands: the one owner of the scroll value.

Either the page follows the end, or it is held by an anchor: a part and the distance of the screen's top edge from it.
Whatever changes height above the anchor, the line under the eye stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop_chat.ui.transcript.rows import Rows
from desktop_chat.ui.transcript.style import PAGE_PADDING_PX

_AT_END_PX = 24.0
"""Closer to the end than one line counts as there."""


@dataclass(slots=True)
class Anchor:
    """A place in a part.

    Units:   `below` in pixels from the part's top, `share` the same as a share of its height. `part` is counted from
             the end (-1 is the last) while other parts will be put before it.
    """

    row: int = 0
    part: int = 0
    below: float = 0.0
    share: float = 0.0


class Scrolling:
    """Follows the end, or holds an anchor."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.is_following = True
        self._anchor = Anchor()
        self.page_px = 0.0
        """Height of the screen."""

    @property
    def content_px(self) -> float:
        return self._rows.total + 2 * PAGE_PADDING_PX

    @property
    def most(self) -> int:
        """The largest scroll value."""
        return max(0, round(self.content_px - self.page_px))

    def value(self) -> int:
        """Where the page stands now."""
        if self.is_following or not len(self._rows):
            return self.most
        anchor = self._anchor
        row = min(anchor.row, len(self._rows) - 1)
        stack = self._rows.item(row).stack
        y = self._rows.top_of(row)
        if stack.parts:
            if anchor.part < 0 and self._rows.item(row).unread_from is None:
                anchor.part = max(0, len(stack.parts) + anchor.part)
            y += stack.top_of(min(anchor.part, len(stack.parts) - 1) % len(stack.parts))
        return min(max(0, round(y + anchor.below + PAGE_PADDING_PX)), self.most)

    def move_to(self, value: float, may_attach: bool) -> None:
        """Stand somewhere else, by the reader's own act; at the end it follows again if that is wanted."""
        value = min(max(0.0, value), self.most)
        self.is_following = may_attach and value >= self.most - _AT_END_PX / 2
        if not self.is_following:
            self._hold(value)

    def let_go(self) -> None:
        """Stop following; the page stays where it is."""
        if self.is_following:
            self._hold(self.value())
            self.is_following = False

    def hold(self, row: int, part: int, below: float) -> None:
        """Hold a part where it is: `below` pixels of it are above the screen."""
        self.is_following = False
        self._anchor = Anchor(row, part, below, 0.0)

    def _hold(self, value: float) -> None:
        if not len(self._rows):
            return
        y = value - PAGE_PADDING_PX
        row = self._rows.index_at(max(0.0, y))
        stack = self._rows.item(row).stack
        inside = y - self._rows.top_of(row)
        if not stack.parts:
            self._anchor = Anchor(row, 0, inside, 0.0)
            return
        part = stack.index_at(max(0.0, inside))
        below = inside - stack.top_of(part)
        height = stack.parts[part].height
        unread_from = self._rows.item(row).unread_from
        if unread_from is not None and part >= unread_from:
            part -= len(stack.parts)
        self._anchor = Anchor(row, part, below, below / height if height else 0.0)

    def hold_share(self) -> None:
        """After a change of width: hold the same place of the text, which stands elsewhere in its part now."""
        if self.is_following or not len(self._rows):
            return
        anchor = self._anchor
        stack = self._rows.item(min(anchor.row, len(self._rows) - 1)).stack
        if 0 <= anchor.part < len(stack.parts) and anchor.below > 0:
            stack.settle(stack.top_of(anchor.part), stack.top_of(anchor.part) + 1)
            anchor.below = round(anchor.share * stack.parts[anchor.part].height)

    @property
    def is_at_end(self) -> bool:
        """Whether the end is on the screen."""
        return self.is_following or self.value() >= self.most - _AT_END_PX / 2
