"""A table: columns as wide as they need while there is room, rows that can be added without a new layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop_chat.ui.transcript.blocks import Align, Leaf, Spans, Table, text_of
from desktop_chat.ui.transcript.leaf_part import LeafPart, markdown_of
from desktop_chat.ui.transcript.links import openable, shown_target
from desktop_chat.ui.transcript.marked import Marked
from desktop_chat.ui.transcript.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.rich_text import RichText
from desktop_chat.ui.transcript.style import Role, Style

_CELL_PADDING_PX: Final = 5.0
_COLUMN_GAP_PX: Final = 18.0
_COLUMN_LEAST_PX: Final = 90.0
_BORDER_PX: Final = 1.0

_QT_ALIGNS: Final = {
    Align.NONE: None,
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


@dataclass(slots=True)
class _Cell:
    spans: Spans
    text: RichText
    natural_px: float
    start: int = 0


@dataclass(slots=True)
class _Row:
    cells: list[_Cell]
    top: float = 0.0
    height: float = 0.0


class TablePart(LeafPart):
    """One table; row 0 is the head."""

    first_line_px = Role.CELL.line_px + 2 * _CELL_PADDING_PX

    def __init__(self, leaf: Leaf, style: Style) -> None:
        super().__init__(leaf, style)
        self._made_rows: list[_Row] = []
        self._columns_px: list[float] = []
        self._width = 0.0
        self._shift_px = 0.0
        self._targets: tuple[Target, ...] | None = None

    @property
    def _table(self) -> Table:
        assert isinstance(self.leaf.content, Table)
        return self.leaf.content

    @property
    def _rows(self) -> list[_Row]:
        """All rows; made when they are looked at first, most of a long answer never is."""
        if not self._made_rows:
            self._put_rows()
        return self._made_rows

    def _put_rows(self) -> None:
        """Make the cells that are new or different."""
        wanted = (self._table.head, *self._table.rows)
        kept = 0
        while kept < min(len(wanted), len(self._made_rows)) and wanted[kept] == tuple(
            cell.spans for cell in self._made_rows[kept].cells
        ):
            kept += 1
        del self._made_rows[kept:]
        start = self.length + 1 if self._made_rows else 0
        for index in range(kept, len(wanted)):
            cells = []
            for spans in wanted[index]:
                text = RichText(spans, Role.CELL if index else Role.CELL_HEAD, self.style)
                text.measure()
                cells.append(_Cell(spans, text, text.width, start))
                start += text.length + 1
            self._made_rows.append(_Row(cells))
        self.is_dirty = True

    def update(self, leaf: Leaf) -> bool:
        table = leaf.content
        if not isinstance(table, Table) or table.aligns != self._table.aligns or leaf.frames != self.leaf.frames:
            return False
        self.leaf = leaf
        before = len(self._made_rows)
        if before:
            self._put_rows()
        if self.measured_width >= 0:
            self._lay_out(max(0, min(before, len(self._rows)) - 1))
            self.height = self._whole_height
        return True

    # --- layout ---

    def estimate(self, width: float) -> float:
        return (self.first_line_px + _BORDER_PX) * (1 + len(self._table.rows))

    def measure_content(self, width: float) -> float:
        if width != self._width:
            self._width, self._columns_px = width, []
        self._lay_out(0)
        return self._whole_height

    def _lay_out(self, first: int) -> None:
        self._targets = None
        columns = self._planned_columns()
        if columns != self._columns_px:
            self._columns_px, first = columns, 0
        aligns = [_QT_ALIGNS[align] for align in self._table.aligns]
        top = self._rows[first - 1].top + self._rows[first - 1].height if first else 0.0
        for row in self._rows[first:]:
            highest = 0.0
            for cell, width, align in zip(row.cells, columns, aligns, strict=False):
                highest = max(highest, cell.text.measure(width, align))
            row.top, row.height = top, highest + 2 * _CELL_PADDING_PX + _BORDER_PX
            top += row.height
        self.scroll_sideways(0.0)

    def _planned_columns(self) -> list[float]:
        """Widths of the columns: what they need, or a fair share; they never get narrower as rows come."""
        count = len(self._table.aligns)
        needs = [max((row.cells[at].natural_px for row in self._rows), default=0.0) + 1 for at in range(count)]
        room = self._width - _COLUMN_GAP_PX * count
        if sum(needs) > room:
            left, waiting = room, sorted(range(count), key=needs.__getitem__)
            for done, column in enumerate(waiting):
                share = max(left / (count - done), _COLUMN_LEAST_PX)
                needs[column] = min(needs[column], share)
                left -= needs[column]
            return needs
        if self._columns_px and sum(map(max, needs, self._columns_px)) <= room:
            return list(map(max, needs, self._columns_px))
        return needs

    @property
    def _whole_height(self) -> float:
        last = self._rows[-1]
        return last.top + last.height

    @property
    def _natural_px(self) -> float:
        return sum(self._columns_px) + _COLUMN_GAP_PX * len(self._columns_px)

    def scroll_sideways(self, by: float) -> bool:
        before = self._shift_px
        self._shift_px = min(max(0.0, before + by), max(0.0, self._natural_px - self._width))
        self._targets = None
        return self._shift_px != before

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        painter, inks = canvas.painter, canvas.style.inks
        painter.save()
        painter.setClipRect(QRectF(left, top, self._width, self.height), Qt.ClipOperation.IntersectClip)
        left -= self._shift_px
        right = left + self._natural_px
        for row in self._rows:
            y = top + row.top
            if y > canvas.clip.bottom() or y + row.height < canvas.clip.top():
                continue
            x = left
            for cell, width in zip(row.cells, self._columns_px, strict=False):
                cell.text.paint(painter, x, y + _CELL_PADDING_PX, marked.within(cell.start, cell.text.length))
                x += width + _COLUMN_GAP_PX
            line = QRectF(left, round(y + row.height) - _BORDER_PX, right - left, _BORDER_PX)
            painter.fillRect(line, inks.line)
        painter.restore()

    # --- text ---

    @property
    def length(self) -> int:
        last = self._rows[-1].cells[-1] if self._rows[-1].cells else None
        return last.start + last.text.length if last else 0

    def offset_at(self, point: QPointF) -> int:
        y = point.y()
        row = next((row for row in self._rows if y < row.top + row.height), self._rows[-1])
        x = self.indent - self._shift_px
        for index, (cell, width) in enumerate(zip(row.cells, self._columns_px, strict=False)):
            if point.x() < x + width + _COLUMN_GAP_PX / 2 or index == len(row.cells) - 1:
                inside_y = min(max(0.0, y - row.top - _CELL_PADDING_PX), cell.text.height - 1)
                return cell.start + cell.text.offset_at(point.x() - x, inside_y)
            x += width + _COLUMN_GAP_PX
        return 0

    def word_at(self, offset: int) -> tuple[int, int]:
        for row in self._rows:
            for cell in row.cells:
                if cell.start <= offset <= cell.start + cell.text.length:
                    first, last = cell.text.word_at(offset - cell.start)
                    return cell.start + first, cell.start + last
        return offset, offset

    def plain(self, start: int, end: int) -> str:
        return "\n".join("\t".join(text_of(spans) for spans in row) for row in self._cells_between(start, end))

    def markdown(self, start: int, end: int) -> str:
        rows = ["| " + " | ".join(map(markdown_of, row)) + " |" for row in self._cells_between(start, end)]
        if start == 0 and rows:
            rows.insert(1, "|" + "|".join(_RULES[align] for align in self._table.aligns) + "|")
        return "\n".join(rows)

    def _cells_between(self, start: int, end: int) -> list[list[Spans]]:
        found: list[list[Spans]] = []
        for row in self._rows:
            cells: list[Spans] = []
            for cell in row.cells:
                last = cell.start + cell.text.length
                if cell.start <= end and last >= start:
                    cells.append(cell.text.spans_between(max(0, start - cell.start), end - cell.start))
            if cells:
                found.append(cells)
        return found

    def targets(self) -> tuple[Target, ...]:
        if self._targets is None:
            self._targets = tuple(self._found_targets())
        return self._targets

    def _found_targets(self) -> list[Target]:
        found: list[Target] = []
        for number, row in enumerate(self._rows):
            x = self.indent - self._shift_px
            for cell, width in zip(row.cells, self._columns_px, strict=False):
                for link in cell.text.links():
                    tip, url = shown_target(link.span.href), openable(link.span.href) or ""
                    for rect in cell.text.rects(link.start, link.end):
                        place = rect.translated(x, row.top + _CELL_PADDING_PX)
                        name = f"link:{number}:{cell.start + link.start}"
                        found.append(Target(name, place, Deed.FOLLOW_LINK, url, tip))
                x += width + _COLUMN_GAP_PX
        return found


_RULES: Final = {Align.NONE: "---", Align.LEFT: ":--", Align.CENTER: ":-:", Align.RIGHT: "--:"}
