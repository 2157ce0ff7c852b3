"""The page that is made ahead: whoever opens a conversation gets it, and nobody comes to it before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.settings import SendKey
from desktop_chat.ui.chat_tab import ChatTab
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.window_kit import WindowKit, active_kits

TAB_PRESSES = 60
"""More than there are places in the window that Tab comes to."""


@pytest.fixture
def kit(look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[WindowKit]:
    monkeypatch.setattr("desktop_chat.ui.spare_page.REST_MS", 0)
    yield from active_kits(look, qtbot, "a")


def pages(kit: WindowKit) -> set[ChatTab]:
    return set(kit.deck.pages.findChildren(ChatTab))


def spare(kit: WindowKit, qtbot: QtBot) -> ChatTab:
    """The page that was made ahead."""
    qtbot.waitUntil(lambda: kit.deck.pages._spare.is_ready)
    (made,) = pages(kit) - {kit.deck.pages.widget(place) for place in range(kit.deck.pages.count())}
    return made


def test_whoever_opens_a_conversation_gets_the_page_that_was_made_ahead(kit: WindowKit, qtbot: QtBot) -> None:
    made = spare(kit, qtbot)
    transcript, status = made.findChild(TranscriptView), made.findChild(StatusLine)

    kit.deck.open("b")

    assert kit.deck.page() is made
    assert made.isVisible()
    assert kit.deck.pages.currentWidget() is made
    assert made.findChildren(TranscriptView) == [transcript]
    assert made.findChildren(StatusLine) == [status]
    assert transcript is not None
    qtbot.waitUntil(lambda: transcript.is_painted_up_to_date and len(transcript._page.rows) > 0)


def test_the_next_one_follows_and_there_is_never_a_second_one(kit: WindowKit, qtbot: QtBot) -> None:
    first = spare(kit, qtbot)
    kit.deck.open("b")
    second = spare(kit, qtbot)
    assert second is not first
    kit.deck.open("c")
    assert kit.deck.page() is second
    spare(kit, qtbot)
    assert len(pages(kit)) == 4


def test_one_that_is_half_made_is_made_to_the_end_by_whoever_needs_it(kit: WindowKit, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(pages(kit)) == 2)
    assert not kit.deck.pages._spare.is_ready

    kit.deck.open("b")

    assert len(pages(kit)) == 2
    assert kit.deck.page().findChild(TranscriptView).isVisible()  # type: ignore[union-attr]


def test_nobody_comes_to_it_by_tab_or_with_a_screen_reader(kit: WindowKit, qtbot: QtBot) -> None:
    made = spare(kit, qtbot)
    kit.deck.focus()
    for _ in range(TAB_PRESSES):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert not made.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    shown = QAccessible.queryAccessibleInterface(kit.deck.pages)
    assert [shown.child(place).object() for place in range(shown.childCount())] == [kit.deck.page()]


def test_one_that_is_made_while_the_window_is_hidden_does_not_appear_with_it(kit: WindowKit, qtbot: QtBot) -> None:
    spare(kit, qtbot)
    kit.deck.open("b")
    kit.window.hide()
    made = spare(kit, qtbot)
    with qtbot.waitExposed(kit.window):
        kit.window.show()
    assert not made.isVisible()


def test_it_shows_the_settings_and_colours_of_the_moment_it_is_taken(kit: WindowKit, qtbot: QtBot, look: Look) -> None:
    made = spare(kit, qtbot)
    kit.preferences.change(zoom_percent=150, send_key=SendKey.CTRL_ENTER)
    kit.deck.open("b")
    text = made.composer.focusProxy()
    assert isinstance(text, QWidget)
    first = kit.deck.pages._pages["a"]
    assert first is not None
    as_first = first.composer.focusProxy()
    assert as_first is not None
    assert text.font() == as_first.font()
    assert made.composer._send_key == "Ctrl+Enter"
