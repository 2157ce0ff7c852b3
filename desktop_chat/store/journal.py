"""The journal: what streams in, append-only, until the end of a turn folds it into its message."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from desktop_chat.core.events import Reply, ReplyEvent, apply, decode, encode
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.usage import Usage
from desktop_chat.store.rows import MESSAGE_COLUMNS, message_of, write_message

if TYPE_CHECKING:
    import sqlite3

log = logging.getLogger(__name__)


def append(connection: sqlite3.Connection, batch: Iterable[tuple[str, Sequence[ReplyEvent]]], now: float) -> None:
    """Add one row for every reply of the batch."""
    connection.executemany(
        "INSERT INTO journal (reply_id, arrived_at, events) VALUES (?, ?, ?)",
        [(reply_id, now, encode(events)) for reply_id, events in batch if events],
    )


def forget(connection: sqlite3.Connection, reply_id: str) -> None:
    """Drop the rows of one reply."""
    connection.execute("DELETE FROM journal WHERE reply_id = ?", (reply_id,))


def fold_all(connection: sqlite3.Connection) -> int:
    """Turn everything that streamed when the program ended into final messages; the interrupted ones are counted."""
    interrupted_count = 0
    rows = connection.execute(f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE status = 'streaming'").fetchall()  # noqa: S608
    for row in rows:
        try:
            message = message_of(row)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("message %s is damaged and stays as it is: %r", row[0], error)
            continue
        events, ended_at = _read(connection, message)
        folded = fold(message, events, ended_at)
        write_message(connection, folded)
        connection.execute(
            "UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = ?",
            (folded.ended_at, folded.conversation_id),
        )
        interrupted_count += folded.status is MessageStatus.INTERRUPTED
    connection.execute("DELETE FROM journal")
    return interrupted_count


def fold(message: Message, events: Iterable[ReplyEvent], ended_at: float) -> Message:
    """Build the message of what came of it before the program ended.

    It is INTERRUPTED, unless its very last event had come and only the end of the turn was not written any more.
    """
    reply = Reply()
    for event in events:
        apply(reply, event)
    # What a reply that was continued had before stands in its row.
    goes_on = reply.has_output or not message.content
    return replace(
        message,
        content=(*message.content, *reply.content()) if goes_on else message.content,
        status=MessageStatus.COMPLETE if reply.is_ended else MessageStatus.INTERRUPTED,
        ended_at=ended_at,
        model=reply.model or message.model,
        # The second part was paid for too, and nobody here knows the price.
        cost_usd=message.cost_usd if reply.usage == Usage() else None,
        usage=message.usage if reply.usage == Usage() else (message.usage or Usage()).plus(reply.usage),
        stop_reason=reply.stop_reason or message.stop_reason,
        stop_details=reply.stop_details or message.stop_details,
        seams=message.seams if goes_on else message.seams[:-1],
    )


def _read(connection: sqlite3.Connection, message: Message) -> tuple[list[ReplyEvent], float]:
    """All events of a reply, and when the last of them came; a damaged row loses only itself."""
    # As bytes: damaged text would end the whole query otherwise.
    rows = connection.execute(
        "SELECT arrived_at, CAST(events AS BLOB) FROM journal WHERE reply_id = ? ORDER BY number", (message.id,)
    )
    events: list[ReplyEvent] = []
    ended_at = max(message.created_at, *(seam.at for seam in message.seams[-1:]), 0.0)
    for arrived_at, text in rows:
        ended_at = max(ended_at, arrived_at)
        try:
            events.extend([_checked(event) for event in decode(text.decode())])
        except ValueError as error:
            log.warning("a piece of the journal of reply %s is damaged and left out: %s", message.id, error)
    return events, ended_at


_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "index": int,
    "text": str,
    "json_text": str,
    "signature": str,
    "message_id": str,
    "model": str,
    "block": Mapping,
    "citation": Mapping,
    "fields": Mapping,
    "usage": Mapping,
    "stop_reason": (str, type(None)),
    "stop_sequence": (str, type(None)),
    "stop_details": (Mapping, type(None)),
}
"""What the fields of events hold; in a damaged piece that is still JSON they may hold anything."""


def _checked(event: ReplyEvent) -> ReplyEvent:
    for name in event.__slots__:
        if not isinstance(getattr(event, name), _KINDS[name]):
            raise ValueError(f"{name} of {type(event).__name__} is of the wrong kind")
    return event
