"""Full, read-only, locked, damaged, too new: each has its sentence, and nothing that was stored is lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop_chat.core.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreReadOnly, StoreTooNew
from desktop_chat.core.events import TextArrived
from desktop_chat.paths import Paths
from tests.helpers.privileges import bound_by_permissions, can_be_bound
from tests.helpers.samples import question, reply
from tests.store.files import fingerprints, started, store_in
from tests.store.mounts import small_disk


async def filled(folder: Path) -> Path:
    """Make a database with some conversations; its path."""
    async with started(folder) as store:
        for number in range(20):
            await store.put(question(f"c{number}", "words " * 500), f"Title {number}")
    return Paths.below(folder).database


async def test_a_full_disk_loses_nothing_and_works_again_with_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        store = store_in(disk.folder)
        await store.start()
        begun = reply("c", None)
        await store.put(begun)
        stored = []
        with pytest.raises(StoreFull, match=r"full.*room left in .*disk.*safe"):
            while True:
                message = question("c", os.urandom(4000).hex())
                await store.put(message)
                stored.append(message)
        with pytest.raises(StoreFull):
            while True:
                await store.append_journal([(begun.id, [TextArrived(0, os.urandom(4000).hex())])])
        known = await store.load("c")
        assert known is not None
        assert {message.id for message in known.messages} == {begun.id, *(message.id for message in stored)}

        disk.remount("size=8m")
        await store.put(question("c", "room again"))
        await store.append_journal([(begun.id, [TextArrived(0, "and more")])])
        await store.close()

        async with started(disk.folder) as again:
            known = await again.load("c")
            assert known is not None
            assert {message.id for message in stored} < {message.id for message in known.messages}
            interrupted = next(message for message in known.messages if message.id == begun.id)
            assert interrupted.text.endswith("and more")


async def test_a_disk_without_room_for_the_database_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        store = store_in(disk.folder)
        (disk.folder / "ballast").write_bytes(bytes(60 * 1024))

        with pytest.raises(StoreFull):
            await store.start()

        (disk.folder / "ballast").unlink()
        disk.remount("size=8m")
        await store.start()
        await store.close()


async def test_a_read_only_disk_is_told_and_left_alone(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = await filled(disk.folder)
        store = store_in(disk.folder)
        before = fingerprints(disk.folder)
        disk.remount("ro")

        with pytest.raises(StoreReadOnly, match=str(path)):
            await store.start()

        assert fingerprints(disk.folder) == before
        await store.close()


@pytest.mark.skipif(not can_be_bound(), reason="permissions do not bind this user")
@pytest.mark.parametrize("target", ["file", "folder"])
async def test_missing_permissions_are_told(tmp_path: Path, target: str) -> None:
    path = await filled(tmp_path)
    store = store_in(tmp_path)
    place = path if target == "file" else path.parent
    mode = place.stat().st_mode
    place.chmod(mode & ~0o222)
    with bound_by_permissions():
        try:
            with pytest.raises(StoreReadOnly):
                await store.start()
        finally:
            place.chmod(mode)
            await store.close()


async def test_a_lock_is_told_and_waited_for(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        with closing(sqlite3.connect(Paths.below(tmp_path).database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreLocked, match="Another program"):
                await store.put(question("c"))
            assert await store.load("c") is None, "reading goes on"
            other.execute("ROLLBACK")
        await store.put(question("c"))
        assert await store.load("c") is not None


async def test_two_stores_share_a_file(tmp_path: Path) -> None:
    async with started(tmp_path, busy_timeout_ms=5000) as one, started(tmp_path, busy_timeout_ms=5000) as two:
        await one.put(question("c1"))
        await two.put(question("c2"))

        assert {summary.id for summary in (await one.start()).conversations} == {"c1", "c2"}


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(50_000))


def a_text_file(path: Path) -> None:
    path.write_text("short", encoding="utf-8")


def half_of_it(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def a_foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE moz_places (id INTEGER)")
        foreign.execute("PRAGMA application_id = 7")
        foreign.commit()


@pytest.mark.parametrize("damage", [random_bytes, a_text_file, half_of_it, a_foreign_database])
async def test_a_file_that_is_no_history_is_refused_and_untouched(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = await filled(tmp_path)
    damage(path)
    store = store_in(tmp_path)
    before = fingerprints(tmp_path)

    with pytest.raises(StoreCorrupt, match=str(path)):
        await store.start()
    with pytest.raises(StoreCorrupt):
        await store.put(question("c"))
    await store.close()

    assert fingerprints(tmp_path) == before


async def test_an_unmarked_foreign_database_gets_no_tables(tmp_path: Path) -> None:
    path = await filled(tmp_path)
    a_foreign_database(path)
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("PRAGMA application_id = 0")
    store = store_in(tmp_path)

    with pytest.raises(StoreCorrupt, match="another program"):
        await store.start()
    await store.close()

    with closing(sqlite3.connect(path)) as foreign:
        assert foreign.execute("SELECT name FROM sqlite_master").fetchall() == [("moz_places",)]


async def test_damaged_pages_are_told(tmp_path: Path) -> None:
    path = await filled(tmp_path)
    content = bytearray(path.read_bytes())
    content[4096:] = random.Random(2).randbytes(len(content) - 4096)
    path.write_bytes(content)
    store = store_in(tmp_path)

    with pytest.raises(StoreCorrupt, match="damaged"):
        await store.start()

    await store.close()


async def test_a_damaged_message_is_told_and_others_can_be_read(tmp_path: Path) -> None:
    path = await filled(tmp_path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE messages SET content = '[{' WHERE conversation_id = 'c1'")
        other.execute("UPDATE messages SET content = CAST(x'ff' AS TEXT) WHERE conversation_id = 'c2'")
        other.commit()

    async with started(tmp_path) as store:
        for damaged in ("c1", "c2"):
            with pytest.raises(StoreCorrupt, match="cannot be read"):
                await store.load(damaged)
        assert await store.load("c3") is not None


async def test_an_empty_file_is_a_new_history(tmp_path: Path) -> None:
    path = Paths.below(tmp_path).database
    path.touch()

    async with started(tmp_path) as store:
        await store.put(question("c"))


async def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = await filled(tmp_path)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    store = store_in(tmp_path)
    before = fingerprints(tmp_path)

    with pytest.raises(StoreTooNew, match=r"format 99.*update"):
        await store.start()
    await store.close()

    assert fingerprints(tmp_path) == before


async def test_a_newer_version_is_seen_even_in_the_log_of_a_killed_program(tmp_path: Path) -> None:
    path = await filled(tmp_path / "living")
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute("PRAGMA wal_autocheckpoint = 0")
        newer.execute("CREATE TABLE from_the_future (x)")
        newer.execute("PRAGMA user_version = 99")
        killed = store_in(tmp_path / "killed")
        for name in (path.name, f"{path.name}-wal"):
            shutil.copy(path.with_name(name), tmp_path / "killed" / name)
    before = fingerprints(tmp_path / "killed")

    with pytest.raises(StoreTooNew):
        await killed.start()
    await killed.close()

    assert fingerprints(tmp_path / "killed") == before


async def test_calls_before_the_start_are_refused_in_words(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with pytest.raises(StoreError, match="not open"):
        await store.load("c")
    await store.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
async def test_nobody_else_can_read_what_is_stored(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "deep" / "below"
    old = os.umask(umask)
    try:
        async with started(folder) as store:
            begun = reply("c", None)
            await store.put(begun)
            await store.append_journal([(begun.id, [TextArrived(0, "text")])])
            await store.export(folder / "export.json")
            modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    finally:
        os.umask(old)

    assert len(modes) == 5, "database, -wal, -shm, the journal and the export"
    assert set(modes.values()) == {0o600}


async def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = await filled(tmp_path)
    path.chmod(0o644)

    async with started(tmp_path):
        assert path.stat().st_mode & 0o777 == 0o600
