"""Editing, branching and walking in a whole tab, as the reader does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.messages import Draft, MessageStatus, draft_of
from desktop_chat.core.settings import SendKey
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.tab_acts import STILL_ANSWERING
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.messages.edit_box import EditBox
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.attached_samples import words
from tests.helpers.window_kit import WindowKit, window_kits


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in window_kits(look):
        with qtbot.waitExposed(made.window):
            made.window.show()
        made.attach("a")
        yield made


def transcript(kit: WindowKit) -> TranscriptView:
    found = kit.deck.page().findChild(TranscriptView)
    assert isinstance(found, TranscriptView)
    return found


def box(kit: WindowKit) -> EditBox | None:
    return next((each for each in kit.deck.page().findChildren(EditBox) if each.isVisible()), None)


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, held)


def has_composer_focus(kit: WindowKit) -> bool:
    return kit.deck.page().composer.isAncestorOf(focused())


def edited(kit: WindowKit, text: str) -> EditBox:
    """Edit the last question from the empty composer."""
    kit.deck.page().composer.focus()
    press(Qt.Key.Key_Up)
    found = box(kit)
    assert found is not None
    QTest.keyClicks(focused(), text)
    return found


def test_up_in_the_empty_composer_edits_the_last_question_and_enter_sends_it_as_a_branch(kit: WindowKit) -> None:
    asked = kit.session.path()[0]
    edited(kit, " Red ones?")
    press(Qt.Key.Key_Return)
    assert [message.text for message in kit.session.path()] == ["What about apples? Red ones?"]
    assert kit.session.siblings(kit.session.path()[0].id)[0] == asked.id, "the old question stays"
    assert box(kit) is None
    assert has_composer_focus(kit)


def test_up_moves_the_caret_where_there_is_text(kit: WindowKit) -> None:
    kit.deck.page().composer.insert_text("a\nb")
    kit.deck.page().composer.focus()
    press(Qt.Key.Key_Up)
    assert box(kit) is None
    assert kit.deck.page().composer.draft().caret < 3


def test_esc_leaves_the_editor_for_the_composer_and_stops_nothing(kit: WindowKit) -> None:
    edited(kit, " Red ones?")
    press(Qt.Key.Key_Escape)
    assert box(kit) is None
    assert has_composer_focus(kit)
    assert kit.session.stop_count == 0
    assert kit.session.path()[0].text == "What about apples?"


def test_nothing_is_sent_while_a_reply_is_written_and_the_text_stays(kit: WindowKit) -> None:
    kit.session.send(Draft("And?"))
    kit.session.begin_reply()
    before = kit.session.path()
    found = edited(kit, " Now")
    press(Qt.Key.Key_Return)
    assert kit.session.path() == before
    assert found.isVisible()
    assert found._hint.text() == STILL_ANSWERING
    assert found.draft().text == "And? Now"


def test_without_a_key_the_text_stays_and_the_key_is_asked_for(kit: WindowKit) -> None:
    found = edited(kit, " Now")
    kit.keys.state = KeyState(KeySource.NONE)
    press(Qt.Key.Key_Return)
    assert found.draft().text == "What about apples? Now"
    dialog = kit.window.findChild(KeyDialog)
    assert dialog is not None
    dialog.close()


def test_what_could_not_be_stored_is_in_its_editor_again(kit: WindowKit) -> None:
    asked = kit.session.path()[0]
    kit.session.edit_failed.emit(asked.id, Draft("Other words", 11))
    found = box(kit)
    assert found is not None
    assert (found.message_id, found.draft().text) == (asked.id, "Other words")


def test_an_edit_survives_a_look_into_another_tab(kit: WindowKit) -> None:
    edited(kit, " Now")
    kit.deck.open("b", in_new_tab=True)
    kit.deck.activate("a")
    found = box(kit)
    assert found is not None
    assert found.draft().text == "What about apples? Now"


def test_an_edit_survives_the_closing_of_its_tab(kit: WindowKit) -> None:
    edited(kit, " Now")
    kit.deck.close_current()
    kit.deck.reopen()
    found = box(kit)
    assert found is not None
    assert found.draft().text == "What about apples? Now"
    press(Qt.Key.Key_Down)
    assert has_composer_focus(kit), "it waits, it does not take the keyboard"


def test_the_editor_sends_with_the_key_of_the_settings(kit: WindowKit) -> None:
    kit.preferences.change(send_key=SendKey.CTRL_ENTER)
    found = edited(kit, "")
    press(Qt.Key.Key_Return)
    assert found.draft().text == "What about apples?\n"


def test_which_files_are_left_survives_the_closing_of_the_tab(kit: WindowKit) -> None:
    """They go out with the edited question."""
    files = tuple(words(f"{name}.txt", name) for name in ("one", "two"))
    kit.session.send(Draft("What is in them?", 0, files))
    kit.session.end_reply()
    asked = kit.session.path()[-2]
    found = edited(kit, "")
    found.set_draft(replace(found.draft(), attachments=found.draft().attachments[1:]))
    kit.library.messages["a"] = kit.session.path()
    kit.deck.close_current()
    kit.deck.reopen()
    again = box(kit)
    assert again is not None
    assert (again.message_id, [file.name for file in again.draft().attachments]) == (asked.id, ["two.txt"])
    again.focus()
    press(Qt.Key.Key_Return)
    assert kit.session.path()[-1].content == (files[1].block(), {"type": "text", "text": "What is in them?"})
    assert kit.session.siblings(asked.id) == (asked.id, kit.session.path()[-1].id)


def test_undo_in_the_editor_is_for_its_files_while_a_notice_offers_another_undo(kit: WindowKit, qtbot: QtBot) -> None:
    with qtbot.waitActive(kit.window):
        kit.window.activateWindow()
    one, two = (words(f"{name}.txt", name) for name in ("one", "two"))
    kit.session.send(Draft("What is in it?", 0, (one,)))
    kit.session.end_reply()
    found = edited(kit, "")
    composer = kit.deck.page().composer
    composer.add_attachments((two,))
    composer.remove_attachment(two.id)
    found.focus()
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Delete)
    assert found.draft().attachments == ()
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [file.name for file in found.draft().attachments] == ["one.txt"]
    assert composer.draft() == Draft()
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.attachments == (two,)


def test_what_could_not_be_stored_has_the_files_that_were_left(kit: WindowKit) -> None:
    files = tuple(words(f"{name}.txt", name) for name in ("one", "two"))
    kit.session.send(Draft("What is in them?", 0, files))
    kit.session.end_reply()
    asked = kit.session.path()[-2]
    left = draft_of(asked).attachments[:1]
    kit.session.edit_failed.emit(asked.id, Draft("Which?", 6, left))
    found = box(kit)
    assert found is not None
    assert found.draft() == Draft("Which?", 6, left)


def test_a_branch_opens_beside_with_the_keyboard_in_its_composer(kit: WindowKit, qtbot: QtBot) -> None:
    kit.deck.open("b", in_new_tab=True)
    kit.deck.activate("a")
    asked = kit.session.path()[0]
    transcript(kit).acts.branch_requested.emit(asked.id)
    ids = kit.deck.ids()
    assert len(ids) == 3
    assert ids[1] == kit.deck.current_id not in ("a", "b")
    assert kit.deck.current_title == "Apples (branch)"
    assert [message.text for message in kit.session.path()] == ["What about apples?"]
    assert has_composer_focus(kit)
    assert [message.text for message in kit.library.sessions["a"].path()] == ["What about apples?", "Apples are fine."]


def test_an_interrupted_reply_is_kept_as_it_is(kit: WindowKit) -> None:
    answer = kit.session.path()[1]
    kit.session.tree.add(replace(answer, status=MessageStatus.INTERRUPTED))
    transcript(kit).acts.keep_requested.emit(answer.id)
    assert kit.session.path()[1].status is MessageStatus.STOPPED


def test_alt_up_walks_from_the_composer_and_alt_down_comes_back(kit: WindowKit, qtbot: QtBot) -> None:
    kit.deck.page().composer.focus()
    kit.window.actions_by_command[Command.PREVIOUS_MESSAGE].trigger()
    view = transcript(kit)
    qtbot.waitUntil(lambda: view.is_painted_up_to_date)
    assert view.hasFocus()
    assert view._walk.row == 1
    kit.window.actions_by_command[Command.NEXT_MESSAGE].trigger()
    assert has_composer_focus(kit)


def test_letters_typed_while_walking_go_to_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    kit.window.actions_by_command[Command.PREVIOUS_MESSAGE].trigger()
    QTest.keyClicks(transcript(kit), "r")
    assert kit.deck.page().composer.draft().text == "r"
