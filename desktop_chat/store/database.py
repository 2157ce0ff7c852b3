"""The database: one SQLite connection in a thread of its own, asked from coroutines."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from desktop_chat.core.errors import StoreError
from desktop_chat.store.connection import APPLICATION_ID, open_connection, transaction
from desktop_chat.store.failures import corrupt, told_in_words, too_new
from desktop_chat.store.file_header import look
from desktop_chat.store.migrations import MIGRATIONS, Migration, migrate
from desktop_chat.store.worker import Worker

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
Work = Callable[["sqlite3.Connection"], T]

BUSY_TIMEOUT_MS: Final = 5000
SYNC_EVERY_S: Final = 1.0
"""What a power cut may cost of what need not be durable at once; a killed program loses nothing that was committed."""


class Database:
    """Runs pieces of work on the connection, one after the other.

    Raises:  StoreError and its kinds from every call; the failure of `open` again from calls after it.
    """

    def __init__(
        self,
        path: Path,
        backups_dir: Path,
        *,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        self._path = path
        self._backups_dir = backups_dir
        self._busy_timeout_ms = busy_timeout_ms
        self._migrations = migrations
        self._worker = Worker("store")
        self._connection: sqlite3.Connection | None = None
        self._why_closed = StoreError("The history is not open.")
        self._is_closed = False
        self._is_full_sync = False
        self._synced_at = 0.0

    async def open(self) -> None:
        """Open the file, made or migrated as needed; may be tried again after a failure.

        Raises:  StoreTooNew, StoreCorrupt: the file is left untouched byte for byte.
        """
        await self._worker.run(self._open)

    async def set_aside(self) -> Path:
        """Rename the file, with its log, after `open` has failed; gives the new name."""
        return await self._worker.run(self._set_aside)

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads."""
        return await self._run(lambda: self._read(work))

    async def write(self, work: Work[T], *, is_durable: bool = True) -> T:
        """Run work in one transaction, durable when this returns, or else within `SYNC_EVERY_S`.

        Cancel:  the work is done all the same.
        """
        return await self._run(lambda: self._write(work, is_durable))

    async def close(self) -> None:
        """Finish what was asked for and close the file; may be called twice."""
        if not self._is_closed:
            self._is_closed = True
            await self._worker.run(self._close)
            self._worker.stop()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise StoreError("The history is closed.", "The program is about to end.")
        return await self._worker.run(work)

    # --- in the store's thread ------------------------------------------------------------------------------------

    def _open(self) -> None:
        if self._connection is not None:
            return
        try:
            with told_in_words(self._path):
                self._check_header()
                self._connection = self._opened()
        except StoreError as error:
            self._why_closed = error
            raise

    def _set_aside(self) -> Path:
        kept = self._path.with_name(f"{self._path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{self._path.suffix}")
        with told_in_words(self._path):
            for tail in ("-wal", "-shm", ""):
                part = self._path.with_name(self._path.name + tail)
                if part.exists():
                    part.rename(kept.with_name(kept.name + tail))
        return kept

    def _check_header(self) -> None:
        header = look(self._path)
        if header is None:
            return
        if header.application_id not in (0, APPLICATION_ID):
            raise corrupt(self._path, "is the database of another program")
        if header.user_version > len(self._migrations):
            raise too_new(self._path, header.user_version, len(self._migrations))

    def _opened(self) -> sqlite3.Connection:
        connection = open_connection(self._path, self._busy_timeout_ms)
        try:
            self._is_full_sync = False
            self._set_full_sync(connection, True)
            migrate(connection, self._path, self._backups_dir, self._migrations)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            raise type(self._why_closed)(self._why_closed.title, self._why_closed.detail)
        return self._connection

    def _read(self, work: Work[T]) -> T:
        connection = self._connected()
        with told_in_words(self._path):
            return work(connection)

    def _write(self, work: Work[T], is_durable: bool) -> T:
        connection = self._connected()
        now = time.monotonic()
        is_full = is_durable or now - self._synced_at >= SYNC_EVERY_S
        with told_in_words(self._path):
            self._set_full_sync(connection, is_full)
            with transaction(connection):
                result = work(connection)
        if is_full:
            # A synced commit takes all earlier ones of the same file with it.
            self._synced_at = now
        return result

    def _set_full_sync(self, connection: sqlite3.Connection, is_full: bool) -> None:
        if is_full != self._is_full_sync:
            connection.execute(f"PRAGMA synchronous = {'FULL' if is_full else 'NORMAL'}")
            self._is_full_sync = is_full

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with told_in_words(self._path):
                connection.close()
