"""A reply whose line has failed goes on by itself: after a while, at most three times, and only where that helps."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from desktop_chat.chat.reconnecting import (
    ATTEMPTS_MAX,
    DELAY_S_MAX,
    Reconnecting,
    ReconnectOptions,
    may_go_on,
    wait_for,
)
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.errors import (
    Answer,
    BadReply,
    ChatError,
    KeyRejected,
    NoConnection,
    Overloaded,
    RateLimited,
    Refused,
    StreamBroken,
)
from desktop_chat.core.events import BlockStarted, StreamEvent, ThinkingArrived
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role
from desktop_chat.core.provider import ANTHROPIC, profile_for
from tests.chat.desk import NOW, Desk, all_ended, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.signals import Heard, next_signal

BROKEN = StreamBroken("The line broke.", "In the middle.")
LOCAL = profile_for("http://127.0.0.1:11434")


def half(*pieces: str) -> tuple[StreamEvent, ...]:
    """The events of a reply up to the end of these pieces."""
    return reply_events(*pieces)[: 2 + len(pieces)]


def cut_at(desk: Desk, *pieces: str, by: BaseException = BROKEN) -> None:
    desk.api.script(*half(*pieces), by)


async def waiting(session: ChatSession) -> Activity:
    """Wait until the turn waits for its line."""
    if session.activity.phase is Phase.RECONNECTING:
        return session.activity
    activity = await next_signal(session.activity_changed, matching=lambda to: to.phase is Phase.RECONNECTING)
    assert isinstance(activity, Activity)
    return activity


async def cut_off(desk: Desk, text: str = "Half a word", is_offline: bool = False) -> ChatSession:
    """A conversation whose reply was cut, and waits."""
    session = desk.session()
    cut_at(desk, text)
    session.send(Draft("Why?"))
    desk.network.set_offline(is_offline)
    await waiting(session)
    return session


# --- going on


async def test_a_cut_reply_goes_on_in_the_same_message(desk: Desk) -> None:
    session = await cut_off(desk)
    desk.api.script(*reply_events(" and the rest."))
    reply_id = session.path()[-1].id

    desk.pauses.end()
    reply = await next_signal(session.turn_ended)

    assert (reply.id, reply.status, reply.text) == (reply_id, MessageStatus.COMPLETE, "Half a word and the rest.")
    assert reply.failure is None
    assert len(reply.seams) == 1
    assert desk.store.messages[reply_id] == reply
    assert len(session.path()) == 2


async def test_while_it_waits_the_cut_reply_is_stored_and_told_as_failed(desk: Desk) -> None:
    session = desk.session()
    cuts, ends, activities = Heard(session.turn_cut), Heard(session.turn_ended), Heard(session.activity_changed)
    cut_at(desk, "Half")
    session.send(Draft("Why?"))

    activity = await waiting(session)

    cut = session.path()[-1]
    assert (cut.status, cut.text) == (MessageStatus.FAILED, "Half")
    assert desk.store.messages[cut.id] == cut
    assert cuts == [cut]
    assert ends == []
    assert session.is_busy
    assert activity == Activity(Phase.RECONNECTING, 0.0, NOW + 1.0, 1, 3, BROKEN.failure())
    assert activities.index(activity) == len(activities) - 1


async def test_the_second_part_is_asked_for_as_the_rest_of_the_first(desk: Desk) -> None:
    session = await cut_off(desk)

    desk.pauses.end()
    await next_signal(session.turn_ended)

    first, second = desk.api.bodies
    assert len(first["messages"]) == 1
    assert "Half a word" in str(second["messages"][1:])


async def test_it_goes_on_three_times_and_each_wait_is_twice_as_long(desk: Desk) -> None:
    session = desk.session()
    for number in range(ATTEMPTS_MAX + 1):
        cut_at(desk, f"Piece {number}, which is new. ")
    session.send(Draft("Why?"))
    activities = Heard(session.activity_changed)
    for _ in range(ATTEMPTS_MAX):
        await waiting(session)
        desk.pauses.end()
        await next_signal(session.activity_changed)
    reply = session.path()[-1] if not session.is_busy else await next_signal(session.turn_ended)

    assert desk.pauses.asked_s == [1.0, 2.0, 4.0]
    counts = [(at.attempt, at.attempts_max) for at in activities if at.phase is Phase.RECONNECTING]
    assert counts == [(1, 3), (2, 3), (3, 3)]
    assert len(desk.api.bodies) == 4
    assert reply.status is MessageStatus.FAILED
    assert [f"Piece {number}" in reply.text for number in range(4)] == [True] * 4
    assert not session.is_busy


async def test_a_connection_that_cannot_be_made_yet_is_tried_for_again(desk: Desk) -> None:
    session = await cut_off(desk)
    desk.api.script(NoConnection("The name cannot be found."))
    desk.api.script(*reply_events(" and the rest."))

    desk.pauses.end()
    await next_signal(session.turn_cut)
    await waiting(session)
    desk.pauses.end()
    reply = await next_signal(session.turn_ended)

    assert (reply.status, reply.text) == (MessageStatus.COMPLETE, "Half a word and the rest.")
    assert len(reply.seams) == 1, "the try that brought nothing leaves no seam"


async def test_the_next_reply_has_tries_of_its_own(desk: Desk) -> None:
    session = await cut_off(desk)
    desk.pauses.end()
    await next_signal(session.turn_ended)
    cut_at(desk, "Half")
    session.send(Draft("And?"))

    assert (await waiting(session)).attempt == 1
    assert desk.pauses.asked_s == [1.0, 1.0]


async def test_the_disk_and_the_list_hear_once_of_a_reply_that_went_on(desk: Desk) -> None:
    session = desk.session()
    stored = Heard(session.stored)
    cut_at(desk, "Half")
    session.send(Draft("Why?"))
    await waiting(session)
    desk.pauses.end()
    reply = await next_signal(session.turn_ended)

    assert [message.role for message in stored] == [Role.USER, Role.ASSISTANT]
    assert stored[-1] == reply


async def test_what_the_first_part_cost_is_not_counted_twice(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    desk.preferences.change(reconnects=False)
    cut_at(desk, "The first half of it")
    cut = await ask(session)
    desk.api.script(*reply_events(" and the rest."))
    session.go_on(cut.id)
    whole = await next_signal(session.turn_ended)
    await all_ended("add up today's cost")

    assert cut.cost_usd is not None
    assert whole.cost_usd is not None
    assert whole.cost_usd > cut.cost_usd
    assert library.today_cost_usd == pytest.approx(whole.cost_usd)


# --- before the first word


THOUGHT = (
    BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""}),
    ThinkingArrived(0, "Let me see"),
)


async def test_a_reply_that_was_cut_while_it_thought_is_asked_for_anew_in_the_same_message(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(reply_events()[0], *THOUGHT, BROKEN)
    desk.api.script(*reply_events("The answer."))
    session.send(Draft("Why?"))
    await waiting(session)

    desk.pauses.end()
    reply = await next_signal(session.turn_ended)

    first, second = desk.api.bodies
    assert second["messages"] == first["messages"]
    assert (reply.status, reply.text, reply.failure) == (MessageStatus.COMPLETE, "The answer.", None)
    assert [block["type"] for block in reply.content] == ["thinking", "text"]
    assert reply.content[0]["thinking"] == "Let me see", "what was read stays"
    assert reply.prefix_hash is None, "thinking of two answers is sent to nobody"
    assert desk.store.messages[reply.id] == reply
    assert len(session.path()) == 2


async def test_a_reply_that_ended_before_anything_came_is_asked_for_anew_as_if_it_were_the_first(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*half(), BROKEN)
    desk.api.script(NoConnection("The name cannot be found."))
    desk.api.script(*reply_events("The answer."))
    session.send(Draft("Why?"))
    for _ in range(2):
        await waiting(session)
        desk.pauses.end()
        await next_signal(session.activity_changed, matching=lambda to: to.phase is not Phase.RECONNECTING)
    reply = session.path()[-1] if not session.is_busy else await next_signal(session.turn_ended)

    assert (reply.status, reply.content) == (MessageStatus.COMPLETE, ({"type": "text", "text": "The answer."},))
    assert reply.prefix_hash is not None
    assert [body["messages"] for body in desk.api.bodies] == [desk.api.bodies[0]["messages"]] * 3
    assert desk.pauses.asked_s == [1.0, 2.0]


async def test_stop_ends_the_wait_for_an_answer_without_a_word(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(reply_events()[0], *THOUGHT, BROKEN)
    session.send(Draft("Why?"))
    await waiting(session)

    session.stop()
    reply = await next_signal(session.turn_ended)

    assert (reply.status, len(desk.api.bodies)) == (MessageStatus.FAILED, 1)
    assert [block["type"] for block in reply.content] == ["thinking"]


# --- what is not waited for


def failed(error: ChatError, text: str = "Half") -> Message:
    content = ({"type": "text", "text": text},) if text else ()
    made = Message("r", "c", "q", Role.ASSISTANT, content, MessageStatus.STREAMING, NOW)
    return made.as_ended(MessageStatus.FAILED, error.failure())


GOES_ON = {
    "a broken line": StreamBroken("Broken."),
    "no connection": NoConnection("None."),
    "overloaded in the middle": Overloaded("Busy.", "", Answer(error_type="overloaded_error")),
}
STAYS = {
    "overloaded, by its status": Overloaded("Busy.", "", Answer(status=529)),
    "a wrong key": KeyRejected("No.", "", Answer(status=401)),
    "a refused request": Refused("No.", "", Answer(status=400)),
    "a refused request in the middle": Refused("No."),
    "a used up quota": RateLimited("Enough."),
    "something that is no reply": BadReply("What?"),
}


@pytest.mark.parametrize("name", GOES_ON)
def test_what_may_soon_be_over_is_waited_for(name: str) -> None:
    assert may_go_on(failed(GOES_ON[name]))


@pytest.mark.parametrize("name", STAYS)
def test_what_waiting_does_not_help_is_not_waited_for(name: str) -> None:
    assert not may_go_on(failed(STAYS[name]))


def test_a_wrong_address_is_not_waited_for() -> None:
    error = NoConnection("The proxy failed.")
    error.action = Action.OPEN_SETTINGS
    assert not may_go_on(failed(error))


def test_a_reply_that_was_cut_before_its_first_word_is_asked_for_anew() -> None:
    assert may_go_on(failed(BROKEN, text=""))
    thought = {"type": "thinking", "thinking": "Well.", "signature": ""}
    assert may_go_on(replace(failed(NoConnection("None.")), content=(thought,)))


def test_a_connection_that_could_not_be_made_for_a_new_reply_was_tried_for_often_enough() -> None:
    assert not may_go_on(failed(NoConnection("None."), text=""))


def test_a_call_of_a_tool_is_not_asked_for_twice() -> None:
    call = {"type": "tool_use", "id": "t", "name": "look", "input": {}}
    assert not may_go_on(replace(failed(BROKEN), content=(call,)))


def test_a_bug_and_a_stop_are_not_waited_for() -> None:
    made = failed(BROKEN)
    assert not may_go_on(made.as_ended(MessageStatus.STOPPED))
    assert not may_go_on(made.as_ended(MessageStatus.FAILED, Failure("Bug", "Oops.", "")))


async def test_a_failure_before_the_first_word_ends_the_turn(desk: Desk) -> None:
    desk.api.script(NoConnection("There is no connection."))

    reply = await ask(desk.session())

    assert (reply.status, reply.content) == (MessageStatus.FAILED, ())
    assert desk.pauses.asked_s == []


async def test_with_the_setting_off_the_reply_stays_as_it_is(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    cut_at(desk, "Half")

    reply = await ask(desk.session())

    assert (reply.status, reply.text) == (MessageStatus.FAILED, "Half")
    assert len(desk.api.bodies) == 1


# --- now, and stop


async def test_now_ends_the_wait(desk: Desk) -> None:
    session = await cut_off(desk)

    session.reconnect_now()
    reply = await next_signal(session.turn_ended)

    assert reply.status is MessageStatus.COMPLETE


async def test_now_says_nothing_to_a_turn_that_does_not_wait(desk: Desk) -> None:
    session = desk.session()
    session.reconnect_now()
    gate = Gate()
    desk.api.script(*half("Half"), gate, BROKEN)
    session.send(Draft("Why?"))
    await gate.reached.wait()

    session.reconnect_now()
    gate.open()

    assert (await waiting(session)).retry_at == NOW + 1.0
    assert session.is_busy


async def test_stop_ends_the_wait_and_leaves_the_reply_as_it_was_cut(desk: Desk) -> None:
    session = await cut_off(desk)
    cut = session.path()[-1]

    session.stop()
    reply = await next_signal(session.turn_ended)

    assert reply == cut
    assert desk.store.messages[cut.id] == cut
    assert (session.is_busy, len(desk.api.bodies)) == (False, 1)


async def test_stop_while_the_cut_reply_is_being_stored_is_no_less_a_stop(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(*half("Half"), gate, BROKEN)
    session.send(Draft("Why?"))
    await gate.reached.wait()
    desk.store.hold()
    gate.open()
    await desk.store.reached.wait()

    session.stop()
    desk.store.let_go()
    reply = await next_signal(session.turn_ended)

    assert (reply.status, reply.text) == (MessageStatus.FAILED, "Half")
    assert desk.pauses.asked_s == []


async def test_stop_while_the_second_part_comes_keeps_both(desk: Desk) -> None:
    session = await cut_off(desk, "The first part of it")
    gate = Gate()
    desk.api.script(*half(" and here the second"), gate)
    desk.pauses.end()
    await gate.reached.wait()

    session.stop()
    reply = await next_signal(session.turn_ended)

    assert reply.status is MessageStatus.STOPPED
    assert reply.text.startswith("The first part of it")
    assert reply.text.endswith("and here the second")


async def test_after_a_stop_the_conversation_can_be_used(desk: Desk) -> None:
    session = await cut_off(desk)
    session.stop()
    await next_signal(session.turn_ended)

    assert (await ask(session, "Then something else")).status is MessageStatus.COMPLETE


async def test_closing_ends_the_wait(desk: Desk) -> None:
    session = await cut_off(desk)

    await asyncio.wait_for(session.close(), 2.0)

    assert session.path()[-1].status is MessageStatus.FAILED


async def test_a_reply_whose_tab_was_closed_while_it_waits_goes_on(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    cut_at(desk, "Half a word")
    session.send(Draft("Why?"))
    desk.network.set_offline(True)
    await waiting(session)
    desk.api.script(*reply_events(" and the rest."))

    library.release(session.conversation_id)
    desk.network.set_offline(False)
    reply = await next_signal(session.turn_ended)

    assert (reply.status, reply.text) == (MessageStatus.COMPLETE, "Half a word and the rest.")
    await asyncio.wait_for(library.close(), 2.0)


async def test_the_program_ends_while_a_reply_waits(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    cut_at(desk, "Half")
    session.send(Draft("Why?"))
    await waiting(session)

    await asyncio.wait_for(library.close(), 2.0)

    assert desk.store.messages[session.path()[-1].id].status is MessageStatus.FAILED


# --- the network


async def test_without_a_network_it_waits_until_there_is_one(desk: Desk) -> None:
    session = await cut_off(desk, is_offline=True)
    assert session.activity.retry_at is None

    desk.network.set_offline(False)
    reply = await next_signal(session.turn_ended, timeout_s=1.0)

    assert reply.status is MessageStatus.COMPLETE
    assert desk.pauses.asked_s == [], "back on the line, nobody has to wait any more"


async def test_a_network_that_goes_while_it_counts_down_is_waited_for(desk: Desk) -> None:
    session = await cut_off(desk)
    desk.network.set_offline(True)
    gone = await next_signal(session.activity_changed)
    assert (gone.phase, gone.retry_at, gone.attempt) == (Phase.RECONNECTING, None, 1)

    desk.network.set_offline(False)
    reply = await next_signal(session.turn_ended, timeout_s=1.0)

    assert reply.status is MessageStatus.COMPLETE


async def test_without_a_network_now_tries_all_the_same(desk: Desk) -> None:
    session = await cut_off(desk, is_offline=True)

    session.reconnect_now()

    assert (await next_signal(session.turn_ended)).status is MessageStatus.COMPLETE


async def test_without_a_network_stop_ends_the_wait(desk: Desk) -> None:
    session = await cut_off(desk, is_offline=True)

    session.stop()

    assert (await next_signal(session.turn_ended)).status is MessageStatus.FAILED


def test_a_server_on_this_machine_needs_no_network(desk: Desk) -> None:
    desk.network.set_offline(True)

    assert desk.network.is_offline_for(ANTHROPIC)
    assert not desk.network.is_offline_for(LOCAL)


async def test_a_line_that_fails_makes_the_network_doubtful_and_a_refusal_does_not(desk: Desk) -> None:
    doubts = Heard(desk.network.doubted)
    desk.api.script(Refused("No.", "", Answer(status=400)))
    await ask(desk.session())
    assert len(doubts) == 0
    desk.api.script(NoConnection("There is no connection."))
    await ask(desk.session())
    assert len(doubts) == 1
    await cut_off(desk)
    assert len(doubts) == 2


async def test_a_loss_that_the_doubt_brings_to_light_counts_at_once(desk: Desk) -> None:
    desk.network.doubted.connect(lambda: desk.network.set_offline(True))

    session = await cut_off(desk)

    assert session.activity.retry_at is None
    assert desk.pauses.asked_s == []


# --- the waits themselves


async def test_the_wait_is_any_part_of_its_length_and_never_longer_than_the_limit(desk: Desk) -> None:
    half_way = Reconnecting(desk.network, ReconnectOptions(desk.pauses.wait_for, lambda: 0.5, lambda: NOW))
    for _ in range(7):
        wait = asyncio.create_task(half_way.wait(ANTHROPIC, failed(BROKEN), lambda _: None))
        await asyncio.sleep(0)
        desk.pauses.end()
        await wait

    assert desk.pauses.asked_s == [0.5, 1.0, 2.0, 4.0, 8.0, DELAY_S_MAX / 2, DELAY_S_MAX / 2]


async def test_the_clock_ends_a_wait_and_so_does_whoever_wakes_it() -> None:
    woken = asyncio.Event()
    await wait_for(woken, 0.0)
    assert not woken.is_set()
    woken.set()
    await asyncio.wait_for(wait_for(woken, 600.0), 1.0)
