"""What the sidebar hears of the rest of the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource
from desktop_chat.core.outbox import Wait
from desktop_chat.core.settings import Settings
from desktop_chat.ui.theme import Look
from tests.helpers.window_kit import WindowKit, active_kits, window_kits


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot, "a", "b")


def test_a_key_that_is_gone_is_told_at_the_foot(kit: WindowKit) -> None:
    assert kit.sidebar.key_words == "Anthropic · key in keyring"
    kit.keys.state = replace(kit.keys.state, source=KeySource.NONE)
    kit.keys.state_changed.emit(kit.keys.state)
    assert kit.sidebar.key_words == "Anthropic · no key yet"


def test_another_server_is_named_at_the_foot(kit: WindowKit) -> None:
    kit.preferences._profile = Settings(base_url="https://llm.example").profile()
    kit.preferences.change(base_url="https://llm.example")
    assert kit.sidebar.key_words == "llm.example · key in keyring"


def test_a_reply_that_ends_while_another_window_is_in_front_waits_to_be_seen(kit: WindowKit, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    kit.library.unseen.add("b")
    kit.library.unseen_changed.emit("b", True)
    assert kit.deck.current_id == "b"
    assert kit.sidebar.model.is_unseen(kit.library.summaries["b"])
    with qtbot.waitActive(kit.window):
        kit.window.activateWindow()
    qtbot.waitUntil(lambda: not kit.sidebar.model.is_unseen(kit.library.summaries["b"]))


def test_the_list_stands_on_the_conversation_in_view(kit: WindowKit) -> None:
    kit.deck.activate("a")
    assert kit.sidebar.history.selected_id() == "a"
    kit.deck.activate("b")
    assert kit.sidebar.history.selected_id() == "b"


def ink_of(kit: WindowKit, key: str) -> set[int]:
    """The colours at the right end of a row, where marks stand."""
    history = kit.sidebar.history
    row = history.visualRect(history.rows.index_of(key))
    picture = history.viewport().grab(row.adjusted(row.width() - 30, 0, 0, 0)).toImage()
    return {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}


def test_a_conversation_in_which_messages_wait_has_a_clock(kit: WindowKit) -> None:
    assert len(ink_of(kit, "a")) == 1
    kit.library.session("a").outbox.wait_for(Wait.NETWORK, "Later.")
    assert kit.sidebar.model.is_waiting(kit.library.summaries["a"])
    assert len(ink_of(kit, "a")) > 3
    kit.library.session("a").outbox.wait_for(Wait.NETWORK)
    assert not kit.sidebar.model.is_waiting(kit.library.summaries["a"])
    assert len(ink_of(kit, "a")) == 1


def test_what_waits_since_the_last_time_is_known_at_the_start(look: Look, qtbot: QtBot) -> None:
    for kit in window_kits(look):
        kit.library.waiting.add("c")
        kit.attach("a")
        assert kit.sidebar.model.is_waiting(kit.library.summaries["c"])
        assert not kit.sidebar.model.is_waiting(kit.library.summaries["a"])
