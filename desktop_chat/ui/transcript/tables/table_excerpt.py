"""What a reader has selected of a table: a part of a row is words, more is a table again."""

from __future__ import annotations

from dataclasses import replace

from desktop_chat.ui.transcript.markdown.blocks import Leaf, Paragraph, Span, Spans, Table, text_of
from desktop_chat.ui.transcript.tables.table_cells import Cell, Row


def words_between(rows: list[Row], start: int, end: int) -> str:
    """The selected cells as plain text: tabs between them, each row a line."""
    return "\n".join("\t".join(text_of(spans) for spans in row) for row in _cells_between(rows, start, end))


def leaf_between(leaf: Leaf, rows: list[Row], start: int, end: int) -> Leaf:
    """The selected cells of the table that is a leaf, as a leaf of their own."""
    table = leaf.content
    assert isinstance(table, Table)
    cells = _cells_between(rows, start, end)
    if len(cells) == 1 and not (leaf.is_joined and start == 0):
        row = [Span("\t"), *(span for cell in cells[0] for span in (*cell, Span("\t")))]
        return replace(leaf, content=Paragraph(tuple(row[1:-1])), marker="", is_joined=False)
    count = len(table.aligns)
    blank: Spans = ()
    # Cells left out before the first and behind the last one leave their place blank, a head left out its row.
    whole = [(blank,) * (count - len(row)) + tuple(row) for row in cells[:1]] + [
        tuple(row) + (blank,) * (count - len(row)) for row in cells[1:]
    ]
    has_head = not leaf.is_joined and start < rows[0].cells[-1].end
    head = whole.pop(0) if whole and has_head else (blank,) * count
    return replace(leaf, content=Table(table.aligns, head, tuple(whole)))


def _cells_between(rows: list[Row], start: int, end: int) -> list[list[Spans]]:
    found: list[list[Spans]] = []
    for row in rows:
        if not row.cells or row.cells[-1].end < start or row.cells[0].start > end:
            continue
        cells = [_spans_of(cell, start, end) for cell in row.cells if cell.start <= end and cell.end >= start]
        if cells:
            found.append(cells)
    return found


def _spans_of(cell: Cell, start: int, end: int) -> Spans:
    if start <= cell.start and end >= cell.end:
        return cell.spans
    return cell.text.spans_between(max(0, start - cell.start), end - cell.start)
