"""Writes the journal in a thread of its own, and syncs it in another: neither waits for the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Final

from desktop_chat.core.events import ReplyEvent
from desktop_chat.store.failures import told_in_words
from desktop_chat.store.journal_file import JournalFile
from desktop_chat.store.worker import Worker

log = logging.getLogger(__name__)

SYNC_EVERY_S: Final = 0.8
"""What a power cut may cost of a reply that streams; with the keeper's delay it stays below a second."""


class JournalWriter:
    """Hands lines to the system as they come, and to the disk within `SYNC_EVERY_S`.

    MEASURED up to 61 ms for a sync while other programs wrote, 2026-11-23, and a question takes several commits of the
    database. In one thread with them, a program that was killed then had lost what came up to 450 ms before; what the
    system has been given outlives the program, whatever the disk is doing.
    """

    def __init__(self, file: JournalFile) -> None:
        self._file = file
        self._writing = Worker("journal")
        self._syncing = Worker("journal sync")
        self._is_sync_due = False
        self._closing = threading.Event()

    async def append(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]], now: float) -> None:
        """Write one line for what arrived.

        Raises:  StoreError and its kinds.
        Cancel:  it is written all the same.
        """
        await self._writing.run(lambda: self._append(batch, now))

    async def close(self) -> None:
        """Finish what was asked for; the file may be closed then."""
        self._closing.set()
        for worker in (self._writing, self._syncing):
            if worker.is_used:
                await worker.run(lambda: None)
            worker.stop()

    def _append(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]], now: float) -> None:
        with told_in_words(self._file.path):
            self._file.append(batch, now)
        if not self._is_sync_due:
            self._sync_soon()

    def _sync_soon(self) -> None:
        self._is_sync_due = True
        self._syncing.submit(self._sync)

    def _sync(self) -> None:
        self._closing.wait(SYNC_EVERY_S)
        self._is_sync_due = False
        try:
            self._file.sync()
        except OSError as error:
            log.info("the journal is not synced, will try again: %s", error)
            if not self._closing.is_set():
                self._sync_soon()
