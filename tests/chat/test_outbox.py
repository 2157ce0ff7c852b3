"""What is written while nothing can be sent waits, and goes out in order: never twice, never into an error."""

from __future__ import annotations

import pytest

from desktop_chat.core.errors import NoConnection, StoreFull
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.outbox import Wait
from desktop_chat.core.provider import profile_for
from tests.chat.desk import Desk, all_ended
from tests.chat.outbox_cases import asked, at_rest, busy, kept, queue, texts, waits
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.signals import Heard, next_signal

FULL = StoreFull("The disk is full.")


# --- while a reply is written


async def test_what_is_sent_while_a_reply_is_written_waits_on_the_disk(desk: Desk) -> None:
    session, _gate = await busy(desk)
    await desk.store.put_draft(session.conversation_id, Draft("And?", 4))
    told = Heard(session.outbox.changed)

    await queue(session, "And?", "And then?")

    assert (texts(session), waits(session)) == (["And?", "And then?"], [Wait.REPLY] * 2)
    assert told[-1] == session.outbox.rows
    assert kept(desk) == ["And?", "And then?"]
    assert desk.store.drafts == {}, "what stood in the composer stands in the queue"
    assert len(session.path()) == 2


async def test_after_the_reply_it_goes_out_in_order(desk: Desk) -> None:
    session, gate = await busy(desk, "Two", "Three", "Four")

    gate.open()
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "Two", "Three", "Four"]
    assert [message.status for message in session.path()] == [MessageStatus.COMPLETE] * 8
    assert [len(body["messages"]) for body in desk.api.bodies] == [1, 3, 5, 7]
    assert (texts(session), kept(desk)) == ([], [])


async def test_each_waits_for_the_reply_to_the_one_before(desk: Desk) -> None:
    session, gate = await busy(desk, "Two", "Three")
    second = Gate()
    desk.api.script(*reply_events("Half", " more")[:3], second, *reply_events("Half", " more")[3:])

    gate.open()
    await second.reached.wait()

    assert (asked(session), texts(session), waits(session)) == (["Why?", "Two"], ["Three"], [Wait.REPLY])
    second.open()
    await at_rest(session)


async def test_a_message_leaves_the_outbox_in_the_transaction_that_stores_it(desk: Desk) -> None:
    session, gate = await busy(desk, "Two")
    await desk.store.put_draft(session.conversation_id, Draft("Half a thou", 5))

    gate.open()
    question = await next_signal(session.stored, matching=lambda message: message.text == "Two")

    assert desk.store.messages[question.id].text == "Two"
    assert kept(desk) == []
    assert desk.store.drafts[session.conversation_id] == Draft("Half a thou", 5), "that is another text"
    await next_signal(session.rested)


async def test_only_what_is_safe_on_the_disk_goes_out(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)
    desk.store.hold()
    session.send(Draft("One"))
    await desk.store.reached.wait()

    desk.network.set_offline(False)
    session.outbox.resume(Wait.NETWORK)
    assert (texts(session), session.is_busy) == (["One"], False)
    session.outbox.send_now(session.outbox.rows[0].message.id)
    assert (texts(session), session.is_busy) == (["One"], False)

    desk.store.let_go()
    await next_signal(session.rested)
    assert asked(session) == ["One"]


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_an_empty_message_does_not_wait(desk: Desk, text: str) -> None:
    session, _gate = await busy(desk)

    assert not session.send(Draft(text))
    assert not session.send_now(Draft(text))
    assert session.outbox.rows == ()
    assert session.is_busy


async def test_a_huge_message_waits_and_goes_out_whole(desk: Desk) -> None:
    text = "A long story. " * 300_000
    session, gate = await busy(desk, text)

    gate.open()
    await next_signal(session.rested)

    assert asked(session)[-1] == text


async def test_a_text_that_cannot_be_kept_comes_back(desk: Desk) -> None:
    session, gate = await busy(desk)
    failures, drafts = Heard(session.store_failed), Heard(session.draft_returned)
    desk.store.failure = FULL

    await queue(session, "Two")
    desk.store.failure = None

    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert drafts == [Draft("Two", 3)]
    assert texts(session) == []
    gate.open()
    await at_rest(session)


# --- what it does not go out into


