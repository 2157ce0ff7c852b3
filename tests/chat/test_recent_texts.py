"""Texts that were thrown away or sent, told and forgotten."""

from __future__ import annotations

from desktop_chat.chat.recent_texts import RecentTexts
from desktop_chat.core.attachments import Attachment
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft
from tests.chat.desk import Desk, all_ended, ask
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


async def test_one_is_taken_again_with_its_files(desk: Desk) -> None:
    session = desk.session()
    files = (Attachment.of("seeds.txt", b"rye"),)
    session.keep_draft(Draft("Which of these is the oldest?", 3, files))
    session.keep_draft(Draft())
    recent = RecentTexts(desk.store, desk.tasks)
    recent.read()
    (kept,) = await next_signal(recent.changed)
    assert (kept.line, kept.file_names) == ("Which of these is the oldest? · seeds.txt", ("seeds.txt",))

    recent.take(kept.number)

    assert await next_signal(recent.taken) == Draft.with_caret_at_end("Which of these is the oldest?", files)


async def test_taking_one_that_is_gone_or_that_the_disk_refuses_puts_nothing_anywhere(desk: Desk) -> None:
    recent = desk.empty_library().recent_texts
    taken, failures = Heard(recent.taken), Heard(recent.store_failed)
    recent.take(99)
    await all_ended("take a text again")
    assert (taken, failures) == ([], [])

    desk.store.failure = StoreFull("The disk is full.")
    recent.take(1)
    await next_signal(recent.store_failed)
    assert taken == []
