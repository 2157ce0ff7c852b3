"""Everything that can have the keyboard says what it is, and shows that it has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.settings_dialog import SettingsDialog
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.window_kit import WindowKit, window_kits
from tests.ui.transcript.stage import LONG, Stage, answer


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from window_kits(look)


@pytest.fixture
def window(kit: WindowKit, qtbot: QtBot) -> MainWindow:
    """The window with two conversations, one of them in view."""
    kit.attach("a", "b")
    with qtbot.waitActive(kit.window):
        kit.window.show()
        kit.window.activateWindow()
    return kit.window


def controls(top: QWidget) -> list[QWidget]:
    """Everything that can have the keyboard now."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and widget.isVisibleTo(top)
        and widget.isEnabled()
    ]


def nameless(top: QWidget) -> list[str]:
    """The controls that can have the keyboard and do not say what they are."""
    found = []
    for widget in controls(top):
        spoken = QAccessible.queryAccessibleInterface(widget)
        if not spoken.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}")
    return found


def walked(top: QWidget, first: QWidget) -> list[QWidget]:
    """Where the keyboard gets to with Tab, once round."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    found = [first]
    for _ in range(200):
        here = top.focusWidget()
        QTest.keyClick(here, Qt.Key.Key_Tab)
        here = top.focusWidget()
        if here is first:
            return found
        if here is not found[-1]:
            found.append(here)
    raise AssertionError([type(widget).__name__ for widget in found])


def test_every_control_of_the_window_has_a_name(window: MainWindow) -> None:
    assert nameless(window) == []


def test_every_control_of_the_find_bar_has_a_name(window: MainWindow) -> None:
    window.actions_by_command[Command.FIND].trigger()
    assert nameless(window) == []


def test_every_control_of_the_settings_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_command[Command.SETTINGS].trigger()
    (dialog,) = window.findChildren(SettingsDialog)
    assert nameless(dialog) == []
    dialog.close()


def test_every_control_of_the_key_card_has_a_name(look: Look, qtbot: QtBot) -> None:
    card = KeyCard(look)
    qtbot.addWidget(card)
    card.show_state(KeyState(KeySource.NONE, place="GNOME Keyring", origin="https://api.anthropic.com"))
    card.show()
    assert nameless(card) == []
    card.close()


def test_tab_leads_through_the_whole_window(window: MainWindow, kit: WindowKit) -> None:
    transcript, composer = window.findChild(TranscriptView), window.findChild(ComposerText)
    assert transcript is not None
    assert composer is not None
    reached = walked(window, composer)
    missed = {type(widget).__name__ for widget in controls(window) if widget not in reached}
    assert missed == set()
    assert reached.index(transcript) > 0


def test_whatever_has_the_keyboard_shows_it(window: MainWindow, qtbot: QtBot) -> None:
    blind = []
    for widget in controls(window):
        widget.clearFocus()
        window.setFocus()
        before = picture_around(widget, window)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if picture_around(widget, window) == before:
            blind.append(f"{type(widget).__name__} {widget.accessibleName()!r}")
    assert blind == []


def picture_around(widget: QWidget, window: QWidget) -> QImage:
    """What a control looks like, with the ring that may stand around it."""
    corner = widget.mapTo(window, QPoint())
    area = QRect(corner, widget.size()).adjusted(-4, -4, 4, 4)
    return window.grab(area).toImage()


def test_a_transcript_with_nothing_to_press_on_the_screen_shows_that_it_has_the_keyboard(
    look: Look, qtbot: QtBot
) -> None:
    stage = Stage(look, qtbot)
    stage.show(answer(LONG))
    stage.wheel(angle=1200)
    with qtbot.waitActive(stage.view):
        stage.view.activateWindow()
    stage.view.clearFocus()
    plain = stage.view.grab().toImage()
    stage.view.setFocus(Qt.FocusReason.TabFocusReason)
    assert stage.view._focus.current is None
    assert stage.view.grab().toImage() != plain
    stage.view.clearFocus()
    assert stage.view.grab().toImage() == plain
    stage.view.close()
