"""Copies of the history: made every week, listed with what they hold, put back, and never the last trace of today."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.errors import StoreCorrupt, StoreError, StoreFull
from desktop_chat.core.messages import new_id
from desktop_chat.paths import Paths
from desktop_chat.store import exchange
from desktop_chat.store.backups import back_up_weekly
from desktop_chat.store.migrations import MIGRATIONS
from desktop_chat.store.store import Store
from tests.guards import ExpectedLogs
from tests.helpers.samples import question
from tests.store.damage import overwrite
from tests.store.files import make_tables, started, store_in
from tests.store.mounts import small_disk
from tests.store.old_databases import DATABASES

DAY_S = 86_400.0
LAST_NAMES = ("desktop-chat.journal", "desktop-chat.lock")


class Clock:
    """A wall clock that tests turn; the files of copies get their times from it, too."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_790_000_000.0
        self._backups_dir = Paths.below(folder).backups_dir

    def __call__(self) -> float:
        return self.now

    def age_files(self) -> None:
        """Give files that were just written the time of this clock."""
        for path in self._backups_dir.iterdir():
            if path.stat().st_mtime > self.now + DAY_S * 50:
                os.utime(path, (self.now, self.now))


def copies_in(folder: Path) -> list[Path]:
    return sorted(Paths.below(folder).backups_dir.iterdir())


async def texts_in(store: Store) -> list[str]:
    return sorted(summary.title for summary in (await store.start()).conversations)


async def say(store: Store, title: str) -> None:
    await store.put(question(new_id(), "words " * 50), title)


# --- every week


async def test_the_copy_of_the_week_is_sound_and_private(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "One")

        assert await store.care.back_up_weekly()

    (copy,) = copies_in(tmp_path)
    assert copy.name.startswith("desktop-chat-weekly-")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT title FROM conversations").fetchall() == [("One",)]


