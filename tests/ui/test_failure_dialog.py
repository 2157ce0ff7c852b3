"""What can be done when there is no start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.failure import Failure
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.ui.failure_dialog import FailureDialog
from desktop_chat.ui.repair_report import RepairReport
from desktop_chat.ui.restart_dialog import RestartDialog
from desktop_chat.ui.theme import Look
from tests.helpers.dialogs import shown_buttons, shown_words
from tests.helpers.signals import Heard

DAMAGED = Failure("StoreCorrupt", "The history file is damaged.", "/data/x is not a <i>database</i>.")


@pytest.fixture
def window(look: Look) -> Iterator[QWidget]:
    made = QWidget()
    yield made
    made.deleteLater()


@pytest.fixture
def dialog(window: QWidget, qtbot: QtBot) -> Iterator[FailureDialog]:
    made = FailureDialog(DAMAGED, may_repair=True, parent=window)
    with qtbot.waitExposed(made):
        made.open()
    yield made
    made.hide()


def test_repair_is_what_return_does_and_every_choice_has_its_button(dialog: FailureDialog) -> None:
    repairs, restores, anews = map(Heard, (dialog.repair_chosen, dialog.restore_chosen, dialog.anew_chosen))

    QTest.keyClick(dialog, Qt.Key.Key_Return)
    shown_buttons(dialog)["Restore a backup…"].click()
    shown_buttons(dialog)["Start empty"].click()

    assert (len(repairs), len(restores), len(anews)) == (1, 1, 1)
    assert dialog.isVisible(), "it stays until the history can be opened"
    assert "the damaged file is kept" in shown_words(dialog)


def test_escape_quits(dialog: FailureDialog) -> None:
    quits = Heard(dialog.quit_chosen)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert len(quits) == 1


def test_while_it_repairs_nothing_else_can_be_chosen_but_to_quit(dialog: FailureDialog) -> None:
    dialog.show_progress(0.42)

    (bar,) = dialog.findChildren(QProgressBar)
    assert bar.isVisible() and bar.value() == 42
    assert [text for text, button in shown_buttons(dialog).items() if button.isEnabled()] == ["Quit"]


def test_a_repair_that_failed_leaves_the_other_choices(dialog: FailureDialog) -> None:
    dialog.show_progress(0.9)

    dialog.show_failure(Failure("StoreError", "Nothing could be repaired.", "No conversation can be read."))

    assert "Nothing could be repaired." in shown_words(dialog)
    assert all(button.isEnabled() for button in shown_buttons(dialog).values())
    assert not dialog.findChildren(QProgressBar)[0].isVisible()


def test_where_a_repair_helps_nothing_there_is_only_quit(window: QWidget, qtbot: QtBot) -> None:
    dialog = FailureDialog(Failure("StoreTooNew", "Too new.", "Update."), parent=window)
    with qtbot.waitExposed(dialog):
        dialog.open()

    assert list(shown_buttons(dialog)) == ["Quit"]
    assert "damaged file" not in shown_words(dialog)
    dialog.hide()


def test_the_report_shows_titles_and_path_as_plain_text(window: QWidget, qtbot: QtBot) -> None:
    report = SalvageReport("/data/<b>x</b>", 1, 2, 0, lost_count=1, titles=("<img src=x>",))
    dialog = RepairReport(report, window)
    with qtbot.waitExposed(dialog):
        dialog.open()

    assert "<img src=x>" in shown_words(dialog) and "/data/<b>x</b>" in shown_words(dialog)
    assert {label.textFormat() for label in dialog.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    dialog.hide()


def test_a_restart_is_asked_for_and_return_is_the_harmless_answer(window: QWidget, qtbot: QtBot) -> None:
    dialog = RestartDialog(2, window)
    confirmed = Heard(dialog.restart_confirmed)
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert "2 replies are still being written" in shown_words(dialog)

    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert (confirmed, dialog.isVisible()) == ([], False)
