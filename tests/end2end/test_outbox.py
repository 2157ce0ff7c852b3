"""What is written while nothing can be sent, in the whole program: it goes out by itself, and outlives a kill."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.outbox import Wait
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.ui.network import offline_words
from desktop_chat.ui.outbox_row import OutboxRow
from desktop_chat.ui.outbox_rows import OutboxRows
from tests.end2end.processes import START_S_MAX, Home, Process
from tests.end2end.queueing_child import QUEUED
from tests.end2end.running import Place, Run, Running, until
from tests.helpers.demo import questions_to
from tests.helpers.signals import next_signal

SLOW = Faults(reply_text="One word after the other. " * 4_000, events_per_s=200)
QUICK = Faults(reply_text="Well answered.")


def asked_count(place: Place) -> int:
    """How many replies were asked for."""
    return len(questions_to(place.server))


def texts(program: Running) -> list[str]:
    """What waits in the tab in view."""
    return [row.message.text for row in program.session.outbox.rows]


def waits(program: Running) -> list[Wait]:
    return [row.why for row in program.session.outbox.rows]


def questions(program: Running) -> list[str]:
    return [message.text for message in program.session.path()[::2]]


def button(program: Running, row: int, words: str) -> QPushButton:
    """A button of a row on the screen."""
    stack = program.window.deck.page().findChild(OutboxRows)
    assert isinstance(stack, OutboxRows)
    shown = [each for each in stack.findChildren(OutboxRow) if each.isVisible()]
    return next(link for link in shown[row].links() if link.text() == words)


async def test_what_was_queued_goes_out_when_the_reply_has_ended(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text="One word after the other. " * 10, events_per_s=100)
    async with run() as program:
        program.type_and_send("one")
        await program.writing()
        program.type_and_send("two")
        program.type_and_send("three")
        assert (texts(program), waits(program)) == (["two", "three"], [Wait.REPLY] * 2)
        assert program.window.deck.page().composer.draft().is_empty
        place.server.faults = QUICK

        await until(lambda: not texts(program) and not program.session.is_busy)

        assert questions(program) == ["one", "two", "three"]
        assert [message.status for message in program.session.path()] == [MessageStatus.COMPLETE] * 6
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        assert questions(again) == ["one", "two", "three"]
        assert texts(again) == []
    assert asked_count(place) == 3


async def test_send_now_stops_the_reply_and_keeps_what_came(run: Run, place: Place) -> None:
    place.server.faults = SLOW
    async with run() as program:
        program.type_and_send("one")
        await program.writing()
        program.type_and_send("two")
        program.type_and_send("three")
        place.server.faults = QUICK

        button(program, 1, "Send now").click()
        await until(lambda: not texts(program) and not program.session.is_busy)

        assert questions(program) == ["one", "three", "two"]
        stopped = program.session.path()[1]
        assert stopped.status is MessageStatus.STOPPED
        assert stopped.text


async def test_a_program_that_ends_in_a_reply_sends_nothing_and_nothing_at_the_next_start(
    run: Run, place: Place
) -> None:
    place.server.faults = SLOW
    async with run() as program:
        program.type_and_send("one")
        await program.writing()
        program.type_and_send("two")
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        assert (texts(again), waits(again)) == (["two"], [Wait.READER])
        assert questions(again) == ["one"]
        button(again, 0, "Drop").click()
    async with run() as last:
        await until(lambda: last.session.is_loaded)
        assert texts(last) == []
    assert asked_count(place) == 1


async def test_what_was_queued_outlives_a_kill_and_waits_for_a_click(run: Run, place: Place, home: Home) -> None:
    place.server.faults = SLOW
    written = ["one", "two, which waits", "three, which waits too"]
    child = [sys.executable, "-m", "tests.end2end.queueing_child", place.server.url, str(place.data_dir), *written]
    process = Process(child, home.environment(), Path(__file__).parents[2], place.server.key.reveal())
    try:
        process.err.wait_for(QUEUED, START_S_MAX)
        process.kill()
    finally:
        process.close()
    before = asked_count(place)
    place.server.faults = QUICK

    async with run() as program:
        await until(lambda: program.session.is_loaded)
        assert (texts(program), waits(program)) == (written[1:], [Wait.READER] * 2)
        assert program.session.path()[-1].status is MessageStatus.INTERRUPTED
        assert not program.session.is_busy
        assert asked_count(place) == before, "nothing is sent without a click"

        button(program, 0, "Send now").click()
        await next_signal(program.session.rested)

        assert questions(program) == written[:2]
        assert program.session.path()[-1].text == "Well answered."
        assert texts(program) == written[2:]
    assert asked_count(place) == before + 1


async def test_without_a_network_it_waits_and_goes_out_when_there_is_one(
    run: Run, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProviderProfile, "is_loopback", False)
    async with run() as program:
        program.program._network.set_offline(True)
        program.type_and_send("one")
        program.type_and_send("two")
        assert (texts(program), waits(program)) == (["one", "two"], [Wait.NETWORK] * 2)
        assert program.banner == offline_words(2)
        assert asked_count(place) == 0

        program.program._network.set_offline(False)
        assert program.banner == ""
        await until(lambda: not texts(program) and not program.session.is_busy)

        assert questions(program) == ["one", "two"]
        assert program.window.windowTitle().startswith("one")


async def test_a_first_question_that_waited_in_a_closed_tab_has_a_tab_at_the_next_start(
    run: Run, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProviderProfile, "is_loopback", False)
    async with run() as program:
        conversation_id = program.session.conversation_id
        program.program._network.set_offline(True)
        program.type_and_send("the first question")
        program.window.deck.close_current()
    async with run() as again:
        again.window.deck.activate(conversation_id)
        await until(lambda: again.session.is_loaded)
        assert (texts(again), waits(again), again.session.is_empty) == (["the first question"], [Wait.READER], True)
    assert asked_count(place) == 0
