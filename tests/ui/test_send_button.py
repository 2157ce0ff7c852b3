"""The button that sends and stops: never swapped under a finger that clicks twice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_chat.core.settings import Theme
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.theme import Look


@pytest.fixture
def button(look: Look, qtbot: QtBot) -> SendButton:
    made = SendButton(look)
    qtbot.addWidget(made)
    made.set_state(is_busy=False, may_send=True)
    made.show()
    return made


def click(button: SendButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_it_sleeps_while_there_is_nothing_to_send(button: SendButton, qtbot: QtBot) -> None:
    button.set_state(is_busy=False, may_send=False)
    with qtbot.assertNotEmitted(button.send_clicked):
        click(button)
    assert not button.isEnabled()


def test_a_double_click_sends_and_does_not_stop(button: SendButton) -> None:
    sent: list[bool] = []
    stopped: list[bool] = []
    button.send_clicked.connect(lambda: sent.append(True))
    button.send_clicked.connect(lambda: button.set_state(is_busy=True, may_send=False))
    button.stop_clicked.connect(lambda: stopped.append(True))
    click(button)
    click(button)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert (sent, stopped) == ([True], [])
    assert not button.is_stop


def test_the_swap_follows_once_the_double_click_is_over(button: SendButton, qtbot: QtBot) -> None:
    click(button)
    button.set_state(is_busy=True, may_send=False)
    qtbot.waitUntil(lambda: button.is_stop)
    assert button.accessibleName() == "Stop"
    assert button.toolTip() == "Stop (Esc)"
    with qtbot.waitSignal(button.stop_clicked):
        click(button)


def test_a_double_click_stops_and_does_not_send(button: SendButton, qtbot: QtBot) -> None:
    button.set_state(is_busy=True, may_send=True)
    button.stop_clicked.connect(lambda: button.set_state(is_busy=False, may_send=True))
    with qtbot.assertNotEmitted(button.send_clicked):
        click(button)
        click(button)


def test_without_a_click_the_swap_is_at_once(button: SendButton) -> None:
    button.set_state(is_busy=True, may_send=False)
    assert button.is_stop
    button.set_state(is_busy=False, may_send=True)
    assert not button.is_stop


def test_its_picture_follows_the_theme(button: SendButton, look: Look) -> None:
    light = button.grab().toImage()
    look.set_theme(Theme.DARK)
    assert button.grab().toImage() != light
