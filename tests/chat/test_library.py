"""The list of conversations, and the sessions that live behind tabs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.messages import Draft, MessageStatus
from tests.chat.desk import REPLY_USD, Desk, ask
from tests.chat.library_cases import FULL, closed, ids, stored_conversation, streaming
from tests.helpers.samples import reply
from tests.helpers.signals import Heard, next_signal

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
    await next_signal(session.draft_returned)
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
    lists = Heard(library.conversations_changed)

    await ask(session, "And?")

    assert lists
    assert ids(library) == [session.conversation_id]
    await closed(desk, library)


async def test_deleting_what_is_not_there_does_nothing(desk: Desk) -> None:
    library = desk.empty_library()

    library.delete("unknown")
    await desk.tasks.close()

    assert desk.store.calls == []


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