async def test_an_empty_history_is_not_copied(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        assert not await store.care.back_up_weekly()

    assert copies_in(tmp_path) == []


async def test_a_copy_is_due_after_a_week_and_only_when_something_has_changed(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    async with started(tmp_path, clock=clock) as store:
        await say(store, "One")
        made: list[bool] = []
        for days, title in ((0, ""), (6, "Two"), (1.5, ""), (20, ""), (0, "Three")):
            clock.now += days * DAY_S
            if title:
                await say(store, title)
            made.append(await store.care.back_up_weekly())
            clock.age_files()

    assert made == [True, False, True, False, True]


@pytest.mark.parametrize("change", ["rename", "pin", "delete"])
async def test_what_changes_no_message_is_a_change_too(tmp_path: Path, change: str) -> None:
    clock = Clock(tmp_path)
    async with started(tmp_path, clock=clock) as store:
        await store.put(question("c"), "One")
        await store.care.back_up_weekly()
        clock.age_files()
        clock.now += 8 * DAY_S
        changes: dict[str, Callable[[], object]] = {
            "rename": lambda: store.rename("c", "Another title"),
            "pin": lambda: store.set_pinned("c", True),
            "delete": lambda: store.delete("c"),
        }
        await changes[change]()  # type: ignore[misc]

        assert await store.care.back_up_weekly()


async def test_a_clock_that_was_set_back_makes_no_copy_every_day(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    async with started(tmp_path, clock=clock) as store:
        await say(store, "One")
        await store.care.back_up_weekly()
        clock.age_files()
        clock.now -= DAY_S
        await say(store, "Two")

        assert not await store.care.back_up_weekly()


async def test_four_copies_of_weeks_are_kept_and_others_left_alone(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    backups_dir = Paths.below(tmp_path).backups_dir
    async with started(tmp_path, clock=clock) as store:
        others = {"desktop-chat-format-1-2026-01-01-000000.sqlite3", "holiday.jpg"}
        for name in others:
            (backups_dir / name).touch()
        for week in range(7):
            await say(store, f"Week {week}")
            assert await store.care.back_up_weekly()
            for copy in backups_dir.glob("*-weekly-2*"):
                # In a test a week takes less than the second that tells names apart.
                copy.rename(copy.with_name(f"desktop-chat-weekly-week-{week}.sqlite3"))
            clock.age_files()
            clock.now += 8 * DAY_S

    kept = {path.name for path in copies_in(tmp_path)}
    assert kept == others | {f"desktop-chat-weekly-week-{week}.sqlite3" for week in range(3, 7)}


async def test_writing_goes_on_while_a_copy_is_made(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await store.put(question("c", "x" * 3_000_000), "Large")
        copying = asyncio.ensure_future(store.care.back_up_weekly())
        written = 0
        while not copying.done():
            await say(store, f"Meanwhile {written}")
            written += 1

        assert await copying
        assert written > 5
        assert len(await texts_in(store)) == written + 1
    (copy,) = copies_in(tmp_path)
    with closing(sqlite3.connect(copy)) as database:
        (count,) = database.execute("SELECT count(*) FROM conversations").fetchone()
    assert 1 <= count <= written + 1


async def test_closing_does_not_wait_for_a_copy_and_leaves_no_half_one(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        for _ in range(4):
            await store.put(question(new_id(), "x" * 3_000_000), "Large")
        copying = asyncio.ensure_future(store.care.back_up_weekly())
        await say(store, "Meanwhile")
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await copying

    assert copies_in(tmp_path) == []
    assert not exchange.was_cut_off(Paths.below(tmp_path).database)


async def test_closing_does_not_wait_for_a_long_look(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        aside = store.care._aside
        endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        has_begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def look(connection: sqlite3.Connection, _go_on: Callable[[], None]) -> None:
            loop.call_soon_threadsafe(has_begun.set)
            connection.execute(endless).fetchone()

        looking = asyncio.ensure_future(aside.run(look))
        await has_begun.wait()
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await looking


async def test_a_damaged_history_makes_no_copy(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        for _ in range(30):
            await say(store, "One")
    path = Paths.below(tmp_path).database
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'messages_by_conversation'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096 + 8)
        file.write(b"\xa5" * 4000)

    store = store_in(tmp_path)
    await store.start()
    with pytest.raises(StoreCorrupt):
        await store.care.back_up_weekly()
    await store.close()

    assert copies_in(tmp_path) == []


async def test_without_room_there_is_no_half_copy(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        async with started(disk.folder) as store:
            await store.put(question("c", "x" * 1_000_000))
            (disk.folder / "ballast").write_bytes(bytes(1_400_000))

            with pytest.raises(StoreFull):
                await store.care.back_up_weekly()

            assert copies_in(disk.folder) == []


# --- what there is


async def test_copies_are_listed_newest_first_with_what_they_hold(tmp_path: Path) -> None:
    backups_dir = Paths.below(tmp_path).backups_dir
    async with started(tmp_path) as store:
        await store.put(question("c", "one"))
        await store.put(question("c", "two"))
        await store.put(question("d", "three"))
        await store.care.back_up_weekly()
        (weekly,) = copies_in(tmp_path)
        older = backups_dir / "desktop-chat-format-2-2026-01-01-000000.sqlite3"
        shutil.copy(DATABASES / "v2.sqlite3", older)
        os.utime(older, (1e9, 1e9))
        damaged = Paths.below(tmp_path).database.with_name("desktop-chat.damaged-20260101-000000.sqlite3")
        damaged.write_bytes(bytes(5000))
        os.utime(damaged, (5e8, 5e8))

        found = await store.care.copies()

    assert [(copy.kind, copy.conversation_count, copy.message_count) for copy in found] == [
        (CopyKind.WEEKLY, 2, 3),
        (CopyKind.BEFORE_UPDATE, 1, 3),
        (CopyKind.DAMAGED, None, None),
    ]
    assert [copy.path for copy in found] == [str(weekly), str(older), str(damaged)]
    assert (found[1].made_at, found[2].size_bytes) == (1e9, 5000)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA application_id = 7")


def no_database(path: Path) -> None:
    path.write_text("a text", encoding="utf-8")


@pytest.mark.parametrize("harm", [newer, foreign, no_database])
async def test_what_cannot_be_put_back_is_not_listed(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    async with started(tmp_path) as store:
        await say(store, "One")
        await store.care.back_up_weekly()
        (copy,) = copies_in(tmp_path)
        harm(copy)

        assert await store.care.copies() == ()


async def test_looking_at_copies_leaves_nothing_beside_them(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "One")
    # By hand, and so with the mark of a file that has a log.
    paths = Paths.below(tmp_path)
    shutil.copy(paths.database, paths.backups_dir / "desktop-chat-weekly-by-hand.sqlite3")
    async with started(tmp_path) as store:
        before = [(path.name, path.stat().st_mtime_ns) for path in copies_in(tmp_path)]

        assert len(await store.care.copies()) == 1

        assert [(path.name, path.stat().st_mtime_ns) for path in copies_in(tmp_path)] == before


# --- putting one back


async def weekly_of(store: Store) -> BackupCopy:
    await store.care.back_up_weekly()
    return next(copy for copy in await store.care.copies() if copy.kind is CopyKind.WEEKLY)


async def test_a_copy_takes_effect_at_the_next_start_and_can_be_taken_back_by_another(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "Then")
        copy = await weekly_of(store)
        await say(store, "Today")

        await store.care.arrange(copy)

        assert await store.care.is_arranged()
        assert await texts_in(store) == ["Then", "Today"], "nothing changes while the program runs"
        await say(store, "Until the end")
    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Then"]
        assert not await store.care.is_arranged()
        replaced = next(found for found in await store.care.copies() if found.kind is CopyKind.REPLACED)
        assert (replaced.conversation_count, replaced.message_count) == (3, 3)
        await store.care.arrange(replaced)
    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Then", "Today", "Until the end"]
    assert Paths.below(tmp_path).database.stat().st_mode & 0o777 == 0o600


async def test_what_was_arranged_can_be_dropped(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "Then")
        await store.care.arrange(await weekly_of(store))
        await say(store, "Today")

        await store.care.drop_arranged()

        assert not await store.care.is_arranged()
    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Then", "Today"]


async def test_a_program_that_only_looks_does_not_put_it_back(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "Then")
        await store.care.arrange(await weekly_of(store))
        await say(store, "Today")
        exporting = store_in(tmp_path)
        await exporting.open()
        target = tmp_path / "export.json"
        assert await exporting.export(target) == 2
        await exporting.close()
        assert await store.care.is_arranged()


async def test_what_stood_in_the_log_of_a_killed_program_is_in_the_copy_of_today(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "Then")
        await store.care.arrange(await weekly_of(store))
        await say(store, "Only in the log")
        killed = tmp_path / "killed"
        shutil.copytree(tmp_path, killed, ignore=shutil.ignore_patterns("killed", "*-shm"))
    async with started(killed) as store:
        assert await texts_in(store) == ["Then"]
        replaced = next(found for found in await store.care.copies() if found.kind is CopyKind.REPLACED)
        assert replaced.message_count == 2


@pytest.mark.parametrize("moment", ["before", "between", "after"])
async def test_a_crash_while_they_change_places_loses_none_of_them(tmp_path: Path, moment: str) -> None:
    paths = Paths.below(tmp_path)
    async with started(tmp_path) as store:
        await say(store, "Then")
        await store.care.arrange(await weekly_of(store))
        await say(store, "Today")
    if moment != "before":
        paths.database.replace(paths.backups_dir / "desktop-chat-replaced-2026-01-01-000000.sqlite3")
    if moment == "after":
        exchange.next_file(paths.database).replace(paths.database)

    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Then"]
        held = [copy.message_count for copy in await store.care.copies() if copy.kind is CopyKind.REPLACED]
    assert held == [2]


async def test_today_is_put_aside_when_it_turns_out_to_be_damaged(tmp_path: Path, expect_log: ExpectedLogs) -> None:
    expect_log("damaged and put aside")
    path = Paths.below(tmp_path).database
    async with started(tmp_path) as store:
        await say(store, "Then")
        await store.care.arrange(await weekly_of(store))
    overwrite(path, [1], random.Random(1))
    damaged = path.read_bytes()

    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Then"]
        (kept,) = [copy for copy in await store.care.copies() if copy.kind is CopyKind.DAMAGED]
    assert same(kept.path, damaged)


async def test_a_damaged_file_that_was_kept_is_put_back_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    path = Paths.below(tmp_path).database
    async with started(tmp_path) as store:
        await say(store, "Damaged")
    overwrite(path, [1], random.Random(2))
    async with started_anew(tmp_path) as store:
        await say(store, "Anew")
        (kept,) = await store.care.copies()
        await store.care.arrange(kept)
    async with started(tmp_path) as store:
        assert await texts_in(store) == ["Damaged"]
    assert same(kept.path, b"") is False


async def test_a_copy_of_an_older_format_is_brought_up_to_date(tmp_path: Path) -> None:
    backups_dir = Paths.below(tmp_path).backups_dir
    async with started(tmp_path) as store:
        await say(store, "Today")
        shutil.copy(DATABASES / "v1.sqlite3", backups_dir / "desktop-chat-format-1-2026-01-01-000000.sqlite3")
        (old,) = await store.care.copies()
        await store.care.arrange(old)
    async with started(tmp_path) as store:
        assert await texts_in(store) == ["An old conversation"]
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


async def test_a_copy_that_is_not_sound_any_more_is_refused(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        for _ in range(40):
            await say(store, "Then")
        copy = await weekly_of(store)
        overwrite(Path(copy.path), [6, 7, 8, 9], random.Random(3))

        with pytest.raises(StoreCorrupt):
            await store.care.arrange(copy)

        assert not await store.care.is_arranged()
    async with started(tmp_path) as store:
        assert len(await texts_in(store)) == 40


async def test_without_room_nothing_is_arranged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        async with started(disk.folder) as store:
            await store.put(question("c", "x" * 300_000))
            copy = await weekly_of(store)
            (disk.folder / "ballast").write_bytes(bytes(shutil.disk_usage(disk.folder).free - 300_000))

            with pytest.raises(StoreFull):
                await store.care.arrange(copy)

            assert not await store.care.is_arranged()
            assert [path.name for path in disk.folder.glob("*.part")] == []


# --- after an unclean end


async def test_only_an_end_without_closing_is_one(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        assert not store.care.was_cut_off
        await say(store, "One")
        killed = tmp_path / "killed"
        shutil.copytree(tmp_path, killed, ignore=shutil.ignore_patterns("killed", "*-shm"))
    async with started(tmp_path) as store:
        assert not store.care.was_cut_off
    async with started(killed) as store:
        assert store.care.was_cut_off
    async with started(killed) as store:
        assert not store.care.was_cut_off


async def test_damage_is_found_beside_the_work(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        for number in range(300):
            await store.put(question(f"{number % 7}", "words " * 100))
        assert await store.care.find_damage() == ""
    path = Paths.below(tmp_path).database
    overwrite(path, [path.stat().st_size // 4096 - 3], random.Random(4))

    async with started(tmp_path) as store:
        assert await store.care.find_damage() != ""
        await say(store, "and on it goes")


async def test_a_repair_that_was_asked_for_is_offered_at_the_next_start_until_it_is_done(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "One")
        await store.care.ask_for_repair()
    store = store_in(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match="damaged parts"):
            await store.start()

    report = await store.care.repair(lambda _share: None)

    assert (report.message_count, report.is_whole) == (1, True)
    assert await texts_in(store) == ["One"]
    await store.close()


def damage_what_the_start_reads(folder: Path) -> None:
    """Overwrite the first page of the conversations: the file can still be opened, and nothing be read from it."""
    path = Paths.below(folder).database
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'conversations'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xaa" * 4096)


@pytest.mark.parametrize("way", ["repair", "start empty", "put a copy back"])
async def test_damage_that_shows_after_the_opening_is_got_over_in_the_same_run(tmp_path: Path, way: str) -> None:
    async with started(tmp_path) as store:
        await say(store, "One")
        copy = await weekly_of(store)
    damage_what_the_start_reads(tmp_path)
    store = store_in(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreCorrupt):
            await store.start()
    with pytest.raises(StoreCorrupt):
        await store.load("any")

    if way == "repair":
        assert (await store.care.repair(lambda _share: None)).message_count == 1
    else:
        if way == "put a copy back":
            await store.care.arrange(copy)
        await store.care.set_aside()

    assert len(await texts_in(store)) == (0 if way == "start empty" else 1)
    await say(store, "and on it goes")
    await store.close()


async def test_a_copy_put_back_makes_the_repair_unnecessary(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await say(store, "Then")
        copy = await weekly_of(store)
        await store.care.ask_for_repair()
    store = store_in(tmp_path)
    with pytest.raises(StoreCorrupt):
        await store.start()

    await store.care.arrange(copy)

    assert await texts_in(store) == ["Then"]
    await store.close()


# --- help


def same(path: str, content: bytes) -> bool:
    return Path(path).read_bytes() == content


class started_anew:  # noqa: N801  reads like `started`
    """A store whose damaged file was put aside."""

    def __init__(self, folder: Path) -> None:
        self._store = store_in(folder)

    async def __aenter__(self) -> Store:
        with pytest.raises(StoreCorrupt):
            await self._store.start()
        await self._store.care.set_aside()
        await self._store.start()
        return self._store

    async def __aexit__(self, *_: object) -> None:
        await self._store.close()


def test_a_copy_is_of_one_moment(tmp_path: Path) -> None:
    """What is written while it is made is in it as a whole or not at all."""
    path = tmp_path / "live.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        make_tables(writer)
        writer.execute("INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 't', 1, 1)")
        add = (
            "INSERT INTO messages (id, conversation_id, role, status, content, created_at) VALUES (?,'c','user',?,?,1)"
        )
        for number in range(200):
            writer.execute(add, (f"{number}", "complete", "x" * 3000))
        steps = 0

        def write_meanwhile() -> None:
            nonlocal steps
            steps += 1
            writer.execute(add, (f"later {steps}", "complete", "x" * 3000))

        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            copy = back_up_weekly(reader, path, tmp_path, 1e9, write_meanwhile)

    assert copy is not None and steps > 1
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (200,)
