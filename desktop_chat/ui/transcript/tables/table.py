"""A table: columns as wide as they need while there is room, rows that can be added without a new layout."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop_chat.ui.transcript.markdown.blocks import Align, Leaf, Table
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.link_targets import link_targets
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Part, Target
from desktop_chat.ui.transcript.parts.seam import SeamMark
from desktop_chat.ui.transcript.parts.sideways import BAR_PX, paint_handle
from desktop_chat.ui.transcript.parts.style import Role, Style
from desktop_chat.ui.transcript.tables.table_cells import BORDER_PX, CELL_PADDING_PX, Cell, Row
from desktop_chat.ui.transcript.tables.table_columns import COLUMN_GAP_PX
from desktop_chat.ui.transcript.tables.table_excerpt import leaf_between, words_between
from desktop_chat.ui.transcript.tables.table_group import TableGroup
from desktop_chat.ui.transcript.tables.table_offers import TableOffers
from desktop_chat.ui.transcript.tables.table_rows import TableRows

_BAR_ROOM_PX: Final = 11.0

_QT_ALIGNS: Final = {
    Align.NONE: None,
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class TablePart(LeafPart):
    """One table, or some rows of a long one. The first row is the head, which only the first piece shows."""

    is_wide = True
    offers_when_pointed = True
    first_line_px = Role.CELL.line_px + 2 * CELL_PADDING_PX

    def __init__(self, leaf: Leaf, style: Style) -> None:
        super().__init__(leaf, style)
        # Told weakly: rows that keep their table keep it until the collector comes.
        me = weakref.ref(self)

        def note_change() -> None:
            if (part := me()) is not None:
                part._group.note_change(part)

        self.rows = TableRows(self.table, not leaf.is_joined, style, note_change)
        self._group = TableGroup(self)
        self._offers = TableOffers(style, self.first_line_px)

    def join(self, above: TablePart) -> None:
        """Go on the table above, with its columns."""
        group = above._group
        if self._group is not group:
            self._group = group
            group.add(self, above)
            above.retire()

    @property
    def table(self) -> Table:
        assert isinstance(self.leaf.content, Table)
        return self.leaf.content

    @property
    def whole_table(self) -> Table:
        """The table with the rows of all its pieces."""
        return self._group.table

    def update(self, leaf: Leaf) -> bool:
        table = leaf.content
        if not isinstance(table, Table) or table.aligns != self.table.aligns or leaf.frames != self.leaf.frames:
            return False
        if leaf.is_joined != self.leaf.is_joined:
            return False
        self.leaf = leaf
        self.dirty_from = min(self.dirty_from, self.rows.take(table))
        if self.measured_width >= 0:
            self._group.was_seen_growing = True
            self.measure(self.measured_width)
        return True

    # --- layout ---

    def estimate(self, width: float) -> float:
        return (self.first_line_px + BORDER_PX) * self.rows.count

    def measure_content(self, width: float) -> float:
        plan, rows = self._group.plan, self.rows.all
        self._group.lay_out(width, 0.0 if self.leaf.frames else self.spread)
        aligns = [self._align_of(at) for at in range(len(self.table.aligns))]
        top = 0.0
        for row in rows:
            row.fit(top, plan.widths, aligns)
            top += row.height
        return top + (_BAR_ROOM_PX if self._has_bar else 0.0)

    def _align_of(self, column: int) -> Qt.AlignmentFlag | None:
        align = self.table.aligns[column]
        if align is Align.NONE and self._group.plan.numeric[column]:
            return Qt.AlignmentFlag.AlignRight
        return _QT_ALIGNS[align]

    @property
    def _has_bar(self) -> bool:
        return self._group.plan.sideways.is_needed and self._group.pieces[-1] is self

    @property
    def out_px(self) -> float:
        return self._group.plan.out_px

    @property
    def _left(self) -> float:
        """The left edge of the window, from the part's corner."""
        return self.indent - self.out_px

    @property
    def _cells_left(self) -> float:
        return self._left - self._group.plan.sideways.shift_px

    @property
    def is_waiting(self) -> bool:
        return self.rows.is_waiting

    def take_drawn(self) -> bool:
        has_news = self.rows.take_drawn()
        if has_news and not self._group.was_seen_growing:
            # The columns were as wide as the source of the formulas.
            self._group.plan.let_go()
        return has_news

    def latex_at(self, point: QPointF) -> str:
        places = ((cell, x, row.top_of(cell)) for row, cell, x, _ in self._cells())
        return next((found for cell, x, y in places if (found := cell.text.latex_at(point.x() - x, point.y() - y))), "")

    def retire(self) -> None:
        super().retire()
        self.rows.forget_layouts()

    def scroll_sideways(self, by: float) -> bool:
        return self._group.plan.sideways.move(by)

    def bar_rect(self) -> QRectF:
        if not self._has_bar:
            return QRectF()
        return self._group.plan.sideways.handle(self._left, self.height - BAR_PX - 1)

    def drag_bar(self, by: float) -> bool:
        return self._group.plan.sideways.drag(by)

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter, plan = canvas.painter, self._group.plan
        left -= self.out_px
        painter.save()
        window = QRectF(left, top, plan.window_px, self.height)
        painter.setClipRect(window, Qt.ClipOperation.IntersectClip)
        cells_left = left - plan.sideways.shift_px
        for row in self.rows.all:
            y = top + row.top
            if y >= canvas.clip.bottom() or y + row.height <= canvas.clip.top():
                continue
            x = cells_left
            for cell, width in zip(row.cells, plan.widths, strict=False):
                if x < window.right() and x + width > window.left():
                    cell.text.paint(painter, x, top + row.top_of(cell), marked.within(cell.start, cell.length))
                x += width + COLUMN_GAP_PX
            line = QRectF(cells_left, round(y + row.height) - BORDER_PX, plan.line_px, BORDER_PX)
            painter.fillRect(line, canvas.style.inks.line)
        if self._has_bar:
            paint_handle(painter, self.bar_rect().translated(left - self._left, top), canvas.style.inks.thumb)
        painter.restore()
        if (canvas.is_pointed or canvas.copied) and not self.leaf.is_joined:
            self._offers.paint(canvas, left - self._left + self._right, top)

    # --- pointing ---

    def targets(self) -> tuple[Target, ...]:
        offers = () if self.leaf.is_joined else self._offers.targets(self._right)
        return (*offers, *self._links())

    @property
    def _right(self) -> float:
        """The right edge of the window, from the part's corner."""
        return self._left + self._group.plan.window_px

    def _links(self) -> Iterator[Target]:
        for row, cell, x, _ in self._cells():
            if any(span.href for span in cell.spans):
                yield from _links_of(cell, x, row.top_of(cell))

    # --- text ---

    @property
    def length(self) -> int:
        rows = self.rows.all
        return rows[-1].cells[-1].end if rows and rows[-1].cells else 0

    def _cells(self) -> Iterator[tuple[Row, Cell, float, float]]:
        """Every cell with its row, its left edge and its width."""
        for row in self.rows.all:
            x = self._cells_left
            for cell, width in zip(row.cells, self._group.plan.widths, strict=False):
                yield row, cell, x, width
                x += width + COLUMN_GAP_PX

    def offset_at(self, point: QPointF) -> int:
        rows, y = self.rows.all, point.y()
        if not rows:
            return 0
        found = next((row for row in rows if y < row.top + row.height), rows[-1])
        for row, cell, x, width in self._cells():
            if row is found and (point.x() < x + width + COLUMN_GAP_PX / 2 or cell is row.cells[-1]):
                inside_y = min(max(0.0, y - row.top_of(cell)), cell.text.height - 1)
                return cell.start + cell.text.offset_at(point.x() - x, inside_y)
        return 0

    def word_at(self, offset: int) -> tuple[int, int]:
        for row in self.rows.all:
            for cell in row.cells:
                if cell.start <= offset <= cell.end:
                    first, last = cell.text.word_at(offset - cell.start)
                    return cell.start + first, cell.start + last
        return offset, offset

    def rects(self, start: int, end: int) -> list[QRectF]:
        return [
            rect.translated(x, row.top_of(cell))
            for row, cell, x, _ in self._cells()
            if cell.start < end and cell.end > start
            for rect in cell.text.rects(start - cell.start, end - cell.start)
        ]

    def seam_rect(self, seam: SeamMark) -> QRectF | None:
        rect = super().seam_rect(seam)
        is_beside = rect is not None and seam.offset is not None and not self._left <= rect.left() <= self._right
        return None if is_beside else rect

    def reveal(self, start: int, end: int) -> None:
        rects = self.rects(start, end)
        if rects:
            self._group.plan.sideways.show(rects[0].left() - self._cells_left, rects[0].right() - self._cells_left)

    def plain(self, start: int, end: int) -> str:
        return words_between(self.rows.all, start, end)

    def taken(self, start: int, end: int) -> Leaf:
        return leaf_between(self.leaf, self.rows.all, start, end)


def _links_of(cell: Cell, x: float, y: float) -> Iterator[Target]:
    for link in cell.text.links():
        rects = (rect.translated(x, y) for rect in cell.text.rects(link.start, link.end))
        yield from link_targets(link.span, f"link:{cell.start + link.start}", rects)


def join_table(above: Part | None, part: Part) -> None:
    """Let a table that goes on the one above share its columns."""
    if isinstance(part, TablePart) and part.leaf.is_joined and isinstance(above, TablePart):
        part.join(above)
