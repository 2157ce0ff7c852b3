"""The database: one SQLite connection in a thread of its own, with the journal beside it, asked from coroutines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import ReplyEvent
from desktop_chat.store import exchange
from desktop_chat.store.connection import APPLICATION_ID, BUSY_TIMEOUT_MS, is_shared, open_connection, transaction
from desktop_chat.store.failures import corrupt, told_in_words, too_new
from desktop_chat.store.file_header import look
from desktop_chat.store.journal_file import JournalFile
from desktop_chat.store.journal_writer import JournalWriter
from desktop_chat.store.migrations import MIGRATIONS, Migration, migrate
from desktop_chat.store.worker import Worker

if TYPE_CHECKING:
    import asyncio
    import sqlite3

T = TypeVar("T")
Work = Callable[["sqlite3.Connection"], T]


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
        self.journal = JournalFile(path.with_suffix(".journal"))
        self._journal_writer = JournalWriter(self.journal)
        self.backups_dir = backups_dir
        self._busy_timeout_ms = busy_timeout_ms
        self._migrations = migrations
        self._worker = Worker("store")
        self._connection: sqlite3.Connection | None = None
        self._why_closed = StoreError("The history is not open.")
        self._is_closed = False
        self.was_cut_off = False
        """Whether the file was not closed when it was used last: SQLite removes its log when it is closed."""
        self.is_shared = True
        """Whether another connection may look at the file beside this one."""

    async def open(self, *, is_alone: bool = False) -> None:
        """Open the file, made or migrated as needed; may be tried again after a failure.

        `is_alone` tells that no other program has it open: then a file that lies ready takes its place first.

        Raises:  StoreTooNew, StoreCorrupt: the file is left untouched byte for byte.
        """
        await self._worker.run(lambda: self._open(is_alone))

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads."""
        return await self._run(lambda: self._read(work))

    def begin_read(self, work: Work[T], patience_s: float) -> asyncio.Future[T]:
        """Run work that only reads, from the call on, and wait so long for it; failures come where it is awaited."""
        if self._is_closed:
            import asyncio

            return asyncio.ensure_future(self._run(lambda: self._read(work)))
        return self._worker.begin(lambda: self._read(work), patience_s)

    async def write(self, work: Work[T], *, after: Callable[[JournalFile], object] | None = None) -> T:
        """Run work in one transaction, durable when this returns.

        Order:   `after` tells the journal of it, once it is committed.
        Cancel:  the work is done all the same.
        """
        return await self._run(lambda: self._write(work, after))

    async def append_journal(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]], now: float) -> None:
        """Write what arrived into the journal, whatever the database is busy with; durable within `SYNC_EVERY_S`.

        Cancel:  it is written all the same.
        """
        self._connected()
        await self._journal_writer.append(batch, now)

    async def let_go(self, why: StoreError) -> None:
        """Close the file because of a failure; `open` may be tried again, and calls before that raise the failure."""
        self._why_closed = why
        with suppress(StoreError):
            await self._worker.run(self._close)

    async def close(self) -> None:
        """Finish what was asked for and close the file; may be called twice."""
        if not self._is_closed:
            self._is_closed = True
            await self._journal_writer.close()
            await self._worker.run(self._close)
            self._worker.stop()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise StoreError("The history is closed.", "The program is about to end.")
        return await self._worker.run(work)

    # --- in the store's thread ------------------------------------------------------------------------------------

    def _open(self, is_alone: bool) -> None:
        if self._connection is not None:
            return
        try:
            if is_alone:
                exchange.take_next(self._path, self.backups_dir)
            with told_in_words(self._path):
                if is_alone and exchange.repair_mark(self._path).exists():
                    raise corrupt(self._path, "has damaged parts")
                self.was_cut_off = exchange.was_cut_off(self._path)
                self._check_header()
                self._connection = self._opened()
                self.is_shared = is_shared(self._connection)
        except StoreError as error:
            self._why_closed = error
            raise

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
            migrate(connection, self._path, self.backups_dir, self._migrations)
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

    def _write(self, work: Work[T], after: Callable[[JournalFile], object] | None) -> T:
        connection = self._connected()
        with told_in_words(self._path), transaction(connection):
            result = work(connection)
        if after is not None:
            with told_in_words(self.journal.path):
                after(self.journal)
        return result

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with told_in_words(self.journal.path):
                self.journal.close()
        finally:
            with told_in_words(self._path):
                connection.close()
