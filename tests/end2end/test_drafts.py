"""What was typed is never lost: it is on the disk soon, clears only with what it has become, and can be taken again."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.quit_signals import QuitSignals
from desktop_chat.ui import composer
from desktop_chat.ui.recent_texts_dialog import RecentTextsDialog
from tests.end2end.running import Place, Run, Running, until
from tests.helpers.signals import PATIENCE_S

TEXT = "A thought that is worth keeping"


def type_text(program: Running, text: str) -> QWidget:
    """Type into the composer in view, and stay there."""
    program.window.deck.page().composer.focus()
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)
    return widget


async def stored(program: Running, conversation_id: str) -> Draft:
    """The draft on the disk now."""
    conversation = await program.program._store.load(conversation_id)
    return conversation.draft if conversation is not None else Draft()


async def draft_on_disk(program: Running, conversation_id: str, draft: Draft) -> None:
    """Wait until it is there."""
    async with asyncio.timeout(PATIENCE_S):
        while await stored(program, conversation_id) != draft:  # noqa: ASYNC110  the disk tells nobody
            await asyncio.sleep(0.01)


async def test_text_and_caret_are_on_the_disk_after_the_last_key(run: Run) -> None:
    async with run() as program:
        widget = type_text(program, TEXT)
        QTest.keyClick(widget, Qt.Key.Key_Home)
        key = program.session.conversation_id
        assert await stored(program, key) == Draft(), "not with every key"
        await draft_on_disk(program, key, Draft(TEXT, 0))


@pytest.mark.parametrize("leave", ["another tab", "another place", "closed tab"])
async def test_leaving_the_composer_puts_its_text_on_the_disk_without_a_pause(
    run: Run, leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composer, "DRAFT_MS", 3_600_000)
    async with run() as program:
        type_text(program, TEXT)
        key = program.session.conversation_id
        match leave:
            case "another tab":
                program.window.deck.open_new()
            case "another place":
                program.window.sidebar.history.setFocus(Qt.FocusReason.TabFocusReason)
            case _:
                program.window.deck.close_current()
        await draft_on_disk(program, key, Draft(TEXT, len(TEXT)))


async def test_a_signal_that_ends_the_program_leaves_text_and_caret_for_the_next_start(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composer, "DRAFT_MS", 3_600_000)
    async with run() as program:
        QTest.keyClick(type_text(program, TEXT), Qt.Key.Key_Left)
        signals = QuitSignals(program.window.quit_now)
        quitting = asyncio.Event()
        program.window.close_requested.connect(quitting.set)
        os.kill(os.getpid(), signal.SIGTERM)
        await quitting.wait()
        signals.close()
    async with run() as again:
        await until(lambda: again.window.deck.page().composer.draft() == Draft(TEXT, len(TEXT) - 1))


async def test_a_question_that_was_sent_is_no_draft_any_more(run: Run) -> None:
    async with run() as program:
        program.type_and_send(TEXT)
        await program.reply()
        assert await stored(program, program.session.conversation_id) == Draft()


async def test_what_was_thrown_away_is_taken_again_after_a_restart(run: Run) -> None:
    async with run() as program:
        widget = type_text(program, TEXT)
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(widget, Qt.Key.Key_Delete)
        program.type_and_send("Another question")
        await program.reply()
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        again.window.deck.page().composer.focus()
        widget = type_text(again, "")
        QTest.keyClick(widget, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
        dialog = again.window.findChild(RecentTextsDialog)
        assert isinstance(dialog, RecentTextsDialog)
        await until(lambda: dialog.list.count() == 2)
        QTest.keyClick(dialog.filter, Qt.Key.Key_Down)
        QTest.keyClick(dialog.filter, Qt.Key.Key_Return)
        await until(lambda: again.window.deck.page().composer.draft().text == TEXT)


async def test_a_text_whose_only_tab_was_closed_is_taken_again_after_a_restart(run: Run) -> None:
    async with run() as program:
        type_text(program, TEXT)
        program.window.deck.close_current()
    async with run() as again:
        (kept,) = await again.program._store.kept_drafts()
        assert kept.text == TEXT


async def test_a_question_that_came_to_nothing_stands_there_and_is_sent_again_with_a_key(
    run: Run, place: Place
) -> None:
    place.server.faults = Faults(status=400, count=1)
    async with run() as program:
        program.type_and_send(TEXT)
        failed = await program.reply()
        assert (failed.status, failed.content) == (MessageStatus.FAILED, ())
        assert program.session.path()[0].text == TEXT
        QTest.keyClick(program.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        good = await program.reply()
        assert good.status is MessageStatus.COMPLETE
        assert program.session.path()[0].text == TEXT
        assert len(program.session.siblings(good.id)) == 1, "what came to nothing is no version"
