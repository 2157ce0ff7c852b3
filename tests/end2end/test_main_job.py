"""The main job: ask, read along, stop, a second tab, quit, and find everything again."""

from __future__ import annotations

import time

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import MessageStatus
from tests.end2end.running import Place, Run, until
from tests.helpers.demo import questions_to

SLOW_TEXT = "One word after the other. " * 400


async def test_a_question_typed_in_the_window_streams_back_and_is_there_after_a_restart(run: Run, place: Place) -> None:
    async with run() as first:
        first.type_and_send("hello there")
        reply = await first.reply()
        assert reply.status is MessageStatus.COMPLETE
        assert "demonstration" in reply.text
        await until(lambda: first.window.is_settled)
        conversation_id = first.window.deck.current_id
    async with run() as again:
        assert again.window.deck.current_id == conversation_id
        await until(lambda: again.session.is_loaded)
        question, kept = again.session.path()
        assert question.text == "hello there"
        assert kept == reply
        assert again.window.windowTitle().startswith("hello there")


async def test_stop_closes_the_connection_and_keeps_what_came(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=SLOW_TEXT, events_per_s=200)
    async with run() as program:
        program.type_and_send("a long one, please")
        await program.writing()
        stopped_at = time.monotonic()
        program.window.deck.page().stop()
        reply = await program.reply()
        assert reply.status is MessageStatus.STOPPED
        assert reply.text and SLOW_TEXT.startswith(reply.text)
        (request,) = questions_to(place.server)
        assert request.done.wait(5)
        assert request.closed_at is not None
        assert request.closed_at >= stopped_at
        assert not program.session.is_busy


async def test_two_tabs_stream_at_once_and_do_not_mix(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=SLOW_TEXT, events_per_s=400)
    async with run() as program:
        program.type_and_send("first tab")
        first = program.session
        await program.writing(first)
        program.window.deck.open_new()
        program.type_and_send("second tab")
        second = program.session
        assert second is not first
        await program.writing(second)
        assert first.is_busy
        assert program.library.busy_ids() == {first.conversation_id, second.conversation_id}
        first.stop()
        second.stop()
        await until(lambda: not first.is_busy and not second.is_busy)
        assert [message.text for message in (first.path()[0], second.path()[0])] == ["first tab", "second tab"]
        assert all(SLOW_TEXT.startswith(session.path()[1].text) for session in (first, second))


async def test_a_closed_tab_streams_on_and_reopens_with_everything(run: Run, place: Place) -> None:
    text = "Kept to the end. " * 30
    place.server.faults = Faults(reply_text=text, events_per_s=300)
    async with run() as program:
        program.type_and_send("close me")
        session = program.session
        await program.writing(session)
        conversation_id = session.conversation_id
        program.window.deck.close_current()
        assert session.is_busy
        await until(lambda: conversation_id not in program.library.busy_ids())
        program.window.deck.reopen()
        await until(lambda: program.session.is_loaded)
        assert program.window.deck.current_id == conversation_id
        assert program.session.path()[1].text == text


async def test_quitting_while_it_streams_keeps_what_came(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=SLOW_TEXT, events_per_s=200)
    async with run() as program:
        program.type_and_send("quit in the middle")
        await program.writing()
        shown = program.session.path()[1].text
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        kept = again.session.path()[1]
        assert kept.status is MessageStatus.STOPPED
        assert kept.text.startswith(shown) and SLOW_TEXT.startswith(kept.text)


async def test_an_error_stands_at_the_message_and_retry_answers_beside_it(run: Run, place: Place) -> None:
    place.server.faults = Faults(status=400, count=1)
    async with run() as program:
        program.type_and_send("this fails first")
        failed = await program.reply()
        assert failed.status is MessageStatus.FAILED
        assert failed.failure is not None and failed.failure.title
        program.session.retry(failed.id)
        good = await program.reply()
        assert good.status is MessageStatus.COMPLETE
        assert program.session.path()[-1] == good


async def test_a_reply_that_breaks_off_keeps_its_text_and_says_so(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text="Half of this will never come. " * 20, cut_after_events=30)
    async with run() as program:
        program.let_cut_replies_be()
        program.type_and_send("cut")
        reply = await program.reply()
        assert reply.status is MessageStatus.FAILED
        assert reply.failure is not None and reply.failure.kind == "StreamBroken"
        assert reply.text


async def test_an_overloaded_server_is_asked_again_without_a_click(run: Run, place: Place) -> None:
    place.server.faults = Faults(status=529, retry_after_ms="20", count=2)
    async with run() as program:
        program.type_and_send("patience")
        reply = await program.reply()
        assert reply.status is MessageStatus.COMPLETE
        assert [request.status for request in questions_to(place.server)] == [529, 529, 200]


async def test_what_was_typed_but_not_sent_is_there_again(run: Run) -> None:
    async with run() as program:
        composer = program.window.deck.page().composer
        program.type_and_send("first")
        await program.reply()
        composer.focus()
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, "half a thought")
    async with run() as again:
        await until(lambda: again.window.deck.page().composer.draft().text == "half a thought")


@pytest.mark.parametrize("question", ["/demo crumbs hello", "/demo burst hello"])
async def test_any_cut_of_the_byte_stream_gives_the_same_reply(run: Run, question: str) -> None:
    async with run() as program:
        program.type_and_send("hello")
        plain = await program.reply()
        program.window.deck.open_new()
        program.type_and_send(question)
        cut = await program.reply()
        assert cut.status is MessageStatus.COMPLETE
        assert plain.status is MessageStatus.COMPLETE
        assert "demonstration" in cut.text
