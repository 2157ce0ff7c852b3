"""What is deleted can be brought back for thirty days, then it is gone from the file too."""

from __future__ import annotations

from pathlib import Path

from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.paths import Paths
from desktop_chat.store.conversations import TRASH_DAYS
from tests.helpers.samples import question, reply
from tests.store.files import started

DAY_S = 86_400.0
LONG_AGO = 1_790_000_000.0
SECRET = "correct horse battery staple"


async def test_the_trash_is_emptied_after_its_days(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(question("old", SECRET))
        await store.put_draft("old", Draft(SECRET, 0))
        await store.delete("old")
    async with started(tmp_path, clock=lambda: LONG_AGO + DAY_S) as store:
        await store.put(question("young"))
        await store.delete("young")

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S - 1) as store:
        assert await store.load("old") is not None
    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S + 1) as store:
        assert await store.load("old") is None
        assert await store.load("young") is not None

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_the_journal_of_a_reply_that_was_folded_is_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        begun = reply("c", None)
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(0, SECRET)])])
        await store.end_reply(reply("c", None, "nothing", id=begun.id, status=MessageStatus.STOPPED))

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_old_drafts_without_conversation_and_tab_are_forgotten(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        for name in ("forgotten", "in a tab", "answered"):
            await store.put_draft(name, Draft("words", 0))
        await store.put(reply("answered", None))
        await store.put_tabs([OpenTab("in a tab", is_current=True)])

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S + 1) as store:
        assert await store.load("forgotten") is None
        assert await store.load("in a tab") is not None
        assert await store.load("answered") is not None
