"""Find in conversation: counts a word in all messages a slice at a time, and leads the reader from hit to hit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.ui.transcript.finding.searched import Hit, Searched, Texts
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.marked import Marked, Range
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX
from desktop_chat.ui.transcript.taking.selection import Position, Selection

_SLICE_S: Final = 0.005
"""What one turn of the loop may spend; a step more may be begun just before."""

_LOOKED_AT_S: Final = 0.003
_LOOK_AGAIN_MS: Final = 20
_LOOKED_AT_MAX: Final = 400
"""Messages that are read to make a guessed count exact: MEASURED 1 ms each, 2026-11-23. Beyond, the reader's own steps
correct it."""

_GROWTH_MS: Final = 300
_SELECTED_UNITS_MAX: Final = 200
_PLACE: Final = 1 / 3
"""Where on the screen a hit is put, from the top."""

_ROOM_PX: Final = (64.0, 48.0)
"""A hit nearer to the upper or lower edge of the screen is moved away from it: the find bar covers a little."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a search has found so far."""

    number: int = 0
    """Which hit the reader stands on, from 1; 0 for none, or while it is not known."""
    count: int = 0
    is_counting: bool = False
    has_wrapped: bool = False
    """Whether the last step went past the end of the conversation, or past its start."""


@dataclass(slots=True)
class _Walk:
    """A way to a hit: rows that are still to be asked, in one direction."""

    after: Hit
    """The hit has to stand behind this one, or before it."""
    step: int
    row: int
    left_count: int
    has_wrapped: bool = False
    is_waiting: bool = False
    """Whether the page stands at the row, which is still being read."""


