"""What is deleted can be brought back for thirty days, then it is gone from the file too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.conversation import TRASH_DAYS
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Draft, Message, MessageStatus, user_message
from desktop_chat.paths import Paths
from tests.helpers.samples import question, queued, reply
from tests.store.files import started

DAY_S = 86_400.0
LONG_AGO = 1_790_000_000.0
LATER = LONG_AGO + (TRASH_DAYS + 1) * DAY_S
SECRET = "correct horse battery staple"


def asked(conversation_id: str, at: float, text: str = "Why?") -> Message:
    """A question of this moment."""
    return question(conversation_id, text, created_at=at, ended_at=at)


async def test_a_clock_that_jumps_ahead_does_not_empty_the_trash(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(asked("old", LONG_AGO, SECRET))
        await store.delete("old")
        await store.put(asked("in use", LONG_AGO + DAY_S))

    for jump_s in (2 * TRASH_DAYS * DAY_S, 1e9):
        async with started(tmp_path, clock=lambda jump_s=jump_s: LONG_AGO + jump_s) as store:
            assert await store.load("old") is not None


async def test_what_was_deleted_while_the_clock_was_set_back_stays_its_days(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: 5.0) as store:
        await store.put(asked("old", LONG_AGO, SECRET))
        await store.delete("old")
        await store.put(asked("in use", LATER))

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S - 1) as store:
        assert (await store.restore("old")).deleted_at is None


async def test_the_trash_is_emptied_after_its_days(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(asked("old", LONG_AGO, SECRET))
        await store.put_draft("old", Draft(SECRET, 0))
        await store.delete("old")
    async with started(tmp_path, clock=lambda: LONG_AGO + DAY_S) as store:
        await store.put(asked("young", LONG_AGO + DAY_S))
        await store.delete("young")
        await store.put(asked("in use", LATER))

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S - 1) as store:
        assert await store.load("old") is not None
    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S + 1) as store:
        assert await store.load("old") is None
        assert await store.load("young") is not None

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_what_left_the_trash_is_in_no_file_any_more(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        begun = reply("old", None, id="r1", created_at=LONG_AGO)
        await store.put(asked("old", LONG_AGO, SECRET), SECRET)
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(0, SECRET)])])
        assert holding(tmp_path) == {"desktop-chat.sqlite3-wal", "desktop-chat.journal"}
        content = ({"type": "text", "text": SECRET * 500},)
        await store.end_reply(replace(begun, content=content, status=MessageStatus.STOPPED))
        await store.delete("old")
        await store.put(asked("in use", LATER))
    assert holding(tmp_path) == {"desktop-chat.sqlite3"}

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S + 1) as store:
        assert await store.load("old") is None
        # Not in the log either, while the program runs.
        assert holding(tmp_path) - {"desktop-chat.sqlite3"} == set()

    assert holding(tmp_path) == set()


def holding(folder: Path) -> set[str]:
    """The files with the secret in them, or a part of it."""
    return {path.name for path in folder.rglob("*") if path.is_file() and SECRET[:12].encode() in path.read_bytes()}


async def test_the_journal_of_a_reply_that_was_folded_is_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        begun = reply("c", None)
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(0, SECRET)])])
        await store.end_reply(reply("c", None, "nothing", id=begun.id, status=MessageStatus.STOPPED))

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_what_was_kept_of_a_purged_conversation_is_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(asked("old", LONG_AGO))
        await store.put_draft("old", Draft(SECRET, 0))
        await store.delete("old")
        assert [kept.text for kept in await store.kept_drafts()] == [SECRET]
        await store.put(asked("young", LATER, "Another question"))

    async with started(tmp_path, clock=lambda: LONG_AGO + TRASH_DAYS * DAY_S + 1) as store:
        assert [kept.text for kept in await store.kept_drafts()] == ["Another question"]

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


@pytest.mark.parametrize("is_all", [False, True])
async def test_a_kept_text_that_was_forgotten_is_gone_from_the_file(tmp_path: Path, is_all: bool) -> None:
    async with started(tmp_path) as store:
        await store.put_draft("c", Draft(SECRET, 0))
        await store.put_draft("c", Draft())
        (kept,) = await store.kept_drafts()
        if is_all:
            await store.clear_kept_drafts()
        else:
            await store.delete_kept_draft(kept.number)

    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_what_waited_in_a_purged_conversation_is_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(asked("old", LONG_AGO))
        await store.put_queued(queued("old", 1, SECRET))
        await store.delete("old")
        await store.put(asked("in use", LATER))

    async with started(tmp_path, clock=lambda: LATER) as store:
        assert await store.load("old") is None
    assert SECRET.encode() not in Paths.below(tmp_path).database.read_bytes()


async def test_a_draft_that_nothing_leads_to_any_more_is_kept_at_its_own_time(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put_draft("forgotten", Draft("a few good words", 0))
        await store.put_draft("too little", Draft("words", 0))

    async with started(tmp_path, clock=lambda: LONG_AGO + DAY_S) as store:
        (kept,) = await store.kept_drafts()
        assert (kept.text, kept.kept_at) == ("a few good words", LONG_AGO)
        assert await store.load("forgotten") is None
        assert await store.load("too little") is None


async def test_what_is_deleted_for_good_is_gone_from_all_files_at_once(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await store.put(question("c", SECRET), SECRET)
        await store.put(question("other", "Something that is kept"))
        await store.delete("c")
        await store.delete_for_good(["c"])

        assert holding(tmp_path) == set()
        assert [kept.text for kept in await store.kept_drafts()] == ["Something that is kept"]


# --- files that are to go out


def secret_file(name: str = "secret.txt") -> Attachment:
    return Attachment.of(name, f"{SECRET}\n".encode() * 400)


@pytest.mark.parametrize("is_all", [False, True])
async def test_the_file_of_a_kept_text_that_was_forgotten_is_gone_from_all_files_at_once(
    tmp_path: Path, is_all: bool
) -> None:
    async with started(tmp_path) as store:
        await store.put_draft("c", Draft("What does it say?", 0, (secret_file(),)))
        await store.put_draft("c", Draft())
        (kept,) = await store.kept_drafts()
        assert holding(tmp_path) == {"desktop-chat.sqlite3-wal"}

        await (store.clear_kept_drafts() if is_all else store.delete_kept_draft(kept.number))

        assert holding(tmp_path) == set()
    assert holding(tmp_path) == set()


async def test_files_that_were_never_sent_go_for_good_with_their_conversation(tmp_path: Path) -> None:
    file = secret_file()
    async with started(tmp_path) as store:
        await store.put(question("c"))
        await store.put_draft("c", Draft("What does it say?", 0, (file,)))
        await store.put_draft("c", Draft("Something else altogether", 0, (file,)))
        await store.put_queued(replace(queued("c", 1), attachments=(file,)), keeps_draft=True)
        await store.put(question("other", "Something that is kept"))
        await store.delete("c")

        await store.delete_for_good(["c"])

        assert holding(tmp_path) == set()


@pytest.mark.parametrize("is_queued", [False, True])
async def test_a_file_that_was_sent_goes_for_good_with_its_message(tmp_path: Path, is_queued: bool) -> None:
    file = secret_file()
    asked = user_message("c", None, "What does it say?", (file,))
    async with started(tmp_path) as store:
        await store.put_draft("c", Draft("What does it say?", 0, (file,)))
        if is_queued:
            waiting = replace(queued("c", 1, "What does it say?"), attachments=(file,))
            await store.put_queued(waiting)
            await store.put(asked, keeps_draft=True, queued_id=waiting.id)
        else:
            await store.put(asked)
        await store.delete("c")

        await store.delete_for_good(["c"])

        assert holding(tmp_path) == set()


async def test_a_file_that_was_taken_off_a_draft_is_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await store.put_draft("c", Draft("What does it say?", 0, (secret_file(),)))
        await store.put_draft("c", Draft("What does it say?", 0))

    assert holding(tmp_path) == set()


async def test_files_of_a_purged_conversation_are_gone_from_the_file(tmp_path: Path) -> None:
    async with started(tmp_path, clock=lambda: LONG_AGO) as store:
        await store.put(asked("old", LONG_AGO))
        await store.put_draft("old", Draft("", 0, (secret_file(),)))
        await store.delete("old")
        await store.put(asked("in use", LATER))
    assert holding(tmp_path) == {"desktop-chat.sqlite3"}

    async with started(tmp_path, clock=lambda: LATER) as store:
        assert await store.load("old") is None
    assert holding(tmp_path) == set()
