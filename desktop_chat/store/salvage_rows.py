"""Tells which table a salvaged row belongs to, and makes it fit for that table again, or gives it up."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from desktop_chat.core.events import decode
from desktop_chat.core.messages import MessageStatus, Role
from desktop_chat.store.json_text import json_text
from desktop_chat.store.migrations import MIGRATIONS
from desktop_chat.store.salvage_pages import CutText, Lost, Record
from desktop_chat.store.salvage_values import (
    JSON_COLUMNS,
    blocks_of,
    can_be_read,
    is_key,
    is_number,
    key_or_none,
    moment,
    parsed,
    readable,
    time_of_id,
)

Row: TypeAlias = dict[str, Any]

LOST_FILE: Final = json_text([["", "", ""]])
"""What a row says of its files when nobody can tell which they were."""

_KINDS: Final = {"TEXT": "T", "INTEGER": "I", "REAL": "RI", "BLOB": "B"}
"""A float without a fraction is stored as an integer."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows of a table look like on disk, whichever version of the program has written them."""

    table: str
    columns: tuple[str, ...]
    shortest: int
    """As many columns the table had at first: a row that was not written since has no more."""
    pattern: re.Pattern[str]

    def matches(self, record: Record) -> bool:
        """Whether a record may be a row of this table."""
        return self.shortest <= len(record.kinds) and self.pattern.fullmatch(record.kinds) is not None

    def row(self, record: Record) -> Row:
        """The values by column; columns that came later are left out."""
        row: Row = dict(zip(self.columns, record.values, strict=False))
        if record.kinds[0] == "N":
            # An INTEGER PRIMARY KEY is not stored a second time: its value is the row's number.
            row[self.columns[0]] = record.rowid
        return row


@cache
def shapes() -> tuple[Shape, ...]:
    """The shapes of all tables, asked of the schema itself."""
    import sqlite3
    from contextlib import closing

    made: dict[str, Shape] = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        for statements in MIGRATIONS:
            for statement in statements:
                connection.execute(statement)
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
                shortest = made[table].shortest if table in made else len(columns)
                made[table] = Shape(table, tuple(column[1] for column in columns), shortest, _pattern(columns))
    return tuple(made.values())


def _pattern(columns: list[tuple[Any, ...]]) -> re.Pattern[str]:
    """The letters of `Record.kinds` that a row may have; columns at the end may be missing."""
    keys_count = sum(1 for column in columns if column[5])
    letters: list[str] = []
    for _place, _name, declared, is_not_null, _default, key_place in columns:
        if declared == "INTEGER" and key_place and keys_count == 1:
            letters.append("N")
        else:
            letters.append(f"[{_KINDS[declared]}{'' if is_not_null or key_place else 'N'}]")
    text = ""
    for letter in reversed(letters):
        text = f"{letter}(?:{text})?" if text else letter
    return re.compile(text)


def shape_of(record: Record) -> Shape | None:
    """The shape that a record has; None when it is a row of no table of ours."""
    return next((shape for shape in shapes() if shape.matches(record)), None)


# --- what a row needs to be worth keeping ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that can be stored; a cut one holds only the beginning of what it held."""

    row: Row
    is_cut: bool = False


def fit(shape: Shape, record: Record) -> Kept | None:
    """Make a row storable, or None when what it is needed for is lost."""
    row = shape.row(record)
    keep = _KEEPERS.get(shape.table)
    return keep(row) if keep is not None else None


def _keep_conversation(row: Row) -> Kept | None:
    if not is_key(row["id"]):
        return None
    row["title"] = readable(row["title"])
    row["created_at"] = moment(row["created_at"], 0.0)
    row["updated_at"] = moment(row["updated_at"], row["created_at"])
    row["is_pinned"] = int(row["is_pinned"] == 1)
    # In doubt it is not in the trash.
    row["deleted_at"] = moment(row["deleted_at"], None)
    row["tip_id"] = key_or_none(row["tip_id"])
    return Kept(row)


