"""Text and files of one tab: sent together, kept together, and given back beside what was written since."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.attachments import is_attached
from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.messages import Draft
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.theme import Look
from tests.helpers.attached_samples import words
from tests.helpers.fake_chat import FakeSession
from tests.helpers.window_kit import WindowKit, active_kits

ONE, TWO, THREE = (words(f"{name}.txt", name) for name in ("one", "two", "three"))


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a"):
        composer_of(made).focus()
        yield made


@pytest.fixture
def early_kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    """A tab whose conversation is still being read."""
    for made in active_kits(look, qtbot):
        made.library.sessions["a"] = FakeSession("a", is_loaded=False)
        made.attach("a")
        yield made


def composer_of(kit: WindowKit) -> Composer:
    return kit.deck.page().composer


def press_return() -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)


@pytest.mark.parametrize("text", ["", "What is in it?"])
def test_enter_sends_the_files_with_the_text_or_alone(kit: WindowKit, text: str) -> None:
    composer_of(kit).set_draft(Draft.with_caret_at_end(text, (ONE, TWO)))
    press_return()
    question = kit.session.path()[-1]
    assert [block["title"] for block in question.content if is_attached(block)] == ["one.txt", "two.txt"]
    assert question.text == text
    assert composer_of(kit).draft() == Draft()


def test_while_a_reply_is_written_they_are_queued_together(kit: WindowKit) -> None:
    session = kit.stream()
    composer_of(kit).set_draft(Draft("", 0, (ONE,)))
    press_return()
    assert [row.message.attachments for row in session.outbox.rows] == [(ONE,)]
    assert composer_of(kit).draft() == Draft()


def test_without_a_key_text_and_files_stay(kit: WindowKit) -> None:
    kit.keys.state = KeyState(KeySource.NONE)
    draft = Draft("Wait", 4, (ONE,))
    composer_of(kit).set_draft(draft)
    press_return()
    assert composer_of(kit).draft() == draft
    dialog = kit.window.findChild(KeyDialog)
    assert dialog is not None
    dialog.close()


def test_what_was_not_sent_is_not_cleared(kit: WindowKit) -> None:
    composer_of(kit).set_draft(Draft("Hello", 5, (ONE, TWO)))
    composer_of(kit).send_requested.emit(Draft("Hello", 5, (ONE,)))
    assert composer_of(kit).draft() == Draft("Hello", 5, (ONE, TWO))


@pytest.mark.parametrize(
    ("standing", "given", "after"),
    [
        (Draft(), Draft("old", 1, (ONE,)), Draft("old", 1, (ONE,))),
        (Draft("new", 1, (TWO,)), Draft("old", 3, (ONE,)), Draft("old\n\nnew", 6, (ONE, TWO))),
        (Draft("new", 1), Draft("", 0, (ONE,)), Draft("new", 1, (ONE,))),
        (Draft("", 0, (TWO, ONE)), Draft("old", 3, (ONE,)), Draft("old", 3, (ONE, TWO))),
        (Draft("same", 2, (TWO,)), Draft("same", 4, (ONE,)), Draft("same", 2, (ONE, TWO))),
        (Draft("same", 2, (ONE, TWO)), Draft("same", 4, (ONE,)), Draft("same", 2, (ONE, TWO))),
    ],
)
def test_what_is_given_back_joins_what_was_written_since(
    kit: WindowKit, standing: Draft, given: Draft, after: Draft
) -> None:
    composer_of(kit).set_draft(standing)
    kit.session.draft_changed.emit(given)
    assert composer_of(kit).draft() == after
    if after not in (standing, given):
        assert kit.session.drafts[-1] == after, "what is joined is kept"


def test_a_stored_draft_comes_with_its_files_and_is_not_kept_again(early_kit: WindowKit) -> None:
    kit, draft = early_kit, Draft("stored", 2, (ONE,))
    kit.session.load((), draft)
    assert composer_of(kit).draft() == draft
    composer_of(kit).flush_draft()
    assert kit.session.drafts == []


@pytest.mark.parametrize("stored", [None, Draft("stored", 6, (TWO,))])
def test_what_is_written_before_the_conversation_is_there_is_kept_once_it_is(
    early_kit: WindowKit, stored: Draft | None
) -> None:
    kit = early_kit
    composer_of(kit).add_attachments((ONE,))
    composer_of(kit).insert_text("early")
    composer_of(kit).flush_draft()
    assert kit.session.drafts == []
    kit.session.load((), stored)
    assert kit.session.drafts == [composer_of(kit).draft()]
    assert composer_of(kit).draft().text.endswith("early")
    assert ONE in composer_of(kit).attachments
    kit.session.totals_changed.emit(kit.session.totals)
    assert len(kit.session.drafts) == 1


def test_what_could_not_be_stored_is_a_draft_again(kit: WindowKit) -> None:
    returned = Draft.with_caret_at_end("Why?", (ONE,))
    kit.session.draft_returned.emit(returned)
    assert composer_of(kit).draft() == returned
    assert kit.session.drafts[-1] == returned


def test_enter_before_the_conversation_is_there_sends_once_it_is(early_kit: WindowKit) -> None:
    composer_of(early_kit).set_draft(Draft.with_caret_at_end("What is it?"))
    composer_of(early_kit).focus()
    press_return()
    assert composer_of(early_kit).draft().text == "What is it?"
    early_kit.session.load()
    assert early_kit.session.path()[-1].text == "What is it?"
    assert composer_of(early_kit).draft() == Draft()


def test_what_was_changed_after_an_early_enter_is_not_sent(early_kit: WindowKit) -> None:
    composer_of(early_kit).set_draft(Draft.with_caret_at_end("What is it?"))
    composer_of(early_kit).focus()
    press_return()
    composer_of(early_kit).insert_text(" Or not?")
    early_kit.session.load()
    assert early_kit.session.path() == ()
    assert composer_of(early_kit).draft().text == "What is it? Or not?"
