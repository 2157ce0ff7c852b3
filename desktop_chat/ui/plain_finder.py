"""Find in a conversation that is shown as plain text: all of it is at hand, so that a word is counted at once."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.finding.find import Figures
from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.markdown.visible_text import units

_EDGE_PX: Final = 60
"""So near to the edge a hit is not left: above, the find bar lies there."""

_SELECTED_UNITS_MAX: Final = 200


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
        self._begin(word, is_case_kept)
        if self._hits:
            self._stand_on(bisect_left(self._hits, (self._origin, 0)) % len(self._hits))

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before; after the last comes the first."""
        if not self._hits:
            return
        if self._current is not None:
            wanted = self._current + step
        else:
            wanted = bisect_left(self._hits, (self._top(), 0)) - (step < 0)
        self._has_wrapped = not 0 <= wanted < len(self._hits)
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

    def _begin(self, word: str, is_case_kept: bool) -> None:
        self._word, self._is_case_kept = word, is_case_kept
        self._current, self._has_wrapped = None, False
        self._hits = _hits(self._text.toPlainText(), word, is_case_kept) if word else []
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
        self.figures_changed.emit(Figures(number, len(self._hits), has_wrapped=self._has_wrapped))

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


def _hits(text: str, word: str, is_case_kept: bool) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = behind = 0
    for start, end in folded(text, is_case_kept).found(folded(word, is_case_kept).text):
        first = at + units(text[behind:start])
        at, behind = first + units(text[start:end]), end
        found.append((first, at))
    return found
