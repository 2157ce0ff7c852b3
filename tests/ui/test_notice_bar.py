"""Banner and toasts: told once, seen, taken away; never in the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.ui.notice_bar import TOASTS_MAX, NoticeBar, Toasts
from desktop_chat.ui.theme import Look
from tests.helpers.signals import Heard

LEFT = Qt.MouseButton.LeftButton
LONG_S = 600.0
SHORT_S = 0.05


@pytest.fixture
def bar(look: Look, qtbot: QtBot) -> NoticeBar:
    made = NoticeBar(look)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    # A pointer that rests where a toast appears would hold it.
    QTest.mouseMove(made, QPoint(1, 1))
    return made


@pytest.fixture
def toasts(look: Look, window: QWidget) -> Toasts:
    return Toasts(look, window)


def action_of(parent: QWidget) -> QPushButton:
    found = parent.findChild(QPushButton)
    assert found is not None
    return found


def toast_of(toasts: Toasts, text: str) -> QFrame:
    return next(found for found in toasts.findChildren(QFrame) if found.accessibleName() == text)


def test_without_a_banner_it_takes_no_room(bar: NoticeBar) -> None:
    assert bar.isHidden()
    assert bar.text == ""


def test_the_last_banner_takes_the_place_of_the_one_before(bar: NoticeBar) -> None:
    bar.show_banner("Offline.")
    bar.show_banner("The disk is full.", is_error=True)
    assert bar.isVisible()
    assert bar.text == "The disk is full."


def test_a_banner_can_be_dismissed(bar: NoticeBar) -> None:
    bar.show_banner("Offline.")
    dismiss = bar.findChild(QToolButton)
    assert dismiss is not None
    QTest.mouseClick(dismiss, LEFT)
    assert bar.isHidden()
    assert bar.text == ""


def test_undo_of_a_toast_tells_its_token_and_takes_it_away(toasts: Toasts, qtbot: QtBot) -> None:
    token = toasts.show_toast("Deleted “Tax questions”", "Undo", LONG_S)
    with qtbot.waitSignal(toasts.action_clicked) as clicked:
        QTest.mouseClick(action_of(toasts), LEFT)
    assert clicked.args == [token]
    assert toasts.texts == ()
    assert not toasts.isVisible()


def test_a_toast_goes_by_itself(toasts: Toasts, qtbot: QtBot) -> None:
    toasts.show_toast("Copied", None, SHORT_S)
    assert toasts.texts == ("Copied",)
    qtbot.waitUntil(lambda: toasts.texts == ())


def test_a_fourth_toast_takes_the_place_of_the_oldest(toasts: Toasts) -> None:
    for number in range(TOASTS_MAX + 1):
        toasts.show_toast(f"Toast {number}", None, LONG_S)
    assert toasts.texts == ("Toast 1", "Toast 2", "Toast 3")


def test_each_toast_has_a_token_of_its_own(toasts: Toasts) -> None:
    first, second = toasts.show_toast("a", "Undo", LONG_S), toasts.show_toast("b", "Undo", LONG_S)
    assert first != second
    toasts.dismiss(first)
    toasts.dismiss(first)
    assert toasts.texts == ("b",)


def test_a_toast_waits_while_the_pointer_is_on_it(toasts: Toasts, qtbot: QtBot) -> None:
    toasts.show_toast("Held", None, SHORT_S)
    toasts.show_toast("Free", None, SHORT_S)
    QTest.mouseMove(toast_of(toasts, "Held"))
    QApplication.sendEvent(toast_of(toasts, "Held"), QEvent(QEvent.Type.Enter))
    qtbot.waitUntil(lambda: toasts.texts == ("Held",))
    QApplication.sendEvent(toast_of(toasts, "Held"), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: toasts.texts == ())


def test_ctrl_z_presses_the_button_of_the_newest_notice_that_has_one(
    toasts: Toasts, window: QWidget, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    older = toasts.show_toast("Deleted “a”", "Undo", LONG_S)
    newer = toasts.show_toast("Deleted “b”", "Undo", LONG_S)
    toasts.show_toast("Copied", None, LONG_S)
    for token in (newer, older):
        with qtbot.waitSignal(toasts.action_clicked) as clicked:
            QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert clicked.args == [token]
    assert toasts.texts == ("Copied",)


def test_without_an_action_ctrl_z_is_left_to_others(toasts: Toasts, window: QWidget, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    taken: list[bool] = []
    QShortcut(QKeySequence.StandardKey.Undo, window).activated.connect(lambda: taken.append(True))
    toasts.show_toast("Copied", None, LONG_S)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert taken == [True]


def test_toasts_stay_inside_the_window(toasts: Toasts, window: QWidget) -> None:
    toasts.show_toast("Deleted “" + "a very long title " * 20 + "”", "Undo", LONG_S)
    for width, height in ((1_200, 800), (420, 500)):
        window.resize(width, height)
        QApplication.sendPostedEvents()
        assert window.rect().contains(toasts.geometry())
        assert toasts.geometry().contains(toasts.childrenRect().translated(toasts.pos()))


def test_a_banner_has_a_button_only_when_there_is_something_to_do(bar: NoticeBar) -> None:
    pressed = Heard(bar.action_clicked)
    bar.show_banner("The history file has damaged parts.", is_error=True, action_label="Repair…")
    (button,) = bar.findChildren(QPushButton)
    assert not button.isHidden()

    button.click()
    assert len(pressed) == 1

    bar.show_banner("You are offline.")
    assert button.isHidden()


def test_what_can_be_taken_back_is_told_above_what_is_being_written(toasts: Toasts, window: QWidget) -> None:
    token = toasts.offer_undo("Deleted “Tax questions”", 150)
    assert toasts.geometry().bottom() < window.height() - 150
    heard: list[str] = []
    toasts.action_clicked.connect(heard.append)
    action_of(toasts).click()
    assert heard == [token]
