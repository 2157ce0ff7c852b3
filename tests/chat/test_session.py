"""One conversation at work: asking, answering, what is stored when."""

from __future__ import annotations

import pytest

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.conversation import UNTITLED, ConversationSummary
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.events import (
    BodySent,
    LineOpened,
    PingArrived,
    ReplyStarted,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StillWaiting,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Draft, MessageStatus, Role
from desktop_chat.core.rate_limits import Quota, RateLimits
from desktop_chat.core.settings import Settings
from desktop_chat.core.stored import StoredConversation
from desktop_chat.core.totals import Totals
from desktop_chat.core.usage import Usage
from tests.chat.desk import REPLY_USD, Desk, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import question, reply
from tests.helpers.signals import Heard, next_signal

LIMITS = RateLimits(Quota(50, 49, 1.0), Quota(), Quota(), Quota())


# --- a turn that goes well


async def test_a_question_gets_its_reply(desk: Desk) -> None:
    session = desk.session()

    answer = await ask(session, "Why does it rain?")

    assert answer.status is MessageStatus.COMPLETE
    assert [(message.role, message.text) for message in session.path()] == [
        (Role.USER, "Why does it rain?"),
        (Role.ASSISTANT, "Hello."),
    ]
    assert answer.parent_id == session.path()[0].id
    assert not session.is_busy


async def test_the_facts_of_a_turn_come_in_order(desk: Desk) -> None:
    session = desk.session()
    order: list[str] = []
    session.message_added.connect(lambda message: order.append(f"added {message.role}"))
    session.event_arrived.connect(lambda _id, event: order.append(type(event).__name__))
    session.stored.connect(lambda message: order.append(f"stored {message.role}"))
    session.turn_ended.connect(lambda message: order.append(f"ended {message.status}, busy {session.is_busy}"))

    await ask(session)

    assert order == [
        "added user",
        "stored user",
        "added assistant",
        *("ReplyStarted", "BlockStarted", "TextArrived", "BlockEnded", "ReplyChanged", "ReplyEnded"),
        "stored assistant",
        "ended complete, busy False",
    ]


async def test_events_carry_the_id_of_their_reply(desk: Desk) -> None:
    session = desk.session()
    events = Heard(session.event_arrived)

    answer = await ask(session)

    assert {reply_id for reply_id, _ in events} == {answer.id}
    assert (answer.id, TextArrived(0, "Hello.")) in events


async def test_the_question_is_on_disk_before_the_server_is_asked(desk: Desk) -> None:
    session = desk.session()
    desk.store.hold()

    session.send(Draft("Why?"))
    await desk.store.reached.wait()
    assert desk.api.calls == []
    assert session.path()[0].text == "Why?"

    desk.store.let_go()
    await next_signal(session.turn_ended)
    assert desk.store.calls == ["put", "put", "end_reply"]
    assert len(desk.api.bodies) == 1


async def test_the_end_is_on_disk_before_it_is_told(desk: Desk) -> None:
    session = desk.session()

    answer = await ask(session)

    assert desk.store.messages[answer.id] == answer
    assert answer.id not in desk.store.journal


async def test_the_reply_carries_what_the_server_said_of_it(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("Done.", stop_reason="max_tokens"))

    answer = await ask(session)

    assert (answer.model, answer.provider, answer.stop_reason) == (
        "claude-fake",
        "https://api.anthropic.com",
        "max_tokens",
    )
    assert answer.usage == Usage(7, 5)
    assert answer.cost_usd == pytest.approx(REPLY_USD)
    assert answer.prefix_hash
    assert answer.ended_at is not None
    assert answer.timings is not None
    assert answer.timings.first_word_s is not None


async def test_a_reply_without_a_report_of_usage_has_no_figures(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(TextArrived(0, "Hi."), reply_events()[-1])

    answer = await ask(session)

    assert (answer.text, answer.usage, answer.cost_usd) == ("Hi.", None, None)


async def test_a_server_that_names_no_model_is_priced_as_the_one_that_was_asked(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(ReplyStarted("msg_1", "", {"input_tokens": 7, "output_tokens": 5}), *reply_events("Hi.")[1:])

    answer = await ask(session)

    assert (answer.model, answer.usage) == ("claude-fake", Usage(7, 5))
    assert answer.cost_usd == pytest.approx(REPLY_USD)


async def test_a_second_question_follows_the_first(desk: Desk) -> None:
    session = desk.session()

    await ask(session, "One")
    await ask(session, "Two")

    assert [message.text for message in session.path()] == ["One", "Hello.", "Two", "Hello."]
    assert [message["role"] for message in desk.api.bodies[1]["messages"]] == ["user", "assistant", "user"]


async def test_the_next_turn_may_start_when_the_end_is_told(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    once = [True]
    session.turn_ended.connect(lambda _message: once and once.pop() and session.send(Draft("Again")))
    desk.api.script(*reply_events("Hello."))
    desk.api.script(gate, *reply_events("Hello."))

    await ask(session)
    await gate.reached.wait()
    assert session.is_busy
    gate.open()
    await next_signal(session.turn_ended)

    assert [message.text for message in session.path()] == ["Why?", "Hello.", "Again", "Hello."]
    assert not session.is_busy


# --- what is not sent


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
async def test_an_empty_draft_is_not_sent(desk: Desk, text: str) -> None:
    session = desk.session()

    assert not session.send(Draft(text))
    assert session.is_empty
    assert not session.is_busy


async def test_nothing_else_is_asked_for_while_a_turn_runs(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    desk.api.script(gate, *reply_events("Hello."))
    session.send(Draft("One"))
    await gate.reached.wait()

    session.retry(session.path()[0].id)
    session.go_on(session.path()[-1].id)
    gate.open()
    await next_signal(session.turn_ended)

    assert [message.text for message in session.path()] == ["One", "Hello."]


# --- the title


async def test_the_first_question_gives_the_title(desk: Desk) -> None:
    session = desk.session()
    titles = Heard(session.title_changed)
    assert session.title == UNTITLED

    await ask(session, "# Why does it rain?\nAnd snow?")
    await ask(session, "And snow?")

    assert session.title == "Why does it rain?"
    assert titles == ["Why does it rain?"]
    assert desk.store.summaries[session.conversation_id].title == "Why does it rain?"


# --- what it is doing


async def test_the_activity_follows_the_turn(desk: Desk) -> None:
    session = desk.session()
    activities = Heard(session.activity_changed)
    why = Failure("Overloaded", "The server is busy.", "")
    desk.api.script(
        RequestSent(1, 100),
        RetryScheduled(0.5, 2, 3, why),
        RequestSent(2, 100),
        LineOpened(),
        BodySent(),
        StillWaiting(20.0),
        PingArrived(),
        ResponseOpened(None, None),
        reply_events()[0],
        ThinkingArrived(0, "Hm."),
        *reply_events("Hello.", "There.")[1:],
    )

    await ask(session)

    assert [activity.phase for activity in activities] == [
        Phase.CONNECTING,
        Phase.RETRYING,
        Phase.CONNECTING,
        Phase.SENDING,
        Phase.WAITING,
        Phase.QUIET,
        Phase.WAITING,
        Phase.THINKING,
        Phase.WRITING,
        Phase.IDLE,
    ]
    retrying = activities[1]
    assert (retrying.attempt, retrying.attempts_max, retrying.failure) == (2, 3, why)
    assert retrying.retry_at is not None
    assert activities[4].sent_bytes == 100
    assert activities[5].quiet_s == 20.0
    assert session.activity == Activity()


async def test_the_running_reply_is_shown_with_what_it_has(desk: Desk) -> None:
    session = desk.session()
    gate = Gate()
    events = reply_events("Half", " more")
    desk.api.script(*events[:3], gate, *events[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()

    running = session.path()[-1]
    assert (running.status, running.text) == (MessageStatus.STREAMING, "Half")

    gate.open()
    await next_signal(session.turn_ended)
    assert session.path()[-1].text == "Half more"


# --- figures


async def test_totals_grow_with_every_reply(desk: Desk) -> None:
    session = desk.session()
    totals = Heard(session.totals_changed)

    await ask(session)
    await ask(session)

    assert totals[-1] == session.totals
    assert session.totals.conversation == Usage(14, 10)
    assert session.totals.conversation_cost_usd == pytest.approx(2 * REPLY_USD)
    assert session.totals.reply == Usage(7, 5)
    assert (session.totals.context_tokens, session.totals.context_limit_tokens) == (12, 200_000)


async def test_an_empty_conversation_has_empty_totals(desk: Desk) -> None:
    assert desk.session().totals == Totals(context_limit_tokens=200_000)


async def test_limits_are_told_as_the_server_sends_them(desk: Desk) -> None:
    session = desk.session()
    limits = Heard(session.limits_changed)
    desk.api.script(RequestSent(1, 0), ResponseOpened("req_1", LIMITS), *reply_events("Hi."))

    await ask(session)

    assert limits == [LIMITS]
    assert session.limits == LIMITS


# --- models


async def test_a_chosen_model_is_asked_next_and_becomes_the_default(desk: Desk) -> None:
    session = desk.session()
    models = Heard(session.model_changed)

    session.set_model("claude-small")
    await ask(session)

    assert models == ["claude-small"]
    assert desk.api.bodies[0]["model"] == "claude-small"
    assert desk.preferences.settings.model == "claude-small"
    assert desk.session().model_id == "claude-small"


async def test_settings_go_into_the_request(desk: Desk) -> None:
    desk.preferences.change(max_tokens=1_000, system_prompt="Be short.")

    await ask(desk.session())

    assert desk.preferences.settings == Settings(max_tokens=1_000, system_prompt="Be short.")
    assert (desk.api.bodies[0]["max_tokens"], desk.api.bodies[0]["system"]) == (1_000, "Be short.")


# --- loading


async def test_loading_shows_what_the_disk_holds(desk: Desk) -> None:
    session = desk.session()
    paths, drafts, models = Heard(session.path_changed), Heard(session.draft_changed), Heard(session.model_changed)
    asked = question(session.conversation_id, "Why?")
    answers = [
        reply(session.conversation_id, asked.id, text, status=MessageStatus.COMPLETE, model="claude-small")
        for text in ("First.", "Second.")
    ]
    summary = ConversationSummary(session.conversation_id, "Rain", 1.0, 2.0)

    session.load(StoredConversation(summary, (asked, *answers), answers[0].id, Draft("And", 3)))

    assert [[message.text for message in path] for path in paths] == [["Why?", "First."]]
    assert (session.title, session.model_id, session.is_loaded) == ("Rain", "claude-small", True)
    assert session.siblings(answers[0].id) == tuple(sorted(answer.id for answer in answers))
    assert (drafts, models) == ([Draft("And", 3)], ["claude-small"])


async def test_a_draft_is_kept(desk: Desk) -> None:
    session = desk.session()

    session.keep_draft(Draft("Half a thou", 5))
    await session.close()

    assert desk.store.drafts == {session.conversation_id: Draft("Half a thou", 5)}


async def test_a_draft_that_could_not_be_kept_is_told(desk: Desk) -> None:
    session = desk.session()
    desk.store.failure = StoreFull("The disk is full.")

    session.keep_draft(Draft("Half a thou", 5))

    assert (await next_signal(session.store_failed)).kind == "StoreFull"
