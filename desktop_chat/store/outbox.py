"""Statements on messages that wait to be sent; to be run in the store's thread, inside its transactions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_chat.core.outbox import Queued
from desktop_chat.store import attachments
from desktop_chat.store.rows import storable

if TYPE_CHECKING:
    import sqlite3


def put(connection: sqlite3.Connection, queued: Queued) -> None:
    """Keep a message that waits, or put back one that was taken out."""
    said = attachments.put(connection, queued.attachments)
    connection.execute(
        """INSERT OR REPLACE INTO outbox (id, conversation_id, place, text, created_at, attachments)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (queued.id, queued.conversation_id, queued.place, storable(queued.text), queued.created_at, said),
    )


def take_out(connection: sqlite3.Connection, queued_id: str) -> None:
    """Forget a message that waits no more."""
    connection.execute("DELETE FROM outbox WHERE id = ?", (queued_id,))
    attachments.forget_unused(connection)


def read(connection: sqlite3.Connection, conversation_id: str) -> tuple[Queued, ...]:
    """What waits in a conversation, in order."""
    rows = connection.execute(
        """SELECT id, conversation_id, place, text, created_at, attachments FROM outbox
           WHERE conversation_id = ? ORDER BY place, id""",
        (conversation_id,),
    ).fetchall()
    return tuple(replace(Queued(*row), attachments=attachments.read_whole(connection, said)) for *row, said in rows)


def waiting_ids(connection: sqlite3.Connection) -> frozenset[str]:
    """The conversations in which something waits."""
    rows = connection.execute("SELECT DISTINCT conversation_id FROM outbox")
    return frozenset(conversation_id for (conversation_id,) in rows)


def unseen_ids(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The conversations that nobody could find: something waits in them, they have no message yet, and no tab."""
    rows = connection.execute(
        """SELECT conversation_id FROM outbox
           WHERE conversation_id NOT IN (SELECT id FROM conversations)
           AND conversation_id NOT IN (SELECT conversation_id FROM tabs)
           GROUP BY conversation_id ORDER BY min(created_at), conversation_id"""
    )
    return tuple(conversation_id for (conversation_id,) in rows)
