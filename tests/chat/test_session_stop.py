"""Stop: at once, at any moment of a turn, and nothing that came is lost."""

from __future__ import annotations

import asyncio

import pytest

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.events import RequestSent, RetryScheduled, TextArrived
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Draft, MessageStatus
from tests.chat.desk import Desk, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.signals import Heard, next_signal

EVENTS = reply_events("Half", " more")


async def test_stop_keeps_what_came(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*EVENTS[:3], gate, *EVENTS[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()

    session.stop()
    answer = await next_signal(session.turn_ended)

    assert (answer.status, answer.text, answer.failure) == (MessageStatus.STOPPED, "Half", None)
    assert desk.store.messages[answer.id] == answer
    assert desk.api.closed_streams_count == 1
    assert not session.is_busy
    assert session.path()[-1] == answer


async def test_nothing_arrives_after_stop(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*EVENTS[:3], gate, *EVENTS[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()
    events = Heard(session.event_arrived)

    session.stop()
    gate.open()
    answer = await next_signal(session.turn_ended)

    assert events == []
    assert answer.text == "Half"


async def test_stopping_twice_is_stopping_once(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*EVENTS[:3], gate, *EVENTS[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()
    desk.store.hold()

    session.stop()
    await desk.store.reached.wait()
    session.stop()
    desk.store.let_go()
    answer = await next_signal(session.turn_ended)

    assert desk.store.messages[answer.id].status is MessageStatus.STOPPED


async def test_stop_while_it_waits_to_try_again(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(RequestSent(1, 0), RetryScheduled(8.0, 2, 3, Failure("Overloaded", "Busy.", "")), gate)
    session.send(Draft("Why?"))
    await gate.reached.wait()
    assert session.activity.phase is Phase.RETRYING

    session.stop()
    answer = await next_signal(session.turn_ended)

    assert (answer.status, answer.content, answer.failure) == (MessageStatus.STOPPED, (), None)
    assert session.activity == Activity()


async def test_stop_in_the_moment_of_sending_keeps_the_question(desk: Desk) -> None:
    session = desk.session()
    stored = Heard(session.stored)

    session.send(Draft("Why?"))
    session.stop()
    await next_signal(session.activity_changed, matching=lambda activity: not activity.is_busy)

    assert not session.is_busy
    assert [message.text for message in session.path()] == ["Why?"]
    assert [message.text for message in stored] == ["Why?"]
    assert [message.text for message in desk.store.messages.values()] == ["Why?"]
    assert desk.api.calls == []
    assert (await ask(session, "Again")).status is MessageStatus.COMPLETE


async def test_stop_while_the_disk_is_busy_with_the_question(desk: Desk) -> None:
    session = desk.session()
    stored = Heard(session.stored)
    desk.store.hold()
    session.send(Draft("Why?"))
    await desk.store.reached.wait()

    session.stop()
    desk.store.let_go()
    await next_signal(session.activity_changed)

    assert not session.is_busy
    assert [message.text for message in stored] == ["Why?"]
    assert desk.store.calls == ["put"]
    assert desk.api.calls == []


async def test_a_question_that_is_refused_after_stop_returns_to_the_composer(desk: Desk) -> None:
    session = desk.session()
    drafts = Heard(session.draft_returned)
    desk.store.hold()
    session.send(Draft("Why?"))
    await desk.store.reached.wait()

    session.stop()
    desk.store.failure = StoreFull("The disk is full.")
    desk.store.let_go()
    await next_signal(session.activity_changed)

    assert session.is_empty
    assert [draft.text for draft in drafts] == ["Why?"]


async def test_stop_while_the_disk_is_busy_with_the_empty_reply(desk: Desk) -> None:
    session = desk.session()
    session.send(Draft("Why?"))
    await next_signal(session.stored)
    desk.store.hold()
    await desk.store.reached.wait()

    session.stop()
    desk.store.let_go()
    answer = await next_signal(session.turn_ended)

    assert (answer.status, answer.content) == (MessageStatus.STOPPED, ())
    assert desk.store.messages[answer.id] == answer
    assert desk.api.calls == []


async def test_stop_while_the_disk_is_busy_with_the_end_changes_nothing(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(gate, *reply_events("Hello."))
    session.send(Draft("Why?"))
    await gate.reached.wait()
    desk.store.hold()
    gate.open()
    await desk.store.reached.wait()

    ends = Heard(session.turn_ended)
    session.stop()
    for _ in range(5):
        await asyncio.sleep(0)
    assert ends == []
    assert session.is_busy
    desk.store.let_go()
    answer = await next_signal(session.turn_ended)

    assert answer.status is MessageStatus.COMPLETE
    assert desk.store.messages[answer.id] == answer


async def test_a_reply_that_is_whole_is_complete_even_if_stop_comes_last(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*reply_events("Hello."), gate)
    session.send(Draft("Why?"))
    await gate.reached.wait()

    session.stop()
    answer = await next_signal(session.turn_ended)

    assert (answer.status, answer.text) == (MessageStatus.COMPLETE, "Hello.")


async def test_stop_without_a_turn_does_nothing(desk: Desk) -> None:
    session = desk.session()

    session.stop()

    assert (await ask(session)).status is MessageStatus.COMPLETE
    session.stop()
    assert session.path()[-1].status is MessageStatus.COMPLETE


async def test_a_stopped_reply_can_be_followed_by_a_question(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*EVENTS[:3], gate)
    session.send(Draft("Why?"))
    await gate.reached.wait()
    session.stop()
    await next_signal(session.turn_ended)

    await ask(session, "Go on")

    assert [message["content"][0]["text"] for message in desk.api.bodies[1]["messages"]] == ["Why?", "Half", "Go on"]


async def test_closing_stops_and_waits_until_all_is_stored(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*EVENTS[:3], gate)
    session.send(Draft("Why?"))
    await gate.reached.wait()
    session.keep_draft(Draft("Next", 4))

    await session.close()

    answer = session.path()[-1]
    assert answer.status is MessageStatus.STOPPED
    assert desk.store.messages[answer.id] == answer
    assert desk.store.drafts[session.conversation_id].text == "Next"


async def test_closing_in_the_moment_of_sending_stores_the_question(desk: Desk) -> None:
    session = desk.session()
    session.send(Draft("Why?"))

    await session.close()

    assert [message.text for message in desk.store.messages.values()] == ["Why?"]
    assert not session.is_busy


@pytest.mark.parametrize("stopped", [0, 1])
async def test_two_sessions_stream_at_once_and_stop_apart(desk: Desk, stopped: int) -> None:
    sessions = [desk.session(), desk.session()]
    gates = [Gate(), Gate()]
    for number, (session, gate) in enumerate(zip(sessions, gates, strict=True)):
        desk.api.script(
            *EVENTS[:2], TextArrived(0, f"This is {number}"), gate, TextArrived(0, ", whole."), *EVENTS[-2:]
        )
        session.send(Draft(f"Which is {number}?"))
        await gate.reached.wait()
    ends = [asyncio.ensure_future(next_signal(session.turn_ended)) for session in sessions]
    assert all(session.is_busy for session in sessions)

    sessions[stopped].stop()
    await ends[stopped]
    assert sessions[1 - stopped].is_busy
    gates[1 - stopped].open()
    await ends[1 - stopped]

    assert ends[stopped].result().text == f"This is {stopped}"
    assert ends[stopped].result().status is MessageStatus.STOPPED
    assert ends[1 - stopped].result().text == f"This is {1 - stopped}, whole."
    assert ends[1 - stopped].result().status is MessageStatus.COMPLETE


@pytest.mark.parametrize("steps_count", range(16))
async def test_at_whatever_step_stop_comes_disk_and_memory_agree(desk: Desk, steps_count: int) -> None:
    library = desk.empty_library()
    session = library.new_session()
    ends = Heard(session.turn_ended)
    desk.api.script(*reply_events("One ", "two ", "three."))
    session.send(Draft("Why?"))
    for _ in range(steps_count):
        await asyncio.sleep(0)

    session.stop()
    await session.close()
    await desk.keeper.close()

    assert not session.is_busy
    assert {message.id: message for message in session.path()} == desk.store.messages
    assert desk.store.journal == {}
    assert [summary.id for summary in library.conversations()] == [session.conversation_id]
    assert ends == list(session.path()[1:])
    assert all(end.status in (MessageStatus.STOPPED, MessageStatus.COMPLETE) for end in ends)
    assert (await ask(session, "Again")).status is MessageStatus.COMPLETE
    await library.close()
