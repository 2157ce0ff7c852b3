"""The schema and its history: numbered steps, each in one transaction, each after a copy of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from desktop_chat.core.backups import CopyKind
from desktop_chat.store.backups import back_up
from desktop_chat.store.connection import APPLICATION_ID, transaction
from desktop_chat.store.failures import corrupt, too_new

if TYPE_CHECKING:
    import sqlite3

Migration: TypeAlias = Sequence[str]
"""The statements that take the schema from one version to the next."""

_VERSION_1: Final = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        is_pinned INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        tip_id TEXT
    ) STRICT
    """,
    "CREATE INDEX conversations_shown ON conversations (updated_at DESC, id DESC) WHERE deleted_at IS NULL",
    "CREATE INDEX conversations_in_trash ON conversations (deleted_at) WHERE deleted_at IS NOT NULL",
    # No reference from parent_id: a message whose parent could not be stored is still worth keeping.
    """
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent_id TEXT,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        content TEXT NOT NULL,
        created_at REAL NOT NULL,
        ended_at REAL,
        model TEXT,
        provider TEXT,
        usage TEXT,
        cost_usd REAL,
        stop_reason TEXT,
        stop_details TEXT,
        failure TEXT,
        timings TEXT,
        prefix_hash TEXT
    ) STRICT
    """,
    "CREATE INDEX messages_by_conversation ON messages (conversation_id, id)",
    "CREATE INDEX messages_streaming ON messages (status) WHERE status = 'streaming'",
    "CREATE INDEX messages_paid ON messages (created_at, cost_usd) WHERE cost_usd IS NOT NULL",
    # Neither drafts nor tabs refer to conversations: both may belong to one that has no message yet.
    """
    CREATE TABLE drafts (
        conversation_id TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        caret INTEGER NOT NULL,
        saved_at REAL NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE tabs (
        place INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL,
        is_current INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE journal (
        number INTEGER PRIMARY KEY,
        reply_id TEXT NOT NULL,
        arrived_at REAL NOT NULL,
        events TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX journal_by_reply ON journal (reply_id, number)",
)

_VERSION_2: Final = (
    # Where the reader stands; without a message it is the end of the conversation.
    "ALTER TABLE tabs ADD COLUMN read_message_id TEXT",
    "ALTER TABLE tabs ADD COLUMN read_part INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tabs ADD COLUMN read_share REAL NOT NULL DEFAULT 0",
)

_VERSION_3: Final = (
    # Where a reply was continued, as a JSON list of [index of the block, time].
    "ALTER TABLE messages ADD COLUMN seams TEXT",
)

_VERSION_4: Final = (
    # Messages that wait to be sent. No reference: the first one of a conversation makes it only when it is sent.
    """
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        conversation_id TEXT NOT NULL,
        place INTEGER NOT NULL,
        text TEXT NOT NULL,
        created_at REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX outbox_by_conversation ON outbox (conversation_id, place)",
    # Texts that stood in a composer and were replaced or thrown away.
    """
    CREATE TABLE kept_drafts (
        number INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL,
        text TEXT NOT NULL,
        kept_at REAL NOT NULL
    ) STRICT
    """,
    # What went over the line and when, one row for each part of a reply.
    """
    CREATE TABLE stream_records (
        message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        began_at REAL NOT NULL,
        record BLOB NOT NULL,
        PRIMARY KEY (message_id, part)
    ) STRICT
    """,
    "CREATE INDEX stream_records_by_age ON stream_records (began_at)",
)

_VERSION_5: Final = (
    # Files that are to go out with a question, by their SHA-256, until they do.
    "CREATE TABLE attachments (id TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT",
    # Which of them, in order: a JSON list of [id, name, media type].
    "ALTER TABLE drafts ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE outbox ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE kept_drafts ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]'",
    # Which files are in use is asked at every change, and a column behind a long text costs the reading of it.
    "CREATE INDEX drafts_with_files ON drafts (attachments) WHERE attachments <> '[]'",
    "CREATE INDEX outbox_with_files ON outbox (attachments) WHERE attachments <> '[]'",
    "CREATE INDEX kept_drafts_with_files ON kept_drafts (attachments) WHERE attachments <> '[]'",
)

MIGRATIONS: Final[tuple[Migration, ...]] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5)
"""Never changed once released, only added to; the schema's version is their count."""


def migrate(
    connection: sqlite3.Connection, path: Path, backups_dir: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the schema up to date.

    Raises:  StoreTooNew, StoreCorrupt when it is another program's database or the copy is not sound.
    """
    version = version_of(connection)
    if version > len(migrations):
        raise too_new(path, version, len(migrations))
    if version == len(migrations):
        return
    if version > 0:
        back_up(connection, path, backups_dir, CopyKind.BEFORE_UPDATE, version)
    elif connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise corrupt(path, "is the database of another program")
    for number, statements in enumerate(migrations[version:], start=version + 1):
        with transaction(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")


def version_of(connection: sqlite3.Connection) -> int:
    """The number of the last migration this file has seen; 0 for a new one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