def _keep_message(row: Row) -> Kept | None:
    if not is_key(row["id"]) or not is_key(row["conversation_id"]) or row["role"] not in set(Role):
        return None
    blocks, is_cut = blocks_of(row["content"])
    if blocks is None:
        return None
    made_at = time_of_id(row["id"])
    fallback = MessageStatus.COMPLETE if row["role"] == Role.USER else MessageStatus.INTERRUPTED
    row |= {
        "parent_id": key_or_none(row["parent_id"]),
        "status": row["status"] if row["status"] in set(MessageStatus) else fallback.value,
        "content": json_text(blocks) if is_cut else row["content"],
        "created_at": moment(row["created_at"], made_at),
        "ended_at": moment(row["ended_at"], None),
        "cost_usd": row["cost_usd"] if is_number(row["cost_usd"]) else None,
    }
    for name in ("model", "provider", "stop_reason", "prefix_hash"):
        row[name] = None if isinstance(row[name], (Lost, CutText)) else row[name]
    for name, is_good in JSON_COLUMNS.items():
        row[name] = row[name] if is_good(parsed(row.get(name))) else None
    if can_be_read(row):
        return Kept(row, is_cut)
    row |= dict.fromkeys(JSON_COLUMNS)
    return Kept(row, is_cut) if can_be_read(row) else None


def _keep_draft(row: Row) -> Kept | None:
    if not is_key(row["conversation_id"]) or isinstance(row["text"], Lost):
        return None
    caret = row["caret"] if isinstance(row["caret"], int) and 0 <= row["caret"] < 1 << 31 else 0
    return Kept(
        {
            **_with_known_files(row),
            "text": readable(row["text"]),
            "caret": caret,
            "saved_at": moment(row["saved_at"], time.time()),
        }
    )


def _keep_kept_draft(row: Row) -> Kept | None:
    if not is_key(row["conversation_id"]) or isinstance(row["text"], Lost):
        return None
    kept_at = moment(row["kept_at"], time.time())
    return Kept({**_with_known_files(row), "text": readable(row["text"]), "kept_at": kept_at})


def _keep_waiting(row: Row) -> Kept | None:
    # What is sent without being looked at again must be whole.
    if not is_key(row["id"]) or not is_key(row["conversation_id"]) or isinstance(row["text"], (Lost, CutText)):
        return None
    return Kept({**_with_known_files(row), "created_at": moment(row["created_at"], time_of_id(row["id"]))})


def _with_known_files(row: Row) -> Row:
    """The row with a list of its files that can be read: in the place of one that is damaged, that a file is lost."""
    if "attachments" not in row:
        return row
    said = parsed(row["attachments"])
    is_list = isinstance(said, list) and all(
        isinstance(each, list) and len(each) == 3 and all(isinstance(part, str) for part in each) for each in said
    )
    return row if is_list else {**row, "attachments": LOST_FILE}


def _keep_tab(row: Row) -> Kept | None:
    if not is_key(row["conversation_id"]):
        return None
    row["is_current"] = int(row["is_current"] == 1)
    if "read_message_id" in row and not (is_key(row["read_message_id"]) and is_number(row["read_share"])):
        row |= {"read_message_id": None, "read_part": 0, "read_share": 0.0}
    return Kept(row)


def _keep_journal(row: Row) -> Kept | None:
    if not is_key(row["reply_id"]) or not isinstance(row["events"], str) or isinstance(row["events"], CutText):
        return None
    try:
        decode(row["events"])
    except ValueError:
        return None
    return Kept({**row, "arrived_at": moment(row["arrived_at"], 0.0)})


def _keep_stream_record(row: Row) -> Kept | None:
    if not is_key(row["message_id"]) or not isinstance(row["record"], bytes):
        return None
    return Kept({**row, "began_at": moment(row["began_at"], 0.0)})


def _keep_attachment(row: Row) -> Kept | None:
    data = row["data"]
    return Kept(row) if isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == row["id"] else None


_KEEPERS: Final[Mapping[str, Callable[[Row], Kept | None]]] = {
    "conversations": _keep_conversation,
    "messages": _keep_message,
    "drafts": _keep_draft,
    "kept_drafts": _keep_kept_draft,
    "outbox": _keep_waiting,
    "tabs": _keep_tab,
    "journal": _keep_journal,
    "stream_records": _keep_stream_record,
    "attachments": _keep_attachment,
}
