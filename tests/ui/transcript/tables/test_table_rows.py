"""The rows of a table that grows: what stays, and what the columns are told."""

from __future__ import annotations

import weakref

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.markdown.blocks import Align, Leaf, Span, Spans, Table
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.tables.table_rows import TableRows


def spans(text: str) -> Spans:
    return (Span(text),)


def table_of(*rows: str) -> Table:
    """A table of one column; the first row is its head."""
    head, *others = ((spans(text),) for text in rows)
    return Table((Align.NONE,), head, tuple(others))


class Told:
    """Counts how often the columns are told."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def test_the_cells_of_a_table_that_grows_stay(look: Look) -> None:
    rows = TableRows(table_of("head", "one"), True, Style(look.colors), Told())
    head, one = rows.all
    rows.take(table_of("head", "one", "two"))
    assert rows.all[:2] == [head, one]
    rows.take(table_of("head", "one more", "two"))
    assert rows.all[0] is head
    assert rows.all[1] is not one


def test_a_change_is_told_from_the_row_that_looks_different(look: Look) -> None:
    rows = TableRows(table_of("head", "one", "two"), True, Style(look.colors), Told())
    for number, row in enumerate(rows.all):
        row.top = 20.0 * number
    assert rows.take(table_of("head", "one!", "two")) == 20.0
    for number, row in enumerate(rows.all):
        row.top = 20.0 * number
    assert rows.take(table_of("head", "one!", "two", "three")) == 40.0, "the end of what was there"


def test_a_piece_without_the_head_begins_with_its_first_row(look: Look) -> None:
    rows = TableRows(table_of("head", "one"), False, Style(look.colors), Told())
    assert rows.count == 1
    assert [cell.spans for row in rows.all for cell in row.cells] == [spans("one")]


def test_nothing_is_made_before_it_is_looked_at(look: Look) -> None:
    told = Told()
    rows = TableRows(table_of("head", "a long cell"), True, Style(look.colors), told)
    wide = rows.needs
    rows.take(table_of("head", "a long cell", "a cell that is longer than all the others"))
    assert rows.needs > wide, "the longest cells are measured all the same"
    assert rows.made == []
    assert told.count == 1
    assert len(rows.all) == 3
    assert told.count == 2, "now it is known more exactly"


def test_what_the_numbers_share_follows_the_cells(look: Look) -> None:
    rows = TableRows(table_of("head", "1", "2"), True, Style(look.colors), Told())
    assert rows.figures(0).are_numbers
    rows.take(table_of("head", "1", "two"))
    assert not rows.figures(0).are_numbers


def test_tables_that_nobody_shows_any_more_are_gone_at_once_without_the_collector(look: Look) -> None:
    style = Style(look.colors)
    above = TablePart(Leaf(table_of("head", "one")), style)
    below = TablePart(Leaf(table_of("head", "two"), is_joined=True), style)
    below.join(above)
    for part in (above, below):
        part.measure(600.0)
    assert below.whole_table == table_of("head", "one", "two")
    gone = [weakref.ref(above), weakref.ref(below)]
    del above, below, part
    assert [each() for each in gone] == [None, None]
