"""Files that are taken out of what is being written can be brought back for ten seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.attachments import COUNT_MAX
from desktop_chat.core.messages import Draft
from desktop_chat.ui.attachment_chip import AttachmentChip
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.detaching import Detaching
from desktop_chat.ui.notice_bar import TOASTS_MAX, Toasts
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from tests.helpers.attached_samples import words
from tests.helpers.file_samples import png
from tests.helpers.keyboard import press
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.test_attachment_row import SHOT
from tests.ui.test_hostile_words import HOSTILE, assert_all_is_plain

FIVE = tuple(words(f"{number}.txt", f"text {number}") for number in range(5))


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a", "b"):
        composer_of(made).focus()
        yield made


def composer_of(kit: WindowKit) -> Composer:
    return kit.deck.page().composer


def toasts(kit: WindowKit) -> Toasts:
    found = kit.window.findChild(Toasts)
    assert found is not None
    return found


def undo() -> None:
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_undo_brings_a_file_back_where_it_was(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE)
    composer_of(kit).remove_attachment(FIVE[2].id)
    assert toasts(kit).texts == ("Removed “2.txt”",)
    undo()
    assert composer_of(kit).attachments == FIVE
    assert toasts(kit).texts == ()


def test_however_many_are_removed_all_come_back_in_their_order(kit: WindowKit) -> None:
    assert len(FIVE) > TOASTS_MAX
    composer_of(kit).add_attachments(FIVE)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Right)
    for _ in FIVE:
        press(Qt.Key.Key_Delete)
    assert composer_of(kit).attachments == ()
    assert toasts(kit).texts == ("Removed 5 files",)
    undo()
    assert composer_of(kit).attachments == FIVE
    assert isinstance(QApplication.focusWidget(), ComposerText)


def test_what_is_removed_after_the_notice_has_gone_comes_back_alone(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE)
    composer_of(kit).remove_attachment(FIVE[0].id)
    toasts(kit).dismiss(next(iter(toasts(kit)._toasts)))
    composer_of(kit).remove_attachment(FIVE[1].id)
    undo()
    assert composer_of(kit).attachments == FIVE[1:]


def test_a_file_comes_back_into_its_own_conversation(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE[:2])
    composer_of(kit).remove_attachment(FIVE[0].id)
    kit.deck.activate("a")
    composer_of(kit).add_attachments(FIVE[2:4])
    composer_of(kit).remove_attachment(FIVE[2].id)
    assert toasts(kit).texts == ("Removed “0.txt”", "Removed “2.txt”")
    undo()
    assert (kit.deck.current_id, composer_of(kit).attachments) == ("a", FIVE[2:4])
    undo()
    assert (kit.deck.current_id, composer_of(kit).attachments) == ("b", FIVE[:2])


def test_a_file_comes_back_also_when_its_tab_was_closed(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE[:1])
    composer_of(kit).remove_attachment(FIVE[0].id)
    kit.deck.close_current()
    assert kit.deck.current_id == "a"
    undo()
    assert (kit.deck.current_id, composer_of(kit).attachments) == ("b", FIVE[:1])


def test_a_file_that_was_sent_is_not_taken_for_removed(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE[:1])
    press(Qt.Key.Key_Return)
    assert composer_of(kit).draft() == Draft()
    assert toasts(kit).texts == ()


@pytest.mark.parametrize("word", [*HOSTILE, "x" * 5_000])
def test_the_notice_names_the_file_letter_by_letter(kit: WindowKit, word: str) -> None:
    composer_of(kit).add_attachments((words(word, "text"),))
    composer_of(kit).remove_attachment(composer_of(kit).attachments[0].id)
    (text,) = toasts(kit).texts
    assert "\u202e" not in text
    assert len(text) < 60
    assert_all_is_plain(text)


def test_enter_shows_a_picture(kit: WindowKit, qtbot: QtBot) -> None:
    assert SHOT.file == png(64, 48)
    composer_of(kit).add_attachments((SHOT,))
    press(Qt.Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), AttachmentChip)
    press(Qt.Key.Key_Return)
    (viewer,) = kit.window.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: viewer.is_shown)
    viewer.close()


def test_escape_on_a_file_stops_no_reply(kit: WindowKit) -> None:
    session = kit.stream()
    composer_of(kit).add_attachments((SHOT,))
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Escape)
    assert session.stop_count == 0
    assert isinstance(QApplication.focusWidget(), ComposerText)
    press(Qt.Key.Key_Escape)
    assert session.stop_count == 1


def test_letters_typed_on_a_file_go_to_the_text(kit: WindowKit) -> None:
    composer_of(kit).add_attachments((SHOT,))
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_W)
    assert composer_of(kit).draft() == Draft("w", 1, (SHOT,))


def test_undo_after_a_file_was_removed_leaves_the_text_alone(kit: WindowKit) -> None:
    composer = composer_of(kit)
    composer.add_attachments(FIVE[:2])
    QTest.keyClicks(QApplication.focusWidget() or composer, "some words")
    composer.remove_attachment(FIVE[0].id)
    undo()
    assert composer.draft() == Draft("some words", 10, FIVE[:2])
    undo()
    assert composer.draft() == Draft("", 0, FIVE[:2])


def test_after_more_letters_undo_is_for_them_first(kit: WindowKit) -> None:
    composer = composer_of(kit)
    composer.add_attachments(FIVE[:2])
    composer.remove_attachment(FIVE[0].id)
    QTest.keyClicks(QApplication.focusWidget() or composer, "words")
    undo()
    assert composer.draft() == Draft("", 0, FIVE[1:2])


def test_a_file_comes_back_even_where_there_are_too_many_by_now(kit: WindowKit) -> None:
    composer = composer_of(kit)
    many = tuple(words(f"{number}.md", f"note {number}") for number in range(COUNT_MAX))
    composer.add_attachments(many)
    composer.remove_attachment(many[3].id)
    composer.add_attachments(FIVE[:1])
    undo()
    assert composer.draft().attachments == (*many, FIVE[0])


def test_with_its_notice_a_removed_file_is_forgotten(kit: WindowKit) -> None:
    composer_of(kit).add_attachments(FIVE)
    composer_of(kit).remove_attachment(FIVE[2].id)
    detaching = kit.deck.findChild(Detaching)
    assert isinstance(detaching, Detaching)
    assert len(detaching._offers) == 1
    toasts(kit).dismiss(next(iter(toasts(kit)._toasts)))
    assert not detaching._offers
