"""Network conditions of one conversation: which line its requests go over, and when that changes."""

from __future__ import annotations

from dataclasses import replace

from desktop_chat.chat.conditions import Conditions
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.messages import Draft, MessageStatus, new_id
from desktop_chat.core.network_conditions import PRESETS, NetworkConditions
from tests.chat.desk import Desk, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.signals import Heard, next_signal

SLOW, TRAIN = PRESETS[0].conditions, PRESETS[1].conditions


def conditions_of(line: BadLine | None) -> NetworkConditions | None:
    return line.conditions if line is not None else None


async def test_a_conversation_begins_without_and_its_requests_go_straight(desk: Desk) -> None:
    session = desk.session()
    await ask(session)
    assert session.conditions.current is None
    assert desk.api.lines == [None]


async def test_what_is_chosen_holds_for_the_next_requests_of_this_conversation_alone(desk: Desk) -> None:
    session, other = desk.session(), desk.session()
    session.conditions.choose(TRAIN)
    await ask(session)
    await ask(session)
    await ask(other)
    assert [conditions_of(line) for line in desk.api.lines] == [TRAIN, TRAIN, None]
    assert desk.api.lines[0] is desk.api.lines[1], "one line, which counts its requests"


async def test_the_program_can_begin_every_conversation_under_them(desk: Desk) -> None:
    around = replace(desk.surroundings, conditions=SLOW)
    sessions = [ChatSession(new_id(), around) for _ in range(2)]
    for session in sessions:
        session.load(None)
        await ask(session)
        await session.close()
    assert [conditions_of(line) for line in desk.api.lines] == [SLOW, SLOW]
    assert desk.api.lines[0] is not desk.api.lines[1]


async def test_they_can_be_changed_while_a_reply_runs_and_the_line_it_has_is_lifted(desk: Desk) -> None:
    session, gate = desk.session(), Gate()
    session.conditions.choose(TRAIN)
    desk.api.script(*reply_events("Half")[:3], gate, *reply_events("Half")[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()
    line = desk.api.lines[0]
    assert line is not None and not line.lifted.is_set()

    session.conditions.choose(None)
    gate.open()
    reply = await next_signal(session.turn_ended)

    assert line.lifted.is_set()
    assert reply.status is MessageStatus.COMPLETE


async def test_a_reply_that_goes_on_takes_the_line_that_holds_then(desk: Desk) -> None:
    session = desk.session()
    session.conditions.choose(TRAIN)
    desk.api.script(*reply_events("Half a word", stop_reason="max_tokens"))
    cut = await ask(session)
    session.conditions.choose(SLOW)
    session.go_on(cut.id)
    await next_signal(session.turn_ended)
    assert [conditions_of(line) for line in desk.api.lines] == [TRAIN, SLOW]


def test_a_change_is_told_once() -> None:
    conditions = Conditions(None)
    told = Heard(conditions.changed)
    for choice in (None, TRAIN, TRAIN, SLOW, None, None):
        conditions.choose(choice)
    assert told == [TRAIN, SLOW, None]


def test_the_same_conditions_again_do_not_begin_to_count_anew() -> None:
    conditions = Conditions(TRAIN)
    line = conditions.line
    assert line is not None
    conditions.choose(replace(TRAIN))
    assert conditions.line is line
    assert not line.lifted.is_set()
