"""Statements on texts that were thrown away or sent; to be run in the store's thread, inside its transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_chat.core.conversation import UNTITLED
from desktop_chat.core.kept_draft import KEPT_MAX, KeptDraft, is_discarded, is_worth_keeping, outdoes
from desktop_chat.store.rows import storable

if TYPE_CHECKING:
    import sqlite3


def keep(connection: sqlite3.Connection, conversation_id: str, text: str, now: float) -> None:
    """Keep a text if it is worth it: as the newest, without doubles, the oldest beyond the limit go."""
    if not is_worth_keeping(text):
        return
    kept = storable(text) or ""
    known = connection.execute(
        "SELECT number, conversation_id, text FROM kept_drafts WHERE conversation_id = ? OR text = ?",
        (conversation_id, kept),
    ).fetchall()
    doubles = [(number,) for number, old_id, old in known if outdoes(kept, conversation_id, old, old_id)]
    connection.executemany("DELETE FROM kept_drafts WHERE number = ?", doubles)
    connection.execute(
        "INSERT INTO kept_drafts (conversation_id, text, kept_at) VALUES (?, ?, ?)", (conversation_id, kept, now)
    )
    connection.execute(
        "DELETE FROM kept_drafts WHERE number NOT IN (SELECT number FROM kept_drafts ORDER BY number DESC LIMIT ?)",
        (KEPT_MAX,),
    )


def keep_discarded(connection: sqlite3.Connection, conversation_id: str, new: str, now: float) -> None:
    """Keep the stored draft of a conversation, if it is lost with the text that follows it."""
    row = connection.execute("SELECT text FROM drafts WHERE conversation_id = ?", (conversation_id,)).fetchone()
    if row is not None and is_discarded(row[0], new):
        keep(connection, conversation_id, row[0], now)


def keep_unreachable(connection: sqlite3.Connection) -> None:
    """Keep the drafts that no tab and no conversation leads to any more; the oldest first, at their own times."""
    rows = connection.execute(
        """SELECT conversation_id, text, saved_at FROM drafts
           WHERE conversation_id NOT IN (SELECT id FROM conversations)
           AND conversation_id NOT IN (SELECT conversation_id FROM tabs)
           AND conversation_id NOT IN (SELECT conversation_id FROM outbox)
           ORDER BY saved_at"""
    ).fetchall()
    for conversation_id, text, saved_at in rows:
        keep(connection, conversation_id, text, saved_at)
        connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))


def read(connection: sqlite3.Connection) -> tuple[KeptDraft, ...]:
    """All that are kept, newest first; those of conversations in the trash too."""
    rows = connection.execute(
        """SELECT kept.number, kept.conversation_id, coalesce(conversations.title, ?), kept.text, kept.kept_at
           FROM kept_drafts AS kept LEFT JOIN conversations ON conversations.id = kept.conversation_id
           ORDER BY kept.number DESC""",
        (UNTITLED,),
    )
    return tuple(KeptDraft(*row) for row in rows)


def delete(connection: sqlite3.Connection, number: int) -> None:
    """Forget one."""
    connection.execute("DELETE FROM kept_drafts WHERE number = ?", (number,))


def clear(connection: sqlite3.Connection) -> None:
    """Forget all."""
    connection.execute("DELETE FROM kept_drafts")
