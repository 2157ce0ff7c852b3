"""The key card: takes a key, keeps it to itself, and says in words how it went."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.ui.key_card import KEYS_URL, KeyCard
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.theme import Look

KEY = "sk-ant-api03-" + "k" * 80 + "-wXyZ"
ORIGIN = "https://api.anthropic.com"
NONE = KeyState(KeySource.NONE, place="GNOME Keyring", origin=ORIGIN)
WRONG = KeyCheck(False, Failure("KeyRejected", "The key is not valid.", "Copy it again, all of it."))
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def card(look: Look, qtbot: QtBot) -> KeyCard:
    made = KeyCard(look)
    qtbot.addWidget(made)
    made.show_state(NONE)
    made.show()
    return made


def field_of(card: KeyCard) -> QLineEdit:
    found = card.findChild(QLineEdit)
    assert found is not None
    return found


def button(card: KeyCard | KeyDialog, text: str) -> QPushButton:
    return next(found for found in card.findChildren(QPushButton) if found.text() == text)


def words_of(card: KeyCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def paste(card: KeyCard, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    field_of(card).setFocus()
    field_of(card).paste()
    QGuiApplication.clipboard().clear()


def test_a_pasted_key_is_checked_at_a_click(card: KeyCard, qtbot: QtBot) -> None:
    paste(card, KEY)
    with qtbot.waitSignal(card.check_requested) as asked:
        QTest.mouseClick(button(card, "Check"), LEFT)
    assert asked.args == [KEY, False]


def test_enter_in_the_field_checks_too(card: KeyCard, qtbot: QtBot) -> None:
    paste(card, KEY)
    with qtbot.waitSignal(card.check_requested):
        QTest.keyClick(field_of(card), Qt.Key.Key_Return)


@pytest.mark.parametrize("around", ["  {}  ", "\n{}\n", "\t{}\r\n"])
def test_a_paste_is_trimmed(card: KeyCard, around: str) -> None:
    paste(card, around.format(KEY))
    assert field_of(card).text() == KEY


def test_the_key_is_masked_for_eyes_and_screen_readers(card: KeyCard) -> None:
    paste(card, KEY)
    field = field_of(card)
    spoken = QAccessible.queryAccessibleInterface(field)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.accessibleName() == "API key"
    assert KEY not in field.displayText()
    assert KEY not in spoken.text(QAccessible.Text.Value)
    assert KEY not in repr(card)
    assert KEY not in repr(field)


def test_the_eye_shows_the_key_until_the_card_is_hidden(card: KeyCard) -> None:
    paste(card, KEY)
    eye = next(found for found in card.findChildren(QToolButton) if found.isCheckable())
    QTest.mouseClick(eye, LEFT)
    assert field_of(card).echoMode() is QLineEdit.EchoMode.Normal
    assert eye.accessibleName() == "Hide the key"
    card.hide()
    assert field_of(card).echoMode() is QLineEdit.EchoMode.Password


def test_a_good_key_leaves_the_field_for_good(card: KeyCard) -> None:
    paste(card, KEY)
    card.show_check(KeyCheck(True))
    assert field_of(card).text() == ""
    field_of(card).undo()
    assert field_of(card).text() == ""
    assert "The key works." in words_of(card)


def test_a_bad_key_stays_to_be_mended_and_its_reason_is_told(card: KeyCard) -> None:
    paste(card, KEY)
    card.show_checking()
    card.show_check(WRONG)
    assert field_of(card).text() == KEY
    assert "The key is not valid.\nCopy it again, all of it." in words_of(card)
    QTest.keyClicks(field_of(card), "x")
    assert "not valid" not in words_of(card)


def test_nothing_can_be_typed_or_asked_twice_while_checking(card: KeyCard, qtbot: QtBot) -> None:
    paste(card, KEY)
    QTest.keyClick(field_of(card), Qt.Key.Key_Return)
    assert not field_of(card).isEnabled()
    assert not button(card, "Checking…").isEnabled()
    with qtbot.assertNotEmitted(card.check_requested):
        QTest.keyClick(field_of(card), Qt.Key.Key_Return)
    card.show_check(WRONG)
    assert field_of(card).isEnabled()


def test_an_empty_field_asks_for_a_key(card: KeyCard, qtbot: QtBot) -> None:
    assert not button(card, "Check").isEnabled()
    with qtbot.assertNotEmitted(card.check_requested):
        QTest.keyClick(field_of(card), Qt.Key.Key_Return)
    assert "Paste a key first." in words_of(card)


def test_it_tells_where_the_key_is_kept_and_sent(card: KeyCard) -> None:
    assert "Stored in GNOME Keyring; sent only to api.anthropic.com." in words_of(card)


def test_another_server_is_named_and_has_no_link_to_anthropic(card: KeyCard) -> None:
    card.show_state(KeyState(KeySource.NONE, place="GNOME Keyring", origin="https://llm.example:8443"))
    assert "Paste your llm.example:8443 API key." in words_of(card)
    assert "sent only to llm.example:8443" in words_of(card)
    assert not button(card, "Get a key").isVisible()


def test_a_line_that_can_be_read_is_warned_of_before_the_key_is_typed(card: KeyCard) -> None:
    card.show_state(KeyState(KeySource.NONE, place="GNOME Keyring", origin="http://llm.example"))
    assert "sent only to llm.example, unencrypted: it can be read on the way." in words_of(card)


def test_without_a_keyring_the_key_may_be_used_for_the_session(card: KeyCard, qtbot: QtBot) -> None:
    problem = Failure("KeyringMissing", "There is no keyring service.", "Nothing is written in plain text.")
    card.show_state(KeyState(KeySource.NONE, origin=ORIGIN, problem=problem))
    assert "There is no keyring service." in words_of(card)
    assert "never written to disk" in words_of(card)
    paste(card, KEY)
    with qtbot.waitSignal(card.check_requested) as asked:
        QTest.mouseClick(button(card, "Use for this session only"), LEFT)
    assert asked.args == [KEY, True]


def test_a_keyring_that_fails_while_storing_offers_the_session(card: KeyCard) -> None:
    paste(card, KEY)
    assert not button(card, "Use for this session only").isVisible()
    locked = Failure("KeyringLocked", "The keyring is locked.", "Unlock it and try again.")
    card.show_check(KeyCheck(True, locked, offers_session_only=True))
    assert button(card, "Use for this session only").isVisible()
    assert field_of(card).text() == KEY
    assert "The keyring is locked." in words_of(card)


def test_a_key_of_the_environment_is_told_and_cannot_be_overruled_here(card: KeyCard) -> None:
    card.show_state(KeyState(KeySource.ENVIRONMENT, "sk-ant-…wXyZ", "GNOME Keyring", ORIGIN))
    assert "ANTHROPIC_API_KEY is set in the environment and is used" in words_of(card)
    assert not field_of(card).isEnabled()


@pytest.mark.parametrize("source", list(KeySource))
def test_every_source_has_its_words(card: KeyCard, source: KeySource) -> None:
    card.show_state(KeyState(source, "sk-ant-…wXyZ", "GNOME Keyring", ORIGIN))
    assert "api.anthropic.com" in words_of(card)


def test_link_and_look_around_are_told(card: KeyCard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(card.link_clicked) as link:
        QTest.mouseClick(button(card, "Get a key"), LEFT)
    assert link.args == [KEYS_URL]
    with qtbot.waitSignal(card.look_around_requested):
        QTest.mouseClick(button(card, "Look around first"), LEFT)


def test_all_sentences_have_their_room(card: KeyCard) -> None:
    problem = Failure("KeyringMissing", "There is no keyring service.", "A long explanation. " * 8)
    card.show_state(KeyState(KeySource.NONE, origin=ORIGIN, problem=problem))
    card.adjustSize()
    for label in card.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())


@pytest.fixture
def dialog(look: Look, qtbot: QtBot) -> KeyDialog:
    made = KeyDialog(look)
    qtbot.addWidget(made)
    made.show_state(KeyState(KeySource.KEYRING, "sk-ant-…wXyZ", "GNOME Keyring", ORIGIN))
    return made


def test_the_dialog_opens_with_the_caret_in_the_field(dialog: KeyDialog, qtbot: QtBot) -> None:
    dialog.open()
    qtbot.waitUntil(lambda: field_of(dialog.card).hasFocus())
    assert dialog.isModal()


def test_the_dialog_hands_a_check_on(dialog: KeyDialog, qtbot: QtBot) -> None:
    dialog.open()
    paste(dialog.card, KEY)
    with qtbot.waitSignal(dialog.check_requested) as asked:
        QTest.keyClick(field_of(dialog.card), Qt.Key.Key_Return)
    assert asked.args == [KEY, False]
    assert dialog.isVisible()


def test_forgetting_asks_once_more(dialog: KeyDialog, qtbot: QtBot) -> None:
    dialog.open()
    forget = button(dialog, "Forget key")
    with qtbot.assertNotEmitted(dialog.forget_requested):
        QTest.mouseClick(forget, LEFT)
    assert forget.text() == "Really forget it?"
    with qtbot.waitSignal(dialog.forget_requested):
        QTest.mouseClick(forget, LEFT)


@pytest.mark.parametrize("source", [KeySource.NONE, KeySource.ENVIRONMENT, KeySource.NOT_NEEDED])
def test_only_a_key_that_is_kept_here_can_be_forgotten(dialog: KeyDialog, source: KeySource) -> None:
    dialog.show_state(KeyState(source, place="GNOME Keyring", origin=ORIGIN))
    dialog.open()
    assert not button(dialog, "Forget key").isVisible()


def test_a_closed_dialog_forgets_how_a_check_went(dialog: KeyDialog) -> None:
    dialog.open()
    dialog.show_check(KeyCheck(is_good=True))
    assert "The key works." in words_of(dialog.card)
    dialog.hide()
    dialog.open()
    assert "The key works." not in words_of(dialog.card)


def test_a_closed_dialog_keeps_no_key(dialog: KeyDialog) -> None:
    dialog.open()
    paste(dialog.card, KEY)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert field_of(dialog.card).text() == ""
