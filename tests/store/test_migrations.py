"""Old files open, a sound copy is made before anything changes, and a failed step changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_chat.core.backups import CopyKind
from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.errors import StoreCorrupt, StoreFull
from desktop_chat.core.messages import MessageStatus
from desktop_chat.paths import Paths
from desktop_chat.store.backups import back_up
from desktop_chat.store.connection import open_connection
from desktop_chat.store.migrations import MIGRATIONS, Migration
from tests.helpers.samples import question
from tests.store.files import fingerprints, journal_in, started, store_in
from tests.store.mounts import small_disk
from tests.store.old_databases import ANSWER, CUT_OFF, DATABASES, DRAFT, PLACE, QUESTION

OLD_FILES = sorted(DATABASES.glob("v*.sqlite3"))

NEXT: tuple[Migration, ...] = (
    *MIGRATIONS,
    ("ALTER TABLE conversations ADD COLUMN colour TEXT", "UPDATE conversations SET colour = 'green'"),
)
BROKEN: tuple[Migration, ...] = (
    *MIGRATIONS,
    ("DELETE FROM messages", "INSERT INTO conversations (id) VALUES ('without a title')"),
)


def place(old: Path, folder: Path) -> Path:
    """Put an old database where the store looks for it."""
    paths = Paths.below(folder)
    paths.make()
    shutil.copy(old, paths.database)
    if (journal := old.with_suffix(".journal")).exists():
        shutil.copy(journal, journal_in(folder))
    return paths.database


def test_every_released_schema_has_its_file() -> None:
    assert [path.name for path in OLD_FILES] == [f"v{number}.sqlite3" for number in range(1, len(MIGRATIONS) + 1)]


@pytest.mark.parametrize("old", OLD_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("migrations", [MIGRATIONS, NEXT], ids=["today", "tomorrow"])
async def test_old_files_open_with_all_they_hold(tmp_path: Path, old: Path, migrations: Sequence[Migration]) -> None:
    place(old, tmp_path)
    store = store_in(tmp_path, migrations=migrations)

    state = await store.start()

    assert [summary.title for summary in state.conversations] == ["An old conversation"]
    assert state.interrupted_count == 1
    assert [(tab.conversation_id, tab.is_current) for tab in state.tabs] == [("c1", False), ("c2", True)]
    # The first schema knew no places.
    assert [tab.place for tab in state.tabs] == [None if old.stem == "v1" else PLACE, None]
    stored, unsent = await store.load("c1"), await store.load("c2")
    assert stored is not None and unsent is not None
    tree = ConversationTree(stored.messages, stored.tip_id)
    # Nor could a reply be continued before the third.
    answer = replace(ANSWER, seams=()) if old.stem in ("v1", "v2") else ANSWER
    assert (tree["q1"], tree["r1"]) == (QUESTION, answer)
    assert (tree["r2"].text, tree["r2"].status) == ("Once upon a time", MessageStatus.INTERRUPTED)
    assert (tree["r2"].parent_id, tree.tip_id) == ("q1", CUT_OFF.id)
    # And no file could be attached before the fifth.
    assert unsent.draft == (DRAFT if old.stem == "v5" else replace(DRAFT, attachments=()))
    await store.close()


async def test_a_copy_is_made_before_a_migration(tmp_path: Path) -> None:
    path = place(OLD_FILES[0], tmp_path)

    async with started(tmp_path, migrations=NEXT) as store:
        await store.put(question("c9"))

    (copy,) = Paths.below(tmp_path).backups_dir.iterdir()
    assert copy.name.startswith(f"{path.stem}-format-1-2")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(path)) as new:
        assert old.execute("PRAGMA user_version").fetchone() == (1,)
        assert new.execute("PRAGMA user_version").fetchone() == (len(NEXT),)
        assert new.execute("SELECT DISTINCT colour FROM conversations WHERE id = 'c1'").fetchone() == ("green",)
        assert old.execute("SELECT count(*) FROM messages").fetchone() == (3,)


async def test_the_copy_is_a_history_of_its_own(tmp_path: Path) -> None:
    place(OLD_FILES[0], tmp_path / "one")
    async with started(tmp_path / "one", migrations=NEXT):
        pass
    (copy,) = Paths.below(tmp_path / "one").backups_dir.iterdir()

    place(copy, tmp_path / "two")

    async with started(tmp_path / "two") as store:
        assert await store.load("c1") is not None


async def test_a_file_of_today_is_not_copied(tmp_path: Path) -> None:
    place(OLD_FILES[-1], tmp_path)
    async with started(tmp_path):
        pass

    assert list(Paths.below(tmp_path).backups_dir.iterdir()) == []


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = place(OLD_FILES[-1], tmp_path)
    store = store_in(tmp_path, migrations=BROKEN)

    with pytest.raises(sqlite3.IntegrityError):
        await store.start()
    await store.close()

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (3,)
    async with started(tmp_path) as again:
        assert await again.load("c1") is not None


async def test_without_room_for_the_copy_nothing_is_changed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        path = place(OLD_FILES[0], disk.folder)
        (disk.folder / "ballast").write_bytes(bytes(900 * 1024))
        store = store_in(disk.folder, migrations=NEXT)

        with pytest.raises(StoreFull):
            await store.start()
        await store.close()

        assert path.read_bytes() == OLD_FILES[0].read_bytes()
        assert list(Paths.below(disk.folder).backups_dir.iterdir()) == []


async def test_a_damaged_file_is_not_migrated(tmp_path: Path) -> None:
    path = place(OLD_FILES[0], tmp_path)
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'messages_by_conversation'"
        ).fetchone()
        (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * page_bytes + 8 : page * page_bytes] = b"\xa5" * (page_bytes - 8)
    path.write_bytes(content)
    before = fingerprints(tmp_path)
    store = store_in(tmp_path, migrations=NEXT)

    with pytest.raises(StoreCorrupt):
        await store.start()
    await store.close()

    assert fingerprints(tmp_path) == before


def test_only_the_last_copies_are_kept(tmp_path: Path) -> None:
    path = place(OLD_FILES[0], tmp_path)
    backups_dir = Paths.below(tmp_path).backups_dir
    (backups_dir / "something else.txt").touch()
    with closing(open_connection(path, 50)) as connection:
        copies = [back_up(connection, path, backups_dir, CopyKind.BEFORE_UPDATE, version) for version in range(1, 8)]

    kept = {name.name for name in backups_dir.iterdir()}
    assert kept == {copy.name for copy in copies[-5:]} | {"something else.txt"}
