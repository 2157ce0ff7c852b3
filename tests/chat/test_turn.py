"""One reply in the making, without a session around it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from desktop_chat.chat.turn import SKIPPED_SHOWN, Turn, TurnListener
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.errors import Overloaded
from desktop_chat.core.events import (
    BlockStarted,
    InputJsonArrived,
    PartSkipped,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.failure import PARTS_SKIPPED
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.provider import ANTHROPIC
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.request import RequestOptions
from tests.chat.desk import FAKE_MODEL, Desk
from tests.helpers.fake_api import Gate, Step, reply_events
from tests.helpers.samples import question, reply

ASKED = question("c1")
STARTED = ReplyStarted("msg_1", "claude-fake", {"input_tokens": 7})


class Listener:
    """Keeps what a turn tells."""

    def __init__(self) -> None:
        self.events: list[ReplyEvent] = []
        self.activities: list[Activity] = []
        self.limits: list[RateLimits] = []

    def as_told(self) -> TurnListener:
        return TurnListener(self.events.append, self.activities.append, self.limits.append)


def turn_of(desk: Desk, *steps: Step, listener: Listener | None = None) -> Turn:
    if steps:
        desk.api.script(*steps)
    begun: Message = replace(reply("c1", ASKED.id), model="claude-fake")
    return Turn(begun, desk.api, desk.keys, desk.keeper, desk.recorder, (listener or Listener()).as_told())


async def run(turn: Turn) -> Message:
    await turn.run([ASKED], ANTHROPIC, RequestOptions(FAKE_MODEL, 1_000))
    return turn.message


async def test_a_turn_leaves_a_final_message(desk: Desk) -> None:
    turn = turn_of(desk)

    message = await run(turn)

    assert turn.is_over
    assert (message.status, message.text, turn.so_far()) == (MessageStatus.COMPLETE, "Hello.", message)
    assert desk.store.messages[message.id] == message


async def test_everything_of_the_reply_is_told_and_journalled(desk: Desk) -> None:
    listener = Listener()
    gate = Gate()
    events = reply_events("One ", "two.")
    turn = turn_of(desk, *events[:3], gate, *events[3:], listener=listener)
    running = asyncio.ensure_future(run(turn))
    await gate.reached.wait()

    assert listener.events == list(events[:3])
    await desk.keeper.close()
    assert desk.store.journal == {turn.message.id: list(events[:3])}

    gate.open()
    await running
    assert listener.events == list(events)
    assert desk.store.journal == {}


SKIPPED = PartSkipped("content_block_delta", '{"type":"content_block_delta","index":"0"}')


async def test_a_part_that_could_not_be_read_marks_the_message(desk: Desk) -> None:
    begin, *rest = reply_events("Hello.")
    message = await run(turn_of(desk, begin, SKIPPED, *rest))
    assert (message.status, message.text) == (MessageStatus.COMPLETE, "Hello.")
    assert message.failure is not None
    assert (message.failure.kind, message.failure.title) == (PARTS_SKIPPED, "1 part of this reply could not be read.")
    assert message.failure.raw == f"content_block_delta: {SKIPPED.raw}"
    assert desk.store.messages[message.id] == message


async def test_of_many_parts_only_a_few_are_kept_as_they_came(desk: Desk) -> None:
    begin, *rest = reply_events("Hello.")
    message = await run(turn_of(desk, begin, *[SKIPPED] * 2_000, *rest))
    assert message.failure is not None
    assert message.failure.title == "2,000 parts of this reply could not be read."
    assert (message.failure.raw or "").count(SKIPPED.raw) == SKIPPED_SHOWN


async def test_a_failure_tells_of_skipped_parts_beside_its_own_reason(desk: Desk) -> None:
    message = await run(turn_of(desk, STARTED, TextArrived(0, "Half"), SKIPPED, Overloaded("Busy.", "Wait.")))
    assert message.failure is not None
    assert (message.failure.kind, message.failure.title) == ("Overloaded", "Busy.")
    assert message.failure.detail == "Wait. 1 part of this reply could not be read."


async def test_what_has_come_can_be_seen_at_any_time(desk: Desk) -> None:
    gate = Gate()
    turn = turn_of(desk, *reply_events("Half")[:3], gate)
    running = asyncio.ensure_future(run(turn))
    await gate.reached.wait()

    assert (turn.so_far().text, turn.so_far().status) == ("Half", MessageStatus.STREAMING)

    assert turn._progress._timer is not None
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (turn.message.text, turn.message.status) == ("Half", MessageStatus.STOPPED)
    assert turn._progress._timer is None, "nobody looks at its speed any more"


async def test_a_cut_tool_call_is_kept_as_it_came(desk: Desk) -> None:
    call = BlockStarted(0, {"type": "tool_use", "id": "t1", "name": "look", "input": {}})
    turn = turn_of(desk, STARTED, call, InputJsonArrived(0, '{"a'), Overloaded("The server is busy."))

    message = await run(turn)

    assert message.content == ({"type": "tool_use", "id": "t1", "name": "look", "partial_input": '{"a'},)


async def test_times_are_taken_from_the_first_event_to_the_end(desk: Desk) -> None:
    turn = turn_of(
        desk,
        STARTED,
        BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""}),
        ThinkingArrived(0, "Hm."),
        TextArrived(1, "Yes."),
        TextArrived(1, " Really."),
        ReplyEnded(),
    )

    timings = (await run(turn)).timings

    assert timings is not None
    assert timings.first_event_s is not None
    assert timings.first_word_s is not None
    assert timings.thinking_s is not None
    assert timings.ended_s is not None
    assert 0 <= timings.first_event_s <= timings.first_word_s <= timings.ended_s
    assert 0 <= timings.thinking_s <= timings.first_word_s


async def test_a_reply_that_only_thought_says_how_long(desk: Desk) -> None:
    timings = (await run(turn_of(desk, STARTED, ThinkingArrived(0, "Hm."), ReplyEnded()))).timings

    assert timings is not None
    assert timings.first_word_s is None
    assert timings.thinking_s is not None
    assert timings.ended_s is not None
    assert 0 <= timings.thinking_s <= timings.ended_s


async def test_a_reply_without_thinking_has_no_time_for_it(desk: Desk) -> None:
    timings = (await run(turn_of(desk))).timings

    assert timings is not None
    assert timings.thinking_s is None


async def test_the_model_that_answered_is_the_one_that_is_priced(desk: Desk) -> None:
    turn = turn_of(desk, ReplyStarted("msg_1", "claude-small", {"input_tokens": 7}), ReplyEnded())

    message = await run(turn)

    assert (message.model, message.cost_usd) == ("claude-small", None)


async def test_empty_pieces_of_text_are_no_writing(desk: Desk) -> None:
    listener = Listener()

    await run(turn_of(desk, STARTED, TextArrived(0, ""), ReplyEnded(), listener=listener))

    assert Phase.WRITING not in [activity.phase for activity in listener.activities]
