"""The settings dialog: shows every option, hands each change on at once, refuses what cannot be."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import SendKey, Settings, Theme, ThinkingMode, options
from desktop_chat.ui.setting_fields import CHOICES
from desktop_chat.ui.settings_dialog import UNENCRYPTED, SettingsDialog
from desktop_chat.ui.theme import Look

MODELS = (ModelInfo("claude-sonnet-5-5", "Claude Sonnet 5.5"), ModelInfo("claude-haiku-5", "Claude Haiku 5"))
DATA_DIR = "/home/ada/.local/share/desktop-chat"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(look: Look, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(look, Settings(), MODELS, DATA_DIR)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def editor_of(dialog: SettingsDialog, name: str) -> QWidget:
    return dialog.rows[name].field.editor


def combo(dialog: SettingsDialog, name: str) -> QComboBox:
    found = editor_of(dialog, name)
    assert isinstance(found, QComboBox)
    return found


def line(dialog: SettingsDialog, name: str) -> QLineEdit:
    found = editor_of(dialog, name)
    assert isinstance(found, QLineEdit)
    return found


def reset_of(dialog: SettingsDialog, name: str) -> QToolButton:
    found = dialog.rows[name].findChild(QToolButton)
    assert found is not None
    return found


def choose(box: QComboBox, title: str) -> None:
    """What a reader does with the keyboard: goes to a row and stays."""
    row = box.findText(title)
    assert row >= 0
    box.setFocus()
    while box.currentIndex() != row:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < row else Qt.Key.Key_Up)


def test_every_option_is_there_with_label_and_sentence(dialog: SettingsDialog) -> None:
    assert list(dialog.rows) == list(options())
    words = {label.text() for label in dialog.findChildren(QLabel)}
    for name, option in options().items():
        assert {option.label, option.sentence, option.group} <= words
        assert editor_of(dialog, name).accessibleName() == option.label


def test_every_choice_has_a_name_for_people() -> None:
    defaults = Settings()
    for name in options():
        value = getattr(defaults, name)
        if isinstance(value, StrEnum):
            assert set(CHOICES[type(value)]) == set(type(value))


def test_fields_show_the_settings(look: Look, qtbot: QtBot) -> None:
    settings = Settings(theme=Theme.DARK, thinking=ThinkingMode.OFF, max_tokens=4_000, system_prompt="Be brief.")
    dialog = SettingsDialog(look, settings, MODELS, DATA_DIR)
    qtbot.addWidget(dialog)
    assert combo(dialog, "theme").currentText() == "Dark"
    assert combo(dialog, "thinking").currentText() == "Off"
    assert combo(dialog, "auth_style").currentText() == "Follows the address"
    number, text = editor_of(dialog, "max_tokens"), editor_of(dialog, "system_prompt")
    assert isinstance(number, QSpinBox)
    assert isinstance(text, QPlainTextEdit)
    assert number.value() == 4_000
    assert text.toPlainText() == "Be brief."


def test_a_choice_is_told_at_once_as_a_value_of_its_type(dialog: SettingsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.change_requested) as change:
        choose(combo(dialog, "send_key"), "Ctrl+Enter")
    assert change.args == ["send_key", SendKey.CTRL_ENTER]
    assert isinstance(change.args[1], SendKey)


def test_a_switch_is_told_at_once_as_on_or_off(dialog: SettingsDialog, qtbot: QtBot) -> None:
    switch = combo(dialog, "reconnects")
    assert switch.currentText() == "On"
    with qtbot.waitSignal(dialog.change_requested) as change:
        choose(switch, "Off")
    assert change.args == ["reconnects", False]
    dialog.show_settings(Settings(reconnects=False))
    assert switch.currentText() == "Off"


def test_a_number_is_told_when_it_is_finished_and_stays_in_bounds(dialog: SettingsDialog) -> None:
    changes: list[tuple[str, object]] = []
    dialog.change_requested.connect(lambda name, value: changes.append((name, value)))
    spin = editor_of(dialog, "max_tokens")
    assert isinstance(spin, QSpinBox)
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "2000")
    assert changes == []
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert changes == [("max_tokens", 2_000)]
    assert (spin.minimum(), spin.maximum()) == (1, 128_000)


def test_a_text_is_told_when_the_field_is_left(dialog: SettingsDialog, qtbot: QtBot) -> None:
    text = editor_of(dialog, "system_prompt")
    text.setFocus()
    QTest.keyClicks(text, "Be brief.")
    with qtbot.waitSignal(dialog.change_requested) as change:
        combo(dialog, "theme").setFocus()
    assert change.args == ["system_prompt", "Be brief."]


def test_closing_the_dialog_tells_what_is_still_being_typed(dialog: SettingsDialog) -> None:
    changes: list[tuple[str, object]] = []
    dialog.change_requested.connect(lambda name, value: changes.append((name, value)))
    text = editor_of(dialog, "system_prompt")
    text.setFocus()
    QTest.keyClicks(text, "Be brief.")
    dialog.close()
    assert changes == [("system_prompt", "Be brief.")]


def test_a_wrong_address_is_told_at_its_field_and_goes_nowhere(dialog: SettingsDialog, qtbot: QtBot) -> None:
    address = line(dialog, "base_url")
    address.selectAll()
    QTest.keyClicks(address, "htp:/nonsense")
    with qtbot.assertNotEmitted(dialog.change_requested):
        QTest.keyClick(address, Qt.Key.Key_Return)
    assert "“htp:/nonsense” is not a web address." in dialog.rows["base_url"].problem
    address.selectAll()
    QTest.keyClicks(address, " http://127.0.0.1:8080 ")
    with qtbot.waitSignal(dialog.change_requested) as change:
        QTest.keyClick(address, Qt.Key.Key_Return)
    assert change.args == ["base_url", "http://127.0.0.1:8080"]
    assert dialog.rows["base_url"].problem == ""


def test_a_wrong_address_does_not_hold_other_changes_back(dialog: SettingsDialog, qtbot: QtBot) -> None:
    address = line(dialog, "base_url")
    address.setText("nonsense")
    dialog.rows["base_url"].field.finish()
    with qtbot.waitSignal(dialog.change_requested) as change:
        choose(combo(dialog, "send_key"), "Ctrl+Enter")
    assert change.args == ["send_key", SendKey.CTRL_ENTER]


def test_models_are_offered_and_others_can_be_typed(dialog: SettingsDialog, qtbot: QtBot) -> None:
    box = combo(dialog, "model")
    assert [box.itemText(row) for row in range(box.count())] == [model.id for model in MODELS]
    entry = box.lineEdit()
    assert entry is not None
    entry.setFocus()
    QTest.keyClicks(entry, "my-own-model")
    with qtbot.waitSignal(dialog.change_requested) as change:
        QTest.keyClick(entry, Qt.Key.Key_Return)
    assert change.args == ["model", "my-own-model"]


def test_models_that_become_known_later_are_offered(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.show_settings(Settings(model="my-own-model"))
    with qtbot.assertNotEmitted(dialog.change_requested):
        dialog.show_models((ModelInfo("local-1", "Local 1"),))
    box = combo(dialog, "model")
    assert [box.itemText(row) for row in range(box.count())] == ["local-1"]
    assert box.currentText() == "my-own-model"


def test_each_option_can_go_back_to_its_default(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert not reset_of(dialog, "theme").isVisible()
    dialog.show_settings(Settings(theme=Theme.DARK))
    assert reset_of(dialog, "theme").isVisible()
    with qtbot.waitSignal(dialog.change_requested) as change:
        QTest.mouseClick(reset_of(dialog, "theme"), LEFT)
    assert change.args == ["theme", Theme.SYSTEM]
    assert combo(dialog, "theme").currentText() == "As the desktop"


def test_settings_that_come_from_elsewhere_are_shown_and_not_told_back(dialog: SettingsDialog, qtbot: QtBot) -> None:
    changed = replace(Settings(), theme=Theme.DARK, max_tokens=99, system_prompt="x", base_url="http://localhost:1")
    with qtbot.assertNotEmitted(dialog.change_requested):
        dialog.show_settings(changed)
        dialog.close()
    assert line(dialog, "base_url").text() == "http://localhost:1"


def test_what_is_being_typed_is_not_overwritten(dialog: SettingsDialog) -> None:
    address = line(dialog, "base_url")
    address.setFocus()
    address.selectAll()
    QTest.keyClicks(address, "http://half")
    dialog.show_settings(Settings(theme=Theme.DARK))
    assert address.text() == "http://half"


def test_the_wheel_scrolls_the_page_and_changes_nothing(dialog: SettingsDialog, qtbot: QtBot) -> None:
    box = combo(dialog, "theme")
    box.setFocus()
    middle = QPointF(box.rect().center())
    turn = QWheelEvent(
        middle,
        QPointF(box.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.assertNotEmitted(dialog.change_requested):
        QApplication.sendEvent(box, turn)
    assert box.currentText() == "As the desktop"


def test_it_tells_where_everything_is_kept_and_leads_to_the_key(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert DATA_DIR in {label.text() for label in dialog.findChildren(QLabel)}
    key = next(found for found in dialog.findChildren(QPushButton) if found.text() == "API key…")
    with qtbot.waitSignal(dialog.key_requested):
        QTest.mouseClick(key, LEFT)


def test_escape_closes_it(dialog: SettingsDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_address_that_is_not_encrypted_is_warned_of(dialog: SettingsDialog) -> None:
    row = dialog.rows["base_url"]
    assert row.warning == ""
    dialog.show_settings(Settings(base_url="http://llm.example"))
    assert row.warning == UNENCRYPTED
    dialog.show_settings(Settings(base_url="http://127.0.0.1:8080"))
    assert row.warning == ""
