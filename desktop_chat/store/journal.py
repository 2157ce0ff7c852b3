"""The journal is folded: of what streamed in until the program ended, messages are made."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_chat.core.events import Reply, ReplyEvent, apply
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.usage import Usage
from desktop_chat.store.journal_file import Arrival, JournalFile, events_of, part_of
from desktop_chat.store.rows import MESSAGE_COLUMNS, message_of, write_message

if TYPE_CHECKING:
    import sqlite3

log = logging.getLogger(__name__)


def fold_all(connection: sqlite3.Connection, file: JournalFile) -> int:
    """Turn everything that streamed when the program ended into final messages; the interrupted ones are counted.

    Order:   the file may be settled once this is committed.
    """
    interrupted_count = 0
    arrivals = _arrivals(connection, file)
    rows = connection.execute(f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE status = 'streaming'").fetchall()  # noqa: S608
    for row in rows:
        try:
            message = message_of(row)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("message %s is damaged and stays as it is: %r", row[0], error)
            continue
        own = [each for each in arrivals if (each.reply_id, each.part) == (message.id, part_of(message))]
        folded = _folded(message, [*_rows(connection, message), *own])
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


def _folded(message: Message, arrivals: Sequence[Arrival]) -> Message:
    moments = (message.created_at, *(seam.at for seam in message.seams[-1:]), *(each.at for each in arrivals))
    return fold(message, (event for each in arrivals for event in each.events), max(moments))


def _arrivals(connection: sqlite3.Connection, file: JournalFile) -> list[Arrival]:
    """What the file holds; it is kept when it cannot be read, or holds more than the database knows of."""
    try:
        arrivals = file.arrivals()
    except OSError as error:
        log.error("the journal cannot be read and is kept: %s", error)
        file.is_kept = True
        return []
    for reply_id in {each.reply_id for each in arrivals}:
        # As when another database was put in the place of the one it belongs to.
        if connection.execute("SELECT 1 FROM messages WHERE id = ?", (reply_id,)).fetchone() is None:
            log.info("the journal holds reply %s, which the history does not know, and is kept", reply_id)
            file.is_kept = True
    return arrivals


def _rows(connection: sqlite3.Connection, message: Message) -> list[Arrival]:
    """What a program up to format 4 has left in the table it journalled to; a damaged row loses only itself."""
    # As bytes: damaged text would end the whole query otherwise.
    rows = connection.execute(
        "SELECT arrived_at, CAST(events AS BLOB) FROM journal WHERE reply_id = ? ORDER BY number", (message.id,)
    )
    arrivals = []
    for at, text in rows:
        try:
            arrivals.append(Arrival(message.id, 0, at, events_of(text.decode())))
        except ValueError as error:
            log.warning("a piece of the journal of reply %s is damaged and left out: %s", message.id, error)
    return arrivals
