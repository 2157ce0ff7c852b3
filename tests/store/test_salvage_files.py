"""Files that are to go out survive the damage of a history; one that is lost costs no text, and none goes unseen."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop_chat.core.conversation import ConversationTree, OpenTab
from desktop_chat.core.messages import Draft, MessageStatus, user_message
from desktop_chat.core.outbox import Queued
from desktop_chat.paths import Paths
from desktop_chat.store.salvage_pages import Record
from desktop_chat.store.salvage_rows import shape_of
from tests.helpers.attached_samples import noise, with_data
from tests.helpers.samples import question, reply
from tests.store.damage import PAGE_BYTES, WatchedPages, overwrite, repaired, table
from tests.store.files import started

FILE_A, FILE_B = noise("a.png", 300_000), noise("b.png", 30_000)


async def with_files(folder: Path) -> tuple[Path, tuple[Queued, ...]]:
    """A history with files in drafts, in the queue and beside kept texts: its path, and what waits."""
    waiting = tuple(
        Queued(f"q{n}", "c", n, f"Number {n}", 1.5, files) for n, files in enumerate(((FILE_A,), (FILE_B,)))
    )
    async with started(folder) as store:
        await store.put(question("c"))
        await store.put_draft("c", Draft("What are these leaves?", 0, (FILE_A,)))
        await store.put_draft("c", Draft("Which one is it?", 5, (FILE_A, FILE_B)))
        await store.put_draft("alone", Draft("", 0, (FILE_A,)))
        await store.put_tabs([OpenTab("alone")])
        for each in waiting:
            await store.put_queued(each, keeps_draft=True)
    return Paths.below(folder).database, waiting


def pages_of(path: Path, is_meant: Callable[[Record], bool]) -> list[list[int]]:
    """The pages of each row that is meant."""
    found = []
    with closing(WatchedPages(path)) as pages:
        for number in range(2, pages.count + 1):
            page = pages.page(number) or b""
            pages.asked.clear()
            for record in pages.table_rows(number, page):
                if is_meant(record):
                    found.append([number, *pages.asked])
                pages.asked.clear()
    return found


async def test_files_are_saved_with_all_they_stand_beside(tmp_path: Path) -> None:
    path, waiting = await with_files(tmp_path)
    overwrite(path, [1], random.Random(1))

    target, report = repaired(path)

    assert (report.lost_file_count, report.draft_count) == (0, 5)
    shutil.move(target, path)
    async with started(tmp_path) as store:
        stored, alone = await store.load("c"), await store.load("alone")
        (kept,) = await store.kept_drafts()
        draft = await store.kept_draft(kept.number)
    assert stored is not None and alone is not None and draft is not None
    assert with_data(stored.draft) == with_data(Draft("Which one is it?", 5, (FILE_A, FILE_B)))
    assert [with_data(each.as_draft()) for each in stored.queued] == [with_data(each.as_draft()) for each in waiting]
    assert with_data(alone.draft) == with_data(Draft("", 0, (FILE_A,)))
    assert with_data(draft) == with_data(Draft.with_caret_at_end("What are these leaves?", (FILE_A,)))


@pytest.mark.parametrize("bytes_count", [1, PAGE_BYTES])
async def test_a_lost_file_costs_no_text_and_nothing_waits_without_its_files(tmp_path: Path, bytes_count: int) -> None:
    path, waiting = await with_files(tmp_path)
    (chain,) = pages_of(path, lambda record: record.values[0] == FILE_A.id and record.kinds == "TB")
    with path.open("r+b") as file:
        # The first bytes of a page lead to the next one.
        file.seek(chain[20] * PAGE_BYTES - bytes_count)
        file.write(random.Random(1).randbytes(bytes_count))

    target, report = repaired(path)

    assert (report.lost_file_count, report.is_whole) == (4, False)
    shutil.move(target, path)
    async with started(tmp_path) as store:
        stored = await store.load("c")
        kept = [await store.kept_draft(each.number) for each in await store.kept_drafts()]
        assert await store.load("alone") is None
        assert [tab.conversation_id for tab in (await store.start()).tabs] == ["alone"]
    assert stored is not None
    assert with_data(stored.draft) == with_data(Draft("Which one is it?", 5, (FILE_B,)))
    assert stored.queued == waiting[1:]
    assert kept == [Draft.with_caret_at_end("Number 0"), Draft.with_caret_at_end("What are these leaves?")]


@pytest.mark.parametrize("list_", ["[[", "{}", "[7]", '[["a",1,"b"]]'])
async def test_what_waits_with_a_list_of_files_that_cannot_be_read_is_not_sent(tmp_path: Path, list_: str) -> None:
    path, waiting = await with_files(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE outbox SET attachments = ? WHERE id = 'q1'", (list_,))
        database.commit()

    target, report = repaired(path)

    assert report.lost_file_count == 1
    shutil.move(target, path)
    async with started(tmp_path) as store:
        stored, kept = await store.load("c"), await store.kept_drafts()
    assert stored is not None
    assert stored.queued == waiting[:1]
    assert [(each.text, each.file_names) for each in kept] == [("Number 1", ()), ("What are these leaves?", ("a.png",))]


async def test_a_file_whose_text_is_lost_is_not_kept(tmp_path: Path) -> None:
    path, _waiting = await with_files(tmp_path)
    hit = {
        chain[0] for chain in pages_of(path, lambda record: shape_name(record) in ("drafts", "outbox", "kept_drafts"))
    }
    overwrite(path, hit, random.Random(1))

    target, _report = repaired(path)

    assert table(target, "attachments") == []


def shape_name(record: Record) -> str:
    shape = shape_of(record)
    return shape.table if shape is not None else ""


async def test_a_message_with_megabytes_is_saved(tmp_path: Path) -> None:
    asked = user_message("c", None, "Which is it? 世界", (noise("large.png", 2_000_000), FILE_B))
    async with started(tmp_path) as store:
        await store.put(asked)
        await store.put(reply("c", asked.id, "This one.", status=MessageStatus.COMPLETE))
    path = Paths.below(tmp_path).database
    overwrite(path, [1], random.Random(1))

    target, report = repaired(path)

    assert (report.message_count, report.cut_count) == (2, 0)
    shutil.move(target, path)
    async with started(tmp_path) as store:
        stored = await store.load("c")
    assert stored is not None
    assert ConversationTree(stored.messages)[asked.id] == asked
