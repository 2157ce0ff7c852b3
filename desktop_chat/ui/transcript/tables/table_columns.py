"""The columns of one table: shared by the pieces it is laid out in, and steady while rows are added."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QFontMetricsF

from desktop_chat.ui.transcript.markdown.blocks import Mark, Marks, Spans
from desktop_chat.ui.transcript.markdown.visible_text import visible
from desktop_chat.ui.transcript.parts.sideways import Sideways
from desktop_chat.ui.transcript.parts.style import CODE_BOX_PADDING_PX, Role, Style

COLUMN_GAP_PX: Final = 18.0
_COLUMN_LEAST_PX: Final = 110.0
"""A column whose text is longer does not get narrower: rather the table is scrolled."""

_COLUMN_SCROLLED_PX: Final = 260.0
"""As wide a column may get in a table that has to be scrolled anyway."""

_SPREAD_STEP_PX: Final = 40.0
"""A table that gets wider while it streams leaves the column in steps: it would tremble otherwise."""

_CONTENT_SHARE: Final = 0.8
"""A long column that has so much of its fair share keeps what it has."""

_ROOM_PX: Final = 2.0


class ColumnPlan:
    """Widths of the columns, the window they are seen through, and how far they are moved in it.

    Units:   pixels.
    """

    def __init__(self) -> None:
        self.widths: list[float] = []
        self.window_px = 0.0
        self.out_px = 0.0
        """How far the window stands out of the column of prose, on each side."""
        self.numeric: tuple[bool, ...] = ()
        """Which columns hold numbers."""
        self.sideways = Sideways()
        self._state: object = None

    def let_go(self) -> None:
        """Hold on to no width: the next layout is as if it were the first."""
        self._state = None

    @property
    def natural_px(self) -> float:
        """Width of all columns."""
        return _width_of(self.widths)

    @property
    def line_px(self) -> float:
        """Length of the lines below the rows: a little more than the columns, where there is room."""
        return max(self.natural_px, min(self.natural_px + COLUMN_GAP_PX, self.window_px))

    def lay_out(self, needs: Sequence[float], numeric: tuple[bool, ...], column_px: float, spread_px: float) -> bool:
        """Give every column its width; True when something is different now."""
        state = (tuple(needs), numeric, column_px, spread_px)
        if state == self._state:
            return False
        is_same_room = isinstance(self._state, tuple) and self._state[2:] == (column_px, spread_px)
        self._state = state
        before = (self.widths, self.window_px, self.numeric)
        beyond = max(0.0, _width_of(needs) - column_px)
        out = min(spread_px, math.ceil(beyond / 2 / _SPREAD_STEP_PX) * _SPREAD_STEP_PX)
        self.out_px = max(out, self.out_px) if is_same_room else out
        self.window_px = column_px + 2 * self.out_px
        held = self.widths if is_same_room and len(self.widths) == len(needs) else []
        self.widths = planned(needs, self.window_px - COLUMN_GAP_PX * (len(needs) - 1), held)
        self.numeric = numeric
        self.sideways.fit(self.natural_px, self.window_px)
        return before != (self.widths, self.window_px, self.numeric)


def _width_of(columns: Sequence[float]) -> float:
    return sum(columns) + COLUMN_GAP_PX * (len(columns) - 1)


def planned(needs: Sequence[float], room: float, held: Sequence[float]) -> list[float]:
    """Widths of the columns: what they need, or a fair share; `held` ones are kept while they do.

    Columns do not get narrower as rows come, unless another one needs the room.
    """
    if sum(needs) <= room:
        kept = list(map(max, needs, held)) if held else list(needs)
        return kept if sum(kept) <= room else list(needs)
    if sum(min(need, _COLUMN_LEAST_PX) for need in needs) > room:
        wide = [min(need, _COLUMN_SCROLLED_PX) for need in needs]
        return list(map(max, wide, held)) if held else wide
    shares = _shares(needs, room)
    level = max(shares)
    is_content = bool(held) and all(
        have >= need or have >= _CONTENT_SHARE * min(level, need) for have, need in zip(held, needs, strict=True)
    )
    return list(held) if is_content and sum(held) >= _CONTENT_SHARE * room else shares


def _shares(needs: Sequence[float], room: float) -> list[float]:
    shares = list(needs)
    waiting = sorted(range(len(needs)), key=needs.__getitem__)
    for done, column in enumerate(waiting):
        share = max(room / (len(waiting) - done), _COLUMN_LEAST_PX)
        shares[column] = min(needs[column], share)
        room -= shares[column]
    return shares


def natural_px(spans: Spans, role: Role, style: Style) -> float:
    """How wide a cell would like to be, without laying it out; rather too much than too little."""
    width = _ROOM_PX
    for span in spans:
        metrics, advances = _font(style, role, span.marks)
        text = visible(span.text)
        if text.isascii():
            width += sum([advances[character] for character in text])
        else:
            width += metrics.horizontalAdvance(text) + 1
        if span.marks & Mark.CODE:
            width += 2 * CODE_BOX_PADDING_PX
    return width


def _font(style: Style, role: Role, marks: Marks) -> tuple[QFontMetricsF, dict[str, float]]:
    # The fonts are the same in every theme.
    known = _fonts.get((role, marks))
    if known is None:
        metrics = QFontMetricsF(style.format_of(role, marks, False).font())
        advances = {chr(code): metrics.horizontalAdvance(chr(code)) for code in range(32, 127)}
        known = _fonts[role, marks] = metrics, {"\n": 0.0, "\t": 0.0, **advances}
    return known


_fonts: Final[dict[tuple[Role, Marks], tuple[QFontMetricsF, dict[str, float]]]] = {}
