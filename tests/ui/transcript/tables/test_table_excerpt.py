"""What is taken of a table when a part of it is selected."""

from __future__ import annotations

import pytest

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.markdown.blocks import Align, Leaf, Paragraph, Span, Table, text_of
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.tables.table_cells import Row
from desktop_chat.ui.transcript.tables.table_excerpt import leaf_between, words_between
from desktop_chat.ui.transcript.tables.table_rows import TableRows

TEXT = "name,count;apples,7;bears,12"
"""Each cell is followed by one character that is no text of it, so that positions can be counted here."""

ALIGNS = (Align.NONE, Align.RIGHT)


@pytest.fixture
def rows(look: Look) -> list[Row]:
    return TableRows(whole(TEXT), True, Style(look.colors), lambda: None).all


def whole(text: str) -> Table:
    head, *others = (tuple((Span(cell),) if cell else () for cell in row.split(",")) for row in text.split(";"))
    return Table(ALIGNS, head, tuple(others))


def selected(text: str) -> tuple[int, int]:
    start = TEXT.index(text)
    return start, start + len(text)


def said(leaf: Leaf) -> str:
    """A table in the writing of `TEXT`."""
    table = leaf.content
    assert isinstance(table, Table)
    assert table.aligns == ALIGNS
    return ";".join(",".join(text_of(cell) for cell in row) for row in (table.head, *table.rows))


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        (TEXT, TEXT),
        ("count;apples,7", ",count;apples,7"),
        ("name,count;apples", "name,count;apples,"),
        ("unt;app", ",unt;app,"),
        ("apples,7;bears,12", ",;apples,7;bears,12"),
        ("7;bears", ",;,7;bears,"),
    ],
)
def test_of_several_rows_what_was_left_out_is_blank(rows: list[Row], text: str, excerpt: str) -> None:
    assert said(leaf_between(Leaf(whole(TEXT)), rows, *selected(text))) == excerpt


@pytest.mark.parametrize(("text", "words"), [("apples,7", "apples\t7"), ("pples,7", "pples\t7"), ("ears", "ears")])
def test_of_one_row_the_words_are_taken(rows: list[Row], text: str, words: str) -> None:
    taken = leaf_between(Leaf(whole(TEXT), marker="1."), rows, *selected(text))
    content = taken.content
    assert isinstance(content, Paragraph)
    assert taken.marker == ""
    assert text_of(content.spans) == words
    assert words_between(rows, *selected(text)) == words


def test_the_first_row_of_a_piece_goes_on_the_table_above(look: Look) -> None:
    leaf = Leaf(whole(TEXT), is_joined=True)
    rows = TableRows(whole(TEXT), False, Style(look.colors), lambda: None).all
    assert said(leaf_between(leaf, rows, 0, len("apples,7"))) == ",;apples,7"


def test_in_words_each_row_is_a_line(rows: list[Row]) -> None:
    assert words_between(rows, *selected("count;apples,7;bear")) == "count\napples\t7\nbear"
