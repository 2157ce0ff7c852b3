"""The rows of one piece of a table: their cells, how wide the columns would like to be, what the numbers share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import Spans, Table, text_of
from desktop_chat.ui.transcript.parts.style import Role, Style
from desktop_chat.ui.transcript.tables.table_cells import Cell, Row
from desktop_chat.ui.transcript.tables.table_columns import natural_px
from desktop_chat.ui.transcript.tables.table_numbers import Figures, figures_of

_LOOKED_AT_CELLS: Final = 2
"""Of a column that nobody has seen the longest cells are measured; most characters mean most pixels, nearly."""


class TableRows:
    """Cells are made when they are looked at first, most of a long answer never is; while a table grows they stay.

    `on_change` is told whenever the columns may ask for another width.
    """

    def __init__(self, table: Table, has_head: bool, style: Style, on_change: Callable[[], None]) -> None:
        self._table = table
        self._has_head = has_head
        self._style = style
        self._on_change = on_change
        self._made: list[Row] = []
        self._needs: list[float] = []
        self._figures: dict[int, Figures] = {}

    @property
    def _wanted(self) -> tuple[tuple[Spans, ...], ...]:
        return (self._table.head, *self._table.rows) if self._has_head else self._table.rows

    @property
    def count(self) -> int:
        return len(self._table.rows) + self._has_head

    @property
    def all(self) -> list[Row]:
        """The rows with their cells."""
        if not self._made:
            self._make()
        return self._made

    @property
    def made(self) -> list[Row]:
        """The same, as long as nobody has looked at them none."""
        return self._made

    def take(self, table: Table) -> float:
        """Take over a table that has grown; give the height from which on it looks different."""
        self._table = table
        if self._made:
            return self._make()
        self._forget_sums()
        return math.inf

    def _make(self) -> float:
        """Make the cells that are new or different; give where the first of them was, or where the rows ended."""
        wanted, made = self._wanted, self._made
        kept = 0
        for whole, row in zip(wanted, made, strict=False):
            if whole != row.spans:
                break
            kept += 1
        first_top = made[min(kept, len(made) - 1)].top if made else 0.0
        del made[kept:]
        start = made[-1].cells[-1].end + 1 if made else 0
        for index in range(kept, len(wanted)):
            role = Role.CELL if index or not self._has_head else Role.CELL_HEAD
            cells = []
            for spans in wanted[index]:
                cells.append(Cell(spans, role, self._style, start))
                start = cells[-1].end + 1
            made.append(Row(cells, wanted[index]))
        self._forget_sums()
        return first_top

    # --- what the columns are planned by ---

    @property
    def needs(self) -> list[float]:
        """How wide each column would like to be; roughly, as long as the cells were not looked at."""
        if not self._needs:
            columns = range(len(self._table.aligns))
            if self._made:
                self._needs = [max([row.cells[at].natural_px for row in self._made]) for at in columns]
            else:
                self._needs = [self._rough_need(at) for at in columns]
        return self._needs

    def _rough_need(self, at: int) -> float:
        cells = (row[at] for row in self._wanted)
        longest = sorted(cells, key=lambda spans: sum(len(span.text) for span in spans))[-_LOOKED_AT_CELLS:]
        head = natural_px(self._table.head[at], Role.CELL_HEAD, self._style)
        return max(head, *(natural_px(spans, Role.CELL, self._style) for spans in longest))

    def figures(self, at: int) -> Figures:
        """What the cells of a column have in common, without the head."""
        if at not in self._figures:
            self._figures[at] = figures_of(text_of(row[at]) for row in self._table.rows)
        return self._figures[at]

    def _forget_sums(self) -> None:
        self._needs = []
        self._figures.clear()
        self._on_change()

    # --- drawings and layouts ---

    @property
    def is_waiting(self) -> bool:
        """Whether a formula is still being drawn."""
        return any(cell.is_waiting for row in self._made for cell in row.cells)

    def take_drawn(self) -> bool:
        """Take over the formulas that have been drawn; True when there were some."""
        drawn = [cell.take_drawn() for row in self._made for cell in row.cells]
        if any(drawn):
            self._forget_sums()
        return any(drawn)

    def forget_layouts(self) -> None:
        """Lay the cells out again when they are painted again."""
        for row in self._made:
            for cell in row.cells:
                cell.forget()
