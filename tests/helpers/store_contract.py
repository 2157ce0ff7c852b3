"""What every store has to keep to, whatever it is made of; run against the fake and against the real one."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.core.conversation import UNTITLED, ConversationTree, OpenTab, ReadingPlace
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import BlockStarted, ReplyChanged, ReplyEnded, ReplyEvent, ReplyStarted, TextArrived
from desktop_chat.core.kept_draft import KEPT_MAX
from desktop_chat.core.messages import Draft, MessageStatus, new_id
from desktop_chat.core.outbox import Queued
from desktop_chat.core.stored import StoredConversation
from tests.helpers.samples import BLOCKS, full_reply, question, queued, reply
from tests.helpers.stream_samples import delta, record, without_words


async def loaded(store: ConversationStore, conversation_id: str) -> StoredConversation:
    stored = await store.load(conversation_id)
    assert stored is not None
    return stored


async def kept_texts(store: ConversationStore) -> list[str]:
    return [kept.text for kept in await store.kept_drafts()]


class StoreContract:
    """Subclasses give the fixture `store`, started and empty."""

    async def test_a_new_store_is_empty(self, store: ConversationStore) -> None:
        state = await store.start()

        assert (state.conversations, state.tabs, state.interrupted_count) == ((), (), 0)
        assert await store.load("unknown") is None

    async def test_the_end_of_the_shown_path_can_be_had_alone(self, store: ConversationStore) -> None:
        path = [question("c1")]
        await store.put(path[0])
        for number in range(6):
            await store.put(question("c1", f"another {number}", path[-1].id))
            path.append(question("c1", f"shown {number}", path[-1].id))
            await store.put(path[-1])

        assert await store.load_end("c1", 3) == tuple(path[-3:])
        assert await store.load_end("c1", 99) == tuple(path)
        assert await store.load_end("unknown", 3) == ()

    async def test_the_end_is_read_from_the_call_on(self, store: ConversationStore) -> None:
        asked = question("c1")
        await store.put(asked)

        reading = store.load_end("c1", 3)
        await store.put(question("c1", "written later", asked.id))

        assert await reading == (asked,)

    async def test_with_patience_the_end_is_there_at_once(self, store: ConversationStore) -> None:
        asked = question("c1")
        await store.put(asked)

        reading = store.load_end("c1", 3, patience_s=10.0)

        assert reading.done()
        assert reading.result() == (asked,)

    async def test_every_field_comes_back(self, store: ConversationStore) -> None:
        asked = question("c1", "Why?\x00 \ud83d")
        answer = full_reply("c1", asked.id)

        await store.put(asked, "A title")
        await store.put(answer)

        stored = await loaded(store, "c1")
        assert sorted(stored.messages, key=lambda message: message.id) == sorted(
            (asked, answer), key=lambda message: message.id
        )
        assert stored.tip_id == answer.id
        assert stored.summary.title == "A title"

    async def test_blocks_come_back_exactly(self, store: ConversationStore) -> None:
        answer = full_reply("c1", None)

        await store.put(answer)

        (message,) = (await loaded(store, "c1")).messages
        assert [list(block.items()) for block in message.content] == [list(block.items()) for block in BLOCKS]

    async def test_the_next_state_replaces_the_last(self, store: ConversationStore) -> None:
        begun = reply("c1", None)
        await store.put(begun)

        await store.put(replace(begun, content=({"type": "text", "text": "more"},)))

        (message,) = (await loaded(store, "c1")).messages
        assert message.text == "more"

    async def test_a_conversation_exists_with_its_first_message(self, store: ConversationStore) -> None:
        assert (await store.start()).conversations == ()

        await store.put(question("c1"))

        (summary,) = (await store.start()).conversations
        assert (summary.id, summary.title) == ("c1", UNTITLED)

    async def test_conversations_come_newest_first(self, store: ConversationStore) -> None:
        for number, moment in (("a", 100.0), ("b", 300.0), ("c", 200.0)):
            await store.put(question(number, created_at=moment, ended_at=moment))
        assert [summary.id for summary in (await store.start()).conversations] == ["b", "c", "a"]

        await store.end_reply(reply("a", None, "late", status=MessageStatus.COMPLETE, ended_at=400.0))

        assert [summary.id for summary in (await store.start()).conversations] == ["a", "b", "c"]

    async def test_a_question_clears_its_draft_and_no_other(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Why?", 4))
        await store.put_draft("c2", Draft("How?", 1))

        await store.put(reply("c1", None))
        assert (await loaded(store, "c1")).draft == Draft("Why?", 4)
        await store.put(question("c1"))

        assert (await loaded(store, "c1")).draft == Draft()
        assert (await loaded(store, "c2")).draft == Draft("How?", 1)

    async def test_the_draft_of_an_unsent_conversation_survives_unseen(self, store: ConversationStore) -> None:
        await store.put_draft("new", Draft("Dear …", 6))

        stored = await loaded(store, "new")

        assert (stored.draft, stored.messages, stored.tip_id) == (Draft("Dear …", 6), (), None)
        assert stored.summary.title == UNTITLED
        assert (await store.start()).conversations == ()

    async def test_an_empty_draft_is_forgotten(self, store: ConversationStore) -> None:
        await store.put_draft("new", Draft("text", 1))

        await store.put_draft("new", Draft(" \n", 1))

        assert await store.load("new") is None

    async def test_the_tip_is_remembered(self, store: ConversationStore) -> None:
        first, second = question("c1", "one"), question("c1", "two")
        await store.put(first)
        await store.put(second)

        await store.set_tip("c1", first.id)

        assert (await loaded(store, "c1")).tip_id == first.id

    async def test_the_end_of_a_reply_does_not_move_the_tip(self, store: ConversationStore) -> None:
        first, second = reply("c1", None), reply("c1", None)
        await store.put(first)
        await store.put(second)

        await store.end_reply(replace(first, status=MessageStatus.COMPLETE))

        assert (await loaded(store, "c1")).tip_id == second.id

    async def test_what_streamed_is_found_as_interrupted(self, store: ConversationStore) -> None:
        asked = question("c1")
        begun = reply("c1", asked.id)
        await store.put(asked)
        await store.put(begun)
        await store.append_journal([(begun.id, [ReplyStarted("m", "claude-x", {"input_tokens": 7})])])
        await store.append_journal(
            [(begun.id, [BlockStarted(0, {"type": "text", "text": ""}), TextArrived(0, "Once ")])]
        )
        await store.append_journal(
            [("somebody else", [TextArrived(0, "!")]), (begun.id, [TextArrived(0, "upon\ud83d")])]
        )

        assert (await store.start()).interrupted_count == 1

        message = ConversationTree((await loaded(store, "c1")).messages)[begun.id]
        assert message.status is MessageStatus.INTERRUPTED
        assert message.text == "Once upon\ufffd"
        assert (message.model, message.usage and message.usage.input_tokens) == ("claude-x", 7)
        assert message.ended_at is not None and message.ended_at >= message.created_at
        assert (await store.start()).interrupted_count == 0

    async def test_a_reply_of_which_nothing_came_is_interrupted_too(self, store: ConversationStore) -> None:
        begun = reply("c1", None)
        await store.put(begun)

        assert (await store.start()).interrupted_count == 1

        (message,) = (await loaded(store, "c1")).messages
        assert (message.status, message.content) == (MessageStatus.INTERRUPTED, ())

    async def test_a_reply_that_had_ended_is_complete(self, store: ConversationStore) -> None:
        begun = reply("c1", None)
        await store.put(begun)
        end: list[ReplyEvent] = [
            TextArrived(0, "All."),
            ReplyChanged("end_turn", None, None, {"output_tokens": 3}),
            ReplyEnded(),
        ]
        await store.append_journal([(begun.id, end)])

        assert (await store.start()).interrupted_count == 0

        (message,) = (await loaded(store, "c1")).messages
        assert (message.status, message.text, message.stop_reason) == (MessageStatus.COMPLETE, "All.", "end_turn")

    async def test_the_end_of_a_turn_drops_the_journal(self, store: ConversationStore) -> None:
        begun = reply("c1", None)
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(0, "draft")])])

        await store.end_reply(replace(begun, status=MessageStatus.STOPPED, content=({"type": "text", "text": "end"},)))

        assert (await store.start()).interrupted_count == 0
        (message,) = (await loaded(store, "c1")).messages
        assert (message.status, message.text) == (MessageStatus.STOPPED, "end")

    async def test_tabs_come_back_in_order(self, store: ConversationStore) -> None:
        place = ReadingPlace("m1", 3, -0.5)
        tabs = (OpenTab("b"), OpenTab("a", is_current=True), OpenTab("c", place=place))
        await store.put_tabs([OpenTab("old", is_current=True)])

        await store.put_tabs(list(tabs))

        assert (await store.start()).tabs == tabs

    async def test_the_trash_is_out_of_sight_and_gives_back(self, store: ConversationStore) -> None:
        asked = question("c1")
        await store.put(asked, "Keep me")
        await store.put_tabs([OpenTab("c1", is_current=True)])

        await store.delete("c1")
        state = await store.start()
        assert (state.conversations, state.tabs) == ((), ())
        assert (await loaded(store, "c1")).summary.deleted_at is not None
        summary = await store.restore("c1")

        assert (summary.title, summary.deleted_at) == ("Keep me", None)
        assert (await store.start()).conversations == (summary,)
        assert (await loaded(store, "c1")).messages == (asked,)

    async def test_the_trash_is_read_newest_first_and_emptied_of_what_was_chosen(
        self, store: ConversationStore
    ) -> None:
        for key in ("c1", "c2", "c3"):
            await store.put(question(key), f"Title of {key}")
        await store.delete("c1")
        await store.delete("c2")
        assert [summary.id for summary in await store.trash()] == ["c2", "c1"]

        await store.delete_for_good(["c1", "c3", "never was"])

        assert [summary.title for summary in await store.trash()] == ["Title of c2"]
        assert await store.load("c1") is None
        assert [summary.id for summary in (await store.start()).conversations] == ["c3"]

    async def test_what_is_gone_cannot_be_restored(self, store: ConversationStore) -> None:
        with pytest.raises(StoreError, match="gone"):
            await store.restore("never was")

    async def test_a_question_from_elsewhere_leaves_the_draft(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Why?", 4))

        await store.put(question("c1"), keeps_draft=True)

        assert (await loaded(store, "c1")).draft == Draft("Why?", 4)

    async def test_a_whole_conversation_is_stored_at_once(self, store: ConversationStore) -> None:
        asked = question("c1", "Why?", created_at=100.0, ended_at=100.0)
        answer = full_reply("c1", asked.id)
        await store.put(question("other", created_at=150.0, ended_at=150.0))

        await store.put_conversation((asked, answer), "Copy \ud83d", 200.0)

        stored = await loaded(store, "c1")
        assert {message.id: message for message in stored.messages} == {asked.id: asked, answer.id: answer}
        assert stored.tip_id == answer.id
        assert [summary.id for summary in (await store.start()).conversations] == ["c1", "other"], "it is the newest"
        assert (stored.summary.created_at, stored.summary.updated_at) == (200.0, 200.0)

    async def test_what_waits_comes_back_in_order_and_takes_the_draft_along(self, store: ConversationStore) -> None:
        await store.put(question("c1"))
        await store.put_draft("c1", Draft("First", 5))
        waiting = [queued("c1", place, f"Number {place}") for place in (1, 2, 3)]

        for each in (waiting[2], waiting[0], waiting[1], queued("c2", 1)):
            await store.put_queued(each)

        stored = await loaded(store, "c1")
        assert stored.queued == tuple(waiting)
        assert stored.draft == Draft()

    async def test_every_text_can_wait(self, store: ConversationStore) -> None:
        text = "NUL \x00, a separator \u2028, a rocket \U0001f680 " + "and much more. " * 100_000
        await store.put_queued(queued("c1", 1, text))
        await store.put_queued(queued("c1", 2, "half a rocket \ud83d"))

        kept = [each.text for each in (await loaded(store, "c1")).queued]

        assert kept[0] == text
        assert kept[1].startswith("half a rocket ")

    async def test_what_is_brought_back_leaves_the_draft(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Something else", 3))

        await store.put_queued(queued("c1", 1), keeps_draft=True)

        assert (await loaded(store, "c1")).draft == Draft("Something else", 3)

    async def test_a_message_that_is_sent_waits_no_more(self, store: ConversationStore) -> None:
        first, second = queued("c1", 1, "First"), queued("c1", 2, "Second")
        await store.put_queued(first)
        await store.put_queued(second)
        await store.put_draft("c1", Draft("Third", 5))

        await store.put(question("c1", "First"), "First", keeps_draft=True, queued_id=first.id)

        stored = await loaded(store, "c1")
        assert [message.text for message in stored.messages] == ["First"]
        assert (stored.queued, stored.draft) == ((second,), Draft("Third", 5))

    async def test_what_is_taken_out_stands_in_the_composer_or_nowhere(self, store: ConversationStore) -> None:
        first, second = queued("c1", 1, "First"), queued("c1", 2, "Second")
        await store.put_queued(first)
        await store.put_queued(second)

        await store.take_queued(first, Draft("First", 5))
        assert (await loaded(store, "c1")).draft == Draft("First", 5)
        await store.take_queued(second)
        await store.take_queued(second)

        stored = await loaded(store, "c1")
        assert (stored.queued, stored.draft) == ((), Draft("First", 5))

    async def test_a_conversation_in_which_something_waits_can_be_found(self, store: ConversationStore) -> None:
        await store.put(question("begun"))
        await store.put_tabs([OpenTab("shown", is_current=True)])
        for number, key in enumerate(("late", "begun", "shown", "early", "early")):
            await store.put_queued(Queued(f"q{number}", key, number, "Why?", 100.0 - number))

        start = await store.start()
        assert [tab.conversation_id for tab in start.tabs] == ["shown", "early", "late"]
        assert start.waiting_ids == {"begun", "shown", "early", "late"}

        stored = await loaded(store, "early")
        assert (stored.messages, len(stored.queued), stored.summary.title) == ((), 2, UNTITLED)

    async def test_titles_and_pins_are_kept(self, store: ConversationStore) -> None:
        await store.put(question("c1"), "Old")
        before = (await loaded(store, "c1")).summary

        await store.rename("c1", "Neu — 新")
        await store.set_pinned("c1", True)
        await store.put(question("c1"), "Not this one")

        (summary,) = (await store.start()).conversations
        assert (summary.title, summary.is_pinned) == ("Neu — 新", True)
        assert summary.created_at == before.created_at

    async def test_what_has_no_message_yet_cannot_be_renamed(self, store: ConversationStore) -> None:
        await store.rename("new", "Title")
        await store.set_pinned("new", True)
        await store.set_tip("new", "tip")
        await store.delete("new")

        assert await store.load("new") is None

    async def test_costs_add_up_from_a_moment_on(self, store: ConversationStore) -> None:
        for moment, cost_usd in ((100.0, 1.0), (200.0, 0.25), (300.0, None), (400.0, 0.5)):
            await store.put(reply("c1", None, created_at=moment, cost_usd=cost_usd))

        assert await store.cost_since(200.0) == pytest.approx(0.75)
        assert await store.cost_since(500.0) == 0

    async def test_long_histories_keep_their_tree(self, store: ConversationStore) -> None:
        parent_id = None
        for number in range(30):
            message = question("c1", str(number), parent_id, id=new_id())
            await store.put(message)
            parent_id = message.id if number % 3 else parent_id

        stored = await loaded(store, "c1")

        assert len(stored.messages) == 30
        assert len(ConversationTree(stored.messages, stored.tip_id).path()) == 20

    # --- texts that were thrown away

    async def test_a_draft_that_is_cleared_or_replaced_is_kept(self, store: ConversationStore) -> None:
        await store.put(question("c1"), "About tides")
        for text in ("Why does the moon pull", "Why does the moon pull at the sea?", "", "Another thought", "x", "xy"):
            await store.put_draft("c1", Draft(text, 0))

        kept = await store.kept_drafts()

        assert [each.text for each in kept] == ["Another thought", "Why does the moon pull at the sea?"]
        assert {(each.conversation_id, each.title) for each in kept} == {("c1", "About tides")}
        assert all(each.kept_at > 0 for each in kept)

    async def test_a_question_is_kept_and_not_the_draft_it_grew_from(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Why is the sky blu", 18))
        await store.put(question("c1", "Why is the sky blue?"))
        await store.put_draft("c1", Draft("A thought for later", 0))
        await store.put(question("c1", "Asked from elsewhere"), keeps_draft=True)
        await store.put(reply("c1", None, "A long reply is no draft."))

        assert await kept_texts(store) == ["Asked from elsewhere", "Why is the sky blue?"]
        assert (await loaded(store, "c1")).draft.text == "A thought for later"

        await store.put(question("c1", "Something else altogether"))

        assert await kept_texts(store) == [
            "Something else altogether",
            "A thought for later",
            "Asked from elsewhere",
            "Why is the sky blue?",
        ]

    async def test_a_queued_message_is_kept_when_it_is_dropped_and_not_when_it_is_sent(
        self, store: ConversationStore
    ) -> None:
        dropped, sent = (Queued(new_id(), "c1", n, f"Waiting message {n}", 1.0) for n in (1, 2))
        await store.put_draft("c1", Draft("Waiting mess", 0))
        await store.put_queued(dropped)
        await store.put_queued(sent)
        assert await kept_texts(store) == []

        await store.take_queued(dropped)
        assert await kept_texts(store) == ["Waiting message 1"]
        await store.take_queued(sent, Draft("Waiting message 2", 0))
        assert await kept_texts(store) == ["Waiting message 1"], "it stands in the composer"

    async def test_the_draft_of_a_deleted_conversation_is_kept_and_comes_back_with_it(
        self, store: ConversationStore
    ) -> None:
        await store.put(question("c1"), "Title")
        await store.put_draft("c1", Draft("Not finished yet", 3))

        await store.delete("c1")

        (kept,) = await store.kept_drafts()
        assert (kept.text, kept.title) == ("Not finished yet", "Title")
        await store.restore("c1")
        assert (await loaded(store, "c1")).draft == Draft("Not finished yet", 3)

    async def test_a_draft_that_nothing_leads_to_is_found_at_the_next_start(self, store: ConversationStore) -> None:
        for name in ("tab", "talk", "nowhere", "queue"):
            await store.put_draft(name, Draft(f"Written in the {name}", 0))
        await store.put(reply("talk", None))
        await store.put_queued(Queued(new_id(), "queue", 1, "It waits.", 1.0), keeps_draft=True)
        await store.put_tabs([OpenTab("tab")])

        await store.start()

        (kept,) = await store.kept_drafts()
        assert (kept.text, kept.title) == ("Written in the nowhere", UNTITLED)
        assert await store.load("nowhere") is None
        assert (await loaded(store, "tab")).draft.text == "Written in the tab"

    async def test_the_last_fifty_are_kept_and_each_once(self, store: ConversationStore) -> None:
        for number in range(KEPT_MAX + 5):
            await store.put(question(f"c{number % 3}", f"Question number {number:02}"))
        await store.put(question("c1", f"Question number {KEPT_MAX}"))

        texts = await kept_texts(store)

        assert len(texts) == len(set(texts)) == KEPT_MAX
        assert texts[:2] == [f"Question number {KEPT_MAX}", f"Question number {KEPT_MAX + 4}"]
        assert texts[-1] == "Question number 05"

    async def test_what_was_written_on_stands_for_its_beginnings(self, store: ConversationStore) -> None:
        for text in ("One thing is certain", "", "One thing is certain: rain", ""):
            await store.put_draft("c1", Draft(text, 0))

        assert await kept_texts(store) == ["One thing is certain: rain"]

    async def test_kept_texts_can_be_forgotten(self, store: ConversationStore) -> None:
        for text in ("The first question", "The second question", "The third question"):
            await store.put(question("c1", text))
        second = (await store.kept_drafts())[1]

        await store.delete_kept_draft(second.number)
        await store.delete_kept_draft(second.number)
        assert await kept_texts(store) == ["The third question", "The first question"]
        await store.clear_kept_drafts()

        assert await store.kept_drafts() == ()

    async def test_any_text_can_be_kept(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Half \ud83d, nothing \x00, \u2028 and a line\n", 0))
        await store.put_draft("c1", Draft())

        assert await kept_texts(store) == ["Half \ufffd, nothing \x00, \u2028 and a line\n"]

    async def test_what_went_over_the_line_is_kept_without_its_words(self, store: ConversationStore) -> None:
        answer = reply("c1", None, status=MessageStatus.COMPLETE)
        parts = [record([delta(1.0, "Why not?")], answer.id, part=part) for part in (1, 0)]
        for part in parts:
            await store.end_reply(answer, part)

        assert await store.stream_records(answer.id) == (without_words(parts[1]), without_words(parts[0]))
        assert await store.stream_records("unknown") == ()

    async def test_a_record_takes_the_place_of_the_same_part(self, store: ConversationStore) -> None:
        answer = reply("c1", None, status=MessageStatus.COMPLETE)
        await store.end_reply(answer, record([delta(1.0, "Why")], answer.id))
        await store.end_reply(answer)

        await store.end_reply(answer, record([delta(1.0, "Why"), delta(2.0, " not?")], answer.id))

        (stored,) = await store.stream_records(answer.id)
        assert [arrival.units for arrival in stored.arrivals] == [3, 5]

    async def test_close_may_be_called_twice(self, store: ConversationStore) -> None:
        await store.put(question("c1"))

        await store.close()
        await store.close()

        with pytest.raises(StoreError):
            await store.put(question("c1"))

    async def test_times_are_kept_to_the_last_bit(self, store: ConversationStore) -> None:
        now = time.time()

        await store.put(question("c1", created_at=now, ended_at=now))

        (message,) = (await loaded(store, "c1")).messages
        assert (message.created_at, message.ended_at) == (now, now)
