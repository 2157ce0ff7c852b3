"""The key card on a page: whose checks it tells of."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeyCheck, KeySource
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.key_column import KeyColumn
from desktop_chat.ui.theme import Look
from tests.helpers.fake_chat import FakeKeys, as_keys

WRONG = KeyCheck(False)
TOLD = "The key was not accepted."


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys(KeySource.NONE)


@pytest.fixture
def column(look: Look, keys: FakeKeys, qtbot: QtBot) -> KeyColumn:
    made = KeyColumn(look, as_keys(keys))
    qtbot.addWidget(made)
    return made


def card_of(column: KeyColumn) -> KeyCard:
    found = column.findChild(KeyCard)
    assert isinstance(found, KeyCard)
    return found


def says(column: KeyColumn, sentence: str) -> bool:
    return any(label.text() == sentence for label in column.findChildren(QLabel))


def test_a_check_that_was_asked_for_here_is_told(column: KeyColumn, keys: FakeKeys) -> None:
    card_of(column).check_requested.emit("sk-ant-wrong", True)
    assert keys.checked == [("sk-ant-wrong", True)]
    column.show_check(WRONG)
    assert says(column, TOLD)


def test_a_check_of_the_key_dialog_is_not_told_here(column: KeyColumn) -> None:
    column.show_check(WRONG)
    assert not says(column, TOLD)


def test_only_the_one_check_is_told(column: KeyColumn) -> None:
    card_of(column).check_requested.emit("sk-ant-wrong", False)
    column.show_check(KeyCheck(True))
    column.show_check(WRONG)
    assert not says(column, TOLD)
