"""Network conditions in the window: chosen in the menu or the dialog, plain to see while on, and gone when off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from desktop_chat.core.conditions_text import conditions_from
from desktop_chat.core.network_conditions import PRESETS, NetworkConditions, Preset
from desktop_chat.ui.conditions_dialog import ConditionsDialog
from desktop_chat.ui.conditions_menu import PRESETS_BY_COMMAND, TITLE
from desktop_chat.ui.conditions_strip import ConditionsStrip
from desktop_chat.ui.find_bar import FindBar
from desktop_chat.ui.help_menu import help_menu
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.tab_button import TabButton
from desktop_chat.ui.theme import Look
from tests.helpers.window_kit import WindowKit, active_kits, window_kits

TRAIN = PRESETS[1].conditions


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot, "a", "b")


def strip_of(kit: WindowKit) -> ConditionsStrip | None:
    """The strip on the page in view."""
    return next((strip for strip in kit.deck.page().findChildren(ConditionsStrip) if strip.isVisible()), None)


def tab_of(kit: WindowKit, key: str) -> TabButton:
    return next(tab for tab in kit.deck.strip.findChildren(TabButton) if tab.tab_id == key)


def run(kit: WindowKit, command: Command) -> None:
    kit.window.actions_by_command[command].trigger()


def submenu_of(kit: WindowKit, conditions: NetworkConditions | None) -> tuple[QMenu, list[QAction]]:
    """The whole menu, and the lines of the submenu."""
    menu = help_menu(kit.window, kit.window.actions_by_command, conditions)
    found = next(line for line in menu.actions() if line.text() == TITLE).menu()
    assert isinstance(found, QMenu)
    return menu, [line for line in found.actions() if not line.isSeparator()]


def off_button(kit: WindowKit) -> QPushButton:
    strip = strip_of(kit)
    assert strip is not None
    return strip.findChildren(QPushButton)[0]


# --- the menu


def test_the_menu_offers_off_every_preset_and_numbers(kit: WindowKit) -> None:
    menu, lines = submenu_of(kit, None)
    names = [line.text().partition("\t")[0] for line in lines]
    assert names == ["Off", *(preset.name for preset in PRESETS), "Custom…"]
    assert [line.text().partition("\t")[2] for line in lines[1:-1]] == [preset.words for preset in PRESETS]
    menu.deleteLater()


@pytest.mark.parametrize(
    ("conditions", "ticked"),
    [(None, "Off"), (TRAIN, "Train"), (NetworkConditions(latency_s=1.0), "Custom…")],
    ids=["off", "preset", "custom"],
)
def test_what_holds_is_ticked(kit: WindowKit, conditions: NetworkConditions | None, ticked: str) -> None:
    menu, lines = submenu_of(kit, conditions)
    assert [line.text().partition("\t")[0] for line in lines if line.isChecked()] == [ticked]
    menu.deleteLater()


def test_a_line_puts_the_tab_in_view_under_its_conditions_and_off_ends_them(kit: WindowKit) -> None:
    for place, preset in enumerate(PRESETS, start=1):
        menu, lines = submenu_of(kit, None)
        lines[place].trigger()
        assert kit.session.conditions.current == preset.conditions
        menu.deleteLater()
    assert kit.library.sessions.get("a") is None or kit.library.sessions["a"].conditions.current is None
    menu, lines = submenu_of(kit, kit.session.conditions.current)
    lines[0].trigger()
    assert kit.session.conditions.current is None
    menu.deleteLater()


def test_the_window_s_menu_ticks_what_holds_in_the_tab_in_view(kit: WindowKit, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[list[str]] = []

    def note(menu: QMenu, *_place: object) -> None:
        submenu = next(line for line in menu.actions() if line.text() == TITLE).menu()
        assert isinstance(submenu, QMenu)
        shown.append([line.text().partition("\t")[0] for line in submenu.actions() if line.isChecked()])
        menu.deleteLater()

    # A menu on the screen takes the keyboard, which no screen is here to give.
    monkeypatch.setattr(QMenu, "popup", note)
    kit.session.conditions.choose(TRAIN)
    kit.sidebar.request_help()
    kit.deck.activate("a")
    kit.sidebar.request_help()
    assert shown == [["Train"], ["Off"]]


def test_before_there_is_a_conversation_nothing_can_be_made_worse(look: Look) -> None:
    for kit in window_kits(look):
        for command in (*PRESETS_BY_COMMAND, Command.NETWORK_OFF, Command.NETWORK_CUSTOM):
            run(kit, command)
        assert kit.window.findChildren(ConditionsDialog) == []


# --- the marks


def test_a_strip_and_the_tab_say_that_they_are_on(kit: WindowKit) -> None:
    assert strip_of(kit) is None
    kit.session.conditions.choose(TRAIN)
    strip = strip_of(kit)
    assert strip is not None
    assert strip.accessibleName() == "Network conditions: Train — made worse on purpose"
    assert "cut=48kB" in strip.accessibleDescription()
    assert strip.mapTo(kit.deck.page(), strip.rect().topLeft()).y() == 0
    assert strip.width() == kit.deck.page().width()
    assert tab_of(kit, "b").is_worsened
    assert tab_of(kit, "b").accessibleName() == "Bears, network made worse on purpose"
    assert not tab_of(kit, "a").is_worsened


def test_other_conditions_change_its_words(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    before = strip_of(kit)
    kit.session.conditions.choose(conditions_from("latency=1s"))
    strip = strip_of(kit)
    assert strip is before
    assert strip is not None
    assert strip.accessibleName() == "Network conditions: Custom — made worse on purpose"


def test_only_the_tab_they_hold_for_shows_them(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    kit.deck.activate("a")
    assert strip_of(kit) is None
    kit.deck.activate("b")
    assert strip_of(kit) is not None


def test_a_tab_that_begins_under_them_shows_them(kit: WindowKit) -> None:
    kit.library.session("a").conditions.choose(TRAIN)
    kit.deck.activate("a")
    assert strip_of(kit) is not None
    assert tab_of(kit, "a").is_worsened


def test_turn_off_ends_them_and_takes_every_mark_away(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    button = off_button(kit)
    assert (button.text(), button.accessibleName()) == ("Turn off", "Turn the network conditions off")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert kit.session.conditions.current is None
    assert strip_of(kit) is None
    assert not tab_of(kit, "b").is_worsened
    assert tab_of(kit, "b").accessibleName() == "Bears"


def test_by_keyboard_it_leaves_the_keyboard_in_the_composer(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    off_button(kit).setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(off_button(kit), Qt.Key.Key_Space)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert kit.deck.page().composer.isAncestorOf(focused)


def test_turned_off_elsewhere_it_leaves_the_keyboard_where_it_is(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    kit.sidebar.focus_filter()
    run(kit, Command.NETWORK_OFF)
    assert kit.sidebar.filter.hasFocus()


def test_the_mark_takes_no_room_of_the_title(kit: WindowKit) -> None:
    before = tab_of(kit, "b")._title_rect().width()
    kit.session.conditions.choose(TRAIN)
    assert tab_of(kit, "b")._title_rect().width() >= min(
        before, tab_of(kit, "b").fontMetrics().horizontalAdvance("Bears")
    )
    assert tab_of(kit, "b")._title_rect().x() > tab_of(kit, "a")._title_rect().x()


def test_the_find_bar_stands_below_the_strip(kit: WindowKit) -> None:
    kit.session.conditions.choose(TRAIN)
    strip = strip_of(kit)
    assert strip is not None
    kit.deck.pages.open_find()
    bar = kit.deck.page().findChild(FindBar)
    assert bar is not None
    below = bar.y()
    assert below >= strip.height()
    kit.session.conditions.choose(None)
    assert bar.y() == below - strip.height()


def test_a_closed_tab_hears_nothing_any_more(kit: WindowKit) -> None:
    session = kit.session
    kit.deck.close_tab("b")
    session.conditions.choose(TRAIN)
    assert strip_of(kit) is None


# --- the dialog


@pytest.fixture
def dialog(kit: WindowKit) -> ConditionsDialog:
    run(kit, Command.NETWORK_CUSTOM)
    return kit.window.findChildren(ConditionsDialog)[0]


def spin(dialog: ConditionsDialog, name: str) -> QSpinBox:
    return next(spin for spin in dialog.findChildren(QSpinBox) if spin.accessibleName() == name)


def button(dialog: ConditionsDialog, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def test_the_dialog_begins_with_nothing_and_wants_something(dialog: ConditionsDialog) -> None:
    assert not button(dialog, "Turn on").isEnabled()
    assert dialog.conditions() == NetworkConditions()
    spin(dialog, "Latency").setValue(300)
    assert button(dialog, "Turn on").isEnabled()


def test_every_field_has_a_name_a_unit_and_a_range(dialog: ConditionsDialog) -> None:
    told = {found.accessibleName(): found.accessibleDescription() for found in dialog.findChildren(QSpinBox)}
    assert told["Latency"] == "0 to 60,000 ms"
    assert told["Speed"] == "1 to 1,000,000 kB/s"
    assert told["Seed"] == "0 to 1,000,000"
    assert len(told) == 13
    assert all(told.values())
    labels = {label.text() for label in dialog.findChildren(QLabel)}
    assert set(told) <= labels


def test_what_is_set_holds_for_the_tab(kit: WindowKit, dialog: ConditionsDialog) -> None:
    spin(dialog, "Latency").setValue(300)
    spin(dialog, "Speed").setValue(50)
    spin(dialog, "Line lost after").setValue(20)
    spin(dialog, "Silent after").setValue(5)
    spin(dialog, "Silent for").setValue(8)
    dialog.findChildren(QComboBox)[0].setCurrentIndex(3)
    spin(dialog, "Failing in a row").setValue(2)
    spin(dialog, "Broken event after").setValue(30)
    spin(dialog, "Replies concerned").setValue(29)
    QTest.mouseClick(button(dialog, "Turn on"), Qt.MouseButton.LeftButton)
    assert kit.session.conditions.current == conditions_from(
        "latency=300ms,rate=50kB/s,cut=20kB,stall=5kB:8s,status=529:2,malformed=30,share=29%"
    )


def test_conditions_that_hold_already_are_changed_and_not_turned_on(qtbot: QtBot) -> None:
    dialog = ConditionsDialog(conditions_from("latency=300ms"))
    qtbot.addWidget(dialog)
    assert button(dialog, "Apply").isDefault()


def command_line(dialog: ConditionsDialog) -> QLineEdit:
    return next(found for found in dialog.findChildren(QLineEdit) if found.isReadOnly())


def test_what_it_says_can_be_said_on_the_command_line(dialog: ConditionsDialog) -> None:
    def command() -> str:
        return command_line(dialog).text()

    assert command() == ""
    spin(dialog, "Line lost after").setValue(0)
    assert command() == "--network cut=0B"
    spin(dialog, "Jitter, at most").setValue(70)
    assert command() == "--network jitter=70ms,cut=0B"


def test_a_long_command_line_is_read_from_its_start_whole_in_its_tip_and_can_be_copied(
    dialog: ConditionsDialog,
) -> None:
    line, copy = command_line(dialog), button(dialog, "Copy")
    width = dialog.width()
    assert not copy.isEnabled()
    for name in ("Latency", "Jitter, at most", "Speed", "Line lost after", "Silent after", "Silent for"):
        spin(dialog, name).setValue(50)
    dialog.findChildren(QComboBox)[0].setCurrentIndex(1)
    for name in ("Failing in a row", "429 asks to wait", "Overloaded after", "Broken event after", "Numbers vary by"):
        spin(dialog, name).setValue(40)
    whole = line.text()
    assert line.fontMetrics().horizontalAdvance(whole) > line.width()
    assert line.cursorPosition() == 0
    assert line.toolTip() == whole
    assert dialog.width() == width
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == whole
    QApplication.clipboard().clear()
    copy.setFocus()
    QTest.keyClick(copy, Qt.Key.Key_Backtab)
    assert line.hasFocus()
    QTest.keyClick(line, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == whole
    spin(dialog, "Latency").setValue(51)
    assert line.toolTip() == line.text() != whole


def test_what_is_typed_first_is_the_latency(dialog: ConditionsDialog) -> None:
    focused = QApplication.focusWidget()
    assert focused is spin(dialog, "Latency")
    QTest.keyClicks(focused, "300")
    assert dialog.conditions() == NetworkConditions(latency_s=0.3)
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is spin(dialog, "Jitter, at most")


def test_cancel_changes_nothing(kit: WindowKit, dialog: ConditionsDialog) -> None:
    spin(dialog, "Latency").setValue(300)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert kit.session.conditions.current is None
    assert not dialog.isVisible()


def test_it_begins_with_what_holds_and_what_is_not_touched_stays_exactly_so(kit: WindowKit) -> None:
    exact = conditions_from("latency=12.5ms,cut=1234B,stall=4999B:2.5s,share=33.3%")
    kit.session.conditions.choose(exact)
    run(kit, Command.NETWORK_CUSTOM)
    dialog = kit.window.findChildren(ConditionsDialog)[0]
    assert dialog.conditions() == exact
    spin(dialog, "Jitter, at most").setValue(50)
    assert dialog.conditions() == conditions_from("latency=12.5ms,jitter=50ms,cut=1234B,stall=4999B:2.5s,share=33.3%")


def test_what_means_nothing_alone_cannot_be_set_alone(dialog: ConditionsDialog) -> None:
    assert not spin(dialog, "Silent for").isEnabled()
    assert not spin(dialog, "Failing in a row").isEnabled()
    spin(dialog, "Silent after").setValue(5)
    assert spin(dialog, "Silent for").isEnabled()
    spin(dialog, "Silent for").setValue(9)
    spin(dialog, "Silent after").setValue(-1)
    assert dialog.conditions() == NetworkConditions()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_preset_can_be_seen_in_numbers(kit: WindowKit, preset: Preset) -> None:
    run(kit, Command(f"network_{preset.key.replace('-', '_')}"))
    assert kit.session.conditions.current == preset.conditions
    run(kit, Command.NETWORK_CUSTOM)
    assert kit.window.findChildren(ConditionsDialog)[0].conditions() == preset.conditions
