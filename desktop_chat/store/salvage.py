"""Repairs a damaged history: every row that can still be read goes into a new file, the damaged one is only read.

SQLite is not asked about the damaged file at all: rows are found on their pages by their shape (`salvage_rows`), so
that neither a lost schema nor a lost way to them matters. What cannot be stored as it was is mended or left out, and
told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_chat.core.conversation import UNTITLED, title_from
from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Message
from desktop_chat.core.salvage import TITLES_MAX, SalvageReport
from desktop_chat.store import attachments
from desktop_chat.store.connection import BUSY_TIMEOUT_MS, TAILS, open_connection, transaction
from desktop_chat.store.failures import told_in_words
from desktop_chat.store.migrations import migrate
from desktop_chat.store.rows import MESSAGE_COLUMNS, message_of
from desktop_chat.store.salvage_pages import CutText, Pages, Record
from desktop_chat.store.salvage_rows import Kept, Shape, fit, shape_of

if TYPE_CHECKING:
    import sqlite3

_PAGES_AT_ONCE: Final = 500
"""So many pages are read for one transaction, and for one step of the progress."""

_IS_FILE_THERE: Final = "json_extract(value, '$[0]') IN (SELECT id FROM attachments)"

_INDEX_KINDS: Final = "TTI"
"""An entry of the index of messages by conversation: both ids, and the row's number."""


@dataclass(slots=True)
class _Tally:
    """What was found on the way."""

    cut_count: int = 0


def salvage(damaged: Path, target: Path, on_progress: Callable[[float], None]) -> SalvageReport:
    """Write what can be read of a file, and of its `-wal`, into a new one of today's format; blocking.

    Units:   the progress in shares, up to 1.
    Raises:  StoreError when nothing of ours can be read; StoreFull … for the target. Then there is no target.
    """
    try:
        with told_in_words(damaged):
            pages = Pages(damaged)
        try:
            with told_in_words(target):
                target.unlink(missing_ok=True)
                report = _copied(pages, damaged, target, on_progress)
        finally:
            pages.close()
    except BaseException:
        for tail in ("", *TAILS):
            target.with_name(target.name + tail).unlink(missing_ok=True)
        raise
    return report


def _copied(pages: Pages, damaged: Path, target: Path, on_progress: Callable[[float], None]) -> SalvageReport:
    connection = open_connection(target, BUSY_TIMEOUT_MS)
    try:
        # One file without a `-wal`, and brought to the disk as a whole at the end.
        connection.execute("PRAGMA journal_mode = DELETE")
        migrate(connection, target, target.parent)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE known (id TEXT PRIMARY KEY, conversation_id TEXT)")
        tally = _Tally()
        for start in range(1, pages.count + 1, _PAGES_AT_ONCE):
            with transaction(connection):
                for number in range(start, min(start + _PAGES_AT_ONCE, pages.count + 1)):
                    _take_page(connection, pages, number, tally)
            on_progress(min(1.0, (start + _PAGES_AT_ONCE) / pages.count))
        connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection):
            return _mended(connection, damaged, tally)
    finally:
        connection.close()


def _take_page(connection: sqlite3.Connection, pages: Pages, number: int, tally: _Tally) -> None:
    page = pages.page(number)
    if page is None:
        return
    for record in pages.table_rows(number, page):
        shape = shape_of(record)
        kept = fit(shape, record) if shape is not None else None
        if shape is not None and kept is not None:
            _insert(connection, shape, kept, tally)
    for entry in pages.index_entries(number, page):
        if entry.kinds == _INDEX_KINDS and not any(isinstance(value, CutText) for value in entry.values):
            _note_known(connection, entry)


def _insert(connection: sqlite3.Connection, shape: Shape, kept: Kept, tally: _Tally) -> None:
    # Numbers that only SQLite needs are given anew: two rows of a damaged file may have the same one.
    row = {name: value for name, value in kept.row.items() if (shape.table, name) != ("messages", "number")}
    statement = f"INSERT OR IGNORE INTO {shape.table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
    stored = connection.execute(statement, tuple(row.values()))
    if shape.table == "messages":
        tally.cut_count += kept.is_cut and stored.rowcount > 0


def _note_known(connection: sqlite3.Connection, entry: Record) -> None:
    conversation_id, message_id, _number = entry.values
    connection.execute("INSERT OR IGNORE INTO known VALUES (?, ?)", (message_id, conversation_id))


# --- what belongs together is joined again --------------------------------------------------------------------------


