"""Stores in temporary folders, and what lies in them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from desktop_chat.paths import Paths
from desktop_chat.store.database import Database
from desktop_chat.store.migrations import MIGRATIONS, Migration
from desktop_chat.store.store import Store


def store_in(
    folder: Path,
    *,
    migrations: Sequence[Migration] = MIGRATIONS,
    busy_timeout_ms: int = 50,
    clock: Callable[[], float] | None = None,
) -> Store:
    """A store in this folder that does not wait long for others; not started yet."""
    paths = Paths.below(folder)
    paths.make()
    database = Database(paths.database, paths.backups_dir, busy_timeout_ms=busy_timeout_ms, migrations=migrations)
    return Store(paths.database, database) if clock is None else Store(paths.database, database, clock)


@asynccontextmanager
async def started(folder: Path, **options: object) -> AsyncIterator[Store]:
    """A store that is started here and closed at the end."""
    store = store_in(folder, **options)  # type: ignore[arg-type]
    await store.start()
    try:
        yield store
    finally:
        await store.close()


def make_tables(connection: sqlite3.Connection) -> None:
    """Bring an empty file to today's schema, without a store."""
    for statements in MIGRATIONS:
        for statement in statements:
            connection.execute(statement)


def journal_in(folder: Path) -> Path:
    """Where a store in this folder journals."""
    return Paths.below(folder).database.with_suffix(".journal")


def fingerprints(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
