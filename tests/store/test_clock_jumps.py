"""A clock on the wall that is set back or forth stops no timer, loses no text and breaks no order."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import MessageStatus
from tests.helpers.samples import question, reply
from tests.store.files import started, store_in

DAY_S = 86_400.0
NOW = 1_790_000_000.0


async def test_what_streams_while_the_clock_jumps_is_kept_in_order(tmp_path: Path) -> None:
    jumps = cycle((0.0, -DAY_S, DAY_S, -2 * DAY_S))
    store = store_in(tmp_path, clock=lambda: NOW + next(jumps))
    await store.start()
    begun = reply("c", None, created_at=NOW)
    await store.put(begun)
    for number in range(40):
        await store.append_journal([(begun.id, [TextArrived(0, f"{number} ")])])
    await store.close()

    async with started(tmp_path) as again:
        stored = await again.load("c")

    assert stored is not None
    (message,) = stored.messages
    assert message.text == "".join(f"{number} " for number in range(40))
    assert message.status is MessageStatus.INTERRUPTED
    assert message.ended_at is not None and message.ended_at >= message.created_at


async def test_a_conversation_that_goes_on_after_the_clock_was_set_back_is_read_in_order(tmp_path: Path) -> None:
    moments = (NOW, NOW - DAY_S, NOW - DAY_S + 5, NOW - DAY_S + 9)
    async with started(tmp_path) as store:
        parent_id = None
        ids = [f"{int(moment * 1000):012x}{'0' * 20}" for moment in moments]
        for key, moment in zip(ids, moments, strict=True):
            await store.put(question("c", "words", parent_id, id=key, created_at=moment, ended_at=moment))
            parent_id = key

    async with started(tmp_path) as store:
        stored = await store.load("c")
        end = await store.load_end("c", 9)
        (summary,) = (await store.start()).conversations

    assert stored is not None
    path = ConversationTree(stored.messages, stored.tip_id).path()
    assert [message.id for message in path] == ids
    assert [message.id for message in end] == ids
    assert summary.updated_at == NOW, "the list is not turned upside down either"
