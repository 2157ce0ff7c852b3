"""The dialog of the trash: brings back, and deletes for good only when asked twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.ui.help_menu import help_menu
from desktop_chat.ui.theme import Look
from desktop_chat.ui.trash_dialog import DELETE, EMPTY, EMPTY_TRASH, TrashDialog
from tests.helpers.window_kit import WindowKit, active_kits, summary

HOSTILE = "<b>bold</b> %s {0}"


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a"):
        titles = ("Deleted last", HOSTILE, "Deleted first")
        made.library.trash.deleted = tuple(
            replace(summary(f"d{number}", title), deleted_at=1.0 + number) for number, title in enumerate(titles)
        )
        yield made


def opened(kit: WindowKit) -> TrashDialog:
    menu = help_menu(kit.window, kit.window.actions_by_command)
    next(line for line in menu.actions() if line.text() == "Trash…").trigger()
    menu.deleteLater()
    return next(shown for shown in QApplication.topLevelWidgets() if isinstance(shown, TrashDialog))


def titles(dialog: TrashDialog) -> list[str]:
    shown = dialog.list
    lines = (shown.topLevelItem(row) for row in range(shown.topLevelItemCount()))
    return [line.text(0) for line in lines if line is not None]


def test_it_lists_what_was_deleted_as_plain_words(kit: WindowKit) -> None:
    assert titles(opened(kit)) == ["Deleted last", HOSTILE, "Deleted first"]


def test_restore_brings_the_selected_one_back_and_selects_the_next(kit: WindowKit) -> None:
    dialog = opened(kit)
    QTest.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    assert kit.library.trash.restored_ids == ["d0"]
    assert titles(dialog) == [HOSTILE, "Deleted first"]
    assert dialog._selected_ids() == ("d1",)


def test_deleting_for_good_asks_first(kit: WindowKit) -> None:
    dialog = opened(kit)
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    assert len(titles(dialog)) == 3
    assert dialog.delete_button.text() == "Really delete 1 conversation?"
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    assert titles(dialog) == [HOSTILE, "Deleted first"]
    assert kit.library.trash.restored_ids == []


def test_asking_about_many_leaves_the_dialog_as_wide_as_it_is(kit: WindowKit) -> None:
    dialog = opened(kit)
    dialog.show_deleted(tuple(replace(summary(f"m{number}", "One"), deleted_at=1.0) for number in range(1_200)))
    width = dialog.width()
    for button in (dialog.delete_button, dialog.empty_button):
        dialog.list.selectAll()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.text() == "Really delete 1,200 conversations?"
        QApplication.processEvents()
        assert dialog.width() == width


def test_another_selection_takes_the_question_back(kit: WindowKit) -> None:
    dialog = opened(kit)
    QTest.keyClick(dialog, Qt.Key.Key_Delete)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.delete_button.text() == DELETE
    QTest.keyClick(dialog, Qt.Key.Key_Delete)
    assert len(titles(dialog)) == 3


def test_emptying_asks_with_the_number_and_leaves_nothing(kit: WindowKit) -> None:
    dialog = opened(kit)
    QTest.mouseClick(dialog.empty_button, Qt.MouseButton.LeftButton)
    assert dialog.empty_button.text() == "Really delete 3 conversations?"
    QTest.mouseClick(dialog.empty_button, Qt.MouseButton.LeftButton)
    assert titles(dialog) == []
    assert dialog.note == EMPTY
    assert dialog.empty_button.text() == EMPTY_TRASH
    for button in (dialog.empty_button, dialog.delete_button, dialog.restore_button):
        assert not button.isEnabled()


def test_the_default_stays_what_it_is_wherever_the_keyboard_goes(kit: WindowKit, qtbot: QtBot) -> None:
    dialog = opened(kit)
    qtbot.waitUntil(dialog.isActiveWindow)
    for button in (dialog.empty_button, dialog.delete_button, dialog.close_button):
        button.setFocus()
        assert button.hasFocus()
        assert dialog.restore_button.isDefault() and not button.isDefault()
    dialog.close()
