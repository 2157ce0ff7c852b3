"""Messages and conversations as rows of their tables, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from desktop_chat.core.attachments import is_attached
from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Block, Message, MessageStatus, Role, Seam, Timings
from desktop_chat.core.packed_text import packed
from desktop_chat.core.usage import Usage
from desktop_chat.store.json_text import json_text, json_text_in_steps

if TYPE_CHECKING:
    import sqlite3

_COLUMNS: Final = (
    "id",
    "conversation_id",
    "parent_id",
    "role",
    "status",
    "content",
    "created_at",
    "ended_at",
    "model",
    "provider",
    "usage",
    "cost_usd",
    "stop_reason",
    "stop_details",
    "failure",
    "timings",
    "prefix_hash",
    "seams",
)
_SHARED: Final = ("id", "conversation_id", "parent_id", "model", "provider", "stop_reason")
MESSAGE_COLUMNS: Final = ", ".join(_COLUMNS)
SUMMARY_COLUMNS: Final = "id, title, created_at, updated_at, is_pinned, deleted_at"

_LONG_CHARACTERS: Final = 1 << 20
"""MEASURED 8 ms for reading ten times as much, 2026-11-23; no other thread runs meanwhile."""

_DECODER: Final = json.JSONDecoder()

_UPSERT: Final = f"""
    INSERT INTO messages ({MESSAGE_COLUMNS}) VALUES ({", ".join("?" * len(_COLUMNS))})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608  names of columns, from above


def write_message(connection: sqlite3.Connection, message: Message) -> None:
    """Insert the message, or replace the row with its id."""
    connection.execute(
        _UPSERT,
        (
            message.id,
            message.conversation_id,
            message.parent_id,
            message.role.value,
            message.status.value,
            _content_text(message.content),
            message.created_at,
            message.ended_at,
            storable(message.model),
            storable(message.provider),
            _fields_text(message.usage),
            message.cost_usd,
            storable(message.stop_reason),
            None if message.stop_details is None else json_text(dict(message.stop_details)),
            _fields_text(message.failure),
            _fields_text(message.timings),
            message.prefix_hash,
            json_text([[seam.block, seam.at] for seam in message.seams]) if message.seams else None,
        ),
    )


def _content_text(content: Sequence[Block]) -> str:
    blocks = [dict(block) for block in content]
    return json_text_in_steps(blocks) if any(map(is_attached, blocks)) else json_text(blocks)


def message_of(row: tuple[Any, ...]) -> Message:
    """Build a message of a row of `MESSAGE_COLUMNS`.

    Raises:  ValueError, TypeError or KeyError when the row is damaged.
    """
    return _message_of(row, {})


def messages_of(rows: Iterable[tuple[Any, ...]]) -> tuple[Message, ...]:
    """Build messages of rows; ids and names that several have are in memory once.

    Raises:  as `message_of`.
    """
    texts: dict[str, str] = {}
    return tuple(_message_of(row, texts) for row in rows)


def _message_of(row: tuple[Any, ...], texts: dict[str, str]) -> Message:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _SHARED:
        values[name] = texts.setdefault(values[name], values[name])
    return Message(
        id=values["id"],
        conversation_id=values["conversation_id"],
        parent_id=values["parent_id"],
        role=Role(values["role"]),
        content=tuple(map(packed, _blocks_of(values["content"]))),
        status=MessageStatus(values["status"]),
        created_at=values["created_at"],
        ended_at=values["ended_at"],
        model=values["model"],
        provider=values["provider"],
        usage=Usage(**json.loads(values["usage"])) if values["usage"] else None,
        cost_usd=values["cost_usd"],
        stop_reason=values["stop_reason"],
        stop_details=json.loads(values["stop_details"]) if values["stop_details"] else None,
        failure=_failure_of(values["failure"]),
        timings=Timings(**json.loads(values["timings"])) if values["timings"] else None,
        prefix_hash=values["prefix_hash"],
        seams=tuple(Seam(int(block), float(at)) for block, at in json.loads(values["seams"] or "[]")),
    )


def _blocks_of(text: str) -> Any:
    """Read the blocks of a message; one after the other where they hold megabytes, for the sake of other threads."""
    if len(text) < _LONG_CHARACTERS:
        return json.loads(text)
    blocks, at = [], 0
    try:
        while at == 0 or text[at : at + 1] == ",":
            block, at = _DECODER.raw_decode(text, at + 1)
            blocks.append(block)
    except ValueError:
        # Written by another hand, with blanks between the blocks perhaps.
        return json.loads(text)
    return blocks if text[:1] + text[at:] == "[]" else json.loads(text)


def summary_of(row: tuple[Any, ...]) -> ConversationSummary:
    """Build a summary of a row of `SUMMARY_COLUMNS`."""
    conversation_id, title, created_at, updated_at, is_pinned, deleted_at = row
    return ConversationSummary(conversation_id, title, created_at, updated_at, bool(is_pinned), deleted_at)


def storable(text: str | None) -> str | None:
    """The text as a column takes it: half a surrogate pair becomes U+FFFD."""
    return None if text is None else with_whole_surrogates(text)


def _fields_text(value: Usage | Failure | Timings | None) -> str | None:
    if value is None:
        return None
    return json_text({name: getattr(value, name) for name in value.__slots__})


def _failure_of(text: str | None) -> Failure | None:
    if not text:
        return None
    values = json.loads(text)
    action = values.pop("action")
    return Failure(**values, action=None if action is None else Action(action))
