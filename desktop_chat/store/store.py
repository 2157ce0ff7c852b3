"""The store: conversations, drafts and tabs in one SQLite file, the journal in one beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_chat.core.conversation import TRASH_DAYS, ConversationSummary, OpenTab
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.outbox import Queued
from desktop_chat.core.stored import StartState, StoredConversation
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.store import attachments, conversations, journal, kept_drafts, outbox, stream_records
from desktop_chat.store.care import Care
from desktop_chat.store.database import Database
from desktop_chat.store.export import ExportFile
from desktop_chat.store.whole_file import write_text

if TYPE_CHECKING:
    import asyncio
    import sqlite3


class Store:
    """Keeps to the port `ConversationStore`.

    Calls are handed to the store's thread before they wait for anything, so they happen in the order they were made,
    and they happen even if whoever asked is cancelled meanwhile.
    """

    def __init__(self, path: Path, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._database = database
        self._clock = clock
        self.care = Care(path, database, clock)
        """The file as a whole: checks, copies, repairs."""

    async def start(self) -> StartState:
        """Open (or create, or migrate) the database, fold what the journal holds, and read the start state."""
        await self._database.open(is_alone=True)
        try:
            return await self._database.write(self._prepare, after=lambda file: file.settle())
        except StoreError as error:
            # Damage may show only here, and before the next try the file may be put aside for another one.
            await self._database.let_go(error)
            raise

    async def open(self) -> None:
        """Open the database and touch nothing: another program may be writing its journal."""
        await self._database.open()

    async def load(self, conversation_id: str) -> StoredConversation | None:
        """Read one conversation with all its messages; one of which only a draft is known comes without any."""
        return await self._database.read(lambda connection: conversations.read(connection, conversation_id, self._path))

    def load_end(
        self, conversation_id: str, count: int, patience_s: float = 0.0
    ) -> asyncio.Future[tuple[Message, ...]]:
        """Read the last messages of the path that is shown, oldest first; from the call on."""
        return self._database.begin_read(
            lambda connection: conversations.read_end(connection, conversation_id, count, self._path), patience_s
        )

    async def put(
        self,
        message: Message,
        title: str | None = None,
        *,
        keeps_draft: bool = False,
        queued_id: str | None = None,
    ) -> None:
        """Store a message and make it the tip; in the same transaction it leaves the draft or the outbox."""

        def put(connection: sqlite3.Connection) -> None:
            conversations.put_message(connection, message, title, keeps_draft=keeps_draft)
            if queued_id is not None:
                outbox.take_out(connection, queued_id)

        await self._database.write(put, after=lambda file: file.follow(message))

    async def put_conversation(self, messages: Sequence[Message], title: str, made_at: float) -> None:
        """Store a new conversation whole, in one transaction; the last message is its tip."""
        kept = tuple(messages)
        await self._database.write(lambda connection: conversations.put_whole(connection, kept, title, made_at))

    async def set_tip(self, conversation_id: str, message_id: str) -> None:
        """Remember which path is shown."""
        await self._database.write(lambda connection: conversations.set_tip(connection, conversation_id, message_id))

    async def append_journal(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]]) -> None:
        """Append what arrived, for all streams in one write.

        A killed program loses none of it; a power cut may cost the last second.
        """
        # Copied before anything waits: the lists may grow meanwhile.
        arrived = [(reply_id, tuple(events)) for reply_id, events in batch]
        now = self._clock()
        await self._database.append_journal(arrived, now)

    async def end_reply(self, reply: Message, record: StreamRecord | None = None) -> None:
        """Store the final state of a reply and drop its journal, in one durable transaction; its record goes along."""

        def end(connection: sqlite3.Connection) -> None:
            conversations.end_message(connection, reply)
            if record is not None:
                stream_records.put_along(connection, record)

        await self._database.write(end, after=lambda file: file.follow(reply))

    async def put_draft(self, conversation_id: str, draft: Draft) -> None:
        """Keep what stands in the composer; an empty draft is forgotten."""
        now = self._clock()
        await self._database.write(lambda connection: conversations.put_draft(connection, conversation_id, draft, now))

    async def put_queued(self, queued: Queued, *, keeps_draft: bool = False) -> None:
        """Keep a message that waits to be sent; the draft it was written in is cleared in the same transaction."""

        def put(connection: sqlite3.Connection) -> None:
            outbox.put(connection, queued)
            if not keeps_draft:
                conversations.take_draft(connection, queued.conversation_id, queued.text, queued.created_at)

        await self._database.write(put)

    async def take_queued(self, queued: Queued, draft: Draft | None = None) -> None:
        """Forget a message that waits; what the composer holds instead is kept in the same transaction."""
        now = self._clock()

        def take(connection: sqlite3.Connection) -> None:
            # The files are in use until the last of them: none is written anew.
            if draft is not None:
                conversations.put_draft(connection, queued.conversation_id, draft, now)
            else:
                files = attachments.put(connection, queued.attachments)
                kept_drafts.keep(connection, queued.conversation_id, queued.text, now, files)
            outbox.take_out(connection, queued.id)

        await self._database.write(take)

    async def kept_drafts(self) -> tuple[KeptDraft, ...]:
        """Read the texts that were thrown away, replaced or sent; newest first."""
        return await self._database.read(kept_drafts.read)

    async def kept_draft(self, number: int) -> Draft | None:
        """Read one of them with its files; None when it is gone."""
        return await self._database.read(lambda connection: kept_drafts.read_whole(connection, number))

    async def delete_kept_draft(self, number: int) -> None:
        """Forget one of them; afterwards nothing of it is in the database or its log."""
        await self._database.write(lambda connection: kept_drafts.delete(connection, number))
        await self._empty_log()

    async def clear_kept_drafts(self) -> None:
        """Forget all of them, as thoroughly."""
        await self._database.write(kept_drafts.clear)
        await self._empty_log()

    async def put_tabs(self, tabs: Sequence[OpenTab]) -> None:
        """Remember the open tabs in order."""
        shown = tuple(tabs)
        await self._database.write(lambda connection: conversations.put_tabs(connection, shown))

    async def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; one without messages is not known yet and gets it with the first."""
        await self._database.write(lambda connection: conversations.rename(connection, conversation_id, title))

    async def set_pinned(self, conversation_id: str, is_pinned: bool) -> None:
        """Pin a conversation, or let it go."""
        await self._database.write(lambda connection: conversations.set_pinned(connection, conversation_id, is_pinned))

    async def delete(self, conversation_id: str) -> None:
        """Move a conversation to the trash; `restore` brings it back."""
        now = self._clock()
        await self._database.write(lambda connection: conversations.set_deleted(connection, conversation_id, now))

    async def restore(self, conversation_id: str) -> ConversationSummary:
        """Bring a conversation back from the trash.

        Raises:  StoreError when it has been purged meanwhile.
        """

        def restored(connection: sqlite3.Connection) -> ConversationSummary | None:
            conversations.set_deleted(connection, conversation_id, None)
            return conversations.summary(connection, conversation_id)

        summary = await self._database.write(restored)
        if summary is None:
            raise StoreError("This conversation is gone.", f"The trash is emptied after {TRASH_DAYS} days.")
        return summary

    async def trash(self) -> tuple[ConversationSummary, ...]:
        """Read what lies in the trash, the one deleted last first."""
        return await self._database.read(conversations.in_trash)

    async def delete_for_good(self, ids: Sequence[str]) -> None:
        """Delete conversations of the trash; afterwards nothing of them is in the database or its log."""
        gone = tuple(ids)
        await self._database.write(lambda connection: conversations.drop(connection, gone))
        await self._empty_log()

    async def cost_since(self, since: float) -> float:
        """Sum of `cost_usd` of all replies created at or after `since` (seconds since the epoch)."""
        return await self._database.read(lambda connection: conversations.cost_since(connection, since))

    async def export(self, target: Path) -> int:
        """Write all conversations outside the trash to a JSON file, replaced in one step; they are counted.

        One conversation at a time: what streams in meanwhile is journalled in between.

        Raises:  StoreFull, StoreReadOnly, StoreError for the target as well as for the database.
        """
        file = ExportFile(target, self._path, self._clock())
        try:
            for conversation_id in await self._database.read(file.begin):
                await self._database.read(partial(file.add, conversation_id))
            return await self._database.read(file.finish)
        finally:
            await self._discard(file)

    async def stream_records(self, message_id: str) -> tuple[StreamRecord, ...]:
        """Read what is kept of a reply, its parts in order; what is damaged is left out."""
        return await self._database.read(lambda connection: stream_records.read(connection, message_id))

    async def save_text(self, target: Path, text: str) -> None:
        """Write a file that the reader has asked for, readable for its owner only, replaced in one step.

        Raises:  StoreFull, StoreReadOnly, StoreError for the target.
        """
        await self._database.read(lambda _: write_text(target, text))

    async def close(self) -> None:
        """Finish what was asked for and close the database; may be called twice."""
        await self.care.close()
        await self._database.close()

    async def _empty_log(self) -> None:
        """Fold the log into the file: until then it still holds pages as they were."""
        await self._database.read(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def _discard(self, file: ExportFile) -> None:
        """Clean up behind a step that may still run although its caller was cancelled."""
        try:
            await self._database.read(lambda _: file.discard())
        except StoreError:
            # Closed meanwhile, and with that every step has come to its end.
            file.discard()

    def _prepare(self, connection: sqlite3.Connection) -> StartState:
        interrupted_count = journal.fold_all(connection, self._database.journal)
        conversations.purge(connection, self._clock())
        return StartState(
            conversations.shown_summaries(connection),
            conversations.open_tabs(connection),
            interrupted_count,
            outbox.waiting_ids(connection),
        )


def open_store(path: Path, backups_dir: Path) -> Store:
    """Make the store of a database file; nothing is opened before `start`."""
    return Store(path, Database(path, backups_dir))
