"""Counting a word in every message: first roughly, those near the reader first, then as it is shown; in slices."""

from __future__ import annotations

import time
from typing import Final

from desktop_chat.ui.transcript.finding.searched import Searched, Texts
from desktop_chat.ui.transcript.messages.rows import Rows

_LOOKED_AT_MAX: Final = 400
"""Messages that are read to make a guessed count exact: MEASURED 1 ms each, 2026-11-23. Beyond, the reader's own steps
correct it."""


class Counting:
    """One round through the rows of a page; without a word their texts are made ready for one.

    Order:   `count_on` until it `is_over`, then `look_on` until it `is_exact`.
    """

    def __init__(self, rows: Rows, texts: Texts, searched: Searched | None, near: int) -> None:
        self._rows = rows
        self._texts = texts
        self._searched = searched
        count = len(rows)
        first = min(near, max(0, count - 1))
        self._order = [*range(first, count), *range(first)]
        self._at = 0
        self._looking: list[int] | None = None
        """Rows that are still to be looked at, the nearest last; None before it is known which."""

    @property
    def is_over(self) -> bool:
        """Whether every row has been counted."""
        return self._at == len(self._order)

    @property
    def is_exact(self) -> bool:
        """Whether everything is counted as exactly as it will be."""
        return self._looking == []

    @property
    def inexact_count(self) -> int:
        """How many rows are still to be looked at."""
        return len(self._looking or ())

    def count_on(self, until_s: float) -> None:
        """Count some more rows."""
        while not self.is_over and time.perf_counter() < until_s:
            row = self._order[self._at]
            if self._searched is None:
                self._texts.of(self._rows.messages[row])
            else:
                self._searched.guess(row)
            self._at += 1

    def look_on(self, near: int, budget_s: float) -> bool:
        """Look at some of the rows with guessed counts; False when there was none left."""
        searched = self._searched
        assert searched is not None
        if self._looking is None:
            self._looking = sorted(searched.candidates(), key=lambda row: -abs(row - near))[-_LOOKED_AT_MAX:]
        if not self._looking:
            return False
        until_s = time.perf_counter() + budget_s
        while self._looking and time.perf_counter() < until_s:
            if searched.look_at(self._looking[-1]):
                self._looking.pop()
        return True

    def take_growth(self) -> None:
        """Count the rows that were added, and anew the last ones of before, which may have grown."""
        searched, known = self._searched, len(self._order)
        assert searched is not None
        searched.widen()
        self._order.extend(range(known, len(self._rows)))
        self._at = len(self._order)
        for row in range(max(0, known - 2), len(self._order)):
            searched.forget(row)
            if not searched.look_at(row):
                searched.guess(row)
