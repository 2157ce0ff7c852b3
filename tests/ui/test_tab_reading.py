"""What a tab shows of a conversation that is still being read from the disk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import Message
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.desk import Desk
from desktop_chat.ui.tab_reading import TabReading
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.fake_chat import (
    CATALOG,
    FakeKeys,
    FakeLibrary,
    FakePreferences,
    FakeSession,
    as_keys,
    as_library,
    as_preferences,
    as_session,
    exchange,
)

MESSAGES = exchange("a", "What?", "This.")


class Tab:
    """A transcript and a conversation of which the disk has not told yet."""

    def __init__(self, view: TranscriptView, opens_at_end: bool, end: tuple[Message, ...] = ()) -> None:
        self.session = FakeSession("a", is_loaded=False)
        self.session.end = end
        self.view = view
        self._chat = FakeLibrary(), FakePreferences(), FakeKeys()
        library, preferences, keys = self._chat
        desk = Desk(as_library(library), as_preferences(preferences), as_keys(keys), CATALOG)
        self._reading = TabReading(as_session(self.session), desk, view, opens_at_end)
        self.connections = Connections()
        self._reading.connect_all(self.connections)
        self._reading.show_all()

    def shown(self) -> list[str]:
        rows = self.view._page.rows
        return [rows[row].message.text for row in range(len(rows))]


@pytest.fixture
def view(look: Look, qtbot: QtBot) -> Iterator[TranscriptView]:
    made = TranscriptView(look)
    qtbot.addWidget(made)
    yield made
    made.close()


def test_the_end_of_a_long_conversation_is_shown_before_all_of_it_is_there(view: TranscriptView) -> None:
    tab = Tab(view, opens_at_end=True)
    tab.session.end_read.emit(MESSAGES[-1:])
    assert tab.shown() == ["This."]
    tab.session.load(MESSAGES)
    assert tab.shown() == ["What?", "This."]


def test_an_end_that_was_read_before_the_tab_was_there_is_shown_at_once(view: TranscriptView) -> None:
    assert Tab(view, opens_at_end=True, end=MESSAGES[-1:]).shown() == ["This."]
    assert Tab(view, opens_at_end=False, end=MESSAGES[-1:]).shown() == []


def test_whoever_stood_somewhere_else_is_not_shown_the_end_first(view: TranscriptView) -> None:
    tab = Tab(view, opens_at_end=False)
    tab.session.end_read.emit(MESSAGES[-1:])
    assert tab.shown() == []


def test_an_end_that_comes_behind_the_whole_replaces_nothing(view: TranscriptView) -> None:
    tab = Tab(view, opens_at_end=True)
    tab.session.load(MESSAGES)
    tab.session.end_read.emit(MESSAGES[-1:])
    assert tab.shown() == ["What?", "This."]


def test_a_conversation_that_was_let_go_of_changes_nothing_any_more(view: TranscriptView) -> None:
    tab = Tab(view, opens_at_end=True)
    tab.connections.cut()
    tab.session.load(MESSAGES)
    assert tab.shown() == []
