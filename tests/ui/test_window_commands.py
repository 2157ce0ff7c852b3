"""Which part of the window a command is meant for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.title_edit import TitleEdit
from tests.helpers.window_kit import WindowKit, active_kits


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot)


def run(kit: WindowKit, command: Command) -> None:
    kit.window.actions_by_command[command].trigger()


def test_escape_puts_a_sidebar_over_the_page_away_before_it_stops_the_reply(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    session = kit.stream()
    kit.window.resize(700, 600)
    qtbot.waitUntil(lambda: not kit.sidebar.isVisible())
    run(kit, Command.TOGGLE_SIDEBAR)
    run(kit, Command.STOP)
    assert not kit.sidebar.isVisible()
    assert session.is_busy
    run(kit, Command.STOP)
    assert not session.is_busy


def test_a_new_tab_puts_a_sidebar_over_the_page_away(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    kit.window.resize(700, 600)
    qtbot.waitUntil(lambda: not kit.sidebar.isVisible())
    run(kit, Command.TOGGLE_SIDEBAR)
    run(kit, Command.NEW_TAB)
    assert not kit.sidebar.isVisible()
    assert len(kit.deck.ids()) == 2


def test_rename_is_meant_for_the_list_while_the_keyboard_is_there(kit: WindowKit) -> None:
    kit.attach("a")
    run(kit, Command.RENAME)
    assert kit.deck.strip.findChild(TitleEdit) is not None
    kit.deck.focus()
    kit.sidebar.history.setFocus()
    kit.sidebar.history.set_open("b")
    run(kit, Command.RENAME)
    assert kit.sidebar.history.findChild(TitleEdit) is not None


def test_full_screen_and_back(kit: WindowKit) -> None:
    run(kit, Command.FULL_SCREEN)
    assert kit.window.windowState() & Qt.WindowState.WindowFullScreen
    run(kit, Command.FULL_SCREEN)
    assert not kit.window.windowState() & Qt.WindowState.WindowFullScreen


def test_before_there_are_conversations_no_command_does_harm(kit: WindowKit) -> None:
    for command, action in kit.window.actions_by_command.items():
        if command not in (Command.QUIT, Command.SHORTCUTS):
            action.trigger()
