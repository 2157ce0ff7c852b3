"""A branch is a copy of a conversation's beginning, in a conversation of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_chat.chat.library import Library
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.conversation import branch_title
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft, Message
from tests.chat.desk import REPLY_USD, Desk, all_ended, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import BLOCKS
from tests.helpers.signals import Heard, next_signal


async def two_turns(library: Library) -> ChatSession:
    session = library.new_session()
    await ask(session, "One")
    await ask(session, "Two")
    return session


async def branched(library: Library, session: ChatSession, message_id: str) -> ChatSession:
    library.branch(session.conversation_id, message_id)
    key = await next_signal(library.branch_made)
    assert isinstance(key, str)
    return library.session(key)


def without_names(message: Message) -> Message:
    return replace(message, id="", conversation_id="", parent_id=None, cost_usd=None)


async def test_a_branch_holds_the_path_up_to_the_message_with_new_ids(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)
    before = session.path()

    branch = await branched(library, session, before[1].id)

    copies = branch.path()
    assert [without_names(copy) for copy in copies] == [without_names(message) for message in before[:2]]
    assert [copy.parent_id for copy in copies] == [None, copies[0].id]
    assert {copy.conversation_id for copy in copies} == {branch.conversation_id}
    assert not {copy.id for copy in copies} & {message.id for message in before}
    assert session.path() == before, "the original is as it was"
    await library.close()


async def test_a_branch_is_stored_and_named_and_heads_the_list(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)

    branch = await branched(library, session, session.path()[-1].id)

    stored = await desk.store.load(branch.conversation_id)
    assert stored is not None
    assert {message.id for message in stored.messages} == {message.id for message in branch.path()}
    assert stored.tip_id == branch.path()[-1].id
    assert library.conversations()[0].title == branch.title == "One (branch)"
    await library.close()


async def test_a_branch_goes_on_by_itself(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)
    branch = await branched(library, session, session.path()[1].id)
    desk.api.script(*reply_events("Elsewhere."))

    await ask(branch, "Other")

    assert [message.text for message in branch.path()] == ["One", "Hello.", "Other", "Elsewhere."]
    assert [message.text for message in session.path()] == ["One", "Hello.", "Two", "Hello."]
    await library.close()


async def test_what_was_paid_once_is_not_counted_again(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)

    branch = await branched(library, session, session.path()[-1].id)

    assert await desk.store.cost_since(0.0) == pytest.approx(2 * REPLY_USD)
    assert branch.totals.conversation_cost_usd == 0
    assert branch.path()[1].usage == session.path()[1].usage
    await library.close()


async def test_blocks_are_copied_exactly(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)
    answer = session.path()[1]
    session._tree.add(replace(answer, content=BLOCKS))

    branch = await branched(library, session, answer.id)

    assert branch.path()[1].content == BLOCKS
    await library.close()


async def test_a_branch_that_cannot_be_stored_is_none(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)
    desk.store.failure = StoreFull("The disk is full.")
    made = Heard(library.branch_made)

    library.branch(session.conversation_id, session.path()[0].id)
    failure = await next_signal(library.store_failed)

    assert failure.kind == "StoreFull"
    assert made == []
    assert len(library.conversations()) == 1
    desk.store.failure = None
    await library.close()


async def test_what_is_still_being_written_or_unknown_is_not_branched(desk: Desk) -> None:
    library = desk.empty_library()
    session = await two_turns(library)
    gate = Gate()
    desk.api.script(*reply_events("Third.")[:3], gate, *reply_events("Third.")[3:])
    session.send(Draft("Three"))
    await gate.reached.wait()
    made = Heard(library.branch_made)

    library.branch(session.conversation_id, session.path()[-1].id)
    library.branch(session.conversation_id, "unknown")
    library.branch("unknown", session.path()[0].id)
    await all_ended("branch a conversation")

    assert made == []
    gate.open()
    await next_signal(session.turn_ended)
    await library.close()


def test_branches_of_branches_are_numbered() -> None:
    assert branch_title("Trip") == "Trip (branch)"
    assert branch_title("Trip (branch)") == "Trip (branch 2)"
    assert branch_title("Trip (branch 9)") == "Trip (branch 10)"
