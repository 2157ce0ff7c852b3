"""What every store has to keep to with files that are to go out; run against the fake and against the real one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.messages import Draft, new_id, user_message
from desktop_chat.core.outbox import Queued
from tests.helpers.attached_samples import noise, with_data, words
from tests.helpers.samples import question
from tests.helpers.store_contract import loaded

LEAF, SEEDS, REPORT = (
    noise("leaf.png"),
    words("seeds.txt", "Roggen, 小麦 \U0001f33e\n"),
    noise("report 世界.png", 70_000),
)
FILES = (LEAF, SEEDS, REPORT)


def waiting(place: int, text: str, *files: object) -> Queued:
    """A message with files that waits in the conversation `c1`."""
    return Queued(f"q{place}", "c1", place, text, 1_790_000_000.5, files)  # type: ignore[arg-type]


async def kept_whole(store: ConversationStore) -> list[Draft]:
    """The texts that are kept with their files, newest first."""
    drafts = [await store.kept_draft(kept.number) for kept in await store.kept_drafts()]
    return [draft for draft in drafts if draft is not None]


class AttachmentsContract:
    """Subclasses give the fixture `store`, started and empty."""

    # --- drafts

    async def test_a_draft_comes_back_with_its_files_in_order(self, store: ConversationStore) -> None:
        draft = Draft("Which is it?", 5, (REPORT, LEAF, SEEDS))

        await store.put_draft("c1", draft)

        assert with_data((await loaded(store, "c1")).draft) == with_data(draft)

    async def test_a_draft_may_hold_files_alone(self, store: ConversationStore) -> None:
        draft = Draft("", 0, (LEAF,))
        await store.put_draft("new", draft)
        assert with_data((await loaded(store, "new")).draft) == with_data(draft)

        await store.put_draft("new", Draft())

        assert await store.load("new") is None

    async def test_the_same_file_may_be_there_twice(self, store: ConversationStore) -> None:
        copy = replace(LEAF, name="a copy of it.png")
        draft = Draft("Twice", 5, (LEAF, copy, LEAF))

        await store.put_draft("c1", draft)

        assert with_data((await loaded(store, "c1")).draft) == with_data(draft)

    async def test_a_file_stays_as_long_as_one_draft_has_it(self, store: ConversationStore) -> None:
        for key in ("c1", "c2"):
            await store.put_draft(key, Draft(key, 0, (LEAF,)))

        await store.put_draft("c1", Draft("c1", 0))

        assert (await loaded(store, "c1")).draft == Draft("c1", 0)
        assert with_data((await loaded(store, "c2")).draft) == with_data(Draft("c2", 0, (LEAF,)))

    async def test_any_name_can_be_kept(self, store: ConversationStore) -> None:
        names = ("half \ud83d.png", 'quotes " and \\', "NUL \x00", "line\n\u2028", "")
        draft = Draft("", 0, tuple(replace(LEAF, name=name) for name in names))

        await store.put_draft("c1", draft)

        assert (await loaded(store, "c1")).draft == draft

    # --- what is sent

    async def test_a_question_holds_its_files_and_clears_the_draft(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Which is it?", 0, FILES))
        await store.put_draft("c2", Draft("Another", 0, (LEAF,)))
        asked = user_message("c1", None, "Which is it?", FILES)

        await store.put(asked)

        stored = await loaded(store, "c1")
        assert (stored.messages, stored.draft) == ((asked,), Draft())
        assert with_data((await loaded(store, "c2")).draft) == with_data(Draft("Another", 0, (LEAF,)))

    async def test_a_question_from_elsewhere_leaves_the_files(self, store: ConversationStore) -> None:
        draft = Draft("Which is it?", 0, FILES)
        await store.put_draft("c1", draft)

        await store.put(question("c1"), keeps_draft=True)

        assert with_data((await loaded(store, "c1")).draft) == with_data(draft)

    async def test_what_waits_takes_the_files_of_the_draft_along(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("Which is it?", 0, FILES))
        first, second = waiting(1, "Which is it?", *FILES), waiting(2, "", SEEDS)

        await store.put_queued(first)
        await store.put_queued(second)
        await store.start()

        stored = await loaded(store, "c1")
        assert (stored.queued, stored.draft) == ((first, second), Draft())
        assert [with_data(each.as_draft()) for each in stored.queued] == [
            with_data(each.as_draft()) for each in (first, second)
        ]

    async def test_a_message_that_is_sent_leaves_its_file_to_all_else(self, store: ConversationStore) -> None:
        first, second = waiting(1, "First", LEAF, SEEDS), waiting(2, "Second", LEAF)
        await store.put_queued(first)
        await store.put_queued(second)
        await store.put_draft("c1", Draft("Third", 0, (SEEDS,)))
        asked = user_message("c1", None, "First", first.attachments)

        await store.put(asked, keeps_draft=True, queued_id=first.id)

        stored = await loaded(store, "c1")
        assert (stored.messages, stored.queued) == ((asked,), (second,))
        assert with_data(stored.queued[0].as_draft()) == with_data(second.as_draft())
        assert with_data(stored.draft) == with_data(Draft("Third", 0, (SEEDS,)))

    async def test_a_message_that_is_taken_out_stands_in_the_composer_with_its_files(
        self, store: ConversationStore
    ) -> None:
        queued = waiting(1, "Which is it?", *FILES)
        await store.put_queued(queued)

        await store.take_queued(queued, queued.as_draft())

        stored = await loaded(store, "c1")
        assert stored.queued == ()
        assert with_data(stored.draft) == with_data(queued.as_draft())

    async def test_a_message_that_is_dropped_is_kept_with_its_files_and_can_be_put_back(
        self, store: ConversationStore
    ) -> None:
        queued = waiting(1, "", *FILES)
        await store.put_queued(queued)

        await store.take_queued(queued)
        assert [with_data(each) for each in await kept_whole(store)] == [with_data(Draft("", 0, FILES))]
        await store.put_queued(queued, keeps_draft=True)
        await store.clear_kept_drafts()

        (stored,) = (await loaded(store, "c1")).queued
        assert with_data(stored.as_draft()) == with_data(queued.as_draft())

    # --- texts that are kept

    async def test_a_text_that_was_replaced_is_kept_with_its_files(self, store: ConversationStore) -> None:
        old = Draft.with_caret_at_end("What are these leaves?", FILES)
        await store.put_draft("c1", old)

        await store.put_draft("c1", Draft("Something else altogether", 0, (LEAF,)))

        (kept,) = await store.kept_drafts()
        assert (kept.text, kept.file_names) == (old.text, ("leaf.png", "seeds.txt", "report 世界.png"))
        assert [with_data(each) for each in await kept_whole(store)] == [with_data(old)]

    async def test_a_text_that_was_sent_is_kept_without_them(self, store: ConversationStore) -> None:
        await store.put_draft("c1", Draft("What are these leaves?", 0, FILES))

        await store.put(user_message("c1", None, "What are these leaves?", FILES))

        assert await kept_whole(store) == [Draft.with_caret_at_end("What are these leaves?")]

    async def test_the_files_of_a_conversation_in_the_trash_are_kept_and_come_back_with_it(
        self, store: ConversationStore
    ) -> None:
        await store.put(question("c1"), "Title")
        await store.put_draft("c1", Draft("", 0, FILES))

        await store.delete("c1")
        assert await kept_whole(store) == [Draft("", 0, FILES)]
        await store.clear_kept_drafts()
        await store.restore("c1")

        assert with_data((await loaded(store, "c1")).draft) == with_data(Draft("", 0, FILES))

    async def test_files_that_nothing_leads_to_are_found_at_the_next_start(self, store: ConversationStore) -> None:
        await store.put_draft("nowhere", Draft("", 0, FILES))
        await store.put_tabs([OpenTab("elsewhere")])

        await store.start()

        assert [with_data(each) for each in await kept_whole(store)] == [with_data(Draft("", 0, FILES))]
        assert await store.load("nowhere") is None

    async def test_the_same_text_with_other_files_is_another_one(self, store: ConversationStore) -> None:
        text = "What are these leaves?"
        for files in ((), (LEAF,), (LEAF,), (SEEDS,)):
            await store.put_draft("c1", Draft(text, 0, files))
            await store.put_draft("c1", Draft())

        assert [kept.file_names for kept in await store.kept_drafts()] == [("seeds.txt",), ("leaf.png",)]

    async def test_one_that_was_forgotten_takes_no_file_from_another(self, store: ConversationStore) -> None:
        for text in ("The first of all texts", "And then the second one", ""):
            await store.put_draft("c1", Draft(text, 0, FILES if text else ()))
        second, _first = await store.kept_drafts()

        await store.delete_kept_draft(second.number)

        assert await store.kept_draft(second.number) is None
        draft = Draft.with_caret_at_end("The first of all texts", FILES)
        assert [with_data(each) for each in await kept_whole(store)] == [with_data(draft)]

    async def test_what_is_deleted_for_good_takes_all_that_was_unsent_along(self, store: ConversationStore) -> None:
        await store.put(question("c1"))
        await store.put_draft("c1", Draft("What are these leaves?", 0, FILES))
        await store.put_queued(waiting(1, "It waits for ever.", *FILES), keeps_draft=True)
        await store.put_draft("c2", Draft("Another text with one", 0, (LEAF,)))
        await store.delete("c1")

        await store.delete_for_good(["c1"])

        assert await store.load("c1") is None
        assert await store.kept_drafts() == ()
        assert with_data((await loaded(store, "c2")).draft) == with_data(Draft("Another text with one", 0, (LEAF,)))

    # --- messages

    @pytest.mark.parametrize("text", ["", "Why?", "世界 \U0001f680 half \ud83d"])
    async def test_megabytes_in_a_message_come_back_exactly(self, store: ConversationStore, text: str) -> None:
        files = (
            noise("large.png", 1_300_000),
            words("long 世.txt", '\\ " \x01 é 世 \U0001f680 \u2028\n' * 40_000),
            LEAF,
        )
        asked = user_message("c1", None, text, files)

        await store.put(asked)
        await store.put(question("c1", "And?", asked.id, id=new_id()))

        stored = await loaded(store, "c1")
        (message,) = (each for each in stored.messages if each.id == asked.id)
        assert [list(block.items()) for block in message.content] == [list(block.items()) for block in asked.content]
        assert (await store.load_end("c1", 2))[0] == asked
