"""The dialog of recent texts: finds, puts in, forgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.ui.help_menu import help_menu
from desktop_chat.ui.recent_texts_dialog import CLEAR, CLEAR_SURELY, EMPTY, RecentTextsDialog
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from tests.helpers.keyboard import press
from tests.helpers.window_kit import WindowKit, active_kits

NOW = 1_800_000_000.0
LONG = "Tell me a story.\n\nOnce upon a time <b>there</b> was " + "a very long word " * 200
TEXTS = (
    KeptDraft(4, "a", "About apples", "Why are apples red?", NOW - 30),
    KeptDraft(3, "b", "About bears", LONG, NOW - 300),
    KeptDraft(1, "c", "New conversation", "何か面白い話をしてください", NOW - 3 * 86_400),
)


@pytest.fixture
def dialog(look: Look, qtbot: QtBot) -> Iterator[RecentTextsDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = RecentTextsDialog(look, parent, lambda: NOW)
    made.show_texts(TEXTS)
    with qtbot.waitActive(made):
        made.open()
    yield made
    made.close()


def rows(dialog: RecentTextsDialog) -> list[str]:
    shown = dialog.list
    return [str(shown.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(shown.count())]


def heard(dialog: RecentTextsDialog) -> tuple[list[int], list[int]]:
    chosen: list[int] = []
    deleted: list[int] = []
    dialog.chosen.connect(chosen.append)
    dialog.delete_requested.connect(deleted.append)
    return chosen, deleted


def test_each_text_is_told_with_its_conversation_and_its_age(dialog: RecentTextsDialog) -> None:
    first, second, third = rows(dialog)
    assert first == "Why are apples red?, About apples · just now"
    assert second.startswith("Tell me a story. Once upon a time <b>there</b> was a very long word")
    assert second.endswith(", About bears · 5 minutes ago")
    assert third.endswith("New conversation · 3 days ago")
    assert len(second) < 400


def test_a_text_is_never_rich(dialog: RecentTextsDialog) -> None:
    dialog.show_texts((replace(TEXTS[0], text="<b>bold</b> claims, and <i>others</i>", title="<b>Title</b>"),))
    assert rows(dialog) == ["<b>bold</b> claims, and <i>others</i>, <b>Title</b> · just now"]
    assert "&lt;b&gt;bold" in dialog.list.item(0).toolTip()


def test_the_filter_finds_in_texts_and_titles(dialog: RecentTextsDialog) -> None:
    dialog.filter.setText("ONCE upon")
    assert len(rows(dialog)) == 1
    dialog.filter.setText("apples ")
    assert [row.split(",")[0] for row in rows(dialog)] == ["Why are apples red?"]
    dialog.filter.setText("about")
    assert len(rows(dialog)) == 2
    dialog.filter.setText("zebra")
    assert (rows(dialog), dialog.note) == ([], "Nothing with “zebra”.")
    assert not dialog.take_button.isEnabled()
    dialog.filter.clear()
    assert (len(rows(dialog)), dialog.note) == (3, "")


def test_the_arrows_and_return_work_from_the_filter(dialog: RecentTextsDialog) -> None:
    chosen, _ = heard(dialog)
    assert QApplication.focusWidget() is dialog.filter
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert chosen == [TEXTS[1].number]
    assert not dialog.isVisible()


def test_return_in_the_list_and_a_double_click_put_a_text_in(dialog: RecentTextsDialog) -> None:
    chosen, _ = heard(dialog)
    dialog.list.setFocus()
    press(Qt.Key.Key_Return)
    dialog.show()
    shown = dialog.list
    place = shown.visualItemRect(shown.item(2)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == [TEXTS[0].number, TEXTS[2].number]


def test_delete_forgets_one_and_stays_where_it_was(dialog: RecentTextsDialog) -> None:
    _, deleted = heard(dialog)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Delete)
    assert deleted == [3]
    dialog.show_texts((TEXTS[0], TEXTS[2]))
    assert dialog.list.current_number == 1, "the next one has moved up"
    dialog.list.setFocus()
    press(Qt.Key.Key_Delete)
    assert deleted == [3, 1]


def test_delete_in_a_filter_with_letters_edits_them(dialog: RecentTextsDialog) -> None:
    _, deleted = heard(dialog)
    dialog.filter.setText("apples")
    dialog.filter.setCursorPosition(0)
    press(Qt.Key.Key_Delete)
    assert (deleted, dialog.filter.text()) == ([], "pples")


def test_clear_all_asks_first(dialog: RecentTextsDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.clear_requested):
        dialog.clear_button.click()
    assert dialog.clear_button.text() == CLEAR_SURELY
    with qtbot.waitSignal(dialog.clear_requested, timeout=0):
        dialog.clear_button.click()
    dialog.show_texts(())
    assert (dialog.note, dialog.clear_button.text(), dialog.clear_button.isEnabled()) == (EMPTY, CLEAR, False)


def test_where_the_last_text_goes_the_keyboard_stays_in_the_dialog(dialog: RecentTextsDialog) -> None:
    for place in (dialog.list, dialog.delete_button, dialog.take_button):
        dialog.show_texts(TEXTS)
        place.setFocus()
        assert QApplication.focusWidget() is place
        dialog.show_texts(())
        assert QApplication.focusWidget() is dialog.filter


def test_before_they_are_read_it_does_not_claim_that_there_are_none(look: Look, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = RecentTextsDialog(look, parent)
    assert dialog.note == ""
    dialog.show_texts(())
    assert dialog.note == EMPTY


def test_a_screen_reader_finds_the_rows_by_their_words(dialog: RecentTextsDialog) -> None:
    interface = QAccessible.queryAccessibleInterface(dialog.list)
    assert interface is not None
    names = [interface.child(row).text(QAccessible.Text.Name) for row in range(3)]
    assert names[0] == "Why are apples red?, About apples · just now"


# --- in the window


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot):
        made.library.recent_texts.texts = TEXTS
        made.attach("a")
        yield made


def opened(kit: WindowKit) -> RecentTextsDialog:
    found = kit.window.findChild(RecentTextsDialog)
    assert found is not None
    assert found.isVisible()
    return found


def test_the_help_menu_offers_them(kit: WindowKit) -> None:
    menu = help_menu(kit.window, kit.window.actions_by_command)
    next(action for action in menu.actions() if action.text() == "Recent texts…").trigger()
    menu.deleteLater()
    dialog = opened(kit)
    assert len(rows(dialog)) == 3
    dialog.close()


def test_ctrl_up_in_the_empty_composer_opens_them_and_the_chosen_one_stands_there(kit: WindowKit, qtbot: QtBot) -> None:
    composer = kit.deck.page().composer
    composer.focus()
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    dialog = opened(kit)
    QTest.keyClick(dialog.filter, Qt.Key.Key_Return)
    assert composer.draft().text == "Why are apples red?"
    composer.flush_draft()
    assert kit.session.drafts[-1].text == "Why are apples red?"


def test_what_stands_in_the_composer_is_handed_on_before_they_are_read(kit: WindowKit) -> None:
    composer = kit.deck.page().composer
    composer.insert_text("half a thought")
    drafts: list[int] = []
    kit.library.recent_texts.changed.connect(lambda _texts: drafts.append(len(kit.session.drafts)))
    kit.window.actions_by_command[Command.RECENT_TEXTS].trigger()
    assert drafts == [1]
    dialog = opened(kit)
    dialog.list.setCurrentRow(0)
    dialog.list.choose()
    assert composer.draft().text == "half a thought\n\nWhy are apples red?"


def test_forgetting_reaches_the_library(kit: WindowKit) -> None:
    kit.window.actions_by_command[Command.RECENT_TEXTS].trigger()
    dialog = opened(kit)
    dialog.list.delete_current()
    assert len(rows(dialog)) == 2
    dialog.clear_requested.emit()
    assert kit.library.recent_texts.texts == ()
    assert dialog.note == EMPTY
    dialog.close()


def test_a_starter_does_not_lose_what_was_typed(kit: WindowKit) -> None:
    kit.deck.open_new()
    page = kit.deck.page()
    page.composer.insert_text("half a thought")
    page._take_starter("Plan a day in ")
    assert kit.session.drafts[-1].text == "half a thought"
    assert page.composer.draft().text == "Plan a day in "
