"""The empty tab: a greeting, suggestions, and the word that this is the demonstration."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_chat.ui.theme import Look
from desktop_chat.ui.welcome import DEMO_LINE, STARTERS, Welcome


@pytest.fixture
def welcome(look: Look, qtbot: QtBot) -> Welcome:
    made = Welcome()
    qtbot.addWidget(made)
    made.resize(1_016, 600)
    made.show()
    return made


def words_of(welcome: Welcome) -> list[str]:
    return [label.text() for label in welcome.findChildren(QLabel) if label.isVisible()]


@pytest.mark.parametrize(("title", "text"), STARTERS)
def test_a_suggestion_gives_the_beginning_of_a_question(welcome: Welcome, qtbot: QtBot, title: str, text: str) -> None:
    button = next(found for found in welcome.findChildren(QPushButton) if found.text() == title)
    with qtbot.waitSignal(welcome.starter_chosen) as chosen:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [text]


def test_only_the_demonstration_says_so(welcome: Welcome) -> None:
    assert DEMO_LINE not in words_of(welcome)
    welcome.set_demo(True)
    assert DEMO_LINE in words_of(welcome)


@pytest.mark.parametrize("width", [400, 536, 1_016])
def test_nothing_is_cut_at_any_width(look: Look, qtbot: QtBot, width: int) -> None:
    made = Welcome()
    made.set_demo(True)
    qtbot.addWidget(made)
    made.resize(width, 500)
    made.show()
    for label in made.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    for button in made.findChildren(QPushButton):
        assert button.width() >= button.sizeHint().width()
        assert button.height() >= button.sizeHint().height()
