"""The pieces one long table is laid out in: for the reader they are one."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_chat.ui.transcript.markdown.blocks import Table
from desktop_chat.ui.transcript.tables.table_columns import ColumnPlan
from desktop_chat.ui.transcript.tables.table_numbers import Figures

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.tables.table import TablePart


class TableGroup:
    """The pieces one table is laid out in, and the columns they share."""

    def __init__(self, first: TablePart) -> None:
        # Each piece keeps its group: a circle would wait for the collector, with all the cells of a table.
        self._pieces = [weakref.ref(first)]
        self.plan = ColumnPlan()
        self.was_seen_growing = False
        """Whether rows came under the reader's eyes: then no column gets narrower."""
        self._settled: tuple[list[float], list[Figures]] | None = None
        """What all pieces but the last, which may still grow, ask for together."""

    @property
    def pieces(self) -> list[TablePart]:
        """From top to bottom."""
        return [piece for made in self._pieces if (piece := made()) is not None]

    @property
    def table(self) -> Table:
        """The whole table."""
        pieces = self.pieces
        rows = tuple(row for piece in pieces for row in piece.table.rows)
        return replace(pieces[0].table, rows=rows)

    def lay_out(self, column_px: float, spread_px: float) -> None:
        """Plan the columns; pieces that were laid out by other ones have to be measured again."""
        pieces = self.pieces
        if self._settled is None:
            self._settled = self._summed(pieces[:-1], len(pieces[-1].table.aligns))
        last = self._summed(pieces[-1:], len(pieces[-1].table.aligns))
        needs = list(map(max, self._settled[0], last[0]))
        figures = [one.with_more(other) for one, other in zip(self._settled[1], last[1], strict=True)]
        numeric = tuple(figure.is_numeric(at == 0) for at, figure in enumerate(figures))
        if self.plan.lay_out(needs, numeric, column_px, spread_px):
            for piece in pieces:
                piece.measured_width = -1.0
                piece.is_dirty = True

    def _summed(self, pieces: list[TablePart], columns_count: int) -> tuple[list[float], list[Figures]]:
        """How wide the columns of some pieces would like to be, and what their cells have in common."""
        columns = range(columns_count)
        needs = [max((piece.rows.needs[at] for piece in pieces), default=0.0) for at in columns]
        figures: list[Figures] = []
        for at in columns:
            whole = Figures()
            for piece in pieces:
                whole = whole.with_more(piece.rows.figures(at))
                if not whole.are_numbers:
                    break
            figures.append(whole)
        return needs, figures

    def add(self, piece: TablePart, above: TablePart) -> None:
        """Put a piece below another one, in place of all that stood there."""
        pieces = self.pieces
        kept = pieces[: pieces.index(above) + 1]
        self._pieces = [*map(weakref.ref, kept), weakref.ref(piece)]
        self._settled = None

    def note_change(self, piece: TablePart) -> None:
        """The cells of a piece are others than before."""
        if piece is not self.pieces[-1]:
            self._settled = None
