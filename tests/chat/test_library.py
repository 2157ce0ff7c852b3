"""The list of conversations, and the sessions that live behind tabs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from shiboken6 import isValid

from desktop_chat.chat.library import Library
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.events import RequestSent, ResponseOpened
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.rate_limits import Quota, RateLimits
from tests.chat.desk import REPLY_USD, Desk, ask
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import question, reply
from tests.helpers.signals import Heard, next_signal

FULL = StoreFull("The disk is full.")
LIMITS = RateLimits(Quota(50, 49, 1.0), Quota(), Quota(), Quota(), 0.0)


async def stored_conversation(desk: Desk, conversation_id: str, text: str, moment: float = 1.0) -> None:
    """Put a question with its reply on the disk."""
    asked = question(conversation_id, text, created_at=moment, ended_at=moment)
    await desk.store.put(asked, text)
    await desk.store.put(
        reply(conversation_id, asked.id, "Yes.", status=MessageStatus.COMPLETE, created_at=moment, ended_at=moment)
    )


async def streaming(desk: Desk, session: ChatSession) -> Gate:
    """Ask and stop in the middle of the reply; the gate lets it go on."""
    gate = Gate()
    events = reply_events("Half", " more")
    desk.api.script(*events[:3], gate, *events[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()
    return gate


async def closed(desk: Desk, library: Library) -> None:
    await library.close()
    await desk.tasks.close()


def ids(library: Library) -> list[str]:
    return [summary.id for summary in library.conversations()]


# --- the list


async def test_the_list_begins_with_what_the_disk_holds_newest_first(desk: Desk) -> None:
    for number, moment in enumerate((20.0, 30.0, 10.0)):
        await stored_conversation(desk, f"c{number}", "Why?", moment)

    assert ids(await desk.library()) == ["c1", "c0", "c2"]


async def test_a_new_conversation_joins_the_list_with_its_first_message(desk: Desk) -> None:
    library = desk.empty_library()
    lists = Heard(library.conversations_changed)
    session = library.new_session()
    assert (session.is_loaded, session.is_empty) == (True, True)
    assert ids(library) == [] == lists

    await ask(session, "Why does it rain?")

    assert ids(library) == [session.conversation_id]
    assert library.conversations()[0].title == "Why does it rain?"
    assert lists[-1] == library.conversations()
    await closed(desk, library)


async def test_an_empty_conversation_that_is_closed_leaves_no_trace(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()

    library.release(session.conversation_id)
    await desk.tasks.close()

    assert ids(library) == []
    assert desk.store.summaries == {}


async def test_a_question_that_could_not_be_stored_does_not_join_the_list(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    failures = Heard(library.store_failed)
    desk.store.failure = FULL

    session.send(Draft("Why?"))
    await next_signal(session.draft_changed)
    await closed(desk, library)

    assert ids(library) == []
    assert [failure.kind for failure in failures] == ["StoreFull"]
    desk.store.failure = None


async def test_a_question_that_was_stopped_at_once_joins_the_list(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()

    session.send(Draft("Why?"))
    session.stop()
    await closed(desk, library)

    assert ids(library) == [session.conversation_id]


async def test_an_answered_conversation_moves_to_the_top(desk: Desk) -> None:
    await stored_conversation(desk, "old", "Old?", 10.0)
    await stored_conversation(desk, "new", "New?", 20.0)
    library = await desk.library()
    session = library.session("old")
    await next_signal(session.path_changed)

    await ask(session)

    assert ids(library) == ["old", "new"]
    assert library.conversations()[0].updated_at == pytest.approx(time.time(), abs=60)
    await closed(desk, library)


async def test_renaming_is_shown_and_stored(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()
    session = library.session("c1")
    titles = Heard(session.title_changed)

    library.rename("c1", "  Rain \n and snow ")
    await closed(desk, library)

    assert library.conversations()[0].title == session.title == "Rain and snow"
    assert titles == ["Rain and snow"]
    assert desk.store.summaries["c1"].title == "Rain and snow"


@pytest.mark.parametrize("title", ["", "  \n"])
async def test_blanks_are_no_title(desk: Desk, title: str) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()

    library.rename("c1", title)
    library.rename("unknown", "Title")

    assert library.conversations()[0].title == "Why?"
    await closed(desk, library)


async def test_a_renamed_conversation_keeps_its_title_when_it_is_answered(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    gate = await streaming(desk, session)
    library.rename(session.conversation_id, "Rain")

    gate.open()
    await next_signal(session.turn_ended)

    assert library.conversations()[0].title == "Rain"
    await closed(desk, library)


async def test_pinning_is_shown_and_stored(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()

    library.set_pinned("c1", True)
    await closed(desk, library)

    assert library.conversations()[0].is_pinned
    assert desk.store.summaries["c1"].is_pinned


# --- the trash


async def test_deleting_and_restoring(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "One?", 10.0)
    await stored_conversation(desk, "c2", "Two?", 20.0)
    library = await desk.library()
    lists = Heard(library.conversations_changed)

    library.delete("c2")
    assert ids(library) == ["c1"]
    library.restore("c2")
    await next_signal(library.conversations_changed)

    assert ids(library) == ["c2", "c1"]
    assert [len(summaries) for summaries in lists] == [1, 2]
    assert desk.store.summaries["c2"].deleted_at is None
    await closed(desk, library)


async def test_deleting_while_it_streams_stops_the_reply_and_keeps_it(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await streaming(desk, session)
    unseen = Heard(library.unseen_changed)

    library.delete(session.conversation_id)
    answer = await next_signal(session.turn_ended)
    await closed(desk, library)

    assert (answer.status, answer.text) == (MessageStatus.STOPPED, "Half")
    assert desk.store.messages[answer.id] == answer
    assert ids(library) == []
    assert unseen == []
    assert desk.store.summaries[session.conversation_id].deleted_at is not None


async def test_a_question_that_is_stored_after_the_deletion_does_not_bring_it_back(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    desk.store.hold()
    session.send(Draft("And?"))
    await desk.store.reached.wait()

    library.delete(session.conversation_id)
    desk.store.let_go()
    await closed(desk, library)

    assert ids(library) == []


async def test_a_restored_conversation_goes_on(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    library.delete(session.conversation_id)
    library.restore(session.conversation_id)
    await next_signal(library.conversations_changed)
    before = library.conversations()[0].updated_at

    await ask(session, "And?")

    assert library.conversations()[0].updated_at >= before
    assert ids(library) == [session.conversation_id]
    await closed(desk, library)


async def test_deleting_what_is_not_there_does_nothing(desk: Desk) -> None:
    library = desk.empty_library()

    library.delete("unknown")
    await desk.tasks.close()

    assert desk.store.calls == []


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


# --- unseen, tabs, costs


async def test_a_finished_reply_is_unseen_until_someone_looks(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    unseen = Heard(library.unseen_changed)
    key = session.conversation_id

    await ask(session)
    assert library.unseen_ids() == {key}
    library.mark_seen(key)
    library.mark_seen(key)

    assert unseen == [(key, True), (key, False)]
    assert library.unseen_ids() == frozenset()
    await closed(desk, library)


async def test_a_deleted_conversation_is_no_longer_unseen(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)

    library.delete(session.conversation_id)

    assert library.unseen_ids() == frozenset()
    await closed(desk, library)


async def test_tabs_are_remembered(desk: Desk) -> None:
    library = desk.empty_library()

    library.remember_tabs((OpenTab("c1"), OpenTab("c2", True)))
    await closed(desk, library)

    assert desk.store.tabs == (OpenTab("c1"), OpenTab("c2", True))


async def test_todays_cost_is_known_at_the_start_and_grows(desk: Desk) -> None:
    now = time.time()
    old = reply("c0", None, "old", status=MessageStatus.COMPLETE, created_at=now - 2 * 86_400, cost_usd=9.0)
    today = replace(old, id="today", created_at=now, cost_usd=0.5)
    await desk.store.put(old, "Old")
    await desk.store.put(today)
    library = await desk.library()
    assert library.today_cost_usd is None
    assert await next_signal(library.today_cost_changed) == pytest.approx(0.5)

    session = library.new_session()
    session.send(Draft("Why?"))
    await next_signal(library.today_cost_changed)

    assert library.today_cost_usd == pytest.approx(0.5 + REPLY_USD)
    await closed(desk, library)


# --- a disk that refuses


@pytest.mark.parametrize("wish", ["rename", "set_pinned", "delete", "restore", "remember_tabs"])
async def test_whatever_could_not_be_stored_is_told(desk: Desk, wish: str) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()
    desk.store.failure = FULL

    match wish:
        case "rename":
            library.rename("c1", "Other")
        case "set_pinned":
            library.set_pinned("c1", True)
        case "delete":
            library.delete("c1")
        case "restore":
            library.restore("c1")
        case _:
            library.remember_tabs((OpenTab("c1"),))

    assert (await next_signal(library.store_failed)).kind == "StoreFull"
    desk.store.failure = None
    await closed(desk, library)


async def test_an_end_that_could_not_be_stored_is_told_and_its_recovery_too(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    gate = await streaming(desk, session)
    failures, recovered = Heard(library.store_failed), Heard(library.store_recovered)
    desk.store.failure = FULL
    gate.open()

    answer = await next_signal(session.turn_ended)
    assert answer.status is MessageStatus.COMPLETE
    assert [failure.kind for failure in failures] == ["StoreFull"]
    desk.store.failure = None
    await desk.keeper.close()

    assert desk.store.messages[answer.id] == answer
    assert len(recovered) == 1
    await closed(desk, library)


async def test_the_list_of_a_start_is_taken_as_it_is(desk: Desk) -> None:
    summary = ConversationSummary("c1", "Title", 1.0, 2.0, is_pinned=True)
    desk.store.summaries["c1"] = summary

    assert (await desk.library()).conversations() == (summary,)
