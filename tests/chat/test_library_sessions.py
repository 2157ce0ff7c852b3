"""Sessions behind tabs: opened, released, alive while they stream."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from shiboken6 import isValid

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.events import RequestSent, ResponseOpened
from desktop_chat.core.messages import Draft, Message, MessageStatus
from tests.chat.desk import Desk, ask
from tests.chat.library_cases import FULL, LIMITS, closed, stored_conversation, streaming
from tests.helpers.fake_api import reply_events
from tests.helpers.fake_store import FakeStore
from tests.helpers.samples import question
from tests.helpers.signals import Heard, next_signal

# --- sessions and tabs


async def test_opening_a_conversation_loads_it(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()

    session = library.session("c1")
    assert (session.title, session.is_loaded) == ("Why?", False)
    assert not session.send(Draft("Too early"))
    path = await next_signal(session.path_changed)

    assert [message.text for message in path] == ["Why?", "Yes."]
    assert session.is_loaded
    assert library.session("c1") is session
    await closed(desk, library)


async def test_the_end_of_a_long_conversation_comes_first_and_stays_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(conversation_id: str, count: int) -> tuple[Message, ...]:
        # From a disk every message comes as an object of its own.
        return tuple(map(replace, await FakeStore.load_end(desk.store, conversation_id, count)))

    def load_end(conversation_id: str, count: int, patience_s: float) -> asyncio.Future[tuple[Message, ...]]:
        return asyncio.ensure_future(read(conversation_id, count))

    monkeypatch.setattr(desk.store, "load_end", load_end)
    parent_id, count = None, 100
    for number in range(count):
        asked = question("c1", f"Message {number}", parent_id)
        await desk.store.put(asked, "Long")
        parent_id = asked.id
    library = await desk.library()

    session = library.session("c1")
    end = await next_signal(session.end_read)
    assert not session.is_loaded
    path = await next_signal(session.path_changed)

    assert len(path) == count
    assert end[-1].text == f"Message {count - 1}"
    assert len(end) < count
    assert all(early is late for early, late in zip(end, path[-len(end) :], strict=True))
    await closed(desk, library)


async def test_an_end_that_is_read_at_once_is_there_before_anybody_listens(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()

    session = library.session("c1")
    assert [message.text for message in session.end] == ["Why?", "Yes."]
    told = Heard(session.end_read)
    await next_signal(session.path_changed)

    assert session.end == ()
    assert told == []
    await closed(desk, library)


async def test_a_tab_of_a_conversation_that_was_never_begun_opens_empty(desk: Desk) -> None:
    library = desk.empty_library()

    session = library.session("never-stored")
    assert await next_signal(session.path_changed) == ()

    assert (session.is_loaded, session.is_empty) == (True, True)
    await closed(desk, library)


async def test_a_conversation_that_cannot_be_read_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    library = desk.empty_library()

    async def fail(conversation_id: str) -> None:
        raise FULL

    monkeypatch.setattr(desk.store, "load", fail)
    session = library.session("c1")

    assert (await next_signal(library.store_failed)).kind == "StoreFull"
    assert not session.is_loaded
    await closed(desk, library)


async def test_a_released_session_is_dropped(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)

    library.release(session.conversation_id)
    await next_signal(session.destroyed)

    assert not isValid(session)
    assert library.session(session.conversation_id) is not session
    await closed(desk, library)


async def test_a_session_can_be_released_by_whoever_hears_of_the_end_of_its_turn(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    session.turn_ended.connect(lambda _message: library.release(session.conversation_id))
    session.send(Draft("Why?"))

    await next_signal(session.destroyed)

    assert not isValid(session)
    await closed(desk, library)


async def test_a_released_session_lives_on_while_it_streams_and_is_dropped_after(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    gate = await streaming(desk, session)
    key = session.conversation_id

    library.release(key)
    assert library.busy_ids() == {key}
    assert library.session(key) is session
    library.release(key)
    gate.open()
    await next_signal(session.destroyed)

    assert library.busy_ids() == frozenset()
    assert library.session(key) is not session
    assert [message.text for message in desk.store.messages.values()] == ["Why?", "Half more"]
    await closed(desk, library)


async def test_a_session_that_is_opened_again_while_it_streams_stays(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    gate = await streaming(desk, session)
    library.release(session.conversation_id)

    assert library.session(session.conversation_id) is session
    gate.open()
    await next_signal(session.turn_ended)

    assert library.session(session.conversation_id) is session
    await closed(desk, library)
    assert isValid(session)


async def test_a_draft_that_fails_after_its_tab_was_closed_is_told(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    desk.store.hold()
    session.keep_draft(Draft("Half a thou", 5))
    library.release(session.conversation_id)
    await desk.store.reached.wait()
    desk.store.failure = FULL

    desk.store.let_go()
    failure = await next_signal(library.store_failed)
    await closed(desk, library)

    assert failure.kind == "StoreFull"
    desk.store.failure = None


async def test_closing_and_opening_a_tab_while_it_loads(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()
    desk.store.hold()
    first = library.session("c1")
    library.release("c1")
    second = library.session("c1")
    assert second is not first
    await next_signal(first.destroyed)

    desk.store.let_go()
    await next_signal(second.path_changed)

    assert second.path()[0].text == "Why?"
    await closed(desk, library)


async def test_releasing_what_is_not_open_does_nothing(desk: Desk) -> None:
    library = desk.empty_library()

    library.release("unknown")

    assert library.busy_ids() == frozenset()


async def test_the_activity_of_every_session_is_told(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    activities = Heard(library.activity_changed)

    await ask(session)

    assert activities[0] == (session.conversation_id, Activity(Phase.CONNECTING))
    assert activities[-1] == (session.conversation_id, Activity())
    await closed(desk, library)


async def test_limits_of_one_session_are_those_of_all(desk: Desk) -> None:
    library = desk.empty_library()
    first, second = library.new_session(), library.new_session()
    told = Heard(second.limits_changed)
    desk.api.script(RequestSent(1, 0), ResponseOpened("req_1", LIMITS), *reply_events("Hi."))

    await ask(first)

    assert told == [LIMITS]
    assert library.new_session().limits == LIMITS
    await closed(desk, library)


async def test_closing_stops_all_and_stores_all(desk: Desk) -> None:
    library = desk.empty_library()
    sessions = [library.new_session() for _ in range(3)]
    for session in sessions[:2]:
        await streaming(desk, session)
    library.release(sessions[1].conversation_id)

    await library.close()

    ends = [message for message in desk.store.messages.values() if message.text == "Half"]
    assert [message.status for message in ends] == [MessageStatus.STOPPED] * 2
    assert library.busy_ids() == frozenset()
