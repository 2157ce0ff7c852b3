"""The rows of the sidebar: groups by date, the filter, and small changes that stay small."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.ui import history_model
from desktop_chat.ui.history_model import HistoryModel, date_text

NOW = time.mktime((2026, 11, 23, 14, 0, 0, 0, 0, -1))
HOUR_S = 3_600.0
DAY_S = 24 * HOUR_S


class _Clock:
    """The module's `time`, standing still at one moment."""

    localtime = staticmethod(time.localtime)
    mktime = staticmethod(time.mktime)
    strftime = staticmethod(time.strftime)

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    made = _Clock(NOW)
    monkeypatch.setattr(history_model, "time", made)
    return made


@pytest.fixture
def model(clock: _Clock, qapp: QApplication) -> Iterator[HistoryModel]:
    parent = QObject()
    made = HistoryModel(parent)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    yield made
    shiboken6.delete(parent)


def item(title: str, age_s: float = 0.0, is_pinned: bool = False) -> ConversationSummary:
    return ConversationSummary(title.lower(), title, NOW - age_s, NOW - age_s, is_pinned)


def titles(model: HistoryModel) -> list[str]:
    return [str(model.index(number).data()) for number in range(model.rowCount())]


def test_rows_are_grouped_by_date_and_pinned_ones_come_first(model: HistoryModel) -> None:
    ages = {"A": 0.0, "B": 14 * HOUR_S + 1, "C": 2 * DAY_S, "D": 8 * DAY_S, "E": 40 * DAY_S, "F": 400 * DAY_S}
    model.set_conversations((*(item(title, age_s) for title, age_s in ages.items()), item("P", 900 * DAY_S, True)))
    assert titles(model) == [
        *("Pinned", "P", "Today", "A", "Yesterday", "B", "Previous 7 days", "C"),
        *("Last 30 days", "D", "October", "E", "October 2025", "F"),
    ]


def test_headings_cannot_be_chosen(model: HistoryModel) -> None:
    model.set_conversations((item("A"),))
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


def test_the_next_day_has_other_headings(model: HistoryModel, clock: _Clock) -> None:
    model.set_conversations((item("A"),))
    clock.now += DAY_S
    model.release()
    assert titles(model) == ["Yesterday", "A"]


def test_the_filter_finds_titles_in_any_case_and_leaves_out_empty_groups(model: HistoryModel) -> None:
    model.set_conversations((item("Straße nach Rom"), item("Apples", 2 * DAY_S)))
    model.set_filter("  STRASSE ")
    assert titles(model) == ["Today", "Straße nach Rom"]
    model.set_filter("")
    assert model.rowCount() == 4


def test_a_new_title_changes_one_row_and_keeps_the_others(model: HistoryModel) -> None:
    model.set_conversations((item("A"), item("B"), item("C")))
    removed, changed = QSignalSpy(model.rowsRemoved), QSignalSpy(model.dataChanged)
    model.set_conversations((item("A"), ConversationSummary("b", "Better", NOW, NOW), item("C")))
    assert titles(model) == ["Today", "A", "Better", "C"]
    assert removed.count() == 0
    assert [(at[0].row(), at[1].row()) for at in (changed.at(0),)] == [(2, 2)]


def test_a_conversation_that_goes_on_moves_to_the_top_and_rows_below_stay(model: HistoryModel) -> None:
    model.set_conversations((item("A", 1), item("B", 2), item("C", 3)))
    kept = model.index_of("c")
    removed = QSignalSpy(model.rowsRemoved)
    model.set_conversations((item("B"), item("A", 1), item("C", 3)))
    assert titles(model) == ["Today", "B", "A", "C"]
    assert removed.count() == 1
    assert removed.at(0)[1:] == [2, 2]
    assert kept == model.index_of("c")


def test_nothing_moves_while_a_row_is_edited(model: HistoryModel) -> None:
    model.set_conversations((item("A", 1), item("B", 2)))
    model.hold()
    model.set_conversations((item("B"), item("A", 1)))
    assert titles(model) == ["Today", "A", "B"]
    model.release()
    assert titles(model) == ["Today", "B", "A"]


def test_dots_are_read_aloud(model: HistoryModel) -> None:
    model.set_conversations((item("A"),))
    index = model.index_of("a")
    model.set_busy("a", True)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "A, reply is being written"
    model.set_busy("a", False)
    model.set_unseen("a", True)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "A, new reply"


def test_waiting_messages_are_read_aloud_and_told_in_the_tooltip(model: HistoryModel) -> None:
    model.set_conversations((item("A"),))
    index = model.index_of("a")
    assert "wait" not in str(index.data(Qt.ItemDataRole.ToolTipRole))
    model.set_waiting("a", True)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "A, messages wait to be sent"
    assert "Messages wait to be sent" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    model.set_busy("a", True)
    said = "A, reply is being written, messages wait to be sent"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == said


def test_the_tooltip_shows_the_whole_title_as_text_and_the_date(model: HistoryModel) -> None:
    model.set_conversations((item("<b>A</b> & B"),))
    tip = str(model.index(1).data(Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b>A&lt;/b> &amp; B" in tip
    assert "Monday, 23 November 2026, 14:00" in tip


def test_dates_are_written_as_people_write_them() -> None:
    assert date_text(time.mktime((2026, 3, 5, 9, 7, 0, 0, 0, -1))) == "Thursday, 5 March 2026, 09:07"
