"""Find in a conversation that is shown as plain text; what cannot be counted at once is, a slice at a time."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.finding.find import Figures
from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.markdown.visible_text import units

_EDGE_PX: Final = 60
"""So near to the edge a hit is not left: above, the find bar lies there."""

_SELECTED_UNITS_MAX: Final = 200
_SLICE_S: Final = 0.003
_SLICE_CHARACTERS: Final = 3_000
"""So many and the rest of their line are searched in one go: MEASURED 1 to 2 ms where each fifth letter has an accent
of its own, 2026-11-23; all of the longest text took 260 ms."""


class PlainFinder(QObject):
    """Does for plain text what the transcript's finder does for messages.

    Order:   `open`; `search` and `step` as often as wanted; `close`.
    Units:   positions in UTF-16 units of the text, as the document counts them.
    """

    figures_changed = Signal(object)
    """Figures."""

    def __init__(self, look: Look, text: QPlainTextEdit) -> None:
        super().__init__(text)
        self._look = look
        self._text = text
        self._word = ""
        self._is_case_kept = False
        self._hits: list[tuple[int, int]] = []
        self._current: int | None = None
        self._origin = 0
        """Where the first hit of a word is looked for."""
        self._has_wrapped = False
        self._coming: Iterator[list[tuple[int, int]]] | None = None
        """The hits of the text that was not searched yet; None when all of it was."""
        self._is_setting_out = False
        """Whether the first hit of a word is being looked for."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        bar = text.verticalScrollBar()
        bar.valueChanged.connect(self._mark)
        bar.rangeChanged.connect(self._mark)
        look.colors_changed.connect(self._mark)

    # --- what can be asked

    @property
    def searched(self) -> str | None:
        """The word; None without one."""
        return self._word or None

    @property
    def selected_line(self) -> str:
        """What the reader has selected, when it is a word or some in one line."""
        selected = self._text.textCursor().selectedText()
        # The document parts its lines with this one.
        return "" if "\u2029" in selected or units(selected) > _SELECTED_UNITS_MAX else selected.strip()

    # --- the reader's acts

    def open(self, is_case_kept: bool = False) -> None:
        """Get ready: the first hit will be looked for from the selection on, or from what is on the screen."""
        cursor = self._text.textCursor()
        self._origin = cursor.selectionStart() if cursor.hasSelection() else self._top()
        self._begin("", is_case_kept)

    def search(self, word: str, is_case_kept: bool = False) -> None:
        """Search another word, and go to its first hit."""
        if self._current is not None:
            self._origin = self._hits[self._current][0]
        self._begin(word, is_case_kept, is_setting_out=True)

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before; after the last comes the first."""
        if not self._hits:
            return
        if self._current is not None:
            wanted = self._current + step
        else:
            wanted = bisect_left(self._hits, (self._top(), 0)) - (step < 0)
        is_beyond = not 0 <= wanted < len(self._hits)
        if is_beyond and self._coming is not None:
            # Which hit that is will be known in a moment.
            return
        self._has_wrapped = is_beyond
        self._stand_on(wanted % len(self._hits))

    def close(self) -> None:
        """Stop searching; the hit the reader stands on becomes the selection."""
        if self._current is not None:
            self._text.setTextCursor(self._cursor(*self._hits[self._current]))
        self._begin("", self._is_case_kept)

    def begin_again(self) -> None:
        """Search the same word in another text; the page stays where it is."""
        if self._word:
            self._begin(self._word, self._is_case_kept)

    # --- finding and showing

    def _begin(self, word: str, is_case_kept: bool, is_setting_out: bool = False) -> None:
        self._word, self._is_case_kept = word, is_case_kept
        self._current, self._has_wrapped = None, False
        self._hits, self._is_setting_out = [], is_setting_out
        self._timer.stop()
        self._coming = _hits(self._text.toPlainText(), word, is_case_kept) if word else None
        self._work()

    def _work(self) -> None:
        """Search one slice of the text."""
        until_s = time.perf_counter() + _SLICE_S
        while self._coming is not None:
            hits = next(self._coming, None)
            if hits is None:
                self._coming = None
                break
            self._hits += hits
            if time.perf_counter() >= until_s:
                self._timer.start(0)
                break
        is_known = self._coming is None or (bool(self._hits) and self._hits[-1][0] >= self._origin)
        if self._is_setting_out and self._hits and is_known:
            self._is_setting_out = False
            self._stand_on(bisect_left(self._hits, (self._origin, 0)) % len(self._hits))
        else:
            self._tell()

    def _stand_on(self, index: int) -> None:
        self._current = index
        start = self._hits[index][0]
        self._text.setTextCursor(self._cursor(start, start))
        place = self._text.cursorRect()
        if place.top() < _EDGE_PX or place.bottom() > self._text.viewport().height() - _EDGE_PX:
            self._text.centerCursor()
        self._tell()

    def _tell(self) -> None:
        self._mark()
        number = 0 if self._current is None else self._current + 1
        self.figures_changed.emit(Figures(number, len(self._hits), self._coming is not None, self._has_wrapped))

    def _mark(self, *_changed: object) -> None:
        """Mark what is in view: each mark costs time whenever the text is painted."""
        end = self._text.cursorForPosition(self._text.viewport().rect().bottomRight()).position()
        first = max(0, bisect_left(self._hits, (self._top(), 0)) - 1)
        self._text.setExtraSelections(
            [self._marked(index) for index in range(first, bisect_left(self._hits, (end + 1, 0)))]
        )

    def _marked(self, index: int) -> QTextEdit.ExtraSelection:
        colors = self._look.colors
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._cursor(*self._hits[index])
        mark.format.setBackground(QColor(colors.hit_current if index == self._current else colors.hit))
        return mark

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self._text.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _top(self) -> int:
        return self._text.cursorForPosition(QPoint(0, 0)).position()


def _hits(text: str, word: str, is_case_kept: bool) -> Iterator[list[tuple[int, int]]]:
    """Where a word stands, some lines at a time."""
    searched = folded(word, is_case_kept).text
    start = start_units = 0
    while start < len(text):
        end = text.find("\n", start + _SLICE_CHARACTERS) + 1 or len(text)
        piece = text[start:end]
        found: list[tuple[int, int]] = []
        at, behind = start_units, 0
        for first, last in folded(piece, is_case_kept).found(searched):
            begin = at + units(piece[behind:first])
            at, behind = begin + units(piece[first:last]), last
            found.append((begin, at))
        yield found
        start, start_units = end, at + units(piece[behind:])
