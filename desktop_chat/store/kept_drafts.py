"""Statements on texts that were thrown away or sent; to be run in the store's thread, inside its transactions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_chat.core.conversation import UNTITLED
from desktop_chat.core.kept_draft import KEPT_MAX, KeptDraft, is_discarded, is_worth_keeping, outdoes
from desktop_chat.core.messages import Draft
from desktop_chat.store import attachments
from desktop_chat.store.rows import storable

if TYPE_CHECKING:
    import sqlite3


def keep(
    connection: sqlite3.Connection, conversation_id: str, text: str, now: float, files: str = attachments.NONE
) -> None:
    """Keep a text if it is worth it: as the newest, without doubles, the oldest beyond the limit go.

    Shape:   `files` is what a column `attachments` says of the files that stood beside it; they are kept already.
    """
    if files == attachments.NONE and not is_worth_keeping(text):
        return
    kept = storable(text) or ""
    known = connection.execute(
        """SELECT number, conversation_id, text FROM kept_drafts
           WHERE (conversation_id = ? OR text = ?) AND attachments IN (?, ?)""",
        (conversation_id, kept, attachments.NONE, files),
    ).fetchall()
    doubles = [(number,) for number, old_id, old in known if outdoes(kept, conversation_id, old, old_id)]
    connection.executemany("DELETE FROM kept_drafts WHERE number = ?", doubles)
    connection.execute(
        "INSERT INTO kept_drafts (conversation_id, text, kept_at, attachments) VALUES (?, ?, ?, ?)",
        (conversation_id, kept, now, files),
    )
    connection.execute(
        "DELETE FROM kept_drafts WHERE number NOT IN (SELECT number FROM kept_drafts ORDER BY number DESC LIMIT ?)",
        (KEPT_MAX,),
    )
    attachments.forget_unused(connection)


def keep_discarded(connection: sqlite3.Connection, conversation_id: str, new: str, now: float) -> None:
    """Keep the stored draft of a conversation, if it is lost with the text that follows it."""
    row = _draft_row(connection, conversation_id)
    if row is not None and is_discarded(row[0], new):
        keep(connection, conversation_id, row[0], now, row[1])


def keep_whole(connection: sqlite3.Connection, conversation_id: str, now: float) -> None:
    """Keep the stored draft of a conversation that goes away."""
    row = _draft_row(connection, conversation_id)
    if row is not None:
        keep(connection, conversation_id, row[0], now, row[1])


def _draft_row(connection: sqlite3.Connection, conversation_id: str) -> tuple[str, str] | None:
    """Text and names of files; not the files themselves, as this is asked at every change."""
    found: tuple[str, str] | None = connection.execute(
        "SELECT text, attachments FROM drafts WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return found


def keep_unreachable(connection: sqlite3.Connection) -> None:
    """Keep the drafts that no tab and no conversation leads to any more; the oldest first, at their own times."""
    rows = connection.execute(
        """SELECT conversation_id, saved_at FROM drafts
           WHERE conversation_id NOT IN (SELECT id FROM conversations)
           AND conversation_id NOT IN (SELECT conversation_id FROM tabs)
           AND conversation_id NOT IN (SELECT conversation_id FROM outbox)
           ORDER BY saved_at"""
    ).fetchall()
    for conversation_id, saved_at in rows:
        keep_whole(connection, conversation_id, saved_at)
        connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))


def read(connection: sqlite3.Connection) -> tuple[KeptDraft, ...]:
    """All that are kept, newest first; those of conversations in the trash too."""
    rows = connection.execute(
        """SELECT kept.number, kept.conversation_id, coalesce(conversations.title, ?), kept.text, kept.kept_at,
                  kept.attachments
           FROM kept_drafts AS kept LEFT JOIN conversations ON conversations.id = kept.conversation_id
           ORDER BY kept.number DESC""",
        (UNTITLED,),
    ).fetchall()
    return tuple(replace(KeptDraft(*row), file_names=attachments.names_in(connection, said)) for *row, said in rows)


def read_whole(connection: sqlite3.Connection, number: int) -> Draft | None:
    """One of them with its files, to stand in a composer again; None when it is gone."""
    row = connection.execute("SELECT text, attachments FROM kept_drafts WHERE number = ?", (number,)).fetchone()
    return Draft.with_caret_at_end(row[0], attachments.read(connection, row[1])) if row is not None else None


def delete(connection: sqlite3.Connection, number: int) -> None:
    """Forget one."""
    connection.execute("DELETE FROM kept_drafts WHERE number = ?", (number,))
    attachments.forget_unused(connection)


def clear(connection: sqlite3.Connection) -> None:
    """Forget all."""
    connection.execute("DELETE FROM kept_drafts")
    attachments.forget_unused(connection)
