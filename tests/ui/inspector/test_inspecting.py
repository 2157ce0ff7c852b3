"""From a reply in the transcript to the inspector and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_chat.core.failure import Failure
from desktop_chat.ui.inspector.inspector_window import SIZE, InspectorWindow
from desktop_chat.ui.placement import FRAME_PX
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.fake_chat import exchange, reply_to
from tests.helpers.samples import question
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.inspector.records import record, reply_events


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot):
        path = exchange("a", "Why?", "Because.")
        more = question("a", "And?", path[-1].id)
        made.library.messages["a"] = (*path, more, reply_to("a", more.id, "So."))
        made.attach("a")
        yield made
        for inspector in made.window.findChildren(InspectorWindow):
            inspector.close()


def inspector_of(kit: WindowKit) -> InspectorWindow:
    (found,) = [window for window in kit.window.findChildren(InspectorWindow) if window.isVisible()]
    return found


def ask(kit: WindowKit) -> None:
    kit.window.actions_by_command[Command.INSPECT].trigger()


def keep(kit: WindowKit, number: int) -> str:
    """Have a record of a message of the path."""
    message_id = kit.session.path()[number].id
    kit.recorder.records[message_id] = (record(reply_events(), message_id=message_id),)
    return message_id


def test_the_key_opens_it_for_the_last_reply(kit: WindowKit) -> None:
    last_id = keep(kit, 3)
    QTest.keyClick(kit.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    subject = inspector_of(kit).subject
    assert subject.message is not None
    assert subject.message.id == last_id
    assert subject.question is not None
    assert subject.question.text == "And?"


@pytest.mark.parametrize("corner", [QPoint(-200, -150), QPoint(5_000, 5_000)])
def test_it_opens_within_the_screen_wherever_the_window_is(kit: WindowKit, corner: QPoint) -> None:
    keep(kit, 3)
    kit.window.move(corner)
    ask(kit)
    room = kit.window.screen().availableGeometry()
    assert room.width() < SIZE.width(), "the screen is smaller than the inspector likes to be"
    assert room.contains(inspector_of(kit).frameGeometry())


def test_after_a_walk_it_is_opened_for_the_reply_one_has_walked_to(kit: WindowKit, qtbot: QtBot) -> None:
    view = kit.window.findChild(TranscriptView)
    assert view is not None
    qtbot.waitUntil(lambda: view.is_painted_up_to_date)
    for _ in range(3):
        kit.window.actions_by_command[Command.PREVIOUS_MESSAGE].trigger()
    ask(kit)
    message = inspector_of(kit).subject.message
    assert message is not None
    assert message.text == "Because."


def test_the_action_below_a_reply_opens_it_for_that_one(kit: WindowKit) -> None:
    first_id = keep(kit, 1)
    kit.deck.page()._transcript_of().acts.inspect_requested.emit(first_id)
    message = inspector_of(kit).subject.message
    assert message is not None
    assert message.id == first_id


def test_asked_again_the_same_window_shows_the_other_reply(kit: WindowKit) -> None:
    ask(kit)
    inspector = inspector_of(kit)
    first_id = keep(kit, 1)
    kit.deck.page()._transcript_of().acts.inspect_requested.emit(first_id)
    assert inspector_of(kit) is inspector
    assert inspector.subject.message is not None
    assert inspector.subject.message.id == first_id


def test_without_a_reply_there_is_nothing_to_inspect(kit: WindowKit) -> None:
    kit.window.actions_by_command[Command.NEW_TAB].trigger()
    ask(kit)
    assert kit.window.findChildren(InspectorWindow) == []


def test_its_size_is_remembered_for_the_run(kit: WindowKit) -> None:
    ask(kit)
    first = inspector_of(kit)
    assert first.size() == SIZE.boundedTo(kit.window.screen().availableSize() - FRAME_PX)
    first.resize(720, 500)
    first.close()
    ask(kit)
    assert inspector_of(kit).size() == QSize(720, 500)


def test_it_learns_how_the_reply_ended(kit: WindowKit) -> None:
    session = kit.stream()
    ask(kit)
    session.end_reply(text="Done.")
    message = inspector_of(kit).subject.message
    assert message is not None
    assert message.text == "Done."


def test_when_the_program_ends_it_closes(kit: WindowKit) -> None:
    ask(kit)
    inspector = inspector_of(kit)
    kit.window.quit_now()
    assert not inspector.isVisible()


def test_the_request_is_copied_as_a_command(kit: WindowKit) -> None:
    keep(kit, 3)
    ask(kit)
    inspector_of(kit).copying.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("curl ")
    assert "$ANTHROPIC_API_KEY" in text


def test_what_is_not_in_the_command_is_told(kit: WindowKit) -> None:
    message_id = keep(kit, 3)
    [whole] = kit.recorder.records[message_id]
    ask(kit)
    inspector_of(kit).copying.click()
    assert inspector_of(kit).said == "Copied. Set ANTHROPIC_API_KEY before you run it."
    inspector_of(kit).curl_requested.emit(replace(whole.request, is_shortened=True))
    assert inspector_of(kit).said == "Copied without the data of files. Set ANTHROPIC_API_KEY before you run it."
    assert "Put the data of the files in the place of" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("has_downloads", [True, False], ids=["downloads", "none"])
def test_a_replay_file_goes_to_the_downloads_or_home_where_there_are_none(
    kit: WindowKit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_downloads: bool
) -> None:
    places = {
        QStandardPaths.StandardLocation.DownloadLocation: tmp_path / "Downloads",
        QStandardPaths.StandardLocation.HomeLocation: tmp_path,
    }
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(places[place]))
    if has_downloads:
        (tmp_path / "Downloads").mkdir()
    keep(kit, 3)
    ask(kit)
    inspector = inspector_of(kit)
    inspector.saving.click()
    (dialog,) = inspector.findChildren(QFileDialog)
    folder = tmp_path / "Downloads" if has_downloads else tmp_path
    assert dialog.selectedFiles() == [str(folder / "reply.sse")]
    dialog.close()
    qtbot.waitUntil(lambda: inspector.findChildren(QFileDialog) == [])


def test_a_replay_file_is_saved_where_one_wants_it(kit: WindowKit, qtbot: QtBot) -> None:
    keep(kit, 3)
    ask(kit)
    inspector = inspector_of(kit)
    inspector.saving.click()
    (dialog,) = inspector.findChildren(QFileDialog)
    dialog.fileSelected.emit("/somewhere/reply.sse")
    assert [(part, target) for _message, part, target in kit.recorder.saving] == [(0, "/somewhere/reply.sse")]
    kit.recorder.saved.emit("/somewhere/reply.sse")
    assert inspector.said == "Saved as reply.sse."
    kit.recorder.save_failed.emit(Failure("StoreFull", "The disk is full.", "Make room."))
    assert inspector.said == "The disk is full. Make room."
    dialog.close()
    qtbot.waitUntil(lambda: inspector.findChildren(QFileDialog) == [])
