"""What every store has to keep to, whatever it is made of; run against the fake and against the real one."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.core.conversation import UNTITLED, ConversationTree, OpenTab, ReadingPlace
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import BlockStarted, ReplyChanged, ReplyEnded, ReplyEvent, ReplyStarted, TextArrived
from desktop_chat.core.messages import Draft, MessageStatus, new_id
from desktop_chat.core.stored import StoredConversation
from tests.helpers.samples import BLOCKS, full_reply, question, reply


async def loaded(store: ConversationStore, conversation_id: str) -> StoredConversation:
    stored = await store.load(conversation_id)
    assert stored is not None
    return stored


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
