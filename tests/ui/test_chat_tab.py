"""One tab's page: what is shown when, and which wish goes where."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.settings import SendKey, ThinkingMode
from desktop_chat.ui.chat_tab import ChatTab
from desktop_chat.ui.column import COLUMN_PADDING_PX, COLUMN_PX
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.link_dialog import LinkDialog
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.status_part import PAD_PX
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from desktop_chat.ui.welcome import Welcome
from tests.helpers.fake_chat import FakeKeys
from tests.helpers.window_kit import WindowKit, active_kits

T = TypeVar("T", bound=QWidget)


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot)


def part(kit: WindowKit, kind: type[T]) -> T | None:
    """The part of the page in view, when it can be seen."""
    found = kit.deck.page().findChild(kind)
    return found if found is not None and found.isVisible() else None


def send(kit: WindowKit, text: str) -> None:
    composer = kit.deck.page().composer
    composer.insert_text(text)
    composer.focus()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)


# --- what is shown


def test_an_empty_conversation_has_the_composer_in_the_middle_under_a_welcome(kit: WindowKit) -> None:
    kit.attach()
    page = kit.deck.page()
    middle = page.composer.mapTo(page, page.composer.rect().center()).y()
    assert part(kit, Welcome) is not None
    assert part(kit, TranscriptView) is None
    assert abs(middle - page.height() / 2) < page.height() / 6


def test_the_first_message_moves_the_composer_down_to_the_status_line(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach()
    send(kit, "Hello")
    page = kit.deck.page()
    assert part(kit, Welcome) is None
    assert part(kit, TranscriptView) is not None
    qtbot.waitUntil(lambda: page.height() - page.composer.mapTo(page, page.composer.rect().bottomLeft()).y() < 50)


def test_the_column_is_never_wider_than_reads_well_nor_at_the_edge(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    composer, page = kit.deck.page().composer, kit.deck.page()
    assert composer.width() == COLUMN_PX
    kit.window.resize(800, 600)
    qtbot.waitUntil(lambda: composer.width() < COLUMN_PX)
    left = composer.mapTo(page, composer.rect().topLeft()).x()
    assert left == COLUMN_PADDING_PX
    assert composer.width() == page.width() - 2 * COLUMN_PADDING_PX


def test_the_words_of_the_status_line_stand_in_line_with_the_composer(kit: WindowKit) -> None:
    kit.attach("a")
    page = kit.deck.page()
    status = page.findChild(StatusLine)
    assert status is not None
    context = status.parts[0]
    left = page.composer.mapTo(page, page.composer.rect().topLeft()).x()
    assert context.mapTo(page, context.rect().topLeft()).x() + PAD_PX == left


def test_a_starter_fills_the_composer_and_sends_nothing(kit: WindowKit) -> None:
    kit.attach()
    welcome = part(kit, Welcome)
    assert welcome is not None
    welcome.starter_chosen.emit("Plan a day in ")
    assert kit.deck.page().composer.draft() == Draft("Plan a day in ", 14)
    assert kit.session.is_empty


def test_an_empty_conversation_is_settled_once_it_is_known_whether_there_is_a_key(kit: WindowKit) -> None:
    kit.keys = FakeKeys(KeySource.UNKNOWN)
    kit.attach()
    assert not kit.window.is_settled
    kit.keys.state = KeyState(KeySource.KEYRING)
    assert kit.window.is_settled


# --- sending


def test_sending_empties_the_composer_and_makes_the_button_stop(kit: WindowKit) -> None:
    kit.attach("a")
    send(kit, "And more?")
    assert kit.session.path()[-1].text == "And more?"
    assert kit.deck.page().composer.draft().is_empty
    button = part(kit, SendButton)
    assert button is not None
    assert button.is_stop
    kit.session.end_reply()
    assert not button.is_stop


def test_a_text_that_was_not_taken_stays(kit: WindowKit) -> None:
    kit.attach("a")
    kit.session.is_loaded = False
    send(kit, "too early")
    assert kit.deck.page().composer.draft().text == "too early"


def test_a_question_that_could_not_be_stored_comes_back_ahead_of_the_next_one(kit: WindowKit) -> None:
    kit.attach("a")
    send(kit, "first")
    composer = kit.deck.page().composer
    composer.insert_text("second")
    kit.session.draft_changed.emit(Draft("first", 5))
    assert composer.draft().text == "first\n\nsecond"
    assert kit.session.drafts[-1].text == "first\n\nsecond"


def test_drafts_are_kept(kit: WindowKit) -> None:
    kit.attach("a")
    kit.deck.page().composer.insert_text("half a thou")
    kit.deck.page().composer.flush_draft()
    assert kit.session.drafts[-1].text == "half a thou"


def test_a_draft_typed_before_the_stored_one_came_does_not_replace_it(kit: WindowKit) -> None:
    kit.attach("a")
    kit.session.is_loaded = False
    kit.deck.page().composer.insert_text("new")
    kit.deck.page().composer.flush_draft()
    assert kit.session.drafts == []
    kit.session.load(kit.library.messages["a"], Draft("old", 3))
    assert kit.session.drafts[-1].text == "old\n\nnew"


# --- wishes and facts


def test_model_and_thinking_go_to_their_owners(kit: WindowKit) -> None:
    kit.attach("a")
    composer = kit.deck.page().composer
    composer.model_chosen.emit("claude-small")
    composer.thinking_chosen.emit("off")
    assert kit.session.model_id == "claude-small"
    assert kit.preferences.settings.thinking is ThinkingMode.OFF


def test_retry_and_siblings_reach_the_session(kit: WindowKit) -> None:
    kit.attach("a")
    transcript = part(kit, TranscriptView)
    assert transcript is not None
    transcript.retry_requested.emit("some-id")
    assert kit.session.retried == ["some-id"]


def test_continue_reaches_the_session_from_the_strip_and_by_its_key(kit: WindowKit) -> None:
    kit.attach("a")
    session = kit.stream()
    session.end_reply(MessageStatus.STOPPED, "Half a sen")
    transcript = part(kit, TranscriptView)
    assert transcript is not None
    transcript.continue_requested.emit(session.path()[-1].id)
    assert session.path()[-1].status is MessageStatus.STREAMING
    assert session.path()[-1].text == "Half a sen"
    session.end_reply(MessageStatus.STOPPED, "tence. And")
    QTest.keyClick(kit.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert session.path()[-1].status is MessageStatus.STREAMING
    session.end_reply(text=" more.")
    assert session.path()[-1].text == "Half a sentence. And more."
    assert len(session.path()[-1].seams) == 2


def test_the_key_of_continue_does_nothing_where_nothing_was_cut(kit: WindowKit) -> None:
    kit.attach("a")
    before = kit.session.path()
    kit.deck.page().go_on()
    assert kit.session.path() == before


def test_the_send_key_follows_the_settings(kit: WindowKit) -> None:
    kit.attach("a")
    kit.preferences.change(send_key=SendKey.CTRL_ENTER)
    send(kit, "not yet")
    assert "not yet" in kit.deck.page().composer.draft().text


def test_a_page_whose_tab_was_closed_hears_nothing_more(kit: WindowKit) -> None:
    kit.attach("a", "b")
    session = kit.stream()
    page = kit.deck.page()
    kit.deck.close_current()
    session.set_activity(Activity(Phase.THINKING))
    session.end_reply()
    assert page is not kit.deck.page()


def test_a_tab_that_was_closed_leaves_no_connection_at_the_desk(kit: WindowKit) -> None:
    kit.attach("a")
    desk = kit.window._desk
    before = weakref.getweakrefcount(desk)
    for _ in range(3):
        kit.deck.open_new()
        kit.deck.close_current()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert weakref.getweakrefcount(desk) == before


def test_a_link_is_opened_only_when_it_leads_to_the_web(kit: WindowKit, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("desktop_chat.ui.links.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    kit.attach("a")
    for address in ("file:///etc/passwd", "https://example.org/a?b=c", "javascript:alert(1)", "mailto:a@example.org"):
        kit.deck.page().link_opened.emit(address, "")
    assert opened == ["https://example.org/a?b=c", "mailto:a@example.org"]


@pytest.mark.parametrize(("words", "is_opened"), [("Open", True), ("Cancel", False)])
def test_a_doubtful_link_is_shown_before_it_is_opened(
    kit: WindowKit, monkeypatch: pytest.MonkeyPatch, words: str, is_opened: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("desktop_chat.ui.links.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    kit.attach("a")
    kit.deck.page().link_opened.emit("https://evil.example/", "The text says bank.example.")
    assert opened == []
    [dialog] = kit.window.findChildren(LinkDialog)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert said == ["The text says bank.example.", "https://evil.example/"]
    next(button for button in dialog.findChildren(QPushButton) if button.text() == words).click()
    assert opened == (["https://evil.example/"] if is_opened else [])


# --- without a key


@pytest.fixture
def keyless(kit: WindowKit) -> WindowKit:
    kit.keys = FakeKeys(KeySource.NONE)
    return kit


def test_without_a_key_an_empty_conversation_shows_the_card(keyless: WindowKit) -> None:
    keyless.attach()
    assert part(keyless, KeyCard) is not None
    assert not keyless.deck.page().composer.isVisible()


def test_the_card_does_not_come_over_a_question_that_is_being_written(kit: WindowKit) -> None:
    kit.keys.state = replace(kit.keys.state, source=KeySource.UNKNOWN)
    kit.attach()
    page = kit.deck.page()
    page.composer.replace_with("What does")
    kit.keys.state = replace(kit.keys.state, source=KeySource.NONE)
    kit.keys.state_changed.emit(kit.keys.state)
    assert page.composer.isVisible()
    assert kit.window.findChild(KeyCard) is None
    kit.deck.open_new()
    assert not kit.deck.page().composer.isVisible()


def test_the_keyboard_goes_to_the_card(keyless: WindowKit) -> None:
    keyless.attach("a")
    keyless.deck.open_new()
    card, focused = part(keyless, KeyCard), QApplication.focusWidget()
    assert card is not None and focused is not None
    assert card.isAncestorOf(focused)


def test_the_card_follows_where_a_key_would_be_kept(keyless: WindowKit) -> None:
    keyless.attach()
    keyless.keys.state = replace(keyless.keys.state, place="KWallet")
    keyless.keys.state_changed.emit(keyless.keys.state)
    card = part(keyless, KeyCard)
    assert card is not None
    assert any("Stored in KWallet" in label.text() for label in card.findChildren(QLabel))


def test_a_link_of_the_card_is_opened_without_a_second_look(
    keyless: WindowKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("desktop_chat.ui.links.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    keyless.attach()
    card = part(keyless, KeyCard)
    assert card is not None
    card.link_clicked.emit("https://example.org/keys")
    assert opened == ["https://example.org/keys"]


def test_a_good_key_turns_the_card_into_the_composer_with_the_keyboard(keyless: WindowKit) -> None:
    keyless.attach()
    card = part(keyless, KeyCard)
    assert card is not None
    card.check_requested.emit("sk-ant-good", False)
    assert keyless.keys.checked == [("sk-ant-good", False)]
    keyless.keys.end_check(KeyCheck(False, Failure("KeyRejected", "The key is wrong.", "")))
    assert part(keyless, KeyCard) is card
    keyless.keys.end_check(KeyCheck(True))
    assert part(keyless, KeyCard) is None
    focused = QApplication.focusWidget()
    assert focused is not None
    assert keyless.deck.page().composer.isAncestorOf(focused)


def test_looking_around_shows_the_composer_in_every_tab_and_asks_at_the_first_send(keyless: WindowKit) -> None:
    keyless.attach()
    card = part(keyless, KeyCard)
    assert card is not None
    card.look_around_requested.emit()
    assert part(keyless, KeyCard) is None
    keyless.deck.open_new()
    assert part(keyless, KeyCard) is None
    send(keyless, "Hello?")
    assert keyless.deck.page().composer.draft().text == "Hello?"
    dialog = keyless.window.findChild(KeyDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


def test_without_a_key_the_history_can_be_read(keyless: WindowKit) -> None:
    keyless.attach("a")
    assert part(keyless, TranscriptView) is not None
    assert part(keyless, KeyCard) is None
    assert keyless.deck.page().composer.isVisible()


def test_no_card_before_the_keyring_has_answered(kit: WindowKit) -> None:
    kit.keys = FakeKeys(KeySource.UNKNOWN)
    kit.attach()
    assert part(kit, KeyCard) is None
    kit.keys.state = KeyState(KeySource.NONE)
    kit.keys.state_changed.emit(kit.keys.state)
    assert part(kit, KeyCard) is not None


def test_what_was_typed_before_the_card_came_is_there_after_it(keyless: WindowKit) -> None:
    keyless.deck.page().composer.insert_text("typed early")
    keyless.attach()
    keyless.keys.end_check(KeyCheck(True))
    assert keyless.deck.page().composer.draft().text == "typed early"


def test_a_page_without_a_conversation_only_takes_text(look: Look, kit: WindowKit, qtbot: QtBot) -> None:
    page = ChatTab(look, kit.settings)
    qtbot.addWidget(page)
    page.composer.insert_text("abc")
    page.stop()
    page.regenerate()
    assert not page.ask("abc")
    assert not page.is_settled
    assert not page.is_blank
    assert page.composer.draft().text == "abc"
