"""Files that are to go out are stored once, stay as long as something refers to them, and go with the last of it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.core.messages import Draft, user_message
from desktop_chat.core.outbox import Queued
from desktop_chat.paths import Paths
from desktop_chat.store.attachments import forget_unused
from desktop_chat.store.store import Store
from tests.helpers.attached_samples import noise, with_data, words
from tests.helpers.attachments_contract import AttachmentsContract
from tests.helpers.fake_store import FakeStore
from tests.helpers.samples import question
from tests.store.files import started, store_in

LARGE = noise("large.png", 2_000_000)
SMALL = words("small.txt", "Rye, wheat")
KEY_BYTES_MAX = 60_000
"""What may be written beside a large file: some pages of 4 KB."""


class TestFakeStore(AttachmentsContract):
    @pytest.fixture
    def store(self) -> ConversationStore:
        return FakeStore()


class TestRealStore(AttachmentsContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[ConversationStore]:
        store = store_in(tmp_path)
        await store.start()
        yield store
        await store.close()


class Log:
    """The log of a database in which nothing is folded into the file: what is written stands in it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self.database = Paths.below(folder).database
        self._path = self.database.with_name(self.database.name + "-wal")

    async def of(self, ask: Awaitable[object]) -> tuple[int, int]:
        """How many bytes a call writes, and in how many transactions."""
        before = self._path.stat().st_size
        await ask
        data = self._path.read_bytes()
        frame_bytes = 24 + int.from_bytes(data[8:12], "big")
        heads = (data[at + 4 : at + 8] for at in range(max(32, before), len(data), frame_bytes))
        return len(data) - before, sum(any(size_after) for size_after in heads)

    def held(self) -> set[str]:
        """The ids of the files that another program would find, each held against its content."""
        with closing(sqlite3.connect(self.database)) as database:
            rows = database.execute("SELECT id, data FROM attachments").fetchall()
        assert all(hashlib.sha256(data).hexdigest() == key for key, data in rows)
        return {key for key, _data in rows}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with started(tmp_path) as store:
        yield store


@pytest.fixture
async def log(store: Store, tmp_path: Path) -> Log:
    await store._database.read(lambda connection: connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall())
    return Log(store, tmp_path)


def waiting(text: str) -> Queued:
    return Queued("q1", "c", 1, text, 1.5, (LARGE,))


async def test_a_file_is_written_once_and_not_with_every_key(store: Store, log: Log) -> None:
    first_bytes, _ = await log.of(store.put_draft("c", Draft("W", 1, (LARGE,))))
    assert first_bytes > LARGE.size_bytes

    for text in ("Wh", "Why", "Why?"):
        written_bytes, transactions_count = await log.of(store.put_draft("c", Draft(text, 1, (LARGE,))))
        assert (written_bytes < KEY_BYTES_MAX, transactions_count) == (True, 1)

    written_bytes, _ = await log.of(store.put_draft("c", Draft("Why?", 1, (SMALL, LARGE))))
    assert written_bytes < KEY_BYTES_MAX
    assert log.held() == {LARGE.id, SMALL.id}


async def test_a_file_moves_from_the_draft_to_the_queue_and_back_without_being_written_again(
    store: Store, log: Log
) -> None:
    await store.put_draft("c", Draft("What is it?", 1, (LARGE,)))
    queued = waiting("What is it?")

    asked: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: store.put_queued(queued),
        lambda: store.take_queued(queued, queued.as_draft()),
        lambda: store.put_queued(queued),
        lambda: store.take_queued(queued),
        lambda: store.put_queued(queued, keeps_draft=True),
    )
    for ask in asked:
        written_bytes, transactions_count = await log.of(ask())
        assert (written_bytes < KEY_BYTES_MAX, transactions_count) == (True, 1)
        assert log.held() == {LARGE.id}


async def test_a_text_that_is_thrown_away_takes_its_file_along_without_being_written_again(
    store: Store, log: Log
) -> None:
    await store.put_draft("c", Draft("What are these leaves?", 1, (LARGE,)))

    written_bytes, transactions_count = await log.of(store.put_draft("c", Draft("Something else", 1)))

    assert (written_bytes < KEY_BYTES_MAX, transactions_count) == (True, 1)
    assert log.held() == {LARGE.id}


async def test_a_question_takes_the_draft_and_its_file_in_one_transaction(store: Store, log: Log) -> None:
    await store.put_draft("c", Draft("Why?", 1, (LARGE, SMALL)))
    await store.put_draft("other", Draft("", 0, (SMALL,)))

    _, transactions_count = await log.of(store.put(user_message("c", None, "Why?", (LARGE, SMALL))))

    assert transactions_count == 1
    assert log.held() == {SMALL.id}


async def test_a_message_that_waited_takes_its_file_in_one_transaction(store: Store, log: Log) -> None:
    queued = waiting("Why?")
    await store.put_queued(queued)

    asked = user_message("c", None, "Why?", queued.attachments)
    _, transactions_count = await log.of(store.put(asked, keeps_draft=True, queued_id=queued.id))

    assert (transactions_count, log.held()) == (1, set())


