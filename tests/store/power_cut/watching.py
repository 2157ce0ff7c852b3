"""Writes down, among the calls of the recorder, which promises the store has given."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from desktop_chat.core.attachments import is_attached
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Block, Draft, Message
from desktop_chat.core.outbox import Queued
from desktop_chat.store.store import Store

PROMISES: Final = "promises"
"""Name of the file, in the watched folder; it is no part of the disk that a power cut leaves."""


def watch(store: Store, folder: Path) -> None:
    """Have every promise of this store written down as soon as it is given, and every wish before it is asked for."""
    descriptor = os.open(folder / PROMISES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(kind: str, **fields: object) -> None:
        os.write(descriptor, json.dumps({"kind": kind, **fields}).encode() + b"\n")

    def followed(call: Callable[..., Coroutine[Any, Any, Any]], told: Callable[..., list[dict[str, Any]]]) -> Any:
        async def run(*args: Any, **options: Any) -> Any:
            for fields in told(*args, **options):
                say("asked", **fields)
            result = await call(*args, **options)
            for fields in told(*args, **options):
                say("kept", **fields)
            return result

        return run

    def message(given: Message, *_: Any, queued_id: str | None = None, **__: Any) -> list[dict[str, Any]]:
        fields = {"id": given.id, "in": given.conversation_id, "status": given.status, "text": given.text}
        return [{"of": "message", **fields, "files": hashes_of(given), "queued": queued_id}]

    def journal(batch: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        return [
            {"of": "journal", "id": key, "text": "".join(each.text for each in events if isinstance(each, TextArrived))}
            for key, events in batch
        ]

    def draft(conversation_id: str, given: Draft) -> list[dict[str, Any]]:
        return [{"of": "draft", "id": conversation_id, "text": given.text, "files": _ids_of(given)}]

    def queued(given: Queued, **_: Any) -> list[dict[str, Any]]:
        fields = {"id": given.id, "in": given.conversation_id, "text": given.text}
        return [{"of": "queued", **fields, "files": _ids_of(given)}]

    def taken(given: Queued, instead: Draft | None = None) -> list[dict[str, Any]]:
        written = [] if instead is None else draft(given.conversation_id, instead)
        return [{"of": "taken", "id": given.id, "text": ""}, *written]

    for name, told in (
        ("put", message),
        ("end_reply", message),
        ("append_journal", journal),
        ("put_draft", draft),
        ("put_queued", queued),
        ("take_queued", taken),
    ):
        setattr(store, name, followed(getattr(store, name), told))


def hashes_of(message: Message) -> list[str]:
    """The SHA-256 of each file in a message."""
    return [hashlib.sha256(base64.b64decode(block["source"]["data"])).hexdigest() for block in _files_in(message)]


def _files_in(message: Message) -> list[Block]:
    return [block for block in message.content if is_attached(block)]


def _ids_of(given: Draft | Queued) -> list[str]:
    return [attachment.id for attachment in given.attachments]
