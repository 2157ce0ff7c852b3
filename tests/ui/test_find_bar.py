"""The find bar: keys, focus, words; how it sits in the tab and in the window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.ui.find_bar import FindBar, words_of
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.finding.find import Figures
from tests.helpers.window_kit import WindowKit, window_kits

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in window_kits(look):
        made.attach("a", "b", "c")
        with qtbot.waitActive(made.window):
            made.window.show()
            made.window.activateWindow()
        qtbot.waitUntil(partial(_is_settled, made))
        yield made


def _is_settled(kit: WindowKit) -> bool:
    return kit.deck.page().is_settled


def run(kit: WindowKit, command: Command) -> None:
    kit.window.actions_by_command[command].trigger()


def bar_of(kit: WindowKit) -> FindBar:
    bar = kit.deck.page().findChild(FindBar)
    assert bar is not None
    return bar


def find(kit: WindowKit, qtbot: QtBot, word: str) -> FindBar:
    """Type a word into the bar and wait until it is counted."""
    run(kit, Command.FIND)
    bar = bar_of(kit)
    QTest.keyClicks(bar.field, word)
    qtbot.waitUntil(lambda: bar.words not in ("", "…"))
    return bar


def test_typing_searches_and_says_where_the_reader_is(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "clouds")
    assert bar.words == "1 of 2"
    assert bar.field.hasFocus()
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.words == "2 of 2"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    assert bar.words == "1 of 2"
    run(kit, Command.FIND_PREVIOUS)
    assert bar.words == "↻ 2 of 2"
    run(kit, Command.FIND_NEXT)
    assert bar.words == "↻ 1 of 2"


def test_nothing_found_is_said_quietly(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "zebra")
    assert bar.words == "No matches"
    assert not bar.onward.isEnabled()


def test_the_bar_moves_nothing(kit: WindowKit, qtbot: QtBot) -> None:
    page = kit.deck.page()
    transcript = page._transcript
    assert transcript is not None
    before = [transcript.geometry(), transcript.viewport().geometry(), page.composer.geometry()]
    bar = find(kit, qtbot, "fine")
    assert [transcript.geometry(), transcript.viewport().geometry(), page.composer.geometry()] == before
    assert page.rect().contains(bar.geometry())
    assert bar.geometry().right() > page.width() - 30
    kit.window.resize(900, 700)
    assert page.rect().contains(bar.geometry())


def test_escape_closes_and_gives_the_keyboard_back(kit: WindowKit, qtbot: QtBot) -> None:
    before = QApplication.focusWidget()
    bar = find(kit, qtbot, "clouds")
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert QApplication.focusWidget() is before
    transcript = kit.deck.page()._transcript
    assert transcript is not None
    assert transcript.text_of_selection() == "clouds"


def test_escape_closes_from_anywhere_in_the_tab(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "clouds")
    kit.deck.page().composer.focus()
    run(kit, Command.STOP)
    assert not bar.isVisible()


def test_find_again_selects_the_word(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "fine")
    bar.field.deselect()
    kit.deck.page().composer.focus()
    run(kit, Command.FIND)
    assert bar.field.hasFocus()
    assert bar.field.selectedText() == "fine"


def test_the_word_is_the_same_in_every_tab(kit: WindowKit, qtbot: QtBot) -> None:
    find(kit, qtbot, "fine")
    kit.deck.activate("a")
    run(kit, Command.FIND_NEXT)
    bar = bar_of(kit)
    qtbot.waitUntil(lambda: bar.words == "1 of 1")
    assert bar.field.text() == "fine"
    kit.deck.activate("c")
    assert bar_of(kit).isVisible()


def test_case_can_be_asked_for(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "clouds")
    bar.case.click()
    qtbot.waitUntil(lambda: bar.words == "1 of 1")


def test_letters_typed_on_a_button_are_not_for_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "clouds")
    bar.shut.setFocus()
    QTest.keyClicks(bar.shut, "abc")
    assert kit.deck.page().composer.draft().is_empty
    QTest.keyClick(bar.shut, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_every_button_has_a_name_a_tip_and_a_place_in_the_tab_walk(kit: WindowKit, qtbot: QtBot) -> None:
    bar = find(kit, qtbot, "clouds")
    buttons = bar.findChildren(QAbstractButton)
    assert len(buttons) == 4
    for button in buttons:
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_an_empty_conversation_has_nothing_to_find(kit: WindowKit) -> None:
    kit.deck.open_new()
    run(kit, Command.FIND)
    assert kit.deck.page().findChild(FindBar) is None


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Figures(3, 128), "3 of 128"),
        (Figures(0, 4_000, is_counting=True), "4,000…"),
        (Figures(0, 0), "No matches"),
        (Figures(0, 3, is_folded=True), "3 folded"),
        (Figures(12, 1_234, has_wrapped=True), "↻ 12 of 1,234"),
    ],
)
def test_the_words(figures: Figures, words: str) -> None:
    assert words_of(figures, has_word=True) == words
    assert words_of(figures, has_word=False) == ""
