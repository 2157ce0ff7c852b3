"""Conversations as documented JSON: the form in which they leave the program.

The form is described in the README; a change that old readers cannot skip raises `VERSION`.
"""

from __future__ import annotations

from typing import Any, Final

from desktop_chat.core.messages import Message
from desktop_chat.core.stored import StoredConversation

FORMAT: Final = "desktop-chat-export"
VERSION: Final = 1


def head_json(program_version: str, exported_at: float) -> dict[str, Any]:
    """Everything that stands before the conversations."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": "desktop-chat",
        "program_version": program_version,
        "exported_at": exported_at,
    }


def conversation_json(stored: StoredConversation) -> dict[str, Any]:
    """One conversation with all messages of its tree, oldest first; the draft is not part of it."""
    summary = stored.summary
    return {
        "id": summary.id,
        "title": summary.title,
        "created_at": summary.created_at,
        "updated_at": summary.updated_at,
        "is_pinned": summary.is_pinned,
        "tip_id": stored.tip_id,
        "messages": [message_json(message) for message in sorted(stored.messages, key=lambda message: message.id)],
    }


def message_json(message: Message) -> dict[str, Any]:
    """One message with every field; its blocks are exactly those of the API."""
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "role": message.role.value,
        "status": message.status.value,
        "content": [dict(block) for block in message.content],
        "created_at": message.created_at,
        "ended_at": message.ended_at,
        "model": message.model,
        "provider": message.provider,
        "usage": _fields(message.usage),
        "cost_usd": message.cost_usd,
        "stop_reason": message.stop_reason,
        "stop_details": None if message.stop_details is None else dict(message.stop_details),
        "failure": _fields(message.failure),
        "timings": _fields(message.timings),
        "prefix_hash": message.prefix_hash,
        "seams": [_fields(seam) for seam in message.seams],
    }


def _fields(value: Any) -> dict[str, Any] | None:
    return None if value is None else {name: getattr(value, name) for name in value.__slots__}