async def test_after_a_failed_reply_it_waits_for_the_reader(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(gate, NoConnection("There is no connection."))
    session.send(Draft("Why?"))
    await gate.reached.wait()
    await queue(session, "Two", "Three")

    gate.open()
    await next_signal(session.rested)

    assert (texts(session), waits(session)) == (["Two", "Three"], [Wait.FAILED] * 2)
    assert len(desk.api.bodies) == 1

    session.outbox.resume(Wait.FAILED)
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "Two", "Three"]


async def test_after_a_stop_it_waits_for_the_reader(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")

    session.stop()
    await next_signal(session.rested)

    assert (texts(session), waits(session)) == (["Two"], [Wait.STOPPED])
    assert kept(desk) == ["Two"]


async def test_after_a_reply_that_was_cut_by_its_length_it_waits(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(gate, *reply_events("Once upon", stop_reason="max_tokens"))
    session.send(Draft("Why?"))
    await gate.reached.wait()
    await queue(session, "Two")

    gate.open()
    await next_signal(session.rested)
    assert waits(session) == [Wait.ENDED_EARLY]

    session.go_on(session.path()[-1].id)
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Two"], "with its rest the reply is whole"


async def test_a_retry_that_goes_well_lets_it_go_out(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")
    session.stop()
    await next_signal(session.rested)

    session.retry(session.path()[-1].id)
    assert waits(session) == [Wait.REPLY]
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "Two"]
    assert texts(session) == []


async def test_what_is_sent_while_the_queue_is_paused_goes_out_alone(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two", "Three")
    session.stop()
    await next_signal(session.rested)

    assert session.send(Draft("Wait, first this"))
    assert waits(session) == [Wait.READER] * 2
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Wait, first this"]
    assert waits(session) == [Wait.READER] * 2, "who stopped because of them has not changed his mind"

    session.outbox.resume(Wait.READER)
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Wait, first this", "Two", "Three"]


async def test_what_is_asked_in_a_pause_holds_back_nothing_that_is_queued_later(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")
    session.stop()
    await next_signal(session.rested)

    session.send(Draft("First this"))
    session.send(Draft("And then that"))
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "First this", "And then that"]
    assert texts(session) == ["Two"]


async def test_a_stop_before_the_question_was_stored_pauses_it_too(desk: Desk) -> None:
    session = desk.session()
    desk.store.hold()
    session.send(Draft("Why?"))
    session.send(Draft("Two"))
    await desk.store.reached.wait()

    session.stop()
    desk.store.let_go()
    await next_signal(session.rested)
    await all_ended("queue a message")

    assert (texts(session), waits(session)) == (["Two"], [Wait.STOPPED])
    assert desk.api.bodies == []


async def test_a_message_that_cannot_be_stored_as_sent_waits_on(desk: Desk) -> None:
    session, gate = await busy(desk, "Two", "Three")
    failed, drafts = Heard(session.store_failed), Heard(session.draft_returned)
    session.turn_ended.connect(lambda _message: setattr(desk.store, "failure", FULL))

    gate.open()
    await next_signal(session.rested)
    desk.store.failure = None

    assert (texts(session), waits(session)) == (["Two", "Three"], [Wait.NOT_STORED] * 2)
    assert asked(session) == ["Why?"]
    assert [failure.kind for failure in failed] == ["StoreFull"]
    assert drafts == []
    assert kept(desk) == ["Two", "Three"]


# --- the network


async def test_without_a_network_it_waits_and_goes_out_when_there_is_one(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)

    await queue(session, "One", "Two")

    assert (waits(session), session.is_busy) == ([Wait.NETWORK] * 2, False)
    assert (session.is_empty, desk.api.bodies) == (True, [])
    desk.network.set_offline(False)
    assert session.is_busy
    await next_signal(session.rested)
    assert asked(session) == ["One", "Two"]
    assert session.title == "One"


async def test_what_the_disk_refuses_keeps_nothing_behind_it_from_going_out(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)
    await queue(session, "One", "Two")
    dropped = session.outbox.drop(session.outbox.rows[0].message.id)
    await all_ended("drop a queued message")
    assert dropped is not None
    desk.store.hold()
    desk.store.failure = FULL
    session.store_failed.connect(lambda _failure: setattr(desk.store, "failure", None))

    session.outbox.put_back(dropped)
    await desk.store.reached.wait()
    desk.network.set_offline(False)
    assert not session.is_busy, "only what is safe on the disk goes out"
    desk.store.let_go()
    await next_signal(session.rested)

    assert (asked(session), texts(session)) == (["Two"], [])


async def test_a_reply_that_ends_without_a_network_leaves_it_waiting_for_one(desk: Desk) -> None:
    session, gate = await busy(desk, "Two")
    desk.network.set_offline(True)

    gate.open()
    await next_signal(session.rested)

    assert waits(session) == [Wait.NETWORK]
    desk.network.set_offline(False)
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Two"]


async def test_a_server_on_this_machine_needs_no_network(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)
    await queue(session, "One")
    local = profile_for("http://127.0.0.1:11434")

    desk.preferences.change(base_url=local.origin)

    await next_signal(session.rested)
    assert asked(session) == ["One"]


async def test_send_now_tries_without_a_network_too(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)
    await queue(session, "One", "Two")

    session.outbox.send_now(session.outbox.rows[1].message.id)
    await next_signal(session.rested)

    assert (asked(session), texts(session), waits(session)) == (["Two"], ["One"], [Wait.NETWORK])


async def test_a_network_that_comes_back_sends_nothing_into_an_error(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")
    session.stop()
    await next_signal(session.rested)

    desk.network.set_offline(True)
    assert waits(session) == [Wait.STOPPED]
    desk.network.set_offline(False)

    assert not session.is_busy
    assert texts(session) == ["Two"]


# --- what the reader does with it


async def test_send_now_stops_the_reply_and_keeps_what_came_of_it(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two", "Three", "Four")

    session.outbox.send_now(session.outbox.rows[1].message.id)
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "Three", "Two", "Four"], "and then the others in their order"
    stopped = session.path()[1]
    assert (stopped.status, stopped.text) == (MessageStatus.STOPPED, "Half")


async def test_what_is_written_can_be_sent_now(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")

    assert session.send_now(Draft("No, this", 8))
    await next_signal(session.rested)

    assert asked(session) == ["Why?", "No, this", "Two"]
    assert session.path()[1].status is MessageStatus.STOPPED


async def test_at_rest_sending_now_is_sending(desk: Desk) -> None:
    session = desk.session()
    desk.network.set_offline(True)

    assert session.send_now(Draft("One", 3))
    await next_signal(session.rested)

    assert asked(session) == ["One"]
    assert session.outbox.rows == ()


async def test_what_is_taken_out_is_a_draft_on_the_disk(desk: Desk) -> None:
    session, gate = await busy(desk, "Two", "Three")

    session.outbox.take_out(session.outbox.rows[0].message.id, Draft("Two\n\nand what stood there", 3))
    await all_ended("take a message out of the queue")

    assert (texts(session), kept(desk)) == (["Three"], ["Three"])
    assert desk.store.drafts[session.conversation_id] == Draft("Two\n\nand what stood there", 3)
    gate.open()
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Three"]


async def test_what_is_dropped_does_not_go_out_and_can_be_put_back_where_it_stood(desk: Desk) -> None:
    session, gate = await busy(desk, "Two", "Three", "Four")

    dropped = session.outbox.drop(session.outbox.rows[1].message.id)
    await all_ended("drop a queued message")
    assert dropped is not None
    assert (texts(session), kept(desk)) == (["Two", "Four"], ["Two", "Four"])
    assert session.outbox.drop(dropped.id) is None

    session.send(Draft("Five"))
    session.outbox.put_back(dropped)
    await all_ended("queue a message")
    assert texts(session) == kept(desk) == ["Two", "Three", "Four", "Five"]

    gate.open()
    await next_signal(session.rested)
    assert asked(session) == ["Why?", "Two", "Three", "Four", "Five"]


async def test_what_is_put_back_too_late_does_not_go_out_by_itself(desk: Desk) -> None:
    session, gate = await busy(desk, "Two")
    dropped = session.outbox.drop(session.outbox.rows[0].message.id)
    assert dropped is not None
    gate.open()
    await next_signal(session.rested)

    session.outbox.put_back(dropped)
    await all_ended("queue a message")

    assert (texts(session), waits(session), session.is_busy) == (["Two"], [Wait.READER], False)


async def test_what_has_gone_out_cannot_be_sent_dropped_or_taken_out_again(desk: Desk) -> None:
    session, gate = await busy(desk, "Two")
    queued_id = session.outbox.rows[0].message.id
    gate.open()
    await next_signal(session.rested)

    session.outbox.send_now(queued_id)
    session.outbox.take_out(queued_id, Draft("Two", 3))

    assert session.outbox.drop(queued_id) is None
    assert not session.is_busy
    assert desk.store.drafts == {}
