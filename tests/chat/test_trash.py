"""What was deleted, told, brought back and deleted for good."""

from __future__ import annotations

from desktop_chat.core.errors import StoreFull
from tests.chat.desk import Desk, ask
from tests.helpers.signals import Heard, next_signal


async def test_what_is_brought_back_leaves_the_trash_and_is_in_the_list_again(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session, "Why is the sky blue?")
    key = session.conversation_id
    library.delete(key)
    library.trash.read()
    assert [summary.id for summary in await next_signal(library.trash.changed)] == [key]

    library.trash.restore(key)

    assert await next_signal(library.trash.changed) == ()
    assert [summary.id for summary in library.conversations()] == [key]


async def test_what_is_deleted_for_good_cannot_be_brought_back(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session, "Why is the sky blue?")
    key = session.conversation_id
    library.delete(key)

    library.trash.delete_for_good([key])

    assert await next_signal(library.trash.changed) == ()
    assert await desk.store.load(key) is None


async def test_a_disk_that_refuses_is_told_and_nothing_is_said_to_be_gone(desk: Desk) -> None:
    library = desk.empty_library()
    failures, told = Heard(library.store_failed), Heard(library.trash.changed)
    desk.store.failure = StoreFull("The disk is full.")

    library.trash.delete_for_good(["c"])
    await next_signal(library.trash.store_failed)

    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert told == []
