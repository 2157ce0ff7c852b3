"""Return on a button of a dialog: the button that has the keyboard is pressed, elsewhere the default one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QPushButton, QVBoxLayout
from pytestqt.qtbot import QtBot

from desktop_chat.ui.return_key import ReturnPresses
from tests.helpers.signals import Heard

RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Asking(QDialog):
    """A question as the program's own are: the answer of Return is set, no other button may become it by itself."""

    def __init__(self) -> None:
        super().__init__()
        ReturnPresses(self)
        self.field, self.tick = QLineEdit(), QCheckBox("Tick")
        self.usual, self.other = QPushButton("Usual"), QPushButton("Other")
        self.other.setAutoDefault(False)
        self.usual.setDefault(True)
        column = QVBoxLayout(self)
        for widget in (self.field, self.tick, self.other, self.usual):
            column.addWidget(widget)


@pytest.fixture
def asking(qtbot: QtBot) -> Asking:
    dialog = Asking()
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return dialog


@pytest.mark.parametrize("key", RETURNS)
def test_the_button_with_the_keyboard_is_pressed_and_not_the_default_one(asking: Asking, key: Qt.Key) -> None:
    usual, other = Heard(asking.usual.clicked), Heard(asking.other.clicked)
    asking.other.setFocus()
    QTest.keyClick(asking.other, key)
    assert (len(usual), len(other)) == (0, 1)
    asking.usual.setFocus()
    QTest.keyClick(asking.usual, key)
    assert (len(usual), len(other)) == (1, 1)


def test_from_anything_else_return_goes_to_the_default_button(asking: Asking) -> None:
    usual, other = Heard(asking.usual.clicked), Heard(asking.other.clicked)
    for widget in (asking.field, asking.tick):
        widget.setFocus()
        assert QApplication.focusWidget() is widget
        QTest.keyClick(widget, Qt.Key.Key_Return)
    assert (len(usual), len(other)) == (2, 0)


def test_return_with_another_key_held_presses_nothing(asking: Asking) -> None:
    other = Heard(asking.other.clicked)
    asking.other.setFocus()
    for held in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
        QTest.keyClick(asking.other, Qt.Key.Key_Return, held)
    assert len(other) == 0
