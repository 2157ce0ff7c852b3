"""Tables: columns, numbers, width, rows that come one by one, copying."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from desktop_chat.ui.transcript.markdown.blocks import Align, Span, Table
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.tables.table_columns import planned
from desktop_chat.ui.transcript.tables.table_numbers import figures_of, is_number
from desktop_chat.ui.transcript.tables.table_text import csv_of
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer, clipboard

NUMBERS = "| Item | Price | Note |\n|---|---|---|\n| one | $1,204.50 | a |\n| two | -3 % | b |\n| three | — | c |\n"
MANY = "| Id | Name | Amount |\n|---|---|---|\n" + "".join(
    f"| {number} | customer {number} | ${number}.00 |\n" for number in range(1, 101)
)
WIDE = "| " + " | ".join(f"column {at}" for at in range(14)) + " |\n" + "|---" * 14 + "|\n"
WIDE += "| " + " | ".join(f"some words in {at}" for at in range(14)) + " |\n"


def table_of(stage: Stage, number: int = 0) -> TablePart:
    part = stage.part(TablePart, number).part
    assert isinstance(part, TablePart)
    return part


def left_of(part: TablePart, text: str) -> float:
    """Where a text begins."""
    start = part.plain(0, part.length).replace("\t", "\n").index(text)
    return part.rects(start, start + len(text))[0].left()


def right_of(part: TablePart, text: str) -> float:
    start = part.plain(0, part.length).index(text)
    return part.rects(start, start + len(text))[0].right()


def on_screen(stage: Stage) -> QImage:
    """What is on the screen, as the frames have left it."""
    return stage.view.screen().grabWindow(stage.view.winId()).toImage()


# --- numbers


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "-1.5",
        "−2",
        "1,234,567.89",
        "1 234",
        "$5",
        "€ 3.20",
        "12 %",
        "3.1 ms",
        "5 GB/s",
        "1e-9",
        "(3.50)",
        "~5",
        "+7",
        "12€",
    ],
)
def test_numbers_are_known(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["", "one", "2026-11-23", "1.2.3", "12:30", "v2", "10.0.0.1", "5 apples", "1, 2, 3", "-"]
)
def test_other_things_are_no_numbers(text: str) -> None:
    assert not is_number(text)


def test_codes_in_the_first_column_are_names_of_their_rows() -> None:
    assert not figures_of(["429", "529", "400"]).is_numeric(is_first=True)
    assert figures_of(["429", "529", "400"]).is_numeric(is_first=False)
    assert figures_of(["1", "22"]).is_numeric(is_first=True)
    assert not figures_of(["", "—"]).is_numeric(is_first=False)


def test_a_column_of_numbers_stands_at_the_right(stage: Stage) -> None:
    stage.show(question("c"), answer(NUMBERS))
    part = table_of(stage)
    assert right_of(part, "$1,204.50") == pytest.approx(right_of(part, "-3 %"), abs=1)
    assert right_of(part, "Price") == pytest.approx(right_of(part, "-3 %"), abs=1)
    assert right_of(part, "one") != pytest.approx(right_of(part, "three"), abs=1)


def test_the_author_s_own_alignment_counts(stage: Stage) -> None:
    stage.show(question("c"), answer("| a | b |\n|---|:--|\n| x | 1 |\n| y | 1000 |"))
    part = table_of(stage)
    assert part.rects(6, 7)[0].left() == part.rects(10, 11)[0].left()


def test_a_number_that_has_only_begun_does_not_turn_its_column(stage: Stage) -> None:
    begun = stage.begin("| Item | Price |\n|---|---|\n| one | $100.00 |\n| two | $")
    before = right_of(table_of(stage), "$100.00")
    for piece in ("2", "0", ".", "5 |\n"):
        stage.stream(begun, piece)
        assert right_of(table_of(stage), "$100.00") == pytest.approx(before, abs=1)


def test_right_to_left_cells_stand_at_the_right(stage: Stage) -> None:
    stage.show(question("c"), answer("| a long head | b |\n|---|---|\n| שלום | x |\n| left | y |"))
    part = table_of(stage)
    text = part.plain(0, part.length)
    at = text.index("שלום")
    hebrew = part.rects(at, at + 4)[0]
    assert hebrew.left() > left_of(part, "left") + 20


# --- columns


def test_columns_hold_while_text_fits_the_room() -> None:
    assert planned([50, 60], 300, []) == [50, 60]
    assert planned([50, 40], 300, [50, 60]) == [50, 60]
    assert planned([50, 80], 300, [50, 60]) == [50, 80]


def test_columns_do_not_go_to_and_fro_when_room_is_short() -> None:
    first = planned([100, 900], 500, [])
    assert sum(first) <= 500
    again = planned([110, 950], 500, first)
    assert planned([112, 990], 500, again) == again


def test_a_table_that_streams_never_moves_a_column_back(stage: Stage) -> None:
    stage.view.resize(900, 3000)
    begun = stage.begin("| Id | Name | Amount |\n|---|---|---|\n")
    lefts = []
    for number in range(1, 30):
        stage.stream(begun, f"| {number} | {'name ' * (number % 7)} | ${number * 37}.00 |\n")
        lefts.append(left_of(table_of(stage), "Name"))
    assert lefts == sorted(lefts)
    assert len(set(lefts)) <= 3


def test_a_wide_table_uses_the_room_beside_the_column(stage: Stage) -> None:
    stage.view.resize(1100, 500)
    stage.show(question("c"), answer(NUMBERS + "\n\n" + WIDE))
    assert table_of(stage, 0).bar_rect().isEmpty()
    wide = table_of(stage, 1)
    assert left_of(wide, "column 0") == pytest.approx(-120, abs=1)
    assert wide.bar_rect().left() == pytest.approx(-120, abs=1)


def test_the_bar_of_a_wide_table_is_dragged(stage: Stage) -> None:
    stage.show(question("c"), answer(WIDE))
    spot, part = stage.part(TablePart), table_of(stage)
    before = left_of(part, "column 0")
    start = part.bar_rect().translated(spot.left, spot.top).center().toPoint()
    stage.drag(start, start + QPoint(50, 0))
    assert left_of(part, "column 0") < before - 40
    part.scroll_sideways(1e6)
    assert part.bar_rect().right() == pytest.approx(760 + part.spread, abs=1)


# --- a long table


def test_a_long_table_is_one_for_the_reader(stage: Stage) -> None:
    stage.show(question("c"), answer(MANY))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    parts = [part for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, TablePart)]
    assert len(parts) > 1
    assert [part.plain(0, part.length).count("Name") for part in parts] == [1] + [0] * (len(parts) - 1)
    assert sum(part.table.rows.__len__() for part in parts) == 100
    stage.view.select_all()
    lines = stage.view.text_of_selection().split("\n")
    assert [line for line in lines if line.startswith("Id")] == ["Id\tName\tAmount"]
    assert lines[-100:][0] == "1\tcustomer 1\t$1.00"
    assert lines[-1] == "100\tcustomer 100\t$100.00"


def test_all_pieces_of_a_long_table_share_their_columns(stage: Stage) -> None:
    text = MANY + "| 101 | somebody with a name that is a good deal longer | $1.00 |\n"
    stage.view.resize(900, 6000)
    stage.show(question("c"), answer(text))
    parts = [spot.part for spot in stage.spots() if isinstance(spot.part, TablePart)]
    assert len({round(part.rects(part.length - 3, part.length)[0].right()) for part in parts}) == 1


def test_a_long_table_that_streamed_looks_like_the_stored_one(stage: Stage) -> None:
    stage.view.resize(900, 5000)
    begun = stage.begin()
    for at in range(0, len(MANY), 61):
        stage.stream(begun, MANY[at : at + 61])
    ended = stage.end(begun, MANY)
    streamed = [(type(spot.part), spot.top, spot.part.height) for spot in stage.spots()]
    asked = stage.view._page.rows[0].message
    stage.show(question("c", "Else"))
    stage.show(asked, ended)
    assert [(type(spot.part), spot.top, spot.part.height) for spot in stage.spots()] == streamed


# --- copying


def test_a_table_is_copied_as_csv_and_as_markdown(stage: Stage) -> None:
    stage.show(question("c"), answer(NUMBERS))
    stage.click(Deed.COPY_TABLE, 0)
    assert clipboard() == 'Item,Price,Note\r\none,"$1,204.50",a\r\ntwo,-3 %,b\r\nthree,—,c\r\n'
    assert clipboard("text/csv") == clipboard()
    stage.click(Deed.COPY_TABLE, 1)
    assert clipboard() == NUMBERS


def test_a_long_table_is_copied_whole(stage: Stage) -> None:
    stage.show(question("c"), answer(MANY))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    stage.click(Deed.COPY_TABLE, 0)
    rows = list(csv.reader(io.StringIO(clipboard())))
    assert len(rows) == 101
    assert rows[-1] == ["100", "customer 100", "$100.00"]


def test_csv_quotes_what_needs_it_and_disarms_formulas() -> None:
    cells = ['say "hi"', "a,b", "=1+1", "@cmd", "+49 30 1", "-2.5", "+7 %", " =x", "- item"]
    table = Table((Align.NONE,) * 9, tuple((Span(cell),) for cell in cells), ())
    (row,) = csv.reader(io.StringIO(csv_of(table), newline=""))
    assert row == ['say "hi"', "a,b", "'=1+1", "'@cmd", "'+49 30 1", "-2.5", "+7 %", "' =x", "'- item"]


def test_a_pipe_in_a_cell_stays_in_its_cell(stage: Stage) -> None:
    text = "| a | b |\n|---|---|\n| x \\| y | z |\n"
    stage.show(question("c"), answer(text))
    stage.click(Deed.COPY_TABLE, 1)
    assert clipboard() == text


def test_the_words_of_copy_show_while_the_pointer_is_at_the_table(stage: Stage) -> None:
    stage.show(question("c"), answer(NUMBERS + "\n\nBelow."))
    spot = stage.part(TablePart)
    rest = stage.view.viewport().grab().toImage()
    QTest.mouseMove(stage.view.viewport(), QPoint(int(spot.left) + 30, int(spot.top) + 60))
    stage.wait()
    assert stage.view.viewport().grab().toImage() != rest
    QTest.mouseMove(stage.view.viewport(), QPoint(5, 5))
    stage.wait()
    assert stage.view.viewport().grab().toImage() == rest


def test_a_link_in_a_table_is_where_it_is_shown(stage: Stage) -> None:
    stage.show(question("c"), answer(NUMBERS.replace(" a |", " [a](https://example.com/) |")))
    (spot, target) = stage.targets(Deed.FOLLOW_LINK)[0]
    part = table_of(stage)
    start = part.plain(0, part.length).index("a\n")
    assert target.rect.topLeft() == part.rects(start, start + 1)[0].topLeft()
    assert spot.target_at(spot.rect_of(target).center()) == target


def test_a_table_that_begins_is_a_table_from_its_first_word(stage: Stage) -> None:
    begun = stage.begin("Text.\n\n| It")
    for piece in ("em", " | Pri", "ce |", "\n", "|--", "-|--", "-|", "\n", "| one | 2"):
        kinds = [type(spot.part) for spot in stage.spots() if isinstance(spot.part, TablePart)]
        assert kinds == [TablePart], piece
        stage.stream(begun, piece)
    part = table_of(stage)
    assert part.plain(0, part.length) == "Item\tPrice\none\t2"


def test_a_bar_that_begins_no_table_is_text_in_the_end(stage: Stage) -> None:
    begun = stage.begin("| x |")
    stage.stream(begun, "\nis what it is")
    assert not [spot for spot in stage.spots() if isinstance(spot.part, TablePart)]
    stage.end(begun, "| x |\nis what it is")


def test_a_table_that_grew_looks_like_one_painted_anew(stage: Stage) -> None:
    begun = stage.begin("| Id | Name | Amount |\n|---|---|---|\n")
    for number in range(1, 34):
        stage.stream(begun, f"| {number} | {'name ' * (number % 7)} | ${number * 37}")
        grown = on_screen(stage)
        stage.view._painter.forget()
        stage.view._change()
        stage.wait()
        assert grown == on_screen(stage), number
        stage.stream(begun, ".00 |\n")


def test_a_long_table_in_a_list_stays_in_its_list(stage: Stage) -> None:
    rows = "".join(f"  | {number} | customer number {number} of many |\n" for number in range(40))
    stage.view.resize(900, 3000)
    stage.show(question("c"), answer(f"- Item\n\n  | Id | Name |\n  |---|---|\n{rows}\n- Next item"))
    parts = [spot.part for spot in stage.spots() if isinstance(spot.part, TablePart)]
    assert sum(len(part.table.rows) for part in parts) == 40
    assert {part.leaf.frames for part in parts} == {parts[0].leaf.frames}
    assert parts[0].leaf.frames
