"""The list of copies: what is told of each, and what can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.failure import Failure
from desktop_chat.ui.restore_dialog import RestoreDialog
from desktop_chat.ui.theme import Look
from tests.helpers.dialogs import shown_buttons, shown_words
from tests.helpers.signals import Heard
from tests.ui.test_accessible_names import walked

NOW = 1_790_000_000.0
DAY_S = 86_400.0
COPIES = (
    BackupCopy("/data/weekly", CopyKind.WEEKLY, NOW - 3 * DAY_S, 1_500_000, 41, 1203),
    BackupCopy("/data/format", CopyKind.BEFORE_UPDATE, NOW - 40 * DAY_S, 900_000, 1, 1),
    BackupCopy("/data/damaged", CopyKind.DAMAGED, NOW - 90 * DAY_S, 2_000_000),
)


@pytest.fixture
def dialog(look: Look, qtbot: QtBot) -> Iterator[RestoreDialog]:
    window = QWidget()
    made = RestoreDialog(window, clock=lambda: NOW)
    with qtbot.waitExposed(made):
        made.open()
    yield made
    made.hide()
    window.deleteLater()


def lines(dialog: RestoreDialog) -> list[list[str]]:
    (tree,) = dialog.findChildren(QTreeWidget)
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(tree.columnCount())] for item in items if item is not None]


def test_every_copy_is_told_with_age_kind_and_what_it_holds(dialog: RestoreDialog) -> None:
    dialog.show_copies(COPIES)

    first, second, third = lines(dialog)
    assert (first[0], *first[2:]) == ("3 days ago", "Weekly", "41", "1,203", "1.5 MB")
    assert (second[0], *second[2:]) == ("1 month ago", "Before an update", "1", "1", "900 kB")
    assert (third[0], *third[2:]) == ("3 months ago", "Damaged, kept", "", "", "2 MB")
    assert "2026" in first[1]


def test_a_screen_reader_hears_a_whole_line(dialog: RestoreDialog) -> None:
    dialog.show_copies(COPIES)

    (tree,) = dialog.findChildren(QTreeWidget)
    item = tree.topLevelItem(0)
    assert item is not None
    said = item.data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Weekly, 3 days ago") and "41 conversations, 1,203 messages" in said
    assert tree.accessibleName()


def test_tab_goes_from_button_to_button_as_they_stand(dialog: RestoreDialog) -> None:
    dialog.show_copies(COPIES)
    (tree,) = dialog.findChildren(QTreeWidget)
    tree.setFocus()
    assert walked(dialog, tree) == [tree, *_from_left(dialog)]
    dialog.show_arranged(0)
    first = _from_left(dialog)[0]
    first.setFocus()
    assert walked(dialog, first) == _from_left(dialog)


def _from_left(dialog: RestoreDialog) -> list[QPushButton]:
    layout = dialog.layout()
    assert layout is not None
    layout.activate()
    return sorted(shown_buttons(dialog).values(), key=lambda button: button.x())


def test_return_restores_the_chosen_copy_once(dialog: RestoreDialog) -> None:
    asked = Heard(dialog.restore_requested)
    dialog.show_copies(COPIES)
    (tree,) = dialog.findChildren(QTreeWidget)

    QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_Return)

    assert asked == [COPIES[1]]
    assert dialog.isVisible()


def test_without_copies_it_says_when_there_will_be_one(dialog: RestoreDialog) -> None:
    dialog.show_copies(())

    assert "no copy yet" in shown_words(dialog)
    assert list(shown_buttons(dialog)) == ["Close"]


def test_what_was_arranged_can_be_done_now_or_later_or_not_at_all(dialog: RestoreDialog) -> None:
    restarts, drops = Heard(dialog.restart_requested), Heard(dialog.drop_requested)
    dialog.show_copies(COPIES)

    dialog.show_arranged(busy_count=0)

    assert "at the next start" in shown_words(dialog)
    assert "still being written" not in shown_words(dialog)
    assert set(shown_buttons(dialog)) == {"Later", "Cancel the restore", "Restart now"}
    shown_buttons(dialog)["Restart now"].click()
    shown_buttons(dialog)["Cancel the restore"].click()
    assert (len(restarts), len(drops)) == (1, 1)
    dialog.show_copies(COPIES)
    assert set(shown_buttons(dialog)) == {"Close", "Restore"}


@pytest.mark.parametrize(("count", "sentence"), [(1, "A reply is still"), (2, "2 replies are still")])
def test_a_restart_that_stops_replies_says_so(dialog: RestoreDialog, count: int, sentence: str) -> None:
    dialog.show_copies(COPIES)

    dialog.show_arranged(count)

    assert sentence in shown_words(dialog)


def test_a_copy_that_cannot_be_used_is_told_and_another_may_be_chosen(dialog: RestoreDialog) -> None:
    dialog.show_copies(COPIES)
    dialog.show_busy()
    assert not shown_buttons(dialog)["Restore"].isEnabled()

    dialog.show_failure(Failure("StoreCorrupt", "The <b>file</b> is damaged.", "It was left as it is."))

    assert "The <b>file</b> is damaged. It was left as it is." in shown_words(dialog)
    assert shown_buttons(dialog)["Restore"].isEnabled()


def test_it_fits_the_smallest_window(dialog: RestoreDialog) -> None:
    dialog.show_copies(COPIES * 4)

    assert dialog.width() <= 784
    assert dialog.height() <= 540
