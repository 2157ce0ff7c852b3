"""Continue: a reply that was cut goes on in the same message, and whatever happens then, no word of it is lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.chat.session import ChatSession
from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.core.errors import NoConnection, Refused, StoreFull, StreamBroken
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    SignatureArrived,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.failure import Failure, with_skipped
from desktop_chat.core.messages import Block, Draft, Message, MessageStatus, Timings
from desktop_chat.core.stored import StoredConversation
from desktop_chat.core.usage import Usage
from tests.chat.desk import REPLY_USD, Desk, ask, gone_on
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import question, reply
from tests.helpers.signals import Heard, next_signal

ASKED = question("c", "Why?")
FIRST = "The delay doubles with every try, and jitter spre"
REST = "ads the clients."
WHOLE = FIRST + REST
FIRST_USAGE = Usage(3, 2)
NO_PREFILL = Refused("The request was refused.", "This model does not support assistant message prefill.")
BOUND = Refused("The request was refused.", "messages.1.content.0: thinking is bound to a different conversation")
BROKEN = Failure("StreamBroken", "The line broke.", "")
STARTED = ReplyStarted("msg_2", "claude-fake", {"input_tokens": 7, "output_tokens": 1})
ENDED = (ReplyChanged("end_turn", None, None, {"output_tokens": 5}), ReplyEnded())
ASKING = (
    "Your previous answer was cut off by the connection. It ends with the text between the two lines of signs:\n"
    "<<<<<<<<\n"
    f"{FIRST}\n"
    ">>>>>>>>\n"
    "Go on exactly where it stops, in the middle of a word, a line of code or a table if it stops there. Begin by "
    "repeating its last ten words exactly, then go on. No introduction, no apology, no new code fence around the rest."
)


def text(value: str) -> Block:
    return {"type": "text", "text": value}


def cut(status: MessageStatus = MessageStatus.FAILED, **fields: Any) -> Message:
    """A reply as it was left."""
    values = {
        "content": (text(FIRST),),
        "ended_at": 1_790_000_005.0,
        "model": "claude-fake",
        "usage": FIRST_USAGE,
        "cost_usd": 0.5,
        "failure": BROKEN if status is MessageStatus.FAILED else None,
        **fields,
    }
    return reply("c", ASKED.id, status=status, **values)


CUT = {
    "failed": cut(),
    "stopped": cut(MessageStatus.STOPPED),
    "interrupted": cut(MessageStatus.INTERRUPTED),
    "at its limit": cut(MessageStatus.COMPLETE, stop_reason="max_tokens"),
}


async def session_with(desk: Desk, *messages: Message) -> ChatSession:
    """A conversation as it was read from the disk, which does not go on by itself."""
    for message in messages:
        await desk.store.put(message, "Title")
    desk.preferences.change(reconnects=False)
    session = desk.session()
    summary = ConversationSummary("c", "Title", 1.0, 2.0)
    session.load(StoredConversation(summary, messages, messages[-1].id, Draft()))
    return session


def continued(desk: Desk, *pieces: str) -> None:
    """What the server says next."""
    desk.api.script(*reply_events(*pieces))


# --- what comes of it


@pytest.mark.parametrize("name", CUT)
async def test_a_cut_reply_goes_on_in_the_same_message(desk: Desk, name: str) -> None:
    first = CUT[name]
    session = await session_with(desk, ASKED, first)
    added, ends = Heard(session.message_added), Heard(session.turn_ended)
    continued(desk, "ads the ", "clients.")

    message = await gone_on(session)

    assert (message.id, message.parent_id, message.created_at) == (first.id, first.parent_id, first.created_at)
    assert (message.status, message.stop_reason, message.failure) == (MessageStatus.COMPLETE, "end_turn", None)
    assert message.text == WHOLE
    assert session.path() == (ASKED, message)
    assert desk.store.messages == {ASKED.id: ASKED, message.id: message}
    assert desk.store.journal == {}
    assert (added, ends) == ([], [message])
    assert len(desk.api.bodies) == 1


async def test_usage_and_cost_of_both_parts_add_up(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())

    message = await gone_on(session)

    assert message.usage == FIRST_USAGE.plus(Usage(7, 5))
    assert message.cost_usd == pytest.approx(0.5 + REPLY_USD)
    assert session.totals.conversation_cost_usd == pytest.approx(0.5 + REPLY_USD)


async def test_what_a_killed_program_had_counted_is_priced(desk: Desk) -> None:
    message = await gone_on(await session_with(desk, ASKED, cut(MessageStatus.INTERRUPTED, cost_usd=None)))

    assert message.cost_usd == pytest.approx((3 * 2.0 + 2 * 10.0) / 1_000_000 + REPLY_USD)


@pytest.mark.parametrize(("first", "second"), [("claude-unknown", "claude-fake"), ("claude-fake", "claude-unknown")])
async def test_a_sum_with_an_unknown_price_is_unknown(desk: Desk, first: str, second: str) -> None:
    session = await session_with(desk, ASKED, cut(model=first, cost_usd=None if first == "claude-unknown" else 0.5))
    desk.api.script(replace(STARTED, model=second), TextArrived(0, REST), *ENDED)

    message = await gone_on(session)

    assert (message.cost_usd, message.usage) == (None, FIRST_USAGE.plus(Usage(7, 5)))


async def test_a_part_of_which_nothing_was_counted_adds_nothing(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(usage=None, cost_usd=None))

    message = await gone_on(session)

    assert message.usage == Usage(7, 5)
    assert message.cost_usd == pytest.approx(REPLY_USD)


async def test_the_seam_stands_before_the_second_part(desk: Desk) -> None:
    before = time.time()
    session = await session_with(desk, ASKED, cut(content=({"type": "thinking", "thinking": "Hm."}, text(FIRST))))

    message = await gone_on(session)

    (seam,) = message.seams
    assert seam.block == 2
    assert before <= seam.at <= time.time()
    assert [block["type"] for block in message.content] == ["thinking", "text", "text"]


async def test_what_could_not_be_read_of_the_first_part_is_told_at_the_end(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(failure=with_skipped(BROKEN, 2, "as they came")))
    continued(desk, REST)

    message = await gone_on(session)

    assert (message.status, message.text) == (MessageStatus.COMPLETE, WHOLE)
    assert message.failure == with_skipped(None, 2, "as they came")


async def test_a_reply_may_be_continued_more_than_once(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    desk.api.script(*reply_events("ads the ")[:3], StreamBroken("The line broke."))
    continued(desk, "clients.")

    assert (await gone_on(session)).text == f"{FIRST}ads the "
    message = await gone_on(session)

    assert message.text == WHOLE
    assert [seam.block for seam in message.seams] == [1, 2]
    assert message.usage == FIRST_USAGE.plus(Usage(7, 1)).plus(Usage(7, 5))


async def test_times_of_the_first_part_stay_and_the_durations_add_up(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(timings=Timings(0.1, 0.2, None, 5.0)))

    timings = (await gone_on(session)).timings

    assert timings is not None
    assert (timings.first_event_s, timings.first_word_s, timings.thinking_s) == (0.1, 0.2, None)
    assert timings.ended_s is not None
    assert 5.0 <= timings.ended_s < 10.0


async def test_the_time_of_thinking_is_that_of_all_parts(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(timings=Timings(0.1, 5.0, 4.0, 6.0)))
    desk.api.script(
        STARTED,
        BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""}),
        ThinkingArrived(0, "Where was I?"),
        BlockEnded(0),
        BlockStarted(1, {"type": "text", "text": ""}),
        TextArrived(1, "and jitter spreads the clients."),
        BlockEnded(1),
        *ENDED,
    )

    timings = (await gone_on(session)).timings

    assert timings is not None
    assert (timings.first_event_s, timings.first_word_s) == (0.1, 5.0)
    assert timings.thinking_s is not None
    assert timings.thinking_s > 4.0


async def test_thinking_of_the_second_part_stands_between_the_two(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    told = Heard(session.event_arrived)
    desk.api.script(
        STARTED,
        BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""}),
        ThinkingArrived(0, "Where was I?"),
        SignatureArrived(0, "c2lnbmVk"),
        BlockEnded(0),
        BlockStarted(1, {"type": "text", "text": ""}),
        TextArrived(1, "and jitter spreads "),
        TextArrived(1, "the clients."),
        BlockEnded(1),
        *ENDED,
    )

    message = await gone_on(session)

    assert message.content == (
        text(FIRST),
        {"type": "thinking", "thinking": "Where was I?", "signature": "c2lnbmVk"},
        text(REST),
    )
    assert message.text == WHOLE
    assert [event.index for _, event in told if hasattr(event, "index")] == [1, 1, 1, 1, 2, 2, 2, 2]


async def test_thinking_and_calls_that_were_cut_stay_where_they_are(desk: Desk) -> None:
    behind: tuple[Block, ...] = (
        {"type": "thinking", "thinking": "Now a sea"},
        {"type": "tool_use", "id": "t", "name": "search", "partial_input": '{"q'},
    )
    session = await session_with(desk, ASKED, cut(content=(text(f"{FIRST} \n"), *behind)))
    continued(desk, " \nNext.")

    message = await gone_on(session)

    assert message.content == (text(f"{FIRST} \n"), *behind, text("Next."))
    assert [part["content"] for part in desk.api.bodies[0]["messages"]][1] == [text(FIRST)]


# --- repetitions


@pytest.mark.parametrize("repeated", [0, 14, 30, len(FIRST)])
@pytest.mark.parametrize("size", [1, 5, 1_000])
async def test_what_is_repeated_is_left_out(desk: Desk, repeated: int, size: int) -> None:
    session = await session_with(desk, ASKED, cut())
    told = Heard(session.event_arrived)
    second = WHOLE[len(FIRST) - repeated :]
    continued(desk, *(second[at : at + size] for at in range(0, len(second), size)))

    message = await gone_on(session)

    assert message.text == WHOLE
    assert "".join(event.text for _, event in told if isinstance(event, TextArrived)) == REST


async def test_a_second_part_that_is_only_a_repetition_leaves_the_first_as_it_is(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    continued(desk, FIRST[-20:])

    message = await gone_on(session)

    assert (message.status, message.content, message.seams) == (MessageStatus.COMPLETE, (text(FIRST),), ())


async def test_what_is_held_back_when_the_line_fails_is_kept(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    # It might become a repetition of the end: “ with every try, and …”.
    desk.api.script(STARTED, TextArrived(0, " with every"), StreamBroken("The line broke."))

    assert (await gone_on(session)).text == f"{FIRST} with every"


async def test_text_in_the_opening_of_a_block_counts(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    desk.api.script(STARTED, BlockStarted(0, text("and jitter spreads")), TextArrived(0, " the clients."), *ENDED)

    assert (await gone_on(session)).text == WHOLE


# --- what is sent


def body(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "model": "claude-fake",
        "max_tokens": 16_384,
        "stream": True,
        "messages": list(messages),
        "thinking": {"type": "adaptive", "display": "summarized"},
        "cache_control": {"type": "ephemeral"},
        **more,
    }


WHY = {"role": "user", "content": [text("Why?")]}
BEGUN = {"role": "assistant", "content": [text(FIRST)]}
GO_ON = {"role": "user", "content": [text(ASKING)]}


async def test_a_newer_model_is_asked_in_words(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(content=(text(f"{FIRST}\n \n"),)))

    await gone_on(session)

    assert desk.api.bodies == [body(WHY, BEGUN, GO_ON)]


async def test_an_older_model_gets_the_beginning_of_its_answer_and_does_not_think(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(model="claude-old", content=(text(f"{FIRST}\n \n"),)))
    continued(desk, f"\n \n{FIRST}")

    message = await gone_on(session)

    assert desk.api.bodies == [body(WHY, BEGUN, model="claude-old", thinking={"type": "disabled"})]
    assert message.text == f"{FIRST}\n \n{FIRST}", "what such a model says again is meant"


async def test_a_prefill_that_is_refused_becomes_a_question_in_the_same_turn(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut(model="claude-old"))
    desk.api.script(NO_PREFILL)
    continued(desk, "and jitter spreads the clients.")

    message = await gone_on(session)

    thinking = {"type": "enabled", "budget_tokens": 8_192}
    assert [sent["messages"] for sent in desk.api.bodies] == [[WHY, BEGUN], [WHY, BEGUN, GO_ON]]
    assert [sent["thinking"] for sent in desk.api.bodies] == [{"type": "disabled"}, thinking]
    assert (message.status, message.text, len(message.seams)) == (MessageStatus.COMPLETE, WHOLE, 1)


@pytest.mark.parametrize("refusals", [(NO_PREFILL, BOUND), (BOUND, NO_PREFILL)])
async def test_bound_thinking_and_a_refused_prefill_are_both_mended(desk: Desk, refusals: tuple[Refused, ...]) -> None:
    session = await session_with(desk, ASKED, cut(model="claude-old"))
    for refusal in refusals:
        desk.api.script(refusal)
    continued(desk, REST)

    assert (await gone_on(session)).text == WHOLE
    assert len(desk.api.bodies) == 3


@pytest.mark.parametrize("refusal", [NO_PREFILL, BOUND])
async def test_a_server_that_keeps_refusing_is_not_asked_for_ever(desk: Desk, refusal: Refused) -> None:
    session = await session_with(desk, ASKED, cut(model="claude-old"))
    for _ in range(4):
        desk.api.script(refusal)

    message = await gone_on(session)

    assert (message.status, message.text) == (MessageStatus.FAILED, FIRST)
    assert len(desk.api.bodies) == 2


async def test_the_words_that_ask_stand_in_no_message(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    continued(desk, REST)
    await gone_on(session)

    await ask(session, "And then?")

    assert [part["content"] for part in desk.api.bodies[1]["messages"]] == [
        [text("Why?")],
        [text(FIRST), text(REST)],
        [text("And then?")],
    ]


# --- what may go wrong


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize(
    "steps",
    [
        (NoConnection("No connection."),),
        (STARTED, StreamBroken("The line broke.")),
        (STARTED, BlockStarted(0, text("")), StreamBroken("The line broke.")),
        (STARTED, BlockStarted(0, {"type": "thinking", "thinking": ""}), StreamBroken("The line broke.")),
    ],
    ids=["no connection", "no block", "an empty block", "empty thinking"],
)
async def test_a_line_that_fails_at_once_leaves_the_first_part_as_it_is(
    desk: Desk, name: str, steps: tuple[StreamEvent | Exception, ...]
) -> None:
    content = (text(f"{FIRST} \n"), {"type": "thinking", "thinking": "Hm"})
    session = await session_with(desk, ASKED, replace(CUT[name], content=content))
    desk.api.script(*steps)

    message = await gone_on(session)

    assert (message.content, message.seams) == (content, ())
    assert message.status is MessageStatus.FAILED
    assert message.failure is not None
    assert desk.store.messages[message.id] == message
    continued(desk, REST)
    assert (await gone_on(session)).text == f"{FIRST} \n{REST}"


async def test_a_line_that_fails_in_the_middle_keeps_both_parts(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    desk.api.script(*reply_events("ads the ")[:3], StreamBroken("The line broke again."))

    message = await gone_on(session)

    assert (message.status, message.text) == (MessageStatus.FAILED, f"{FIRST}ads the ")
    assert message.failure is not None
    assert message.failure.title == "The line broke again."
    assert len(message.seams) == 1
    assert desk.store.messages[message.id] == message
    assert len(desk.api.bodies) == 1, "nothing is asked again by itself"


async def test_a_stop_keeps_both_parts(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    gate = Gate()
    desk.api.script(*reply_events("ads the ")[:3], gate)
    session.go_on(session.path()[-1].id)
    await gate.reached.wait()
    assert session.path()[-1].text == f"{FIRST}ads the "
    assert session.path()[-1].status is MessageStatus.STREAMING

    session.stop()
    message = await next_signal(session.turn_ended)

    assert (message.status, message.text, message.failure) == (MessageStatus.STOPPED, f"{FIRST}ads the ", None)
    assert len(message.seams) == 1
    continued(desk, "clients.")
    assert (await gone_on(session)).text == WHOLE


async def test_a_stop_before_the_first_word_leaves_the_first_part(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    gate = Gate()
    desk.api.script(gate)
    session.go_on(session.path()[-1].id)
    await gate.reached.wait()

    session.stop()
    message = await next_signal(session.turn_ended)

    assert (message.status, message.content, message.seams) == (MessageStatus.STOPPED, (text(FIRST),), ())


@pytest.mark.parametrize("steps_count", range(14))
async def test_at_whatever_step_stop_comes_the_first_part_is_there(desk: Desk, steps_count: int) -> None:
    session = await session_with(desk, ASKED, cut())
    continued(desk, "and jitter ", "spreads ", "the clients.")
    session.go_on(session.path()[-1].id)
    for _ in range(steps_count):
        await asyncio.sleep(0)

    session.stop()
    await session.close()
    await desk.keeper.close()

    message = session.path()[-1]
    assert desk.store.messages == {ASKED.id: ASKED, message.id: message}
    assert desk.store.journal == {}
    assert message.status in (MessageStatus.FAILED, MessageStatus.STOPPED, MessageStatus.COMPLETE)
    assert message.text.startswith(FIRST)
    assert WHOLE.startswith(message.text)
    assert bool(message.seams) is (len(message.text) > len(FIRST))


@pytest.mark.parametrize("repeated", ["", "and jitter spre"])
async def test_a_program_that_is_killed_finds_both_parts_again(desk: Desk, repeated: str) -> None:
    session = await session_with(desk, ASKED, cut())
    gate = Gate()
    desk.api.script(*reply_events(f"{repeated}ads ", "the ")[:4], gate)
    session.go_on(session.path()[-1].id)
    await gate.reached.wait()
    await desk.keeper.close()

    row = desk.store.messages[session.path()[-1].id]
    journal = list(desk.store.journal[row.id])
    session.stop()
    await next_signal(session.turn_ended)
    # The next start, with what the disk held in that moment.
    desk.store.messages[row.id] = row
    desk.store.journal[row.id] = journal
    assert (await desk.store.start()).interrupted_count == 1
    found = desk.store.messages[row.id]

    assert (found.status, found.text) == (MessageStatus.INTERRUPTED, f"{FIRST}ads the ")
    assert [seam.block for seam in found.seams] == [1]
    assert found.usage == FIRST_USAGE.plus(Usage(7, 1))
    again = await session_with(desk, ASKED, found)
    continued(desk, "clients.")
    assert (await gone_on(again)).text == WHOLE


async def test_a_disk_that_refused_the_first_part_does_not_bring_it_back_later(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    session = desk.session()
    gate = Gate()
    desk.api.script(*reply_events(FIRST)[:3], gate, StreamBroken("The line broke."))
    session.send(Draft("Why?"))
    await gate.reached.wait()
    await desk.keeper.close()
    desk.store.failure = StoreFull("The disk is full.")
    gate.open()
    first = await next_signal(session.turn_ended)
    assert list(desk.store.journal) == [first.id], "what was written before the disk was full"
    desk.store.failure = None

    gate = Gate()
    desk.api.script(*reply_events("ads ")[:3], gate)
    session.go_on(first.id)
    await gate.reached.wait()
    assert desk.store.journal == {}, "the row has it all"
    # What the keeper still wanted to write is written now, as after three seconds.
    await desk.keeper.close()
    assert desk.store.messages[first.id].status is MessageStatus.STREAMING
    assert [event for event in desk.store.journal[first.id] if isinstance(event, TextArrived)] == [
        TextArrived(1, "ads ")
    ]
    session.stop()
    assert (await next_signal(session.turn_ended)).text == f"{FIRST}ads "


async def test_a_disk_that_refuses_the_second_part_loses_neither(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    desk.store.failure = StoreFull("The disk is full.")

    message = await gone_on(session)

    assert (message.status, message.content, message.seams) == (MessageStatus.FAILED, (text(FIRST),), ())
    assert message.failure is not None
    assert message.failure.kind == "StoreFull"
    assert desk.api.bodies == []
    desk.store.failure = None
    continued(desk, REST)
    assert (await gone_on(session)).text == WHOLE


# --- what is not continued


@pytest.mark.parametrize(
    "message",
    [
        cut(MessageStatus.COMPLETE, stop_reason="end_turn"),
        cut(MessageStatus.COMPLETE, stop_reason="refusal"),
        cut(MessageStatus.FAILED, stop_reason="refusal"),
        cut(content=()),
        cut(content=({"type": "thinking", "thinking": "Hm"}, text(" \n"))),
    ],
    ids=["complete", "refused", "refused and cut", "empty", "without a word"],
)
async def test_others_are_not_continued(desk: Desk, message: Message) -> None:
    session = await session_with(desk, ASKED, message)

    session.go_on(message.id)

    assert not session.is_busy
    assert (session.path()[-1], desk.api.bodies) == (message, [])


async def test_only_the_last_reply_is_continued(desk: Desk) -> None:
    first = cut()
    session = await session_with(desk, ASKED, first, question("c", "And then?", first.id))

    for message in session.path():
        session.go_on(message.id)
    session.go_on("unknown")

    assert not session.is_busy
    assert desk.api.bodies == []


async def test_continuing_twice_is_continuing_once(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    continued(desk, REST)

    session.go_on(session.path()[-1].id)
    message = await gone_on(session)

    assert (message.text, len(desk.api.bodies)) == (WHOLE, 1)


async def test_what_stands_in_the_composer_stays(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    session.keep_draft(Draft("And then", 8))

    await gone_on(session)

    assert desk.store.drafts[session.conversation_id] == Draft("And then", 8)


async def test_every_event_of_the_second_part_is_journalled_as_one_of_the_whole(desk: Desk) -> None:
    session = await session_with(desk, ASKED, cut())
    gate = Gate()
    desk.api.script(*reply_events("and jitter spreads", " the clients.")[:4], gate)
    session.go_on(session.path()[-1].id)
    await gate.reached.wait()
    await desk.keeper.close()

    expected: list[ReplyEvent] = [
        replace(STARTED, message_id="msg_fake"),
        BlockStarted(1, text("")),
        TextArrived(1, "ads"),
        TextArrived(1, " the clients."),
    ]
    assert desk.store.journal == {session.path()[-1].id: expected}
    session.stop()
    await next_signal(session.turn_ended)
