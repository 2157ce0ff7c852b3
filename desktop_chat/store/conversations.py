"""Statements on conversations, drafts and tabs; to be run in the store's thread, inside its transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desktop_chat.core.conversation import TRASH_DAYS, UNTITLED, ConversationSummary, OpenTab, ReadingPlace
from desktop_chat.core.messages import Draft, Message, Role
from desktop_chat.core.stored import StoredConversation
from desktop_chat.store import attachments, kept_drafts, outbox
from desktop_chat.store.failures import corrupt
from desktop_chat.store.rows import MESSAGE_COLUMNS, SUMMARY_COLUMNS, messages_of, storable, summary_of, write_message

if TYPE_CHECKING:
    import sqlite3

_DAY_S: Final = 86_400


def put_message(connection: sqlite3.Connection, message: Message, title: str | None, *, keeps_draft: bool) -> None:
    """Store a message and make it the tip; a question clears the draft it was written in, and is kept as a text."""
    _write(connection, message, title)
    set_tip(connection, message.conversation_id, message.id)
    if message.role is not Role.USER:
        return
    if not keeps_draft:
        take_draft(connection, message.conversation_id, message.text, message.created_at)
    kept_drafts.keep(connection, message.conversation_id, message.text, message.created_at)


def put_whole(connection: sqlite3.Connection, messages: Sequence[Message], title: str, made_at: float) -> None:
    """Store all messages of a new conversation, parents first; the last one is the tip."""
    tip = messages[-1]
    connection.execute(
        "INSERT INTO conversations (id, title, created_at, updated_at, tip_id) VALUES (?, ?, ?, ?, ?)",
        (tip.conversation_id, storable(title) or UNTITLED, made_at, made_at, tip.id),
    )
    for message in messages:
        write_message(connection, message)


def end_message(connection: sqlite3.Connection, message: Message) -> None:
    """Store the final state of a message; the tip stays where the reader put it."""
    _write(connection, message, None)


def set_tip(connection: sqlite3.Connection, conversation_id: str, message_id: str) -> None:
    """Remember the tip of the path that is shown."""
    connection.execute("UPDATE conversations SET tip_id = ? WHERE id = ?", (message_id, conversation_id))


def put_draft(connection: sqlite3.Connection, conversation_id: str, draft: Draft, now: float) -> None:
    """Store a draft, an empty one is forgotten; one that is lost by that is kept."""
    kept_drafts.keep_discarded(connection, conversation_id, draft.text, now)
    if draft.is_empty:
        _forget_draft(connection, conversation_id)
        return
    said = attachments.put(connection, draft.attachments)
    connection.execute(
        "INSERT OR REPLACE INTO drafts (conversation_id, text, caret, saved_at, attachments) VALUES (?, ?, ?, ?, ?)",
        (conversation_id, storable(draft.text), draft.caret, now, said),
    )
    attachments.forget_unused(connection)


def take_draft(connection: sqlite3.Connection, conversation_id: str, text: str, now: float) -> None:
    """Forget the draft that has become this text; another one is kept."""
    kept_drafts.keep_discarded(connection, conversation_id, text, now)
    _forget_draft(connection, conversation_id)


def _forget_draft(connection: sqlite3.Connection, conversation_id: str) -> None:
    connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))
    attachments.forget_unused(connection)


def put_tabs(connection: sqlite3.Connection, tabs: Sequence[OpenTab]) -> None:
    """Replace the open tabs."""
    connection.execute("DELETE FROM tabs")
    connection.executemany(
        """INSERT INTO tabs (place, conversation_id, is_current, read_message_id, read_part, read_share)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [(number, tab.conversation_id, tab.is_current, *_place_row(tab.place)) for number, tab in enumerate(tabs)],
    )


def rename(connection: sqlite3.Connection, conversation_id: str, title: str) -> None:
    """Give a conversation another title."""
    connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (storable(title), conversation_id))


def set_pinned(connection: sqlite3.Connection, conversation_id: str, is_pinned: bool) -> None:
    """Pin a conversation to the head of the list, or let it go."""
    connection.execute("UPDATE conversations SET is_pinned = ? WHERE id = ?", (is_pinned, conversation_id))


def set_deleted(connection: sqlite3.Connection, conversation_id: str, deleted_at: float | None) -> None:
    """Move a conversation to the trash, its draft being kept, or back with None."""
    if deleted_at is not None:
        kept_drafts.keep_whole(connection, conversation_id, deleted_at)
    # A clock that was set back must not make it look as if it had lain there for long.
    connection.execute(
        "UPDATE conversations SET deleted_at = max(?, updated_at) WHERE id = ?", (deleted_at, conversation_id)
    )


def purge(connection: sqlite3.Connection, now: float) -> None:
    """Drop for good what has lain in the trash for too long; drafts that nothing leads to any more are kept."""
    # Counted up to the last use at most: a clock that jumps ahead does not empty the trash at once.
    before = min(now, _last_use(connection)) - TRASH_DAYS * _DAY_S
    old = connection.execute("SELECT id FROM conversations WHERE deleted_at < ?", (before,)).fetchall()
    drop(connection, [key for (key,) in old])
    kept_drafts.keep_unreachable(connection)


