"""Which key sends, which makes a new line, and which belongs to the input method."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.settings import SendKey
from desktop_chat.ui.composer_text import BY_WORDS, UNBROKEN_MAX, ComposerText
from desktop_chat.ui.theme import Look

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def text(look: Look, qtbot: QtBot) -> ComposerText:
    made = ComposerText()
    qtbot.addWidget(made)
    made.show()
    return made


def compose(text: ComposerText, preedit: str, commit: str = "") -> None:
    """What an input method sends."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(text, event)


@pytest.mark.parametrize(
    ("send_key", "modifier", "sends"),
    [
        (SendKey.ENTER, NO_MODIFIER, True),
        (SendKey.ENTER, SHIFT, False),
        (SendKey.ENTER, CTRL, True),
        (SendKey.CTRL_ENTER, NO_MODIFIER, False),
        (SendKey.CTRL_ENTER, SHIFT, False),
        (SendKey.CTRL_ENTER, CTRL, True),
    ],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends_or_makes_a_line(
    text: ComposerText, key: Qt.Key, send_key: SendKey, modifier: Qt.KeyboardModifier, sends: bool
) -> None:
    text.send_key = send_key
    presses: list[bool] = []
    text.return_pressed.connect(lambda: presses.append(True))
    QTest.keyClicks(text, "a")
    QTest.keyClick(text, key, modifier)
    assert presses == [True] * sends
    assert text.text() == ("a" if sends else "a\n")


def test_the_enter_of_the_number_pad_sends_too(text: ComposerText, qtbot: QtBot) -> None:
    with qtbot.waitSignal(text.return_pressed):
        QTest.keyClick(text, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)


def test_a_key_held_down_sends_once(text: ComposerText, qtbot: QtBot) -> None:
    repeated = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, NO_MODIFIER, "\r", True, 1)
    with qtbot.assertNotEmitted(text.return_pressed):
        QApplication.sendEvent(text, repeated)
    assert text.text() == ""


def test_return_during_a_composition_neither_sends_nor_breaks_the_line(text: ComposerText, qtbot: QtBot) -> None:
    compose(text, "にほn")
    with qtbot.assertNotEmitted(text.return_pressed):
        QTest.keyClick(text, Qt.Key.Key_Return)
        QTest.keyClick(text, Qt.Key.Key_Return, CTRL)
    assert text.text() == ""


def test_the_return_that_ends_a_composition_does_not_send(text: ComposerText, qtbot: QtBot) -> None:
    compose(text, "にほん")
    compose(text, "", commit="日本")
    with qtbot.assertNotEmitted(text.return_pressed):
        QTest.keyPress(text, Qt.Key.Key_Return)
    assert text.text() == "日本"


def test_the_next_return_after_a_composition_sends(text: ComposerText, qtbot: QtBot) -> None:
    compose(text, "にほん")
    compose(text, "", commit="日本")
    QTest.keyClick(text, Qt.Key.Key_Return)
    with qtbot.waitSignal(text.return_pressed):
        QTest.keyClick(text, Qt.Key.Key_Return)


def test_a_composition_that_was_given_up_does_not_send(text: ComposerText, qtbot: QtBot) -> None:
    compose(text, "にほん")
    compose(text, "")
    with qtbot.assertNotEmitted(text.return_pressed):
        QTest.keyPress(text, Qt.Key.Key_Return)


def test_letters_that_come_without_composition_do_not_hold_return_back(text: ComposerText, qtbot: QtBot) -> None:
    # Some input methods send plain letters as commits.
    compose(text, "", commit="a")
    with qtbot.waitSignal(text.return_pressed):
        QTest.keyClick(text, Qt.Key.Key_Return)


def test_shift_enter_makes_a_line_that_other_programs_know(text: ComposerText) -> None:
    QTest.keyClicks(text, "a")
    QTest.keyClick(text, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(text, "b")
    assert text.text() == "a\nb"
    assert text.document().blockCount() == 2


@pytest.mark.parametrize("put", [ComposerText.start_with, ComposerText.replace_all, ComposerText.insert])
def test_a_huge_run_without_blanks_is_broken_anywhere(text: ComposerText, put: Callable[..., None]) -> None:
    put(text, "x" * (UNBROKEN_MAX + 1))
    assert text.wordWrapMode() is QTextOption.WrapMode.WrapAnywhere
    text.replace_all("")
    assert text.wordWrapMode() is BY_WORDS


@pytest.mark.parametrize("words", ["word " * UNBROKEN_MAX, "一" * (UNBROKEN_MAX + 1)])
def test_text_with_places_to_break_is_broken_by_words(text: ComposerText, words: str) -> None:
    text.insert(words)
    assert text.wordWrapMode() is BY_WORDS
    assert text.text() == words


def test_a_huge_run_is_gone_for_good_once_it_was_sent(text: ComposerText) -> None:
    text.insert("x" * (UNBROKEN_MAX + 1))
    text.replace_all("")
    text.undo()
    assert text.text() == ""
