"""What waits in a conversation through branches, restarts, closed tabs, the trash and the end of the program."""

from __future__ import annotations

from desktop_chat.chat.library import Library
from desktop_chat.core.messages import Draft
from desktop_chat.core.outbox import Queued, Wait
from tests.chat.desk import Desk, all_ended, ask
from tests.chat.library_cases import closed, stored_conversation, streaming
from tests.chat.outbox_cases import asked, at_rest, busy, kept, queue, texts, waits
from tests.helpers.samples import queued
from tests.helpers.signals import Heard, next_signal

# --- branches


async def test_it_goes_to_the_end_of_the_path_that_is_shown_then(desk: Desk) -> None:
    session, _gate = await busy(desk, "Two")
    first_id = session.path()[0].id
    session.stop()
    await next_signal(session.rested)

    assert session.edit(first_id, Draft("Why not?", 8))
    await next_signal(session.rested)

    assert asked(session) == ["Why not?", "Two"]
    session.select_sibling(session.path()[0].id, -1)
    assert asked(session) == ["Why?"], "the old branch has nothing of it"


async def test_an_edit_waits_for_the_reply_and_the_queue_is_untouched(desk: Desk) -> None:
    session, gate = await busy(desk, "Two")

    assert not session.edit(session.path()[0].id, Draft("Why not?", 8))
    session.select_sibling(session.path()[0].id, 1)

    assert texts(session) == ["Two"]
    gate.open()
    await at_rest(session)