class Finder(QObject):
    """Searches the messages that a page shows, also those that are not laid out.

    Order:   `open`; `search` and `step` as often as wanted; `close`.
    """

    figures_changed = Signal(object)
    """Figures."""
    first_found = Signal()
    """The reader stands on the first hit of a new word."""
    all_counted = Signal()
    """Every message was counted; the count may still become more exact."""
    moved = Signal()
    """The page has to be laid out."""
    marks_changed = Signal()
    """Other ranges of the text are marked."""

    def __init__(self, page: Page, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._selection = selection
        self._texts: Texts | None = None
        self._searched: Searched | None = None
        self._current: Hit | None = None
        self._index = 0
        """Which hit of its message the current one is."""
        self._origin = Hit(0, 0, 0, 0)
        """Where the first hit of a word is looked for: a place, not a hit."""
        self._walk: _Walk | None = None
        self._order: list[int] = []
        self._at = 0
        self._looking: list[int] | None = None
        self._has_wrapped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        self._growth = QTimer(self)
        self._growth.setSingleShot(True)
        self._growth.timeout.connect(self._take_growth)

    # --- what can be asked

    @property
    def is_open(self) -> bool:
        return self._texts is not None

    @property
    def searched(self) -> Searched | None:
        """What is known about the word; None without one."""
        return self._searched

    @property
    def current(self) -> Hit | None:
        """The hit the reader stands on."""
        return self._current

    @property
    def is_counting(self) -> bool:
        return self._searched is not None and self._at < len(self._order)

    @property
    def is_settled(self) -> bool:
        """Whether everything is counted, as exactly as it will be by itself, and no hit is being gone to."""
        has_read = self._searched is None or self._looking == []
        return not self._timer.isActive() and self._walk is None and not self.is_counting and has_read

    @property
    def figures(self) -> Figures:
        """What has been found so far."""
        searched = self._searched
        if searched is None:
            return Figures()
        number = 0
        if self._current is not None and not self.is_counting:
            number = searched.before(self._current.row) + self._index + 1
        return Figures(number, searched.total, self.is_counting, self._has_wrapped)

    @property
    def selected_line(self) -> str:
        """What the reader has selected, when it is a word or some in one line."""
        if self._selection.is_empty:
            return ""
        first, last = self._selection.ends
        if (first.row, first.part) != (last.row, last.part) or last.offset - first.offset > _SELECTED_UNITS_MAX:
            return ""
        part = self._page.rows.item(first.row).stack.parts[first.part]
        text = part.plain(first.offset, min(last.offset, part.length))
        if first.offset == 0 and isinstance(part, LeafPart):
            text = text.removeprefix(f"{part.leaf.marker} ")
        return "" if "\n" in text else text.strip()

    def marked(self, spot: Spot, selected: Range | None) -> Marked | None:
        """The marks of a part, with what is selected of it; None when nothing was found there."""
        ranges = self._searched.ranges(spot.part) if self._searched and spot.part.is_selectable else ()
        if not ranges:
            return None
        hit = self._current
        is_here = hit is not None and (hit.row, hit.part) == (spot.row, spot.index)
        return Marked(selected, ranges, (hit.start, hit.end) if hit is not None and is_here else None)

    # --- the reader's acts

    def open(self, is_case_kept: bool = False) -> None:
        """Get ready: the first hit will be looked for from the selection on, or from what is on the screen."""
        self._texts = Texts(is_case_kept)
        self._origin = self._here()
        self._begin(None)

    def search(self, word: str, is_case_kept: bool = False) -> None:
        """Search another word, and go to its first hit."""
        if self._texts is None or self._texts.is_case_kept is not is_case_kept:
            self._texts = Texts(is_case_kept)
        if self._current is not None:
            self._origin = replace(self._current, end=0)
        self._begin(Searched(self._page.rows, word, self._texts) if word else None)
        if word and self._order:
            self._walk = _Walk(self._origin, 1, self._origin.row, len(self._order) + 1)
            self._work()

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before; after the last comes the first."""
        if self._searched is None or not self._order:
            return
        start = self._current or self._here()
        self._walk = _Walk(start, step, start.row, len(self._order) + 1)
        self._work()

    def close(self) -> None:
        """Stop searching; the hit the reader stands on becomes the selection."""
        hit, self._current = self._current, None
        self._texts = self._searched = self._walk = self._looking = None
        self._timer.stop()
        self._growth.stop()
        if hit is not None:
            self._selection.set(Position(hit.row, hit.part, hit.start), Position(hit.row, hit.part, hit.end))
        self.marks_changed.emit()

    # --- what happens to the page

    def begin_again(self) -> None:
        """Search the same word in other messages; the page stays where it is."""
        if self._texts is None:
            return
        self._origin = self._here()
        word = self._searched.word if self._searched else ""
        self._begin(Searched(self._page.rows, word, self._texts) if word else None)

    def note_growth(self) -> None:
        """Count what arrives, some times a second."""
        if self._searched is not None and not self._growth.isActive():
            self._growth.start(_GROWTH_MS)

    def _take_growth(self) -> None:
        searched = self._searched
        if searched is None:
            return
        if self.is_counting:
            self._growth.start(_GROWTH_MS)
            return
        known = len(self._order)
        searched.widen()
        self._order.extend(range(known, len(self._page.rows)))
        self._at = len(self._order)
        for row in range(max(0, known - 2), len(self._order)):
            searched.forget(row)
            if not searched.look_at(row):
                searched.guess(row)
        self._tell()

    # --- working in slices

    def _begin(self, searched: Searched | None) -> None:
        self._searched, self._current, self._walk, self._looking = searched, None, None, None
        self._has_wrapped = False
        count = len(self._page.rows)
        first = min(self._origin.row, max(0, count - 1))
        self._order = [*range(first, count), *range(first)]
        self._at = 0
        self._tell()
        self.marks_changed.emit()
        self._timer.start(0)

    def _work(self) -> None:
        """One slice: the way to a hit first, then counting, then reading what was only guessed."""
        until_s = time.perf_counter() + _SLICE_S
        if self._walk is not None:
            self._go_on(self._walk, until_s)
        if self._texts is None:
            return
        if self._at < len(self._order):
            self._count_on(until_s)
            self._timer.start(0)
        elif self._walk is not None:
            self._timer.start(_LOOK_AGAIN_MS if self._walk.is_waiting else 0)
        elif self._searched is not None:
            self._look_on(self._searched)

    def _count_on(self, until_s: float) -> None:
        """Count some rows; without a word, get their texts ready."""
        searched, texts, rows = self._searched, self._texts, self._page.rows
        assert texts is not None
        while self._at < len(self._order) and time.perf_counter() < until_s:
            row = self._order[self._at]
            if searched is None:
                texts.of(rows[row].message)
            else:
                searched.guess(row)
            self._at += 1
        if searched is None:
            return
        if self._at == len(self._order):
            self._tell()
            self.all_counted.emit()

    def _look_on(self, searched: Searched) -> None:
        """Read a few of the messages with guessed counts, in no hurry."""
        if self._looking is None:
            near = self._current.row if self._current else self._origin.row
            self._looking = sorted(searched.candidates(), key=lambda row: -abs(row - near))[-_LOOKED_AT_MAX:]
        if not self._looking:
            return
        until_s = time.perf_counter() + _LOOKED_AT_S
        while self._looking and time.perf_counter() < until_s:
            if searched.look_at(self._looking[-1]):
                self._looking.pop()
        if not self._looking or len(self._looking) % 16 == 0:
            self._tell()
        self._timer.start(_LOOK_AGAIN_MS)

    def _tell(self) -> None:
        self.figures_changed.emit(self.figures)

    # --- going to a hit

    def _here(self) -> Hit:
        """The place where the reader is: the selection's start, or the top of the screen."""
        selection, page = self._selection, self._page
        if not selection.is_empty:
            first = selection.ends[0]
            return Hit(first.row, first.part, first.offset, 0)
        spot = next((spot for spot in page.spots(0.0, page.scrolling.page_px) if spot.top >= 0), None)
        if spot is None:
            spot = next(page.spots(0.0, page.scrolling.page_px), None)
        return Hit(spot.row, spot.index, 0, 0) if spot is not None else Hit(max(0, len(page.rows) - 1), 0, 0, 0)

    def _go_on(self, walk: _Walk, until_s: float) -> None:
        searched, count = self._searched, len(self._page.rows)
        assert searched is not None
        while walk.left_count > 0:
            if searched.guess(walk.row) > 0:
                if not searched.is_exact(walk.row) and not searched.look_at(walk.row):
                    return
                hits = searched.hits(walk.row) if searched.guess(walk.row) else ()
                if hits is None:
                    self._approach(walk)
                    return
                on_way = _on_way(walk, hits)
                if on_way:
                    self._stand_on(on_way[0 if walk.step > 0 else -1], hits, walk.has_wrapped)
                    return
            walk.row += walk.step
            walk.left_count -= 1
            if not 0 <= walk.row < count:
                walk.row %= count
                walk.has_wrapped = True
            if time.perf_counter() >= until_s:
                return
        self._walk = None
        self._tell()

    def _approach(self, walk: _Walk) -> None:
        """Go to a long text, which is read while it is on the screen; the walk ends there when it has been."""
        if not walk.is_waiting:
            walk.is_waiting = True
            self._page.scrolling.hold(walk.row, 0, 0.0)
            self.moved.emit()

    def _stand_on(self, hit: Hit, hits: tuple[Hit, ...], has_wrapped: bool) -> None:
        is_first = self._current is None
        self._walk, self._current, self._index = None, hit, hits.index(hit)
        self._has_wrapped = has_wrapped and not is_first
        self._show(hit)
        self._tell()
        self.marks_changed.emit()
        if is_first:
            self.first_found.emit()

    def _show(self, hit: Hit) -> None:
        """Bring a hit into view: unfolded, and at a place where it can be read in its surroundings."""
        rows, scrolling = self._page.rows, self._page.scrolling
        scrolling.let_go()
        part = self._measured(hit)
        fold = part.fold_over(hit.end)
        if fold:
            rows.toggle(hit.row, fold)
            part = self._measured(hit)
        part.reveal(hit.start, hit.end)
        rects = part.rects(hit.start, hit.end)
        top, height = (rects[0].top(), rects[-1].bottom() - rects[0].top()) if rects else (0.0, part.height)
        stack = rows.item(hit.row).stack
        y = rows.top_of(hit.row) + stack.top_of(hit.part) + top + PAGE_PADDING_PX - scrolling.value()
        if fold or not _ROOM_PX[0] <= y <= scrolling.page_px - _ROOM_PX[1] - height:
            scrolling.hold(hit.row, hit.part, top - scrolling.page_px * _PLACE)
            if scrolling.value() == scrolling.most:
                # So far down only because no text follows: what arrives later shall not move it up.
                scrolling.move_to(self._page.settle(), may_attach=False)
        self.moved.emit()

    def _measured(self, hit: Hit) -> Part:
        """The part of a hit, laid out."""
        rows = self._page.rows
        stack = rows.item(hit.row).stack
        top = stack.top_of(hit.part)
        stack.settle(top, top + 1)
        rows.remeasured(hit.row)
        return stack.parts[hit.part]


def _on_way(walk: _Walk, hits: tuple[Hit, ...]) -> list[Hit]:
    """The hits of the walk's row that lie on its way."""
    if walk.row != walk.after.row or walk.has_wrapped:
        return list(hits)
    return [hit for hit in hits if (hit > walk.after if walk.step > 0 else hit < walk.after)]
