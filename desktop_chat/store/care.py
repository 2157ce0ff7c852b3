"""Looks after the database file as a whole: checks, copies, repairs and replaces it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from desktop_chat.core.backups import BackupCopy
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.store import backups, exchange
from desktop_chat.store.aside import Aside, Look
from desktop_chat.store.connection import BUSY_TIMEOUT_MS
from desktop_chat.store.database import Database
from desktop_chat.store.migrations import MIGRATIONS

T = TypeVar("T")

log = logging.getLogger(__name__)


class Care:
    """Keeps to the port `StoreCare`."""

    def __init__(self, path: Path, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._backups_dir = database.backups_dir
        self._database = database
        self._clock = clock
        self._aside = Aside(path, BUSY_TIMEOUT_MS)

    async def close(self) -> None:
        """Cut short what looks at the file; may be called twice."""
        await self._aside.close()

    # --- in the background

    @property
    def was_cut_off(self) -> bool:
        """Whether the program did not close the database the last time: SQLite removes its log when it is closed."""
        return self._database.was_cut_off

    async def find_damage(self) -> str:
        """Check the whole file beside the work; gives what was found in SQLite's words, nothing when it is sound."""
        found = await self._look(lambda connection, _go_on: connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        return "" if found == "ok" else " ".join(str(found).split())

    async def back_up_weekly(self) -> bool:
        """Make the copy of this week if it is due, beside the work; whether one was made."""
        now = self._clock()
        copy = await self._look(
            lambda connection, go_on: backups.back_up_weekly(connection, self._path, self._backups_dir, now, go_on)
        )
        if copy is not None:
            log.info("a copy of the history was made: %s", copy)
        return copy is not None

    async def _look(self, look: Look[T]) -> T:
        if self._database.is_shared:
            return await self._aside.run(look)
        # Nobody else may open the file: here the work has to wait.
        return await self._database.read(lambda connection: look(connection, self._aside.go_on))

    # --- copies

    async def copies(self) -> tuple[BackupCopy, ...]:
        """All copies that can be put back, newest first."""
        return await self._aside.call(lambda: backups.copies(self._path, self._backups_dir, len(MIGRATIONS)))

    async def arrange(self, copy: BackupCopy) -> None:
        """Have a copy put back at the next start; today's state becomes a copy then."""
        await self._aside.call(lambda: exchange.make_ready(copy, self._path, lambda _share: self._aside.go_on()))

    async def is_arranged(self) -> bool:
        """Whether a copy lies ready for the next start."""
        return await self._aside.call(lambda: exchange.next_file(self._path).exists())

    async def drop_arranged(self) -> None:
        """Leave everything as it is at the next start."""
        await self._aside.call(lambda: exchange.drop_ready(self._path))

    # --- a damaged file

    async def ask_for_repair(self) -> None:
        """Have the next start offer the repair, although the file can be opened."""
        await self._aside.call(lambda: exchange.repair_mark(self._path).touch(0o600))

    async def repair(self, on_progress: Callable[[float], None]) -> SalvageReport:
        """Read what can be read into a new file, while the database is not open; the damaged one is kept.

        Units:   the progress in shares, up to 1; told on the loop that asked.
        Raises:  StoreError; then nothing has changed.
        """
        loop = asyncio.get_running_loop()

        def tell(share: float) -> None:
            self._aside.go_on()
            loop.call_soon_threadsafe(on_progress, share)

        return await self._aside.call(lambda: exchange.repair(self._path, tell))

    async def set_aside(self) -> Path:
        """Keep a file that cannot be opened under another name, so that the next start makes an empty one."""
        return await self._aside.call(lambda: exchange.set_aside(self._path))