async def test_a_branch_takes_nothing_of_the_queue_along(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    desk.network.set_offline(True)
    await queue(session, "Two")

    library.branch(session.conversation_id, session.path()[-1].id)
    copy = library.session(await next_signal(library.branch_made))

    assert (texts(copy), texts(session)) == ([], ["Two"])
    await closed(desk, library)


# --- restarts and tabs


async def test_what_is_found_at_the_start_waits_for_a_click(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    await desk.store.put_queued(queued("c1", 4, "Two"))
    await desk.store.put_queued(queued("c1", 7, "Three"))
    library = await desk.library()
    session = library.session("c1")
    await next_signal(session.totals_changed)
    desk.network.set_offline(True)
    desk.network.set_offline(False)

    assert (texts(session), waits(session), session.is_busy) == (["Two", "Three"], [Wait.READER] * 2, False)

    await ask(session, "Something new")
    await all_ended(f"turn in {session.conversation_id}")
    assert waits(session) == [Wait.READER] * 2, "a new question is no word about the old ones"

    session.outbox.send_now(session.outbox.rows[0].message.id)
    await next_signal(session.rested)
    assert (asked(session)[-1], texts(session), waits(session)) == ("Two", ["Three"], [Wait.READER])

    session.outbox.resume(Wait.READER)
    await next_signal(session.rested)
    assert asked(session)[-1] == "Three"
    await closed(desk, library)


async def test_what_is_queued_after_a_start_goes_out_past_what_waits_for_a_click(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    await desk.store.put_queued(queued("c1", 4, "Old"))
    library = await desk.library()
    session = library.session("c1")
    await next_signal(session.totals_changed)
    gate = await streaming(desk, session)

    await queue(session, "New")
    assert (texts(session), waits(session)) == (["Old", "New"], [Wait.READER, Wait.REPLY])
    gate.open()
    await next_signal(session.rested)

    assert (asked(session)[-1], texts(session)) == ("New", ["Old"])
    await closed(desk, library)


async def test_a_conversation_of_which_only_the_queue_is_known_opens_with_it(desk: Desk) -> None:
    await desk.store.put_queued(queued("new", 1, "The first question"))
    library = await desk.library()

    session = library.session("new")
    await next_signal(session.totals_changed)

    assert (session.is_empty, texts(session)) == (True, ["The first question"])
    await closed(desk, library)


async def test_behind_a_closed_tab_the_queue_goes_out_to_its_end(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    gate = await streaming(desk, session)
    await queue(session, "Two", "Three")
    key = session.conversation_id

    library.release(key)
    gate.open()
    await next_signal(session.destroyed)

    stored = await desk.store.load(key)
    assert stored is not None
    assert len(stored.messages) == 6
    assert stored.queued == ()
    await closed(desk, library)


async def test_behind_a_closed_tab_it_waits_for_the_network(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    desk.network.set_offline(True)
    await queue(session, "One")

    library.release(session.conversation_id)
    assert library.outgoing_count == 1
    assert library.session(session.conversation_id) is session
    library.release(session.conversation_id)
    desk.network.set_offline(False)
    await next_signal(session.destroyed)

    assert [message.text for message in desk.store.messages.values()] == ["One", "Hello."]
    await closed(desk, library)


async def test_behind_a_closed_tab_a_queue_that_is_paused_stays_on_the_disk(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await streaming(desk, session)
    await queue(session, "Two")
    key = session.conversation_id
    session.stop()
    await next_signal(session.rested)

    library.release(key)
    await next_signal(session.destroyed)
    again = library.session(key)
    await next_signal(again.totals_changed)

    assert (texts(again), waits(again)) == (["Two"], [Wait.READER])
    await closed(desk, library)


async def test_a_conversation_in_the_trash_sends_nothing(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    desk.network.set_offline(True)
    await queue(session, "Two")

    library.delete(session.conversation_id)
    desk.network.set_offline(False)

    assert not session.is_busy
    assert (waits(session), library.outgoing_count) == ([Wait.READER], 0)
    await closed(desk, library)


async def test_what_waits_behind_a_closed_tab_goes_to_the_trash_with_its_conversation(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    desk.network.set_offline(True)
    await queue(session, "Two")
    library.release(session.conversation_id)

    library.delete(session.conversation_id)
    await next_signal(session.destroyed)

    assert kept(desk) == ["Two"], "it can be brought back"
    await closed(desk, library)


async def test_a_reply_that_is_stopped_because_its_conversation_goes_is_not_followed(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await streaming(desk, session)
    await queue(session, "Two")
    session.outbox.send_now(session.outbox.rows[0].message.id)

    library.delete(session.conversation_id)
    await next_signal(session.rested)

    assert texts(session) == kept(desk) == ["Two"]
    await closed(desk, library)


async def test_the_end_of_the_program_sends_nothing_more(desk: Desk) -> None:
    library = desk.empty_library()
    first, second = library.new_session(), library.new_session()
    gate = await streaming(desk, first)
    await streaming(desk, second)
    await queue(first, "Two")
    await queue(second, "Two")
    second.outbox.send_now(second.outbox.rows[0].message.id)
    gate.open()

    await library.close()

    assert kept(desk) == ["Two", "Two"]
    assert len(desk.api.bodies) == 2


async def test_the_library_counts_what_goes_out_by_itself(desk: Desk) -> None:
    library = desk.empty_library()
    first, second = library.new_session(), library.new_session()
    told = Heard(library.outgoing_changed)
    desk.network.set_offline(True)

    await queue(first, "One", "Two")
    await queue(second, "Three")
    second.outbox.load((queued(second.conversation_id, 9, "found"),))

    assert library.outgoing_count == 3
    assert len(told) == 4
    await closed(desk, library)


async def test_what_was_dropped_comes_back_after_its_tab_was_closed(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    library = await desk.library()

    library.put_back_queued(Queued("q", "c1", 1, "Two", 1.0))
    await all_ended("bring a queued message back")
    session = library.session("c1")
    await next_signal(session.totals_changed)

    assert texts(session) == ["Two"]
    library.put_back_queued(Queued("p", "c1", 0, "One", 1.0))
    assert texts(session) == ["One", "Two"]
    await closed(desk, library)


# --- the list


async def test_the_list_knows_where_something_waits_also_without_a_tab(desk: Desk) -> None:
    await stored_conversation(desk, "c1", "Why?")
    await desk.store.put_queued(queued("c1", 4, "Two"))
    library = Library(desk.surroundings, await desk.store.start())
    heard = Heard(library.waiting_changed)
    assert library.waiting_ids() == {"c1"}

    session = library.session("c1")
    await next_signal(session.path_changed)
    dropped = session.outbox.drop(session.outbox.rows[0].message.id)
    assert heard == [("c1", False)]
    assert library.waiting_ids() == frozenset()
    library.release("c1")
    await closed(desk, library)

    assert dropped is not None
    library.put_back_queued(dropped)
    assert heard == [("c1", False), ("c1", True)]
    assert library.waiting_ids() == {"c1"}
    await closed(desk, library)


async def test_a_message_that_is_queued_and_sent_is_told_to_the_list(desk: Desk) -> None:
    library = desk.empty_library()
    session = library.new_session()
    await ask(session)
    heard = Heard(library.waiting_changed)
    desk.network.set_offline(True)
    await queue(session, "Two")
    assert heard == [(session.conversation_id, True)]
    await queue(session, "Three")
    desk.network.set_offline(False)
    await at_rest(session)
    assert heard == [(session.conversation_id, True), (session.conversation_id, False)]
    await closed(desk, library)