def drop(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Delete these conversations for good, of those in the trash."""
    deleted = [(key,) for key in ids if _is_in_trash(connection, key)]
    for statement in (
        "DELETE FROM drafts WHERE conversation_id = ?",
        "DELETE FROM kept_drafts WHERE conversation_id = ?",
        "DELETE FROM outbox WHERE conversation_id = ?",
        "DELETE FROM tabs WHERE conversation_id = ?",
        "DELETE FROM conversations WHERE id = ?",
    ):
        connection.executemany(statement, deleted)
    attachments.forget_unused(connection)


def _is_in_trash(connection: sqlite3.Connection, conversation_id: str) -> bool:
    row = connection.execute("SELECT deleted_at FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return row is not None and row[0] is not None


def _last_use(connection: sqlite3.Connection) -> float:
    """When something was written last, as far as the rows tell; 0 for a new file."""
    (moment,) = connection.execute(
        """SELECT coalesce(max(moment), 0) FROM (
               SELECT max(updated_at) AS moment FROM conversations
               UNION SELECT max(saved_at) FROM drafts UNION SELECT max(kept_at) FROM kept_drafts)"""
    ).fetchone()
    return float(moment)


def in_trash(connection: sqlite3.Connection) -> tuple[ConversationSummary, ...]:
    """All conversations in the trash, the one deleted last first."""
    rows = connection.execute(
        f"SELECT {SUMMARY_COLUMNS} FROM conversations WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC"  # noqa: S608
    )
    return tuple(map(summary_of, rows))


def shown_summaries(connection: sqlite3.Connection) -> tuple[ConversationSummary, ...]:
    """All conversations outside the trash, newest first."""
    rows = connection.execute(
        f"SELECT {SUMMARY_COLUMNS} FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC"  # noqa: S608
    )
    return tuple(map(summary_of, rows))


def summary(connection: sqlite3.Connection, conversation_id: str) -> ConversationSummary | None:
    """One conversation without its messages, from the trash too."""
    row = connection.execute(
        f"SELECT {SUMMARY_COLUMNS} FROM conversations WHERE id = ?",  # noqa: S608
        (conversation_id,),
    ).fetchone()
    return summary_of(row) if row else None


def open_tabs(connection: sqlite3.Connection) -> tuple[OpenTab, ...]:
    """The tabs in order, without those whose conversation lies in the trash.

    What waits to be sent in a conversation that is in no list gets a tab again.
    """
    rows = connection.execute(
        """SELECT conversation_id, is_current, read_message_id, read_part, read_share FROM tabs
           WHERE conversation_id NOT IN (SELECT id FROM conversations WHERE deleted_at IS NOT NULL)
           ORDER BY place"""
    )
    tabs = tuple(OpenTab(key, bool(is_current), _place_of(*place)) for key, is_current, *place in rows)
    return (*tabs, *map(OpenTab, outbox.unseen_ids(connection)))


def _place_row(place: ReadingPlace | None) -> tuple[str | None, int, float]:
    return (place.message_id, place.part, place.share) if place is not None else (None, 0, 0.0)


def _place_of(message_id: str | None, part: int, share: float) -> ReadingPlace | None:
    return ReadingPlace(message_id, part, share) if message_id is not None else None


def read(connection: sqlite3.Connection, conversation_id: str, path: Path) -> StoredConversation | None:
    """Read one conversation whole; one that has only a draft or an outbox so far comes without messages.

    Raises:  StoreCorrupt when a message of it cannot be understood.
    """
    known = summary(connection, conversation_id)
    draft_row = connection.execute(
        "SELECT text, caret, attachments, saved_at FROM drafts WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    draft = Draft(draft_row[0], draft_row[1], attachments.read(connection, draft_row[2])) if draft_row else Draft()
    queued = outbox.read(connection, conversation_id)
    if known is None:
        if draft_row is None and not queued:
            return None
        moment = draft_row[3] if draft_row else queued[-1].created_at
        unsent = ConversationSummary(conversation_id, UNTITLED, created_at=moment, updated_at=moment)
        return StoredConversation(unsent, (), None, draft, queued)
    rows = connection.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE conversation_id = ? ORDER BY id",  # noqa: S608
        (conversation_id,),
    )
    messages = _messages_of(rows, path)
    (tip_id,) = connection.execute("SELECT tip_id FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return StoredConversation(known, messages, tip_id, draft, queued)


def read_end(connection: sqlite3.Connection, conversation_id: str, count: int, path: Path) -> tuple[Message, ...]:
    """Read the last messages of the path that is shown, oldest first; no more than `count`.

    Raises:  StoreCorrupt when one of them cannot be understood.
    """
    rows = connection.execute(
        f"""WITH RECURSIVE way (id, parent_id, depth) AS (
                SELECT messages.id, messages.parent_id, 1
                FROM conversations JOIN messages ON messages.id = conversations.tip_id
                WHERE conversations.id = ?
                UNION ALL
                SELECT messages.id, messages.parent_id, depth + 1
                FROM way JOIN messages ON messages.id = way.parent_id
                WHERE depth < ?
            )
            SELECT {MESSAGE_COLUMNS} FROM messages JOIN (SELECT id AS way_id, depth FROM way) ON id = way_id
            ORDER BY depth DESC""",  # noqa: S608
        (conversation_id, count),
    )
    return _messages_of(rows, path)


def _messages_of(rows: Iterable[tuple[Any, ...]], path: Path) -> tuple[Message, ...]:
    try:
        return messages_of(rows)
    except (ValueError, TypeError, KeyError) as error:
        raise corrupt(path, "holds a message that cannot be read") from error


def cost_since(connection: sqlite3.Connection, since: float) -> float:
    """Add up what all replies since then cost, in US dollars."""
    (cost_usd,) = connection.execute(
        "SELECT total(cost_usd) FROM messages WHERE created_at >= ? AND cost_usd IS NOT NULL", (since,)
    ).fetchone()
    return float(cost_usd)


def _write(connection: sqlite3.Connection, message: Message, title: str | None) -> None:
    moment = message.ended_at or message.created_at
    connection.execute(
        """INSERT INTO conversations (id, title, created_at, updated_at, tip_id) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)""",
        (message.conversation_id, storable(title) or UNTITLED, message.created_at, moment, message.id),
    )
    write_message(connection, message)
