"""The events as rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop_chat.core.stream_record import Arrival
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.events_model import DATA, NAME, EventsModel
from desktop_chat.ui.theme import Look
from tests.ui.inspector.records import delta, event, record, reply_events


class Rows:
    """A course and its rows."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.course = Course()
        self.model = EventsModel(look, self.course)
        self.tester = QAbstractItemModelTester(self.model)

    def show(self, *arrivals: Arrival) -> None:
        goes_on = self.course.show((record(arrivals, ended=None),))
        self.course.read_on(1_000_000)
        if goes_on:
            self.model.take_grown()
        else:
            self.model.begin_again()
        self.wait()

    def filter(self, text: str) -> None:
        self.model.set_filter(text)
        self.wait()

    def wait(self) -> None:
        """On a busy machine even a few rows may take more than one slice."""
        self.qtbot.waitUntil(lambda: not self.model._clock.isActive())

    def texts(self, row: int) -> list[object]:
        return [self.model.index(row, column).data() for column in range(self.model.columnCount())]

    def numbers(self) -> list[int]:
        return [self.model.number(row) for row in range(self.model.rowCount())]


@pytest.fixture
def rows(look: Look, qtbot: QtBot) -> Iterator[Rows]:
    made = Rows(look, qtbot)
    yield made
    made.tester.deleteLater()
    made.model.deleteLater()


def test_a_row_tells_when_what_and_how_much(rows: Rows) -> None:
    rows.show(event(0.3, "message_start"), delta(1.5, "Hello"))
    raw = rows.course.arrivals[1].raw
    assert raw is not None
    assert rows.texts(1) == ["2", "1.500", "+1.200", "content_block_delta", f"{len(raw)} bytes", '"Hello"']


def test_rows_are_added_as_the_reply_grows(rows: Rows) -> None:
    events = reply_events()
    rows.show(*events[:4])
    added: list[tuple[int, int]] = []
    rows.model.rowsInserted.connect(lambda _parent, first, last: added.append((first, last)))
    rows.show(*events[:9])
    assert added == [(4, 8)]
    assert rows.model.rowCount() == 9


def test_the_filter_looks_into_names_and_data_whatever_the_case(rows: Rows) -> None:
    rows.show(event(0.3, "message_start"), delta(0.4, "Zürich"), event(0.5, "ping"))
    rows.filter("zÜRICH ")
    assert rows.numbers() == [1]
    rows.filter("PING")
    assert rows.numbers() == [2]
    rows.show(event(0.2, "message_start"), Arrival(0.4, "Unheard_of", 2, 0, "{}"), Arrival(0.5, "a", 2))
    rows.filter("unheard")
    assert rows.numbers() == [1]
    assert rows.model.words == "1 of 3"
    rows.filter("ping")
    assert rows.numbers() == []


def test_what_the_filter_leaves_is_counted(rows: Rows) -> None:
    rows.show(event(0.3, "message_start"), delta(0.4, "Zürich"), event(0.5, "ping"))
    rows.filter("ping")
    assert rows.model.words == "1 of 3"
    rows.filter("")
    assert rows.numbers() == [0, 1, 2]


def test_what_comes_later_is_filtered_too(rows: Rows) -> None:
    first, second = delta(0.4, "apple"), delta(0.6, "apple pie")
    rows.show(first)
    rows.filter("apple")
    rows.show(first, delta(0.5, "pear"), second)
    assert rows.numbers() == [0, 2]


def test_a_long_stream_is_filtered_in_slices(rows: Rows, qtbot: QtBot) -> None:
    rows.show(*(event(0.001 * number, "ping" if number % 100 else "error") for number in range(50_000)))
    rows.model.set_filter("error")
    assert rows.model._clock.isActive()
    qtbot.waitUntil(lambda: not rows.model._clock.isActive())
    assert rows.numbers() == list(range(0, 50_000, 100))


def test_it_knows_where_an_event_stands(rows: Rows) -> None:
    rows.show(*(delta(0.1 * number, "odd" if number % 2 else "even") for number in range(6)))
    assert rows.model.row_of(3) == 3
    rows.filter("odd")
    assert rows.model.row_of(3) == 1
    assert rows.model.row_of(2) is None
    assert rows.model.row_of(99) is None


def test_other_records_take_the_place_of_all_rows(rows: Rows) -> None:
    rows.show(event(0.3), event(0.4))
    rows.show(event(0.7))
    assert rows.model.rowCount() == 1
    assert not rows.model.index(1, 0, QModelIndex()).isValid()


def test_hostile_names_and_data_are_shown_letter_by_letter(rows: Rows) -> None:
    rows.show(Arrival(0.1, "<b>\u202e\n" + "x" * 500, 9, 0, "<img src='/etc/passwd'>\x00"))
    name, data = rows.model.index(0, NAME), rows.model.index(0, DATA)
    assert str(name.data()).startswith("<b>\\u202e x")
    assert len(str(name.data())) < 80
    assert data.data() == "<img src='/etc/passwd'>\\u0000"
    assert "&lt;img" in data.data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in data.data(Qt.ItemDataRole.ToolTipRole)