@pytest.mark.parametrize("is_all", [False, True])
async def test_a_file_goes_with_the_last_text_that_is_kept(store: Store, log: Log, is_all: bool) -> None:
    for text in ("What are these leaves?", "And which are those?", ""):
        await store.put_draft("c", Draft(text, 0, (LARGE,) if text else ()))
    second, first = await store.kept_drafts()
    await store.delete_kept_draft(first.number)
    assert log.held() == {LARGE.id}

    await (store.clear_kept_drafts() if is_all else store.delete_kept_draft(second.number))

    assert log.held() == set()


async def test_a_file_goes_with_the_oldest_of_the_texts_that_are_kept(store: Store, log: Log) -> None:
    await store.put_draft("c", Draft("What are these leaves?", 0, (SMALL,)))
    await store.put_draft("c", Draft())

    for number in range(50):
        assert log.held() == {SMALL.id}
        await store.put(question("c", f"Question number {number:02}"))

    assert log.held() == set()


async def test_which_files_are_in_use_is_read_from_indexes_alone(store: Store) -> None:
    """A column behind a long text costs reading the text: 20 ms with fifty texts of a megabyte, for every key."""

    def plans(connection: sqlite3.Connection) -> list[str]:
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        forget_unused(connection)
        connection.set_trace_callback(None)
        return [row[3] for each in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")]

    steps = await store._database.read(plans)

    assert {step for step in steps if step.startswith(("SCAN", "SEARCH"))} == {
        "SCAN attachments USING COVERING INDEX sqlite_autoindex_attachments_1",
        *(f"SCAN {table} USING COVERING INDEX {table}_with_files" for table in ("drafts", "outbox", "kept_drafts")),
    }


@pytest.mark.parametrize("list_", ['[["', "[7]", "7", '[["a","b"]]'])
async def test_a_list_of_files_that_cannot_be_read_is_damage_and_costs_no_file(tmp_path: Path, list_: str) -> None:
    async with started(tmp_path) as store:
        await store.put_draft("c", Draft("What are these leaves?", 0, (SMALL,)))
        await store.put(question("c"))
        await store.put_draft("c", Draft("Which?", 0, (SMALL,)))
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        for table in ("drafts", "kept_drafts"):
            database.execute(f"UPDATE {table} SET attachments = ?", (list_,))
        database.commit()

    async with started(tmp_path) as store:
        await store.put_draft("other", Draft("Nothing is wrong here", 0))
        for ask in (store.load("c"), store.kept_drafts(), store.kept_draft(1)):
            with pytest.raises(StoreCorrupt, match="damaged"):
                await ask
        assert Log(store, tmp_path).held() == {SMALL.id}


@pytest.mark.parametrize("damage", ["'[7,'", "',{}]'", "'}]'", "''"])
async def test_megabytes_that_cannot_be_read_are_damage(tmp_path: Path, damage: str) -> None:
    async with started(tmp_path) as store:
        await store.put(user_message("c", None, "Why?", (LARGE,)))
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        database.execute(
            f"UPDATE messages SET content = {damage} || substr(content, 2) || substr(content, 1, 3000000) || ']'"
        )
        database.commit()

    async with started(tmp_path) as store:
        with pytest.raises(StoreCorrupt):
            await store.load("c")


async def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    draft = Draft("Why?", 2, (LARGE, SMALL))
    async with started(tmp_path) as store:
        await store.put_draft("c", draft)
        await store.put_queued(waiting("Which?"), keeps_draft=True)
        await store.put_draft("gone", Draft("", 0, (SMALL,)))

    async with started(tmp_path) as store:
        stored = await store.load("c")
        (kept,) = await store.kept_drafts()
        assert await store.kept_draft(kept.number) == Draft("", 0, (SMALL,))

    assert stored is not None
    assert with_data(stored.draft) == with_data(draft)
    assert [with_data(each.as_draft()) for each in stored.queued] == [with_data(waiting("Which?").as_draft())]


async def test_a_copy_of_the_history_holds_the_files_too(tmp_path: Path) -> None:
    asked = user_message("c", None, "Which is it?", (LARGE, SMALL))
    async with started(tmp_path) as store:
        await store.put(asked)
        await store.put_draft("c", Draft("And this?", 2, (LARGE,)))
        assert await store.care.back_up_weekly()
        await store.put(question("c", "Something else altogether"))
        await store.clear_kept_drafts()
        (copy,) = await store.care.copies()
        await store.care.arrange(copy)

    async with started(tmp_path) as store:
        stored = await store.load("c")

    assert stored is not None
    assert stored.messages == (asked,)
    assert with_data(stored.draft) == with_data(Draft("And this?", 2, (LARGE,)))


async def test_a_waiting_message_that_has_lost_its_file_is_damage_and_never_goes_out_without_it(tmp_path: Path) -> None:
    file = noise("look.png")
    async with started(tmp_path) as store:
        await store.put_queued(Queued("q1", "c1", 1, "look at this", 1.0, (file,)))
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        database.execute("DELETE FROM attachments")
        database.commit()
    async with started(tmp_path) as store:
        with pytest.raises(StoreCorrupt):
            await store.load("c1")


async def test_a_list_of_files_as_deep_as_the_stack_is_damage_too(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await store.put_draft("c1", Draft("words", 0, (noise("look.png"),)))
        await store.put_tabs([OpenTab("c1")])
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        database.execute("UPDATE drafts SET attachments = ?", ("[" * 100_000,))
        database.commit()
    async with started(tmp_path) as store:
        with pytest.raises(StoreCorrupt):
            await store.load("c1")
        await store.put_draft("c2", Draft("other words"))
