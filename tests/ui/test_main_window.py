"""The window as a whole: the start in two steps, tabs, keys, deleting with undo, notices, quitting."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.conversation import UNTITLED, OpenTab
from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeyCheck, KeySource
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import SettingProblem, Settings, Theme
from desktop_chat.ui.key_dialog import DemoKeyDialog, KeyDialog
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.notice_bar import NoticeBar, Toasts
from desktop_chat.ui.quit_dialog import QuitDialog
from desktop_chat.ui.settings_dialog import SettingsDialog
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.tab_button import TabButton
from desktop_chat.ui.theme import Look
from tests.helpers.fake_chat import FakeKeys
from tests.helpers.window_kit import WindowKit, summary, window_kits

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from window_kits(look)


def run(kit: WindowKit, command: Command) -> None:
    kit.window.actions_by_command[command].trigger()


def shown(kit: WindowKit, qtbot: QtBot) -> MainWindow:
    with qtbot.waitActive(kit.window):
        kit.window.show()
        kit.window.activateWindow()
    return kit.window


# --- the start


def test_the_first_half_of_the_window_loads_neither_network_nor_chat() -> None:
    code = (
        "import sys; import desktop_chat.ui.main_window\n"
        "heavy = ('asyncio', 'httpx', 'keyring', 'qasync', 'sqlite3', 'pygments', 'hashlib', 'desktop_chat.chat',\n"
        "         'desktop_chat.core.messages', 'desktop_chat.ui.fonts')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_first_paint_is_told_once(kit: WindowKit, qtbot: QtBot) -> None:
    with qtbot.waitSignal(kit.window.first_painted):
        kit.window.show()
    with qtbot.assertNotEmitted(kit.window.first_painted, wait=50):
        kit.window.repaint()


def test_what_is_typed_before_the_conversations_are_there_stays_with_its_focus(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    typed_into = QApplication.focusWidget()
    assert typed_into is not None
    QTest.keyClicks(typed_into, "already writing")
    kit.attach("a", "b")
    assert kit.deck.page().composer.draft() == Draft("already writing", 15)
    assert QApplication.focusWidget() is typed_into


def test_a_stored_draft_comes_before_what_was_typed_meanwhile(kit: WindowKit) -> None:
    kit.deck.page().composer.insert_text("typed")
    kit.attach("a")
    kit.session.draft_changed.emit(Draft("stored 😀", 0))
    assert kit.deck.page().composer.draft() == Draft("stored 😀\n\ntyped", 16)


def test_tabs_are_restored_and_only_the_one_in_view_is_loaded(kit: WindowKit) -> None:
    kit.attach("a", "b", "c", current="b")
    assert kit.deck.ids() == ("a", "b", "c")
    assert kit.deck.current_id == "b"
    assert kit.window.windowTitle() == "Bears — Desktop Chat"
    assert set(kit.library.sessions) == {"b"}
    run(kit, Command.NEXT_TAB)
    assert set(kit.library.sessions) == {"b", "c"}


def test_without_tabs_there_is_an_empty_conversation(kit: WindowKit) -> None:
    kit.attach()
    assert kit.session.is_empty
    assert kit.window.windowTitle() == f"{UNTITLED} — Desktop Chat"
    assert kit.library.conversations()[0].title == "Apples"


def test_keys_before_the_start_is_over_do_no_harm(kit: WindowKit) -> None:
    for command in set(Command) - {Command.QUIT, Command.SHORTCUTS, Command.FULL_SCREEN, Command.MODEL_MENU}:
        run(kit, command)
    kit.attach("a")
    assert kit.deck.ids() == ("a",)


def test_the_window_stands_where_it_stood_and_says_so_when_it_moves(kit: WindowKit, look: Look, qtbot: QtBot) -> None:
    kit.attach("a")
    kit.window.show()
    kit.window.resize(700, 500)
    qtbot.waitUntil(lambda: kit.preferences.settings.window_geometry != "")
    again = MainWindow(look, kit.preferences.settings)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (700, 500)


def test_a_place_that_makes_no_sense_is_forgotten(look: Look, qtbot: QtBot) -> None:
    window = MainWindow(look, Settings(theme=Theme.LIGHT, window_geometry="nonsense ü"))
    qtbot.addWidget(window)
    assert window.width() >= 640
    assert window.height() >= 480


# --- tabs


def test_a_conversation_opens_in_a_blank_tab_else_in_a_new_one_beside(kit: WindowKit) -> None:
    kit.attach()
    kit.sidebar.history.open_requested.emit("a", False)
    assert kit.deck.ids() == ("a",)
    kit.sidebar.history.open_requested.emit("b", False)
    assert kit.deck.ids() == ("a", "b")
    run(kit, Command.TAB_1)
    kit.sidebar.history.open_requested.emit("c", False)
    assert kit.deck.ids() == ("a", "c", "b")


def test_a_tab_with_a_text_in_its_composer_is_not_blank(kit: WindowKit) -> None:
    kit.attach()
    kit.deck.page().composer.insert_text("unsent")
    kit.deck.open("a")
    assert len(kit.deck.ids()) == 2


def test_a_conversation_is_open_in_one_tab_only(kit: WindowKit) -> None:
    kit.attach("a", "b")
    kit.deck.open("a", in_new_tab=True)
    assert kit.deck.ids() == ("a", "b")
    assert kit.deck.current_id == "a"


def test_closing_goes_to_the_neighbour_and_reopening_to_the_old_place(kit: WindowKit) -> None:
    kit.attach("a", "b", "c", current="b")
    run(kit, Command.CLOSE_TAB)
    assert kit.deck.ids() == ("a", "c")
    assert kit.deck.current_id == "c"
    run(kit, Command.REOPEN_TAB)
    assert kit.deck.ids() == ("a", "b", "c")
    assert kit.deck.current_id == "b"


def test_the_last_tab_gives_way_to_an_empty_one(kit: WindowKit) -> None:
    kit.attach("a")
    run(kit, Command.CLOSE_TAB)
    assert len(kit.deck.ids()) == 1
    assert kit.session.is_empty


def test_closing_a_tab_does_not_stop_its_reply(kit: WindowKit) -> None:
    kit.attach("a", "b")
    session = kit.stream()
    run(kit, Command.CLOSE_TAB)
    assert session.is_busy
    assert session.stop_count == 0
    assert kit.library.released == ["b"]
    session.end_reply()
    assert kit.deck.ids() == ("a",)


def test_closing_others_and_to_the_right(kit: WindowKit) -> None:
    kit.attach("a", "b", "c", current="c")
    kit.deck.close_right("b")
    assert (kit.deck.ids(), kit.deck.current_id) == (("a", "b"), "b")
    kit.deck.close_others("a")
    assert (kit.deck.ids(), kit.deck.current_id) == (("a",), "a")


def test_the_digits_and_the_steps_find_their_tabs(kit: WindowKit) -> None:
    kit.attach("a", "b", "c", current="a")
    for command, expected in (
        (Command.TAB_2, "b"),
        (Command.LAST_TAB, "c"),
        (Command.TAB_8, "c"),
        (Command.NEXT_TAB, "a"),
        (Command.PREVIOUS_TAB, "c"),
    ):
        run(kit, command)
        assert kit.deck.current_id == expected


def test_open_tabs_are_remembered_whenever_they_change_but_blank_ones_are_not(kit: WindowKit) -> None:
    kit.attach("a", "b")
    assert kit.library.remembered == []
    run(kit, Command.MOVE_TAB_LEFT)
    assert kit.library.remembered[-1] == (OpenTab("b", True), OpenTab("a", False))
    run(kit, Command.NEW_TAB)
    assert kit.library.remembered[-1] == (OpenTab("b", False), OpenTab("a", False))
    kit.deck.page().composer.insert_text("not blank")
    kit.deck.page().composer.flush_draft()
    assert kit.library.remembered[-1][-1] == OpenTab(kit.session.conversation_id, True)


def test_two_tabs_stream_at_once_and_show_it(kit: WindowKit) -> None:
    kit.attach("a", "b")
    kit.stream()
    run(kit, Command.TAB_1)
    first = kit.stream()
    assert kit.library.busy_ids() == {"a", "b"}
    first.end_reply()
    assert kit.library.busy_ids() == {"b"}
    assert kit.sidebar.model.is_busy(kit.library.summaries["b"])
    assert not kit.sidebar.model.is_busy(kit.library.summaries["a"])


def test_a_reply_that_ended_in_another_tab_waits_to_be_seen(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a", "b")
    session = kit.stream()
    run(kit, Command.TAB_1)
    session.end_reply()
    assert kit.sidebar.model.is_unseen(kit.library.summaries["b"])
    run(kit, Command.TAB_2)
    assert not kit.sidebar.model.is_unseen(kit.library.summaries["b"])


def test_a_reply_that_ended_in_view_has_been_seen(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    kit.stream().end_reply()
    assert kit.library.unseen == set()
    assert not any(tab.is_unseen for tab in kit.window.deck.strip.findChildren(TabButton))


def test_each_tab_keeps_its_own_text(kit: WindowKit) -> None:
    kit.attach("a", "b")
    kit.deck.page().composer.insert_text("for bears")
    run(kit, Command.TAB_1)
    assert kit.deck.page().composer.draft().is_empty
    run(kit, Command.TAB_2)
    assert kit.deck.page().composer.draft().text == "for bears"


def test_a_title_that_arrives_is_shown_everywhere(kit: WindowKit) -> None:
    kit.attach()
    assert kit.session.send(Draft("Why is the sky blue?"))
    key = kit.session.conversation_id
    assert kit.deck.strip.title(key) == "Why is the sky blue?"
    assert kit.window.windowTitle() == "Why is the sky blue? — Desktop Chat"
    assert kit.sidebar.model.index_of(key).data() == "Why is the sky blue?"


def test_renaming_in_the_sidebar_reaches_the_tab(kit: WindowKit) -> None:
    kit.attach("a")
    kit.sidebar.history.rename_requested.emit("a", "Pears")
    assert kit.deck.strip.title("a") == "Pears"
    assert kit.window.windowTitle() == "Pears — Desktop Chat"


# --- keys


def test_letters_typed_anywhere_reach_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    kit.sidebar.history.setFocus()
    QTest.keyClicks(kit.sidebar.history, "hi")
    assert kit.deck.page().composer.draft().text == "hi"
    focused = QApplication.focusWidget()
    assert focused is not None
    assert kit.deck.page().composer.isAncestorOf(focused)


def test_return_presses_the_button_that_has_the_keyboard(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    button = QPushButton("Press me", kit.deck.page())
    button.show()
    button.setFocus()
    with qtbot.waitSignal(button.clicked, timeout=1000):
        QTest.keyClick(button, Qt.Key.Key_Return)
    with qtbot.waitSignal(button.clicked, timeout=1000):
        QTest.keyClick(button, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    with qtbot.assertNotEmitted(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Return, CONTROL)


def test_escape_stops_the_reply_in_view_and_keeps_the_text(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a", "b")
    other = kit.stream()
    run(kit, Command.TAB_1)
    session = kit.stream()
    kit.deck.page().composer.insert_text("next question")
    QTest.keyClick(kit.window, Qt.Key.Key_Escape)
    assert not session.is_busy
    assert other.is_busy
    assert kit.deck.page().composer.draft().text == "next question"


def test_regenerate_asks_for_the_last_reply_again_but_not_while_one_is_written(kit: WindowKit) -> None:
    kit.attach("a")
    last = kit.session.path()[-1]
    run(kit, Command.REGENERATE)
    assert kit.session.retried == [last.id]
    session = kit.stream()
    run(kit, Command.REGENERATE)
    assert session.retried == [last.id]


def test_ctrl_tab_goes_round(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a", "b")
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Tab, CONTROL)
    assert kit.deck.current_id == "a"


# --- sidebar


def test_the_sidebar_hides_and_is_remembered(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    run(kit, Command.TOGGLE_SIDEBAR)
    assert not kit.sidebar.isVisible()
    assert kit.preferences.settings.is_sidebar_shown is False
    run(kit, Command.FILTER)
    assert kit.sidebar.isVisible()
    assert kit.sidebar.filter.hasFocus()


def test_a_sidebar_that_hides_gives_the_keyboard_back_to_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    run(kit, Command.FILTER)
    run(kit, Command.TOGGLE_SIDEBAR)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert kit.deck.page().composer.isAncestorOf(focused)


def test_in_a_narrow_window_the_sidebar_lies_over_the_page_on_demand(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a", "b")
    kit.window.resize(700, 600)
    qtbot.waitUntil(lambda: not kit.sidebar.isVisible())
    page_width = kit.deck.width()
    run(kit, Command.TOGGLE_SIDEBAR)
    assert kit.sidebar.isVisible()
    assert kit.deck.width() == page_width == 700
    kit.sidebar.history.open_requested.emit("a", False)
    assert not kit.sidebar.isVisible()
    assert kit.preferences.settings.is_sidebar_shown is True
    kit.window.resize(1000, 600)
    qtbot.waitUntil(kit.sidebar.isVisible)


# --- deleting


def toasts_of(kit: WindowKit) -> Toasts:
    found = kit.window.findChild(Toasts)
    assert found is not None
    return found


def test_deleting_closes_the_tab_and_undo_brings_both_back(kit: WindowKit) -> None:
    kit.attach("a", "b", "c")
    kit.sidebar.history.delete_requested.emit("b")
    assert kit.deck.ids() == ("a", "c")
    assert not kit.sidebar.model.index_of("b").isValid()
    assert toasts_of(kit).texts == ("Deleted “Bears”",)
    kit.sidebar.history.undo_requested.emit()
    assert kit.deck.ids() == ("a", "b", "c")
    assert kit.sidebar.model.index_of("b").isValid()
    assert toasts_of(kit).texts == ()


@pytest.mark.parametrize("in_view", ["b", "c"])
def test_undo_shows_what_was_in_view_when_it_was_deleted(kit: WindowKit, in_view: str) -> None:
    kit.attach("a", "b", "c")
    kit.deck.activate(in_view)
    kit.sidebar.history.delete_requested.emit("b")
    kit.sidebar.history.undo_requested.emit()
    assert kit.deck.ids() == ("a", "b", "c")
    assert kit.deck.current_id == in_view
    kit.deck.activate("b")
    assert kit.deck.current_id == "b"


def test_the_notice_shows_the_beginning_of_a_long_title(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.library.summaries["b"] = summary("b", "Bears and all that lives with them in the woods of the north")
    kit.attach("a")
    kit.sidebar.history.delete_requested.emit("b")
    QApplication.processEvents()
    assert toasts_of(kit).texts == ("Deleted “Bears and all that lives with them i…”",)
    labels = {label.text() for label in toasts_of(kit).findChildren(QLabel)}
    assert "Deleted “Bears and all that lives with them i…”" in labels


def test_the_notice_itself_undoes(kit: WindowKit) -> None:
    kit.attach("a")
    kit.sidebar.history.delete_requested.emit("b")
    toasts = toasts_of(kit)
    token = "toast-1"
    toasts.dismiss(token)
    toasts.action_clicked.emit(token)
    assert "b" in kit.library.summaries
    assert kit.deck.ids() == ("a",)


def test_a_deleted_conversation_is_not_reopened_as_a_tab(kit: WindowKit) -> None:
    kit.attach("a", "b")
    kit.sidebar.history.delete_requested.emit("b")
    run(kit, Command.REOPEN_TAB)
    assert kit.deck.ids() == ("a",)


# --- notices and dialogs


def banner_of(kit: WindowKit) -> NoticeBar:
    found = kit.window.findChild(NoticeBar)
    assert found is not None
    return found


def test_trouble_with_the_disk_is_told_across_the_top_until_it_is_over(kit: WindowKit) -> None:
    kit.attach("a")
    kit.library.store_failed.emit(Failure("StoreFull", "The disk is full.", "Nothing new is saved."))
    assert banner_of(kit).text == "The disk is full. Nothing new is saved."
    kit.library.store_recovered.emit()
    assert banner_of(kit).text == ""


def test_a_bad_settings_file_is_told(kit: WindowKit) -> None:
    kit.preferences.problems = (
        SettingProblem("theme", "“theme” must be one of three."),
        SettingProblem("model", "“model” must be text."),
    )
    kit.attach("a")
    assert banner_of(kit).text == "“theme” must be one of three.\n“model” must be text."


def test_the_look_follows_the_setting(kit: WindowKit, look: Look) -> None:
    kit.attach("a")
    kit.preferences.change(theme=Theme.DARK)
    assert look.is_dark


def test_the_settings_dialog_changes_the_settings(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    run(kit, Command.SETTINGS)
    dialog = kit.window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.change_requested.emit("max_tokens", 1000)
    assert kit.preferences.settings.max_tokens == 1000
    dialog.close()


def test_the_settings_dialog_offers_the_models_that_become_known(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    run(kit, Command.SETTINGS)
    dialog = kit.window.findChild(SettingsDialog)
    assert dialog is not None
    kit.keys.models_changed.emit((ModelInfo("local-1", "Local 1"),))
    box = dialog.rows["model"].field.findChild(QComboBox)
    assert box is not None
    assert [box.itemText(row) for row in range(box.count())] == ["local-1"]
    dialog.close()


def test_the_key_dialog_checks_and_closes_when_the_key_is_good(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    kit.sidebar.key_requested.emit()
    dialog = kit.window.findChild(KeyDialog)
    assert dialog is not None
    dialog.check_requested.emit("sk-ant-x", False)
    assert kit.keys.checked == [("sk-ant-x", False)]
    kit.keys.end_check(KeyCheck(False, Failure("KeyRejected", "The key is wrong.", "")))
    assert dialog.isVisible()
    assert "The key is wrong." in {label.text() for label in dialog.findChildren(QLabel)}
    kit.keys.end_check(KeyCheck(True))
    assert not dialog.isVisible()


def test_the_demonstration_takes_no_key_and_says_where_one_is_asked_for(kit: WindowKit, qtbot: QtBot) -> None:
    kit.is_demo = True
    shown(kit, qtbot)
    kit.attach("a")
    kit.sidebar.key_requested.emit()
    assert kit.window.findChild(KeyDialog) is None
    dialog = kit.window.findChild(DemoKeyDialog)
    assert dialog is not None and dialog.isVisible()
    assert any("without --demo" in label.text() for label in dialog.findChildren(QLabel))
    assert dialog.findChild(QLineEdit) is None
    dialog.close()


# --- quitting


def test_closing_asks_the_program_and_does_not_close_by_itself(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a")
    kit.deck.page().composer.insert_text("unsent")
    with qtbot.waitSignal(kit.window.close_requested):
        kit.window.close()
    assert kit.window.isVisible()
    assert kit.session.drafts[-1].text == "unsent"


def test_with_replies_under_way_quitting_asks_first(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach("a", "b")
    kit.stream()
    run(kit, Command.TAB_1)
    kit.stream()
    with qtbot.assertNotEmitted(kit.window.close_requested):
        run(kit, Command.QUIT)
    dialog = kit.window.findChild(QuitDialog)
    assert dialog is not None
    assert dialog.title == "2 replies are still being written."
    with qtbot.assertNotEmitted(kit.window.close_requested):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    run(kit, Command.QUIT)
    with qtbot.waitSignal(kit.window.close_requested):
        dialog.stop_button.click()


# --- for the command line


def test_ask_sends_from_the_blank_tab_and_tells_when_all_is_painted(kit: WindowKit, qtbot: QtBot) -> None:
    shown(kit, qtbot)
    kit.attach()
    assert kit.window.ask("What is new?") == kit.deck.current_id
    assert not kit.window.is_settled
    kit.session.begin_reply()
    kit.session.end_reply(MessageStatus.COMPLETE, "Nothing.")
    qtbot.waitUntil(lambda: kit.window.is_settled)
    assert not kit.window.grab_window().isNull()


def test_ask_takes_a_new_tab_when_the_one_in_view_is_in_use(kit: WindowKit) -> None:
    kit.attach("a")
    kit.window.ask("What is new?")
    assert len(kit.deck.ids()) == 2
    assert kit.deck.current_id != "a"


def test_ask_without_a_key_sends_nothing(look: Look, kit: WindowKit) -> None:
    kit.keys = FakeKeys(KeySource.NONE)
    kit.attach()
    assert kit.window.ask("What is new?") is None
    assert replace(kit.keys.state).source is KeySource.NONE
