"""A conversation that has brought the program down comes as plain text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.safe_view import SHOW_AS_USUAL, SafeView
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from desktop_chat.ui.transcript.watch import NoWatch, Watch
from tests.helpers.samples import question, reply
from tests.helpers.window_kit import WindowKit, window_kits
from tests.ui.test_accessible_names import walked

HOSTILE = "<img src='file:///etc/passwd'> $\\frac{1}{2}$ ```\x00\u202e [a](javascript:x)"


class Suspicious:
    """Suspects some conversations."""

    def __init__(self, *ids: str) -> None:
        self.suspect_ids = set(ids)

    def watch(self, conversation_id: str) -> Watch:
        return NoWatch()


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in window_kits(look):
        with qtbot.waitActive(made.window):
            made.window.show()
            made.window.activateWindow()
        made.showing = Suspicious("a")
        yield made


def safe_view(kit: WindowKit) -> SafeView:
    found = kit.deck.page().findChild(SafeView)
    assert found is not None
    return found


def transcript(kit: WindowKit) -> TranscriptView:
    found = kit.deck.page().findChild(TranscriptView)
    assert found is not None
    return found


def test_it_shows_the_words_and_the_transcript_gets_none_of_them(kit: WindowKit) -> None:
    kit.attach("a")
    assert safe_view(kit).isVisible()
    assert safe_view(kit).text == "You:\nWhat about apples?\n\nClaude:\nApples are fine."
    assert not transcript(kit).isVisible()
    assert transcript(kit).copy_last_answer() is False


def test_other_conversations_come_as_usual(kit: WindowKit) -> None:
    kit.attach("a", "b")
    assert kit.deck.page().findChild(SafeView) is None
    assert transcript(kit).isVisible()


def test_a_question_can_be_asked_from_there_and_its_reply_appears(kit: WindowKit) -> None:
    kit.attach("a")
    session = kit.stream("Still here")
    assert "(the reply is being written)" in safe_view(kit).text
    session.end_reply(text="Still here.")
    assert safe_view(kit).text.endswith("Claude:\nStill here.")


def test_show_as_usual_brings_the_transcript_and_is_remembered_for_this_run(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    button = next(each for each in safe_view(kit).findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert transcript(kit).isVisible()
    assert transcript(kit).copy_last_answer()
    qtbot.waitUntil(lambda: kit.deck.page().findChild(SafeView) is None)
    assert kit.showing is not None
    assert kit.showing.suspect_ids == set()


def test_tab_comes_to_it_ahead_of_the_composer(kit: WindowKit) -> None:
    kit.attach("a")
    button = next(each for each in safe_view(kit).findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
    text = safe_view(kit).findChild(QPlainTextEdit)
    assert text is not None
    found = walked(kit.window, button)
    assert found[:2] == [button, text]
    assert isinstance(found[2], ComposerText)


def shown(view: SafeView, *messages: Message) -> str:
    view.show_messages(messages)
    return view.text


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[SafeView]:
    made = SafeView()
    qtbot.addWidget(made)
    yield made


def test_nothing_in_it_is_more_than_text(view: SafeView) -> None:
    asked = question("c", HOSTILE)
    assert HOSTILE in shown(view, asked)
    edit = view.findChild(QPlainTextEdit)
    assert edit is not None
    assert edit.isReadOnly()


def test_a_line_without_an_end_is_cut_and_loses_nothing(view: SafeView) -> None:
    asked = question("c", "x" * 200_000)
    text = shown(view, asked)
    assert max(len(line) for line in text.split("\n")) <= 2_000
    assert text.count("x") == 200_000


def test_of_an_endless_conversation_the_end_is_shown(view: SafeView) -> None:
    asked = question("c", "old\n" * 100_000)
    answer = reply("c", asked.id, status=MessageStatus.COMPLETE, content=({"type": "text", "text": "The end."},))
    text = shown(view, asked, answer)
    assert text.startswith("…")
    assert text.endswith("The end.")
    assert len(text) < 310_000
