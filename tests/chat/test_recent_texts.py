"""Texts that were thrown away or sent, told and forgotten."""

from __future__ import annotations

from desktop_chat.chat.recent_texts import RecentTexts
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft
from tests.chat.desk import Desk, ask
from tests.helpers.signals import Heard, next_signal


async def texts(recent: RecentTexts) -> list[str]:
    recent.read()
    return [kept.text for kept in await next_signal(recent.changed)]


async def test_what_was_sent_and_what_was_thrown_away_is_told_newest_first(desk: Desk) -> None:
    session = desk.session()
    await ask(session, "Why is the sky blue?")
    session.keep_draft(Draft("And why is the sea"))
    session.keep_draft(Draft())

    recent = RecentTexts(desk.store, desk.tasks)

    assert await texts(recent) == ["And why is the sea", "Why is the sky blue?"]


async def test_one_can_be_forgotten_and_all(desk: Desk) -> None:
    library = desk.empty_library()
    recent = library.recent_texts
    session = desk.session()
    for question in ("The first question", "The second question", "The third question"):
        await ask(session, question)
    recent.read()
    second = (await next_signal(recent.changed))[1]

    recent.delete(second.number)
    assert [kept.text for kept in await next_signal(recent.changed)] == ["The third question", "The first question"]
    recent.clear()
    assert await next_signal(recent.changed) == ()


async def test_a_disk_that_refuses_is_told_and_nothing_is_said_to_be_gone(desk: Desk) -> None:
    library = desk.empty_library()
    failures, told = Heard(library.store_failed), Heard(library.recent_texts.changed)
    desk.store.failure = StoreFull("The disk is full.")

    library.recent_texts.clear()
    await next_signal(library.recent_texts.store_failed)

    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert told == []
