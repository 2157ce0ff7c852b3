"""The way to the next hit: message by message in one direction, past the end of the conversation, in slices."""

from __future__ import annotations

import time
from itertools import groupby
from typing import Final

from desktop_chat.ui.transcript.finding.searched import Hit, Searched

_FOLDED_ROWS_MAX: Final = 50
"""After so many messages with nothing but folded hits, a walk past the folds ends without one: each had to be read."""


class HitWalk:
    """One walk, from a place to the next hit behind it, or with step -1 before it; past what is folded, if wanted.

    Order:   `go_on` until something is `found`, or the walk `is_over` without.
    """

    def __init__(self, searched: Searched, start: Hit, step: int, passes_folds: bool = False) -> None:
        # What arrived since the last count is asked, too.
        searched.widen()
        self._searched = searched
        self._start = start
        self._step = step
        self._passes_folds = passes_folds
        self._folded_rows = 0
        self._row = start.row
        # The first row is asked twice: for what lies ahead, and at last for what lies behind.
        self._left_count = searched.row_count + 1
        self.has_wrapped = False
        """Whether the walk went past the end of the conversation, or past its start."""
        self.found: Hit | None = None
        self.index = 0
        """Which hit of its message it is."""
        self.waits_at: int | None = None
        """The row whose long text has to be read on the page before the walk can go on."""

    @property
    def is_over(self) -> bool:
        return self._left_count <= 0 or self._folded_rows > _FOLDED_ROWS_MAX

    @property
    def has_passed_folds(self) -> bool:
        """Whether it went past hits that are folded away."""
        return self._folded_rows > 0

    def go_on(self, until_s: float) -> None:
        """Ask some more rows."""
        searched = self._searched
        searched.widen()
        while not self.is_over:
            if searched.guess(self._row) > 0:
                if not searched.is_exact(self._row) and not searched.look_at(self._row):
                    return
                hits = searched.hits(self._row) if searched.guess(self._row) else ()
                if hits is None:
                    self.waits_at = self._row
                    return
                if self._takes_one_of(hits):
                    return
            self._take_step()
            if time.perf_counter() >= until_s:
                return

    def _takes_one_of(self, hits: tuple[Hit, ...]) -> bool:
        """Find the first of a row's hits that lies on the way; False when none does."""
        on_way = [hit for hit in hits if self._is_on_way(hit)]
        if on_way and self._passes_folds:
            on_way = self._shown(on_way)
            self._folded_rows += not on_way
        if not on_way:
            return False
        self.found = on_way[0 if self._step > 0 else -1]
        self.index = hits.index(self.found)
        return True

    def _shown(self, hits: list[Hit]) -> list[Hit]:
        """Those that can be seen with nothing unfolded."""
        shown: list[Hit] = []
        for _part, in_part in groupby(hits, key=lambda hit: hit.part):
            for hit in in_part:
                if self._searched.fold_over(hit):
                    # It hides all that follows in the part.
                    break
                shown.append(hit)
        return shown

    def _is_on_way(self, hit: Hit) -> bool:
        if hit.row != self._start.row or self.has_wrapped:
            return True
        return hit > self._start if self._step > 0 else hit < self._start

    def _take_step(self) -> None:
        self.waits_at = None
        self._left_count -= 1
        self._row += self._step
        count = self._searched.row_count
        if not 0 <= self._row < count:
            self._row %= count
            self.has_wrapped = True
