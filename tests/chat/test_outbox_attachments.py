"""Files go where their text goes: into the queue, out with the question, back to the composer; never apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from desktop_chat.chat.session import ChatSession
from desktop_chat.core.attachments import Attachment
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft
from desktop_chat.core.outbox import Wait
from tests.chat.desk import Desk, all_ended
from tests.chat.outbox_cases import at_rest, busy, waits
from tests.helpers.attached_samples import noise, with_data, words
from tests.helpers.signals import Heard, next_signal

FULL = StoreFull("The disk is full.")
FILES = (noise("leaf.png"), words("seeds.txt", "Rye, wheat"))
WRITTEN = Draft.with_caret_at_end("Which is it?", FILES)


async def queue(session: ChatSession, draft: Draft = WRITTEN) -> None:
    """Write this while it cannot be sent, and wait until it is safe."""
    assert session.send(draft)
    await all_ended("queue a message")


def blocks(*files: Attachment, text: str = "Which is it?") -> list[Mapping[str, Any]]:
    return [*(file.block() for file in files), *([{"type": "text", "text": text}] if text else [])]


def content(session: ChatSession) -> list[Mapping[str, Any]]:
    """The blocks of the last question."""
    return [dict(block) for block in session.path()[-2].content]


def drafts(session: ChatSession) -> list[tuple[Draft, tuple[str, ...]]]:
    """What waits, with what the files hold."""
    return [with_data(row.message.as_draft()) for row in session.outbox.rows]


async def test_a_question_is_stored_with_its_files(desk: Desk) -> None:
    session = desk.session()

    assert session.send(WRITTEN)
    await next_signal(session.rested)

    assert content(session) == blocks(*FILES)
    (asked,) = (each for each in desk.store.messages.values() if each.parent_id is None)
    assert asked == session.path()[0]


@pytest.mark.parametrize("text", ["", " \n"])
async def test_files_alone_go_out_and_give_the_title(desk: Desk, text: str) -> None:
    session = desk.session()

    assert session.send(Draft(text, 0, FILES))
    await next_signal(session.rested)

    assert content(session) == blocks(*FILES, text="")
    assert session.title == "leaf.png, seeds.txt"


async def test_what_waits_keeps_its_files_and_goes_out_with_them(desk: Desk) -> None:
    session, gate = await busy(desk)

    await queue(session)
    assert drafts(session) == [with_data(WRITTEN)]
    (stored,) = desk.store.queued.values()
    assert with_data(stored.as_draft()) == with_data(WRITTEN)
    gate.open()
    await next_signal(session.rested)

    assert content(session) == blocks(*FILES)
    assert desk.store.queued == {}


async def test_files_alone_may_wait(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)
    await queue(session, Draft("", 0, FILES))

    desk.network.set_offline(False)
    await at_rest(session)

    assert content(session) == blocks(*FILES, text="")


async def test_what_was_found_on_the_disk_goes_out_with_its_files(desk: Desk) -> None:
    session, _gate = await busy(desk)
    await queue(session)
    session.stop()
    await next_signal(session.rested)
    stored = await desk.store.load(session.conversation_id)
    found = ChatSession(session.conversation_id, desk.surroundings)

    found.load(stored)
    assert (waits(found), drafts(found)) == ([Wait.READER], [with_data(WRITTEN)])
    found.outbox.resume(Wait.READER)
    await next_signal(found.rested)

    assert content(found) == blocks(*FILES)
    await found.close()


async def test_send_now_takes_the_files_along(desk: Desk) -> None:
    session, _gate = await busy(desk)

    assert session.send_now(WRITTEN)
    await next_signal(session.rested)

    assert content(session) == blocks(*FILES)


async def test_what_the_disk_refuses_to_queue_comes_back_with_its_files(desk: Desk) -> None:
    session, gate = await busy(desk)
    returned = Heard(session.draft_returned)
    desk.store.failure = FULL

    await queue(session)
    desk.store.failure = None

    assert [with_data(draft) for draft in returned] == [with_data(WRITTEN)]
    assert session.outbox.rows == ()
    gate.open()
    await at_rest(session)


async def test_what_the_disk_refuses_to_store_as_sent_comes_back_with_its_files(desk: Desk) -> None:
    session = desk.session()
    returned = Heard(session.draft_returned)
    desk.store.failure = FULL

    assert session.send(WRITTEN)
    await next_signal(session.rested)
    desk.store.failure = None

    assert [with_data(draft) for draft in returned] == [with_data(WRITTEN)]
    assert (session.path(), desk.api.bodies) == ((), [])


async def test_what_waited_and_cannot_be_stored_as_sent_waits_on_with_its_files(desk: Desk) -> None:
    session, gate = await busy(desk)
    await queue(session)
    session.turn_ended.connect(lambda _message: setattr(desk.store, "failure", FULL))

    gate.open()
    await next_signal(session.rested)
    desk.store.failure = None

    assert (waits(session), drafts(session)) == ([Wait.NOT_STORED], [with_data(WRITTEN)])


async def test_what_is_taken_out_or_dropped_has_its_files_again(desk: Desk) -> None:
    session, _gate = await busy(desk)
    await queue(session)
    await queue(session, Draft("", 0, FILES[:1]))
    first, second = (row.message for row in session.outbox.rows)

    session.outbox.take_out(first.id, first.as_draft())
    await all_ended("take a message out of the queue")
    assert with_data(desk.store.drafts[session.conversation_id]) == with_data(WRITTEN)
    dropped = session.outbox.drop(second.id)
    await all_ended("drop a queued message")
    assert dropped is not None
    (kept,) = await desk.store.kept_drafts()
    assert await desk.store.kept_draft(kept.number) == Draft("", 0, FILES[:1])
    session.outbox.put_back(dropped)
    await all_ended("queue a message")

    assert drafts(session) == [with_data(Draft("", 0, FILES[:1]))]
    assert [each.attachments for each in desk.store.queued.values()] == [FILES[:1]]
