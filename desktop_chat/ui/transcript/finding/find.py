"""Find in conversation: counts a word in all messages a slice at a time, and leads the reader from hit to hit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.ui.transcript.finding.counting import Counting
from desktop_chat.ui.transcript.finding.hit_view import bring_into_view, fold_again
from desktop_chat.ui.transcript.finding.hit_walk import HitWalk
from desktop_chat.ui.transcript.finding.searched import Hit, Searched, Texts
from desktop_chat.ui.transcript.finding.start import place_of_reader, selected_line
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.marked import Marked, Range
from desktop_chat.ui.transcript.taking.selection import Position, Selection

_SLICE_S: Final = 0.005
"""What one turn of the loop may spend; a step more may be begun just before."""

_LOOKED_AT_S: Final = 0.003
_LOOK_AGAIN_MS: Final = 20
_TELL_EVERY_COUNT: Final = 16
_GROWTH_MS: Final = 300


@dataclass(frozen=True, slots=True)
class Figures:
    """What a search has found so far."""

    number: int = 0
    """Which hit the reader stands on, from 1; 0 for none, or while it is not known."""
    count: int = 0
    is_counting: bool = False
    has_wrapped: bool = False
    """Whether the last step went past the end of the conversation, or past its start."""
    is_folded: bool = False
    """Whether a word was found only where it is folded away; a step of the reader's own unfolds it."""


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
        self._counting: Counting | None = None
        self._walk: HitWalk | None = None
        self._current: Hit | None = None
        self._index = 0
        """Which hit of its message the current one is."""
        self._origin = Hit(0, 0, 0, 0)
        """Where the first hit of a word is looked for: a place, not a hit."""
        self._has_wrapped = False
        self._is_folded = False
        self._unfolded: dict[tuple[str, str], Hit] = {}
        """Message and fold of what was unfolded, and for which hit; what the reader has touched since is left out."""
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
        return self._searched is not None and self._counting is not None and not self._counting.is_over

    @property
    def is_settled(self) -> bool:
        """Whether everything is counted, as exactly as it will be by itself, and no hit is being gone to."""
        is_exact = self._searched is None or (self._counting is not None and self._counting.is_exact)
        return not self._timer.isActive() and self._walk is None and not self.is_counting and is_exact

    @property
    def figures(self) -> Figures:
        """What has been found so far."""
        searched = self._searched
        if searched is None:
            return Figures()
        number = 0
        if self._current is not None and not self.is_counting:
            number = searched.before(self._current.row) + self._index + 1
        return Figures(number, searched.total, self.is_counting, self._has_wrapped, self._is_folded)

    @property
    def selected_line(self) -> str:
        """What the reader has selected, when it is a word or some in one line."""
        return selected_line(self._page, self._selection)

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
        self._origin = self._here()
        self._begin("", Texts(is_case_kept))

    def search(self, word: str, is_case_kept: bool = False) -> None:
        """Search another word, and go to its first hit that can be seen: nothing unfolds under the typing hand."""
        texts = self._texts
        if texts is None or texts.is_case_kept is not is_case_kept:
            texts = Texts(is_case_kept)
        if self._current is not None:
            self._origin = replace(self._current, end=0)
        self._begin(word, texts)
        if self._searched is not None:
            self._set_out(HitWalk(self._searched, self._origin, 1, passes_folds=True))

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before; after the last comes the first."""
        if self._searched is not None:
            self._set_out(HitWalk(self._searched, self._current or self._here(), step))

    def close(self) -> None:
        """Stop searching; what was unfolded is folded again, and the hit the reader stands on becomes the selection."""
        hit, self._current = self._current, None
        self._texts = self._searched = self._counting = self._walk = None
        self._timer.stop()
        self._growth.stop()
        folded = self._fold_again()
        if hit is not None and (hit.row, hit.part) not in folded:
            self._selection.set(Position(hit.row, hit.part, hit.start), Position(hit.row, hit.part, hit.end))
        self.marks_changed.emit()

    def leave_fold(self, message_id: str, fold: str) -> None:
        """The reader has folded or unfolded something himself."""
        self._unfolded.pop((message_id, fold), None)

    def _fold_again(self) -> set[tuple[int, int]]:
        """Give row and index of the parts that were folded."""
        unfolded, self._unfolded = self._unfolded, {}
        folded: set[tuple[int, int]] = set()
        for (message_id, fold), hit in unfolded.items():
            row = self._page.rows.index_of(message_id)
            if row is not None and not self._has_selected(row, hit.part):
                fold_again(self._page, row, fold)
                folded.add((row, hit.part))
                self.moved.emit()
        return folded

    def _has_selected(self, row: int, part: int) -> bool:
        """Whether the reader has selected some of a part."""
        parts = self._page.rows.item(row).stack.parts
        return part < len(parts) and self._selection.within(row, part, parts[part]) is not None

    # --- what happens to the page

    def begin_again(self) -> None:
        """Search the same word in other messages; the page stays where it is."""
        if self._texts is None:
            return
        self._origin = self._here()
        self._begin(self._searched.word if self._searched else "", self._texts)

    def note_growth(self) -> None:
        """Count what arrives, some times a second."""
        if self._searched is not None and not self._growth.isActive():
            self._growth.start(_GROWTH_MS)

    def _take_growth(self) -> None:
        if self._searched is None or self._counting is None:
            return
        if self.is_counting:
            self._growth.start(_GROWTH_MS)
            return
        self._counting.take_growth()
        self._tell()

    # --- working in slices

    def _begin(self, word: str, texts: Texts) -> None:
        rows = self._page.rows
        self._texts = texts
        self._searched = Searched(rows, word, texts) if word else None
        self._counting = Counting(rows, texts, self._searched, self._origin.row)
        self._current = self._walk = None
        self._has_wrapped = self._is_folded = False
        self._tell()
        self.marks_changed.emit()
        self._timer.start(0)

    def _work(self) -> None:
        """One slice: the way to a hit first, then counting, then reading what was only guessed."""
        until_s = time.perf_counter() + _SLICE_S
        if self._walk is not None:
            self._go_on(self._walk, until_s)
        counting = self._counting
        # Whoever heard of a hit may have closed the search.
        if counting is None:
            return
        if not counting.is_over:
            self._count_on(counting, until_s)
            self._timer.start(0)
        elif self._walk is not None:
            self._timer.start(0 if self._walk.waits_at is None else _LOOK_AGAIN_MS)
        elif self._searched is not None:
            self._look_on(counting)

    def _count_on(self, counting: Counting, until_s: float) -> None:
        counting.count_on(until_s)
        if counting.is_over and self._searched is not None:
            self._tell()
            self.all_counted.emit()

    def _look_on(self, counting: Counting) -> None:
        """Look at a few of the messages with guessed counts, in no hurry."""
        near = (self._current or self._origin).row
        if not counting.look_on(near, _LOOKED_AT_S):
            return
        if counting.inexact_count % _TELL_EVERY_COUNT == 0:
            self._tell()
        self._timer.start(_LOOK_AGAIN_MS)

    def _tell(self) -> None:
        self.figures_changed.emit(self.figures)

    # --- going to a hit

    def _here(self) -> Hit:
        return place_of_reader(self._page, self._selection)

    def _set_out(self, walk: HitWalk) -> None:
        """Begin the way to the next hit."""
        if len(self._page.rows):
            self._walk = walk
            self._work()

    def _go_on(self, walk: HitWalk, until_s: float) -> None:
        waited_at = walk.waits_at
        walk.go_on(until_s)
        if walk.found is not None:
            self._stand_on(walk.found, walk)
        elif walk.is_over:
            self._walk, self._is_folded = None, walk.has_passed_folds
            self._tell()
        elif walk.waits_at is not None and walk.waits_at != waited_at:
            # A long text is read while it is on the screen.
            self._page.scrolling.hold(walk.waits_at, 0, 0.0)
            self.moved.emit()

    def _stand_on(self, hit: Hit, walk: HitWalk) -> None:
        is_first = self._current is None
        self._walk, self._current, self._index = None, hit, walk.index
        self._has_wrapped, self._is_folded = walk.has_wrapped and not is_first, False
        assert self._searched is not None
        if fold := bring_into_view(self._page, self._searched, hit):
            self._unfolded[self._page.rows[hit.row].message.id, fold] = hit
        self.moved.emit()
        self._tell()
        self.marks_changed.emit()
        if is_first:
            self.first_found.emit()
