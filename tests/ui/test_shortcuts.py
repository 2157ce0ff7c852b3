"""The table of shortcuts: complete, free of clashes, and what the dialog shows."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.ui.placement import FRAME_PX, bounded_by_screen
from desktop_chat.ui.shortcuts import SHORTCUTS, Command, key_text, make_actions, rows, tab_number
from desktop_chat.ui.shortcuts_dialog import ShortcutsDialog


def test_every_command_has_exactly_one_line_in_the_table() -> None:
    assert Counter(shortcut.command for shortcut in SHORTCUTS if shortcut.command) == Counter(Command)


def test_no_key_means_two_commands() -> None:
    keys = Counter(key for shortcut in SHORTCUTS if shortcut.command for key in shortcut.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_key_is_one_that_qt_knows() -> None:
    for shortcut in SHORTCUTS:
        for key in shortcut.keys:
            assert QKeySequence(key).toString() == key


@pytest.mark.parametrize("sign", ["[", "]", "\\", "'", ";", "`"])
def test_no_key_is_missing_on_other_keyboards(sign: str) -> None:
    assert not [key for shortcut in SHORTCUTS for key in shortcut.keys if key.endswith(sign)]


def test_the_rows_show_all_keys_of_a_command_and_the_digits_once() -> None:
    shown = {row.label: row.keys for row in rows()}
    assert shown["New conversation"] == "Ctrl+T or Ctrl+N"
    assert shown["First to eighth tab"] == "Ctrl+1 … Ctrl+8"
    assert "Tab 3" not in shown


def test_tooltips_name_the_first_key() -> None:
    assert key_text(Command.TOGGLE_SIDEBAR) == "Ctrl+B"


def test_only_the_digits_mean_a_tab_number() -> None:
    numbers = [tab_number(command) for command in Command]
    assert [number for number in numbers if number is not None] == list(range(1, 9))


def test_a_triggered_action_calls_its_handler(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    called: list[Command] = []
    handlers = {command: (lambda command=command: called.append(command)) for command in Command}
    actions = make_actions(window, handlers)
    actions[Command.QUIT].trigger()
    actions[Command.RENAME].trigger()
    assert called == [Command.QUIT, Command.RENAME]


def test_the_dialog_shows_every_row(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = ShortcutsDialog(window)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {row.label for row in rows()} | {row.keys for row in rows()} <= texts


def test_the_dialog_is_wide_enough_for_words_and_keys(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = ShortcutsDialog(window)
    dialog.show()
    scroller = dialog.findChild(QScrollArea)
    assert scroller is not None
    assert scroller.horizontalScrollBar().maximum() == 0


def test_a_dialog_is_no_larger_than_its_screen_has_room_for(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableSize() - FRAME_PX
    assert bounded_by_screen(window, room + QSize(100, 100)) == room
    assert bounded_by_screen(window, QSize(300, 200)) == QSize(300, 200)
