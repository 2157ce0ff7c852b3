"""Trying again makes a sibling; the reader switches between siblings."""

from __future__ import annotations

import pytest

from desktop_chat.chat.session import ChatSession
from desktop_chat.core.errors import NoConnection, Refused, StoreFull
from desktop_chat.core.events import BlockStarted, ReplyEnded, ReplyStarted, TextArrived
from desktop_chat.core.messages import Draft, Message, MessageStatus
from tests.chat.desk import Desk, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.signals import Heard, next_signal

BOUND = Refused("The request was refused.", "messages.1.content.0: thinking is bound to a different conversation")
THINKING_REPLY = (
    ReplyStarted("msg_1", "claude-fake", {"input_tokens": 7, "output_tokens": 9}),
    BlockStarted(0, {"type": "thinking", "thinking": "Hm.", "signature": "sig"}),
    TextArrived(1, "Because."),
    ReplyEnded(),
)


def texts(path: tuple[Message, ...]) -> list[str]:
    return [message.text for message in path]


def kinds(body: object, place: int) -> list[str]:
    assert isinstance(body, dict)
    return [block["type"] for block in body["messages"][place]["content"]]


async def retried(session: ChatSession, message_id: str) -> Message:
    session.retry(message_id)
    answer = await next_signal(session.turn_ended)
    assert isinstance(answer, Message)
    return answer


async def test_retrying_a_reply_makes_a_sibling_and_keeps_the_old_one(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("First."))
    first = await ask(session)
    desk.api.script(*reply_events("Second."))
    paths = Heard(session.path_changed)

    second = await retried(session, first.id)

    assert [texts(path) for path in paths] == [["Why?"]]
    assert texts(session.path()) == ["Why?", "Second."]
    assert session.siblings(second.id) == (first.id, second.id)
    assert desk.store.messages[first.id] == first
    assert desk.api.bodies[0] == desk.api.bodies[1]


async def test_retrying_a_question_asks_it_again(desk: Desk) -> None:
    session = desk.session()
    answer = await ask(session)

    again = await retried(session, session.path()[0].id)

    assert session.siblings(again.id) == (answer.id, again.id)


async def test_retrying_in_the_middle_leaves_what_followed_on_its_branch(desk: Desk) -> None:
    session = desk.session()
    first = await ask(session, "One")
    await ask(session, "Two")
    desk.api.script(*reply_events("Other."))

    second = await retried(session, first.id)

    assert texts(session.path()) == ["One", "Other."]
    session.select_sibling(second.id, -1)
    assert texts(session.path()) == ["One", "Hello.", "Two", "Hello."]


async def test_a_retry_costs_and_both_are_counted(desk: Desk) -> None:
    session = desk.session()
    first = await ask(session)

    await retried(session, first.id)

    assert session.totals.conversation.output_tokens == 10


async def test_retrying_what_is_not_there_does_nothing(desk: Desk) -> None:
    session = desk.session()
    await ask(session)

    session.retry("unknown")

    assert not session.is_busy


async def test_failed_tries_without_a_word_are_no_siblings_to_switch_to(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(NoConnection("There is no connection."))
    failed = await ask(session)

    good = await retried(session, failed.id)

    assert session.siblings(good.id) == (good.id,)
    assert failed.id in session.siblings(failed.id)


async def test_switching_shows_the_other_reply_and_is_remembered(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("First."))
    first = await ask(session)
    desk.api.script(*reply_events("Second."))
    second = await retried(session, first.id)
    paths = Heard(session.path_changed)

    session.select_sibling(second.id, -1)

    assert [texts(path) for path in paths] == [["Why?", "First."]]
    await session.close()
    assert desk.store.tips[session.conversation_id] == first.id


@pytest.mark.parametrize("step", [-1, 1])
async def test_there_is_nothing_beyond_the_only_reply(desk: Desk, step: int) -> None:
    session = desk.session()
    answer = await ask(session)
    paths = Heard(session.path_changed)

    session.select_sibling(answer.id, step)

    assert paths == []


async def test_siblings_cannot_be_switched_while_a_turn_runs(desk: Desk) -> None:
    session = desk.session()
    first = await ask(session)
    second = await retried(session, first.id)
    gate = Gate()
    desk.api.script(gate, *reply_events("Third."))
    session.send(Draft("And?"))
    await gate.reached.wait()

    session.select_sibling(second.id, -1)
    assert session.path()[1].id == second.id

    gate.open()
    await next_signal(session.turn_ended)


async def test_a_question_after_switching_follows_what_is_shown(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("First."))
    first = await ask(session)
    await retried(session, first.id)
    session.select_sibling(session.path()[-1].id, -1)

    await ask(session, "Really?")

    assert texts(session.path()) == ["Why?", "First.", "Really?", "Hello."]


async def test_a_retry_that_cannot_be_stored_is_a_failed_reply_and_asks_nobody(desk: Desk) -> None:
    session = desk.session()
    first = await ask(session)
    desk.store.failure = StoreFull("The disk is full.")
    failures = Heard(desk.keeper.failed)

    second = await retried(session, first.id)

    assert (second.status, second.content) == (MessageStatus.FAILED, ())
    assert second.failure is not None
    assert second.failure.kind == "StoreFull"
    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert len(desk.api.bodies) == 1
    assert session.siblings(second.id) == (first.id, second.id)
    desk.store.failure = None


async def test_a_retry_that_is_stopped_at_once_leaves_the_old_reply_in_reach(desk: Desk) -> None:
    session = desk.session()
    first = await ask(session)

    session.retry(first.id)
    session.stop()
    second = await next_signal(session.turn_ended)

    assert second.status is MessageStatus.STOPPED
    session.select_sibling(second.id, -1)
    assert texts(session.path()) == ["Why?", "Hello."]


# --- thinking that the server finds bound to another conversation


async def test_bound_thinking_is_left_out_and_the_question_asked_once_more(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*THINKING_REPLY)
    await ask(session)
    desk.api.script(BOUND)
    desk.api.script(*reply_events("Still here."))

    answer = await ask(session, "And?")

    assert (answer.status, answer.text) == (MessageStatus.COMPLETE, "Still here.")
    assert kinds(desk.api.bodies[1], 1) == ["thinking", "text"]
    assert kinds(desk.api.bodies[2], 1) == ["text"]


async def test_bound_thinking_is_tried_only_once_more(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(BOUND)
    desk.api.script(BOUND)

    answer = await ask(session)

    assert answer.failure is not None
    assert answer.failure.kind == "Refused"
    assert len(desk.api.bodies) == 2


async def test_other_refusals_are_not_tried_again(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(Refused("The request was refused.", "prompt is too long"))

    answer = await ask(session)

    assert answer.status is MessageStatus.FAILED
    assert len(desk.api.bodies) == 1


async def test_a_refusal_after_the_first_word_is_not_tried_again(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("Half")[:3], BOUND)

    answer = await ask(session)

    assert (answer.status, answer.text) == (MessageStatus.FAILED, "Half")
    assert len(desk.api.bodies) == 1


async def test_thinking_is_sent_back_while_the_conversation_goes_straight_on(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*THINKING_REPLY)
    await ask(session)

    await ask(session, "And?")
    await ask(session, "And then?")

    assert kinds(desk.api.bodies[2], 1) == ["thinking", "text"]


async def test_thinking_is_left_out_after_the_instructions_changed(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*THINKING_REPLY)
    await ask(session)
    desk.preferences.change(system_prompt="Be short.")

    await ask(session, "And?")

    assert kinds(desk.api.bodies[1], 1) == ["text"]
