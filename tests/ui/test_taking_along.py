"""What is selected in the transcript and the keyboard that is in the composer: copying, quoting, letting go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import Draft
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.taking.clip_mime import ClipMime
from tests.helpers.keyboard import press
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.transcript.stage import clipboard

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a"):
        qtbot.waitUntil(lambda: made.deck.page().is_settled)  # noqa: B023
        yield made


def test_copy_in_the_composer_takes_what_is_selected_above(kit: WindowKit) -> None:
    kit.transcript.select_all()
    kit.deck.page().composer.focus()
    press(Qt.Key.Key_C, CONTROL)
    assert clipboard() == "What about apples?\n\nApples are fine."


def test_copy_in_the_composer_takes_its_own_selection_first(kit: WindowKit) -> None:
    kit.transcript.select_all()
    kit.deck.page().composer.insert_text("mine")
    kit.deck.page().composer.focus()
    press(Qt.Key.Key_A, CONTROL)
    press(Qt.Key.Key_C, CONTROL)
    assert clipboard() == "mine"


def test_escape_lets_go_of_the_selection_before_it_stops_the_reply(kit: WindowKit) -> None:
    session = kit.stream()
    kit.transcript.select_all()
    kit.window.actions_by_command[Command.STOP].trigger()
    assert not kit.transcript.has_selection
    assert session.stop_count == 0
    kit.window.actions_by_command[Command.STOP].trigger()
    assert session.stop_count == 1


def test_a_quote_stands_on_lines_of_its_own(kit: WindowKit) -> None:
    composer = kit.deck.page().composer
    composer.set_draft(Draft.with_caret_at_end("You said:"))
    kit.transcript.quote_requested.emit("> Apples.\n")
    assert composer.draft() == Draft.with_caret_at_end("You said:\n\n> Apples.\n\n")


def test_the_last_answer_and_the_last_code_are_copied_by_key(kit: WindowKit) -> None:
    QGuiApplication.clipboard().setText("kept")
    kit.window.actions_by_command[Command.COPY_CODE].trigger()
    assert clipboard() == "kept", "there is no code"
    kit.window.actions_by_command[Command.COPY_ANSWER].trigger()
    assert clipboard() == "Apples are fine."


def test_what_lies_on_the_clipboard_needs_no_python_after_the_end(kit: WindowKit) -> None:
    kit.transcript.select_all()
    kit.transcript.copy()
    assert isinstance(QGuiApplication.clipboard().mimeData(), ClipMime)
    kit.window.quit_now()
    assert not isinstance(QGuiApplication.clipboard().mimeData(), ClipMime)
    assert clipboard("text/markdown") == "What about apples?\n\nApples are fine."
