"""The menu behind *Help*."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop_chat.ui.help_menu import help_menu
from desktop_chat.ui.shortcuts_dialog import ShortcutsDialog
from desktop_chat.ui.theme import Look
from desktop_chat.ui.window_sidebar import WindowSidebar
from tests.helpers.window_kit import WindowKit, active_kits


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a"):
        # A menu on the screen takes the keyboard, which no screen is here to give.
        made.sidebar.help_requested.disconnect()
        yield made


def asked_places(kit: WindowKit) -> list[QPoint]:
    places: list[QPoint] = []
    kit.sidebar.help_requested.connect(places.append)
    return places


def menu_of(kit: WindowKit) -> QMenu:
    return help_menu(kit.window, kit.window.actions_by_command)


def test_help_at_the_foot_and_f10_ask_for_it_at_the_same_place(kit: WindowKit) -> None:
    places = asked_places(kit)
    button = kit.sidebar._help
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.keyClick(kit.window, Qt.Key.Key_F10)
    assert places == [button.mapToGlobal(QPoint(0, 0))] * 2


def test_f10_brings_a_hidden_sidebar_back_first(kit: WindowKit) -> None:
    QTest.keyClick(kit.window, Qt.Key.Key_F9)
    assert not kit.sidebar.isVisible()
    places = asked_places(kit)
    QTest.keyClick(kit.window, Qt.Key.Key_F10)
    assert kit.sidebar.isVisible()
    assert len(places) == 1


def shown_menu(kit: WindowKit, monkeypatch: pytest.MonkeyPatch) -> QMenu:
    """The menu that F10 opens."""
    shown: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, *_place: shown.append(menu))
    sidebar = kit.window.findChild(WindowSidebar)
    assert sidebar is not None
    kit.sidebar.help_requested.connect(sidebar.show_help)
    QTest.keyClick(kit.window, Qt.Key.Key_F10)
    kit.sidebar.help_requested.disconnect()
    return shown[0]


def test_opened_by_keyboard_its_first_line_is_marked(kit: WindowKit, monkeypatch: pytest.MonkeyPatch) -> None:
    menu = shown_menu(kit, monkeypatch)
    assert menu.activeAction() is menu.actions()[0]
    menu.deleteLater()


def test_a_reply_can_be_inspected_only_where_there_is_one(kit: WindowKit, monkeypatch: pytest.MonkeyPatch) -> None:
    def can_inspect() -> bool:
        menu = shown_menu(kit, monkeypatch)
        menu.deleteLater()
        return next(line for line in menu.actions() if line.text().startswith("Inspect the reply…")).isEnabled()

    assert can_inspect()
    kit.deck.open_new()
    assert not can_inspect()


def test_its_lines_show_the_shortcuts_and_do_what_they_do(kit: WindowKit) -> None:
    menu = menu_of(kit)
    line = next(action for action in menu.actions() if action.text() == "Keyboard shortcuts\tCtrl+/")
    line.trigger()
    assert any(isinstance(shown, ShortcutsDialog) and shown.isVisible() for shown in QApplication.topLevelWidgets())
    menu.deleteLater()