def _mended(connection: sqlite3.Connection, damaged: Path, tally: _Tally) -> SalvageReport:
    titles = _with_gaps(connection)
    lost_count = _count(connection, "known WHERE id NOT IN (SELECT id FROM messages)")
    lost_count += _count(
        connection,
        """(SELECT DISTINCT parent_id FROM messages WHERE parent_id IS NOT NULL
            AND parent_id NOT IN (SELECT id FROM messages) AND parent_id NOT IN (SELECT id FROM known))""",
    )
    untitled_count = _remake_conversations(connection)
    _mend_parents(connection)
    lost_file_count = _without_lost_files(connection)
    for statement in (
        """UPDATE conversations SET tip_id = (SELECT max(id) FROM messages WHERE conversation_id = conversations.id)
           WHERE tip_id IS NULL OR tip_id NOT IN (SELECT id FROM messages)""",
        "DELETE FROM stream_records WHERE message_id NOT IN (SELECT id FROM messages)",
        "DELETE FROM journal WHERE reply_id NOT IN (SELECT id FROM messages)",
    ):
        connection.execute(statement)
    report = SalvageReport(
        kept=str(damaged),
        conversation_count=_count(connection, "conversations"),
        message_count=_count(connection, "messages"),
        draft_count=sum(_count(connection, table) for table in ("drafts", "kept_drafts", "outbox")),
        cut_count=tally.cut_count,
        lost_count=lost_count,
        untitled_count=untitled_count,
        lost_file_count=lost_file_count,
        titles=titles,
    )
    if not (report.conversation_count or report.draft_count):
        raise StoreError(
            "Nothing could be repaired.", f"No conversation can be read in {damaged}. It was left as it is."
        )
    return report


def _with_gaps(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The titles of conversations of which messages are missing."""
    rows = connection.execute(
        """SELECT DISTINCT title FROM conversations WHERE title <> '' AND id IN (
               SELECT conversation_id FROM known WHERE id NOT IN (SELECT id FROM messages)
               UNION SELECT conversation_id FROM messages
               WHERE parent_id IS NOT NULL AND parent_id NOT IN (SELECT id FROM messages))
           ORDER BY updated_at DESC LIMIT ?""",
        (TITLES_MAX,),
    )
    return tuple(title for (title,) in rows)


def _remake_conversations(connection: sqlite3.Connection) -> int:
    """Make a conversation for messages whose own one is lost, and a title where that is lost; they are counted."""
    connection.execute(
        """INSERT INTO conversations (id, title, created_at, updated_at)
           SELECT conversation_id, '', min(created_at), max(coalesce(ended_at, created_at)) FROM messages
           WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id"""
    )
    untitled = connection.execute("SELECT id FROM conversations WHERE title = ''").fetchall()
    for (conversation_id,) in untitled:
        row = connection.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE conversation_id = ? ORDER BY role = 'user' DESC, id",  # noqa: S608
            (conversation_id,),
        ).fetchone()
        title = title_from(_text_of(message_of(row))) if row else UNTITLED
        connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id))
    return len(untitled)


def _text_of(message: Message) -> str:
    return message.text.encode(errors="replace").decode()


def _mend_parents(connection: sqlite3.Connection) -> None:
    """Join messages behind a gap to what stands before it, so that the conversation can be read through."""
    orphans = connection.execute(
        """SELECT id, conversation_id, parent_id FROM messages
           WHERE parent_id IS NOT NULL AND parent_id NOT IN (SELECT id FROM messages) ORDER BY id"""
    ).fetchall()
    for message_id, conversation_id, lost_id in orphans:
        # Ids sort by time. Never a later message: so there can be no ring.
        (before_id,) = connection.execute(
            "SELECT max(id) FROM messages WHERE conversation_id = ? AND id < ?",
            (conversation_id, min(message_id, lost_id)),
        ).fetchone()
        if before_id is not None and _leads_to(connection, before_id, message_id):
            before_id = None
        connection.execute("UPDATE messages SET parent_id = ? WHERE id = ?", (before_id, message_id))


def _leads_to(connection: sqlite3.Connection, start_id: str, message_id: str) -> bool:
    """Whether the way from a message up to its root passes another one."""
    found = connection.execute(
        """WITH RECURSIVE way (id) AS (
               SELECT ? UNION SELECT messages.parent_id FROM way JOIN messages ON messages.id = way.id)
           SELECT 1 FROM way WHERE id = ?""",
        (start_id, message_id),
    ).fetchone()
    return found is not None


def _without_lost_files(connection: sqlite3.Connection) -> int:
    """Take out of drafts the files that are gone; they are counted.

    What waits to be sent is not sent without one: it is kept for the reader to look at.
    """
    (lost_count,) = connection.execute(
        f"""SELECT count(*) FROM (
                SELECT attachments FROM drafts UNION ALL SELECT attachments FROM outbox
                UNION ALL SELECT attachments FROM kept_drafts), json_each(attachments)
            WHERE NOT {_IS_FILE_THERE}"""  # noqa: S608
    ).fetchone()
    lacks_one = f"EXISTS (SELECT 1 FROM json_each(attachments) WHERE NOT {_IS_FILE_THERE})"  # noqa: S608
    connection.execute(
        f"""INSERT INTO kept_drafts (conversation_id, text, kept_at, attachments)
            SELECT conversation_id, text, created_at, attachments FROM outbox WHERE {lacks_one} ORDER BY created_at"""  # noqa: S608
    )
    connection.execute(f"DELETE FROM outbox WHERE {lacks_one}")  # noqa: S608
    for table in ("drafts", "kept_drafts"):
        connection.execute(
            f"""UPDATE {table} SET attachments = (
                    SELECT json_group_array(json(value)) FROM json_each(attachments) WHERE {_IS_FILE_THERE})
                WHERE {lacks_one}"""  # noqa: S608
        )
        connection.execute(f"DELETE FROM {table} WHERE text = '' AND attachments = '{attachments.NONE}'")  # noqa: S608
    attachments.forget_unused(connection)
    return int(lost_count)


def _count(connection: sqlite3.Connection, what: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608
    return int(count)
