"""Statements on files that are to go out with a question; to be run in the store's thread, inside its transactions.

What is sent stands in its message. Until then a draft, a message that waits or a text that is kept refers to its files
by their ids, so that a key pressed beside a picture of some megabytes does not write it again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.store.failures import corrupt
from desktop_chat.store.json_text import json_text

if TYPE_CHECKING:
    import sqlite3


NONE: Final = "[]"
"""What a column `attachments` says where there are no files."""


def put(connection: sqlite3.Connection, attachments: Sequence[Attachment]) -> str:
    """Keep the files, each once; gives what a column `attachments` says of them."""
    known = {attachment.id: attachment for attachment in attachments}
    held = {key for key in known if _holds(connection, key)}
    connection.executemany(
        "INSERT INTO attachments (id, data) VALUES (?, ?)",
        [(key, attachment.file) for key, attachment in known.items() if key not in held],
    )
    return json_text([[each.id, each.name, each.media_type] for each in attachments])


def names_in(connection: sqlite3.Connection, said: str) -> tuple[str, ...]:
    """The names of the files that a column `attachments` speaks of.

    Raises:  StoreCorrupt when it cannot be read; so do all that follow.
    """
    return tuple(name for _key, name, _media_type in _entries(connection, said))


def read(connection: sqlite3.Connection, said: str) -> tuple[Attachment, ...]:
    """The files that a column `attachments` speaks of; one that was lost is left out."""
    found: list[Attachment] = []
    for key, name, media_type in _entries(connection, said):
        row = connection.execute("SELECT data FROM attachments WHERE id = ?", (key,)).fetchone()
        if row is not None:
            found.append(Attachment.stored(key, name, media_type, row[0]))
    return tuple(found)


def read_whole(connection: sqlite3.Connection, said: str) -> tuple[Attachment, ...]:
    """The same, of what goes out with a click and must not do so without one of them."""
    found = read(connection, said)
    if len(found) < len(_entries(connection, said)):
        raise _corrupt(connection, "has lost a file that is to be sent")
    return found


def forget_unused(connection: sqlite3.Connection) -> None:
    """Delete the files that nothing refers to any more; with a damaged list, which may refer to any, none."""
    # Each condition is that of an index, which is all that is read then.
    lists = connection.execute(
        """SELECT attachments FROM drafts WHERE attachments <> '[]'
           UNION ALL SELECT attachments FROM outbox WHERE attachments <> '[]'
           UNION ALL SELECT attachments FROM kept_drafts WHERE attachments <> '[]'"""
    ).fetchall()
    try:
        used = {key for (said,) in lists for key, _name, _media_type in _entries(connection, said)}
    except StoreCorrupt:
        # Told to whoever reads what it stands beside.
        return
    held = {key for (key,) in connection.execute("SELECT id FROM attachments")}
    connection.executemany("DELETE FROM attachments WHERE id = ?", [(key,) for key in held - used])


def _entries(connection: sqlite3.Connection, said: str) -> list[tuple[str, str, str]]:
    try:
        return [(str(key), str(name), str(media_type)) for key, name, media_type in json.loads(said)]
    except (ValueError, TypeError, RecursionError) as error:
        raise _corrupt(connection, "holds a list of files that cannot be read") from error


def _corrupt(connection: sqlite3.Connection, words: str) -> StoreCorrupt:
    _number, _name, path = connection.execute("PRAGMA database_list").fetchone()
    return corrupt(Path(path), words)


def _holds(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM attachments WHERE id = ?", (key,)).fetchone() is not None
